"""Rows of a list that are none of its requests: headings again, totals, lines of words, names of sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from refundkit.importers.tabular.headings import plain
from refundkit.importers.tabular.reasons import words_of
from refundkit.model.money import DIGITS

_FEW_CELLS: Final = 3
_CODES: Final = "|".join(code.lower() for code in DIGITS)
_TOTAL: Final = re.compile(
    r"(?:grand |sub |report |page )?(?:total|grand|page \d{1,3}|totals|tot|sum|summe|gesamt|gesamtsumme|zwischensumme"
    r"|endsumme|zusammen|somme|(?:wk|week|kw|woche|semaine|semana) \d{1,2}|suma|sous total|ensemble|altogether"
    r"|all together|all told|total general|subtotal|still owing|all of it"
    r"|(?:rows|records|entries|tickets|zeilen|datensatze|lignes|filas|registros) \d{1,6})\b"
    r"(?: \d{1,6}| (?:for|of|amount|betrag|netto|brutto|general|refunds"
    rf"|{_CODES}|in|der|fur|du|de|so far|to date|all|open|due|bisher|offen|pendiente|a ce jour|hasta)\b.*)?"
)
_LONG: Final = 4
"""A cell of more words than this is no id."""
_SECTION: Final = re.compile(r"[^\W\d]{2,20}\.?(?:[ .-]{1,2}(?:\d{1,2}|20\d\d))?|Q[1-4](?: 20\d\d)?")
"""'July', 'Sept 2026', 'Decided', 'KW 32'."""


def no_row(cells: Sequence[str], filled: Sequence[str], head: Sequence[str], ids: Sequence[str]) -> str:
    """Why a row of a list is none of its requests: the headings again, a total, a line of words; else ''.

    `filled`: the cells that are not empty. `head`: the headings in their plain form. `ids`: the row's cells that name
    what it is about, the first an address.
    """
    may_repeat = len(cells) == len(head) > 1 and _begins_as(cells[0], head[0])
    if may_repeat and all(plain(cell) == name for cell, name in zip(cells, head, strict=True)):
        return "the row repeats the headings"
    labels = filled if len(filled) <= _FEW_CELLS else filled[:1]
    total = next((c for c in labels if not c[0].isdigit() and _TOTAL.fullmatch(words_of(c))), "")
    if total and not any(i != total and ("@" in i or any(map(str.isdigit, i))) for i in ids):
        return "the row is a total, not a request"
    if len(filled) != 1 or len(head) <= 2:
        return ""
    if _SECTION.fullmatch(filled[0]):
        return "the row is a heading of a section, not a request"
    if len(head) > _FEW_CELLS and not any(c.isdigit() or c == "@" for c in filled[0]):
        return "the row is a line of words, not a request"
    if any(i and i.count(" ") < _LONG for i in ids[1:]) or (ids[0] and " " not in ids[0]):
        return ""
    return "the row is a line of words, not a request" if " " in filled[0] else ""


def _begins_as(cell: str, name: str) -> bool:
    """Whether a cell may be a heading whose plain form is `name`: a glance that spares nearly every row the proof."""
    first = cell[:1]
    return not (first.isascii() and first.isalnum()) or first.lower() == name[:1]
