"""Which customer a row of an export is about: one of the records by address or name, else the name itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.preset import Customers, Invoices, Orders
from refundkit.model.records import RowError


class Parties:
    """Names customers. `known`: the id of the one customer of the records with (name, address), else ''."""

    def __init__(self, cells: Cells, known: Callable[[str, str], str]) -> None:
        self.cells, self.known = cells, known
        self.found: dict[tuple[str, str], str] = {}
        self.new: set[str] = set()

    def customer(self, block: Invoices | Orders, cells: Sequence[str]) -> str:
        """The customer's id; raise RowError when the row names none."""
        name, email = self.cells.text(cells, block.customer_name), self.cells.text(cells, block.customer_email)
        own = self.cells.text(cells, block.customer_id)
        found = self._known(name, email) or own or name or email
        if not found:
            raise RowError(self.cells.called(block.customer_name), "the row names no customer")
        return found

    def new_customer(self, block: Customers, cells: Sequence[str]) -> list[str]:
        """The row of a customer who is not in the records yet; empty when there is nobody new."""
        text = self.cells.text
        name, email = text(cells, block.name), text(cells, block.email)
        identity = text(cells, block.customer_id) or name or email
        if not identity or self._known(name, email) or identity in self.new:
            return []
        self.new.add(identity)
        self.cells.assumed["new customers are written with the tier standard: the list names none"] = None
        code = self.cells.currency(cells, block.currency) or self.cells.base()
        return [identity, name, email, text(cells, block.phone), "standard", code, ""]

    def _known(self, name: str, email: str) -> str:
        key = (name, email)
        if key not in self.found:
            self.found[key] = self.known(name, email) if name or email else ""
        return self.found[key]
