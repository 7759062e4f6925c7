"""`import`: requests come in from lists and mailboxes; nothing is lost, nothing comes in twice."""

from __future__ import annotations

import json

import pytest

HEAD = (
    "received_at,channel,customer_id,customer_email,service_order,invoice,amount,currency,reason,description,requested_by,"
    "external_ref"
)
GOOD = "2026-08-19T15:12:00Z,portal,C-1002,,SO-2026-00704,INV-24105,120.00,USD,sla-breach,too late,Peg,X-1"
BAD = "2026-08-19T15:12:00Z,portal,C-1002,,,INV-24105,12x,USD,sla-breach,,Peg,X-2"
LONG = '2026-08-20T15:12:00Z,phone,C-1004,,,INV-24106,,,billing-error,"two\nlines",Ruth,X-3'
GERMAN = (
    "Eingang;Kundennummer;Auftrag;Rechnung;Betrag;Währung;Grund;Beschreibung;Belegnr.\n"
    "28.09.2026;C-1001;SO-2026-00708;INV-24109;129,90;USD;Termin abgesagt;abgesagt am Vortag;R-1\n"
    "29.09.2026;C-1002;;INV-24105;1.020,00;USD;verspätet;zu spät;R-2\n"
)
FIELDS = ["file", "index", "sheet", "disposition", "case", "problem", "requests", "duplicate_of", "duplicate_case"]
ASKED = [
    "customer_id", "customer_email", "service_order", "invoice", "amount", "currency", "reason", "evidence", "confidence",
]  # fmt: skip


@pytest.fixture
def listed(shop):
    """A list with a good row, a bad one, one of two lines, one of an unknown channel and a cut one."""
    return shop.write(
        "list.csv", f"{HEAD}\n{GOOD}\n{BAD}\n\n{LONG}\n2026-08-19,nowhere,C-1,,,,,,,,,X-4\nonly,three,cells\n"
    )


def test_jsonl_has_exactly_the_fields_of_the_contract_in_their_order(shop, listed) -> None:
    said = shop("import", listed, "--jsonl")
    assert said.status == 1
    for line in said.out.splitlines():
        pairs = json.loads(line, object_pairs_hook=list)
        assert [name for name, _ in pairs] == FIELDS
        for request in dict(pairs)["requests"]:
            assert [name for name, _ in request] == ASKED


def test_each_row_is_told_by_the_line_on_which_it_begins(shop, listed) -> None:
    rows = shop("import", listed, "--jsonl").jsonl
    assert [(r["index"], r["disposition"]) for r in rows] == [
        (2, "case"), (3, "reject"), (5, "case"), (7, "reject"), (8, "reject"),
    ]  # fmt: skip
    assert rows[0]["requests"] == [
        {"customer_id": "C-1002", "customer_email": None, "service_order": "SO-2026-00704", "invoice": "INV-24105",
         "amount": "120.00", "currency": "USD", "reason": "sla-breach", "evidence": {}, "confidence": {}}
    ]  # fmt: skip
    assert rows[1]["case"] is None
    assert "12x" in rows[1]["problem"]
    assert shop.cases()["list.csv:5"]["id"] == rows[2]["case"]


def test_the_summary_names_what_was_rejected_and_why(shop, listed, told) -> None:
    told("commands/import-summary.txt", shop, shop("import", listed))


def test_the_same_file_again_adds_nothing(shop, listed) -> None:
    first = shop("import", listed, "--jsonl").jsonl
    before = shop.events()
    again = shop("import", listed, "--jsonl")
    assert shop.events() == before
    assert again.status == 1  # what cannot be a case still cannot
    assert [r["disposition"] for r in again.jsonl] == ["duplicate", "reject", "duplicate", "reject", "reject"]
    assert [r["duplicate_case"] for r in again.jsonl] == [r["case"] for r in first]
    assert [r["duplicate_of"] for r in again.jsonl] == ["list.csv#2", None, "list.csv#5", None, None]
    assert "2 came in before and added nothing" in shop("import", listed).out


