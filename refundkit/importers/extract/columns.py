"""Tables in which one column says what is asked back: the other sums of their rows are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from refundkit.importers.extract.form import is_sum, sum_of

_GAP: Final = re.compile(r"\t| {3,}")
_BRACKETS: Final = re.compile(r"[()\[\]:]")
_LEAST: Final = 3
_LONGEST: Final = 40
"""Characters of a column's name."""


def asked_columns(text: str) -> str:
    """The text with each row of such a table as it would be said: its words, and the sum that it asks."""
    if "\t" not in text and "   " not in text:
        return text
    return "\n".join(_lines(text.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    head: list[str] = []
    asked = 0
    sums: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in _GAP.split(line.strip())]
        columns = _asked(cells)
        if columns is not None:
            head, asked, sums = cells, columns, []
            yield ""
        elif head and len(cells) == len(head) and is_sum(cells[asked]):
            sums.append(cells[asked])
            kept = [c for at, c in enumerate(cells) if at != asked and c and not is_sum(c)]
            yield "\t".join([*kept, f"{_BRACKETS.sub(' ', head[asked])} {cells[asked]}"])
        elif not (len(sums) == 1 and cells[-1] == sums[0]):  # the total of one row says nothing new
            yield line


def _asked(cells: list[str]) -> int | None:
    """The number of the only column that says what is asked, when another holds sums too; None of any other line."""
    if len(cells) < _LEAST or any(len(c) > _LONGEST or any(map(str.isdigit, c)) for c in cells):
        return None
    kinds = [sum_of(cell, column=True) for cell in cells]
    return kinds.index("asked") if kinds.count("asked") == 1 and set(kinds) & {"billed", "total"} else None
