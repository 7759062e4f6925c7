"""A table of what was billed and what is right, as people paste it into a mail: what it asks back, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Final

from refundkit.importers.extract.amounts import Mention, currency_of, take_amounts
from refundkit.importers.extract.forms import IdForm
from refundkit.importers.extract.ids import Ids, take_ids
from refundkit.importers.extract.phrases import fold, plain
from refundkit.importers.extract.sentences import MAX_TEXT
from refundkit.importers.extract.vocabulary import vocabulary

_LONGEST: Final = 1_000
_MOST_ROWS: Final = 200
_APART: Final = re.compile(r"\t|\s*\|\s*| {2,}")
_SIGN: Final = re.compile(r"(?<![\d.,] )([$€£]) {2,}(?=\d)")
_WORDS: Final = re.compile(r"[\w-]+(?: [\w-]+)*")
_BRACKETS: Final = re.compile(r"\(([^()]{1,20})\)")
_CURRENCY: Final = re.compile(r"\b[A-Z]{3}\b|[$€£]")
_NOTHING: Final = re.compile(r"[-–—.\s]*(?:n/a|ok|nil)?[-–—.\s]*", re.IGNORECASE)
_ASKED: Final = frozenset({"asked", "difference"})
_PAIR: Final = 2
_LEAST: Final = 3
"""Amounts in a list of labels and values."""


@dataclass(slots=True)
class Line:
    """A row that asks for something: its cells that are no amounts, the ids in them, what is asked."""

    text: str
    ids: tuple[str, ...]
    asked: Decimal
    currency: str


@dataclass(slots=True)
class Table:
    """The lines of a text from `first` to before `end` as a table. `whole`: its sums are those of its rows."""

    first: int
    end: int
    lines: list[Line] = field(default_factory=list)
    total: Decimal = Decimal(0)
    whole: bool = True

    @property
    def several(self) -> bool:
        """Whether its rows ask something of their own each: each names an id of its own."""
        ids = [line.ids for line in self.lines]
        return len(ids) > 1 and all(ids) and len(set(ids)) == len(ids)

    @property
    def asked(self) -> Mention | None:
        """What its rows ask together; None when they ask each for themselves, or when its sums are wrong."""
        told = "; ".join(line.text for line in self.lines)
        return None if self.several or not self.whole else Mention(self.total, self.currency, told)

    @property
    def currency(self) -> str:
        """The one currency of its amounts, '' without one."""
        found = {line.currency for line in self.lines if line.currency}
        return found.pop() if len(found) == 1 else ""


def read_table(text: str, base: str, forms: tuple[IdForm, ...] = ()) -> Table | None:
    """The first table with a column of what is asked back, or of what was billed and what is right."""
    lines = text[:MAX_TEXT].split("\n")
    for at, line in enumerate(lines):
        names = _columns(_cells(line)) if _may_be_row(line) else []
        if "asked" in names or {"billed", "right"} <= set(names):
            table = _rows(lines, at, names, base, forms)
            if table is not None:
                return table
    return None


def told(text: str, table: Table) -> str:
    """The text with the table told in words: a list of its rows, or one line for all of it."""
    lines = text.split("\n")
    if table.several:
        said = [f"- = {_shown(line.asked, line.currency)}: {line.text}" for line in table.lines]
    else:
        about = "; ".join(line.text for line in table.lines)
        said = [f"= {_shown(table.total, table.currency)}: {about}"]
    return "\n".join([*lines[: table.first], "", *said, "", *lines[table.end :]])


def labelled(text: str, base: str) -> Mention | None:
    """The amount behind a label like 'Difference' in a list of labels and values; None without a single one."""
    lines = filter(_may_be_row, text[:MAX_TEXT].split("\n"))
    rows = [cells for line in lines if len(cells := _cells(line)) == _PAIR]
    amounts = [(name, _amount(value, base)) for name, value in rows]
    found = [amount for name, amount in amounts if amount and amount.value and _meaning(name) in _ASKED]
    return found[0] if len(found) == 1 and sum(amount is not None for _, amount in amounts) >= _LEAST else None


def _may_be_row(line: str) -> bool:
    return len(line) < _LONGEST and ("\t" in line or "  " in line or "|" in line)


def _shown(value: Decimal, currency: str) -> str:
    return f"{currency} {value:.2f}".strip()


def _cells(line: str) -> list[str]:
    """The cells of a line. Of one with tabs the empty ones count too."""
    if "\t" in line:
        return [cell.strip() for cell in line.strip("\r\n").split("\t")]
    return [cell.strip() for cell in _APART.split(_SIGN.sub(r"\1 ", line.strip()).strip("|").strip())]


def _columns(cells: Sequence[str]) -> list[str]:
    """What each column of a heading holds ('' when unknown); nothing when the line is no heading of a table."""
    if len(cells) < _PAIR or any(re.search(r"\d[.,]\d\d\b", cell) for cell in cells):
        return []
    names = [_meaning(cell) for cell in cells]
    if "billed" in names and "asked" not in names:
        names = ["asked" if name == "difference" else name for name in names]
    return [] if "other" in names or names.count("asked") > 1 else names


@lru_cache(maxsize=1024)
def _meaning(heading: str) -> str:
    words = " ".join(_WORDS.findall(fold(_CURRENCY.sub(" ", _BRACKETS.sub(" ", heading))))).strip()
    return next((name for name, known in vocabulary().table.items() if words in known), "")


def _rows(lines: Sequence[str], at: int, names: list[str], base: str, forms: tuple[IdForm, ...]) -> Table | None:
    """The rows below a heading; None when one of them cannot be read for certain."""
    heads = _cells(lines[at])
    table = Table(at, at + 1)
    sums: list[set[Decimal]] = []
    for cells, place in _below(lines, at + 1):
        if _is_total(next(filter(None, cells), "")):
            sums.append(_totals(cells, names, heads, base))
            table.end = place + 1
            continue
        if len(cells) > len(names) or (len(cells) < len(names) and "\t" not in lines[place]):
            return None
        cells.extend([""] * (len(names) - len(cells)))
        asked = _asked(cells, names, heads, base)
        if asked is None:
            return None
        table.end = place + 1
        if asked.value:
            table.lines.append(_line(cells, names, heads, asked, forms))
    table.total = sum((line.asked for line in table.lines), Decimal(0))
    table.whole = all(table.total in values for values in sums)
    named = [bool(line.ids) for line in table.lines]
    return table if any(named) == all(named) and named else None


def _is_total(label: str) -> bool:
    words = _WORDS.findall(fold(label))
    return bool(words) and (_meaning(label) == "total" or words[0].split()[0] in vocabulary().table["total"])


def _totals(cells: list[str], names: Sequence[str], heads: Sequence[str], base: str) -> set[Decimal]:
    """What the line of sums may say, which often has fewer cells: those on the left or on the right are missing."""
    lacking = [""] * (len(names) - len(cells))
    read = [_asked(row[: len(names)], names, heads, base) for row in ([*cells, *lacking], [*lacking, *cells])]
    return {asked.value for asked in read if asked}


def _below(lines: Sequence[str], at: int) -> Iterator[tuple[list[str], int]]:
    """The rows from a line on, to the first that is none; a rule between them is passed over."""
    for place in range(at, min(len(lines), at + _MOST_ROWS)):
        line = lines[place]
        if line.strip() and not any(map(str.isalnum, line)):
            continue
        cells = _cells(line) if len(line) < _LONGEST else []
        if len(cells) < _PAIR:
            return
        yield cells, place


def _asked(cells: Sequence[str], names: Sequence[str], heads: Sequence[str], base: str) -> Mention | None:
    """What a row asks: its own column, or what was billed less what is right; None when it is not clear."""
    found = {
        name: _amount(cell, base, heads[at]) for at, (name, cell) in enumerate(zip(names, cells, strict=True)) if name
    }
    asked, billed, right = found.get("asked"), found.get("billed"), found.get("right")
    less = billed.value - right.value if billed and billed.text and right else None
    if "asked" not in found:
        return None if billed is None or less is None or less < 0 else Mention(less, billed.currency, "")
    return None if asked is None or (less is not None and asked.value != abs(less)) else asked


def _amount(cell: str, base: str, head: str = "") -> Mention | None:
    """The one amount that a cell is, signs dropped; nothing written is 0."""
    if _NOTHING.fullmatch(cell):
        return Mention(Decimal(0), "", "")
    bare = re.sub(r"^[-\s(]+|[)\s]+$", "", plain(cell))
    found, rest = take_amounts(bare, base, 0, lone=True)
    if len(found) != 1 or found[0].vague or rest.strip(" *-") != "money0":
        return None
    named = _CURRENCY.search(head)
    currency = found[0].currency or (currency_of(named[0], base) if named else "")
    return Mention(abs(found[0].value), currency, cell)


def _line(
    cells: Sequence[str], names: Sequence[str], heads: Sequence[str], asked: Mention, forms: tuple[IdForm, ...]
) -> Line:
    said = [
        f"{head} {cell}" if cell.isdigit() and head else cell
        for cell, name, head in zip(cells, names, heads, strict=True)
        if cell and not name
    ]
    text = ", ".join(said)
    ids: Ids = take_ids(plain(text), forms)[0]
    return Line(text, tuple(dict.fromkeys((*ids.invoice, *ids.order, *ids.customer))), asked.value, asked.currency)
