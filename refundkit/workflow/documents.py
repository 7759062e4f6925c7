"""Makes the bookings that wait: the credit memo of an approved case, and what its payments have earned since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from refundkit.errors import RefusedError
from refundkit.model.booking import CUSTOMER_CREDITS, REFUNDS_PAYABLE, Approved, Booking, Document
from refundkit.model.case import CaseView
from refundkit.rules import payment_booking as paid
from refundkit.rules import payments_due as happened
from refundkit.rules import stock_booking
from refundkit.rules.booking import credit_memo
from refundkit.store import batches, records
from refundkit.store.recordbook import rate_on
from refundkit.workflow.closing import open_day
from refundkit.workflow.shop import Shop

MEMO_SLOT: Final = "refund-1"
"""The slot of a case's credit memo."""


@dataclass(frozen=True)
class Made:
    """A booking with its case, its slot, and the event it rests on: the approval, or the payment."""

    view: CaseView
    slot: str
    basis: str
    booking: Booking
    cells: list[list[Any]]


class Numbers:
    """The credit memos' numbers: one series an epoch, without gaps, given out in the booking's own transaction."""

    def __init__(self, connection: Any, epoch: int) -> None:
        self._epoch, self._last = epoch, batches.last_memo(connection, epoch)

    def next(self) -> str:
        """CM-<epoch>-<number>, eleven characters for the first 999 999: what the narrowest target takes."""
        self._last += 1
        return f"CM-{self._epoch}-{self._last:06d}"


def memo(shop: Shop, connection: Any, view: CaseView, numbers: Numbers, closed: frozenset[str]) -> Made:
    """The credit memo of an approved case. `closed`: the months that take no entry."""
    found, approved = view.assessment or {}, view.approved
    if approved is None:
        raise RefusedError(f"{view.id} has no approval to book", hint=f"see 'refundkit show {view.id}'")
    currency, base = found["currency"], shop.org.base
    _, customer = records.shown(connection, "customers", "customer_id", found["customer_id"])
    _, lines = records.shown(connection, "invoices", "invoice", found["invoice"])
    foreign = currency != base
    issued = date.fromisoformat(lines[0][3]) if lines else shop.today
    posted = open_day(shop.today, closed)
    booking = credit_memo(
        Approved(
            case=view.id,
            memo=numbers.next(),
            posted_on=posted,
            reason=view.request["reason"],
            customer_id=found["customer_id"],
            customer_name=customer[0][1] if customer else found["customer_id"],
            invoice=found["invoice"],
            currency=currency,
            amount=approved.amount,
            base=base,
            cells=tuple((c[0], c[1], c[2], c[3], c[4], c[5]) for c in approved.cells),
            beyond=approved.beyond,
            invoice_rate=_rate(connection, currency, issued) if foreign else None,
            memo_rate=_rate(connection, currency, posted) if foreign else None,
            nothing_paid="nothing-paid" in view.overridden,
            tax_on_restocking=shop.policy.returns.tax_on_restocking,
        )
    )
    return Made(view, MEMO_SLOT, approved.event, booking, approved.cells)


def of_payments(shop: Shop, connection: Any, view: CaseView, closed: frozenset[str]) -> Iterator[Made]:
    """What the payments of a booked case have earned and the books do not have, in the order in which it happened."""
    if view.line is None:
        return
    memo_booking = Booking.from_data(view.line["booking"])
    there = {slot: Booking.from_data(line["booking"]) for slot, line in view.booked.items()}
    for what in happened.due(view.payments, view.booked, journal=shop.policy.payments.journal):
        number, on = happened.document_number(what), open_day(what.on, closed)
        own = [there[s] for d in happened.LIFE if (s := happened.slot(what.payment, d)) in there]
        match what.document:
            case Document.CHEQUE_CLEARED | Document.CHEQUE_UNCLAIMED | Document.UNCLAIMED_REMITTED:
                booking = paid.moved_on(memo_booking, what, number, on, own)
            case Document.PAYMENT_RETURNED:
                booking = paid.returned(memo_booking, what, number, on, own)
            case Document.CREDIT_USED:
                taken = [(u.amount, _off(there[s])) for u in what.payment.uses if (s := happened.use_slot(u)) in there]
                at = _invoice_rate(shop, connection, what, memo_booking)
                booking = paid.credit_used(memo_booking, what, number, on, own[0], taken, at)
            case Document.BANK_FEE:
                booking = paid.fee(memo_booking, what, number, on, _rate_for(connection, memo_booking, what))
            case _:
                share = paid.liability_share(memo_booking, what.payment.amount, _shares(view, there, what.slot))
                rate = _rate_for(connection, memo_booking, what)
                booking = paid.payment(memo_booking, what, number, on, share, rate)
        there[what.slot] = booking
        yield Made(view, what.slot, what.payment.event, booking, [])


def of_stock(view: CaseView, closed: frozenset[str]) -> Iterator[Made]:
    """What the parts that came back with a booked case have earned and the books do not have."""
    if view.line is None:
        return
    memo_booking = Booking.from_data(view.line["booking"])
    for what in stock_booking.due(view.stock, view.booked):
        booking = stock_booking.stock_moved(memo_booking, what, open_day(what.on, closed))
        yield Made(view, what.slot, what.stocked.event, booking, [])


def _shares(view: CaseView, there: dict[str, Booking], without: str) -> list[tuple[int, int]]:
    """(amount, what it took from the liability) of the case's payments that stand and are booked."""
    found = []
    for payment in view.payments:
        for document in (Document.PAYMENT, Document.KEPT_ON_ACCOUNT):
            slot = happened.slot(payment, document)
            if slot in there and slot != without and payment.counts:
                taken = sum(e.amount for e in there[slot].entries if e.account == REFUNDS_PAYABLE)
                found.append((payment.amount, taken))
    return found


def _off(booking: Booking) -> int:
    """What a use took from the credit."""
    return sum(e.amount for e in booking.entries if e.account == CUSTOMER_CREDITS)


def _invoice_rate(shop: Shop, connection: Any, what: happened.Due, memo_booking: Booking) -> Decimal | None:
    """The rate at which the invoice stands that a credit is used on; None where its currency is that of the books."""
    currency = what.amount[1]
    if currency == memo_booking.base or what.use is None:
        return None
    _, lines = records.shown(connection, "invoices", "invoice", what.use.invoice)
    return _rate(connection, currency, date.fromisoformat(lines[0][3]) if lines else shop.today)


def _rate_for(connection: Any, memo_booking: Booking, what: happened.Due) -> Decimal | None:
    """The rate of what happened on its own day; None where its currency is that of the books."""
    currency = what.amount[1]
    return None if currency == memo_booking.base else _rate(connection, currency, what.on)


def _rate(connection: Any, currency: str, day: date) -> Decimal | None:
    found = rate_on(connection, currency, day)
    return found.rate if found else None
