"""How payments ended, by evidence: confirmed, refused, returned, uncertain. Never by the clock, never without proof."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from refundkit.errors import RefundkitError, RefusedError, UsageError
from refundkit.model.case import CHARGED, CONFIRMED, REFUSED, REMITTED, RETURNED, UNCERTAIN, UNCLAIMED, CaseView
from refundkit.model.money import Money
from refundkit.model.paid import Paid, PaymentState
from refundkit.model.paying import ENDS, FEES, WITHOUT_FEES, ways
from refundkit.model.people import Act
from refundkit.store import cases, payments
from refundkit.workflow import gate, stale
from refundkit.workflow.booking import owns_the_right
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

Fee = tuple[Decimal, str]
"""What the bank took, and its currency; '' for that of the payment."""

WORDS = {
    CONFIRMED: "confirmed", REFUSED: "refused", RETURNED: "returned", UNCERTAIN: "uncertain", UNCLAIMED: "unclaimed",
    REMITTED: "remitted",
}  # fmt: skip


_NUMBERED = "RP-"
"""How the numbers of payments begin."""


@dataclass(frozen=True)
class Ended:
    """What came of one payment: where it and its case stand now."""

    number: str
    case: str
    amount: Money
    payment_state: str
    case_state: str
    fee: Money | None = None


def by_hand(
    shop: Shop, named: str, kind: str, *, evidence: str, code: str = "", on: date | None = None, fee: Fee | None = None,
    dry_run: bool = False,
) -> Ended:  # fmt: skip
    """Say how a payment ended, with the evidence in words. `named`: its number (RP-1-000001), cheque or case.

    `fee`: what the bank took for it. Raise RefusedError when it cannot end so from where it stands, UsageError without
    evidence or for a day to come.
    """
    shop.require(Act.PAY)
    day = _proved(shop, evidence, f"it is {WORDS[kind]}", on)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        view, payment = _named(shop, named, ENDS[kind], WORDS[kind])
        proof = _proof(shop, evidence)
        if kind == UNCLAIMED and payment.cheque:
            stale.refuse_young(shop, payment, day)
        view = write(shop, pen, view, payment, kind, day, proof, code=code, why=evidence.strip())
        if fee is not None:
            view = charge(shop, pen, view, payment.event, fee, day, proof)
        return ended(view, payment.event)


def fee_by_hand(
    shop: Shop, named: str, fee: Fee, *, evidence: str, on: date | None = None, dry_run: bool = False
) -> Ended:
    """Say what the bank took for a payment that was refused or came back before. Errors as in `by_hand`."""
    shop.require(Act.PAY)
    day = _proved(shop, evidence, "the bank took it", on)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        view, payment = _named(shop, named, FEES, "charged")
        view = charge(shop, pen, view, payment.event, fee, day, _proof(shop, evidence))
        return ended(view, payment.event)


def charge(shop: Shop, pen: Pen, view: CaseView, event: str, fee: Fee, day: date, evidence: dict[str, Any]) -> CaseView:
    """Put the fee of a payment into the ledger and return its case as it is then; what the customer gets stays."""
    payment = next(p for p in view.payments if p.event == event)
    amount, currency = fee
    if payment.fee:
        raise RefusedError(
            f"the bank took {Money(payment.fee.amount, payment.fee.currency)} for {payment.number} already",
            hint="there is one fee for each payment; a mistake in the books is mended by a new document there",
        )
    if payment.method in WITHOUT_FEES or payment.state not in FEES:
        what = f"by {payment.method}" if payment.method in WITHOUT_FEES else str(payment.state)
        raise RefusedError(
            f"payment {payment.number} is {what}: no bank has taken a fee for it",
            hint="a fee is said of a payment that a bank has refused or sent back",
        )
    code = currency or payment.currency
    data = {
        "about": [event], "amount": _minor(amount, code), "currency": code, "on": day.isoformat(), "evidence": evidence,
    }  # fmt: skip
    pen.append(CHARGED, data, case=view.key, deps=[event])
    return pen.project(shop.store, view.key, shop.org)


def _minor(amount: Decimal, currency: str) -> int:
    minor = gate.minor_of(amount, currency, "--fee", "4.00")
    if minor <= 0:
        raise UsageError("a fee is above 0", hint="leave it out where the bank took nothing", where="--fee")
    return minor


def _proved(shop: Shop, evidence: str, what: str, on: date | None) -> date:
    """The day on which something happened that somebody shows."""
    gate.needs_evidence(evidence, what)
    return gate.happened(shop, on)


def _proof(shop: Shop, evidence: str) -> dict[str, Any]:
    return {"source": "by hand", "text": evidence.strip(), "who": shop.actor.user}


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
        if kind in (REFUSED, RETURNED):
            data |= {"code": code, "why": why}
    pen.append(kind, data, case=view.key, deps=[payment.event])
    return pen.project(shop.store, view.key, shop.org)


def allowed(view: CaseView, payment: Paid, kind: str) -> None:
    """Refuse an end that does not follow from where the payment stands."""
    if kind not in ways(payment):
        raise _refusal(view, payment, WORDS[kind])
    if kind == RETURNED and payment.used:
        raise RefusedError(
            f"{Money(payment.used, payment.currency)} of the credit {payment.number} was used already",
            hint=f"'refundkit show {view.id}' says on which invoices; what was used is not given back",
        )
    if kind == REMITTED and view.holds:
        why = ", ".join(f"{p.kind} by {p.who}: {p.text}" for p in view.holds)
        raise RefusedError(
            f"{view.id} is held ({why})", hint=f"a manager lifts it: refundkit release {view.id} --reason '...'"
        )


def _refusal(view: CaseView, payment: Paid, word: str) -> RefusedError:
    possible = ", ".join(WORDS[kind] for kind in ways(payment))
    by = "" if payment.cheque else f", by {payment.method}"
    return RefusedError(
        f"payment {payment.number} of {view.id} is {payment.state}{by}: it cannot be {word} now",
        hint=f"possible now: {possible or 'nothing; it has ended'}",
    )


def ended(view: CaseView, event: str) -> Ended:
    """What is told of a payment after something was said of it."""
    payment = next(p for p in view.payments if p.event == event)
    fee = Money(payment.fee.amount, payment.fee.currency) if payment.fee else None
    amount = Money(payment.amount, payment.currency)
    return Ended(payment.number, view.id, amount, str(payment.state), str(view.state), fee)


def listed(shop: Shop, *, where: str = "all", values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Payments as rows, in the order they were issued (`where` as store.payments.WHERE)."""
    return payments.listed(shop.store, where, values)


