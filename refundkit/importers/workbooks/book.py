"""A workbook's sheets as rows of text, read in a process of its own with limits on memory, time, cells and size.

The rows are taken as they are asked for: that process prints them while this one judges those before.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from threading import Event, Timer
from typing import Final

import orjson

from refundkit.errors import InputError
from refundkit.importers.archives.kinds import Kind, locked
from refundkit.importers.workbooks import apart

SECONDS: Final = {"quick": 20, "openpyxl": 60, "calamine": 8}
"""How long an engine may take: openpyxl reads about 100 000 rows of 12 cells in that time on a slow machine."""

_INSTEAD: Final = "save the sheet with the requests as CSV (UTF-8) in the program it comes from, and import that"
Cell = str | tuple[str, str]


class Book:
    """The sheets of a workbook in their order. What was read is kept, as it was printed, and can be read again."""

    def __init__(self, first: bytes, printed: Generator[bytes, None, None]) -> None:
        self._printed = printed
        self._sheets: list[Rows] = []
        self._ended = False
        self._take(first)

    def __iter__(self) -> Iterator[Rows]:
        at = 0
        while at < len(self._sheets) or self._begins():
            yield self._sheets[at]
            at += 1

    def abandon(self) -> bool:
        """Stop the other process; True when it was not at its end."""
        if not self._ended:
            self._printed.close()
        return not self._ended

    def _begins(self) -> bool:
        """Read on to the next sheet; False when there is none."""
        count = len(self._sheets)
        while not self._ended and len(self._sheets) == count:
            self._read_on()
        return len(self._sheets) > count

    def more(self, rows: Rows) -> bool:
        """Read another row of a sheet; False when all of it was read."""
        count = len(rows.lines)
        if not self._ended and rows is self._sheets[-1]:
            self._read_on()
        return len(rows.lines) > count

    def _read_on(self) -> None:
        self._take(next(self._printed, b""))

    def _take(self, line: bytes) -> None:
        if line.startswith(b"{"):
            head = orjson.loads(line)
            title = "".join(c for c in head["sheet"] if c.isprintable())[:60]
            self._sheets.append(Rows(title, head["visible"], self))
        elif line.startswith(b"["):
            self._sheets[-1].lines.append(line)
        elif line.rstrip() == b'"end"':
            self._ended = True
            self._printed.close()
        else:
            raise InputError("is a workbook of which only a part could be read", hint=_INSTEAD)


@dataclass(eq=False, slots=True)
class Rows:
    """The rows of one sheet that hold anything, in order."""

    title: str
    visible: bool
    book: Book
    lines: list[bytes] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        """(row number in the sheet, cells); a cell is text, or (number, the currency its format shows)."""
        at = 0
        while at < len(self.lines) or self.book.more(self):
            number, cells = orjson.loads(self.lines[at])
            yield number, [cell if isinstance(cell, str) else (cell[0], cell[1]) for cell in cells]
            at += 1

    @property
    def empty(self) -> bool:
        """Whether no cell of it holds anything."""
        return not (self.lines or self.book.more(self))


def read_book(path: Path, kind: Kind) -> Book:
    """The sheets of a workbook. Raise InputError for one that is locked, damaged, too large, or takes too long.

    That is said before the first sheet is had: all of the file was read by then.
    """
    found = None
    for engine in ("quick", "openpyxl", "calamine") if kind is Kind.XLSX else ("calamine",):
        printed = _printed(engine, path)
        first = next(printed, None)
        if first is None:
            continue
        book = Book(first, printed)
        if not all(rows.empty for rows in book):
            return book
        # What openpyxl refuses or finds empty, other programs often open: shared strings that are missing, odd styles,
        # the strict form of the format.
        found = found or book
    if found is None:
        raise InputError("is a damaged workbook: it cannot be opened", hint=f"repair it, or {_INSTEAD}")
    return found


def _printed(engine: str, path: Path) -> Generator[bytes, None, None]:
    """What the other process prints, nothing when it could not read the file. It is stopped when nobody asks for more.

    Raise InputError when the file is locked or too large, or when it takes too long to the first line.
    """
    seconds = SECONDS[engine]
    source = files(__package__).joinpath("apart.py").read_text(encoding="utf-8")
    command = [sys.executable, "-P", "-c", source, engine, str(path.absolute()), str(seconds)]
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as err:
        raise InputError(
            f"is a workbook, and no process could be started to read it: {err.strerror}", hint=_INSTEAD
        ) from err
    with process:
        try:
            first = _first(process, seconds)
            if first:
                yield first
                yield from process.stdout or ()
                return
        finally:
            process.kill()


def _first(process: subprocess.Popen[bytes], seconds: int) -> bytes:
    """The first line, b"" when the process ends without one."""
    assert process.stdout is not None
    late = Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = Timer(seconds, stop)
    timer.start()
    try:
        first = process.stdout.readline()
        status = None if first else process.wait()
    finally:
        timer.cancel()
    if late.is_set():
        raise InputError(f"is a workbook that takes more than {seconds} seconds to read", hint=_INSTEAD)
    if status == apart.LOCKED:
        raise locked()
    if status == apart.TOO_LARGE:
        raise InputError(f"is a workbook of more than {apart.MAX_CELLS:,} cells or 64 MB of text", hint=_INSTEAD)
    return first
