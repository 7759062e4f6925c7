"""Whose events count: the rights their authors had when they wrote, and who never decides a case of their own.

The commands refuse all this before anything is written. It is judged here once more, because an event may come from
another machine, or from a program that was altered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from refundkit.model import pauses, reminders
from refundkit.model.case import (
    AMENDED,
    ANSWERED,
    APPROVED,
    ASKED,
    ASSESSED,
    CHARGED,
    CONFIRMED,
    CREDIT_USED,
    DENIED,
    FACTS,
    HELD,
    NOTED,
    OVERRIDDEN,
    REFUSED,
    RELEASED,
    REMINDED,
    REMITTED,
    REOPENED,
    RETURNED,
    REVOKED,
    SETTLED,
    STOCKED,
    UNCERTAIN,
    UNCLAIMED,
    WITHDRAWN,
    Approval,
    CaseEvent,
    CaseView,
)
from refundkit.model.org import Org
from refundkit.model.pauses import names
from refundkit.model.people import Act, Person, may_decide_at
from refundkit.model.quorum import people_needed
from refundkit.model.words import Level, Severity

_TAKES: Final = {
    AMENDED: Act.AMEND,
    ASSESSED: Act.ASSESS,
    OVERRIDDEN: Act.OVERRIDE,
    APPROVED: Act.DECIDE,
    DENIED: Act.DECIDE,
    WITHDRAWN: Act.WITHDRAW,
    REOPENED: Act.REOPEN,
    REVOKED: Act.REVOKE,
    NOTED: Act.IMPORT,
    ASKED: Act.ASK,
    ANSWERED: Act.ANSWER,
    HELD: Act.HOLD,
    RELEASED: Act.RELEASE,
    SETTLED: Act.SETTLE,
    CONFIRMED: Act.PAY,
    REFUSED: Act.PAY,
    RETURNED: Act.PAY,
    UNCERTAIN: Act.PAY,
    CHARGED: Act.PAY,
    CREDIT_USED: Act.PAY,
    STOCKED: Act.BOOK,
    UNCLAIMED: Act.PAY,
    REMITTED: Act.PAY,
    REMINDED: Act.REMIND,
}
STOOD_IN_FOR: Final = frozenset({APPROVED, DENIED, OVERRIDDEN})
"""What a stand-in decides for another. Everything else is done by one's own rights."""

_UNDOES: Final = {REOPENED: frozenset({DENIED, WITHDRAWN}), REVOKED: frozenset({APPROVED})}


def had_the_right(event: CaseEvent, org: Org) -> bool:
    """Whether the author might do this at all, by the roles the author had then. Requests and bookings are facts."""
    if event.core.type in FACTS:
        return True
    person = _author(event, org)
    act = _TAKES[event.core.type]
    if event.core.type == AMENDED and event.data is not None and len(event.data["bases"]) > 1:
        act = Act.SETTLE  # it merges two live edits
    return person is not None and person.may(act)


def _author(event: CaseEvent, org: Org) -> Person | None:
    """By whose rights an event is judged: its author's, or those of the person its author stood in for."""
    user, deps = org.user_of(event.core.writer), event.core.deps
    if not instead_of(event):
        return org.person_at(user, deps)
    stand_in, data = org.stand_in_at(str((event.data or {}).get("stand_in")), deps), event.data or {}
    author = org.person_at(user, deps)
    holds = stand_in is not None and (stand_in.user, stand_in.by) == (data["for"], user)
    on = str(data.get("on"))
    if stand_in is None or not holds or not stand_in.first <= on <= stand_in.last:
        return None
    return org.person_at(stand_in.user, deps) if author is not None and author.may_stand_in else None


def instead_of(event: CaseEvent) -> str:
    """The person whom the author of a decision stood in for, as the event says; '' for the author alone."""
    named = (event.data or {}).get("for", "") if event.core.type in STOOD_IN_FOR else ""
    return named if isinstance(named, str) else "?"


def undone(events: Sequence[CaseEvent], org: Org) -> frozenset[str]:
    """Decisions that were taken back: denials and withdrawals when somebody else reopens, approvals when revoked."""
    by_id = {e.id: e for e in events}
    found = set()
    for event in events:
        for name in names(event.data or {}, "undoes") if event.core.type in _UNDOES else ():
            target = by_id.get(name)
            if target is None or target.core.type not in _UNDOES[event.core.type]:
                continue
            same = org.user_of(event.core.writer) in (org.user_of(target.core.writer), instead_of(target))
            if event.core.type == REVOKED or not same:
                found.add(name)
    return frozenset(found)


def why_inside(person: Person, view: CaseView, *technicians: str) -> str:
    """Why a person stands in a case and so never decides it; '' when they stand outside."""
    asked = view.request
    known = (view.assessment or {}).get("technician", "")
    if person.user in view.barred:
        return "logged or amended this request"
    if person.is_named(str(asked["requested_by"])) or person.is_named(str(asked["customer_email"])):
        return "is named as its requester"
    if any(person.is_named(str(name)) for name in (known, *technicians)):
        return "was the technician of the visit"
    return ""


