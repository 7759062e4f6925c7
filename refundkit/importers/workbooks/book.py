"""A workbook's sheets as rows of text, read in a process of its own with limits on memory, time, cells and size."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.archives.kinds import Kind, locked
from refundkit.importers.workbooks import apart

SECONDS: Final = {"openpyxl": 60, "calamine": 8}
"""How long an engine may take: the first reads about 100 000 rows of 12 cells in that time on a slow machine."""

_INSTEAD: Final = "save the sheet with the requests as CSV (UTF-8) in the program it comes from, and import that"
Cell = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one sheet that hold anything, in order. They are kept as printed, which takes little memory."""

    title: str
    visible: bool
    lines: list[bytes]

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        """(row number in the sheet, cells); a cell is text, or (number, the currency its format shows)."""
        for line in self.lines:
            number, cells = json.loads(line)
            yield number, [cell if isinstance(cell, str) else (cell[0], cell[1]) for cell in cells]


def read_book(path: Path, kind: Kind) -> list[Rows]:
    """The sheets of a workbook. Raise InputError for one that is locked, damaged, too large, or takes too long."""
    empty = None
    for engine in ("openpyxl", "calamine") if kind is Kind.XLSX else ("calamine",):
        printed = _run(engine, path)
        sheets = None if printed is None else _sheets(printed)
        if sheets and any(sheet.lines for sheet in sheets):
            return sheets
        # What openpyxl refuses or finds empty, other programs often open: shared strings that are missing, odd styles,
        # the strict form of the format.
        empty = sheets if empty is None else empty
    if empty is None:
        raise InputError("is a damaged workbook: it cannot be opened", hint=f"repair it, or {_INSTEAD}")
    return empty


def _run(engine: str, path: Path) -> bytes | None:
    """What the other process printed, None when it could not read the file."""
    seconds = SECONDS[engine]
    source = files(__package__).joinpath("apart.py").read_text(encoding="utf-8")
    command = [sys.executable, "-P", "-c", source, engine, str(path.absolute()), str(seconds)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise InputError(f"is a workbook that takes more than {seconds} seconds to read", hint=_INSTEAD) from None
    except OSError as err:
        raise InputError(
            f"is a workbook, and no process could be started to read it: {err.strerror}", hint=_INSTEAD
        ) from err
    if done.returncode == apart.LOCKED:
        raise locked()
    if done.returncode == apart.TOO_LARGE:
        raise InputError(f"is a workbook of more than {apart.MAX_CELLS:,} cells or 64 MB of text", hint=_INSTEAD)
    return done.stdout if done.returncode == 0 and done.stdout.endswith((b'"end"\n', b'"end"\r\n')) else None


def _sheets(printed: bytes) -> list[Rows]:
    sheets: list[Rows] = []
    for line in printed.splitlines()[:-1]:
        if line.startswith(b"{"):
            head = json.loads(line)
            title = "".join(c for c in head["sheet"] if c.isprintable())[:60]
            sheets.append(Rows(title, head["visible"], []))
        else:
            sheets[-1].lines.append(line)
    return sheets
