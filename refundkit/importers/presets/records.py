"""Billing and payment exports as rows of the records: what is certain is taken, the rest is named with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from refundkit.importers.presets.catalog import Met
from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.invoices import invoice_rows
from refundkit.importers.presets.layout import Document, columns_of, documents
from refundkit.importers.presets.orders import ServiceOrders
from refundkit.importers.presets.parties import Parties
from refundkit.importers.presets.preset import Block, Customers, Invoices, Orders, Payments, Refunds, Value
from refundkit.importers.tabular.plan import Proof, opened_as, prove, proven, quoted, shown, unit_of
from refundkit.importers.tabular.rows import Sheet
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.money import plain, to_minor
from refundkit.model.records import RowError

_AMOUNTS = (
    "amount", "total", "tax", "net", "unit_price", "discount", "line_tax", "quantity", "percent", "onsite_minutes",
)  # fmt: skip
_DATES = ("issued_on", "paid_on", "refunded_on", "opened_at", "completed_at", "scheduled_at", "cancelled_at")
_TOGETHER = "nothing of the money in this row is loaded: what came in would count without what went back"
_KIND = {Customers: "customers", Orders: "service_orders", Invoices: "invoices", Payments: "payments"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the shop's records, its cells in the order of the native columns. `line`: where it stands."""

    kind: str
    line: int
    cells: list[str]
    words: str


