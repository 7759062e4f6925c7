"""What was left over comes back: rejected rows mended in a file, and messages made cases by hand."""

from __future__ import annotations

import csv

import pytest
from mails import ASKS, mail

HEAD = "received_at,channel,customer_id,customer_email,service_order,invoice,amount,currency,reason,description,requested_by,external_ref"
GOOD = "2026-10-05T09:00:00Z,phone,C-1002,,,INV-24105,30.00,USD,sla-breach,late,,X-1"
BAD = "2026-10-05T09:00:00Z,phone,C-1004,,,INV-24106,12x,USD,billing-error,'=two hours,,X-2"
WORSE = "2026-10-05T09:00:00Z,fax,C-1004,,,INV-24106,5,USD,billing-error,,,X-3"


@pytest.fixture
def rejected(shop):
    """A list with two bad rows, and the file that an import wrote to mend them in."""
    shop.write("list.csv", f"{HEAD}\n{GOOD}\n{BAD}\n{WORSE}\n")
    said = shop("import", "list.csv", "--rejects", "mend.csv")
    assert said.status == 1
    assert "2 rejected rows are in mend.csv" in said.err
    return shop


def rows_of(shop, name="mend.csv"):
    with (shop.folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def save(shop, rows, name="mend.csv"):
    with (shop.folder / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)


def test_rejects_are_a_file_with_the_reason_beside_each_row(rejected) -> None:
    rows = rows_of(rejected)
    assert [(r["file"], r["row"], r["column"]) for r in rows] == [
        ("list.csv", "3", "amount"),
        ("list.csv", "4", "channel"),
    ]
    assert "'12x'" in rows[0]["problem"]
    assert (rows[0]["invoice"], rows[0]["amount"], rows[0]["external_ref"]) == ("INV-24106", "12x", "X-2")
    assert rows[0]["as_written"] == BAD
    assert rows[0]["description"].startswith("'=")  # nothing in it runs in a spreadsheet


def test_mended_rows_become_cases_at_their_old_place_once(rejected) -> None:
    rows = rows_of(rejected)
    rows[0]["amount"] = "12,50 USD"
    rows[1]["channel"] = "phone"
    save(rejected, rows)
    said = rejected("import", "--from-rejects", "mend.csv", "--jsonl")
    assert said.status == 0, said
    assert [(r["file"], r["index"], r["disposition"]) for r in said.jsonl] == [
        ("list.csv", 3, "case"),
        ("list.csv", 4, "case"),
    ]
    assert rejected.cases()["list.csv:3"]["requested"] == {"amount": "12.50", "currency": "USD"}
    before = rejected.events()
    again = rejected("import", "--from-rejects", "mend.csv", "--jsonl")
    assert [r["disposition"] for r in again.jsonl] == ["duplicate", "duplicate"]
    assert rejected.events() == before
    assert rejected.done("import", "--rejected", "--jsonl").jsonl == []
    assert "rejected" not in rejected.done().out
    assert [r["disposition"] for r in rejected("import", "list.csv", "--jsonl").jsonl] == ["duplicate"] * 3
    rejected.done("doctor", "--rebuild")
    assert rejected.done("import", "--rejected", "--jsonl").jsonl == []


def test_a_row_that_is_still_wrong_stays_rejected_with_what_is_wrong_now(rejected) -> None:
    rows = rows_of(rejected)
    rows[0]["amount"] = "12y"
    rows[1]["channel"] = "phone"
    save(rejected, rows)
    said = rejected("import", "--from-rejects", "mend.csv", "--jsonl")
    assert said.status == 1
    assert [r["disposition"] for r in said.jsonl] == ["reject", "case"]
    assert "12y" in said.jsonl[0]["problem"]
    assert [r["index"] for r in rejected.done("import", "--rejected", "--jsonl").jsonl] == [3]


def test_a_file_that_may_hold_mended_rows_is_never_written_over(rejected) -> None:
    said = rejected("import", "list.csv", "--rejects", "mend.csv")
    assert said.status == 3
    assert "already" in said.err


def test_a_row_of_another_shop_is_refused_by_its_number(rejected) -> None:
    rows = rows_of(rejected)
    rows[0]["reject"] = "00000000"
    save(rejected, rows)
    said = rejected("import", "--from-rejects", "mend.csv", "--jsonl")
    assert "no rejected row has the number '00000000'" in said.jsonl[0]["problem"]


def test_a_list_that_is_none_of_rejects_is_refused_whole(rejected) -> None:
    said = rejected("import", "--from-rejects", "list.csv")
    assert said.status != 0
    assert "is no list of rejects" in said.err
    assert "--rejects FILE" in said.err


def test_a_dry_run_of_mending_writes_nothing(rejected) -> None:
    rows = rows_of(rejected)
    rows[0]["amount"] = "12.50"
    save(rejected, rows)
    before = rejected.events()
    assert "1 case would be made" in rejected("import", "--from-rejects", "mend.csv", "--dry-run").out
    assert rejected.events() == before


AWAY = mail(
    "Out of office",
    "I am away. Please refund the $40.00 of INV-24109 meanwhile.",
    Auto_Submitted="auto-replied",
    number=5,
)


@pytest.mark.parametrize("how", ["number", "message id", "file"])
def test_a_message_left_out_becomes_a_case_that_a_person_must_look_at(shop, how) -> None:
    shop.write("mails/away.eml", AWAY)
    shop("import", "mails")
    left = shop.done("import", "--ignored", "--jsonl").jsonl[0]
    named = {"number": left["id"], "message id": "<m5@ottercreek.test>", "file": "mails/away.eml"}[how]
    said = shop("case", "from", named, "--jsonl")
    assert said.status == 1  # left for a person
    case = shop.cases()["away.eml:None"]
    assert (case["state"], case["requested"]["amount"], case["invoice"]) == ("review", "40.00", "INV-24109")
    assert "A person made a case of it" in said.jsonl[0]["problem"]
    assert shop.done("import", "--ignored", "--jsonl").jsonl == []
    again = shop("case", "from", named)
    assert again.status == 3
    assert case["id"] in again.err
    assert [r["disposition"] for r in shop("import", "mails", "--jsonl").jsonl] == ["duplicate"]


def test_a_message_without_any_request_in_it_becomes_a_case_with_its_words(shop) -> None:
    shop.write("mails/hello.eml", mail("hello", "Just to say that your people were nice."))
    shop("import", "mails")
    shop("case", "from", "mails/hello.eml")
    case = shop.done("show", shop.id("hello.eml:None"), "--json").json
    assert case["state"] == "review"
    assert "your people were nice" in case["request"]["description"]
    assert case["document"]


def test_an_unknown_message_is_refused_with_the_list_to_look_in(shop) -> None:
    said = shop("case", "from", "nothing.eml")
    assert said.status == 3
    assert "refundkit import --ignored" in said.err


def test_attachments_lie_with_the_case_and_the_message_says_who_sent_them(shop) -> None:
    files = [
        ("../../etc/bill.pdf", "application/pdf", b"%PDF-1.4 not really"),
        ("photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 a photo"),
    ]
    shop.write("mails/1.eml", mail("Visit", "Nobody came. Please refund the $40.00 of INV-24109.", files=files))
    shop("import", "mails")
    case = shop.id("1.eml:None")
    listed = shop.done("case", "files", case, "--json").json
    assert [(f["name"], f["original"]) for f in listed] == [
        ("bill.pdf", "../../etc/bill.pdf"),
        ("photo.jpg", "photo.jpg"),
    ]
    shop.done("case", "files", case, "-o", "out")
    assert (shop.folder / "out/photo.jpg").read_bytes() == b"\xff\xd8\xff\xe0 a photo"
    assert not (shop.folder.parent / "etc").exists()
    assert shop.done("audit", "verify").status == 0


def test_a_request_in_an_attached_text_is_read(shop) -> None:
    text = b"Dear Sirs,\r\nnobody came on Tuesday. Please refund the $40.00 of INV-24109.\r\nRegards"
    shop.write("mails/1.eml", mail("letter", "Please see attached.", files=[("letter.txt", "text/plain", text)]))
    shop("import", "mails")
    assert shop.cases()["1.eml:None"]["requested"] == {"amount": "40.00", "currency": "USD"}


def test_an_attached_file_does_not_speak_for_a_message_that_says_all_itself(shop) -> None:
    text = b"Terms: we refund $999.00 when hell freezes over, INV-24109."
    shop.write(
        "mails/1.eml", mail("visit", ASKS.decode().partition("\n\n")[2], files=[("terms.txt", "text/plain", text)])
    )
    shop("import", "mails")
    assert shop.cases()["1.eml:None"]["requested"] == {"amount": "120.00", "currency": "USD"}


def test_a_mended_row_keeps_a_number_that_looks_like_those_of_the_records(cli) -> None:
    cli.done("init", "--company", "Tills", "--base", "USD", "--user", "ada", user="")
    head = "customer_id,name,email,phone,tier,currency,locale\n"
    cli.write(
        "records/customers.csv", f"{head}4101,Lea,l@a.test,,standard,USD,en-US\n4102,Max,m@b.test,,standard,USD,en-US\n"
    )
    cli.done("records", "records")
    cli.write("list.csv", f"{HEAD}\n{BAD.replace('C-1004', '4102')}\n")
    cli("import", "list.csv", "--rejects", "mend.csv")
    rows = rows_of(cli)
    rows[0]["amount"] = "12,50 USD"
    save(cli, rows)
    said = cli("import", "--from-rejects", "mend.csv", "--jsonl")
    assert [r["requests"][0]["customer_id"] for r in said.jsonl] == ["4102"]
