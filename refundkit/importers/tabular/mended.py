"""Rejected rows as a file that a person can mend, and that file read back: one row a reject, known by its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.tabular.amounts import unwrap
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.tabular.lists import read_list
from refundkit.importers.tabular.plan import make_plan
from refundkit.importers.tabular.rows import Table, open_table
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Place, Reading

ABOUT: Final = ("reject", "file", "sheet", "row", "column", "problem")
"""What the file says of each reject before the cells of a request."""

HEADINGS: Final = (*ABOUT, *NATIVE, "as_written")


def as_row(number: str, place: Place, column: str, problem: str, cells: Mapping[str, str], words: str) -> list[str]:
    """The row of a reject, in the order of HEADINGS."""
    row = "" if place.number is None else str(place.number)
    return [number, place.file, place.sheet, row, column, problem, *(cells.get(name, "") for name in NATIVE), words]


@dataclass(frozen=True)
class _Cells:
    """The mended cells as a list of requests (the protocol `Sheet`)."""

    table: Table
    name: str
    headings: list[str]
    header_line: int
    titles: tuple[str, ...]
    delimiter: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The request's cells of each row; one that was cut short is filled up."""
        for line, row in self.table.rows():
            yield line, mended_cells(self.table, row)


def mended_cells(table: Table, row: list[str]) -> list[str]:
    """The cells of a row that belong to the request, in the order of requests.csv."""
    named = dict(zip(table.headings, row, strict=False))
    return [unwrap(named.get(name, "")) for name in NATIVE]


@dataclass(frozen=True, slots=True)
class Mended:
    """A row of the file: the number of its reject, its cells, and what it says now (None: it has no cells at all)."""

    line: int
    number: str
    cells: dict[str, str]
    reading: Reading | None


def read_mended(path: Path, name: str, shop: TableShop) -> Iterator[Mended]:
    """Every row of the file.

    Amounts and dates may be written as people write them. Raise InputError for a file that is no list of rejects.
    """
    table = open_table(path, name)
    missing = [heading for heading in ("reject", *NATIVE) if heading not in table.headings]
    if missing:
        hint = "mend the file that 'refundkit import --rejects FILE' wrote, and keep its columns"
        raise InputError(f"is no list of rejects: it lacks {', '.join(missing[:5])}", hint=hint, where=name)
    sheet = _Cells(table, name, list(NATIVE), table.header_line, (), table.delimiter)
    readings = {reading.index: reading for reading in read_list(sheet, shop, make_plan(sheet, shop.choices))}
    for line, row in table.rows():
        cells = dict(zip(NATIVE, mended_cells(table, row), strict=True))
        yield Mended(line, _number(table, row), cells, readings.get(line) if any(cells.values()) else None)


def _number(table: Table, row: list[str]) -> str:
    return dict(zip(table.headings, row, strict=False)).get("reject", "").strip().lower()