def collect(view: CaseView, events: Sequence[CaseEvent], org: Org, taken_back: frozenset[str]) -> None:
    """Put into the case what people think of its live revision. `events` in the order of their ids."""
    apart = set(view.apart)
    shown = _assessments(events)
    may_lift = [e for e in events if e.core.type != RELEASED or _is_outside(view, e, org)]
    pauses.collect(view, may_lift, org)
    reminders.collect(view, events, org, taken_back)
    for event in events:
        data, who = event.data, org.user_of(event.core.writer)
        if data is None or event.id in taken_back:
            continue
        match event.core.type:
            case "finding.overridden" if data["rev"] == view.rev and _may_override(view, event, data, org):
                view.overridden.setdefault(data["code"], (_said_by(event, who), data["reason"]))
            case "decision.denied" if data["rev"] == view.rev and _may_deny(view, event, shown, org):
                view.denials.append(event.id)
                view.stopped_by.update({who, instead_of(event)} - {""})
            case "request.withdrawn":
                view.withdrawals.append(event.id)
                view.stopped_by.add(who)
            case "case.reopened":
                apart.update(names(data, "apart"))
            case "case.noted":
                view.notes.append((event.core.hlc, event.id, data))
            case _:
                pass
    view.apart = frozenset(apart)
    view.repeats = "" if view.repeats in apart else view.repeats
    view.notes.sort(key=lambda note: note[:2])
    if not view.open_findings():
        given = [(e, e.data) for e in events if e.core.type == APPROVED and e.data and e.id not in taken_back]
        view.approvals = _approvals(view, [(e, d) for e, d in given if _may_approve(view, e, d, shown, org)], org)


def _approvals(view: CaseView, given: Sequence[tuple[CaseEvent, dict[str, Any]]], org: Org) -> list[Approval]:
    """Every yes that counts; a person's later one takes the place of their earlier ones."""
    by = {e.id: org.user_of(e.core.writer) for e, _ in given}
    replaced = {old for e, data in given for old in names(data, "replaces") if by.get(old) == by[e.id]}
    return [_approval(view, e, data, org) for e, data in given if e.id not in replaced]


def _approval(view: CaseView, event: CaseEvent, data: dict[str, Any], org: Org) -> Approval:
    needs = int(data["needs"])
    if view.assessment is not None:
        needs = max(needs, people_needed(view.assessment, data["amount"], org, str(data.get("policy", ""))))
    user = org.user_of(event.core.writer)
    return Approval(
        event.id, user, data["amount"], data["note"], data["cells"], data["beyond"], needs, event.core.hlc,
        instead_of(event),
    )  # fmt: skip


def _said_by(event: CaseEvent, who: str) -> str:
    named = instead_of(event)
    return f"{who} for {named}" if named else who


def _assessments(events: Sequence[CaseEvent]) -> dict[str, dict[str, Any]]:
    """Every assessment that a decision may have been about."""
    found = {e.id: (e.data or {}).get("assessment") for e in events}
    return {name: assessment for name, assessment in found.items() if isinstance(assessment, dict)}


def _is_outside(view: CaseView, event: CaseEvent, org: Org, *technicians: str) -> bool:
    """Neither the author of an event nor the person its author stood in for stands in the case."""
    deps = event.core.deps
    both = (_author(event, org), org.person_at(org.user_of(event.core.writer), deps))
    return all(person is not None and not why_inside(person, view, *technicians) for person in both)


def _may_override(view: CaseView, event: CaseEvent, data: dict[str, Any], org: Org) -> bool:
    """Somebody who stands outside the case; a blocking finding takes a manager."""
    person = _author(event, org)
    findings = view.assessment["findings"] if view.assessment else []
    blocks = any(f[0] == data["code"] and f[1] == Severity.BLOCK for f in findings)
    allowed = person is not None and (not blocks or may_decide_at(person.roles, Level.MANAGER))
    return allowed and _is_outside(view, event, org)


def _may_deny(view: CaseView, event: CaseEvent, shown: dict[str, dict[str, Any]], org: Org) -> bool:
    """Somebody who stands outside the case, at or above the level of the assessment that was denied."""
    person = _author(event, org)
    level = shown.get(str((event.data or {}).get("basis", "")), {}).get("decide_level", Level.LEAD)
    level = reminders.level_at(view, event.core.hlc, level)
    return person is not None and may_decide_at(person.roles, level) and _is_outside(view, event, org)


def _may_approve(
    view: CaseView, event: CaseEvent, data: dict[str, Any], shown: dict[str, dict[str, Any]], org: Org
) -> bool:
    """The live revision, somebody outside the case at or above the level of the amount, in knowledge of every pause.

    Another amount than what was shown as payable has a reason.
    """
    person, found, amount = _author(event, org), view.assessment, data["amount"]
    if person is None or data["rev"] != view.rev or found is None or amount <= 0:
        return False
    if not _is_outside(view, event, org, data["technician"]):
        return False
    if amount != shown.get(str(data.get("basis", "")), found)["payable"] and not data["note"].strip():
        return False
    decide_level = reminders.level_at(view, event.core.hlc, found["decide_level"])
    level = Level.MANAGER if amount > found["eligible"] else decide_level
    return may_decide_at(person.roles, level) and pauses.stands(view, event.id, names(data, "ended"))
