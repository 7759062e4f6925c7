"""A case and its events, as plain values: what `fold` reads and what it makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final

from refundkit.model.booking import RECEIVABLE
from refundkit.model.case_id import case_id
from refundkit.model.events import Core
from refundkit.model.paid import Paid
from refundkit.model.paused import Pause
from refundkit.model.words import COUNTS_AS_REFUNDED, DISPUTED, WAITING, Severity, State

LOGGED: Final = "request.logged"
AMENDED: Final = "request.amended"
ASSESSED: Final = "case.assessed"
OVERRIDDEN: Final = "finding.overridden"
APPROVED: Final = "decision.approved"
DENIED: Final = "decision.denied"
WITHDRAWN: Final = "request.withdrawn"
REOPENED: Final = "case.reopened"
REVOKED: Final = "approval.revoked"
LINE: Final = "export.line"
NOTED: Final = "case.noted"
ASKED: Final = "question.asked"
ANSWERED: Final = "question.answered"
HELD: Final = "case.held"
RELEASED: Final = "case.released"
SETTLED: Final = "anomaly.settled"
ISSUED: Final = "payment.issued"
CONFIRMED: Final = "payment.confirmed"
REFUSED: Final = "payment.refused"
RETURNED: Final = "payment.returned"
UNCERTAIN: Final = "payment.uncertain"
CHARGED: Final = "payment.charged"
UNCLAIMED: Final = "payment.unclaimed"
REMITTED: Final = "payment.remitted"
CREDIT_USED: Final = "credit.used"
STOCKED: Final = "stock.returned"
FACTS: Final = frozenset({LOGGED, LINE, ISSUED})
"""Happened whoever did it and whatever is thought of it: a request came in, something was booked, money went out."""
REMINDED: Final = "case.reminded"
_FIELDS: Final[dict[str, dict[str, type | tuple[type, ...]]]] = {
    LOGGED: {"request": dict, "source": dict, "epoch": int, "assessment": (dict, NoneType)},
    AMENDED: {"bases": list, "request": dict, "why": str, "assessment": (dict, NoneType)},
    ASSESSED: {"rev": str, "assessment": dict, "replaces": list},
    OVERRIDDEN: {"rev": str, "code": str, "reason": str},
    APPROVED: {
        "rev": str, "amount": int, "note": str, "cells": list, "beyond": int, "needs": int, "technician": str,
    },
    DENIED: {"rev": str, "reason": str},
    WITHDRAWN: {"rev": str, "reason": str},
    REOPENED: {"undoes": list, "apart": list, "reason": str},
    REVOKED: {"rev": str, "undoes": list, "reason": str},
    NOTED: {"kind": str, "why": str, "file": str, "words": str, "message_id": str, "fingerprint": str, "sender": str},
    ASKED: {"rev": str, "question": str, "after": list},
    ANSWERED: {"ends": list, "text": str},
    HELD: {"kind": str, "reason": str, "after": list},
    RELEASED: {"ends": list, "reason": str},
    SETTLED: {"code": str, "evidence": list, "reason": str},
    ISSUED: {
        "key": str, "slot": str, "number": str, "method": str, "amount": int, "currency": str, "on": str, "batch": str,
        "settles": str, "original": str, "payment_id": str, "cheque": int,
    },
    CONFIRMED: {"ends": list, "on": str, "evidence": dict},
    REFUSED: {"ends": list, "on": str, "code": str, "why": str, "evidence": dict},
    RETURNED: {"ends": list, "on": str, "code": str, "why": str, "evidence": dict},
    UNCERTAIN: {"about": list, "why": str},
    UNCLAIMED: {"ends": list, "on": str, "evidence": dict},
    REMITTED: {"ends": list, "on": str, "evidence": dict},
    STOCKED: {"number": str, "cost": int, "goal": str, "on": str, "replaces": list, "evidence": dict},
    CREDIT_USED: {
        "about": list, "number": str, "invoice": str, "amount": int, "currency": str, "on": str, "why": str,
    },
    CHARGED: {"about": list, "amount": int, "currency": str, "on": str, "evidence": dict},
    REMINDED: {"key": str, "waiting": str, "slot": int, "to": list, "policy": str, "raises": str},
    LINE: {"slot": str, "amount": int, "cells": list, "batch": str, "memo": str, "line_key": str},
}  # fmt: skip
"""What the data of each type of event must have for this program to read it."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event of a case, read. `data` is None when its payload was erased."""

    id: str
    core: Core
    data: dict[str, Any] | None

    @property
    def is_readable(self) -> bool:
        """Whether this program knows its type and version and finds every field (an erased content has none)."""
        fields = _FIELDS.get(self.core.type)
        if fields is None or self.core.tv != 1:
            return False
        data = self.data
        return data is None or all(isinstance(data.get(name), kind) for name, kind in fields.items())


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes that counts. `amount` in minor units; `cells` as [line_no, kind, net, tax, restocking, tax_rate].

    `beyond`: the part of the amount above the cells. `needs`: how many different people this amount takes.
    `hlc`: when it was given.
    `instead_of`: the person whom `user` stood in for, '' for themselves.
    """

    event: str
    user: str
    amount: int
    note: str
    cells: list[list[Any]]
    beyond: int
    needs: int = 1
    hlc: str = ""
    instead_of: str = ""

    @property
    def people(self) -> frozenset[str]:
        """Whose yes this is: a stand-in and the person stood in for have one between them."""
        return frozenset({self.user, self.instead_of} - {""})

    @property
    def said_by(self) -> str:
        """Who, for people: 'lena', or 'lena for max'."""
        return f"{self.user} for {self.instead_of}" if self.instead_of else self.user


@dataclass(frozen=True, slots=True)
class Stocked:
    """A part that came back. `cost`: minor units of the books' currency; `goal`: the account of stock or of scrap.

    `counts`: nobody has corrected it since, and no other was said apart from it.
    """

    event: str
    number: str
    cost: int
    goal: str
    on: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that counts: of which slot of which waiting (see model/reminders.py), who wrote it and to whom."""

    event: str
    key: str
    waiting: str
    slot: int
    hlc: str
    by: str
    to: tuple[str, ...]
    raises: bool


