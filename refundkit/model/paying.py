"""Payments as a case's events add up to: one that went out is a fact, and only evidence says how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from refundkit.model import anomalies, kept
from refundkit.model.case import (
    CHARGED,
    CONFIRMED,
    ISSUED,
    REFUSED,
    REMITTED,
    RETURNED,
    UNCERTAIN,
    UNCLAIMED,
    CaseEvent,
    CaseView,
)
from refundkit.model.days import is_day
from refundkit.model.money import DIGITS
from refundkit.model.org import Org
from refundkit.model.paid import Fee, Paid, PaymentState
from refundkit.model.pauses import names
from refundkit.model.payments import Method
from refundkit.model.words import State

ENDS: Final[dict[str, frozenset[PaymentState]]] = {
    CONFIRMED: frozenset({PaymentState.ISSUED, PaymentState.UNCERTAIN, PaymentState.UNCLAIMED}),
    REFUSED: frozenset({PaymentState.ISSUED, PaymentState.UNCERTAIN}),
    RETURNED: frozenset({PaymentState.ISSUED, PaymentState.UNCERTAIN, PaymentState.CONFIRMED, PaymentState.UNCLAIMED}),
    UNCERTAIN: frozenset({PaymentState.ISSUED}),
    UNCLAIMED: frozenset({PaymentState.ISSUED, PaymentState.UNCERTAIN}),
    REMITTED: frozenset({PaymentState.UNCLAIMED}),
}
"""Domain page, section 7: what may be said of a payment that stands there. Anything else is refused.