def test_the_same_list_under_another_name_adds_nothing(shop) -> None:
    shop.done("import", shop.write("a.csv", f"{HEAD}\n{GOOD}\n"))
    assert [
        r["disposition"] for r in shop.done("import", shop.write("b.csv", f"{HEAD}\n{GOOD}\n"), "--jsonl").jsonl
    ] == ["duplicate"]
    assert len(shop.cases()) == 1


def test_a_mended_row_comes_in_and_the_others_stay_as_they_are(shop, listed) -> None:
    shop("import", listed)
    text = (shop.folder / listed).read_text(encoding="utf-8").replace("12x", "12.00")
    rows = shop("import", shop.write("list.csv", text), "--jsonl").jsonl
    assert [r["disposition"] for r in rows][:3] == ["duplicate", "case", "duplicate"]
    assert len(shop.cases()) == 3


def test_a_dry_run_says_the_same_and_writes_nothing(shop, listed) -> None:
    before = shop.events()
    said = shop("import", listed, "--dry-run")
    assert "2 cases would be made" in said.out
    assert "nothing was written" in said.err
    assert shop.events() == before
    assert shop.cases() == {}
    assert shop.done("import", "--rejected", "--jsonl").jsonl == []


def test_rejected_rows_are_kept_word_for_word_with_place_and_reason(shop, listed) -> None:
    shop("import", listed)
    kept = shop.done("import", "--rejected", "--jsonl").jsonl
    assert [(r["file"], r["index"]) for r in kept] == [("list.csv", 3), ("list.csv", 7), ("list.csv", 8)]
    assert kept[0]["words"] == BAD
    assert kept[2]["words"] == "only,three,cells"
    told = shop.done("import", "--rejected").out
    assert "list.csv:3" in told
    assert "'12x'" in told


def test_a_semicolon_list_with_german_headings_is_read_and_says_how(shop, told) -> None:
    path = shop.write("liste.csv", GERMAN.encode("cp1252"))
    told("commands/import-german.txt", shop, shop("import", path, "--dry-run"))
    rows = shop.done("import", path, "--jsonl").jsonl
    assert [(r["index"], r["requests"][0]["amount"], r["requests"][0]["reason"]) for r in rows] == [
        (2, "129.90", "cancelled-visit"), (3, "1020.00", "sla-breach"),
    ]  # fmt: skip
    case = shop.cases()["liste.csv:3"]
    assert case["received_at"].startswith("2026-09-29")
    assert case["requested"] == {"amount": "1020.00", "currency": "USD"}


def test_what_a_list_was_taken_for_is_told_on_stderr_only(shop) -> None:
    said = shop.done("import", shop.write("liste.csv", GERMAN), "--jsonl")
    assert "took" in said.err
    assert len(said.jsonl) == 2


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff" * 50, "binary"),
        (b"foo,bar\n1,2\n", "foo"),
        (b"payment_id,invoice,paid_on,amount,currency,method,reference\nP-1,I-1,2026-01-01,1.00,USD,card,\n", "records"),
        (f'{HEAD}\n{BAD},"open\n'.encode(), "quote"),
    ],
    ids=["empty", "binary", "other headings", "the shop's own records", "open quote"],
)  # fmt: skip
def test_a_file_that_is_no_list_is_one_reject_and_stops_no_other_file(shop, content: bytes, word: str) -> None:
    good = shop.write("z-good.csv", f"{HEAD}\n{GOOD}\n")
    said = shop("import", shop.write("a-bad.csv", content), good, "--jsonl")
    assert said.status == 1
    assert [r["disposition"] for r in said.jsonl] == ["reject", "case"]
    assert word in said.jsonl[0]["problem"]


