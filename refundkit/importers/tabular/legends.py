"""What a list itself says of its short words for reasons: in a title, at its foot or beside its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import Final

from refundkit.importers.tabular.headings import Columns
from refundkit.importers.tabular.inferred import SAMPLE
from refundkit.importers.tabular.reasons import reason_of, words_of
from refundkit.importers.tabular.rows import BrokenRowError, Sheet

_PARTS: Final = re.compile(r"\s*[/;,|·\n]\s*")
_CODE: Final = re.compile(r"\W*([A-Z][A-Z0-9]{0,3})\s*[=:–-]?\s+(\S.*)")
_EQUALS: Final = re.compile(r"(?<![\w=])([^\W_]{1,4})\s*=\s*(?=[^\W\d_])")
_SHORT: Final = re.compile(r"[^\W_]{1,4}")
_MOST: Final = 60
_MANY: Final = 30
"""More different words than this are no codes."""
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Legend:
    """`codes`: short word -> reason. `lines`: where rows explain nothing but them."""

    codes: Mapping[str, str] = field(default_factory=dict)
    lines: frozenset[int] = frozenset()


def legend(titles: Iterable[str]) -> dict[str, str]:
    """What the lines above a list say of its short words for reasons: 'DP dbl pmt / NS no-show' -> {'dp': ...}."""
    found: dict[str, str] = {}
    for title in titles:
        found |= _explained(title) or _listed(title)
    return found if len(found) > 1 else {}


def _explained(text: str) -> dict[str, str]:
    """The same for words set equal to codes: 'codes: D = paid twice / L = we were late'."""
    marks = list(_EQUALS.finditer(text[:_LONGEST]))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    said = [(mark[1], text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)] if marks else []
    return {words_of(code): named for code, words in said if (named := reason_of(words))}


def _listed(text: str) -> dict[str, str]:
    matches = [match for part in _PARTS.split(text) if (match := _CODE.match(part))]
    return {words_of(match[1]): named for match in matches if (named := reason_of(match[2]))}


def read_legend(sheet: Sheet, columns: Columns) -> tuple[Columns, Legend]:
    """The legend of a list, and its columns with that of the codes: one that no heading names is found by them.

    Rows are looked through only where a column holds short words of which nothing else is known.
    """
    above = legend(sheet.titles)
    at = columns.places.get("reason", -1)
    coded = _coded(sheet, [at] if at >= 0 else columns.unused)
    if not coded:
        return columns, Legend(above)
    within = _within(sheet, coded)
    codes = {**above, **within.codes}
    place = max(coded, key=lambda place: len(coded[place] & codes.keys()))
    if at < 0 and 2 * len(coded[place] & codes.keys()) > len(coded[place]):
        unused = tuple(other for other in columns.unused if other != place)
        columns = replace(columns, places={**columns.places, "reason": place}, unused=unused)
    return columns, Legend(codes, within.lines)


def _coded(sheet: Sheet, places: Sequence[int]) -> dict[int, set[str]]:
    """The columns in most cells of which short words stand, some of them known to nobody; the words of each."""
    cells: dict[int, list[str]] = {at: [] for at in places}
    try:
        for _, row in islice(sheet.rows(), SAMPLE if places else 0):
            for at in places:
                if at < len(row) and (text := row[at].strip()):
                    cells[at].append(text)
    except BrokenRowError:
        pass  # the reading proper comes to the same row and reports it
    found = {at: {words_of(c) for c in texts if _SHORT.fullmatch(c)} for at, texts in cells.items()}
    return {
        at: words
        for at, words in found.items()
        if len(words) <= _MANY
        and not all(word.isdecimal() or reason_of(word) for word in words)
        and 100 * sum(bool(_SHORT.fullmatch(c)) for c in cells[at]) > _MOST * len(cells[at])
    }


def _within(sheet: Sheet, coded: Mapping[int, set[str]]) -> Legend:
    """What the rows of a list say of its codes: 'D = paid twice', or a code and its words in two cells."""
    known = set().union(*coded.values())
    codes: dict[str, str] = {}
    lines: set[int] = set()
    try:
        for line, row in sheet.rows():
            filled = [(at, text) for at, cell in enumerate(row) if (text := cell.strip())]
            said = [found for _, text in filled if "=" in text and (found := _explained(text))]
            pairs = {
                words_of(text): named
                for (at, text), (beside, words) in pairwise(filled)
                if at not in coded and beside == at + 1 and words_of(text) in known and (named := reason_of(words))
            }
            for found in (*said, pairs):
                codes.update({code: named for code, named in found.items() if code in known})
            if len(filled) == len(said) + 2 * len(pairs):
                lines.add(line)
    except BrokenRowError:
        pass  # the reading proper comes to the same row and reports it
    return Legend(codes, frozenset(lines))
