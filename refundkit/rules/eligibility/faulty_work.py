"""Faulty work: the same equipment needed a new order soon after, so labour and travel come back (`recall.*`)."""

from __future__ import annotations

from datetime import timedelta

from refundkit.rules.facts import Facts, Given, Share
from refundkit.rules.wording import days, number


def give(facts: Facts) -> Given:
    """Look for a later order of the customer for the same equipment, opened within the window after completion."""
    order, customer, invoice = facts.order, facts.customer, facts.invoice
    if order is None or customer is None or invoice is None:
        return Given(["the customer, the service order or the invoice is unknown"], [])
    name = order.service_order
    if order.completed_at is None or not order.equipment:
        missing = "time of completion" if order.completed_at is None else "equipment"
        return Given([f"{name} has no {missing} on record"], [])
    done, window = order.completed_at, facts.policy.recall.window_days
    last = done + timedelta(days=window)
    later = [o for o in facts.dossier.later_orders if o.opened_at is not None and done <= o.opened_at <= last]
    about = f"{order.equipment} of {customer.customer_id}"
    if not later:
        return Given([f"{about}: no new order within {days(window)} of {name}, completed {done.date()}"], [])
    recall = min(later, key=lambda o: (o.opened_at or last, o.service_order))
    opened = recall.opened_at or last
    note = f"{about}: {name} was completed {done.date()}, {recall.service_order} was opened {opened.date()}"
    notes = [f"{note}, {days((opened - done).days)} later; the window is {days(window)}"]
    pct = facts.policy.recall.labour_pct
    top, bottom = pct.as_integer_ratio()
    words = f"{recall.service_order} for the same equipment; {'all' if pct == 100 else f'{number(pct)} %'} back"
    lines = [line for line in invoice.lines if line.kind in ("labour", "travel")]
    return Given(notes, [Share(line, top, bottom * 100, words) for line in lines] if pct else [])
