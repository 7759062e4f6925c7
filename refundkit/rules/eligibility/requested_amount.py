"""Goodwill and other reasons: no formula; what was asked is what can be given. Taken from no line."""

from __future__ import annotations

from refundkit.rules.facts import Facts, Given
from refundkit.rules.wording import money_text


def give(facts: Facts) -> Given:
    """The requested amount in the invoice's currency; nothing when there is none."""
    reason, requested = facts.asked.reason, facts.requested
    if requested is None:
        return Given([f"{reason} has no formula, and no amount was requested that counts"], [], 0)
    note = f"{reason} has no formula: the requested {money_text(requested, facts.currency)} {facts.currency}"
    return Given([note], [], max(0, requested))
