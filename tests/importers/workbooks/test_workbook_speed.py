"""Large workbooks are read by the quick engine, ahead of what is made of their rows, and nothing is lost by that."""

import subprocess
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.errors import InputError
from refundkit.importers.archives.kinds import Kind
from refundkit.importers.registry import ShopFacts, read_file
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.workbooks import apart
from refundkit.importers.workbooks import book as process
from refundkit.importers.workbooks.sheet import text
from refundkit.model.requests import Reject

SHARED = Path(__file__).parents[3] / ".." / "shared"
FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 12, 1, tzinfo=UTC))
HEAD = ["Client no.", "Invoice", "Refund amount", "Currency", "Reason"]
OWN = [
    list(NATIVE),
    *[[{"invoice": "INV-1", "amount": 24.5, "currency": "USD", "channel": "phone"}.get(n) for n in NATIVE]] * 5_000,
]
ROW = ["C-1045", "INV-21165", 71, "USD", "charged twice"]
FORMATS = (
    "General", "0.00", "#,##0.00", "0.00%", "0.00E+00", "# ??/??", "@", "mm-dd-yy", "d-mmm-yy", "m/d/yy h:mm", "dd.mm.yyyy;@",
    "yyyy\\-mm\\-dd", "[$-409]d-mmm-yy;@", "[$-F800]dddd, mmmm dd, yyyy", "0.00;[Red]-0.00", "0.00\\ \\d",
    "General;[Red]-General", "000000", "[Blue]0.00", "[>100]0;0.0", "mmmm", "Standard", "TT.MM.JJJJ",
    '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "yyyy-mm-dd hh:mm:ss",
)  # fmt: skip
VALUES = (
    1, 60, 61, 1.5, 45000, 45000.5, 45000.123456, 44197.9999999, 83.40000000000001, 30.1 + 0.2, 1.2345, 2958465, True,
    False, "text", " 12.50 ", "_x002D_", "Grüße 😀", date(2026, 8, 28), datetime(2026, 8, 28, 14, 30, 5), None,
)  # fmt: skip


@pytest.fixture
def cells(tmp_path):
    """What an engine prints of a workbook, sheet by sheet."""

    def printed(engine, data: bytes):
        path = tmp_path / "cells.xlsx"
        path.write_bytes(data)
        return [
            (title, visible, [(n, row) for n, row in rows if any(row)]) for title, visible, rows in engine(str(path))
        ]

    return printed


def stripped(sheets):
    """Cells as the importers take them: without blanks around, without empty ones at the end."""
    found = []
    for title, visible, rows in sheets:
        plain = [(n, [text(c, plain=False).strip() for c in row]) for n, row in rows]
        for _, row in plain:
            while row and not row[-1]:
                row.pop()
        found.append((title, visible, [(n, row) for n, row in plain if row]))
    return found


@pytest.mark.parametrize("macintosh", [False, True])
def test_both_engines_read_every_value_in_every_format_alike(book, cells, macintosh):
    def formats(workbook):
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        if macintosh:
            workbook.epoch = CALENDAR_MAC_1904
        for row, shape in zip(workbook["S"].iter_rows(min_row=2), FORMATS, strict=True):
            for cell in row[1:]:
                cell.number_format = shape
        workbook["Hidden"].sheet_state = "hidden"
        workbook["S"].merge_cells("A1:C1")

    values = VALUES[:11] + VALUES[12:] if macintosh else VALUES  # the last day there is comes sooner
    data = book(
        {"S": [["format"], *([repr(f), *values] for f in FORMATS)], "Hidden": [[], [], ["", 2]], "E": []}, formats
    )
    assert stripped(cells(apart.quick, data)) == stripped(cells(apart.xlsx, data))


