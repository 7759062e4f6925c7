"""Rows as the bytes of an XLSX file: typed numbers and dates, texts that stay texts, the same bytes always."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from refundkit.model.booking import Booking
from refundkit.model.money import plain

Value = str | Decimal | int | date | None
"""What a cell may hold; None leaves it empty."""

MAX_ROWS: Final = 1_048_575
"""Rows of a sheet below its heading."""
MAX_TEXT: Final = 32_767
MAX_DIGITS: Final = 15
"""Digits a spreadsheet keeps of a number."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = datetime(2000, 1, 1)
_NO_XML: Final = re.compile("[\ufffe\uffff]")


def sheet_problems(bookings: Sequence[Booking]) -> Iterator[str]:
    """What a sheet cannot hold: more rows than it has, more digits than it keeps."""
    if (rows := sum(len(b.entries) for b in bookings)) > MAX_ROWS:
        yield f"{bookings[-1].case}: entries: {rows} in the batch; a sheet takes {MAX_ROWS}"
    most = 10**MAX_DIGITS
    for booking in bookings:
        for entry in booking.entries:
            if not (-most < entry.amount < most and -most < (entry.original or 0) < most):
                shown = plain(entry.amount, booking.base)
                yield f"{booking.case}: amount: a sheet keeps {MAX_DIGITS} digits of {shown}"
                break


def xlsx_bytes(sheet: str, heading: Sequence[str], rows: Iterable[Sequence[Value]], formats: Sequence[str]) -> bytes:
    """A workbook of one sheet. `formats`: each column's number format, '' for text. Texts come neutralised."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.freeze_panes = "A2"
    cells = [WriteOnlyCell(page) for _ in heading]
    page.append(list(heading))
    for cell, number_format in zip(cells, formats, strict=True):
        if number_format:
            cell.number_format = number_format
    for row in rows:  # a row is written before the next is asked for, so the same cells serve them all
        for cell, value in zip(cells, row, strict=True):
            if isinstance(value, str):
                cell.value = _NO_XML.sub("\ufffd", value)
                cell.data_type = "s"  # neither a formula nor an error like #N/A
            else:
                cell.value = value
        page.append(cells)
    made = io.BytesIO()
    book.properties.creator = "refundkit"
    book.properties.created = _STAMP
    book.save(made)
    return _without_time(made.getvalue())


def _without_time(content: bytes) -> bytes:
    """The same archive with fixed times, in it and in its document properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", part)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            fixed.writestr(info, part)
    return out.getvalue()
