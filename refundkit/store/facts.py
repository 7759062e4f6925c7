"""Gathers dossiers: for a batch of requests, all the records and other cases say, in a handful of queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from refundkit.model.dossier import Asked, Customer, Dossier, Invoice, InvoiceLine, Other, Part, Rate, ServiceOrder
from refundkit.model.fold import CaseView
from refundkit.model.words import COUNTS_AS_REFUNDED, Level, Reason
from refundkit.store.cases import cell_rows

_CASE: Final = (
    "key, id, state, channel, external_ref, message_id, customer_id, service_order, invoice, reason, requested,"
    " received_ms, arrived, level, base_minor, requested_currency, currency"
)
_COUNTING: Final = json.dumps(sorted(COUNTS_AS_REFUNDED))
_ORDER: Final = (
    "service_order, customer_id, service_code, technician, equipment, priority, status, completion_pct,"
    " onsite_minutes, opened_at, responded_at, completed_at, scheduled_at, cancelled_at, cancelled_by"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Another case with what the rules do not need to see of it."""

    key: str
    arrived: str
    other: Other
    auto_base: int | None


class Facts:
    """Answers for the requests it was last asked to `gather`; new cases of the same command are added with `add`."""

    def __init__(self, connection: Any, base: str, today: date) -> None:
        self._db, self._base, self._today = connection, base, today
        self._terms = {
            (row[0], row[1]): (int(row[2]), int(row[3]))
            for row in connection.execute(
                "SELECT tier, priority, response_minutes, resolution_minutes FROM rec_sla_terms"
            )
        }
        self._rates: dict[str, Rate | None] = {}
        self.gather([])

    def gather(self, asked: Sequence[Asked]) -> None:
        """Fetch what a batch of requests needs. Everything gathered before is forgotten."""
        self._invoices: dict[str, Invoice] = {}
        self._order_invoices: dict[str, list[str]] = {}
        self._customers = self._read_customers(a.customer_id for a in asked)
        self._addresses = self._read_addresses(a.customer_email for a in asked if not a.customer_id)
        self._read_invoices("invoice", {a.invoice for a in asked if a.invoice})
        orders = {a.service_order for a in asked if a.service_order}
        orders |= {i.service_order for i in self._invoices.values() if i.service_order}
        self._orders = self._read_orders(orders)
        self._read_invoices("service_order", {a.service_order for a in asked if a.service_order and not a.invoice})
        self._parts = self._read_parts(orders)
        self._later = self._read_later(asked)
        self._read_money()
        self._read_cases(asked)

    def dossier(
        self, asked: Asked, *, own: str = "", arrived: str = "", apart: frozenset[str] = frozenset(),
        overridden: frozenset[str] = frozenset(),
    ) -> Dossier:  # fmt: skip
        """What one assessment sees. `own`: the case's key, `arrived`: its place, when it is there already."""
        customer, with_address = self._customer(asked)
        invoice, order, of_order = self._references(asked)
        seen = self._others(asked, customer, order, invoice, own)
        others = tuple(
            replace(s.other, dismissed=s.key in apart, earlier=not arrived or s.arrived < arrived)
            if arrived
            else s.other
            for s in seen
        )
        return Dossier(
            asked=asked,
            today=self._today,
            base=self._base,
            customer=customer,
            order=order,
            invoice=invoice,
            customers_with_address=with_address,
            order_invoices=of_order,
            terms=self._terms.get((customer.tier, order.priority)) if customer and order else None,
            later_orders=self._later_orders(customer, order),
            parts=self._parts.get(order.service_order, ()) if order else (),
            others=others,
            auto_approved=tuple(
                (s.other.case, s.other.received_at, s.auto_base)
                for s in self._by_customer.get(customer.customer_id if customer else "", ())
                if s.auto_base is not None and s.key != own
            ),
            rate=self._rate(invoice.currency) if invoice and invoice.currency != self._base else None,
            overridden=overridden,
        )

    def add(self, view: CaseView) -> None:
        """Let the requests that follow see a case of this command."""
        found = view.assessment or {}
        asked = view.request
        auto = view.level == Level.AUTO and view.state in COUNTS_AS_REFUNDED
        seen = _Seen(
            view.key,
            view.arrived,
            Other(
                view.id, str(view.state), asked["channel"], asked["external_ref"], asked["message_id"],
                found.get("customer_id", ""), found.get("service_order", ""), found.get("invoice", ""), asked["reason"],
                counted(asked["amount"], asked["currency"], found.get("currency", "")), datetime.fromisoformat(asked["received_at"]),
            ),
            found.get("base_amount") if auto else None,
        )  # fmt: skip
        self._file(seen)
        rows = cell_rows(view)
        invoice = self._invoices.get(found.get("invoice", ""))
        if invoice is None or view.state not in COUNTS_AS_REFUNDED:
            return
        taken = {row[1]: (row[3], row[4]) for row in rows}
        lines = tuple(
            replace(
                line,
                net_taken=line.net_taken + taken[line.line_no][0],
                tax_taken=line.tax_taken + taken[line.line_no][1],
            )
            if line.line_no in taken
            else line
            for line in invoice.lines
        )
        self._invoices[invoice.invoice] = replace(
            invoice, lines=lines, refunded_here=invoice.refunded_here + (view.payable or 0)
        )

    # -- resolving ---------------------------------------------------------------------------------------------

    def _customer(self, asked: Asked) -> tuple[Customer | None, int]:
        if asked.customer_id:
            return self._customers.get(asked.customer_id), 0
        same = self._addresses.get(asked.customer_email.casefold(), []) if asked.customer_email else []
        return (same[0] if len(same) == 1 else None), len(same)

    def _references(self, asked: Asked) -> tuple[Invoice | None, ServiceOrder | None, int]:
        invoice = self._invoices.get(asked.invoice) if asked.invoice else None
        if asked.service_order:
            order = self._orders.get(asked.service_order)
        else:
            order = self._orders.get(invoice.service_order) if invoice else None
        of_order = 0
        if not asked.invoice and order is not None:
            numbers = self._order_invoices.get(order.service_order, [])
            of_order = len(numbers)
            invoice = self._invoices.get(numbers[0]) if of_order == 1 else None
        return invoice, order, of_order

    def _others(
        self, asked: Asked, customer: Customer | None, order: ServiceOrder | None, invoice: Invoice | None, own: str
    ) -> list[_Seen]:
        found: dict[str, _Seen] = {}
        if asked.external_ref:
            found.update((s.key, s) for s in self._by_ref.get((asked.channel, asked.external_ref), ()))
        if asked.message_id:
            found.update((s.key, s) for s in self._by_message.get((asked.channel, asked.message_id), ()))
        if customer is not None:
            number = invoice.invoice if invoice else None
            visit = order.service_order if order else None
            for seen in self._by_customer.get(customer.customer_id, ()):
                if seen.other.invoice == number or seen.other.service_order == visit:
                    found[seen.key] = seen
        found.pop(own, None)
        return sorted(found.values(), key=lambda s: s.arrived) if len(found) > 1 else list(found.values())

    def _later_orders(self, customer: Customer | None, order: ServiceOrder | None) -> tuple[ServiceOrder, ...]:
        if customer is None or order is None or not order.equipment:
            return ()
        same = self._later.get((customer.customer_id, order.equipment), ())
        return tuple(o for o in same if o.service_order != order.service_order)

    def _rate(self, currency: str) -> Rate | None:
        if currency not in self._rates:
            self._rates[currency] = rate_on(self._db, currency, self._today)
        return self._rates[currency]

    # -- fetching ----------------------------------------------------------------------------------------------

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
        rows = self._within(
            "SELECT email_key, customer_id, name, email, tier, currency, locale FROM rec_customers"
            " WHERE email_key IN (SELECT value FROM json_each(?)) ORDER BY customer_id",
            {a.casefold() for a in addresses if a},
        )
        found: dict[str, list[Customer]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(Customer(*row[1:]))
        return found

    def _read_orders(self, numbers: set[str]) -> dict[str, ServiceOrder]:
        rows = self._within(
            f"SELECT {_ORDER} FROM rec_service_orders WHERE service_order IN (SELECT value FROM json_each(?))", numbers
        )
        return {row[0]: _order(row) for row in rows}

    def _read_invoices(self, by: str, values: set[str]) -> None:
        numbers = values
        if by == "service_order":
            for order, number in self._within(
                "SELECT DISTINCT service_order, invoice FROM rec_invoices"
                " WHERE service_order IN (SELECT value FROM json_each(?))",
                values,
            ):
                self._order_invoices.setdefault(order, []).append(number)
            numbers = {n for found in self._order_invoices.values() for n in found} - self._invoices.keys()
        heads: dict[str, tuple[Any, ...]] = {}
        lines: dict[str, list[InvoiceLine]] = {}
        for row in self._within(
            "SELECT invoice, service_order, customer_id, issued_on, currency, line, kind, sku, description, quantity,"
            " unit_price, tax_rate, net_minor, tax_minor FROM rec_invoices"
            " WHERE invoice IN (SELECT value FROM json_each(?)) ORDER BY invoice, line",
            numbers,
        ):
            heads.setdefault(row[0], row)
            lines.setdefault(row[0], []).append(
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
        for number, row in heads.items():
            self._invoices[number] = Invoice(
                number, row[1], row[2], date.fromisoformat(row[3]), row[4], tuple(lines[number]), 0, 0, 0
            )

    def _read_money(self) -> None:
        """Payments, refunds from outside, and what this store's cases took, for the invoices gathered."""
        numbers = self._invoices.keys()
        inside = "invoice IN (SELECT value FROM json_each(?))"
        paid: dict[str, list[tuple[str, str, int]]] = {}
        for table, name in (("payments", "payment_id"), ("refunds", "refund_id")):
            for row in self._within(
                f"SELECT invoice, {name}, currency, amount_minor FROM rec_{table} WHERE {inside} ORDER BY {name}",
                numbers,
            ):
                paid.setdefault(f"{table} {row[0]}", []).append(row[1:])
        taken: dict[str, dict[int, tuple[int, int]]] = {}
        for row in self._within(
            f"SELECT invoice, line_no, sum(net_minor), sum(tax_minor) FROM case_cell WHERE {inside} GROUP BY 1, 2",
            numbers,
        ):
            taken.setdefault(row[0], {})[row[1]] = (row[2], row[3])
        here = dict(
            self._db.execute(
                f"SELECT invoice, sum(payable_minor) FROM cases WHERE {inside}"
                " AND state IN (SELECT value FROM json_each(?)) GROUP BY 1",
                (json.dumps(sorted(numbers)), _COUNTING),
            )
        )
        for number, invoice in list(self._invoices.items()):
            payments = [p for p in paid.get(f"payments {number}", ()) if p[1] == invoice.currency]
            refunds = [r for r in paid.get(f"refunds {number}", ()) if r[1] == invoice.currency]
            gone = taken.get(number)
            lines = invoice.lines
            if gone:
                lines = tuple(
                    replace(line, net_taken=gone[line.line_no][0], tax_taken=gone[line.line_no][1])
                    if line.line_no in gone
                    else line
                    for line in lines
                )
            self._invoices[number] = replace(
                invoice,
                lines=lines,
                paid=sum(p[2] for p in payments),
                refunded_before=sum(r[2] for r in refunds),
                refunded_here=here.get(number) or 0,
                payment_ids=tuple(p[0] for p in payments),
                refund_ids=tuple(r[0] for r in refunds),
            )

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
                customer, _ = self._customer(request)
                _, order, _ = self._references(request)
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

    def _read_cases(self, asked: Sequence[Asked]) -> None:
        self._by_customer: dict[str, list[_Seen]] = {}
        self._by_ref: dict[tuple[str, str], list[_Seen]] = {}
        self._by_message: dict[tuple[str, str], list[_Seen]] = {}
        customers = {c.customer_id for c in self._customers.values()}
        customers |= {c.customer_id for same in self._addresses.values() for c in same}
        known: set[str] = set()
        for column, values in (
            ("customer_id", customers),
            ("external_ref", {a.external_ref for a in asked if a.external_ref}),
            ("message_id", {a.message_id for a in asked if a.message_id}),
        ):
            for row in self._within(
                f"SELECT {_CASE} FROM cases WHERE {column} IN (SELECT value FROM json_each(?)) AND {column} <> ''"
                " ORDER BY arrived",
                values,
            ):
                if row[0] not in known:
                    known.add(row[0])
                    self._file(_seen(row))

    def _file(self, seen: _Seen) -> None:
        other = seen.other
        if other.customer_id:
            self._by_customer.setdefault(other.customer_id, []).append(seen)
        if other.external_ref:
            self._by_ref.setdefault((other.channel, other.external_ref), []).append(seen)
        if other.message_id:
            self._by_message.setdefault((other.channel, other.message_id), []).append(seen)


def counted(amount: str, currency: str, invoice_currency: str) -> Decimal | None:
    """A requested amount as far as it counts: one in another currency than the invoice's counts as missing."""
    foreign = currency and invoice_currency and currency != invoice_currency
    return Decimal(amount) if amount and not foreign else None


def rate_on(connection: Any, currency: str, day: date) -> Rate | None:
    """The last rate of a currency on or before a day, whatever its age."""
    row = connection.execute(
        "SELECT date, rate FROM rec_rates WHERE currency = ? AND date <= ? ORDER BY date DESC LIMIT 1",
        (currency, day.isoformat()),
    ).fetchone()
    return Rate(date.fromisoformat(row[0]), Decimal(row[1])) if row else None


def _seen(row: Sequence[Any]) -> _Seen:
    received = datetime.fromtimestamp(row[11] // 1000, UTC)
    amount = counted(row[10], row[15], row[16])
    auto = row[13] == Level.AUTO and row[2] in COUNTS_AS_REFUNDED
    other = Other(row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], amount, received)
    return _Seen(row[0], row[12], other, row[14] if auto else None)


def _order(row: Sequence[Any]) -> ServiceOrder:
    texts = (row[0], row[1], row[2], row[3], row[4], row[5], row[6])
    times = (_time(row[9]), _time(row[10]), _time(row[11]), _time(row[12]), _time(row[13]))
    return ServiceOrder(*texts, _decimal(row[7]), _decimal(row[8]), *times, row[14])


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
