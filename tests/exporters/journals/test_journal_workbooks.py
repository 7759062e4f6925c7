"""The workbooks of two formats: the same as their CSV, typed, the same bytes always, no formula."""

import io
import time
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import reading
import samples

from refundkit.exporters.journals import registry
from refundkit.exporters.journals.workbook import xlsx_bytes

BOTH = pytest.mark.parametrize("name", ["quickbooks-online", "generic"])
NUMBERS = {"Debits", "Credits", "debit", "credit", "original", "rate", "tax_rate"}
DATES = {"Journal Date", "date"}


@BOTH
@pytest.mark.parametrize("kind", ["awkward", "scenarios", "random"])
def test_a_workbook_holds_what_the_csv_holds_as_numbers_dates_and_texts(name, kind, bookings, scenarios, write):
    made = {"awkward": bookings, "scenarios": scenarios}.get(kind) or samples.random_books(300, seed=5)
    (_, table), (end, book) = write(name, made, several=True)
    assert end == ".xlsx"
    heading, *rows = reading.sheet(book)
    names = [value for value, _, _ in heading]
    lines = reading.rows_of(table)
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        for column, (value, kind_of, number_format) in zip(names, row, strict=True):
            text = line[column]
            if not text:
                assert value is None
            elif column in NUMBERS:
                assert kind_of == "n"
                assert Decimal(str(value)) == Decimal(text)
            elif column in DATES:
                assert kind_of == "d"
                shown = value.strftime("%m/%d/%Y" if name == "quickbooks-online" else "%Y-%m-%d")
                assert shown == text
                assert number_format in ("mm/dd/yyyy", "yyyy-mm-dd")
            else:
                assert (value, kind_of) == (text, "s")


@BOTH
def test_the_same_bookings_are_the_same_bytes_at_any_time(name, scenarios, write, monkeypatch):
    first = write(name, scenarios, several=True)
    later = time.time() + 400_000_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    assert write(name, scenarios, several=True) == first
    with zipfile.ZipFile(io.BytesIO(first[1][1])) as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z</dcterms:modified>" in book.read("docProps/core.xml")


def test_amounts_keep_the_decimals_of_the_books(scenarios, contexts):
    for base, shown in (("USD", "0.00"), ("KWD", "0.000"), ("JPY", "0")):
        made = samples.random_books(5, base=base)
        heading, first, *_ = reading.sheet(registry.load("generic").write(made, contexts["generic"])[1][1])
        column = [value for value, _, _ in heading].index("debit")
        assert first[column][2] == shown


@BOTH
@pytest.mark.parametrize(
    "text", ['=HYPERLINK("x")', "+1", "-1", "@A1", "#N/A", "#REF!", "＝1", "\ufffe\uffff", "1e5", "TRUE"]
)
def test_no_text_becomes_a_formula_an_error_or_a_number(name, text, scenarios, write):
    made = [replace(b, customer_name=text, invoice=text, reference=text) for b in samples.sayable(name, scenarios)]
    book = write(name, made, several=True)[1][1]
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page
    assert b"<f " not in page
    assert b't="e"' not in page
    values = [(value, kind) for row in reading.sheet(book) for value, kind, _ in row if isinstance(value, str)]
    assert all(kind == "s" and value[0] not in "=+-@＝" for value, kind in values)


def test_a_negative_number_stays_a_number():
    book = xlsx_bytes("x", ("a", "b", "c"), [(Decimal("-1.50"), date(2026, 3, 2), None)], ("0.00", "yyyy-mm-dd", ""))
    _, row = reading.sheet(book)
    assert [(str(value), kind) for value, kind, _ in row] == [
        ("-1.5", "n"),
        ("2026-03-02 00:00:00", "d"),
        ("None", "n"),
    ]
