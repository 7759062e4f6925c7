"""Holds what was read in a message against the records: figures that cannot be, and the invoice that is meant."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from refundkit.model.money import Money, to_minor
from refundkit.store import lookup

_MOST: Final = 3
_HUNDREDTHS: Final = "USD"
"""Stands for a currency that is not said: most have hundredths."""


def doubts(connection: Any, request: dict[str, Any], assessment: dict[str, Any]) -> list[str]:
    """Sentences for the person who must look; none when the records bear the message out or say nothing."""
    if not request["amount"]:
        return []
    if assessment["invoice"]:
        return _too_much(assessment)
    if assessment["customer_id"] and not (request["invoice"] or request["service_order"]):
        return _meant(connection, request, assessment["customer_id"])
    return []


def _too_much(assessment: dict[str, Any]) -> list[str]:
    """More than was ever paid: a misread decimal mark, or another invoice. Nothing paid is a finding of its own."""
    asked, paid, currency = assessment["requested"], assessment["paid"], assessment["currency"]
    if asked is None or not 0 < paid < asked:
        return []
    return [
        f"It asks for {Money(asked, currency)}, and only {Money(paid, currency)} was paid on {assessment['invoice']}."
    ]


def _meant(connection: Any, request: dict[str, Any], customer: str) -> list[str]:
    """It names no invoice: those of this customer on which exactly this amount stands."""
    currency = request["currency"]
    try:
        minor = to_minor(Decimal(request["amount"]), currency or _HUNDREDTHS)
    except ValueError:
        return []
    found = lookup.invoices_with_amount(connection, customer, currency, minor, _MOST)
    if not found:
        return []
    return [f"It names no invoice; the amount stands on {' and '.join(found)} of {customer}."]
