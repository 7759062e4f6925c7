"""What may happen to a case in which state: one table, and the sentence for everything that is not in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from refundkit.model.case import CaseView
from refundkit.model.words import State


class Step(StrEnum):
    """What a person does to a case."""

    APPROVE = "approve"
    DENY = "deny"
    AMEND = "amend"
    OVERRIDE = "override"
    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    REVOKE = "revoke"
    BOOK = "export"
    PAY = "pay"
    ASSESS = "assess"
    SETTLE = "settle"
    HOLD = "hold"
    RELEASE = "release"


_WAITS: Final = frozenset({State.RECEIVED, State.REVIEW, State.AWAITING})
ALLOWED: Final[dict[Step, frozenset[State]]] = {
    Step.APPROVE: frozenset({State.REVIEW, State.AWAITING}),
    Step.DENY: frozenset({State.REVIEW, State.AWAITING}),
    Step.AMEND: frozenset({State.REVIEW}),
    Step.OVERRIDE: frozenset({State.REVIEW}),
    Step.ASK: _WAITS,
    Step.ANSWER: _WAITS,
    Step.WITHDRAW: _WAITS,
    Step.REOPEN: frozenset({State.DENIED, State.WITHDRAWN, State.DUPLICATE}),
    Step.REVOKE: frozenset({State.APPROVED}),
    Step.BOOK: frozenset({State.APPROVED}),
    Step.PAY: frozenset({State.BOOKED, State.PAYING}),
    Step.ASSESS: _WAITS,
    Step.SETTLE: frozenset(State),
    Step.HOLD: frozenset(State) - {State.DUPLICATE},
    Step.RELEASE: frozenset(State),
}
"""Domain page, section 7. Anything else is refused. A duplicate is never payable: the case it repeats can be held.

A case that is being paid can be paid more while a part of it is not on its way: an invoice that was paid by card and by
cheque is given back by both."""


def possible(view: CaseView) -> list[str]:
    """What can be done to a case now, as the commands are called."""
    paused = bool(view.holds or view.questions)
    needless = {
        Step.APPROVE: paused,
        Step.BOOK: paused,
        Step.PAY: paused or not view.unpaid,
        Step.ANSWER: not view.questions,
        Step.RELEASE: not view.holds,
        Step.SETTLE: not view.rivals and not view.unsettled,
    }
    return [str(step) for step, states in ALLOWED.items() if view.state in states and not needless.get(step)]


def refusal(view: CaseView, step: Step) -> tuple[str, str]:
    """(message, hint) for a step that the case's state does not allow."""
    ways = ", ".join(possible(view))
    return f"{view.id} is {view.state}: '{step}' is not possible now", f"possible now: {ways}"
