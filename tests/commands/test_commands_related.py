"""Requests that may be there already, and messages about a case: linked, noted or left to a person, never paid twice."""

from __future__ import annotations

import pytest
from mails import ASKS, mail
from own_terminal import talk

HEAD = "received_at,channel,customer_id,customer_email,service_order,invoice,amount,currency,reason,description,requested_by,external_ref"
ROW = "2026-10-05T09:00:00Z,phone,,dana@ottercreek.test,,INV-24999,120.00,USD,cancelled-visit,nobody came on Thursday,,"


@pytest.fixture
def bare(cli):
    """A shop without any records: nobody is known yet."""
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", user="")
    return cli


def one(rows, name):
    return next(r for r in rows if r["file"].endswith(name))


def imported(shop, mails, *options):
    for name, content in mails.items():
        shop.write(f"mails/{name}", content)
    return shop("import", "mails", "--jsonl", *options).jsonl


@pytest.mark.parametrize("known", ["bare", "shop"])
def test_a_message_sent_again_is_one_request(request, known) -> None:
    shop = request.getfixturevalue(known)
    rows = imported(shop, {"1.eml": ASKS, "2.eml": ASKS})
    assert [r["disposition"] for r in rows] == ["case", "duplicate"]
    assert (rows[1]["duplicate_of"], rows[1]["duplicate_case"]) == ("mails/1.eml", rows[0]["case"])
    assert len(shop.cases()) == 1


def test_the_same_message_with_other_line_ends_is_one_request(bare) -> None:
    crlf = ASKS.replace(b"\n", b"\r\n")
    assert [r["disposition"] for r in imported(bare, {"1.eml": ASKS, "2.eml": crlf})] == ["case", "duplicate"]


def test_the_same_request_in_another_message_is_linked_and_never_payable(bare) -> None:
    again = mail(
        "Visit on Thursday",
        "Nobody came on Thursday. Please refund the $120.00 we paid for INV-24999.\n\nDana",
        number=2,
        day=1,
    )
    rows = imported(bare, {"1.eml": ASKS, "2.eml": again})
    assert [r["disposition"] for r in rows] == ["case", "duplicate"]
    second = bare.cases()["2.eml:None"]
    assert (second["state"], second["level"]) == ("duplicate", None)
    assert bare.done("show", second["id"], "--json").json["repeats"] == rows[0]["case"]
    assert bare("approve", second["id"], "--yes").status == 3


def test_a_linked_request_can_be_split_off_again(bare) -> None:
    again = mail(
        "Visit on Thursday",
        "Nobody came on Thursday. Please refund the $120.00 we paid for INV-24999.\n\nDana",
        number=2,
        day=1,
    )
    imported(bare, {"1.eml": ASKS, "2.eml": again})
    case = bare.id("2.eml:None")
    bare.done("reopen", case, "--reason", "two visits, two Thursdays")
    assert bare.state(case) == "review"
    assert bare.done("doctor", "--rebuild").status == 0
    assert bare.state(case) == "review"


def test_the_same_request_by_another_channel_waits_for_a_person(bare) -> None:
    bare.done("import", bare.write("list.csv", f"{HEAD}\n{ROW}\n"))
    copy = mail(
        "INV-24999",
        "Hello, my colleague asked you for the $120.00 of INV-24999 already, please refund it.",
        sender="sam@ottercreek.test",
        day=2,
    )
    row = imported(bare, {"1.eml": copy})[0]
    assert (row["disposition"], row["duplicate_of"]) == ("review", "list.csv#2")
    assert f"It may repeat {row['duplicate_case']}" in row["problem"]


@pytest.mark.parametrize(
    ("when", "reference", "disposition"),
    [
        ("2026-10-31T08:59:59Z", "", "duplicate"),
        ("2026-09-05T09:00:01Z", "", "duplicate"),
        ("2026-11-04T09:00:01Z", "", "case"),
        ("2026-09-05T08:59:59Z", "", "case"),
        ("2026-01-05T09:00:00Z", "REQ-7", "duplicate"),
    ],
)
def test_rows_far_apart_in_time_are_two_requests_unless_they_name_one_reference(bare, when, reference, disposition):
    before = ROW.removesuffix(",") + ",REQ-7"
    bare.done("import", bare.write("list.csv", f"{HEAD}\n{before}\n"))
    again = before.replace("2026-10-05T09:00:00Z", when).replace("REQ-7", reference)
    (row,) = bare("import", bare.write("again.csv", f"{HEAD}\n{again}\n"), "--jsonl").jsonl
    assert row["disposition"] == disposition