@pytest.mark.parametrize(
    ("value", "shape", "is_quick"),
    [
        (24.6, "0.00", True),
        (24.6, "[$€-407] #,##0.00", False),
        (24.6, '#,##0.00 "GBP"', False),
        (24.6, "[$-409]0.00", True),
        (24.6, '_("$"* #,##0.00_);_("$"* (#,##0.00)', False),
        (24.6, '"$"#,##0_);[Red]\\("$"#,##0\\)', False),
        ("#N/A", "General", False),
        (time(9, 30), "h:mm", False),
        (timedelta(days=2), "[h]:mm:ss", False),
    ],
)
def test_what_the_quick_engine_would_keep_back_is_left_to_the_other(book, cells, value, shape, is_quick):
    def show(workbook):
        workbook["S"]["C2"].number_format = shape

    data = book({"S": [HEAD, [*ROW[:2], value]]}, show)
    if is_quick:
        assert stripped(cells(apart.quick, data)) == stripped(cells(apart.xlsx, data))
    else:
        with pytest.raises(SystemExit) as ended:
            cells(apart.quick, data)
        assert ended.value.code == apart.NOT_QUICK


def test_a_format_that_no_cell_has_does_not_keep_a_workbook_from_being_quick(book, cells, tmp_path):
    path = tmp_path / "made"
    (tmp_path / "source").write_bytes(book({"S": [HEAD, ROW]}))
    with zipfile.ZipFile(tmp_path / "source") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            unused = b'<numFmts count="1"><numFmt numFmtId="170" formatCode="&quot;$&quot;0.00"/></numFmts><fonts'
            target.writestr(name, data.replace(b"<fonts", unused) if name.endswith("styles.xml") else data)
    assert cells(apart.quick, path.read_bytes())


def test_a_workbook_that_is_too_large_for_the_quick_engine_is_judged_by_the_other(book, cells, monkeypatch):
    monkeypatch.setattr(apart, "MAX_CELLS", 9)
    with pytest.raises(SystemExit) as ended:
        cells(apart.quick, book({"S": [HEAD, ROW]}))
    assert ended.value.code == apart.NOT_QUICK


def test_rows_are_had_before_the_last_one_was_read(tmp_path, book):
    path = tmp_path / "book.xlsx"
    path.write_bytes(book({"S": [HEAD, *[ROW] * 5_000]}))
    found = process.read_book(path, Kind.XLSX)
    rows = next(iter(found))
    first = next(iter(rows))
    assert first == (1, HEAD)
    assert len(rows.lines) < 100
    assert sum(1 for _ in rows) == 5_001
    assert next(iter(rows)) == first


def test_the_other_process_ends_when_nobody_asks_for_more(tmp_path, book, monkeypatch):
    begun = []

    class Popen(subprocess.Popen):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Popen)
    path = tmp_path / "book.xlsx"
    path.write_bytes(book({"S": OWN}))
    readings = read_file(path, "book.xlsx", FACTS)
    next(readings)
    assert [p.poll() for p in begun] == [None]
    readings.close()
    assert all(p.returncode is not None for p in begun)
    assert len(list(read_file(path, "book.xlsx", FACTS))) == 5_000


@pytest.fixture
def breaks_off(monkeypatch):
    """The other process is killed after a few rows."""
    whole = process._printed

    def cut(engine, path):
        for number, line in enumerate(whole(engine, path)):
            if number == 80:
                return
            yield line

    monkeypatch.setattr(process, "_printed", cut)


def test_a_reading_that_breaks_off_ends_the_import_with_the_files_name(tmp_path, book, breaks_off):
    path = tmp_path / "book.xlsx"
    path.write_bytes(book({"S": OWN[:100]}))
    with pytest.raises(InputError, match="only a part could be read") as raised:
        list(read_file(path, "book.xlsx", FACTS))
    assert raised.value.where == "book.xlsx"
    assert "CSV" in raised.value.hint


def test_a_list_that_is_looked_through_first_is_refused_when_that_breaks_off(read, book, breaks_off):
    (reject,) = read(book({"S": [HEAD, *[ROW] * 100]}))
    assert isinstance(reject, Reject)
    assert reject.problem.startswith("is a workbook of which only a part could be read (save the sheet")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_workbooks_of_other_people_are_read_alike_by_both_engines(cells):
    files = sorted((SHARED / "data/real/csv").glob("*/*.xlsx"))
    if not files:
        pytest.skip("the collection of workbooks is not there")
    compared = 0
    for path in files:
        try:
            quick = stripped(cells(apart.quick, path.read_bytes()))
            full = stripped(cells(apart.xlsx, path.read_bytes()))
        except (SystemExit, Exception):  # one of them reads it, and that one is asked
            continue
        if any(rows for _, _, rows in full):
            assert quick == full, path.name
            compared += 1
    assert compared > 30
