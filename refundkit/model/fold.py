"""What the set of a case's events adds up to: no clock and no order of arrival changes a decision.

Rules, in this order: an event type this program does not know blocks the case; two live revisions are a conflict; a
booking is a fact; a denial of the live revision beats approvals; a withdrawal; a repeated request; approvals count
when their author might decide, names the live revision and knew of every hold and question; else the assessment says
what the case waits for, and reminders without an answer let a manager decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from refundkit.model import anomalies, opinions, pauses, paying, quorum, reminders, stock
from refundkit.model.assessment import payable_cells
from refundkit.model.case import (
    AMENDED,
    ASSESSED,
    FACTS,
    LOGGED,
    REVOKED,
    Approval,
    CaseEvent,
    CaseView,
    Rival,
)
from refundkit.model.case_id import case_id
from refundkit.model.events import hlc_milliseconds
from refundkit.model.org import Org
from refundkit.model.words import LEVEL_RANK, Level, State


def fresh(key: str, event: str, hlc: str, data: dict[str, Any], by_hand: str = "") -> CaseView:
    """The case of a `request.logged` event that was just written: what `fold` makes of it, without reading it back.

    `by_hand`: the person who logged it by hand, '' for imports.
    """
    at = hlc_milliseconds(hlc)
    view = CaseView(
        key, case_id(key), rev=event, revs=[event], request=data["request"], source=data["source"], logged_by=by_hand,
        epoch=data["epoch"], arrived=f"{hlc}:{event}", waiting=event, waiting_since_ms=at,
    )  # fmt: skip
    if by_hand:
        view.barred = frozenset({by_hand})
    view.repeats, view.apart = data.get("repeats", ""), frozenset(data.get("apart", ()))
    if data["assessment"] is not None:
        view.assessment, view.basis, view.assessed = data["assessment"], event, view.arrived
    _decide(view)
    return view


def judged(view: CaseView, assessment: dict[str, Any]) -> CaseView:
    """The case as it would stand with another assessment of its live revision. `view` stays as it is."""
    after = replace(
        view, assessment=assessment, basis="", state=State.RECEIVED, level="", decide_level="lead", dual=False,
        approved=None,
    )  # fmt: skip
    _decide(after)
    return after


def fold(key: str, events: Sequence[CaseEvent], org: Org) -> CaseView:
    """Add up a case from all its events (any order). `org`: the shop's people and writers."""
    view = CaseView(key, case_id(key))
    known = sorted((e for e in events if e.is_readable), key=lambda e: e.id)
    counted = [e for e in known if org.counts(e.core.writer, e.core.seq) or e.core.type in FACTS]
    if len(counted) != len(known):
        anomalies.note(view, "quarantined", [e for e in known if e not in counted])
    counted = [e for e in counted if opinions.had_the_right(e, org)]
    _revisions(view, counted, org)
    _assessed(view, counted)
    opinions.collect(view, counted, org, opinions.undone(counted, org))
    view.revoked = any(e.core.type == REVOKED and e.data and e.data["rev"] == view.rev for e in counted)
    _decide(view)
    if len(known) != len(events):
        view.state, view.level, view.approved = State.CONFLICT, "", None
        anomalies.note(view, anomalies.NEWER, [e for e in events if e not in known])
    anomalies.after_booking(view, counted)
    paying.collect(view, counted, org)
    stock.collect(view, counted)
    anomalies.settle(view, counted, org)
    return view


