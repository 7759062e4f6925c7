"""The records a batch of requests needs, in a handful of queries: customers, orders, invoices with their money."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from refundkit.model.dossier import Asked, Customer, Invoice, InvoiceLine, Part, Rate, ServiceOrder
from refundkit.model.words import Reason

_ORDER: Final = (
    "service_order, customer_id, service_code, technician, equipment, priority, status, completion_pct,"
    " onsite_minutes, opened_at, responded_at, completed_at, scheduled_at, cancelled_at, cancelled_by"
)
_LINE: Final = (
    "invoice, service_order, customer_id, issued_on, currency, line, kind, sku, description, quantity, unit_price,"
    " tax_rate, net_minor, tax_minor"
)


class RecordBook:
    """What the records say of the batch gathered last. `customer` and `references` resolve as the domain page says."""

    def __init__(self, connection: Any, today: date) -> None:
        self._db, self._today = connection, today
        terms = connection.execute("SELECT tier, priority, response_minutes, resolution_minutes FROM rec_sla_terms")
        self.terms = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in terms}
        self._rates: dict[tuple[str, date], Rate | None] = {}
        self.gather([])

    def gather(self, asked: Sequence[Asked]) -> None:
        """Fetch what a batch needs; forget what was fetched before."""
        self.invoices: dict[str, Invoice] = {}
        self._of_order: dict[str, list[str]] = {}
        self._customers = self._read_customers(a.customer_id for a in asked)
        self._addresses = self._read_addresses(a.customer_email for a in asked if not a.customer_id)
        self._read_invoices({a.invoice for a in asked if a.invoice})
        orders = {a.service_order for a in asked if a.service_order}
        orders |= {i.service_order for i in self.invoices.values() if i.service_order}
        self._orders = self._read_orders(orders)
        self._read_invoices_of({a.service_order for a in asked if a.service_order and not a.invoice})
        self._parts = self._read_parts(orders)
        self._later = self._read_later(asked)
        self._read_money()

    @property
    def customer_ids(self) -> set[str]:
        """Every customer that this batch may turn out to be of."""
        return {*self._customers, *(c.customer_id for same in self._addresses.values() for c in same)}

    def customer(self, asked: Asked) -> tuple[Customer | None, int]:
        """The customer given, or the one with the sender's address; and how many have that address."""
        if asked.customer_id:
            return self._customers.get(asked.customer_id), 0
        same = self._addresses.get(asked.customer_email.casefold(), []) if asked.customer_email else []
        return (same[0] if len(same) == 1 else None), len(same)

    def references(self, asked: Asked) -> tuple[Invoice | None, ServiceOrder | None, int]:
        """Invoice, order, and how many invoices the order has (0 when an invoice is given)."""
        invoice = self.invoices.get(asked.invoice) if asked.invoice else None
        if asked.service_order:
            order = self._orders.get(asked.service_order)
        else:
            order = self._orders.get(invoice.service_order) if invoice else None
        of_order = 0
        if not asked.invoice and order is not None:
            numbers = self._of_order.get(order.service_order, [])
            of_order = len(numbers)
            invoice = self.invoices.get(numbers[0]) if of_order == 1 else None
        return invoice, order, of_order

    def parts(self, order: str) -> tuple[Part, ...]:
        """The parts of an order."""
        return self._parts.get(order, ())

    def later_orders(self, customer: Customer | None, order: ServiceOrder | None) -> tuple[ServiceOrder, ...]:
        """The customer's other orders for the same equipment (gathered for faulty work only)."""
        if customer is None or order is None or not order.equipment:
            return ()
        same = self._later.get((customer.customer_id, order.equipment), ())
        return tuple(o for o in same if o.service_order != order.service_order) if same else ()

    def rate(self, currency: str, day: date | None = None) -> Rate | None:
        """The last rate on or before a day (today, when none is given), whatever its age."""
        asked = (currency, day or self._today)
        if asked not in self._rates:
            self._rates[asked] = rate_on(self._db, *asked)
        return self._rates[asked]

    def before(self, invoice: Invoice, own: str, until: str) -> Invoice:
        """An invoice as the case `own` met it: without what itself and the cases that came in later took from it."""
        met = (invoice.invoice, own, until)
        others = "key IN (SELECT key FROM cases WHERE invoice = ? AND counts AND key <> ? AND arrived < ?)"
        amount = self._db.execute(f"SELECT coalesce(sum(payable_minor), 0) FROM cases WHERE {others}", met)
        lines = tuple(replace(line, net_taken=0, tax_taken=0) for line in invoice.lines)
        seen = replace(invoice, lines=lines, refunded_here=int(amount.fetchone()[0]))
        for line_no, net, tax in self._db.execute(
            f"SELECT line_no, sum(net_minor), sum(tax_minor) FROM case_cell WHERE {others} GROUP BY 1", met
        ):
            seen.take(line_no, net, tax)
        return seen

    def _within(self, sql: str, values: Iterable[Any]) -> Any:
        """Run a query whose one parameter is a list."""
        return self._db.execute(sql, (json.dumps(sorted(values), ensure_ascii=False),))

    def _read_customers(self, ids: Iterable[str]) -> dict[str, Customer]:
        rows = self._within(
            "SELECT customer_id, name, email, tier, currency, locale FROM rec_customers"
            " WHERE customer_id IN (SELECT value FROM json_each(?))",
            {i for i in ids if i},
        )
        return {row[0]: Customer(*row) for row in rows}

    def _read_addresses(self, addresses: Iterable[str]) -> dict[str, list[Customer]]:
        found: dict[str, list[Customer]] = {}
        for row in self._within(
            "SELECT email_key, customer_id, name, email, tier, currency, locale FROM rec_customers"
            " WHERE email_key IN (SELECT value FROM json_each(?)) ORDER BY customer_id",
            {a.casefold() for a in addresses if a},
        ):
            found.setdefault(row[0], []).append(Customer(*row[1:]))
        return found

    def _read_orders(self, numbers: set[str]) -> dict[str, ServiceOrder]:
        rows = self._within(
            f"SELECT {_ORDER} FROM rec_service_orders WHERE service_order IN (SELECT value FROM json_each(?))", numbers
        )
        return {row[0]: _order(row) for row in rows}

    def _read_invoices_of(self, orders: set[str]) -> None:
        """The invoices of orders that were named without one."""
        for order, number in self._within(
            "SELECT DISTINCT service_order, invoice FROM rec_invoices"
            " WHERE service_order IN (SELECT value FROM json_each(?))",
            orders,
        ):
            self._of_order.setdefault(order, []).append(number)
        self._read_invoices({n for numbers in self._of_order.values() for n in numbers} - self.invoices.keys())

    def _read_invoices(self, numbers: set[str]) -> None:
        head: Sequence[Any] = ("",)
        lines: list[InvoiceLine] = []
        number = ""
        for row in self._within(
            f"SELECT {_LINE} FROM rec_invoices WHERE invoice IN (SELECT value FROM json_each(?))"
            " ORDER BY invoice, line",
            numbers,
        ):
            if row[0] != number:
                self._keep_invoice(head, lines)
                number, head, lines = row[0], row, []
            lines.append(
                InvoiceLine(
                    row[5],
                    row[6],
                    row[7],
                    row[8],
                    Decimal(row[9]),
                    Decimal(row[10]),
                    Decimal(row[11]),
                    row[12],
                    row[13],
                )
            )
        self._keep_invoice(head, lines)

    def _keep_invoice(self, head: Sequence[Any], lines: list[InvoiceLine]) -> None:
        if lines:
            issued = date.fromisoformat(head[3])
            self.invoices[head[0]] = Invoice(head[0], head[1], head[2], issued, head[4], tuple(lines), 0, 0, 0)

    def _read_money(self) -> None:
        """Payments, refunds from outside, and what this store's cases took, for the invoices gathered."""
        numbers, invoices = self.invoices.keys(), self.invoices
        inside = "invoice IN (SELECT value FROM json_each(?))"
        for number, name, currency, amount in self._within(
            f"SELECT invoice, payment_id, currency, amount_minor FROM rec_payments WHERE {inside} ORDER BY 2", numbers
        ):
            invoice = invoices[number]
            if currency == invoice.currency:
                invoice.paid += amount
                invoice.payment_ids += (name,)
        for number, name, currency, amount in self._within(
            f"SELECT invoice, refund_id, currency, amount_minor FROM rec_refunds WHERE {inside} ORDER BY 2", numbers
        ):
            invoice = invoices[number]
            if currency == invoice.currency:
                invoice.refunded_before += amount
                invoice.refund_ids += (name,)
        for number, line_no, net, tax in self._within(
            f"SELECT invoice, line_no, sum(net_minor), sum(tax_minor) FROM case_cell WHERE {inside} GROUP BY 1, 2",
            numbers,
        ):
            invoices[number].take(line_no, net, tax)
        for number, amount in self._within(
            f"SELECT invoice, coalesce(sum(payable_minor), 0) FROM cases WHERE {inside} AND counts GROUP BY 1", numbers
        ):
            invoices[number].refunded_here = amount
        self._held = {
            key: (number, amount)
            for key, number, amount in self._within(
                f"SELECT key, invoice, payable_minor FROM cases WHERE {inside} AND counts AND held <> '[]'", numbers
            )
        }

    def give_back(self, key: str) -> None:
        """Put back what a case took that counts although it is still to be assessed (only one on hold does)."""
        number, amount = self._held.pop(key, ("", 0))
        if number:
            invoice = self.invoices[number]
            invoice.refunded_here -= amount
            for line_no, net, tax in self._db.execute(
                "SELECT line_no, net_minor, tax_minor FROM case_cell WHERE key = ?", (key,)
            ):
                invoice.take(line_no, -net, -tax)

    def _read_parts(self, orders: set[str]) -> dict[str, tuple[Part, ...]]:
        found: dict[str, list[Part]] = {}
        for row in self._within(
            "SELECT service_order, sku, quantity_used, quantity_returned, returned_on, condition FROM rec_parts"
            " WHERE service_order IN (SELECT value FROM json_each(?)) ORDER BY service_order, sku",
            orders,
        ):
            returned_on = date.fromisoformat(row[4]) if row[4] else None
            found.setdefault(row[0], []).append(Part(row[1], _decimal(row[2]), _decimal(row[3]), returned_on, row[5]))
        return {order: tuple(parts) for order, parts in found.items()}

    def _read_later(self, asked: Sequence[Asked]) -> dict[tuple[str, str], tuple[ServiceOrder, ...]]:
        pairs = set()
        for request in asked:
            if request.reason == Reason.FAULTY_WORK:
                customer, _ = self.customer(request)
                _, order, _ = self.references(request)
                if customer and order and order.equipment:
                    pairs.add((customer.customer_id, order.equipment))
        found: dict[tuple[str, str], list[ServiceOrder]] = {}
        for row in self._within(
            f"SELECT {_ORDER} FROM json_each(?) j JOIN rec_service_orders o"
            " ON o.customer_id = j.value ->> 0 AND o.equipment = j.value ->> 1 ORDER BY o.opened_at, o.service_order",
            pairs,
        ):
            found.setdefault((row[1], row[4]), []).append(_order(row))
        return {pair: tuple(orders) for pair, orders in found.items()}


