"""What a part that came back moves in the books: its cost, off the cost of goods, into stock or to scrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from refundkit.model.booking import COST_OF_GOODS, INVENTORY, Booking, Document, Entry
from refundkit.model.case import Stocked
from refundkit.model.stock import STOCK_SLOT

_CORRECTED: Final = "stock-corrected/"


@dataclass(frozen=True, slots=True)
class StockDue:
    """A booking that a returned part has earned and that is not made yet. `on`: the day of what happened."""

    slot: str
    document: Document
    stocked: Stocked
    on: date

    @property
    def number(self) -> str:
        """RS-1-000001 for the part itself, RX-... when it is corrected."""
        if self.document == Document.STOCK_CORRECTED:
            return "RX" + self.stocked.number[2:]
        return self.stocked.number


def due(stock: Sequence[Stocked], booked: dict[str, dict[str, Any]]) -> list[StockDue]:
    """The bookings that are not made: first what takes back a figure that was corrected, then the one that counts."""
    counting = next((s for s in stock if s.counts), None)
    found = []
    for one in stock:
        own, undone = STOCK_SLOT + one.number, _CORRECTED + one.number
        if not one.counts and own in booked and undone not in booked:
            day = max(one.on, counting.on) if counting else one.on
            found.append(StockDue(undone, Document.STOCK_CORRECTED, one, date.fromisoformat(day)))
    if counting and counting.cost and STOCK_SLOT + counting.number not in booked:
        on = date.fromisoformat(counting.on)
        found.append(StockDue(STOCK_SLOT + counting.number, Document.STOCK_RETURNED, counting, on))
    return found


def slots(stock: Sequence[Stocked]) -> list[str]:
    """The slots of everything that can be booked of returned parts, in the order of their numbers."""
    return [start + one.number for one in stock for start in (STOCK_SLOT, _CORRECTED)]


def stock_moved(memo: Booking, what: StockDue, on: date) -> Booking:
    """The booking: the cost leaves the cost of goods; a correction turns that round. In the books' currency."""
    one = what.stocked
    amount = one.cost if what.document == Document.STOCK_RETURNED else -one.cost
    text = "Part back in stock" if one.goal == INVENTORY else "Part to scrap"
    undone = "" if what.document == Document.STOCK_RETURNED else ", corrected"
    entries = (
        Entry(one.goal, amount, text + undone, original=amount),
        Entry(COST_OF_GOODS, -amount, f"Cost of the part{undone}", original=-amount),
    )
    return replace(
        memo, memo=what.number, posted_on=on, currency=memo.base, amount=one.cost, entries=entries, rate_text="",
        rate="", document=what.document, settles=memo.memo, method="", reference="",
    )  # fmt: skip
