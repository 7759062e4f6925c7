"""Who may do what: the rights of each role in one table, and who never decides a case whatever his role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from refundkit.model.words import LEVEL_RANK, Role


class Act(StrEnum):
    """What a person can ask refundkit to write."""

    LOG = "log a request"
    IMPORT = "import requests"
    RECORDS = "load records"
    ASSESS = "assess cases"
    AMEND = "amend a request"
    OVERRIDE = "override a finding"
    DECIDE = "approve or deny"
    WITHDRAW = "withdraw a request"
    REOPEN = "reopen a case"
    REVOKE = "revoke an approval"
    ASK = "send a case back with a question"
    ANSWER = "answer a question"
    HOLD = "hold a case"
    RELEASE = "lift a hold"
    SETTLE = "settle a conflict or an anomaly"
    REMIND = "write the reminders that are due"
    BOOK = "export bookings"
    PAY = "pay, or say how a payment ended"
    PAYEES = "enter where a customer's money goes"
    CLOSE = "close or open a month of the books"
    POLICY = "adopt a policy"
    PEOPLE = "manage people"
    OWN_KEY = "replace their own key"
    STAND_IN = "name their own stand-in"
    AUDIT = "issue an audit document"


_T, _L, _M, _C, _A, _R = Role.TECHNICIAN, Role.LEAD, Role.MANAGER, Role.ACCOUNTANT, Role.ADMIN, Role.AUDITOR

RIGHTS: Final[dict[Act, frozenset[Role]]] = {
    Act.LOG: frozenset({_T, _L, _M, _C, _A}),
    Act.IMPORT: frozenset({_L, _M, _C, _A}),
    Act.RECORDS: frozenset({_L, _M, _C, _A}),
    Act.ASSESS: frozenset({_L, _M, _C, _A}),
    Act.AMEND: frozenset({_L, _M, _A}),
    Act.OVERRIDE: frozenset({_L, _M, _A}),
    Act.DECIDE: frozenset({_L, _M, _A}),
    Act.WITHDRAW: frozenset({_T, _L, _M, _C, _A}),
    Act.REOPEN: frozenset({_L, _M, _A}),
    Act.REVOKE: frozenset({_M, _A}),
    Act.ASK: frozenset({_L, _M, _A}),
    Act.ANSWER: frozenset({_T, _L, _M, _C, _A}),
    Act.HOLD: frozenset({_T, _L, _M, _C, _A}),
    Act.RELEASE: frozenset({_M, _A}),
    Act.SETTLE: frozenset({_M, _A}),
    Act.REMIND: frozenset({_L, _M, _C, _A}),
    Act.BOOK: frozenset({_C, _A}),
    Act.PAY: frozenset({_C, _A}),
    Act.PAYEES: frozenset({_L, _M, _C, _A}),
    Act.CLOSE: frozenset({_M, _C, _A}),
    Act.POLICY: frozenset({_M, _A}),
    Act.PEOPLE: frozenset({_A}),
    Act.OWN_KEY: frozenset({_T, _L, _M, _C, _A}),
    Act.STAND_IN: frozenset({_L, _M, _A}),
    Act.AUDIT: frozenset({_L, _M, _C, _A, _R}),
}
"""Domain page, sections 1, 5 and 7; `admin` counts as `manager`."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of this shop. `technician`: how the service orders name them, '' when they go to no customer."""

    user: str
    name: str
    email: str
    technician: str
    roles: frozenset[Role]

    def may(self, act: Act) -> bool:
        """Whether any of the roles gives the right."""
        return bool(self.roles & RIGHTS[act])

    @property
    def may_stand_in(self) -> bool:
        """Whether this person can decide for another: anybody who may write at all."""
        return bool(self.roles - {Role.AUDITOR})

    @property
    def rank(self) -> int:
        """The highest level this person decides at; -1 for none."""
        return decision_rank(self.roles)

    def is_named(self, text: str) -> bool:
        """Whether a text of the request or the order (a name, an address, a number) names this person."""
        said = text.strip().casefold()
        return bool(said) and said in {w.casefold() for w in (self.user, self.name, self.email, self.technician) if w}


def decision_rank(roles: Iterable[Role]) -> int:
    """2 for manager and admin, 1 for lead, -1 for all others."""
    held = set(roles)
    if held & {Role.MANAGER, Role.ADMIN}:
        return LEVEL_RANK["manager"]
    return LEVEL_RANK["lead"] if Role.LEAD in held else -1


def may_decide_at(roles: Iterable[Role], level: str) -> bool:
    """Whether these roles are at or above a level."""
    return decision_rank(roles) >= max(LEVEL_RANK[level], 1)
