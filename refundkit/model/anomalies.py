"""What happened and should not have: found from the facts, kept for ever, and settled by a manager who says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from refundkit.model.case import AMENDED, DENIED, LINE, REOPENED, REVOKED, SETTLED, WITHDRAWN, CaseEvent, CaseView
from refundkit.model.org import Org
from refundkit.model.pauses import names
from refundkit.model.words import State

NEWER: Final = "needs-newer-version"
"""An event that this program cannot read: only a newer program settles it."""

MEMO_SLOTS: Final = "refund-"
"""How the slots of credit memos begin; a case's other bookings follow its payments."""

_OPINIONS: Final = frozenset({AMENDED, DENIED, WITHDRAWN, REOPENED, REVOKED})


def note(view: CaseView, code: str, events: Iterable[CaseEvent]) -> None:
    """Put an anomaly into the case, with the events it rests on."""
    view.anomalies.append(code)
    view.evidence[code] = sorted(e.id for e in events)


def after_booking(view: CaseView, events: Sequence[CaseEvent]) -> None:
    """A booking happened whatever is thought of it later; what disagrees with it is an anomaly for a person."""
    every = sorted((e for e in events if e.core.type == LINE and e.data), key=lambda e: e.id)
    lines = [e for e in every if (e.data or {})["slot"].startswith(MEMO_SLOTS)]
    if not lines:
        if every:
            note(view, "booked-without-a-memo", every)
        return
    for event in every:
        view.booked.setdefault((event.data or {})["slot"], event.data or {})
    opinion, approved = view.state, view.approved
    view.line, view.line_event = lines[0].data, lines[0].id
    thought = [*lines, *(e for e in events if e.core.type in _OPINIONS)]
    crossed = {p.event for p in view.holds if view.line_event not in p.after}
    if NEWER in view.anomalies:
        pass  # what this program cannot read may well agree with the booking
    elif crossed:
        note(view, "booked-while-held", [*lines, *(e for e in events if e.id in crossed)])
    elif opinion != State.APPROVED:
        note(view, f"booked-while-{opinion}", thought)
    elif approved is not None and any((e.data or {})["amount"] != approved.amount for e in lines):
        note(view, "amount-changed-after-booking", thought)
    if len(view.booked) != len(every):
        note(view, "booked-twice", every)
    view.state = State.BOOKED


def settle(view: CaseView, events: Sequence[CaseEvent], org: Org) -> None:
    """An anomaly is settled when somebody settled it in knowledge of everything it rests on. `events` by their ids."""
    for event in events:
        data = event.data
        if event.core.type != SETTLED or data is None or data["code"] == NEWER:
            continue
        rests_on = view.evidence.get(data["code"])
        if rests_on is not None and names(data, "evidence").issuperset(rests_on):
            view.settled.setdefault(data["code"], (org.user_of(event.core.writer), data["reason"]))