@pytest.mark.parametrize("known", ["bare", "shop"])
@pytest.mark.parametrize(("day", "disposition"), [(60, "review"), (360, "review"), (370, "case")])
def test_a_message_that_asks_the_same_again_months_later_waits_for_a_person(request, known, day, disposition) -> None:
    shop = request.getfixturevalue(known)
    words = "Nobody came on Thursday. Please refund the $120.00 we paid for INV-24999.\n\nDana"
    later = mail("The visit that was none", words, number=2, day=day)
    rows = imported(shop, {"1.eml": ASKS, "2.eml": later})
    assert [r["disposition"] for r in rows] == ["case", disposition]
    if disposition == "review":
        assert f"It may repeat {rows[0]['case']}: the same sender asked the same amount" in rows[1]["problem"]


def test_who_presses_months_later_is_put_on_the_case(bare) -> None:
    words = "A reminder: I wrote to you in October and have heard nothing. Where is the $120.00 for INV-24999?\n\nDana"
    rows = imported(bare, {"1.eml": ASKS, "2.eml": mail("Reminder: INV-24999", words, number=2, day=75)})
    assert (rows[1]["disposition"], rows[1]["case"]) == ("duplicate", rows[0]["case"])


def test_the_same_words_about_another_invoice_are_another_request(bare) -> None:
    other = mail(
        "Visit on Friday",
        "Nobody came on Friday. Please refund the $120.00 we paid for INV-24123.\n\nDana",
        number=2,
        day=1,
    )
    assert [r["disposition"] for r in imported(bare, {"1.eml": ASKS, "2.eml": other})] == ["case", "case"]


def test_what_one_message_asks_for_twice_is_two_requests(shop) -> None:
    """Two requests share the Message-ID of their message, and are no repeats of each other."""
    both = mail(
        "two things",
        "1. INV-24105: you came three hours late, please refund $30.00 of it.\n\n"
        "2. INV-24109: nobody came at all, please refund the $40.00.\n",
    )
    rows = imported(shop, {"1.eml": both})
    assert [r["disposition"] for r in rows] == ["case", "case"]
    assert all(row["state"] != "duplicate" for row in shop.cases().values())


def test_a_message_id_used_again_for_something_else_hides_nothing(shop) -> None:
    """Some programs send everything under one Message-ID."""
    other = mail("Router", "The router you sold us went back. Please refund $55.00 for it, INV-24109.", number=1, day=3)
    rows = imported(shop, {"1.eml": ASKS, "2.eml": other})
    assert [r["disposition"] for r in rows] == ["case", "review"]
    assert "Message-ID" in rows[1]["problem"]
    assert shop.cases()["2.eml:None"]["state"] == "review"


def test_a_reminder_is_put_on_its_case_and_makes_no_new_one(bare) -> None:
    reminder = mail(
        "Re: Visit on Thursday",
        "I asked for the $120.00 a week ago and have heard nothing. When can I expect it?",
        number=2,
        day=7,
        answers="<m1@ottercreek.test>",
    )
    rows = imported(bare, {"1.eml": ASKS, "2.eml": reminder})
    assert [r["disposition"] for r in rows] == ["case", "duplicate"]
    assert rows[1]["case"] == rows[0]["case"]
    assert len(bare.cases()) == 1
    notes = bare.done("show", rows[0]["case"], "--json").json["notes"]
    assert [(n["kind"], n["sender"]) for n in notes] == [("chaser", "dana@ottercreek.test")]
    assert "chaser from dana@ottercreek.test" in bare.done("history", rows[0]["case"]).out
    assert [r["disposition"] for r in imported(bare, {})] == ["duplicate", "duplicate"]


