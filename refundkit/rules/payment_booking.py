"""What payments move in the books: paid, cheque cleared, returned, kept on account; the liability to its last unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from refundkit.errors import IntegrityError, RefusedError
from refundkit.model.booking import (
    BANK,
    BANK_FEES,
    CASH,
    CHEQUES_OUTSTANDING,
    CUSTOMER_CREDITS,
    PROCESSOR_CLEARING,
    REALISED_FX,
    RECEIVABLE,
    REFUNDS_PAYABLE,
    UNCLAIMED_PROPERTY,
    Booking,
    Document,
    Entry,
)
from refundkit.model.money import convert, half_up
from refundkit.model.paid import Paid
from refundkit.model.payments import Method
from refundkit.rules.payments_due import Due

FROM: Final[dict[str, str]] = {
    Method.CARD: PROCESSOR_CLEARING,
    Method.ACH: BANK,
    Method.SEPA: BANK,
    Method.TRANSFER: BANK,
    Method.CASH: CASH,
    Method.CHEQUE: CHEQUES_OUTSTANDING,
    Method.ACCOUNT: CUSTOMER_CREDITS,
}
"""The account that is credited when the liability is paid (domain page, section 8)."""

_UNDONE: Final = frozenset(
    {Document.KEPT_ON_ACCOUNT, Document.PAYMENT, Document.CHEQUE_UNCLAIMED, Document.CHEQUE_CLEARED}
)
"""What a return turns round."""
_TEXTS: Final = {
    Document.PAYMENT: "Refund paid",
    Document.KEPT_ON_ACCOUNT: "Kept on the customer's account",
    Document.CHEQUE_CLEARED: "Cheque cleared",
    Document.PAYMENT_RETURNED: "Payment returned",
    Document.BANK_FEE: "Fee of the bank",
    Document.CHEQUE_UNCLAIMED: "Unclaimed",
    Document.UNCLAIMED_REMITTED: "Handed to the state",
}


def liability_share(memo: Booking, amount: int, shares: Sequence[tuple[int, int]]) -> int:
    """What a payment of `amount` takes from the liability, in minor units of the books.

    `shares`: (amount, base) of the payments that stand already. The last payment takes what is left, so that a
    refund that is paid in parts leaves nothing behind.
    """
    paid, taken = sum(a for a, _ in shares), sum(b for _, b in shares)
    if paid + amount >= memo.amount:
        return memo.base_amount - taken
    return half_up(memo.base_amount * amount, memo.amount)


def payment(memo: Booking, what: Due, number: str, on: date, share: int, rate: Decimal | None) -> Booking:
    """The booking of a payment that went out, or of a credit that the customer keeps.

    `share`: what it takes from the liability. `rate`: units of the document's currency for 1 of the books' on the
    payment's day, None when they are one. Raise RefusedError when a rate is needed and missing.
    """
    paid = what.payment
    credited = share if what.document == Document.KEPT_ON_ACCOUNT else _at(memo, paid.amount, rate, share)
    entries = [
        Entry(REFUNDS_PAYABLE, share, _TEXTS[what.document], original=paid.amount),
        Entry(FROM[paid.method], -credited, _from(paid), original=-paid.amount),
    ]
    if difference := credited - share:
        entries.append(Entry(REALISED_FX, difference, "Exchange difference"))
    return _booking(memo, what, number, on, entries, rate)


def moved_on(memo: Booking, what: Due, number: str, on: date, own: Sequence[Booking]) -> Booking:
    """The booking of a cheque that the bank has paid, that stays unclaimed, or whose money has gone to the state.

    `own`: what was booked of it, the payment first.
    """
    unclaimed = any(booking.document == Document.CHEQUE_UNCLAIMED for booking in own)
    source = CHEQUES_OUTSTANDING
    if unclaimed or what.document == Document.UNCLAIMED_REMITTED:
        source = UNCLAIMED_PROPERTY
    goal = UNCLAIMED_PROPERTY if what.document == Document.CHEQUE_UNCLAIMED else BANK
    paid = own[0]
    amount = -_moved(paid, CHEQUES_OUTSTANDING)
    entries = [
        Entry(source, amount, _from(what.payment), original=what.payment.amount),
        Entry(goal, -amount, _TEXTS[what.document], original=-what.payment.amount),
    ]
    return _booking(memo, what, number, on, entries, Decimal(paid.rate) if paid.rate else None)


def returned(memo: Booking, what: Due, number: str, on: date, own: Sequence[Booking]) -> Booking:
    """The booking of a payment that was refused or came back: everything that was booked of it, the other way round.

    `own`: what was booked of it. What the bank took for it stays.
    """
    moved: dict[str, list[int]] = {}
    undone = [booking for booking in own if booking.document in _UNDONE]
    for booking in undone:
        for entry in booking.entries:
            sums = moved.setdefault(entry.account, [0, 0])
            sums[0] -= entry.amount
            sums[1] -= entry.original or 0
    entries = [
        Entry(account, base, _TEXTS[what.document], original=None if account == REALISED_FX else original)
        for account, (base, original) in moved.items()
        if base
    ]
    return _booking(memo, what, number, on, entries, Decimal(undone[0].rate) if undone[0].rate else None)


def fee(memo: Booking, what: Due, number: str, on: date, rate: Decimal | None) -> Booking:
    """The booking of what the bank took for a payment that it refused or sent back: the shop's cost, nobody's refund.

    `rate`: units of the fee's currency for 1 of the books' on its day, None when they are one.
    """
    paid = what.payment
    amount, currency = what.amount
    taken = _converted(memo, amount, currency, rate)
    source = PROCESSOR_CLEARING if paid.method == Method.CARD else BANK
    entries = [
        Entry(BANK_FEES, taken, f"{_TEXTS[what.document]} for {paid.number}", original=amount),
        Entry(source, -taken, _from(paid), original=-amount),
    ]
    return _booking(memo, what, number, on, entries, rate)


def credit_used(
    memo: Booking,
    what: Due,
    number: str,
    on: date,
    kept: Booking,
    taken: Sequence[tuple[int, int]],
    rate: Decimal | None,
) -> Booking:
    """The booking of a credit, or a part of it, that pays an invoice. The last part takes all that the books have left.

    `kept`: how the credit was booked. `taken`: (amount, what it took from the credit) of the uses that are booked.
    `rate`: units of its currency for 1 of the books' at which the invoice stands, None when they are one.
    """
    amount, currency = what.amount
    left = kept.amount - sum(one for one, _ in taken)
    base = -_moved(kept, CUSTOMER_CREDITS) - sum(one for _, one in taken)
    share = base if amount == left else half_up(base * amount, left)
    owed = share if currency == memo.base else _converted(memo, amount, currency, rate)
    entries = [
        Entry(CUSTOMER_CREDITS, share, f"Credit {kept.memo} used", original=amount),
        Entry(RECEIVABLE, -owed, "Pays the invoice", original=-amount),
        Entry(REALISED_FX, owed - share, "Exchange difference"),
    ]
    booking = _booking(memo, what, number, on, entries, rate)
    return replace(booking, invoice=what.use.invoice if what.use else memo.invoice)


def _at(memo: Booking, amount: int, rate: Decimal | None, share: int) -> int:
    return share if memo.currency == memo.base else _converted(memo, amount, memo.currency, rate)


def _converted(memo: Booking, amount: int, currency: str, rate: Decimal | None) -> int:
    if currency == memo.base:
        return amount
    if rate is None or rate <= 0:
        raise RefusedError(
            f"there is no rate from {currency} to {memo.base} for the payment's day",
            hint="add it to rates.csv, load it with 'refundkit records rates.csv', and run the same command again",
            where=memo.case,
        )
    return convert(amount, currency, memo.base, rate)


def _moved(booking: Booking, account: str) -> int:
    return sum(entry.amount for entry in booking.entries if entry.account == account)


def _from(paid: Paid) -> str:
    """Where the money came from, as the accountant finds it again."""
    known = f"cheque {paid.cheque}" if paid.cheque else paid.original
    return f"{paid.number} by {paid.method}" + (f", {known}" if known else "")


def _booking(
    memo: Booking, what: Due, number: str, on: date, entries: Sequence[Entry], rate: Decimal | None
) -> Booking:
    if not any(entry.amount for entry in entries):
        raise IntegrityError(
            f"{what.document} {number} moves nothing",
            hint="run 'refundkit doctor' and keep its output",
            where=memo.case,
        )
    amount, currency = what.amount
    foreign = currency != memo.base and rate is not None
    return Booking(
        case=memo.case, memo=number, posted_on=on, customer_id=memo.customer_id, customer_name=memo.customer_name,
        invoice=memo.invoice, reason=memo.reason, currency=currency, amount=amount, base=memo.base,
        entries=tuple(entry for entry in entries if entry.amount),
        rate_text=f"{rate:f} {currency} for 1 {memo.base} on the payment" if foreign else "",
        document=what.document, rate=f"{rate:f}" if foreign else "", settles=memo.memo, method=what.payment.method,
        reference=str(what.payment.cheque or "") or what.payment.original,
    )  # fmt: skip
