"""A list as rows: streamed, bounded, each with the physical line on which it begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from refundkit.errors import InputError
from refundkit.importers.tabular.dialect import LIMIT, MAX_COLUMNS, SAMPLE, Header, find_header, open_text, survey
from refundkit.importers.tabular.headings import is_native, record_kind


class Sheet(Protocol):
    """What a reader of requests needs of a list, be it a file of text or a sheet of a workbook."""

    @property
    def name(self) -> str:
        """The file as people call it, and the sheet where there are several."""

    @property
    def headings(self) -> list[str]:
        """The cells of the header row, trimmed."""

    @property
    def header_line(self) -> int:
        """The line on which the header row begins."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The text of the rows above the header row."""

    @property
    def delimiter(self) -> str:
        """What stands between cells when a row is written as one text."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row below the header row that is not blank; can be asked for again."""


class BrokenRowError(InputError):
    """The rest of a file cannot be cut into rows; the rows before `line` are sound. `words`: the row's beginning."""

    def __init__(self, message: str, name: str, line: int, words: str = "") -> None:
        hint = "write a quote inside a quoted cell twice, and close every cell that begins with one"
        super().__init__(message, hint=hint, where=f"{name}, line {line}")
        self.line, self.words = line, words


def as_written(row: Sequence[str], delimiter: str) -> str:
    """A row as text that reads back as the same cells: quoted where a cell needs it (RFC 4180)."""
    text = delimiter.join(row)
    if '"' not in text and "\n" not in text and "\r" not in text and text.count(delimiter) == len(row) - 1:
        return text
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(row)
    return out.getvalue()


@dataclass(frozen=True)
class Table:
    """A text file of rows whose encoding, delimiter and header row are known."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    headings: list[str]
    header_line: int
    titles: tuple[str, ...]
    skip: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(physical line on which the row begins, cells as written) of every row below the header with any content.

        Raise BrokenRowError when a quoted cell never ends or is over 1 MB; the rows before it have been given out.
        """
        csv.field_size_limit(LIMIT)
        ended: list[bool] = []
        with open_text(self.path, self.encoding) as file:
            reader = csv.reader(chain(file, _tail(ended)), delimiter=self.delimiter)
            for _ in range(self.skip):
                next(reader, None)
            begin = reader.line_num + 1
            try:
                for row in reader:
                    line, begin = begin, reader.line_num + 1
                    if ended and row:
                        raise self._open_quote(row, line, reader.line_num)
                    if any(row):
                        yield line, row
            except csv.Error as err:
                what = f"a cell of the row that begins on line {begin} is over 1 MB; a quote may not be closed"
                raise BrokenRowError(what, self.name, begin) from err

    def _open_quote(self, row: list[str], line: int, last: int) -> BrokenRowError:
        cell = row[-1]
        opened = last - 1 - (cell.count("\n") or cell.count("\r")) + cell.endswith(("\n", "\r"))
        place = f"the quote opened on line {opened} is never closed (row began at line {line})"
        what = f"file ends inside a quoted cell: {place}"
        return BrokenRowError(what, self.name, line, self.delimiter.join(row))


def _tail(ended: list[bool]) -> Iterator[str]:
    """One empty line after the last: it makes an empty row unless a quoted cell is still open."""
    ended.append(True)
    yield ""


def open_table(path: Path, name: str, fits: Callable[[Sequence[str]], bool] | None = None) -> Table:
    """Find out how a CSV-like file is written. `name`: what people call the file, for messages.

    `fits` knows rows that are the headings of another system's export; it is asked where they are not the shop's own.
    Raise InputError when it is missing, empty, no text, has a line over 1 MB, or has no row that could name columns.
    """
    encoding = survey(path, name)
    with open_text(path, encoding) as file:
        sample = file.read(SAMPLE)
        sample += file.readline()
        complete = not file.read(1)
    header = find_header(sample, complete=complete)
    if fits and not (is_native(header.headings) or record_kind(header.headings) or fits(header.headings)):
        header = find_header(sample, complete=complete, fits=fits)
    _refuse(header, name)
    return Table(path, name, encoding, header.delimiter, list(header.headings), header.line, header.titles, header.skip)


def _refuse(header: Header, name: str) -> None:
    if not header.headings:
        raise InputError("is empty: it holds only blank lines", hint="export the list again", where=name)
    if len(header.headings) > MAX_COLUMNS:
        what = f"has more than {MAX_COLUMNS} columns"
        raise InputError(what, hint="export only the columns of the requests", where=f"{name}, line {header.line}")
