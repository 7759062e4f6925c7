"""What payments have earned in the books: a slot and a number for each thing that can happen to one, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from refundkit.model.booking import Document
from refundkit.model.kept import USE_SLOT
from refundkit.model.paid import Paid, Use
from refundkit.model.paying import FEES
from refundkit.model.payments import Method

LIFE: Final = (
    Document.KEPT_ON_ACCOUNT, Document.PAYMENT, Document.CHEQUE_UNCLAIMED, Document.UNCLAIMED_REMITTED,
    Document.CHEQUE_CLEARED, Document.PAYMENT_RETURNED, Document.BANK_FEE,
)  # fmt: skip
"""What can be booked of a payment, in the order of its life."""
_LETTERS: Final = {
    Document.CHEQUE_CLEARED: "RC", Document.PAYMENT_RETURNED: "RR", Document.BANK_FEE: "RB",
    Document.CHEQUE_UNCLAIMED: "RU", Document.UNCLAIMED_REMITTED: "RM",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A booking that a payment has earned and that is not made yet. `on`: the day of what happened.

    `use`: what of it was used on an invoice, where that is what happened.
    """

    slot: str
    document: Document
    payment: Paid
    on: date
    use: Use | None = None

    @property
    def amount(self) -> tuple[int, str]:
        """What it is about: minor units, and their currency."""
        fee = self.payment.fee
        if self.use is not None:
            return self.use.amount, self.payment.currency
        if self.document == Document.BANK_FEE and fee is not None:
            return fee.amount, fee.currency
        return self.payment.amount, self.payment.currency


def slot(payment: Paid, document: Document) -> str:
    """The slot of a payment's booking: one for each thing that can happen to it."""
    return f"{document}/{payment.slot}"


def due(payments: Sequence[Paid], booked: dict[str, dict[str, Any]], *, journal: bool) -> list[Due]:
    """The bookings that payments have earned and that are not made, in the order in which they happened.

    `journal`: whether payments are booked by us; a credit kept on account always is, since no bank tells of it.
    """
    found = []
    for payment in payments:
        account = payment.method == Method.ACCOUNT
        if not journal and not account:
            continue
        paid = Document.KEPT_ON_ACCOUNT if account else Document.PAYMENT
        happened = [(paid, payment.on)]
        if payment.method == Method.CHEQUE:
            happened += _of_a_cheque(payment, booked)
        if payment.state in FEES:
            happened.append((Document.PAYMENT_RETURNED, payment.ended_on or payment.on))
            if payment.fee:
                happened.append((Document.BANK_FEE, payment.fee.on))
        for document, on in happened:
            name = slot(payment, document)
            if name not in booked:
                found.append(Due(name, document, payment, date.fromisoformat(on)))
        found += [
            Due(use_slot(use), Document.CREDIT_USED, payment, date.fromisoformat(use.on), use)
            for use in payment.uses
            if use.counts and use_slot(use) not in booked
        ]
    return found


def use_slot(use: Use) -> str:
    """The slot of the booking of what was used of a credit."""
    return USE_SLOT + use.number


def slots(payment: Paid) -> list[str]:
    """The slots of everything that can be booked of a payment, in the order of its life."""
    return [*(slot(payment, document) for document in LIFE), *(use_slot(use) for use in payment.uses)]


def _of_a_cheque(payment: Paid, booked: dict[str, dict[str, Any]]) -> Iterator[tuple[Document, str]]:
    """What happened to a cheque by itself. One that has left Cheques outstanding does not leave it again."""
    left = any(slot(payment, document) in booked for document in (Document.CHEQUE_CLEARED, Document.PAYMENT_RETURNED))
    if payment.unclaimed_on and not left:
        yield Document.CHEQUE_UNCLAIMED, payment.unclaimed_on
    if payment.remitted_on:
        yield Document.UNCLAIMED_REMITTED, payment.remitted_on
    if payment.confirmed_on:
        yield Document.CHEQUE_CLEARED, payment.confirmed_on


def document_number(what: Due) -> str:
    """RP-1-000001 for the payment itself; RC-... its cheque cleared, RR-... it came back, RB-... a fee, and so on."""
    if what.use is not None:
        return what.use.number
    letters = _LETTERS.get(what.document, "")
    return letters + what.payment.number[2:] if letters else what.payment.number
