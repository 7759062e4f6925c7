"""Settles what machines that met could not agree on: two live edits, and what happened and should not have."""

from __future__ import annotations

from collections.abc import Sequence

from refundkit.errors import RefusedError
from refundkit.model.anomalies import NEWER
from refundkit.model.case import AMENDED, SETTLED, CaseView
from refundkit.model.people import Act
from refundkit.model.transitions import Step
from refundkit.workflow import gate
from refundkit.workflow.outcomes import Outcome, assessed, decide_each, known, written
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop


def keep(shop: Shop, named: Sequence[str], revision: str, reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Of two live edits keep one (its id, or the beginning of it), and assess the case anew.

    What is kept becomes a revision that names both, so that the other one stays on record.
    """
    shop.require(Act.SETTLE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.SETTLE)
        if not view.rivals:
            raise RefusedError(f"{view.id} has one live revision", hint="there is nothing to choose between")
        found = [name for name in view.rivals if revision and name.startswith(revision)]
        if len(found) != 1:
            raise RefusedError(
                f"{view.id} has {len(found) or 'no'} live revision{'s' if len(found) > 1 else ''} '{revision}'",
                hint=f"one of {', '.join(view.rivals)}",
            )
        data = {"bases": view.revs, "request": view.rivals[found[0]].request, "why": reason, "assessment": None}
        pen.append(AMENDED, data, case=view.key, deps=known(view))
        return assessed(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def anomaly(shop: Shop, named: Sequence[str], code: str, reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Settle an anomaly: it stays on record and no longer asks for attention, unless something new adds to it."""
    shop.require(Act.SETTLE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.SETTLE)
        if code not in view.unsettled:
            there = ", ".join(view.unsettled) or "none"
            raise RefusedError(f"{view.id} has no anomaly '{code}' to settle", hint=f"not settled yet: {there}")
        if code == NEWER:
            raise RefusedError(
                f"{view.id} has events that this program cannot read",
                hint="install the newer refundkit on this machine",
            )
        data = {"code": code, "evidence": view.evidence[code], "reason": reason}
        pen.append(SETTLED, data, case=view.key, deps=known(view))
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)