A customer who comes late to an unclaimed cheque may still cash it (confirmed), or have it made void (returned) and be
paid anew. Once the state has the money, the state pays: nothing more is said of the payment.
"""

FEES: Final = frozenset({PaymentState.REFUSED, PaymentState.RETURNED})
"""Where a payment stands when a fee may be said of it: one for each payment."""
WITHOUT_FEES: Final = frozenset({Method.CASH, Method.ACCOUNT})
"""Methods with nobody between the shop and the customer who could take one."""

_OF_CHEQUES: Final = (UNCLAIMED, REMITTED)
"""What only a cheque can become."""
_LAST: Final = (
    (RETURNED, PaymentState.RETURNED), (CONFIRMED, PaymentState.CONFIRMED), (REFUSED, PaymentState.REFUSED),
    (REMITTED, PaymentState.REMITTED), (UNCLAIMED, PaymentState.UNCLAIMED), (UNCERTAIN, PaymentState.UNCERTAIN),
)  # fmt: skip
"""Of several things that were said, the first of these is where the payment stands."""

_ISSUED: Final = (
    "key", "slot", "number", "method", "amount", "currency", "on", "batch", "settles", "original", "payment_id",
    "cheque",
)  # fmt: skip


def ways(payment: Paid) -> list[str]:
    """What may be said of a payment now: the types of events."""
    kinds = [kind for kind, states in ENDS.items() if payment.state in states]
    return [kind for kind in kinds if kind not in _OF_CHEQUES or payment.method == Method.CHEQUE]


def collect(view: CaseView, events: Sequence[CaseEvent], org: Org) -> None:
    """Put the payments of a case into it and say where it stands by them. `events` in the order of their ids."""
    issued = [e for e in events if e.core.type == ISSUED and e.data is not None]
    if not issued:
        return
    for event in issued:
        view.payments.append(_paid(event, event.data or {}, events, org))
    view.payments.sort(key=lambda p: (p.hlc, p.event))
    kept.collect(view, events)
    _anomalies(view, issued, events)
    if view.line is None or view.state == State.CONFLICT:
        return
    live = [p for p in view.payments if p.counts]
    if any(p.is_under_way for p in live):
        view.state = State.PAYING
    elif sum(p.amount for p in live) >= view.line["amount"]:
        view.state = State.PAID


def _paid(event: CaseEvent, data: dict[str, Any], events: Sequence[CaseEvent], org: Org) -> Paid:
    said = {kind: _about(event.id, events, kind) for kind in ENDS}
    if data["method"] != Method.CHEQUE:
        said |= {kind: [] for kind in _OF_CHEQUES}
    state = _state(said)
    ended = said[RETURNED] or said[REFUSED]
    given_up = said[REMITTED] or said[UNCLAIMED]
    last = (ended[0].data or {}) if ended else {}
    issued = {name: data[name] for name in _ISSUED}
    return Paid(
        event=event.id, hlc=event.core.hlc, who=org.user_of(event.core.writer), state=state,
        confirmed_on=_day(said[CONFIRMED]), ended_on=_day(ended or said[CONFIRMED] or given_up),
        remitted=min((e.id for e in said[REMITTED]), default=""), code=last.get("code", ""),
        unclaimed_on=_day([*said[UNCLAIMED], *said[REMITTED]]), remitted_on=_day(said[REMITTED]),
        why=last.get("why", "") or _why(said[UNCERTAIN]), fee=next(iter(_fees(event, data, events)), None), **issued,
    )  # fmt: skip


def _state(said: dict[str, list[CaseEvent]]) -> PaymentState:
    """Where a payment stands by what was said of it. Where that is a contradiction, the money may be gone."""
    if _contradicted(said):
        return PaymentState.UNCERTAIN
    for kind, state in _LAST:
        if said[kind]:
            return state
    return PaymentState.ISSUED


def _contradicted(said: dict[str, list[CaseEvent]]) -> bool:
    """Refused and confirmed; or the state has the money, and somebody else too. Cashed and then sent back is none."""
    if said[REMITTED]:
        return bool(said[CONFIRMED] or said[REFUSED] or said[RETURNED])
    return bool(said[CONFIRMED] and said[REFUSED] and not said[RETURNED])


def _fees(event: CaseEvent, data: dict[str, Any], events: Sequence[CaseEvent]) -> list[Fee]:
    """Every fee that was said of a payment and can be one. The first by its id counts, whatever order they came in."""
    if data["method"] in WITHOUT_FEES:
        return []
    said = [(e.id, e.data or {}) for e in _about(event.id, events, CHARGED)]
    return [
        Fee(name, d["amount"], d["currency"], d["on"])
        for name, d in said
        if d["amount"] > 0 and d["currency"] in DIGITS and is_day(d["on"])
    ]


def _about(payment: str, events: Sequence[CaseEvent], kind: str) -> list[CaseEvent]:
    field = "about" if kind in (UNCERTAIN, CHARGED) else "ends"
    return [e for e in events if e.core.type == kind and e.data is not None and payment in names(e.data, field)]


def _day(events: Sequence[CaseEvent]) -> str:
    days = [str((e.data or {})["on"]) for e in events]
    return min((d for d in days if is_day(d)), default="")


def _why(events: Sequence[CaseEvent]) -> str:
    return str((events[0].data or {})["why"]) if events else ""


def _anomalies(view: CaseView, issued: list[CaseEvent], events: Sequence[CaseEvent]) -> None:
    """What was paid and should not have been: facts for a manager to settle, never undone."""
    live = {p.event for p in view.payments if p.counts}
    if view.line is None:
        anomalies.note(view, "paid-unbooked", issued)
        return
    keys = [p.key for p in view.payments]
    if len(set(keys)) != len(keys):
        anomalies.note(view, "paid-twice", issued)
    elif sum(p.amount for p in view.payments if p.counts) > view.line["amount"] or view.on_receivable:
        anomalies.note(view, "paid-too-much", [e for e in issued if e.id in live])
    out = live | {name for p in view.payments for name in p.went_out[1:]}
    crossed = {p.event for p in view.holds if not out.issubset(p.after)}
    if live and crossed:
        anomalies.note(view, "paid-while-held", [*issued, *(e for e in events if e.id in crossed)])
    both = [p.event for p in view.payments if _about(p.event, events, CONFIRMED) and _about(p.event, events, REFUSED)]
    if both:
        ends = [e for e in events if e.core.type in (CONFIRMED, REFUSED) and names(e.data or {}, "ends") & set(both)]
        anomalies.note(view, "confirmed-and-refused", ends)
    gone = {p.event for p in view.payments if p.remitted_on and p.state != PaymentState.REMITTED}
    if gone:
        others = (CONFIRMED, REFUSED, RETURNED, REMITTED)
        ends = [e for e in events if e.core.type in others and names(e.data or {}, "ends") & gone]
        anomalies.note(view, "remitted-and-not", ends)
    charged = [p for p in issued if len(_fees(p, p.data or {}, events)) > 1]
    if charged:
        said = {p.id for p in charged}
        about = [e for e in events if e.core.type == CHARGED and names(e.data or {}, "about") & said]
        anomalies.note(view, "charged-twice", about)
