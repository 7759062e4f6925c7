"""One decision on each of several cases, in one transaction: every case has a result of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from refundkit.errors import RefundkitError, RefusedError
from refundkit.model.case import CaseView
from refundkit.model.money import Money
from refundkit.store import cases
from refundkit.workflow.assessing import assess_anew
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Outcome:
    """What came of one case: its state after, or why it was refused."""

    case: str
    state: str
    amount: Money | None = None
    refused: RefundkitError | None = None
    more: str = ""


Decide = Callable[[Pen, CaseView], Outcome]


def decide_each(shop: Shop, named: Sequence[str], decide: Decide, *, dry_run: bool = False) -> list[Outcome]:
    """Apply one decision to each named case in one transaction; a refused case does not stop the others."""
    outcomes = []
    with shop.write(keep=not dry_run) as pen:
        for key in dict.fromkeys(cases.find(shop.store, n) for n in named):
            view = shop.case(key)
            try:
                outcomes.append(decide(pen, view))
            except RefusedError as err:
                outcomes.append(Outcome(view.id, str(view.state), refused=err))
    return outcomes


def the_one(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of the only case; what refused it is raised."""
    (outcome,) = outcomes
    if outcome.refused is not None:
        raise outcome.refused
    return outcome


def told(outcome: Outcome, more: str) -> Outcome:
    """The same outcome with one more thing to say of it."""
    return replace(outcome, more="; ".join(x for x in (more, outcome.more) if x))


def written(shop: Shop, pen: Pen, view: CaseView) -> Outcome:
    """The outcome of a case after an event of it was written."""
    return _now(pen.project(shop.store, view.key, shop.org))


def assessed(shop: Shop, pen: Pen, view: CaseView) -> Outcome:
    """The same, assessed anew."""
    return _now(assess_anew(shop, pen, view.key))


def _now(after: CaseView) -> Outcome:
    held = f"held: {', '.join(p.kind for p in after.holds)}" if after.holds else ""
    asked = "a question waits for its answer" if after.questions else ""
    return Outcome(after.id, str(after.state), more="; ".join(x for x in (held, asked) if x))


def known(view: CaseView) -> list[str]:
    """What a decision depends on: the live revisions and the assessment it is about."""
    return list(dict.fromkeys([*view.revs, *([view.basis] if view.basis else [])]))
