"""Rows as the bytes of a CSV file: UTF-8 without a mark, commas, CRLF, quotes where needed, the same bytes always."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")
_QUOTED: Final = frozenset('",\r\n')


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file. The cells come neutralised (`exporters.text.cell_text`)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue().encode()


def csv_cell(text: str) -> str:
    """A cell as `csv_bytes` writes it, for rows that are put together as text."""
    if _QUOTED.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def in_parts(documents: Sequence[Item], most: int, size: Callable[[Item], int]) -> list[list[Item]]:
    """Cut where a file would grow beyond what the importer takes; a document is never cut."""
    parts: list[list[Item]] = [[]]
    filled = 0
    for document in documents:
        needed = size(document)
        if parts[-1] and filled + needed > most:
            parts.append([])
            filled = 0
        parts[-1].append(document)
        filled += needed
    return parts


def parts_named(suffix: str, contents: Sequence[bytes]) -> list[tuple[str, bytes]]:
    """The ends of the files' names: the suffix alone for one file, '-2-of-3' before it for several."""
    if len(contents) == 1:
        return [(suffix, contents[0])]
    return [(f"-{number}-of-{len(contents)}{suffix}", content) for number, content in enumerate(contents, 1)]
