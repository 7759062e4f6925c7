"""A payment as a case's events add up to: what went out, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PaymentState(StrEnum):
    """Where a payment stands. Only evidence ends one; what nobody answered stays, and counts as paid.

    `unclaimed`: a cheque that stays uncashed, its money set aside for the state; `remitted`: the state has it.
    """

    ISSUED = "issued"
    UNCERTAIN = "uncertain"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RETURNED = "returned"
    UNCLAIMED = "unclaimed"
    REMITTED = "remitted"


@dataclass(frozen=True, slots=True)
class Fee:
    """What the bank took for a payment that it refused or sent back. `amount` in minor units of `currency`, above 0."""

    event: str
    amount: int
    currency: str
    on: str


@dataclass(frozen=True, slots=True)
class Use:
    """What was used of a credit that a customer keeps, on an invoice. `counts`: the credit reaches so far."""

    event: str
    number: str
    invoice: str
    amount: int
    on: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment on a case. `amount` in minor units of `currency`; `on` its day, `ended_on` the evidence's, '' for none.

    `batch`: which file it went out with. `cheque`: its number, 0 for other methods. `original`: what the processor or
    bank called the payment that is given back, `payment_id` what the records call it. `code`, `why`: of a refusal or
    return. `confirmed_on`, `unclaimed_on`, `remitted_on`: '' for
    never. `remitted`: the event that said so.
    """

    event: str
    key: str
    slot: str
    number: str
    method: str
    amount: int
    currency: str
    on: str
    batch: str
    settles: str
    original: str
    payment_id: str
    cheque: int
    hlc: str
    who: str
    state: PaymentState
    confirmed_on: str = ""
    unclaimed_on: str = ""
    remitted_on: str = ""
    remitted: str = ""
    ended_on: str = ""
    code: str = ""
    why: str = ""
    fee: Fee | None = None
    uses: tuple[Use, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether its money may be gone: everything but what was refused or came back."""
        return self.state not in (PaymentState.REFUSED, PaymentState.RETURNED)

    @property
    def used(self) -> int:
        """What was used of it, where it is a credit that the customer keeps."""
        return sum(use.amount for use in self.uses if use.counts)

    @property
    def left(self) -> int:
        """What of a credit can still be used."""
        return self.amount - self.used if self.counts else 0

    @property
    def went_out(self) -> tuple[str, ...]:
        """The events by which its money went anywhere: itself, the state, invoices."""
        return (self.event, *([self.remitted] if self.remitted else []), *(use.event for use in self.uses))

    @property
    def is_open(self) -> bool:
        """Whether its end is not known."""
        return self.state in (PaymentState.ISSUED, PaymentState.UNCERTAIN)

    @property
    def is_under_way(self) -> bool:
        """Whether the money is with nobody yet: its end is not known, or it is set aside for the state."""
        return self.is_open or self.state == PaymentState.UNCLAIMED
