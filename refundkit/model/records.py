"""The shop's eight kinds of records: their columns, what a cell may say, and the one form it is kept in.

A cell's kept form is text: trimmed, dates ISO, times UTC as 2026-08-19T15:12:00Z, numbers with a point. A blank cell
stays blank. Figures that the rules add up (net, tax, amounts) are derived as whole minor units (`derived`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from refundkit.model.money import DIGITS, half_up, parse_decimal, to_minor
from refundkit.model.words import LINE_KINDS, METHODS, ORDER_STATUSES, PRIORITIES, TIERS

Cell = Callable[[str], str]
MAX_ID: Final = 80
MAX_TEXT: Final = 2_000


def ident(text: str) -> str:
    """An id: one line of at most 80 printable characters, never blank."""
    if not text:
        raise ValueError("is blank")
    if len(text) > MAX_ID or not text.isprintable():
        raise ValueError(f"'{text[:40]}' is not an id of at most {MAX_ID} printable characters")
    return text


def maybe_ident(text: str) -> str:
    """An id, or blank."""
    return ident(text) if text else ""


def words(text: str) -> str:
    """Free text, bounded; control characters other than line ends and tabs are refused."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"has {len(text)} characters; at most {MAX_TEXT} fit")
    if not text.isprintable() and any(c < " " and c not in "\n\r\t" for c in text):
        raise ValueError("holds control characters")
    return text


def choice(*allowed: str) -> Cell:
    """One of a closed list, blank where the list has a blank."""
    known = frozenset(allowed)

    def parse(text: str) -> str:
        if text not in known:
            raise ValueError(f"'{text[:40]}' is none of {', '.join(a for a in allowed if a)}")
        return text

    return parse


def currency(text: str) -> str:
    """An ISO 4217 code in capitals."""
    if text not in DIGITS:
        raise ValueError(f"'{text[:10]}' is no currency code like USD")
    return text


def number(text: str) -> str:
    """Any plain number."""
    parse_decimal(text)
    return text


def not_negative(text: str) -> str:
    """A plain number of at least 0, or blank."""
    if text and parse_decimal(text) < 0:
        raise ValueError(f"'{text[:40]}' is below 0")
    return text


def percent(text: str) -> str:
    """0 to 100, or blank."""
    if text and not 0 <= parse_decimal(text) <= 100:
        raise ValueError(f"'{text[:40]}' is not between 0 and 100")
    return text


def fraction(text: str) -> str:
    """0 to 1."""
    if not 0 <= parse_decimal(text) <= 1:
        raise ValueError(f"'{text[:40]}' is not a fraction from 0 to 1, as 0.0825 for 8.25 %")
    return text


def positive(text: str) -> str:
    """A plain number above 0."""
    if parse_decimal(text) <= 0:
        raise ValueError(f"'{text[:40]}' is not above 0")
    return text


def whole(text: str) -> str:
    """A whole number of at least 0, without leading zeros lost."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(f"'{text[:40]}' is not a whole number")
    return text


def day(text: str) -> str:
    """A date as 2026-08-19."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text[:40]}' is not a date like 2026-08-19") from None
    return parsed.isoformat()


def maybe_day(text: str) -> str:
    """A date, or blank."""
    return day(text) if text else ""


def moment(zone: tzinfo) -> Cell:
    """A point in time, kept in UTC; without a zone it is in the shop's. Blank stays blank."""

    def parse(text: str) -> str:
        if not text:
            return ""
        if len(text) == 20 and text[19] == "Z" and text[10] == "T" and text[16] == ":":
            utc_time(text)
            return text
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"'{text[:40]}' is not a time like 2026-08-19T15:12:00Z") from None
        read = read if read.tzinfo else read.replace(tzinfo=zone)
        return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    return parse


