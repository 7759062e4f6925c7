r"""What reminders add up to: each slot of each waiting counts once, and the third raises the level, once.

A waiting is named by the event that began it, so that every machine names it alike: the live revision, the hold or
question that ended, the approval that was taken back, the case that was reopened. A slot's key is

    SHA-256("refundkit/reminder/v1\0" || case || "\0" || waiting || "\0" || slot), 20 bytes of it in base32

so two machines that reminded apart wrote the same key. Which of two came first is told by the hybrid time: the clock
may remind and raise the level (domain page, section 5), and nothing else.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from refundkit.model.case import AMENDED, ASSESSED, LOGGED, REMINDED, REOPENED, REVOKED, CaseEvent, CaseView, Reminder
from refundkit.model.escalation import Terms, terms_of
from refundkit.model.events import hlc_milliseconds
from refundkit.model.org import Org
from refundkit.model.pauses import names
from refundkit.model.words import WAITING, Level

_REMINDER: Final = b"refundkit/reminder/v1\0"


def reminder_key(case: str, waiting: str, slot: int) -> str:
    """What names the reminder of a slot on every machine."""
    return b32encode(sha256(_REMINDER + f"{case}\0{waiting}\0{slot}".encode()).digest()[:20]).decode("ascii")


def collect(view: CaseView, events: Sequence[CaseEvent], org: Org, taken_back: frozenset[str]) -> None:
    """Put since when the case waits, and its reminders, into it. `events`: those whose authors had the right."""
    revisions, others = _begins(view, events, taken_back)
    if view.rev in revisions:
        begun = {view.rev: revisions[view.rev], **others}
        view.waiting = max(begun, key=lambda event: (begun[event], event))
        view.waiting_since_ms = hlc_milliseconds(begun[view.waiting])
    found: dict[str, Reminder] = {}
    for event in events:
        reminder = _reminder(view, event, org, {**revisions, **others}) if event.core.type == REMINDED else None
        if reminder is None:
            continue
        if reminder.raises and (not view.raised or reminder.hlc < view.raised):
            view.raised = reminder.hlc
        first = found.get(reminder.key)
        if first is None or (reminder.hlc, reminder.event) < (first.hlc, first.event):
            found[reminder.key] = reminder
    view.reminders = sorted(found.values(), key=lambda r: (r.hlc, r.event))


def _begins(
    view: CaseView, events: Sequence[CaseEvent], taken_back: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """When each revision was first assessed (or written), and when what ended began a new waiting: event -> time."""
    revisions = {e.id: e.core.hlc for e in events if e.core.type in (LOGGED, AMENDED)}
    assessed: dict[str, str] = {}
    others = {pause.event: pause.ends[0].hlc for pause in view.pauses if pause.ends}
    for event in events:
        data, hlc = event.data or {}, event.core.hlc
        if data.get("assessment") is not None:
            rev = data["rev"] if event.core.type == ASSESSED else event.id
            assessed[rev] = min(assessed.get(rev, hlc), hlc)
        reopened = event.core.type == REOPENED and (names(data, "undoes") & taken_back or names(data, "apart"))
        if reopened or event.core.type == REVOKED:
            others[event.id] = hlc
    return {name: assessed.get(name, hlc) for name, hlc in revisions.items()}, others


def _reminder(view: CaseView, event: CaseEvent, org: Org, begun: dict[str, str]) -> Reminder | None:
    """The reminder that an event is, when it says what is so; None for one that counts for nothing."""
    data = event.data
    if data is None:
        return None
    terms, waiting, slot = _terms(org, data["policy"]), data["waiting"], data["slot"]
    if terms is None or waiting not in begun or type(slot) is not int or slot < 1:
        return None
    due = hlc_milliseconds(begun[waiting]) + slot * terms.slot_ms  # business hours are never due before that
    if data["key"] != reminder_key(view.key, waiting, slot) or hlc_milliseconds(event.core.hlc) < due:
        return None
    if not _waited(view, event.core.hlc, waiting, begun):
        return None
    raises = data["raises"] == Level.MANAGER and slot >= terms.raise_after
    by = org.user_of(event.core.writer)
    return Reminder(event.id, data["key"], waiting, slot, event.core.hlc, by, tuple(sorted(names(data, "to"))), raises)


def _waited(view: CaseView, hlc: str, waiting: str, begun: dict[str, str]) -> bool:
    """Whether the case waited then, and that was its waiting: the author may not have heard of what ended it."""
    since = begun[waiting]
    if any(since < begin <= hlc for begin in begun.values()):
        return False
    return not any(
        pause.hlc < hlc and not (pause.ends and pause.ends[0].hlc <= hlc) and (not pause.overtaken or pause.hlc > since)
        for pause in view.pauses
    )


def _terms(org: Org, sha256_: str) -> Terms | None:
    found = org.adopted(sha256_)
    return terms_of(found[1].text) if found else None


def level_at(view: CaseView, hlc: str, level: str) -> str:
    """The level a decision of this time takes: that of the assessment, and a manager's once the case went up."""
    return str(Level.MANAGER) if view.raised and hlc > view.raised else level


def raise_level(view: CaseView) -> None:
    """Let a case that waits and went up be decided by a manager; in review too it says so now."""
    if view.raised and view.state in WAITING:
        view.level = view.decide_level = Level.MANAGER


def as_data(view: CaseView, slot: int, *, to: Sequence[str], due_ms: int, policy: str, raises: str) -> dict[str, Any]:
    """What the event of a reminder says."""
    return {
        "key": reminder_key(view.key, view.waiting, slot), "waiting": view.waiting, "slot": slot, "due_ms": due_ms,
        "to": sorted(to), "policy": policy, "raises": raises,
    }  # fmt: skip
