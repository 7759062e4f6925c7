"""`records`: what a shop meets when it loads its own files."""

from __future__ import annotations

import pytest

HEAD = "payment_id,invoice,paid_on,amount,currency,method,reference"
GOOD = "P-9001,INV-24105,2026-09-01,5.00,USD,card,first"


def counts(said) -> dict[str, int]:
    (report,) = said.jsonl
    return {name: report[name] for name in ("rows", "new", "changed", "unchanged", "rejected")}


def test_rows_are_counted_as_new_changed_unchanged_and_rejected(shop) -> None:
    first = shop(
        "records",
        shop.write("payments.csv", f"{HEAD}\n{GOOD}\nP-9002,INV-24105,2026-09-01,6.00,USD,cash,\n"),
        "--jsonl",
    )
    assert counts(first) == {"rows": 2, "new": 2, "changed": 0, "unchanged": 0, "rejected": 0}
    second = shop(
        "records",
        shop.write(
            "payments.csv",
            f"{HEAD}\n{GOOD}\nP-9002,INV-24105,2026-09-01,7.00,USD,cash,\nP-9003,INV-24105,2026-09-01,x,USD,cash,\n",
        ),
        "--jsonl",
    )
    assert second.status == 1
    assert counts(second) == {"rows": 3, "new": 0, "changed": 1, "unchanged": 1, "rejected": 1}


def test_a_folder_gives_every_native_file_in_it(shop, told) -> None:
    told("commands/records-folder.txt", shop, shop("records", "records", "--dry-run"))


def test_loading_the_same_files_again_writes_nothing(shop) -> None:
    before = shop.events()
    shop.done("records", "records")
    assert shop.events() == before


def test_a_dry_run_writes_nothing(shop) -> None:
    before = shop.events()
    said = shop.done("records", shop.write("payments.csv", f"{HEAD}\n{GOOD}\n"), "--dry-run")
    assert "nothing was written" in said.err
    assert shop.events() == before
    assert counts(shop("records", "payments.csv", "--jsonl"))["new"] == 1


def test_an_unknown_column_is_named_and_not_read(shop) -> None:
    said = shop.done("records", shop.write("payments.csv", f"till,{HEAD}\n7,{GOOD}\n"))
    assert "not read: till" in said.err
    assert counts(shop("records", shop.write("payments.csv", f"{HEAD}\n{GOOD}\n"), "--jsonl"))["unchanged"] == 1


def test_a_missing_column_refuses_the_file_with_its_name_and_the_line(shop) -> None:
    text = f"\n{HEAD.removesuffix(',reference').replace('paid_on,', '')}\nP-9001,INV-24105,5.00,USD,card\n"
    said = shop("records", shop.write("payments.csv", text))
    assert said.status == 1
    assert "paid_on, reference" in said.err
    assert "payments.csv:2" in said.err


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("P-9,INV-1,2026-02-30,5.00,USD,card,", "paid_on", "2026-02-30"),
        ("P-9,INV-1,30.09.2026,5.00,USD,card,", "paid_on", "30.09.2026"),
        ('P-9,INV-1,2026-02-01,"5,00",USD,card,', "amount", "5,00"),
        ("P-9,INV-1,2026-02-01,5.001,USD,card,", "amount", "2 decimals"),
        ("P-9,INV-1,2026-02-01,1e3,USD,card,", "amount", "1e3"),
        ("P-9,INV-1,2026-02-01,5.00,usd,card,", "currency", "usd"),
        ("P-9,INV-1,2026-02-01,5.00,USD,paypal,", "method", "paypal"),
        (",INV-1,2026-02-01,5.00,USD,card,", "payment_id", "blank"),
        ("P-9,INV-1,2026-02-01", "", "7 headings"),
        ("P-9,INV-1,2026-02-01,5.00,USD,card,x,y", "", "7 headings"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_with_line_column_and_words_and_the_good_ones_are_in(
    shop, row: str, column: str, word: str
) -> None:
    said = shop("records", shop.write("payments.csv", f"{HEAD}\n{GOOD}\n{row}\n"), "--jsonl")
    (report,) = said.jsonl
    assert said.status == 1
    assert (report["new"], report["rejected"]) == (1, 1)
    (reject,) = report["rejects"]
    assert (reject["index"], reject["column"] or "") == (3, column)
    assert word in reject["problem"]
    told = shop("records", "payments.csv").err
    assert "payments.csv:3" in told
    assert word in told


def test_lines_are_counted_as_an_editor_counts_them(shop) -> None:
    text = f'{HEAD}\nP-9001,INV-24105,2026-09-01,5.00,USD,card,"two\nlines"\n\nP-9002,INV-24105,bad,5.00,USD,card,\n'
    assert "payments.csv:5: paid_on" in shop("records", shop.write("payments.csv", text)).err


def test_of_two_rows_with_one_id_the_second_is_rejected_and_names_the_first(shop) -> None:
    said = shop("records", shop.write("payments.csv", f"{HEAD}\n{GOOD}\n{GOOD.replace('5.00', '6.00')}\n"))
    assert said.status == 1
    assert "payments.csv:3: payment_id: P-9001 stands already in line 2" in said.err


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"\x00\x01\xff" * 99, b"a,b\n1,2\n", b'payment_id,invoice\n"open,1\n'],
    ids=["empty", "blank", "binary", "other headings", "open quote"],
)  # fmt: skip
def test_a_file_that_is_no_record_file_is_refused_and_nothing_is_written(shop, content: bytes) -> None:
    good = shop.write("good/payments.csv", f"{HEAD}\n{GOOD}\n")
    before = shop.events()
    said = shop("records", good, shop.write("bad.csv", content))
    assert (said.status, said.out) == (1, "")
    assert "bad.csv" in said.err
    assert "hint:" in said.err
    assert shop.events() == before


def test_a_newer_version_of_a_row_counts_and_the_older_one_stays_in_the_ledger(sample) -> None:
    """A correction after the fact changes the next assessment; the ledger still shows what was known before."""
    case = sample.id("requests.csv:8")
    orders = (sample.folder / "records" / "service_orders.csv").read_text(encoding="utf-8")
    (row,) = [line for line in orders.splitlines() if line.startswith("SO-2026-00709")]
    cells = row.split(",")
    at = orders.splitlines()[0].split(",").index("completion_pct")
    before = sample.done("show", case, "--json").json["eligible"]["amount"]
    cells[at] = "90"
    sample.done("records", sample.write("service_orders.csv", orders.splitlines()[0] + "\n" + ",".join(cells) + "\n"))
    sample.done("assess", case)
    after = sample.done("show", case, "--json").json["eligible"]["amount"]
    assert after != before
    import sqlite3

    kept = [
        p for (p,) in sqlite3.connect(sample.store).execute("SELECT payload FROM event WHERE type = 'records.loaded'")
    ]
    versions = [p for p in kept if b"SO-2026-00709" in p and b'"service_orders"' in p]
    assert len(versions) == 2
    assert sample.done("audit", "verify", "--json").json["verified"] is True


def test_who_may_not_load_records_is_refused(shop) -> None:
    before = shop.events()
    for user in ("okello", "ann"):
        assert shop("records", "records", user=user).status == 3
    assert shop.events() == before
