"""What every kind of payment file promises: refuse first, naming case and field; then write the same bytes always."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from refundkit.model.payments import Payment
from refundkit.model.policy_payments import Payments

PaymentFile = tuple[str, bytes]
"""The end of a file's name (".ach", "-cheques.pdf") and its bytes."""


@dataclass(frozen=True, slots=True)
class Void:
    """A cheque that is not to be paid any more, and since when."""

    payment: Payment
    on: date


@dataclass(frozen=True, slots=True)
class PaymentContext:
    """What a file needs besides its payments. `created`: when the batch was made, in the shop's time zone.

    `today`: the shop's day. `modifier`: which file of the day it is, from 0. `settings`: the policy's [payments].
    `voids`: cheques that the bank must be told are void, which it was told of as good.
    """

    batch: str
    company: str
    created: datetime
    today: date
    settings: Payments
    modifier: int = 0
    voids: tuple[Void, ...] = ()


class PaymentExporter(Protocol):
    """A kind of payment file."""

    @property
    def name(self) -> str:
        """The method as `refundkit pay` calls it."""
        ...

    @property
    def steps(self) -> Sequence[str]:
        """What a person does with the files, in order."""
        ...

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:
        """What cannot be paid this way, each sentence naming case (or 'payments.ach') and field; empty when all can."""
        ...

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """The files, the same bytes for the same payments; raise RefusedError when `check` finds anything."""
        ...


def in_order(payments: Sequence[Payment]) -> list[Payment]:
    """Payments by their number: the order of every file."""
    return sorted(payments, key=lambda p: (p.number, p.key))


def shared_problems(payments: Sequence[Payment], currency: str = "") -> Iterator[str]:
    """What no file can say: an empty batch, a key or number that stands twice, an amount that is none."""
    if not payments:
        yield "the batch: payments: there is none"
    keys: set[str] = set()
    numbers: set[str] = set()
    for payment in payments:
        if payment.key in keys or payment.number in numbers:
            yield f"{payment.case}: payment: {payment.number} stands in the batch twice"
        keys.add(payment.key)
        numbers.add(payment.number)
        if payment.amount <= 0:
            yield f"{payment.case}: amount: a payment is above 0"
        if currency and payment.currency != currency:
            yield f"{payment.case}: currency: this file pays {currency}, and the refund is in {payment.currency}"
