"""How payments ended, by evidence: confirmed, refused, returned, uncertain. Never by the clock, never without proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from refundkit.errors import RefusedError, UsageError
from refundkit.model.case import CONFIRMED, REFUSED, RETURNED, UNCERTAIN, CaseView
from refundkit.model.money import Money
from refundkit.model.paid import Paid
from refundkit.model.paying import ENDS
from refundkit.model.people import Act
from refundkit.store import cases, payments
from refundkit.workflow.booking import owns_the_right
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

WORDS = {CONFIRMED: "confirmed", REFUSED: "refused", RETURNED: "returned", UNCERTAIN: "uncertain"}


@dataclass(frozen=True)
class Ended:
    """What came of one payment: where it and its case stand now."""

    number: str
    case: str
    amount: Money
    payment_state: str
    case_state: str


def by_hand(
    shop: Shop, named: str, kind: str, *, evidence: str, code: str = "", on: date | None = None, dry_run: bool = False
) -> Ended:
    """Say how a payment ended, with the evidence in words. `named`: its number (RP-1-000001), cheque or case.

    Raise RefusedError when it cannot end so from where it stands, UsageError without evidence or for a day to come.
    """
    shop.require(Act.PAY)
    if not evidence.strip():
        raise UsageError(f"what shows that it is {WORDS[kind]}?", hint="--evidence TEXT", where="--evidence")
    day = on or shop.today
    if day > shop.today:
        raise UsageError(f"{day} has not come yet", hint="the day on which it happened", where="--on")
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        view, payment = _named(shop, named, kind)
        proof = {"source": "by hand", "text": evidence.strip(), "who": shop.actor.user}
        view = write(shop, pen, view, payment, kind, day, proof, code=code, why=evidence.strip())
        return ended(view, payment.event)


def write(
    shop: Shop, pen: Pen, view: CaseView, payment: Paid, kind: str, day: date, evidence: dict[str, Any],
    *, code: str = "", why: str = "",
) -> CaseView:  # fmt: skip
    """Put the end of a payment into the ledger and return its case as it is then."""
    allowed(view, payment, kind)
    if kind == UNCERTAIN:
        data: dict[str, Any] = {"about": [payment.event], "why": why, "evidence": evidence}
    else:
        data = {"ends": [payment.event], "on": day.isoformat(), "evidence": evidence}
        if kind != CONFIRMED:
            data |= {"code": code, "why": why}
    pen.append(kind, data, case=view.key, deps=[payment.event])
    return pen.project(shop.store, view.key, shop.org)


def allowed(view: CaseView, payment: Paid, kind: str) -> None:
    """Refuse an end that does not follow from where the payment stands."""
    if payment.state not in ENDS[kind]:
        ways = [WORDS[k] for k, states in ENDS.items() if payment.state in states]
        raise RefusedError(
            f"payment {payment.number} of {view.id} is {payment.state}: it cannot be {WORDS[kind]} now",
            hint=f"possible now: {', '.join(ways) or 'nothing; it has ended'}",
        )


def ended(view: CaseView, event: str) -> Ended:
    """What is told of a payment after something was said of it."""
    payment = next(p for p in view.payments if p.event == event)
    return Ended(payment.number, view.id, Money(payment.amount, payment.currency), str(payment.state), str(view.state))


def listed(shop: Shop, *, where: str = "all", values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Payments as rows, in the order they were issued (`where` as store.payments.WHERE)."""
    return payments.listed(shop.store, where, values)


def _named(shop: Shop, named: str, kind: str) -> tuple[CaseView, Paid]:
    rows = payments.listed(shop.store, "number", [named.strip().upper()])
    if not rows and named.isdigit():
        rows = payments.listed(shop.store, "cheque", [int(named)])
    if not rows:
        view = shop.case(cases.find(shop.store, named))
        fitting = [p for p in view.payments if p.state in ENDS[kind]]
        if len(fitting) == 1:
            return view, fitting[0]
        if not view.payments:
            raise RefusedError(f"nothing was paid on {view.id}", hint="'refundkit pay --plan' shows what waits")
        if not fitting:
            allowed(view, view.payments[-1], kind)
        several = ", ".join(p.number for p in fitting)
        raise UsageError(f"{view.id} has several payments that this may be: {several}", hint="name one of them")
    if len(rows) > 1:
        raise UsageError(
            f"{named} is the number of {len(rows)} payments", hint="name the payment: 'refundkit payment list'"
        )
    view = shop.case(rows[0]["case_key"])
    return view, next(p for p in view.payments if p.event == rows[0]["event"])
