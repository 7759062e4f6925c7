"""Which way each booked refund goes back: the invoice's own payments, what they gave back already, and the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refundkit.model.case import CaseView
from refundkit.model.money import Money
from refundkit.model.words import State
from refundkit.rules.paying import Part, Received, ways
from refundkit.store import cases, payments, recordbook, records
from refundkit.workflow.booking import why_not
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Way:
    """A part of a booked refund: which way it goes, why, and what stops it ('' when nothing does)."""

    case: str
    customer: str
    method: str
    amount: Money
    original: str
    why: str
    stopped: str


def plan(shop: Shop) -> list[Way]:
    """Every booked refund that waits to be paid, part by part, in the order they came in."""
    found, taken = [], dict[str, int]()
    for key in cases.keys_in(shop.store, {State.BOOKED, State.PAYING}):
        view = shop.case(key)
        if not view.unpaid:
            continue
        assessed = view.assessment or {}
        for part in ways_of(shop, shop.store.connection, view, taken):
            if part.payment_id:
                taken[part.payment_id] = taken.get(part.payment_id, 0) + part.amount
            amount = Money(part.amount, assessed["currency"])
            name = name_of(shop, assessed["customer_id"])
            found.append(Way(view.id, name, part.method, amount, part.original, part.why, why_not(view)))
    return found


def ways_of(shop: Shop, connection: Any, view: CaseView, taken: Mapping[str, int]) -> list[Part]:
    """The ways of one case's unpaid amount. `taken`: what this run has already planned on each payment."""
    found = view.assessment or {}
    rows = recordbook.payments_on(connection, found["invoice"])
    given = payments.given_back(connection, [row.payment_id for row in rows])
    received = [
        Received(
            r.payment_id, r.method, r.amount, r.currency, r.reference, r.paid_on,
            max(0, r.amount - given.get(r.payment_id, 0) - taken.get(r.payment_id, 0)),
        )
        for r in rows
    ]  # fmt: skip
    return ways(view.unpaid, found["currency"], received, shop.policy.payments)


def name_of(shop: Shop, customer_id: str) -> str:
    """The customer's name in the records, else the id."""
    _, rows = records.shown(shop.store.connection, "customers", "customer_id", customer_id)
    return rows[0][1] if rows else customer_id
