"""Finds customers, visits and invoices by any part of a name, address or number: small answers, also of large stores.

SQLite looks at every row, which for 100 000 customers or 250 000 visits takes less than a tenth of a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from refundkit.model.records import folded


@dataclass(frozen=True, slots=True)
class Client:
    """A customer, as far as it takes to tell one from another."""

    customer: str
    name: str
    email: str
    phone: str
    currency: str


@dataclass(frozen=True, slots=True)
class Job:
    """A visit with one of its invoices, '' where there is none; `total` in minor units of `currency`, tax included."""

    order: str
    invoice: str
    customer: str
    day: str
    equipment: str
    currency: str = ""
    total: int = 0


_WORDS: Final = 8
_INVOICE_NUMBERS: Final = "rec_invoices INDEXED BY rec_invoices_order"  # much smaller than the lines of the invoices
_CLIENT: Final = "customer_id, name, email, phone, currency"


def has_any(connection: Any) -> bool:
    """Whether there is any customer, visit or invoice."""
    tables = ("rec_customers", "rec_service_orders", "rec_invoices")
    asked = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)
    return bool(connection.execute(f"SELECT {asked}").fetchone()[0])


def _part(typed: str) -> str:
    """A pattern for LIKE that finds a text anywhere."""
    return "%" + "".join("\\" + c if c in "%_\\" else c for c in typed) + "%"


def clients_named(connection: Any, ids: Sequence[str], address: str) -> list[Client]:
    """Customers with one of these ids or with this address in any letter case."""
    rows = connection.execute(
        f"SELECT {_CLIENT} FROM rec_customers WHERE customer_id IN (SELECT value FROM json_each(?))"
        f" UNION SELECT {_CLIENT} FROM rec_customers WHERE email_key = ? AND email_key <> '' ORDER BY 1",
        (json.dumps(ids), address.casefold()),
    )
    return [Client(*row) for row in rows]


def clients_with(connection: Any, typed: str, limit: int) -> list[Client]:
    """Customers in whose id, name, address and telephone number every typed word stands; the shortest names first."""
    words = folded(typed).split()[:_WORDS]
    if not words:
        return []

    there = " AND ".join(["instr(search, ?)"] * len(words))
    rows = connection.execute(
        f"SELECT {_CLIENT} FROM rec_customers WHERE {there} ORDER BY length(name), name, customer_id LIMIT ?",
        (*words, limit),
    )
    return [Client(*row) for row in rows]


def jobs_of(connection: Any, customer: str) -> list[Job]:
    """Every visit of a customer with each of its invoices, and the invoices without a visit; the newest first."""
    orders = _orders(connection, "customer_id = ?", (customer,))
    return _with_invoices(connection, orders, customer)


def jobs_named(connection: Any, ids: Sequence[str]) -> list[Job]:
    """The visits and invoices with exactly one of these numbers."""
    within = "IN (SELECT value FROM json_each(?))"
    found = _orders(connection, f"service_order {within}", (json.dumps(ids),))
    return _with_invoices(connection, found) + _invoices(connection, f"invoice {within}", (json.dumps(ids),))


def jobs_with(connection: Any, typed: str, limit: int) -> list[Job]:
    """Visits whose number or device has this part, and invoices whose number has it, of all customers."""
    part = _part(typed.strip())
    like = "LIKE ? ESCAPE '\\'"
    orders = _orders(connection, f"service_order {like} OR equipment {like}", (part, part), limit)
    invoices = connection.execute(
        f"SELECT DISTINCT invoice FROM {_INVOICE_NUMBERS} WHERE invoice {like} LIMIT ?", (part, limit)
    )
    numbers = json.dumps([row[0] for row in invoices])
    billed = _invoices(connection, "invoice IN (SELECT value FROM json_each(?))", (numbers,))
    return list(dict.fromkeys(_with_invoices(connection, orders) + billed))


def ids_with(connection: Any, column: str, typed: str, limit: int) -> list[str]:
    """Numbers of `service_order`s or `invoice`s that have this part, for completion."""
    table = {"service_order": "rec_service_orders", "invoice": _INVOICE_NUMBERS}[column]
    rows = connection.execute(
        f"SELECT DISTINCT {column} FROM {table} WHERE {column} LIKE ? ESCAPE '\\' LIMIT ?", (_part(typed), limit)
    )
    return [row[0] for row in rows]


def some_numbers(connection: Any, limit: int) -> dict[str, list[str]]:
    """Numbers of customers, orders and invoices, no more than so many of each."""
    tables = {"customer": ("customer_id", "rec_customers"), "order": ("service_order", "rec_service_orders")}
    tables["invoice"] = ("invoice", _INVOICE_NUMBERS)
    return {
        kind: [row[0] for row in connection.execute(f"SELECT DISTINCT {column} FROM {table} LIMIT ?", (limit,))]
        for kind, (column, table) in tables.items()
    }


def _orders(connection: Any, where: str, values: Iterable[Any], limit: int = -1) -> list[Job]:
    rows = connection.execute(
        "SELECT service_order, '', customer_id, substr(opened_at, 1, 10), equipment FROM rec_service_orders"
        f" WHERE {where} ORDER BY opened_at DESC, service_order LIMIT ?",
        (*values, limit),
    )
    return [Job(*row) for row in rows]


def _with_invoices(connection: Any, orders: list[Job], customer: str = "") -> list[Job]:
    """Each visit once for each of its invoices; and, of one customer, the invoices without a visit."""
    numbers = json.dumps([job.order for job in orders])
    where = "service_order IN (SELECT value FROM json_each(?))"
    billed: dict[str, list[Job]] = {}
    for job in _invoices(connection, where, (numbers,)):
        billed.setdefault(job.order, []).append(job)
    alone = _invoices(connection, "service_order = '' AND customer_id = ?", (customer,)) if customer else []
    found = [job for order in orders for job in billed.get(order.order, [order])] + alone
    return sorted(found, key=lambda job: job.day, reverse=True)


def _invoices(connection: Any, where: str, values: Iterable[Any]) -> list[Job]:
    """Invoices with their visit's device, the newest first."""
    rows = connection.execute(
        "SELECT service_order, invoice, customer_id, issued_on,"
        " coalesce((SELECT equipment FROM rec_service_orders o WHERE o.service_order = i.service_order), ''),"
        f" currency, sum(net_minor + tax_minor) FROM rec_invoices i WHERE {where}"
        " GROUP BY invoice ORDER BY issued_on DESC, invoice",
        tuple(values),
    )
    return [Job(*row) for row in rows]


def invoices_with_amount(connection: Any, customer: str, currency: str, minor: int, limit: int) -> list[str]:
    """A customer's invoices of which the total, a line with its tax, or a payment is exactly this, newest first.

    `currency` '' is any; `minor` in the invoice's own minor units.
    """
    rows = connection.execute(
        "SELECT invoice FROM rec_invoices i WHERE customer_id = ? AND ? IN ('', currency) GROUP BY invoice"
        " HAVING sum(net_minor + tax_minor) = ? OR max(net_minor + tax_minor = ?) OR max(net_minor = ?) OR EXISTS"
        " (SELECT 1 FROM rec_payments p WHERE p.invoice = i.invoice AND p.amount_minor = ?)"
        " ORDER BY max(issued_on) DESC LIMIT ?",
        (customer, currency, minor, minor, minor, minor, limit),
    )
    return [row[0] for row in rows]
