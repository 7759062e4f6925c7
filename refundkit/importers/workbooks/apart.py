"""Prints the rows of one workbook as lines of JSON; run in a process of its own, which a hostile file may take down.

Usage: python -c SOURCE ENGINE FILE SECONDS, where ENGINE is openpyxl (.xlsx), calamine (.xlsx, .xlsb, .xls, .ods) or
quick: calamine for an .xlsx of which it gives all that openpyxl would, ten times as fast.
Prints {"sheet", "visible"} before the rows of each sheet, [number, cells] for each row with any content, and "end". A
cell is text, or [number, currency] where the cell's format shows a currency. Nothing is printed before all of the file
was read and judged. The exit status is 3 for a workbook locked by a password, 4 for one with too many cells, 5 for one
that is not for the quick engine. Only the standard library and the two engines are imported, so that the source can be
run by itself.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

LOCKED: Final = 3
TOO_LARGE: Final = 4
NOT_QUICK: Final = 5
MEMORY: Final = 1 << 30
MAX_CELLS: Final = 2_000_000
MAX_TEXT: Final = 64_000_000
MAX_CELL: Final = 100_000
MAX_TAGS: Final = 12_000_000
"""Tags in the sheets of an .xlsx: more than 2 million cells have, and more than can be read in the time there is."""

MAX_STRING_TAGS: Final = 6_000_000
"""Tags in the part that holds the strings of an .xlsx, a million strings or more: all are read before any row is."""


_CHUNK: Final = 1 << 20
_OVERLAP: Final = 40
_MAYBE_ERROR: Final = re.compile(rb"""=\s*["'](?:e["']|[^"'<]{0,20}&)""")
"""Any attribute that reads so: found four times as fast, and there is none in most sheets."""

_ERROR: Final = re.compile(rb"""\st\s*=\s*["'](?:e["']|[^"'<]{0,20}&)""")
_STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs\b(.*?)</(?:\w+:)?cellXfs\s*>", re.DOTALL)
_FORMAT_USED: Final = re.compile(rb"""\snumFmtId\s*=\s*["'](\d+)["']""")
_FORMAT: Final = re.compile(rb"""<(?:\w+:)?numFmt\b[^<>]*""")
_CODE: Final = re.compile(rb"""\sformatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CURRENCY_BUILT_IN: Final = frozenset({b"5", b"6", b"7", b"8", b"42", b"44"})
"""The numbers of the formats that show a currency and need not be written down."""

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SHOWN: Final = re.compile(r'\[\$([^\]\-]{1,6})|"\s?([^"\d]{1,5}?)\s?"|((?<!\[)[€£¥$])')

Cell = str | list[str]
Sheet = tuple[str, bool, Iterable[tuple[int, list[Cell]]]]


def xlsx(path: str) -> Iterator[Sheet]:
    """The sheets of a workbook as openpyxl reads them: cached values; the size it states is not believed."""
    import openpyxl

    _judge_size(path)
    # An open file, because both engines judge a path by its ending.
    with Path(path).open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = ([_formatted(cell) for cell in row] for row in sheet.iter_rows())
            yield sheet.title, sheet.sheet_state == "visible", enumerate(rows, start=1)


def quick(path: str) -> Iterator[Sheet]:
    """The same by calamine; exit where it would keep something back: errors, currencies that formats show, times.

    The size is judged by what is surely enough, and not each row as it is printed.
    """
    _judge_size(path, plain=True)
    sheets = [(title, visible, list(rows)) for title, visible, rows in _calamine(path)]
    cells = text = 0
    for _, _, rows in sheets:
        for row in rows:
            cells += len(row)
            for value in row:
                if isinstance(value, str):
                    text += 2 * len(value) if value.isascii() else 12 * len(value)
                elif isinstance(value, time | timedelta):
                    sys.exit(NOT_QUICK)
    if cells > MAX_CELLS or text + 40 * cells > MAX_TEXT:
        sys.exit(NOT_QUICK)
    for title, visible, rows in sheets:
        yield title, visible, enumerate(([shown(value) for value in row] for row in rows), start=1)


def other(path: str) -> Iterator[Sheet]:
    """The sheets of a workbook as calamine reads them."""
    for title, visible, rows in _calamine(path):
        yield title, visible, enumerate(([shown(value) for value in row] for row in rows), start=1)


def _calamine(path: str) -> Iterator[tuple[str, bool, Iterator[list[Any]]]]:
    import python_calamine as calamine

    try:
        with Path(path).open("rb") as file:
            book = calamine.CalamineWorkbook.from_filelike(file)
    except calamine.PasswordError:
        sys.exit(LOCKED)
    for found in book.sheets_metadata:
        if found.typ == calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(found.name)
            left: list[Any] = [""] * (sheet.start[1] if sheet.start else 0)
            rows = sheet.iter_rows() if not left else (left + row for row in sheet.iter_rows())
            yield found.name, found.visible == calamine.SheetVisibleEnum.Visible, rows


def _judge_size(path: str, *, plain: bool = False) -> None:
    """Exit before parts are read that would take all the time there is and come to nothing.

    `plain`: exit too when a cell may hold an error, or a format that is used shows a currency.
    """
    with ZipFile(path) as archive:
        for name in archive.namelist():
            most = MAX_STRING_TAGS if "sharedstrings" in name.casefold() else MAX_TAGS
            tags, end, styles = 0, b"", False
            judged = plain and name.casefold().endswith((".xml", ".rels"))
            with archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    tags += chunk.count(b"<")
                    if tags > most:
                        sys.exit(TOO_LARGE)
                    seen = end + chunk
                    if judged and (b"\0" in chunk or (_MAYBE_ERROR.search(seen) and _ERROR.search(seen))):
                        sys.exit(NOT_QUICK)
                    styles = styles or (judged and b"cellXfs" in seen)
                    end = chunk[-_OVERLAP:]
            if styles and _shows_currency(archive.read(name)):
                sys.exit(NOT_QUICK)


def _shows_currency(styles: bytes) -> bool:
    """Whether a format that a cell may have shows a currency; also where that cannot be told."""
    match = _STYLES.search(styles)
    if match is None:
        return True
    used = set(_FORMAT_USED.findall(match[1]))
    shows = set(_CURRENCY_BUILT_IN)
    for element in _FORMAT.findall(styles):
        number, code = _FORMAT_USED.search(element), _CODE.search(element)
        if not (number and code):
            return True
        shape = unescape((code[1] or code[2] or b"").decode("utf-8", "replace"))
        if any(shown.strip(" -()/.") for match in _SHOWN.finditer(shape) for shown in match.groups("")):
            shows.add(number[1])
    return bool(used & shows)


def shown(value: Any) -> str:
    """A value as text that can be read in one way only: ISO dates, 15 digits as a spreadsheet has, a decimal point."""
    match value:
        case None:
            return ""
        case str():
            return _NO_TEXT.sub(" ", value[:MAX_CELL])
        case bool():
            return str(value).upper()
        case datetime():
            return (value.date() if value.time() == time() else value.replace(microsecond=0)).isoformat()
        case date() | time():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return _number(value)


def _number(value: Any) -> str:
    try:
        text = format(Decimal(f"{value:.15g}"), "f")
    except (ValueError, TypeError, ArithmeticError):
        return str(value)[:MAX_CELL]
    # Three decimals could be taken for thousands.
    return text + "0" if re.fullmatch(r"-?\d+\.\d{3}", text) else text


def _formatted(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str) and "_x" in value:
        value = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value[:MAX_CELL])
    text = shown(value)
    if value is None or isinstance(value, str | bool | date | time):
        return text
    match = _SHOWN.search(str(cell.number_format or ""))
    return [text, next(filter(None, match.groups()))] if match else text


def main(engine: str, path: str, seconds: int) -> None:
    """Print all sheets; exit before the limits are passed."""
    limit(seconds)
    # What openpyxl would load because it is there, and what would parse XML in place of defusedxml.
    sys.modules.update(dict.fromkeys(("numpy", "lxml", "PIL"), None))  # type: ignore[arg-type]
    if engine == "quick":
        printed = _lines(quick(path))
    else:
        printed = iter(list(_lines(xlsx(path) if engine == "openpyxl" else other(path))))
    for line in printed:
        print(line)
    print('"end"')


def _lines(sheets: Iterator[Sheet]) -> Iterator[str]:
    cells = text = 0
    for title, visible, rows in sheets:
        yield json.dumps({"sheet": _NO_TEXT.sub(" ", title[:200]), "visible": visible})
        for number, row in rows:
            while row and not row[-1]:
                row.pop()
            if not row:
                continue
            line = json.dumps([number, row])
            cells, text = cells + len(row), text + len(line)
            if cells > MAX_CELLS or text > MAX_TEXT:
                sys.exit(TOO_LARGE)
            yield line


def limit(seconds: int) -> None:
    """Bound the memory and processor time of this process, as far as the system can."""
    try:
        import resource
    except ImportError:  # Windows has none; the time limit of the caller holds there too
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # a lower limit is set already, or the system has no such limit
            continue


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