def test_a_list_of_headings_only_brings_nothing_says_so_and_is_no_error(shop) -> None:
    (line,) = shop.done("import", shop.write("none.csv", f"{HEAD}\n"), "--jsonl").jsonl
    assert line["disposition"] == "ignore"
    assert line["problem"] == "It is a list without a single row below its headings."


def test_without_records_requests_are_kept_and_assessed_later(cli, shop) -> None:
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", user="")
    said = cli.done("import", cli.write("list.csv", f"{HEAD}\n{GOOD}\n"))
    assert "refundkit assess" in said.err
    assert cli.cases()["list.csv:2"]["state"] == "received"
    cli.done("records", shop.folder / "records")
    assert cli.done("assess", "--jsonl").jsonl[0] == {
        "case": cli.id("list.csv:2"), "before": "received", "after": "approved", "changed": True,
    }  # fmt: skip


def test_new_records_change_a_waiting_case_only_when_it_is_assessed_anew(sample) -> None:
    case = sample.id("requests.csv:15")
    customers = (sample.folder / "records/customers.csv").read_text(encoding="utf-8")
    header, first = customers.splitlines()[:2]
    sample.done("records", sample.write("customers.csv", f"{header}\n{first.replace(first.split(',')[0], 'C-1077')}\n"))
    assert sample.cases()["requests.csv:15"]["findings"][0] == "customer-unknown"
    assert "1 would change" in sample.done("assess", case, "--dry-run").err
    assert sample.cases()["requests.csv:15"]["findings"][0] == "customer-unknown"
    assert "1 changed" in sample.done("assess", case).err
    assert sample.cases()["requests.csv:15"]["findings"][0] == "order-unknown"


def test_a_folder_is_taken_in_whole_and_each_file_is_known_by_its_content(shop) -> None:
    source = shop.folder / "requests"
    shop.write("inbox/first", (source / "requests.csv").read_bytes())
    shop.write("inbox/sub/second.txt", (source / "requests.mbox").read_bytes())
    shop("import", "inbox")
    assert len(shop.cases()) == 21


def test_mails_that_ask_for_no_refund_are_kept_and_listed(sample, told) -> None:
    told("commands/import-ignored.txt", sample, sample("import", "--ignored"))
    (row,) = sample.done("import", "--ignored", "--jsonl").jsonl
    assert (row["file"], row["index"]) == ("requests/requests.mbox", 4)
    assert row["document"]


def test_importing_nothing_or_a_missing_file_is_2(shop) -> None:
    for words in (["import"], ["import", "nowhere.csv"], ["records"], ["records", "nowhere.csv"]):
        said = shop(*words)
        assert (said.status, said.out) == (2, ""), words


def test_who_may_not_import_is_refused(shop) -> None:
    path = shop.write("list.csv", f"{HEAD}\n{GOOD}\n")
    for user in ("okello", "ann"):
        assert shop("import", path, user=user).status == 3
    assert shop.cases() == {}


def test_one_request_that_comes_in_twice_is_one_payable_case(shop) -> None:
    """A list and a mail about the same thing: the second is linked to the first."""
    again = GOOD.replace("X-1", "").replace("2026-08-19", "2026-08-25")
    rows = shop.done("import", shop.write("list.csv", f"{HEAD}\n{GOOD}\n{again}\n"), "--jsonl").jsonl
    assert [r["disposition"] for r in rows] == ["case", "duplicate"]
    assert (rows[1]["duplicate_case"], rows[1]["duplicate_of"]) == (rows[0]["case"], "list.csv#2")
    assert shop.cases()["list.csv:3"]["state"] == "duplicate"


def test_rejects_of_every_file_of_the_last_import_are_shown_as_waiting(shop) -> None:
    bad, good = shop.write("a.csv", f"{HEAD}\n{BAD}\n"), shop.write("b.csv", f"{HEAD}\n{GOOD}\n")
    shop("import", bad, good)
    assert "refundkit import --rejected" in shop.done().out


