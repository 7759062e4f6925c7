"""Sends cases back with a question, takes the answer, holds cases and lifts holds: until then no money moves."""

from __future__ import annotations

from collections.abc import Sequence

from refundkit.errors import RefusedError, UsageError
from refundkit.model.case import ANSWERED, ASKED, HELD, RELEASED, CaseView
from refundkit.model.people import Act
from refundkit.model.transitions import Step
from refundkit.model.words import HoldKind
from refundkit.workflow import gate, parties
from refundkit.workflow.outcomes import Outcome, decide_each, known, written
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

_MOST_DEPS = 16


def ask(shop: Shop, named: Sequence[str], question: str, *, dry_run: bool = False) -> list[Outcome]:
    """Send cases back with a question: they stay where they are and cannot be approved before the answer."""
    shop.require(Act.ASK)
    gate.needs_reason(question, "--question", "a question")

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.ASK)
        if any(p.text == question for p in view.questions):
            raise RefusedError(f"this was asked about {view.id} already", hint="its answer is waited for")
        data = {"rev": view.rev, "question": question, "after": _given(view)}
        pen.append(ASKED, data, case=view.key, deps=known(view))
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def answer(shop: Shop, named: Sequence[str], text: str, *, dry_run: bool = False) -> list[Outcome]:
    """Answer every question about the cases that waits."""
    shop.require(Act.ANSWER)
    gate.needs_reason(text, "--text", "an answer")

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.ANSWER)
        waiting = [p.event for p in view.questions]
        if not waiting:
            raise RefusedError(
                f"no question about {view.id} waits", hint="'refundkit list --asked' shows where one does"
            )
        pen.append(ANSWERED, {"ends": waiting, "text": text}, case=view.key, deps=[*known(view), *waiting[:_MOST_DEPS]])
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def hold(shop: Shop, named: Sequence[str], kind: str, reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Hold cases: nothing of them is approved, booked or paid until a manager lifts the hold."""
    shop.require(Act.HOLD)
    gate.needs_reason(reason)
    if kind not in list(HoldKind):
        raise UsageError(f"'{kind}' is no kind of hold", hint=f"one of {', '.join(HoldKind)}", where="--kind")

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.HOLD)
        same = next((p for p in view.holds if p.kind == kind), None)
        if same:
            raise RefusedError(
                f"{view.id} is held for {kind} already, by {same.who}: {same.text}",
                hint=f"a manager lifts it: refundkit release {view.id} --reason '...'",
            )
        pen.append(HELD, {"kind": kind, "reason": reason, "after": _given(view)}, case=view.key, deps=known(view))
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def release(shop: Shop, named: Sequence[str], reason: str, *, kind: str = "", dry_run: bool = False) -> list[Outcome]:
    """Lift the holds of cases: all of them, or those of one kind."""
    person = shop.require(Act.RELEASE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.RELEASE)
        lifted = [p.event for p in view.holds if kind in ("", p.kind)]
        if not lifted:
            there = ", ".join(p.kind for p in view.holds)
            raise RefusedError(
                f"{view.id} is not held{f' for {kind}' if kind else ''}",
                hint=f"it is held for {there}" if there else "'refundkit list --held' shows what is",
            )
        gate.not_own(person, view, parties.technician(pen.connection, view))
        pen.append(
            RELEASED, {"ends": lifted, "reason": reason}, case=view.key, deps=[*known(view), *lifted[:_MOST_DEPS]]
        )
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def _given(view: CaseView) -> list[str]:
    """What was assessed, approved, booked or paid before: see `Pause.lets`."""
    paid = [name for p in view.payments for name in p.went_out]
    given = [view.basis, view.line_event, *(a.event for a in view.approvals), *paid]
    return sorted({event for event in given if event})
