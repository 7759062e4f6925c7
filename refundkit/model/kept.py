"""Credits that customers keep, and what was used of them: never more than there is, whatever came from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from refundkit.model import anomalies
from refundkit.model.case import CREDIT_USED, CaseEvent, CaseView
from refundkit.model.days import is_day
from refundkit.model.paid import Paid, PaymentState, Use
from refundkit.model.pauses import names
from refundkit.model.payments import Method

USE_SLOT: Final = "credit-used/"
"""How the slots of uses begin; the document's number follows."""


def collect(view: CaseView, events: Sequence[CaseEvent]) -> None:
    """Put what was used of each kept credit of a case into it. `events` in the order of their ids.

    What the books have counts first, then the others in the order of their ids, as far as the credit reaches. A credit
    of which something was used is not returned; one whose return is in the books is used no more.
    """
    taken: set[str] = set()
    twice: list[CaseEvent] = []
    returned: list[CaseEvent] = []
    for place, paid in enumerate(view.payments):
        said = [e for e in events if e.core.type == CREDIT_USED and e.data and paid.event in names(e.data, "about")]
        if not said:
            continue
        uses = _counted(view, paid, said, taken)
        used = any(use.counts for use in uses)
        contradicted = used and not paid.counts
        state = PaymentState.CONFIRMED if contradicted else paid.state
        view.payments[place] = replace(paid, uses=tuple(uses), state=state)
        returned += said if contradicted else []
        twice += said if not all(use.counts for use in uses) else []
    if returned:
        anomalies.note(view, "credit-used-and-returned", returned)
    if twice:
        anomalies.note(view, "credit-used-twice", twice)


def _counted(view: CaseView, paid: Paid, said: Sequence[CaseEvent], taken: set[str]) -> list[Use]:
    """The uses of one credit. `taken`: the numbers that were used in the case before."""
    left = paid.amount if paid.method == Method.ACCOUNT else 0
    returned = f"payment-returned/{paid.slot}" in view.booked
    found = []
    for event in sorted(said, key=lambda e: not _is_booked(view, e.data or {})):
        data = event.data or {}
        whole = data["amount"] > 0 and bool(data["invoice"]) and is_day(data["on"]) and data["number"] not in taken
        counts = whole and data["amount"] <= left and (_is_booked(view, data) or not returned)
        if counts:
            left -= data["amount"]
            taken.add(data["number"])
        found.append(Use(event.id, data["number"], data["invoice"], data["amount"], data["on"], counts))
    return sorted(found, key=lambda use: (use.number, use.event))


def _is_booked(view: CaseView, data: dict[str, Any]) -> bool:
    return f"{USE_SLOT}{data['number']}" in view.booked