def test_rejected_words_can_be_imported_again_as_they_are(shop) -> None:
    row = '2026-08-19T15:12:00Z,portal,C-1002,,,INV-24105,12x,USD,sla-breach,"late, very ""late""",Peg,X-2'
    shop("import", shop.write("list.csv", f"{HEAD}\n{row}\n"))
    (kept,) = shop.done("import", "--rejected", "--jsonl").jsonl
    said = shop.done(
        "import", shop.write("mended.csv", f"{HEAD}\n{kept['words'].replace('12x', '12.00')}\n"), "--jsonl"
    )
    assert said.jsonl[0]["disposition"] == "case"


DOUBTFUL = (
    "received_at,customer_id,service_order,invoice,reason\n2026-08-19,C-1002,SO-2026-00704,INV-24105,sla-breach\n"
)


def test_a_request_read_with_doubts_waits_for_a_person(shop) -> None:
    said = shop("import", shop.write("doubt.csv", DOUBTFUL), "--jsonl", user="carl")
    assert said.status == 1
    assert said.jsonl[0]["disposition"] == "review"
    assert shop.cases()["doubt.csv:2"]["state"] == "review"


def test_a_person_who_has_looked_may_approve_what_was_read_with_doubts_as_it_is(shop) -> None:
    shop("import", shop.write("doubt.csv", DOUBTFUL), user="carl")
    case = shop.id("doubt.csv:2")
    shop.done("approve", case, user="lena")
    assert shop.state(case) == "approved"


def test_assessing_anew_does_not_let_the_policy_approve_what_was_read_with_doubts(shop) -> None:
    shop("import", shop.write("doubt.csv", DOUBTFUL), user="carl")
    shop.done("assess", user="carl")
    assert shop.state(shop.id("doubt.csv:2")) == "review"


def test_doubts_count_too_when_the_records_come_after_the_request(cli, shop) -> None:
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", user="")
    cli("import", cli.write("doubt.csv", DOUBTFUL))
    cli.done("records", shop.folder / "records")
    cli.done("assess")
    assert cli.state(cli.id("doubt.csv:2")) == "review"


def test_the_channel_of_a_list_with_some_of_the_native_headings_is_kept(shop) -> None:
    text = "received_at,channel,customer_id,invoice,amount,reason\n2026-10-20,phone,C-1003,INV-24121,20.00,goodwill\n"
    shop.done("import", shop.write("some.csv", text))
    assert shop.cases()["some.csv:2"]["channel"] == "phone"


def test_the_tables_are_what_the_ledger_says_after_rejected_rows(shop) -> None:
    row = "2026-10-19,portal,C-1003,,,INV-24121,12x,USD,goodwill,,Peg,X-1"
    heading = "received_at,channel,customer_id,customer_email,service_order,invoice,amount,currency,reason,description,requested_by,external_ref"
    assert shop("import", shop.write("list.csv", f"{heading}\n{row}\n")).status == 1
    assert shop("audit", "verify").status == 0


def test_an_amount_in_words_is_read_where_the_cell_holds_nothing_else(shop) -> None:
    rows = [
        "C-1002;INV-24105;twenty-five dollars;T-1",
        "C-1002;INV-24105;dreißig;T-2",
        "C-1002;INV-24105;one fifty;T-3",
    ]
    said = shop(
        "import", shop.write("words.csv", "\n".join(["Customer no;Invoice;Refund amount;Ticket", *rows])), "--jsonl"
    )
    first, second, third = said.jsonl
    assert [(r["requests"][0]["amount"], r["requests"][0]["currency"]) for r in (first, second)] == [
        ("25.00", "USD"),
        ("30.00", None),
    ]
    assert first["requests"][0]["evidence"] == {"amount": "twenty-five dollars"}
    assert (third["disposition"], third["problem"]) == ("reject", "Refund amount: 'one fifty' is not an amount")
