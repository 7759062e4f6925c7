"""Which other cases are the same request, and which are near enough that a person should look (domain page, 6)."""

from __future__ import annotations

from datetime import timedelta

from refundkit.model.dossier import Other
from refundkit.model.words import NOT_LIVE
from refundkit.rules.facts import Facts


def same_request(facts: Facts) -> Other | None:
    """The earliest case that this one repeats, None when there is none.

    A case that a person said is different is passed over; one that is itself a duplicate still counts.
    """
    for other in facts.dossier.others:
        if other.earlier and not other.dismissed and (by_reference(facts, other) or _by_content(facts, other)):
            return other
    return None


def by_reference(facts: Facts, other: Other) -> bool:
    """Whether both came by one channel under one reference or Message-ID; at any distance in time."""
    asked = facts.asked
    return other.channel == asked.channel and bool(
        (asked.external_ref and asked.external_ref == other.external_ref)
        or (asked.message_id and asked.message_id == other.message_id)
    )


def _by_content(facts: Facts, other: Other) -> bool:
    """Same customer, order or invoice, reason and amount within the window. No amount on both sides is the same."""
    asked = facts.asked
    foreign = asked.currency and facts.currency and asked.currency != facts.currency
    amount = None if foreign else asked.amount  # in another currency than the invoice's it counts as missing
    return other.reason == asked.reason and other.amount == amount and _beside(facts, other)


def near_requests(facts: Facts) -> list[Other]:
    """Live cases of the same customer that share the order or the invoice within the window."""
    others = facts.dossier.others
    return [o for o in others if o.state not in NOT_LIVE and not o.dismissed and _beside(facts, o)] if others else []


def _beside(facts: Facts, other: Other) -> bool:
    """Same known customer, shared known order or invoice, received at most the window apart (bounds included)."""
    customer = facts.customer
    if customer is None or other.customer_id != customer.customer_id or not shared(facts, other):
        return False
    window = timedelta(days=facts.policy.duplicates.window_days)
    return abs(facts.asked.received_at - other.received_at) <= window


def shared(facts: Facts, other: Other) -> list[str]:
    """The ids of the order and the invoice that both cases are about."""
    order, invoice = facts.order, facts.invoice
    ids = []
    if order is not None and other.service_order == order.service_order:
        ids.append(order.service_order)
    if invoice is not None and other.invoice == invoice.invoice:
        ids.append(invoice.invoice)
    return ids
