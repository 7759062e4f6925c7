"""Which payment a line of a statement is about: by key, number, cheque, processor's reference, else amount and day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from refundkit.model.money import plain
from refundkit.model.statements import Said, StatementLine

NEAR_DAYS: Final = 10
"""A transfer is on the statement so many days after its day at the latest, when nothing but the amount tells it."""
KEY: Final = "key of"
NUMBER: Final = "number"
_WORDS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_NUMBER: Final = re.compile(r"R[PCR]-?[0-9]+-?[0-9]{6}", re.IGNORECASE)

_CHEQUE: Final = re.compile(
    r"\b(?:checks?|cheques?|chq|chk)\b[ .:]*(?:paid|number|num|no|nr)?[ .:#]*0*([1-9][0-9]{0,9})\b", re.IGNORECASE
)
"""How banks write a cheque's number into free text: "CHECK 2091", "Cheque no. 002091"."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment that a line may be about. `amount`: minor units of `currency`, above 0."""

    event: str
    key: str
    number: str
    case: str
    method: str
    amount: int
    currency: str
    on: date
    cheque: int
    original: str
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Match:
    """What a line was found to be about. `payment`: the event of the one it is, '' when a person must look.

    `about_a_refund`: whether it names or resembles one of ours at all. `why`: the reason in words.
    """

    payment: str
    why: str
    about_a_refund: bool


def match(line: StatementLine, candidates: Sequence[Candidate], *, more: int = 0) -> Match:
    """Find the payment of a line among those that its references or its amount bring up.

    A reference that is ours decides, when the amount agrees too; without one, amount, day and name must leave exactly
    one open payment. What fits two things, or contradicts itself, goes to a person. `more`: how many payments have the
    amount about that day when they are too many to be looked through: nothing but a reference tells them apart.
    """
    named = [(c, how) for c in candidates if (how := _names(line, c))]
    if named:
        return _by_reference(line, named)
    if line.said == Said.BOOKED and line.amount >= 0:
        return Match("", "money that came in", about_a_refund=False)
    if more:
        why = f"more than {more} payments of ours have this amount about that day, and the line names none of them"
        return Match("", why, about_a_refund=True)
    near = [c for c in candidates if c.is_open and _same_amount(line, c) and _near(line, c)]
    if other := _other_cheque(line, near):
        return other
    if not near:
        return Match("", "no payment of ours has this amount about that day", about_a_refund=False)
    called = [c for c in near if _called(line, c)] if line.name else near
    chosen = called or near
    if len(chosen) == 1 and (called or not line.name):
        one = chosen[0]
        how = f"amount {_amount(line)}, {(line.on - one.on).days} days after {one.number}"
        return Match(one.event, how + (f", to {line.name}" if called and line.name else ""), about_a_refund=True)
    numbers = ", ".join(c.number for c in chosen[:5])
    if len(chosen) == 1:
        why = f"the amount is that of {numbers}, and the name is another: {line.name}"
    else:
        why = f"it may be any of {numbers}: the same amount about the same day"
    return Match("", why, about_a_refund=True)


def _cheques(line: StatementLine) -> list[str]:
    """The numbers of cheques that a line names, in a field of their own or in its text."""
    return [line.cheque] if line.cheque else _CHEQUE.findall(line.text)


def _other_cheque(line: StatementLine, near: Sequence[Candidate]) -> Match | None:
    """A line that names a cheque which is none of ours is about none of our payments, whatever its amount."""
    named = _cheques(line)
    if named and near:
        numbers = ", ".join(c.number for c in near[:5])
        why = f"the amount is that of {numbers}, and the line names cheque {named[0]}"
        return Match("", why, about_a_refund=True)
    return None


def _by_reference(line: StatementLine, named: Sequence[tuple[Candidate, str]]) -> Match:
    strong = [(c, how) for c, how in named if _same_amount(line, c)]
    waiting = [(c, how) for c, how in strong if c.is_open]
    chosen = strong if len(strong) == 1 else waiting
    if len(chosen) == 1:
        one, how = chosen[0]
        if _pays_by_another(line, one):
            return Match("", f"{how}, and the line names cheque {line.cheque}", about_a_refund=True)
        return Match(one.event, how, about_a_refund=True)
    if not strong:
        one, how = named[0]
        paid = f"{plain(one.amount, one.currency)} {one.currency}"
        why = f"{how}, and the amount is another: {_amount(line)} in place of {paid}"
        return Match("", why, about_a_refund=True)
    numbers = ", ".join(c.number for c, _ in strong[:5])
    return Match("", f"it names {numbers}", about_a_refund=True)


def _pays_by_another(line: StatementLine, payment: Candidate) -> bool:
    """Whether the bank says that a cheque was paid which is not this one, and no number of the payment's own stands by.

    A case and the original payment's reference may stand on what the shop pays for other reasons.
    """
    if not line.cheque or line.cheque == str(payment.cheque):
        return False
    return not _names(line, payment).startswith((KEY, NUMBER))


def _names(line: StatementLine, payment: Candidate) -> str:
    """How a line names a payment; '' when it does not. Words of free text count for keys and numbers only."""
    words = {w.upper() for text in (*line.references, line.text) for w in _WORDS.findall(text)}
    if payment.key in words:
        return f"{KEY} {payment.number}"
    if any(
        _plain(found) == _plain(payment.number)
        for text in (*line.references, line.text)
        for found in _NUMBER.findall(text)
    ):
        return f"{NUMBER} {payment.number}"
    references = {r.strip().upper() for r in line.references}
    cheques = {r.lstrip("0") for r in references} | set(_CHEQUE.findall(line.text))
    if line.cheque:
        cheques = {line.cheque}
    if payment.cheque and str(payment.cheque) in cheques:
        return f"cheque {payment.cheque}"
    if payment.case.upper() in words:
        return f"case {payment.case}"
    if payment.original and payment.original.upper() in references:
        return f"{payment.original}, the payment that was given back"
    return ""


def _plain(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def _same_amount(line: StatementLine, payment: Candidate) -> bool:
    """As booked, as ordered where the bank booked another currency, or none named (an answer to an order)."""
    ordered = line.ordered or (line.amount, line.currency)
    paid = (payment.amount, payment.currency)
    return not line.currency or (abs(line.amount), line.currency) == paid or (abs(ordered[0]), ordered[1]) == paid


def near_days(line: StatementLine) -> tuple[date, date]:
    """The first and the last day of payments that a line may be about when it names none."""
    return line.on - timedelta(days=NEAR_DAYS), line.on


def _near(line: StatementLine, payment: Candidate) -> bool:
    first, last = near_days(line)
    return first <= payment.on <= last


def _called(line: StatementLine, payment: Candidate) -> bool:
    """Whether the other side's name is the customer's, by the words of the shorter one."""
    one, other = (set(_WORDS.findall(text.casefold())) for text in (line.name, payment.name))
    return bool(one and other) and (one <= other or other <= one)


def _amount(line: StatementLine) -> str:
    if not line.currency:
        return "none"
    return f"{plain(abs(line.amount), line.currency)} {line.currency}"
