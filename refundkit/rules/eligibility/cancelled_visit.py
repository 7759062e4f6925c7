"""Cancelled visits: everything back, or `cancellation.late_pct` when the customer gave too little notice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from refundkit.model.dossier import ServiceOrder
from refundkit.model.policy import Policy
from refundkit.rules.facts import Facts, Given, Share
from refundkit.rules.wording import duration, number, seconds


def give(facts: Facts) -> Given:
    """The same share of every line."""
    order, invoice = facts.order, facts.invoice
    if order is None or invoice is None:
        return Given(["the service order or the invoice is unknown"], [])
    pct, note = _share(order, facts.policy)
    if not pct:
        return Given([note], [])
    top, bottom = pct.as_integer_ratio()
    words = "all back" if pct == 100 else f"{number(pct)} % back"
    return Given([note], [Share(line, top, bottom * 100, words) for line in invoice.lines])


def _share(order: ServiceOrder, policy: Policy) -> tuple[Decimal, str]:
    """The percentage given back and why."""
    everything, name = Decimal(100), order.service_order
    if order.status == "no-show":
        return everything, f"{name} is a no-show"
    if order.status != "cancelled":
        return Decimal(0), f"{name} was not cancelled; its status is {order.status}"
    if order.cancelled_by == "shop":
        return everything, f"{name} was cancelled by the shop"
    if order.cancelled_at is None or order.scheduled_at is None:
        missing = "cancellation" if order.cancelled_at is None else "visit"
        return Decimal(0), f"{name} was cancelled; no time of the {missing} is on record"
    notice, hours = order.scheduled_at - order.cancelled_at, policy.cancellation.notice_hours
    before = seconds(notice)
    spoken = f"{duration(before)} before" if before >= 0 else f"{duration(-before)} after"
    note = f"{name} was cancelled {spoken} the visit was due; the notice is {hours} h"
    return (everything if notice >= timedelta(hours=hours) else policy.cancellation.late_pct), note