def utc_time(text: str) -> datetime:
    """Read a kept time back."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text[:40]}' is not a time like 2026-08-19T15:12:00Z") from None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its file, its columns in order with the check of each, and the columns that name a row."""

    name: str
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    key: tuple[int, ...]
    derive: Callable[[Sequence[str]], tuple[int | str, ...]]
    derived: tuple[str, ...]

    @property
    def file(self) -> str:
        """The native file's name."""
        return f"{self.name}.csv"

    def read(self, row: Sequence[str]) -> tuple[list[str], tuple[int | str, ...]]:
        """The kept form of a row and what is derived from it; raise RowError naming the column that is wrong."""
        kept = []
        for place, (text, cell) in enumerate(zip(row, self.cells, strict=True)):
            try:
                kept.append(cell(text.strip()))
            except ValueError as err:
                raise RowError(self.columns[place], str(err)) from err
        try:
            return kept, self.derive(kept)
        except ValueError as err:
            raise RowError("amount", str(err)) from err


class RowError(ValueError):
    """A cell that cannot be kept: the column and the sentence."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(column, problem)
        self.column, self.problem = column, problem

    def __str__(self) -> str:
        return f"{self.column}: {self.problem}"


def _nothing(_: Sequence[str]) -> tuple[int | str, ...]:
    return ()


def _invoice_line(row: Sequence[str]) -> tuple[int | str, ...]:
    """Line number, net, tax: quantity x price half-up, net x rate half-up, per line."""
    hours, per_hour = Decimal(row[9]).as_integer_ratio()
    price, per_price = Decimal(row[10]).as_integer_ratio()
    net = half_up(hours * price * 10 ** DIGITS[row[4]], per_hour * per_price)
    top, bottom = Decimal(row[11]).as_integer_ratio()
    return int(row[5]), net, half_up(net * top, bottom)


def _amount(row: Sequence[str]) -> tuple[int | str, ...]:
    return (to_minor(Decimal(row[3]), row[4]),)


def _customer(row: Sequence[str]) -> tuple[int | str, ...]:
    """The address as it is compared; id, name, address and telephone number as they are searched."""
    return row[2].casefold(), folded(" ".join(row[:4]))


def folded(text: str) -> str:
    """Small letters without accents: the form in which people's words are searched."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c))


def kinds(zone: tzinfo) -> dict[str, Kind]:
    """Every kind by name, in the order a folder is loaded. `zone`: the shop's, for times without one."""
    at = moment(zone)
    made = [
        _kind("customers", "customer_id name email phone tier currency locale",
              [ident, words, words, words, choice(*TIERS), currency, words], (0,), _customer, "email_key search"),
        _kind("service_orders",
              "service_order customer_id service_code technician equipment priority status completion_pct"
              " onsite_minutes opened_at responded_at completed_at scheduled_at cancelled_at cancelled_by",
              [ident, ident, words, words, words, choice(*PRIORITIES), choice(*ORDER_STATUSES), percent, not_negative,
               at, at, at, at, at, choice("customer", "shop", "")], (0,)),
        _kind("sla_terms", "tier priority response_minutes resolution_minutes",
              [choice(*TIERS), choice(*PRIORITIES), whole, whole], (0, 1)),
        _kind("invoices",
              "invoice service_order customer_id issued_on currency line_no kind sku description quantity unit_price"
              " tax_rate",
              [ident, maybe_ident, ident, day, currency, whole, choice(*LINE_KINDS), words, words, number, number,
               fraction], (0, 5), _invoice_line, "line net_minor tax_minor"),
        _kind("payments", "payment_id invoice paid_on amount currency method reference",
              [ident, ident, day, number, currency, choice(*METHODS), words], (0,), _amount, "amount_minor"),
        _kind("refunds", "refund_id invoice refunded_on amount currency reference",
              [ident, ident, day, number, currency, words], (0,), _amount, "amount_minor"),
        _kind("parts", "service_order sku quantity_used quantity_returned returned_on condition",
              [ident, ident, not_negative, not_negative, maybe_day, choice("good", "faulty", "")], (0, 1)),
        _kind("rates", "date currency rate", [day, currency, positive], (0, 1)),
    ]  # fmt: skip
    return {kind.name: kind for kind in made}


def _kind(
    name: str,
    columns: str,
    cells: list[Cell],
    key: tuple[int, ...],
    derive: Callable[[Sequence[str]], tuple[int | str, ...]] = _nothing,
    derived: str = "",
) -> Kind:
    return Kind(name, tuple(columns.split()), tuple(cells), key, derive, tuple(derived.split()))
