"""Whose events count: the rights their authors had when they wrote, and who never decides a case of their own.

The commands refuse all this before anything is written. It is judged here once more, because an event may come from
another machine, or from a program that was altered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from refundkit.model.case import (
    AMENDED,
    APPROVED,
    ASSESSED,
    DENIED,
    LINE,
    LOGGED,
    NOTED,
    OVERRIDDEN,
    REOPENED,
    REVOKED,
    WITHDRAWN,
    Approval,
    CaseEvent,
    CaseView,
)
from refundkit.model.org import Org
from refundkit.model.people import Act, Person, may_decide_at
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
}


def had_the_right(event: CaseEvent, org: Org) -> bool:
    """Whether the author might do this at all, by the roles the author had then. Requests and bookings are facts."""
    if event.core.type in (LOGGED, LINE):
        return True
    person = _author(event, org)
    return person is not None and person.may(_TAKES[event.core.type])


def _author(event: CaseEvent, org: Org) -> Person | None:
    return org.person_at(org.user_of(event.core.writer), event.core.deps)


def collect(view: CaseView, events: Sequence[CaseEvent], org: Org, undone: frozenset[str]) -> None:
    """Put into the case what people think of its live revision. `events` in the order of their ids."""
    apart = set(view.apart)
    for event in events:
        data = event.data
        if data is None or event.id in undone:
            continue
        match event.core.type:
            case "finding.overridden" if data["rev"] == view.rev and _may_override(view, event, data, org):
                view.overridden.setdefault(data["code"], (org.user_of(event.core.writer), data["reason"]))
            case "decision.denied" if data["rev"] == view.rev:
                view.denials.append(event.id)
            case "request.withdrawn":
                view.withdrawals.append(event.id)
            case "case.reopened":
                apart.update(data["apart"])
            case "case.noted":
                view.notes.append((event.core.hlc, event.id, data))
            case _:
                pass
    view.apart = frozenset(apart)
    view.repeats = "" if view.repeats in apart else view.repeats
    view.notes.sort(key=lambda note: note[:2])
    if not view.open_findings():
        view.approvals = [
            _approval(view, e, e.data, org)
            for e in events
            if e.core.type == APPROVED and e.data and e.id not in undone and _may_approve(view, e, e.data, org)
        ]


def _approval(view: CaseView, event: CaseEvent, data: dict[str, Any], org: Org) -> Approval:
    needs = 2 if view.assessment and view.assessment["dual"] else int(data["needs"])
    user = org.user_of(event.core.writer)
    return Approval(event.id, user, data["amount"], data["note"], data["cells"], data["beyond"], needs)


def _may_override(view: CaseView, event: CaseEvent, data: dict[str, Any], org: Org) -> bool:
    """A blocking finding takes a manager."""
    person = _author(event, org)
    findings = view.assessment["findings"] if view.assessment else []
    blocks = any(f[0] == data["code"] and f[1] == Severity.BLOCK for f in findings)
    return person is not None and (not blocks or may_decide_at(person.roles, Level.MANAGER))


def _may_approve(view: CaseView, event: CaseEvent, data: dict[str, Any], org: Org) -> bool:
    """The live revision, somebody who stands outside the case, at or above the level that the amount takes."""
    person = _author(event, org)
    if person is None or data["rev"] != view.rev or view.assessment is None or person.user in view.barred:
        return False
    asked = view.request
    technician = view.assessment.get("technician", "")
    outside = (asked["requested_by"], asked["customer_email"], data["technician"], technician)
    if data["amount"] <= 0 or any(person.is_named(str(name)) for name in outside):
        return False
    level = Level.MANAGER if data["amount"] > view.assessment["eligible"] else view.assessment["decide_level"]
    return may_decide_at(person.roles, level)
