"""Parts that came back with a refund: into stock or to scrap, once a case; a correction takes the place of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from refundkit.model import anomalies
from refundkit.model.booking import INVENTORY, SCRAP
from refundkit.model.case import STOCKED, CaseEvent, CaseView, Stocked
from refundkit.model.days import is_day
from refundkit.model.pauses import names
from refundkit.model.words import Reason

GOALS: Final = (INVENTORY, SCRAP)
"""Where a part goes, as the account of the books is called."""
STOCK_SLOT: Final = "stock-returned/"
"""How the slots of such bookings begin; the document's number follows."""


def collect(view: CaseView, events: Sequence[CaseEvent]) -> None:
    """Put into a case what came back. `events` in the order of their ids.

    Of several that nobody corrected, the one that the books have counts, else the first by its id; a person is told.
    """
    said = [e for e in events if e.core.type == STOCKED and e.data and _is_whole(e.data)]
    if not said or not brings_back(view):
        return
    replaced = frozenset(name for e in said for name in names(e.data or {}, "replaces"))
    live = [e for e in said if e.id not in replaced]
    chosen = min(live, key=lambda e: (f"{STOCK_SLOT}{(e.data or {})['number']}" not in view.booked, e.id))
    for event in said:
        data = event.data or {}
        view.stock.append(
            Stocked(event.id, data["number"], data["cost"], data["goal"], data["on"], event.id == chosen.id)
        )
    view.stock.sort(key=lambda s: (s.number, s.event))
    if len(live) > 1:
        anomalies.note(view, "stocked-twice", live)


def brings_back(view: CaseView) -> bool:
    """Whether a part can have come back: the refund gives back a part, or its reason is another than those we know."""
    cells = view.line["cells"] if view.line is not None else view.approved.cells if view.approved else []
    return view.request.get("reason") == Reason.OTHER or any(c[1] == "part" and c[2] + c[4] > 0 for c in cells)


def _is_whole(data: dict[str, Any]) -> bool:
    corrects = bool(names(data, "replaces"))
    return data["cost"] >= (0 if corrects else 1) and data["goal"] in GOALS and is_day(data["on"])