@dataclass(frozen=True, slots=True)
class Rival:
    """One of several live revisions of a case: who wrote it, and the request as it says."""

    who: str
    request: dict[str, Any]


@dataclass(slots=True)
class CaseView:
    """A case as its events add up to. Amounts are minor units of `assessment["currency"]`.

    `repeats`: the key of the case that this one was found to repeat when it came in, '' for none or when a person said
    that it does not. `notes`: (hybrid time, event id, data) of messages that were put on it, in the order they came.
    `revoked`: an approval of the live revision was taken back. `assessed`: when its assessment was written, as
    `arrived` is when it came in.
    `stopped_by`: who denied it or took it back. `rivals`: the live revisions, where there are several.
    `line`: the booking of its credit memo; `booked`: every booking by its slot. `payments`: in the order they went out;
    `stock`: what came back of parts.
    `evidence`: the events each anomaly rests on; `settled`: who settled it and why.
    `waiting`: the event since which it waits, or last waited, for a decision; `raised`: when it went up a level, as a
    hybrid time, '' when it did not.
    """

    key: str
    id: str
    state: str = State.RECEIVED
    level: str = ""
    decide_level: str = "lead"
    dual: bool = False
    rev: str = ""
    revs: list[str] = field(default_factory=list)
    request: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    logged_by: str = ""
    epoch: int = 0
    arrived: str = ""
    assessment: dict[str, Any] | None = None
    basis: str = ""
    overridden: dict[str, tuple[str, str]] = field(default_factory=dict)
    approvals: list[Approval] = field(default_factory=list)
    approved: Approval | None = None
    denials: list[str] = field(default_factory=list)
    withdrawals: list[str] = field(default_factory=list)
    stopped_by: set[str] = field(default_factory=set)
    pauses: list[Pause] = field(default_factory=list)
    rivals: dict[str, Rival] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    repeats: str = ""
    notes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    line: dict[str, Any] | None = None
    line_event: str = ""
    booked: dict[str, dict[str, Any]] = field(default_factory=dict)
    payments: list[Paid] = field(default_factory=list)
    stock: list[Stocked] = field(default_factory=list)
    waiting_since_ms: int = 0
    anomalies: list[str] = field(default_factory=list)
    evidence: dict[str, list[str]] = field(default_factory=dict)
    settled: dict[str, tuple[str, str]] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    revoked: bool = False
    assessed: str = ""
    waiting: str = ""
    reminders: list[Reminder] = field(default_factory=list)
    raised: str = ""

    @property
    def waits(self) -> bool:
        """Whether it waits for a decision: a hold stops that, and a question waits for somebody else."""
        return self.state in WAITING and not self.holds and not self.questions

    @property
    def reminded(self) -> int:
        """The last slot of the present waiting that was reminded of; 0 for none."""
        return max((r.slot for r in self.reminders if r.waiting == self.waiting), default=0)

    @property
    def payable(self) -> int | None:
        """What would be, or was, given back: the approved amount when there is one; None before an assessment."""
        if self.line is not None:
            return int(self.line["amount"])
        if self.approved is not None:
            return self.approved.amount
        return int(self.assessment["payable"]) if self.assessment else None

    @property
    def unpaid(self) -> int:
        """What is booked and not on its way: minor units of the case's currency, 0 where nothing is to be paid out."""
        if self.line is None or self.on_receivable:
            return 0
        return max(0, int(self.line["amount"]) - sum(p.amount for p in self.payments if p.counts))

    @property
    def on_receivable(self) -> bool:
        """Whether its credit memo lowers what the customer owes, so that nothing is ever paid out."""
        entries = (self.line or {}).get("booking", {}).get("entries", ())
        return any(entry["account"] == RECEIVABLE for entry in entries)

    @property
    def first(self) -> str:
        """The id of the case this one repeats, '' when it repeats none."""
        return case_id(self.repeats) if self.repeats else str((self.assessment or {}).get("first", ""))

    @property
    def counts(self) -> bool:
        """Whether its amount is gone from what the invoice can still give back: the one place where this is said.

        It was approved or went out; or the customer disputes the payment and may have it back from the bank.
        """
        disputed = self.state != State.DUPLICATE and any(p.kind in DISPUTED for p in self.holds)
        return disputed or self.state in COUNTS_AS_REFUNDED

    @property
    def holds(self) -> list[Pause]:
        """The holds that are not lifted."""
        return [p for p in self.pauses if p.kind and p.is_open]

    @property
    def questions(self) -> list[Pause]:
        """The questions that wait for an answer."""
        return [p for p in self.pauses if not p.kind and p.is_open]

    @property
    def unsettled(self) -> list[str]:
        """The anomalies that nobody has settled."""
        return [code for code in self.anomalies if code not in self.settled]

    def open_findings(self) -> list[list[str]]:
        """Findings that keep the case from being approved: review or block, and nobody has overridden them."""
        found = self.assessment["findings"] if self.assessment else []
        return [f for f in found if f[1] != Severity.INFO and f[0] not in self.overridden]
