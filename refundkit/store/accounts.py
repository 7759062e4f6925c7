"""What the books hold of customers and invoices, and what is owed on a day: sums over bookings and records."""

from __future__ import annotations

from typing import Any, NamedTuple

from refundkit.store.database import Store


class Owed(NamedTuple):
    """What the books owe on a case: `owed` minor units of the books, `amount` of its own currency; since when."""

    case: str
    customer_id: str
    since: str
    currency: str
    amount: int
    owed: int


def owed(store: Store, day: str, customer_id: str = "") -> list[Owed]:
    """Cases, of one customer or of all, whose liability is not nothing at the end of a day, oldest first.

    What counts is what is booked until then.
    """
    whose = " AND l.customer_id = ?" if customer_id else ""
    rows = store.rows(
        "SELECT c.id, l.customer_id, min(l.posted_on), l.currency,"
        " sum(CASE l.document WHEN 'credit-memo' THEN l.amount_minor WHEN 'payment-returned' THEN l.amount_minor"
        "  ELSE -l.amount_minor END), sum(l.owed_minor)"
        f" FROM export_line l JOIN cases c ON c.key = l.case_key WHERE l.posted_on <= ?{whose}"
        " AND l.document IN ('credit-memo', 'payment', 'payment-returned', 'kept-on-account')"
        " AND NOT (l.document = 'credit-memo' AND l.owed_minor = 0)"
        " GROUP BY l.case_key HAVING sum(l.owed_minor) <> 0 ORDER BY 3, 1",
        (day, *([customer_id] if customer_id else [])),
    )
    return [Owed(*row) for row in rows]


def booked(store: Store, column: str, value: str) -> list[dict[str, Any]]:
    """The bookings of an `invoice` or a `customer_id`, in the order of their days."""
    names = ("case", "memo", "document", "posted_on", "invoice", "amount", "currency", "base", "owed", "batch")
    where = {"invoice": "l.invoice = ?", "customer_id": "l.customer_id = ?"}[column]
    rows = store.rows(
        "SELECT c.id, l.memo, l.document, l.posted_on, l.invoice, l.amount_minor, l.currency, l.base_minor,"
        f" l.owed_minor, l.batch FROM export_line l JOIN cases c ON c.key = l.case_key WHERE {where}"
        " ORDER BY l.posted_on, l.memo",
        (value,),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def invoices(store: Store, column: str, value: str) -> list[dict[str, Any]]:
    """Invoices of a customer (`customer_id`) or one (`invoice`): total, paid and refunded before, in minor units."""
    names = ("invoice", "customer_id", "issued_on", "currency", "total", "paid", "refunded_before")
    where = {"invoice": "i.invoice = ?", "customer_id": "i.customer_id = ?"}[column]
    rows = store.rows(
        "SELECT i.invoice, i.customer_id, i.issued_on, i.currency, sum(i.net_minor + i.tax_minor),"
        " (SELECT coalesce(sum(p.amount_minor), 0) FROM rec_payments p"
        "  WHERE p.invoice = i.invoice AND p.currency = i.currency),"
        " (SELECT coalesce(sum(r.amount_minor), 0) FROM rec_refunds r"
        "  WHERE r.invoice = i.invoice AND r.currency = i.currency)"
        f" FROM rec_invoices i WHERE {where} GROUP BY i.invoice ORDER BY i.issued_on, i.invoice",
        (value,),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def taken(store: Store, invoice: str) -> list[dict[str, Any]]:
    """Cases that count as refunded on an invoice: id, state, amount and currency."""
    rows = store.rows(
        "SELECT id, state, payable_minor, currency FROM cases WHERE invoice = ? AND counts = 1 ORDER BY arrived",
        (invoice,),
    )
    return [{"case": r[0], "state": r[1], "amount": r[2], "currency": r[3]} for r in rows]


def kept(store: Store, customer_id: str) -> dict[str, int]:
    """What a customer keeps as a credit with the shop and has not used, by currency, in minor units."""
    kept = store.rows(
        "SELECT currency, sum(amount_minor) FROM payment WHERE customer_id = ? AND method = 'account' AND counts = 1"
        " GROUP BY currency ORDER BY currency",
        (customer_id,),
    )
    used = store.rows(
        "SELECT currency, sum(amount_minor) FROM credit_use WHERE customer_id = ? AND counts = 1 GROUP BY currency",
        (customer_id,),
    )
    gone = {row[0]: int(row[1]) for row in used}
    left = {row[0]: int(row[1]) - gone.get(row[0], 0) for row in kept}
    return {currency: minor for currency, minor in left.items() if minor}


def used_on(store: Store, invoice: str, currency: str) -> int:
    """What of their credits customers have used on an invoice, in minor units of its currency."""
    sql = "SELECT coalesce(sum(amount_minor), 0) FROM credit_use WHERE invoice = ? AND currency = ? AND counts = 1"
    return int(store.one(sql, (invoice, currency))[0])


def lowered(store: Store, invoice: str, currency: str) -> int:
    """What booked credit memos took off an invoice that nobody had paid, in minor units of its currency."""
    sql = (
        "SELECT coalesce(sum(amount_minor), 0) FROM export_line WHERE invoice = ? AND currency = ?"
        " AND document = 'credit-memo' AND owed_minor = 0 AND base_minor <> 0"
    )
    return int(store.one(sql, (invoice, currency))[0])
