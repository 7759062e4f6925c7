"""Jobs of an export as service orders of the records, and times on site for orders that are in the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.layout import Document
from refundkit.importers.presets.parties import Parties
from refundkit.importers.presets.preset import Orders
from refundkit.model.records import RowError

_TIMES: Final = ("opened_at", "completed_at", "scheduled_at", "cancelled_at")
_MINUTES: Final = 8
"""The place of onsite_minutes among the native columns."""


class ServiceOrders:
    """Makes rows of service orders. `known`: the row that the records have of an order."""

    def __init__(self, cells: Cells, parties: Parties, known: Callable[[str], Sequence[str] | None]) -> None:
        self.cells, self.parties, self.known = cells, parties, known

    def row(self, block: Orders, found: Document) -> list[str]:
        """The native cells of a service order; raise RowError with the reason when there is none."""
        cells, text = found.cells, self.cells.text
        number = text(cells, block.service_order)
        if not number:
            raise RowError(self.cells.called(block.service_order), "the row names no service order")
        minutes = self._minutes(block, found)
        if block.update:
            return self._updated(block, number, minutes)
        priority = text(cells, block.priority)
        if not priority:
            self.cells.assumed["service orders are written with the priority standard: the list names none"] = None
        at = {name: self.cells.moment(cells, getattr(block, name)) for name in _TIMES}
        if any(text(cells, getattr(block, name)) and not time for name, time in at.items()):
            self.cells.assumed["of a day without an hour no time is kept"] = None
        return [
            number, self.parties.customer(block, cells), text(cells, block.service_code), text(cells, block.technician),
            text(cells, block.equipment), priority or "standard", text(cells, block.status), "", minutes,
            at["opened_at"], "", at["completed_at"], at["scheduled_at"], at["cancelled_at"], "",
        ]  # fmt: skip

    def _minutes(self, block: Orders, found: Document) -> str:
        value = block.onsite_minutes
        if value is None:
            return ""
        rows = [cells for _, cells in found.rows] if value.add else [found.cells]
        said = [self.cells.number(cells, value, "")[0] for cells in rows if self.cells.text(cells, value)]
        return format(sum(said, Decimal(0)), "f") if said else ""

    def _updated(self, block: Orders, number: str, minutes: str) -> list[str]:
        """The row of the records with the minutes filled in; other minutes there are not overwritten."""
        before = self.known(number)
        if before is None:
            what = f"'{number[:40]}' is no service order of the records: load those first"
            raise RowError(self.cells.called(block.service_order), what)
        there = before[_MINUTES]
        if there and minutes and Decimal(there) != Decimal(minutes):
            what = (
                f"the records say {there} minutes on site for '{number[:40]}', the list {minutes}: nothing is changed"
            )
            raise RowError(self.cells.called(block.onsite_minutes), what)
        return [*before[:_MINUTES], there or minutes, *before[_MINUTES + 1 :]]
