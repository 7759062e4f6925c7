"""Figures as people read them in findings and calculations."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from refundkit.model.dossier import InvoiceLine
from refundkit.model.money import DIGITS, plain

_REMEMBERED: Final = 4096


# One assessment writes the same few sums again and again, so the last ones written are remembered.
money_text: Final = lru_cache(maxsize=_REMEMBERED)(plain)
"""Minor units of a currency as text: 16800 USD is '168.00'."""


@lru_cache(maxsize=_REMEMBERED)
def number(value: Decimal, places: int = 0) -> str:
    """A plain number with at least so many decimals and no other zeros at its end: 2, 2.5, 120.00."""
    text = f"{value:f}" if value else "0"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole


@lru_cache(maxsize=_REMEMBERED)
def percent(fraction: Decimal) -> str:
    """A fraction as a percentage: 0.0825 is '8.25 %'."""
    return f"{number(fraction * 100)} %"


def over(numerator: int, denominator: int) -> str:
    """A fraction with two decimals, cut down, so that it never seems to reach a limit it does not reach."""
    hundredths = numerator * 100 // denominator
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def duration(seconds: int) -> str:
    """Minutes, and seconds where they are not whole: '35 min', '35 min 20 s'."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def days(count: int) -> str:
    """'1 day', '112 days'."""
    return "1 day" if count == 1 else f"{count} days"


def seconds(span: timedelta) -> int:
    """Whole seconds of a span."""
    return span.days * 86_400 + span.seconds


def line_text(line: InvoiceLine, currency: str) -> str:
    """What a line charged: 'labour 3.50 h × 120.00 = 420.00', 'part FLT-20: 2 × 45.00 = 90.00'."""
    price = number(line.unit_price, DIGITS[currency])
    net = money_text(line.net, currency)
    if line.kind == "labour":
        return f"labour {number(line.quantity, 2)} h × {price} = {net}"
    name = f"{line.kind} {line.sku}:" if line.sku else line.kind
    return f"{name} {number(line.quantity)} × {price} = {net}"
