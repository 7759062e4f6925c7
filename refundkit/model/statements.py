"""A line of what a bank or a processor says: what `reconcile` compares with the payments that were issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256

from refundkit.model.canonical import canonical


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
    NOTICE = "notice"
    """Nothing of the money: the payee's account must be written differently from now on."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line. `index`: its place in the file (line, entry or row, from 1). `on`: the day the bank gives it.

    `amount`: minor units of `currency`, negative when money left the shop's account, positive when it came (back). An
    answer to an order (pain.002) gives the ordered amount, negative, and 0 with currency '' where it names none.
    `references`: every text by which it may name a payment: end-to-end ids, cheque numbers, trace numbers, the
    processor's ids, in the order of their weight. `text`: remittance, memo. `name`: the other side. `code`: the reason
    of a refusal or return (R03, AC04). `identity`: the bank's own permanent id of the line, '' where it has none.
    `account`: the shop's account, its last characters are enough to tell two apart.

    `charges`: what the bank took for it besides `amount`, minor units of `currency`, above 0 when the shop paid it.
    `cheque`: the number of a cheque that the bank gives in a field or column of its own, without zeros before it.
    `ordered`: amount and currency as ordered, signed like `amount`, where the bank booked another currency.
    `corrected`: what a NOTICE says the payee's account must be. Secret like all of a payee's bank data: it belongs into
    the vault and into nothing else; no repr shows it.
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
    charges: int = 0
    ordered: tuple[int, str] | None = None
    cheque: str = ""
    corrected: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that cannot be read, kept with the reason."""

    index: int
    problem: str
    text: str


def fingerprint(line: StatementLine, count: int = 1) -> str:
    """The permanent name of a line: the same in every file that holds it, wherever it stands there.

    A bank's id alone is no name: banks give one id to a purchase and its fee, and use ids again. So day, amount and
    account count too. Without an id everything counts that the line says. `count`: how many-th of equal lines of one
    file it is, so that two honest equal payments of one day are two.
    """
    said: list[object] = [line.account, line.on.isoformat(), line.amount, line.currency, line.said.value, count]
    if line.identity:
        said += ["id", line.identity]
    else:
        words = [" ".join(text.casefold().split()) for text in (line.text, line.name, line.code)]
        said += ["words", *words, list(line.references)]
    return sha256(b"refundkit statement line 1\0" + canonical({"said": said})).hexdigest()[:32]


def fingerprints(lines: Iterable[StatementLine]) -> Iterator[tuple[str, StatementLine]]:
    """Every line of one file, in its order, with its fingerprint; equal lines are counted."""
    seen: Counter[str] = Counter()
    for line in lines:
        first = fingerprint(line)
        seen[first] += 1
        yield first if seen[first] == 1 else fingerprint(line, seen[first]), line
