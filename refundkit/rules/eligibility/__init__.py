"""The formula of each reason (domain page, section 4). A reason that is not here gives nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from refundkit.rules.eligibility import (
    billing_error,
    cancelled_visit,
    duplicate_payment,
    equipment_return,
    faulty_work,
    incomplete_service,
    requested_amount,
    sla_breach,
)
from refundkit.rules.facts import Facts, Given

Formula = Callable[[Facts], Given]

FORMULAS: Final[dict[str, Formula]] = {
    "sla-breach": sla_breach.give,
    "billing-error": billing_error.give,
    "duplicate-payment": duplicate_payment.give,
    "equipment-return": equipment_return.give,
    "incomplete-service": incomplete_service.give,
    "faulty-work": faulty_work.give,
    "cancelled-visit": cancelled_visit.give,
    "goodwill": requested_amount.give,
    "other": requested_amount.give,
}


def give(facts: Facts) -> Given:
    """What the reason of the request gives on its invoice."""
    formula = FORMULAS.get(facts.asked.reason)
    if formula is None:
        return Given(["the request gives no reason that has a formula"], [])
    return formula(facts)
