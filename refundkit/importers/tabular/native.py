"""The shop's own requests.csv: every cell exactly as the domain page writes it, or the row is rejected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Final

from refundkit.importers.tabular.amounts import check
from refundkit.importers.tabular.dates import in_reach
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.tabular.rows import Sheet, as_written
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.money import DIGITS, parse_decimal
from refundkit.model.records import MAX_ID, RowError, maybe_ident
from refundkit.model.requests import Draft, Reject
from refundkit.model.words import CHANNELS, REASONS

WORDS: Final = 8_000
"""Characters kept of a row as written."""

MAX_DESCRIPTION: Final = 8_000
_PLAIN: Final = re.compile(r"-?[0-9]{1,12}(?:\.([0-9]{1,3}))?")
_REMEMBERED: Final = 20_000
_IDENTS: Final = ("customer_id", "customer_email", "service_order", "invoice", "requested_by", "external_ref")


def read_native(sheet: Sheet, shop: TableShop) -> Iterator[Draft | Reject]:
    """Every row as a Draft, or as a Reject that names the first cell which is wrong."""
    name, delimiter, width = sheet.name, sheet.delimiter, len(NATIVE)
    in_order = tuple(sheet.headings) == NATIVE
    pick = tuple if in_order else itemgetter(*(sheet.headings.index(heading) for heading in NATIVE))
    cells = _Cells(shop)
    for line, row in sheet.rows():
        words = as_written(row, delimiter)[:WORDS]
        if len(row) != width:
            yield Reject(name, line, ragged(len(row), width), words)
            continue
        picked = pick(tuple(map(str.strip, row)))
        try:
            yield cells.draft(name, line, picked, words)
        except RowError as err:
            yield Reject(name, line, str(err), words, err.column, dict(zip(NATIVE, picked, strict=True)))


def ragged(cells: int, width: int) -> str:
    """The sentence for a row with too few or too many cells."""
    return f"the row has {cells} cells; the headings have {width}"


class _Cells:
    """Reads cells; what repeats from row to row (times, amounts) is read once."""

    def __init__(self, shop: TableShop) -> None:
        self.shop = shop
        self.times: dict[str, datetime | None] = {"": None}
        self.amounts: dict[tuple[str, str], Decimal | None] = {("", ""): None}

    def draft(self, name: str, line: int, row: tuple[str, ...], words: str) -> Draft:
        """One row in the order of NATIVE, trimmed. Raise RowError for the first cell that is wrong."""
        at, channel, customer, email, order, invoice, asked, currency, reason, said, by, ref = row
        when = self.times[at] if at in self.times else self._time(at)
        if channel and channel not in CHANNELS:
            raise RowError("channel", f"'{channel[:40]}' is none of {', '.join(sorted(CHANNELS))}")
        ids = f"{customer}{email}{order}{invoice}{by}{ref}"
        if len(ids) > MAX_ID or not ids.isprintable():
            _idents(row)
        if not (customer or email or order or invoice):
            raise RowError("customer_id", "the row names no customer, e-mail, service order or invoice")
        if email and not _is_address(email):
            raise RowError("customer_email", f"'{email[:40]}' is not an e-mail address")
        key = (asked, currency)
        amount = self.amounts[key] if key in self.amounts else self._amount(asked, currency)
        if reason and reason not in REASONS:
            raise RowError("reason", f"'{reason[:40]}' is none of {', '.join(sorted(REASONS))}")
        if len(said) > MAX_DESCRIPTION or not said.isprintable():
            description(said)
        return Draft(
            name, line, channel or "csv", when, customer, email, order, invoice, amount, currency, reason or "other",
            said, by, ref, "", words,
        )  # fmt: skip

    def _time(self, text: str) -> datetime | None:
        try:
            read = datetime.fromisoformat(text)
            zoned = read if read.tzinfo else read.replace(tzinfo=self.shop.zone)
            when = zoned if zoned.tzinfo is UTC else zoned.astimezone(UTC)
        except (ValueError, OverflowError):
            raise RowError("received_at", f"'{text[:40]}' is not a time like 2026-08-19T15:12:00Z") from None
        try:
            in_reach(when, self.shop.received_at)
        except ValueError as err:
            raise RowError("received_at", str(err)) from err
        if len(self.times) > _REMEMBERED:
            self.times = {"": None}
        self.times[text] = when
        return when

    def _amount(self, text: str, currency: str) -> Decimal | None:
        if currency and currency not in DIGITS:
            raise RowError("currency", f"'{currency[:10]}' is no currency code like USD")
        simple = _PLAIN.fullmatch(text)
        amount = None
        if simple and len(simple[1] or "") <= DIGITS.get(currency, 3):
            amount = Decimal(text)
        elif text:
            try:
                amount = parse_decimal(text)
                check(amount, currency)
            except ValueError as err:
                raise RowError("amount", str(err)) from err
        if len(self.amounts) > _REMEMBERED:
            self.amounts = {}
        self.amounts[text, currency] = amount
        return amount


def _is_address(text: str) -> bool:
    name, _, domain = text.rpartition("@")
    return bool(name and domain) and " " not in text


def _idents(row: tuple[str, ...]) -> None:
    """Raise RowError for the first id that is too long or holds what cannot be printed. Addresses may be longer."""
    for heading in _IDENTS:
        cell = row[NATIVE.index(heading)]
        try:
            if heading == "customer_email" and len(cell) <= 254:
                maybe_ident("".join(c for c in cell if not c.isprintable())[:80])
            else:
                maybe_ident(cell)
        except ValueError as err:
            raise RowError(heading, str(err)) from err


def description(text: str) -> None:
    """Raise RowError when the words of a request are too many or hold control characters."""
    if len(text) > MAX_DESCRIPTION:
        raise RowError("description", f"has {len(text)} characters; at most {MAX_DESCRIPTION} fit")
    if any((c < " " and c not in "\n\r\t") or c == "\x7f" for c in text):
        raise RowError("description", "holds control characters")