def _case(shop: Shop, named: str) -> str:
    """The case somebody means; what looks like a number of a payment or a cheque is said to be none."""
    try:
        return cases.find(shop.store, named)
    except RefundkitError as err:
        if not named.isdigit() and not named.upper().startswith(_NUMBERED):
            raise
        raise RefusedError(
            f"there is no payment and no cheque '{named[:40]}'", hint="'refundkit payment list' has the numbers of both"
        ) from err


def _named(shop: Shop, named: str, states: Collection[PaymentState], word: str) -> tuple[CaseView, Paid]:
    """The payment of that number, cheque or case; of a case's several the one that stands in one of the states."""
    rows = payments.listed(shop.store, "number", [named.strip().upper()])
    if not rows and named.isdigit():
        rows = payments.listed(shop.store, "cheque", [int(named)])
    if not rows:
        view = shop.case(_case(shop, named))
        fitting = [p for p in view.payments if p.state in states]
        if len(fitting) == 1:
            return view, fitting[0]
        if not view.payments:
            raise RefusedError(f"nothing was paid on {view.id}", hint="'refundkit pay --plan' shows what waits")
        if not fitting:
            raise _refusal(view, view.payments[-1], word)
        several = ", ".join(p.number for p in fitting)
        raise UsageError(f"{view.id} has several payments that this may be: {several}", hint="name one of them")
    if len(rows) > 1:
        raise UsageError(
            f"{named} is the number of {len(rows)} payments", hint="name the payment: 'refundkit payment list'"
        )
    view = shop.case(rows[0]["case_key"])
    return view, next(p for p in view.payments if p.event == rows[0]["event"])
