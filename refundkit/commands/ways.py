"""Shows cases that would come out differently: how each stands, how it would, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from refundkit.commands import show
from refundkit.model.money import plain
from refundkit.model.words import Level

if TYPE_CHECKING:
    from refundkit.workflow.otherwise import Otherwise, Way


def as_data(case: Otherwise) -> dict[str, Any]:
    """One case for `--json`."""
    return {
        "case": case.case, "state": case.stands, "before": _data(case.before), "after": _data(case.after),
        "why": case.why,
    }  # fmt: skip


def _data(way: Way) -> dict[str, Any]:
    payable = {"amount": plain(way.payable, way.currency), "currency": way.currency} if way.currency else None
    return {"state": way.state, "level": way.level, "two_managers": way.dual, "payable": payable}


def table(cases: Sequence[Otherwise], before: str, after: str) -> None:
    """One line a case; `before` and `after` head the two ways. The amount stands beside the way only where it moves."""
    if not cases:
        return
    rows = []
    for case in cases:
        moved = (case.before.payable, case.before.currency) != (case.after.payable, case.after.currency)
        rows.append((case.case, case.stands, _words(case.before, moved), _words(case.after, moved), case.why))
    show.columns(("case", "state", before, after, "why"), rows)


def _words(way: Way, amount: bool) -> str:  # noqa: FBT001 - two callers beside each other
    alone = "by the policy" if way.level == Level.AUTO else f"for a {way.level}"
    who = "for two managers" if way.dual else alone
    payable = f", {plain(way.payable, way.currency)} {way.currency}" if amount and way.currency else ""
    return f"{way.state} {who}{payable}"
