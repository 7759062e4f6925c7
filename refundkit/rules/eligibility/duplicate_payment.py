"""Paid twice: what was paid above the invoice's total and was not given back yet. Taken from no line."""

from __future__ import annotations

from refundkit.rules.facts import Facts, Given
from refundkit.rules.wording import money_text


def give(facts: Facts) -> Given:
    """max(0, paid - total - refunded)."""
    invoice, currency = facts.invoice, facts.currency
    if invoice is None:
        return Given(["the invoice is unknown"], [], 0)
    total = sum(line.net + line.tax for line in invoice.lines)
    refunded = invoice.refunded
    above = invoice.paid - total - refunded
    sum_text = (
        f"{money_text(invoice.paid, currency)} - {money_text(total, currency)} - {money_text(refunded, currency)}"
    )
    note = f"paid on {invoice.invoice} less its total less refunds: {sum_text} = {money_text(above, currency)}"
    return Given([note], [], max(0, above))