@dataclass(frozen=True, slots=True)
class Bad:
    """What should have been a row of a kind, and why it is none."""

    kind: str
    line: int
    column: str
    problem: str
    words: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that is nothing for the records, and why."""

    line: int
    why: str


Found = Row | Bad | Passed


@dataclass(frozen=True, slots=True)
class Known:
    """What the records say already. Each answers '' or None when it does not know.

    `customer`: the id of the one customer with this name and address, else with one of them. `invoice_of`: the invoice
    of a payment, by its id, its reference, or the invoice itself. `order`: the row of a service order.
    """

    customer: Callable[[str, str], str]
    invoice_of: Callable[[str], str]
    order: Callable[[str], Sequence[str] | None]


@dataclass(slots=True)
class _Pending:
    """A refund whose invoice is that of a payment, which may come later in the list."""

    row: Row
    payment: str
    heading: str


@dataclass(slots=True)
class _Made:
    found: list[Found | _Pending] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


def read_records(sheet: Sheet, met: Met, shop: TableShop, known: Known) -> Iterator[Found]:
    """Everything the list holds for the records, in its order, then refunds whose payment had to be found first."""
    records = _Records(sheet, met, shop, known)
    for note in records.notes():
        shop.choices.say(note)
    waiting: list[_Pending] = []
    for found in documents(sheet, met, records.cells):
        if isinstance(found, Document):
            for item in records.read(found):
                if isinstance(item, _Pending):
                    waiting.append(item)
                else:
                    yield item
        elif found.broken:
            yield Bad(records.first_kind, found.line, "", found.why, found.words)
        else:
            yield Passed(found.line, found.why)
    yield from map(records.resolved, waiting)
    for note in records.cells.assumed:
        shop.choices.say(note)


def proof_of(sheet: Sheet, met: Met, shop: TableShop) -> Proof:
    """What the cells of the list prove of its amounts and dates."""
    layout = met.preset.layout
    hint = Proof(layout.decimal, layout.dates)
    return prove(sheet, columns_of(met, _AMOUNTS), columns_of(met, _DATES), shop.choices, hint)


def mapped(met: Met, columns: Mapping[str, str]) -> Met:
    """The preset with columns a person named (native column -> heading) in every block that has such a column."""
    changed: dict[str, Any] = {}
    for name in ("customers", "service_orders", "invoices", "payments", "refunds"):
        blocks = getattr(met.preset, name)
        values = {field: Value(heading=(heading,)) for field, heading in columns.items()}
        changed[name] = tuple(
            block.model_copy(update={f: v for f, v in values.items() if f in type(block).model_fields})
            for block in blocks
        )
    return Met(met.preset.model_copy(update=changed), met.places)


class _Records:
    """Reads the documents of one list by the blocks of its preset."""

    def __init__(self, sheet: Sheet, met: Met, shop: TableShop, known: Known) -> None:
        self.sheet, self.met, self.shop, self.known = sheet, met, shop, known
        self.proof = proof_of(sheet, met, shop)
        self.cells = Cells(met, sheet.headings, self.proof, shop, unit_of(sheet))
        self.parties = Parties(self.cells, known.customer)
        self.orders = ServiceOrders(self.cells, self.parties, known.order)
        self.blocks = [b for b in met.preset.blocks if all(v is None or self.cells.there(v) for v in _needed(b))]
        self.first_kind = _kind(met.preset.blocks[0])
        self.paid: dict[str, str] = {}
        self.made: Counter[str] = Counter()

    def notes(self) -> list[str]:
        """What the list was taken for, and what was taken from which column, one sentence each."""
        preset = self.met.preset
        took: dict[int, list[str]] = {}
        for block in preset.blocks:
            for name, value in _values(block):
                for heading in value.heading:
                    for place in self.met.all(heading):
                        took.setdefault(place, [])
                        if (called := f"{_kind(block)} {name}") not in took[place]:
                            took[place].append(called)
        said = [f"read as {preset.title} (preset {preset.name})", *opened_as(self.sheet)]
        said += [f'took "{shown(self.sheet.headings[p])}" for {", ".join(took[p])}' for p in sorted(took)]
        for block in preset.blocks:
            if block not in self.blocks:
                missing = [h for v in _needed(block) if v and not self.cells.there(v) for h in v.heading[:1]]
                said.append(f"takes no {_kind(block)} from it: there is no column {quoted(missing)}")
        return [*said, *proven(self.proof), *([preset.note] if preset.note else [])]

    def read(self, found: Document) -> list[Found | _Pending]:
        """What one document gives. Money that came in and went back is taken together or not at all."""
        money, rest = _Made(), _Made()
        fitting = [block for block in self.blocks if self.cells.fits(found.cells, block.when)]
        for block in fitting:
            made = money if isinstance(block, Payments | Refunds) else rest
            try:
                made.found += self._rows(block, found)
            except RowError as err:
                made.bad.append(Bad(_kind(block), found.line, err.column, err.problem, found.words))
        if not fitting:
            return [Passed(found.line, self.met.preset.layout.rest)]
        if not money.bad:
            self._remember(money.found)
        elif money.found:
            money.bad = [replace(bad, problem=f"{bad.problem}; so {_TOGETHER}") for bad in money.bad]
        return [*rest.found, *rest.bad, *(money.bad or money.found)]

    def _rows(self, block: Block, found: Document) -> list[Found | _Pending]:
        match block:
            case Customers():
                row = self.parties.new_customer(block, found.cells)
                return [self._row(block, found, row)] if row else []
            case Orders():
                return [self._row(block, found, self.orders.row(block, found))]
            case Invoices():
                rows = invoice_rows(block, found, self.cells, self.parties)
                self.cells.assumed[
                    "the kind of each invoice line is told by its words, and a fee where none tells it"
                ] = None
                return [Row("invoices", line, cells, found.words) for line, cells in rows]
            case Payments():
                return [self._row(block, found, self._payment(block, found.cells))]
            case Refunds():
                return [self._refund(block, found)]

    def _row(self, block: Block, found: Document, cells: list[str]) -> Row:
        return Row(_kind(block), found.line, cells, found.words)

    def _payment(self, block: Payments, cells: Sequence[str]) -> list[str]:
        amount, code = self.cells.money(cells, block.amount, block.currency)
        said = {
            "invoice": self._invoice(block.invoice, cells), "paid_on": self.cells.day(cells, block.paid_on),
            "amount": plain(to_minor(amount, code), code), "currency": code,
            "method": self.cells.text(cells, block.method), "reference": self.cells.text(cells, block.reference),
        }  # fmt: skip
        return [self._id(block.payment_id, cells, said, "payment"), *said.values()]

    def _refund(self, block: Refunds, found: Document) -> Row | _Pending:
        cells = found.cells
        amount, code = self.cells.money(cells, block.amount, block.currency)
        invoice = self.cells.text(cells, block.invoice)
        said = {
            "invoice": self._invoice(block.invoice, cells) if invoice and block.invoice else "",
            "refunded_on": self.cells.day(cells, block.refunded_on), "amount": plain(to_minor(amount, code), code),
            "currency": code, "reference": self.cells.text(cells, block.reference),
        }  # fmt: skip
        row = self._row(block, found, [self._id(block.refund_id, cells, said, "refund"), *said.values()])
        if invoice:
            return row
        payment = self.cells.text(cells, block.payment)
        heading = self.cells.called(block.payment or block.invoice)
        if not payment:
            raise RowError(heading, "the row names neither the invoice nor the payment that was refunded")
        return _Pending(row, payment, heading)

    def _invoice(self, value: Value, cells: Sequence[str]) -> str:
        """The one invoice a payment is for."""
        said = self.cells.text(cells, value)
        if not said:
            raise RowError(self.cells.called(value), "the row names no invoice, so nobody knows what was paid")
        if len(several := [part for part in said.split(",") if part.strip()]) > 1:
            what = f"'{said[:60]}' are {len(several)} invoices, and nothing says how much is of which"
            raise RowError(self.cells.called(value), what)
        return said

    def _id(self, value: Value, cells: Sequence[str], said: dict[str, str], kind: str) -> str:
        """The row's own id, or one made of its other fields; the second row that is equal in them ends in '/2'."""
        if not value.made_of:
            found = self.cells.text(cells, value)
            if not found:
                raise RowError(self.cells.called(value), f"the {kind} has no id, so it could be loaded twice")
            return found
        made = "/".join(said[name] for name in value.made_of) + value.behind
        self.made[f"{kind} {made}"] += 1
        again = self.made[f"{kind} {made}"]
        note = f"{kind}s are named after their {', '.join(value.made_of)}: the list has no id of them"
        self.cells.assumed[note] = None
        return made if again == 1 else f"{made}/{again}"

    def _remember(self, found: Sequence[Found | _Pending]) -> None:
        for item in found:
            if isinstance(item, Row) and item.kind == "payments":
                for name in (item.cells[0], item.cells[6], item.cells[1]):
                    self.paid.setdefault(name, item.cells[1])

    def resolved(self, waiting: _Pending) -> Found:
        """A refund with the invoice of its payment, when the payment is in the list or in the records."""
        row = waiting.row
        invoice = self.paid.get(waiting.payment) or self.known.invoice_of(waiting.payment)
        if not invoice:
            what = f"the payment '{waiting.payment[:40]}' that was refunded is neither in the list nor in the records"
            return Bad(row.kind, row.line, waiting.heading, what, row.words)
        return Row(row.kind, row.line, [row.cells[0], invoice, *row.cells[2:]], row.words)


def _kind(block: Block) -> str:
    return _KIND.get(type(block), "refunds")


def _values(block: Any) -> list[tuple[str, Value]]:
    return [(name, value) for name in type(block).model_fields if isinstance(value := getattr(block, name), Value)]


def _needed(block: Block) -> list[Value | None]:
    """What must have a column, or nothing of this kind can be taken."""
    match block:
        case Payments():
            return [block.paid_on, block.amount]
        case Refunds():
            return [block.amount]
        case Invoices():
            return [block.invoice, block.issued_on]
        case Orders():
            return [block.service_order]
        case Customers():
            return [block.name]
