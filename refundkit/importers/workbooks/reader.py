"""The importer of workbooks: every sheet that is a list of requests is read, the others are named."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.archives.kinds import Kind
from refundkit.importers.presets.catalog import fits
from refundkit.importers.presets.reader import read_sheet
from refundkit.importers.tabular.shop import TableShop
from refundkit.importers.workbooks.book import Book, Rows, read_book
from refundkit.importers.workbooks.sheet import DELIMITER, Page, find_page, text
from refundkit.model.requests import Draft, Ignored, Reading, Reject

_WORDS: Final = 500


def read_workbook(path: Path, name: str, kind: Kind, shop: TableShop) -> Iterator[Reading]:
    """Every row of every sheet of requests, in order; a sheet that is none is Ignored, a file without any is a Reject.

    `index` is the sheet's row number, `sheet` its name, which stands in the evidence and before the words too.
    Raise InputError for a workbook that cannot be opened, and for one whose reading breaks off.
    """
    book = _opened(path, kind)
    try:
        yield from _sheets(book, name, shop)
    finally:
        if book.abandon():
            _outcome.cache_clear()


def _sheets(book: Book, name: str, shop: TableShop) -> Iterator[Reading]:
    passed: list[tuple[Rows, InputError | None]] = []
    begun = False
    for rows in book:
        if rows.empty:
            continue
        table = _table(rows, name, shop) if rows.visible else None
        if isinstance(table, Iterator):
            begun = True
            yield from (_ignored(name, *other) for other in passed)
            passed = []
            for reading in _to_its_end(table, name):
                yield _marked(reading, rows.title)
        else:
            passed.append((rows, table))
    if begun:
        yield from (_ignored(name, *other) for other in passed)
    else:
        yield Reject(name, None, _nothing(passed), "")


def pages(path: Path, name: str, kind: Kind, own: Path | None) -> list[Page]:
    """The visible sheets that have a header row, named as people call them. `own`: the person's presets.

    Raise InputError for a workbook that cannot be opened.
    """
    found: list[Page] = []
    for rows in _opened(path, kind):
        with contextlib.suppress(InputError):  # reading it names it with the reason
            if rows.visible:
                found.append(_page(rows, name, own))
    return found


def _page(rows: Rows, name: str, own: Path | None) -> Page:
    return find_page(rows, name, lambda row: fits(row, own))


def _opened(path: Path, kind: Kind) -> Book:
    info = path.stat()
    opened = _outcome(path, kind, info.st_size, info.st_mtime_ns)
    if isinstance(opened, InputError):
        raise opened
    return opened


@lru_cache(maxsize=1)
def _outcome(path: Path, kind: Kind, _size: int, _changed: int) -> Book | InputError:
    """The sheets, or why there are none: remembered, since a file is first described and then read."""
    try:
        return read_book(path, kind)
    except InputError as err:
        return err


def _table(rows: Rows, name: str, shop: TableShop) -> Iterator[Reading] | InputError:
    """What is read of a sheet, or why it is no list of requests."""
    try:
        page = _page(rows, name, shop.choices.own)
        say = shop.choices.say
        told = replace(shop.choices, say=lambda note: say(f"sheet '{rows.title}': {note}"))
        readings = read_sheet(page, replace(shop, choices=told))
        first = next(readings, None)
    except InputError as err:
        return err
    return readings if first is None else chain([first], readings)


def _to_its_end(readings: Iterator[Reading], name: str) -> Iterator[Reading]:
    """The readings; an error that comes up among them names the file, for it ends the import."""
    try:
        yield from readings
    except InputError as err:
        raise InputError(err.message, hint=err.hint, where=err.where or name) from err


def _ignored(name: str, rows: Rows, err: InputError | None) -> Ignored:
    why = f"the sheet '{rows.title}' {err.message if err else 'is hidden'}, so it was not read"
    return Ignored(name, None, why, _beginning(rows), sheet=rows.title)


def _nothing(found: list[tuple[Rows, InputError | None]]) -> str:
    if not found:
        return "is a workbook without any content"
    said = []
    for rows, err in found[:5]:
        why = f"{err.message} ({err.hint})" if err else "is hidden"
        said.append(f"the sheet '{rows.title}' {why}")
    more = f"; and {len(found) - 5} more sheets" if len(found) > 5 else ""
    return f"is a workbook in which no sheet is a list of requests: {'; '.join(said)}{more}"


def _marked(reading: Reading, title: str) -> Reading:
    """The reading with the sheet it comes from. Nobody else has it yet: changing it is a tenth of a copy's price."""
    object.__setattr__(reading, "sheet", title)
    object.__setattr__(reading, "words", f"{title}: {reading.words}")
    if isinstance(reading, Draft):
        object.__setattr__(reading, "evidence", {"sheet": title, **reading.evidence})
    return reading


def _beginning(rows: Rows) -> str:
    lines = (DELIMITER.join(text(cell) for cell in row) for _, row in islice(iter(rows), 5))
    return f"{rows.title}: " + "\n".join(lines)[:_WORDS]
