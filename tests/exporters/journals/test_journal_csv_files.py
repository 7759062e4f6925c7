"""The CSV journals for QuickBooks Online and Xero, read back by the csv module and by an independent check."""

import csv
import io
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import samples

from refundkit.errors import RefusedError
from refundkit.exporters.journals import registry
from refundkit.exporters.text import cell_text
from refundkit.model.booking import Entry

CHECKER = Path(__file__).parents[3] / ".." / "shared" / "tools" / "checks" / "journal_csv.py"
needs_checker = pytest.mark.skipif(not CHECKER.is_file(), reason="the independent journal check is not here")
KINDS = {"quickbooks-online": "qbo", "xero": "xero"}


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def sums_qbo(content):
    sums = defaultdict(Decimal)
    for row in rows_of(content):
        sums[row["Journal No"]] += Decimal(row["Debits"] or 0) - Decimal(row["Credits"] or 0)
    return sums


def sums_xero(content):
    sums = defaultdict(Decimal)
    for row in rows_of(content):
        sums[row["*Narration"], row["*Date"]] += Decimal(row["*Amount"])
    return sums


def judged(kind, content, tmp_path):
    path = tmp_path / "o.csv"
    path.write_bytes(content)
    return subprocess.run(
        [sys.executable, str(CHECKER), kind, str(path)], capture_output=True, text=True, timeout=60, check=False
    )


@needs_checker
@pytest.mark.parametrize("name", KINDS)
def test_an_independent_check_finds_it_sound(name, bookings, write, tmp_path):
    result = judged(KINDS[name], write(name, bookings), tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@needs_checker
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("quickbooks-online", b",,153.63,", b",,153.64,"),
        ("quickbooks-online", b"'@SUM", b"@SUM"),
        ("xero", b",-153.63", b",-153.64"),
        ("xero", b"27 Feb 2026,Owed", b"27/02/2026,Owed"),
    ],
)
def test_one_fault_fails_the_independent_check(name, old, new, bookings, write, tmp_path):
    content = write(name, bookings)
    assert content.count(old) == 1
    assert judged(KINDS[name], content.replace(old, new), tmp_path).returncode == 1


def test_quickbooks_journals_balance_under_the_number_of_their_credit_memo(bookings, write):
    sums = sums_qbo(write("quickbooks-online", bookings))
    assert set(sums) == {b.memo for b in bookings}
    assert not any(sums.values())


def test_a_cent_more_unbalances_the_quickbooks_journal(bookings, write):
    content = write("quickbooks-online", bookings).replace(b",,153.63,", b",,153.64,")
    assert [number for number, total in sums_qbo(content).items() if total] == ["CM-7K4M-2QXP-07"]


def test_quickbooks_rows_hold_what_was_booked(bookings, write, contexts):
    rows = iter(rows_of(write("quickbooks-online", bookings)))
    for booking in sorted(bookings, key=lambda b: (b.posted_on, b.memo)):
        for entry in booking.entries:
            row = next(rows)
            assert row["Journal Date"] == booking.posted_on.strftime("%m/%d/%Y")
            assert row["Account Name"] == contexts["quickbooks-online"].accounts[entry.account]
            filled, empty = ("Debits", "Credits") if entry.amount > 0 else ("Credits", "Debits")
            assert (Decimal(row[filled]) * 100, row[empty]) == (abs(entry.amount), "")
            assert booking.case in row["Description"]
            assert bool(row["Name"]) == (entry.account == "receivable")
    assert next(rows, None) is None


def test_xero_journals_balance_and_every_narration_names_its_case(bookings, write):
    sums = sums_xero(write("xero", bookings))
    assert len(sums) == len(bookings)
    assert not any(sums.values())
    assert sorted(narration.split()[0] for narration, _ in sums) == sorted(b.case for b in bookings)


def test_a_cent_more_unbalances_the_xero_journal(bookings, write):
    content = write("xero", bookings).replace(b",-153.63", b",-153.64")
    assert [key[1] for key, total in sums_xero(content).items() if total] == ["27 Feb 2026"]


@pytest.mark.parametrize("name", KINDS)
def test_lines_end_as_windows_wants_them_and_there_is_no_byte_order_mark(name, bookings, write):
    content = write(name, bookings)
    assert content.count(b"\n") == content.count(b"\r\n") == 1 + sum(len(b.entries) for b in bookings)
    assert not content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u202e=1"])
def test_no_text_cell_runs_as_a_formula(name, start, bookings, write):
    paid = next(b for b in bookings if b.on_receivable)
    entries = tuple(replace(e, text=start) for e in paid.entries)
    content = write(name, [replace(paid, customer_name=start, invoice=start, entries=entries)])
    for row in rows_of(content):
        texts = [cell for key, cell in row.items() if key != "*Amount"]
        assert not any(cell[:1] in tuple("=+-@＝＋－＠\t\r\n") for cell in texts if cell)


def test_a_xero_batch_is_cut_between_journals_at_300_lines(bookings, write):
    entries = (*(Entry("refunds", 1, f"Line {n}") for n in range(99)), Entry("refunds_payable", -99, "Owed"))
    many = [replace(bookings[0], case=f"RF-{n}", memo=f"CM-{n}", entries=entries) for n in range(5)]
    files = write("xero", many, several=True)
    assert [end for end, _ in files] == ["-1-of-3.csv", "-2-of-3.csv", "-3-of-3.csv"]
    assert [content.count(b"\r\n") for _, content in files] == [201, 201, 101]
    assert not any(total for _, content in files for total in sums_xero(content).values())


@pytest.mark.parametrize("name", ["", " ", "=Tax", "Tax\nExempt"])
def test_a_tax_rate_that_cannot_be_a_name_is_the_policys_fault(name, bookings, contexts):
    with pytest.raises(RefusedError, match=r"xero\.tax_rate_name"):
        registry.load("xero").write(bookings, replace(contexts["xero"], settings={"tax_rate_name": name}))


@pytest.mark.parametrize("name", ['Ann "A" Lee, Ltd', '"', 'a""b', "=1+2", "Müller, Söhne", "two\nlines", " wide "])
def test_rows_put_together_as_text_are_what_a_csv_writer_writes(name, scenarios, write):
    chosen = [replace(b, customer_name=name) for b in samples.sayable("sage-accounting", scenarios)]
    content = write("sage-accounting", chosen)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    assert out.getvalue().encode() == content
    assert {row[3] for row in rows[1:]} == {cell_text(name)}


def test_a_file_is_cut_where_the_import_takes_no_more_and_no_credit_note_is(scenarios, contexts):
    model = samples.sayable("sage-accounting", scenarios)[0]
    many = [replace(model, case=f"RF-{n:06}", memo=f"CM-{n:06}-1", customer_name='O"N, Söhne') for n in range(4000)]
    files = registry.load("sage-accounting").write(many, contexts["sage-accounting"])
    assert len(files) > 1
    assert all(len(content) <= 500_000 for _, content in files)
    found = [row["Reference"] for _, content in files for row in rows_of(content)]
    assert set(found) == {b.memo for b in many}
