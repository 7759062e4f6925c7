"""One sheet of a workbook as a list of requests has to be: its header row found, its rows as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.tabular.amounts import currency_of
from refundkit.importers.tabular.dialect import MAX_COLUMNS, Fits
from refundkit.importers.tabular.headings import is_known, is_native, record_kind
from refundkit.importers.workbooks.book import Cell, Rows

DELIMITER: Final = ";"
_LOOK: Final = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet whose header row is known (the protocol `Sheet`). `name` is the workbook's: rows are named by it."""

    name: str
    headings: list[str]
    header_line: int
    titles: tuple[str, ...]
    source: Rows
    delimiter: str = DELIMITER

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number in the sheet, cells) of every row below the header row that holds anything.

        The currency a cell's format shows is written before its number, except in requests.csv's own columns.
        """
        width, plain = len(self.headings), is_native(self.headings)
        for number, row in self.source:
            if number > self.header_line:
                cells = [text(cell, plain=plain) for cell in row]
                yield number, cells + [""] * (width - len(cells))


def text(cell: Cell, *, plain: bool = True) -> str:
    """A cell as text; unless `plain`, with the currency that its format shows."""
    if isinstance(cell, str):
        return cell
    number, currency = cell
    return number if plain or not currency_of(currency, "") else f"{currency} {number}"


def find_page(source: Rows, name: str, fits: Fits | None = None) -> Page:
    """Find a sheet's header row: the first of 60 with two known headings, else the first with two cells.

    `fits`: where the row so found is none it knows, the first that it knows is. Raise
    InputError for a sheet without one, with too many columns, or that holds the shop's own records.
    """
    first = [(number, [text(cell).strip() for cell in row]) for number, row in islice(iter(source), _LOOK)]
    at = next((i for i, (_, row) in enumerate(first) if sum(map(is_known, row)) >= 2), None)
    if at is None:
        at = next((i for i, (_, row) in enumerate(first) if sum(map(bool, row)) >= 2), None)
    if at is None:
        raise InputError("holds no table", hint="put the names of the columns into a row of their own")
    if fits and not (is_native(first[at][1]) or fits(first[at][1])):
        at = next((i for i, (_, row) in enumerate(first) if fits(row)), at)
    line, headings = first[at]
    if len(headings) > MAX_COLUMNS:
        raise InputError(f"has more than {MAX_COLUMNS} columns", hint="keep only the columns of the requests")
    if kind := record_kind(headings):
        hint = "save the sheet as CSV and load it with: refundkit records"
        raise InputError(f"holds the shop's own {kind}, not requests", hint=hint)
    titles = tuple(" ".join(filter(None, row))[:500] for _, row in first[:at])
    return Page(name, headings, line, titles, source)
