"""What the keys of the queue do: each calls the use case of its command, bound to what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from refundkit.errors import ChangedError, RefusedError
from refundkit.model.people import Act
from refundkit.model.words import State
from refundkit.workflow import assessing, decisions, pausing, typed
from refundkit.workflow.outcomes import Outcome
from refundkit.workflow.queue import Ready, Sheet
from refundkit.workflow.shop import Shop


class Kind(StrEnum):
    """What was done, as it is said afterwards."""

    APPROVE = "approved"
    DENY = "denied"
    ASK = "asked"
    OVERRIDE = "overridden"
    HOLD = "held"
    ASSESS = "assessed anew"


NEEDS: Final = {
    "approve": Act.DECIDE, "deny": Act.DECIDE, "less": Act.DECIDE, "approve_marked": Act.DECIDE, "mark": Act.DECIDE,
    "question": Act.ASK, "override": Act.OVERRIDE, "hold": Act.HOLD, "take_back": Act.HOLD, "assess": Act.ASSESS,
}  # fmt: skip
"""The right that each key takes; a key without the right is not shown and does nothing."""

TAKEN_BACK: Final = "taken back"


@dataclass(frozen=True)
class Done:
    """A decision of this session, so that it can be taken back."""

    kind: Kind
    cases: tuple[str, ...]


def approve(shop: Shop, sheet: Sheet, amount: str = "", note: str = "") -> list[Outcome]:
    """Say yes to what is payable, or to another amount with a reason."""
    payable = sheet.case["payable"]
    wanted, currency = typed.amount_of(shop, amount, payable["currency"] if payable else "")
    return decisions.approve(
        shop, [sheet.id], amount=wanted, note=note, seen=sheet.case["assessment"] or "",
        expect_payable=Decimal(payable["amount"]) if payable else None, currency=currency,
    )  # fmt: skip


def approve_all(shop: Shop, ready: Sequence[Ready]) -> list[Outcome]:
    """Say yes to each of several cases, each bound to what was seen of it."""
    return [
        outcome
        for case in ready
        for outcome in decisions.approve(shop, [case.case], seen=case.seen)
        if case.payable is not None
    ]


def deny(shop: Shop, sheet: Sheet, reason: str) -> list[Outcome]:
    """Say no."""
    return decisions.deny(shop, [sheet.id], reason, seen=sheet.case["assessment"] or "")


def ask(shop: Shop, sheet: Sheet, question: str) -> list[Outcome]:
    """Send it back with a question."""
    return pausing.ask(shop, [sheet.id], question)


def override(shop: Shop, sheet: Sheet, code: str, reason: str) -> list[Outcome]:
    """Set a finding aside."""
    return [decisions.override(shop, sheet.id, code, reason)]


def hold(shop: Shop, sheet: Sheet, kind: str, reason: str) -> list[Outcome]:
    """Hold it."""
    return pausing.hold(shop, [sheet.id], kind, reason)


def assess(shop: Shop, sheet: Sheet) -> list[Outcome]:
    """Assess it anew."""
    (done,) = assessing.run(shop, [sheet.id])
    return [Outcome(done.case, done.after, more="" if done.changed else "nothing has changed")]


def take_back(shop: Shop, done: Done, reason: str) -> list[Outcome]:
    """Undo a decision of this session as far as the rules allow."""
    match done.kind:
        case Kind.APPROVE:
            return decisions.revoke(shop, done.cases, reason)
        case Kind.DENY:
            return decisions.reopen(shop, done.cases, reason)
        case Kind.HOLD:
            return pausing.release(shop, done.cases, reason)
        case _:
            raise RefusedError(
                f"what was {done.kind} stays on record", hint="the case can be decided, held or asked about as it is"
            )


def said(outcome: Outcome, what: str) -> str:
    """One result as a sentence."""
    refused = outcome.refused
    if refused is None:
        amount = f", {outcome.amount}" if outcome.amount else ""
        state = "" if outcome.state == what else f"; it is {outcome.state} now"
        more = f" ({outcome.more})" if outcome.more else ""
        return f"{outcome.case}: {what}{amount}{state}{more}."
    if isinstance(refused, ChangedError):
        return f"Not {what}: {refused.message}. r assesses it anew; then look again."
    if outcome.state not in (State.AWAITING, State.REVIEW) and what != TAKEN_BACK:
        return f"Somebody was faster: {outcome.case} is {outcome.state} now. Nothing was written."
    return f"Not {what}: {refused.message}. {refused.hint}."