class ReceivedRow(NamedTuple):
    """A row of payments.csv; `amount` in minor units of `currency`."""

    payment_id: str
    paid_on: str
    amount: int
    currency: str
    method: str
    reference: str


def payments_on(connection: Any, invoice: str) -> list[ReceivedRow]:
    """The payments on an invoice, oldest first."""
    rows = connection.execute(
        "SELECT payment_id, paid_on, amount_minor, currency, method, reference FROM rec_payments"
        " WHERE invoice = ? AND invoice <> '' ORDER BY paid_on, payment_id",
        (invoice,),
    )
    return [ReceivedRow(*row) for row in rows]


def rate_on(connection: Any, currency: str, day: date) -> Rate | None:
    """The last rate of a currency on or before a day, whatever its age."""
    row = connection.execute(
        "SELECT date, rate FROM rec_rates WHERE currency = ? AND date <= ? ORDER BY date DESC LIMIT 1",
        (currency, day.isoformat()),
    ).fetchone()
    return Rate(date.fromisoformat(row[0]), Decimal(row[1])) if row else None


def _order(row: Sequence[Any]) -> ServiceOrder:
    texts = (row[0], row[1], row[2], row[3], row[4], row[5], row[6])
    times = (_time(row[9]), _time(row[10]), _time(row[11]), _time(row[12]), _time(row[13]))
    return ServiceOrder(*texts, _decimal(row[7]), _decimal(row[8]), *times, row[14])


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