def _revisions(view: CaseView, events: Sequence[CaseEvent], org: Org) -> None:
    parents: set[str] = set()
    revisions: dict[str, CaseEvent] = {}
    for event in events:
        if event.core.type == LOGGED:
            view.arrived = f"{event.core.hlc}:{event.id}"
            revisions[event.id] = event
            data = event.data or {}
            view.source, view.epoch = data.get("source", {}), int(data.get("epoch", 0))
            view.repeats, view.apart = data.get("repeats", ""), frozenset(data.get("apart", ()))
            view.logged_by = org.user_of(event.core.writer) if data.get("by_hand") else ""
        elif event.core.type == AMENDED and event.data is not None:
            revisions[event.id] = event
            parents.update(event.data["bases"])
    view.revs = sorted(r for r in revisions if r not in parents)
    live = revisions[view.revs[-1]] if view.revs else None
    if live is None:
        return
    view.rev = live.id
    view.request = (live.data or {}).get("request", {})
    view.barred = frozenset(u for u in (view.logged_by, *_editors(live, revisions, org)) if u)
    if len(view.revs) > 1:
        view.rivals = {
            name: Rival(org.user_of(revisions[name].core.writer), (revisions[name].data or {}).get("request", {}))
            for name in view.revs
        }


def _editors(live: CaseEvent, revisions: dict[str, CaseEvent], org: Org) -> list[str]:
    """Who wrote what stands: the author of the live edit and, where it merges edits, of the one that it keeps."""
    data = live.data or {}
    if live.core.type != AMENDED:
        return []
    merged = [revisions[b] for b in data["bases"] if b in revisions] if len(data["bases"]) > 1 else []
    kept = [e for e in merged if e.data and e.data["request"] == data["request"]] or merged
    return [org.user_of(e.core.writer) for e in (live, *kept) if e.core.type == AMENDED]


def _assessed(view: CaseView, events: Sequence[CaseEvent]) -> None:
    found: dict[str, CaseEvent] = {}
    replaced: set[str] = set()
    for event in events:
        data = event.data
        if data is None or data.get("assessment") is None:
            continue
        if event.id == view.rev or (event.core.type == ASSESSED and data["rev"] == view.rev):
            found[event.id] = event
            replaced.update(data.get("replaces", ()))
    live = [e for i, e in found.items() if i not in replaced]
    if not live:
        return
    best = max(live, key=_strictness)
    view.assessment, view.basis = (best.data or {})["assessment"], best.id
    view.assessed = f"{best.core.hlc}:{best.id}"


def _strictness(event: CaseEvent) -> tuple[int, int, str]:
    """Of two assessments made on two machines at once, the one that asks for more people counts."""
    assessment = (event.data or {})["assessment"]
    order = {State.APPROVED: 0, State.AWAITING: 1, State.REVIEW: 2, State.DUPLICATE: 3}
    return order[State(assessment["state"])], LEVEL_RANK[assessment["decide_level"]], event.id


def _decide(view: CaseView) -> None:
    assessment = view.assessment
    if assessment is not None:
        view.state, view.level = assessment["state"], assessment["level"]
        view.decide_level, view.dual = assessment["decide_level"], assessment["dual"]
        if view.state == State.APPROVED:
            at = view.assessed.partition(":")[0]
            view.approved = Approval(view.basis, "", assessment["payable"], "", payable_cells(assessment), 0, hlc=at)
        stopped = view.state == State.APPROVED and not pauses.stands(view, view.basis)
        if (stopped or view.revoked) and view.state in (State.APPROVED, State.AWAITING):
            view.state, view.level, view.approved = State.REVIEW, "", None
            view.decide_level = max("lead", view.decide_level, key=lambda level: LEVEL_RANK[level])
    chosen = quorum.chosen(view)
    if chosen is not None:
        view.state, view.approved = State.APPROVED, chosen
        above = assessment is not None and chosen.amount > assessment["eligible"]
        level = reminders.level_at(view, chosen.hlc, view.level or view.decide_level)
        view.level = Level.MANAGER if above else level
    if view.repeats:
        view.state, view.level, view.approved = State.DUPLICATE, "", None
    if view.withdrawals:
        view.state, view.approved = State.WITHDRAWN, None
    if view.denials:
        view.state, view.approved = State.DENIED, None
    if len(view.revs) > 1:
        view.state, view.level, view.approved = State.CONFLICT, "", None
    reminders.raise_level(view)
