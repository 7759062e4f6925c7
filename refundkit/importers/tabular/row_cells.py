"""The cells of one row of somebody's list: ids, addresses, amounts, currencies and times as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from refundkit.importers.tabular.amounts import DOLLARS, Figure, check, currency_of, read_amount
from refundkit.importers.tabular.cell_ids import beginning, in_our_form, is_usual
from refundkit.importers.tabular.dates import in_reach, read_time, with_month, with_year
from refundkit.importers.tabular.headings import NATIVE, aliases_by_field
from refundkit.importers.tabular.plan import Plan
from refundkit.importers.tabular.rows import Sheet
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.records import MAX_ID, RowError, ident
from refundkit.model.words import CHANNELS

ADDRESS: Final = re.compile(r"[^\s<>@,;:\"()\[\]]{1,64}@[^\s<>@,;:\"()\[\]]{1,190}")
IDS: Final = ("customer_id", "service_order", "invoice")
_BARE: Final = re.compile(r"(?:[a-z]{1,3}[\s.-]?)?#?\s?(\d{3,7})", re.IGNORECASE)
_YEARLY: Final = re.compile(r"(?:so[\s.-]?)?(?:(20\d\d)\s?[-/ ]\s?(\d{1,6})|(\d{3,6})\s?/\s?(20\d\d))", re.IGNORECASE)
_FEW: Final = 16
_REMEMBERED: Final = 20_000
_NO_ID: Final = frozenset({"-", "--", "?", "n/a", "none", "—", "–"})


class RowCells:
    """Reads the cells of a list's rows by its plan. Times and amounts that repeat are read once."""

    def __init__(self, sheet: Sheet, shop: TableShop, plan: Plan) -> None:
        self.sheet, self.shop, self.plan = sheet, shop, plan
        self.begins = {field: beginning(field, shown, shop.forms) for field, shown in plan.forms.items()}
        self.places = plan.columns.places
        self.at = {field: self.places.get(field, -1) for field in aliases_by_field()}
        self.times: dict[str, datetime] = {}
        self.sums: dict[tuple[str, str], tuple[Figure, str, tuple[str, ...]]] = {}
        told = {*plan.columns.subjects, self.places.get("description", -1)}
        self.told = sorted(place for place in told if place >= 0)

    def cell(self, cells: Sequence[str], field: str) -> str:
        """What a row of the list's width says for a field, '' when nothing."""
        place = self.at[field]
        return cells[place] if place >= 0 else ""

    def as_fields(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells that were taken for a field of a request, to be mended under that field's name."""
        told = "\n".join(cells[place] for place in self.told if cells[place])
        found = {field: self.cell(cells, field) for field in NATIVE} | {"description": told}
        if self.plan.currency and not found["currency"]:
            found["currency"] = self.plan.currency
        return {field: text for field, text in found.items() if text}

    def heading(self, field: str) -> str:
        """What stands above the column of a field."""
        return self.sheet.headings[self.places[field]]

    def ident(self, cells: Sequence[str], field: str) -> str:
        """An id or a name; raise RowError for one that cannot be kept."""
        place = self.at[field]
        text = cells[place] if place >= 0 else ""  # as `cell` gives it: this is asked six times a row
        if not text or text in _NO_ID:
            return ""
        if field in IDS:
            text = self._formed(field, text)
        if len(text) <= MAX_ID and text.isprintable():
            return text
        try:
            return ident(text)
        except ValueError as err:
            raise RowError(self.heading(field), str(err)) from err

    def _formed(self, field: str, text: str) -> str:
        """An id in the form of the shop's own numbers."""
        begins = self.begins.get(field, "")
        if not self.shop.forms and text.startswith(begins) and is_usual(text):
            return text
        if begins and (bare := _BARE.fullmatch(text)):
            number = bare[1]
            return begins + (number.zfill(5) if field == "service_order" else number)
        if field == "service_order" and self.plan.forms and (yearly := _YEARLY.fullmatch(text)):
            return f"SO-{yearly[1] or yearly[4]}-{(yearly[2] or yearly[3]).zfill(5)}"
        return in_our_form(field, text, self.shop.forms)

    def email(self, cells: Sequence[str], doubts: list[str]) -> str:
        """The customer's address; what is none becomes a doubt."""
        text = self.cell(cells, "customer_email")
        if not text or text in _NO_ID:
            return ""
        found = ADDRESS.findall(text[:1_000])
        if len(found) == 1 and found[0].isprintable():
            return str(found[0])
        doubts.append(f"{self.heading('customer_email')}: '{text[:60]}' is not one e-mail address")
        return ""

    def channel(self, cells: Sequence[str], doubts: list[str]) -> str:
        """The channel the row names in our own words, else `csv`: a list from another system."""
        text = self.cell(cells, "channel").casefold()
        if not text or text in CHANNELS:
            return text or "csv"
        doubts.append(f"{self.heading('channel')}: '{text[:40]}' is none of {', '.join(sorted(CHANNELS))}")
        return "csv"

    def amount(self, cells: Sequence[str], doubts: list[str]) -> tuple[Figure, str]:
        """The figure and its currency; raise RowError for what is no amount at all."""
        written = (self.cell(cells, "amount"), self.cell(cells, "currency"))
        known = self.sums.get(written)
        if known is None:
            heard: list[str] = []
            figure, currency = self._amount(cells, heard)
            if len(self.sums) > _REMEMBERED:
                self.sums.clear()
            known = self.sums[written] = (figure, currency, tuple(heard))
        doubts += known[2]
        return known[:2]

    def _amount(self, cells: Sequence[str], doubts: list[str]) -> tuple[Figure, str]:
        column = self.stated_currency(cells) or self.plan.currency
        if "amount" not in self.places:
            doubts.append("the list has no column for the amount")
            return Figure(), column
        heading = self.heading("amount")
        try:
            figure = read_amount(self.cell(cells, "amount"), self.plan.proof.mark, self.dollar(column), column)
            currency = figure.currency or column
            if figure.amount is not None:
                check(figure.amount, currency)
        except ValueError as err:
            raise RowError(heading, str(err)) from err
        if figure.currency and (own := self.stated_currency(cells)) and figure.currency != own:
            doubts.append(f"{heading}: the amount says {figure.currency}, the list {own}")
            return Figure(), ""
        if figure.doubt:
            doubts.append(f"{heading}: {figure.doubt}")
        return figure, currency

    def dollar(self, currency: str) -> str:
        """What a bare '$' means where a cell, heading or title names this currency."""
        return currency if currency in DOLLARS else self.shop.base

    def stated_currency(self, cells: Sequence[str]) -> str:
        """The currency that the row's own cell for it names, '' when none; raise RowError for what is no currency."""
        text = self.cell(cells, "currency")
        if not text or text in _NO_ID:
            return ""
        if code := currency_of(text, self.shop.base):
            return code
        raise RowError(self.heading("currency"), f"'{text[:20]}' is no currency code like USD")

    def when(self, cells: Sequence[str], doubts: list[str]) -> datetime | None:
        """When the request came; what cannot be read becomes a doubt."""
        text = self.cell(cells, "received_at")
        if not text or text in _NO_ID:
            return None
        if text in self.times:
            return self.times[text]
        try:
            order = self.plan.proof.order
            dated = with_year(
                with_month(text, self.plan.proof.month) if len(text) < _FEW else text, order, self.shop.received_at
            )
            read = in_reach(read_time(dated, order, self.shop.zone), self.shop.received_at)
        except ValueError as err:
            doubts.append(f"{self.heading('received_at')}: {err}")
            return None
        if len(self.times) > _REMEMBERED:
            self.times.clear()
        self.times[text] = read
        return read
