"""Reads the cells of a row as a preset says: words, amounts with their sign, days and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from refundkit.importers.presets.catalog import Met
from refundkit.importers.presets.preset import SIGNS, Value, When
from refundkit.importers.tabular.amounts import Figure, check, currency_of, read_amount, tidy
from refundkit.importers.tabular.dates import read_time
from refundkit.importers.tabular.headings import unit_in
from refundkit.importers.tabular.plan import Proof, shown
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.records import RowError

_READ: Final = 500
"""Characters of a cell that are compared with words and patterns."""

_HOUR: Final = re.compile(r"\d[:h]\d\d")


class Cells:
    """Reads cells of one list. A problem is a RowError that names the heading."""

    def __init__(self, met: Met, headings: Sequence[str], proof: Proof, shop: TableShop, unit: str) -> None:
        self.met, self.headings, self.proof, self.shop, self.unit = met, headings, proof, shop, unit
        self.assumed: dict[str, None] = {}
        self.zone: tzinfo = UTC if met.preset.layout.zone == "UTC" else shop.zone

    def place(self, cells: Sequence[str], headings: Sequence[str]) -> int:
        """The first column of these headings that is filled in this row; -1 when none is."""
        return next((p for h in headings for p in self.met.all(h) if p < len(cells) and cells[p]), -1)

    def called(self, value: Value | None, cells: Sequence[str] = ()) -> str:
        """The heading a value is read from, as the list writes it."""
        headings = value.heading if value else ()
        at = self.place(cells, headings)
        if at < 0:
            at = next((p for h in headings for p in self.met.all(h)), -1)
        return shown(self.headings[at]) if at >= 0 else next(iter(headings), "")

    def there(self, value: Value | None) -> bool:
        """Whether the list has a column for a value."""
        return value is not None and (bool(value.always) or any(self.met.all(h) for h in value.heading))

    def text(self, cells: Sequence[str], value: Value | None) -> str:
        """What a row says for a value, '' when nothing."""
        if value is None:
            return ""
        if value.always:
            return value.always
        at = self.place(cells, value.heading)
        said = cells[at] if at >= 0 else ""
        if said and value.pattern:
            found = re.search(value.pattern, said[:_READ])
            said = found[1] or "" if found else ""
        if value.words:
            word = _worded(said[:_READ], tuple(value.words.items()))
            said = word if word is not None else value.otherwise if value.otherwise is not None else said
        elif not said and value.otherwise is not None:
            said = value.otherwise
        return f"{said}{value.behind}" if said else ""

    def fits(self, cells: Sequence[str], when: When) -> bool:
        """Whether every column named holds one of the things listed for it."""
        return all(any(self._is(cells, heading, p) for p in patterns) for heading, patterns in when.items())

    def _is(self, cells: Sequence[str], heading: str, pattern: str) -> bool:
        at = self.place(cells, (heading,))
        cell = cells[at] if at >= 0 else ""
        if pattern not in SIGNS:
            return fnmatchcase(cell[:_READ].casefold(), pattern.casefold())
        if pattern in ("filled", "blank"):
            return bool(cell) == (pattern == "filled")
        try:
            number, _ = self.number(cells, Value(heading=(heading,)), "")
        except RowError:
            return False
        return number > 0 if pattern == "above 0" else number < 0

    def number(self, cells: Sequence[str], value: Value, currency: str) -> tuple[Decimal, str]:
        """A figure with its sign, and the currency written with it; raise RowError when there is none."""
        heading, text = self.called(value, cells), self.text(cells, value)
        try:
            figure = read_amount(text, self.proof.mark, self.shop.base, currency)
        except ValueError as err:
            raise RowError(heading, str(err)) from err
        if figure.amount is None:
            raise RowError(heading, figure.doubt or "no amount is given")
        return _signed(figure, text, value), figure.currency

    def money(self, cells: Sequence[str], value: Value, currency: Value | None) -> tuple[Decimal, str]:
        """An amount and its currency: the column's, the one written with it or above it, else the books'."""
        code = self.currency(cells, currency)
        amount, written = self.number(cells, value, code)
        if written and code and written != code and currency is not None:
            raise RowError(self.called(value, cells), f"the amount says {written}, the row {code}")
        code = code or written or self.in_heading(value, cells) or self.unit or self.base()
        try:
            check(amount, code)
        except ValueError as err:
            raise RowError(self.called(value, cells), str(err)) from err
        return amount, code

    def base(self) -> str:
        """The currency of the books, where the list names none; it is said that it was taken."""
        self.assumed[f"took {self.shop.base}, the books' currency, where the list names none"] = None
        return self.shop.base

    def in_heading(self, value: Value, cells: Sequence[str]) -> str:
        """The currency that the heading of an amount names: 'Total (CAD)'."""
        at = self.place(cells, value.heading)
        return unit_in(self.headings[at]) if at >= 0 else ""

    def currency(self, cells: Sequence[str], value: Value | None) -> str:
        """The code a currency column says, '' when it says nothing."""
        text = self.text(cells, value)
        code = currency_of(text, self.shop.base) if text else ""
        if text and not code:
            raise RowError(self.called(value, cells), f"'{text[:20]}' is no currency code like USD")
        return code

    def day(self, cells: Sequence[str], value: Value) -> str:
        """A day, ISO. A time of day is brought into the shop's zone first; raise RowError when there is none."""
        text = self._date(cells, value)
        if not text:
            there = any(self.met.all(heading) for heading in value.heading)
            what = "no date is given" if there else "the list has no such column, so nobody knows on which day it was"
            raise RowError(self.called(value, cells), what)
        when = self._time(text, value, cells)
        return when.astimezone(self.shop.zone if _HOUR.search(text) else self.zone).date().isoformat()

    def moment(self, cells: Sequence[str], value: Value | None) -> str:
        """A point in time as records keep it; '' when none is given, or only a day without an hour."""
        text = self._date(cells, value) if value else ""
        if not text or value is None or not _HOUR.search(text):
            return ""
        return self._time(text, value, cells).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _date(self, cells: Sequence[str], value: Value) -> str:
        date = self.text(cells, value)
        at = self.place(cells, value.clock)
        return f"{date} {cells[at]}" if date and at >= 0 and not _HOUR.search(date) else date

    def _time(self, text: str, value: Value, cells: Sequence[str]) -> datetime:
        try:
            return read_time(text, self.proof.order, self.zone)
        except ValueError as err:
            raise RowError(self.called(value, cells), str(err)) from err


def _signed(figure: Figure, text: str, value: Value) -> Decimal:
    """The figure with the sign it is written with: -12.00, 12.00-, (12.00), $(12.00)."""
    assert figure.amount is not None
    negative = any(c in tidy(text) for c in "-(")
    amount = -figure.amount if negative else figure.amount
    return {"keep": amount, "turn": -amount, "drop": figure.amount}[value.sign]


@lru_cache(maxsize=4096)
def _worded(said: str, words: tuple[tuple[str, str], ...]) -> str | None:
    low = said.casefold()
    return next((ours for theirs, ours in words if fnmatchcase(low, theirs.casefold())), None)