def test_a_question_where_the_money_is_is_there_already_as_a_reminder_is(bare) -> None:
    where = mail("Re: Visit on Thursday", "Where is my refund?", number=2, day=7, answers="<m1@ottercreek.test>")
    rows = imported(bare, {"1.eml": ASKS, "2.eml": where})
    assert [r["disposition"] for r in rows] == ["case", "duplicate"]
    assert rows[1]["case"] == rows[0]["case"]
    assert [r["disposition"] for r in imported(bare, {})] == ["duplicate", "duplicate"]


def test_a_reminder_that_quotes_its_request_is_put_on_the_case_or_stands_for_it_in_review(bare) -> None:
    quote = "> Nobody came on Thursday. Please refund the $77.00 for SO-2026-00912."
    words = f"Nine days now. Where is my money?\n\nOn Mon, 7 Sep 2026 at 10:00, Dana wrote:\n\n{quote}\n"
    ours = "Nine days now. Where is my money?\n\nOn Mon, 7 Sep 2026 at 10:00, Dana wrote:\n\n> Nobody came on Thursday. Please refund the $120.00 for INV-24999.\n"
    rows = imported(
        bare,
        {
            "1.eml": ASKS,
            "2.eml": mail("Re: Visit on Thursday", ours, number=2, day=7, answers="<m1@ottercreek.test>"),
            "3.eml": mail("Re: Other visit", words, number=3, day=8, answers="<m0@ottercreek.test>"),
        },
    )
    assert [r["disposition"] for r in rows] == ["case", "duplicate", "review"]
    assert (rows[1]["case"], rows[2]["requests"][0]["amount"]) == (rows[0]["case"], "77.00")
    assert "presses for a request made earlier" in rows[2]["problem"]


def test_a_sum_settled_for_in_answer_to_a_case_is_left_to_a_person(bare) -> None:
    words = (
        "OK, call it $60.00 and we leave it at that.\n\nOn Mon, 7 Sep 2026 at 10:00, the shop wrote:\n\n> We could do $60.00.\n"
        ">\n> On Sun, 6 Sep 2026 at 10:00, Dana wrote:\n>> Nobody came on Thursday. Please refund the $120.00 for INV-24999.\n"
    )
    settled = mail("Re: Visit on Thursday", words, number=2, day=7, answers="<m1@ottercreek.test>")
    rows = imported(bare, {"1.eml": ASKS, "2.eml": settled})
    assert [r["disposition"] for r in rows] == ["case", "review"]
    assert rows[1]["requests"][0]["amount"] == "60.00"
    assert f"It may repeat {rows[0]['case']}" in rows[1]["problem"]


def test_a_withdrawal_is_put_on_its_case_and_proposes_the_command(bare) -> None:
    back = mail(
        "Re: Visit on Thursday",
        "Please disregard my request, your man came today. No refund needed.",
        number=2,
        day=2,
        answers="<m1@ottercreek.test>",
    )
    rows = imported(bare, {"1.eml": ASKS, "2.eml": back})
    case = rows[0]["case"]
    assert (rows[1]["disposition"], rows[1]["case"]) == ("ignore", case)
    assert f"refundkit withdraw {case}" in bare.done("show", case).out
    assert "taken back by a message" in bare.done().out
    assert [r["id"] for r in bare.done("list", "--noted", "withdrawal", "--json").json] == [case]
    bare.done("withdraw", case)
    assert bare.state(case) == "withdrawn"
    assert "taken back" not in bare.done().out


def test_a_bounce_is_put_on_the_case_whose_message_it_returns(bare) -> None:
    returned = (
        b"From: MAILER-DAEMON@mx.example.net\nTo: refunds@brightwater.test\nSubject: Undelivered Mail Returned to Sender\n"
        b"Date: Wed, 07 Oct 2026 09:00:00 +0000\nMessage-ID: <b1@mx.example.net>\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\nContent-Type: text/plain\n\nSorry.\n'
        b"--x\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.test\nStatus: 5.1.1\n\n"
        b"--x\nContent-Type: text/rfc822-headers\n\nFrom: refunds@brightwater.test\nMessage-ID: <m1@ottercreek.test>\n\n--x--\n"
    )
    rows = imported(bare, {"1.eml": ASKS, "2.eml": returned})
    assert (rows[1]["disposition"], rows[1]["case"]) == ("ignore", rows[0]["case"])
    assert len(bare.cases()) == 1


