"""Rows of a list that are none of its requests: headings again, totals, lines of words; and words for what is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from refundkit.importers.tabular.headings import plain
from refundkit.importers.tabular.reasons import words_of

_FEW_CELLS: Final = 3
_TOTAL: Final = re.compile(
    r"(?:grand |sub |report )?(?:total|totals|tot|sum|summe|gesamt|gesamtsumme|zwischensumme|endsumme|zusammen|somme"
    r"|(?:wk|week|kw|woche|semaine|semana) \d{1,2}|suma|sous total|ensemble|altogether|all together|all told"
    r"|total general|subtotal)\b(?: (?:for|of|amount|eur|usd|betrag|netto|brutto|general|refunds|in|der|fur|du"
    r"|de|so far|to date|all|open|due|bisher|offen|a ce jour|hasta)\b.*)?"
)
CLOSED: Final = re.compile(
    r"closed|resolved|solved|done|geschlossen|erledigt|gelost|clos|ferme|resolu|cerrad[oa]|resuelto"
)
WITHDRAWN: Final = re.compile(r"withdrawn|withdrawn by customer|zuruckgezogen|retiree?|retirad[oa]|desistid[oa]")


def no_row(cells: Sequence[str], head: Sequence[str], ids: Sequence[str]) -> str:
    """Why a row of a list is none of its requests: the headings again, a total, a line of words; else ''.

    `head`: the headings in their plain form. `ids`: the row's cells that name what it is about, the first an address.
    """
    may_repeat = len(cells) == len(head) > 1 and _begins_as(cells[0], head[0])
    if may_repeat and all(plain(cell) == name for cell, name in zip(cells, head, strict=True)):
        return "the row repeats the headings"
    filled = [cell for cell in cells if cell]
    labels = filled if len(filled) <= _FEW_CELLS else filled[:1]
    if any(_TOTAL.fullmatch(words_of(c)) for c in labels) and not any(
        "@" in i or any(map(str.isdigit, i)) for i in ids
    ):
        return "the row is a total, not a request"
    if any(ids[1:]) or (ids[0] and " " not in ids[0]):
        return ""
    if len(filled) == 1 and len(head) > 2 and " " in filled[0] and not any(ids[1:]):
        return "the row is a line of words, not a request"
    return ""


def _begins_as(cell: str, name: str) -> bool:
    """Whether a cell may be a heading whose plain form is `name`: a glance that spares nearly every row the proof."""
    first = cell[:1]
    return not (first.isascii() and first.isalnum()) or first.lower() == name[:1]
