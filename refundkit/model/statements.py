"""A line of what a bank or a processor says: what `reconcile` compares with the payments that were issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Said(StrEnum):
    """What a line says of a payment."""

    BOOKED = "booked"
    """The money has moved: on the account's statement, or settled at the processor."""
    ACCEPTED = "accepted"
    """The bank has taken the order; nothing has moved yet."""
    PENDING = "pending"
    """It is under way or not yet final."""
    REJECTED = "rejected"
    """The order was refused: no money moved."""
    RETURNED = "returned"
    """The money went out and came back."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line. `index`: its place in the file (line, entry or row, from 1). `on`: the day the bank gives it.

    `amount`: minor units of `currency`, negative when money left the shop's account. `references`: every text by which
    it may name a payment: end-to-end ids, cheque numbers, trace numbers, the processor's ids, in the order of their
    weight. `text`: remittance, memo. `name`: the other side. `code`: the reason of a refusal or return (R03, AC04).
    `identity`: the bank's own permanent id of the line, '' where it has none. `account`: the shop's account, its last
    characters are enough to tell two apart.
    """

    index: int
    on: date
    amount: int
    currency: str
    said: Said = Said.BOOKED
    references: tuple[str, ...] = ()
    text: str = ""
    name: str = ""
    code: str = ""
    identity: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that cannot be read, kept with the reason."""

    index: int
    problem: str
    text: str
