"""What may happen to a case in which state: one table, and the sentence for everything that is not in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from refundkit.model.words import State


class Step(StrEnum):
    """What a person does to a case."""

    APPROVE = "approve"
    DENY = "deny"
    AMEND = "amend"
    OVERRIDE = "override"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    REVOKE = "revoke"
    BOOK = "export"
    ASSESS = "assess"


ALLOWED: Final[dict[Step, frozenset[State]]] = {
    Step.APPROVE: frozenset({State.REVIEW, State.AWAITING}),
    Step.DENY: frozenset({State.REVIEW, State.AWAITING}),
    Step.AMEND: frozenset({State.REVIEW}),
    Step.OVERRIDE: frozenset({State.REVIEW}),
    Step.WITHDRAW: frozenset({State.RECEIVED, State.REVIEW, State.AWAITING}),
    Step.REOPEN: frozenset({State.DENIED, State.WITHDRAWN, State.DUPLICATE}),
    Step.REVOKE: frozenset({State.APPROVED}),
    Step.BOOK: frozenset({State.APPROVED}),
    Step.ASSESS: frozenset({State.RECEIVED, State.REVIEW, State.AWAITING}),
}
"""Domain page, section 7. Anything else is refused."""


def possible(state: str) -> list[str]:
    """What can be done in a state, as the commands are called."""
    return [str(step) for step, states in ALLOWED.items() if state in states]


def refusal(case: str, state: str, step: Step) -> tuple[str, str]:
    """(message, hint) for a step that the state does not allow."""
    ways = possible(state)
    hint = (
        f"possible now: {', '.join(ways)}" if ways else "nothing is left to decide here; 'refundkit history' shows why"
    )
    return f"{case} is {state}: '{step}' is not possible now", hint