def test_a_message_about_no_known_case_is_kept_by_itself(bare) -> None:
    thanks = mail("thank you", "Thank you for the refund, it arrived.", sender="someone@else.test")
    rows = imported(bare, {"1.eml": ASKS, "2.eml": thanks})
    assert (rows[1]["disposition"], rows[1]["case"]) == ("ignore", None)
    assert [r["file"] for r in bare.done("import", "--ignored", "--jsonl").jsonl] == ["mails/2.eml"]


NEAR = f"{HEAD}\n{ROW}\n{ROW.replace('cancelled-visit', 'other').replace('10-05', '10-06')}\n"


@pytest.mark.parametrize(
    ("way", "states"), [("review", ["received", "received"]), ("link", ["received", "duplicate"]), ("keep", ["received", "received"])]
)  # fmt: skip
def test_near_repeats_become_what_was_said_on_the_command_line(bare, way, states) -> None:
    said = bare("import", bare.write("list.csv", NEAR), "--on-duplicate", way, "--jsonl")
    assert [bare.cases()[f"list.csv:{n}"]["state"] for n in (2, 3)] == states
    assert said.jsonl[1]["disposition"] == {"review": "review", "link": "duplicate", "keep": "case"}[way]


def test_with_records_the_checks_say_what_is_near_and_the_choice_holds(shop) -> None:
    head, first = NEAR.splitlines()[:2]
    first = (
        first.replace("dana@ottercreek.test", "").replace("phone,,", "phone,C-1002,").replace("INV-24999", "INV-24105")
    )
    text = f"{head}\n{first}\n{first.replace('cancelled-visit', 'goodwill').replace('120.00', '15.00')}\n"
    shop("import", shop.write("a.csv", text), "--on-duplicate", "keep")
    assert [c["findings"].count("possible-duplicate") for c in shop.cases().values()] == [0, 0]
    linked = text.replace("2026-10-05", "2026-10-08")
    shop("import", shop.write("b.csv", linked), "--on-duplicate", "link")
    assert [shop.cases()[f"b.csv:{n}"]["state"] for n in (2, 3)] == ["duplicate", "duplicate"]


def test_an_unknown_way_is_refused(bare) -> None:
    said = bare("import", bare.write("list.csv", NEAR), "--on-duplicate", "merge")
    assert said.status == 2
    assert "ask, review, link, keep" in said.err


def test_on_a_terminal_the_two_stand_side_by_side_and_the_answer_counts(bare, golden) -> None:
    bare.write("list.csv", NEAR)
    front = ["--store", "shop.db", "--as", "ada", "--now", bare.now, "import", "list.csv"]
    status, screen = talk(bare.folder, front, [("link, keep or review?", "l\n")])
    golden("commands/import-side-by-side.txt", bare.plain(screen))
    assert status == 0
    assert bare.cases()["list.csv:3"]["state"] == "duplicate"


def test_a_mail_that_asks_more_than_was_paid_is_looked_at_by_a_person(shop) -> None:
    """A misread decimal mark must never be cut down to the invoice's total and approved."""
    paid = "Nobody came. Please refund the $99,999.00 we paid for INV-24105."
    row = imported(shop, {"1.eml": mail("Visit", paid, sender="else@example.org")})[0]
    assert row["disposition"] == "review"
    assert "only" in row["problem"]
    assert "was paid on INV-24105" in row["problem"]


def test_a_mail_without_numbers_is_told_the_invoice_on_which_its_amount_stands(shop) -> None:
    customers = (shop.folder / "records/customers.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    invoices = (shop.folder / "records/payments.csv").read_text(encoding="utf-8").splitlines()[1:]
    owners = {}
    for line in (shop.folder / "records/invoices.csv").read_text(encoding="utf-8").splitlines()[1:]:
        cells = line.split(",")
        owners[cells[0]] = cells[2]
    payment = next(p.split(",") for p in invoices if owners.get(p.split(",")[1]) == customers[0])
    text = f"Nobody came last week. Please refund the {payment[3]} {payment[4]} we paid."
    row = imported(shop, {"1.eml": mail("Visit", text, sender=customers[2])})[0]
    assert row["disposition"] == "review"
    assert f"stands on {payment[1]}" in row["problem"]
