"""Which way each booked refund goes back, by the invoice's own payments and the policy, and what closes a way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refundkit.model.case import CaseView
from refundkit.model.money import Money
from refundkit.model.payments import PAYS_ONLY, TO_A_BANK, Method
from refundkit.model.words import State
from refundkit.rules.paying import Part, Received, ways
from refundkit.store import cases, payments, recordbook, records
from refundkit.workflow import payees
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
            stopped = why_not(view) or closed(shop, view, part.method)
            found.append(Way(view.id, name, part.method, amount, part.original, part.why, stopped))
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


def closed(shop: Shop, view: CaseView, method: str) -> str:
    """What closes a way to a case: the currency of its files, or a bank account that is missing; '' for nothing.

    A part that the policy gives no way ('') waits for a person who says which one.
    """
    if not method:
        return f"no payment reaches it: refundkit pay {shop.policy.payments.otherwise} {view.id} --instead REASON"
    if problem := wrong_currency(shop, view, method):
        return problem
    return payees.missing(shop, (view.assessment or {}).get("customer_id", "")) if method in TO_A_BANK else ""


def wrong_currency(shop: Shop, view: CaseView, method: str) -> str:
    """Why a file of this kind cannot say the refund, and how it goes otherwise; '' when it can."""
    only, currency = PAYS_ONLY.get(method, ""), (view.assessment or {}).get("currency", "")
    if method == Method.CHEQUE:
        only = shop.policy.payments.cheque.currency or shop.org.base
    if only in ("", currency):
        return ""
    what = (
        f"a cheque of the shop's account pays {only}" if method == Method.CHEQUE else f"a file of {method} pays {only}"
    )
    return f"{what}, not {currency}: refundkit pay transfer {view.id} --instead REASON"


def name_of(shop: Shop, customer_id: str) -> str:
    """The customer's name in the records, else the id."""
    _, rows = records.shown(shop.store.connection, "customers", "customer_id", customer_id)
    return rows[0][1] if rows else customer_id
