"""What the set of a case's events adds up to: no clock and no order of arrival changes a decision.

Rules, in this order: an event type this program does not know blocks the case; two live revisions are a conflict; a
booking is a fact; a denial of the live revision beats approvals; a withdrawal; a repeated request; approvals count
when their author might decide and names the live revision; else the assessment says what the case waits for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from refundkit.model import opinions
from refundkit.model.assessment import payable_cells
from refundkit.model.case import (
    AMENDED,
    ASSESSED,
    LINE,
    LOGGED,
    REOPENED,
    REVOKED,
    Approval,
    CaseEvent,
    CaseView,
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
        epoch=data["epoch"], arrived=f"{hlc}:{event}", waiting_since_ms=at,
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
        view, assessment=assessment, state=State.RECEIVED, level="", decide_level="lead", dual=False, approved=None
    )
    _decide(after)
    return after


def fold(key: str, events: Sequence[CaseEvent], org: Org) -> CaseView:
    """Add up a case from all its events (any order). `org`: the shop's people and writers."""
    view = CaseView(key, case_id(key))
    known = sorted((e for e in events if e.is_readable), key=lambda e: e.id)
    counted = [e for e in known if org.counts(e.core.writer, e.core.seq) or e.core.type in (LOGGED, LINE)]
    if len(counted) != len(known):
        view.anomalies.append("quarantined")
    counted = [e for e in counted if opinions.had_the_right(e, org)]
    _revisions(view, counted, org)
    _assessed(view, counted)
    undone = frozenset(i for e in counted if e.core.type in (REOPENED, REVOKED) and e.data for i in e.data["undoes"])
    opinions.collect(view, counted, org, undone)
    view.revoked = any(e.core.type == REVOKED and e.data and e.data["rev"] == view.rev for e in counted)
    _decide(view)
    if len(known) != len(events):
        view.state, view.level, view.approved = State.CONFLICT, "", None
        view.anomalies.append("needs-newer-version")
    _facts(view, counted)
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
    view.waiting_since_ms = hlc_milliseconds(live.core.hlc)
    editor = org.user_of(live.core.writer) if live.core.type == AMENDED else ""
    view.barred = frozenset(u for u in (view.logged_by, editor) if u)


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
    view.waiting_since_ms, view.assessed = hlc_milliseconds(best.core.hlc), f"{best.core.hlc}:{best.id}"


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
            view.approved = Approval(view.basis, "", assessment["payable"], "", payable_cells(assessment), 0)
        if view.revoked and view.state in (State.APPROVED, State.AWAITING):
            view.state, view.level, view.approved = State.REVIEW, "", None
            view.decide_level = max("lead", view.decide_level, key=lambda level: LEVEL_RANK[level])
    chosen = _quorum(view)
    if chosen is not None:
        view.state, view.approved = State.APPROVED, chosen
        raised = assessment is not None and chosen.amount > assessment["eligible"]
        view.level = Level.MANAGER if raised else view.level or view.decide_level
    if view.repeats:
        view.state, view.level, view.approved = State.DUPLICATE, "", None
    if view.withdrawals:
        view.state, view.approved = State.WITHDRAWN, None
    if view.denials:
        view.state, view.approved = State.DENIED, None
    if len(view.revs) > 1:
        view.state, view.level, view.approved = State.CONFLICT, "", None


def _quorum(view: CaseView) -> Approval | None:
    """The approval that counts: enough different people for the same amount; the lowest such amount."""
    if view.assessment is None:
        return None
    people: dict[int, set[str]] = {}
    needed: dict[int, int] = {}
    for approval in view.approvals:
        people.setdefault(approval.amount, set()).add(approval.user)
        needed[approval.amount] = max(needed.get(approval.amount, 1), approval.needs)
    enough = [amount for amount, users in people.items() if len(users) >= needed[amount]]
    return next((a for a in view.approvals if a.amount == min(enough)), None) if enough else None


def _facts(view: CaseView, events: Sequence[CaseEvent]) -> None:
    """A booking happened whatever is thought of it later; what disagrees with it is an anomaly for a person."""
    lines = sorted((e for e in events if e.core.type == LINE and e.data), key=lambda e: e.id)
    if not lines:
        return
    opinion, approved = view.state, view.approved
    view.line, view.line_event = lines[0].data, lines[0].id
    if "needs-newer-version" in view.anomalies:
        pass  # what this program cannot read may well agree with the booking
    elif opinion != State.APPROVED:
        view.anomalies.append(f"booked-while-{opinion}")
    elif approved is not None and any((e.data or {})["amount"] != approved.amount for e in lines):
        view.anomalies.append("amount-changed-after-booking")
    if len({(e.data or {})["slot"] for e in lines}) != len(lines):
        view.anomalies.append("booked-twice")
    view.state = State.BOOKED
