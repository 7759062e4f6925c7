"""What the books say: what is owed on a day, not booked, not answered; the accounts of invoices and customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from refundkit.errors import RefusedError
from refundkit.model.booking import Document
from refundkit.model.money import Money
from refundkit.model.words import State
from refundkit.rules import stock_booking
from refundkit.rules.payments_due import due
from refundkit.store import accounts, cases, payments, records, stock
from refundkit.workflow.shop import Shop

AGES: Final = ((30, "to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"))
OLDER: Final = "over 90 days"


@dataclass(frozen=True)
class Liability:
    """One case that the books owe on. `owed`: in the books' currency, as Refunds payable has it."""

    case: str
    customer_id: str
    since: date
    age: str
    amount: Money
    owed: Money


def liability(shop: Shop, on: date) -> list[Liability]:
    """What Refunds payable holds at the end of a day, case by case, oldest first; their sum is its balance."""
    return [
        Liability(
            row.case, row.customer_id, date.fromisoformat(row.since), age((on - date.fromisoformat(row.since)).days),
            Money(row.amount, row.currency), Money(row.owed, shop.org.base),
        )
        for row in accounts.owed(shop.store, on.isoformat())
    ]  # fmt: skip


def age(days: int) -> str:
    """The age band of so many days."""
    return next((name for most, name in AGES if days <= most), OLDER)


@dataclass(frozen=True)
class Unbooked:
    """Something that happened and that no batch holds yet."""

    case: str
    what: str
    amount: Money
    on: str


def unbooked(shop: Shop) -> list[Unbooked]:
    """Approved cases without a credit memo, payments and returned parts that the books do not have."""
    found = [
        Unbooked(row["id"], "credit memo", Money(row["payable_minor"], row["currency"]), "")
        for row in cases.listed(shop.store, {"state": State.APPROVED})
    ]
    for key in payments.unbooked(shop.store):
        view = shop.case(key)
        found += [
            Unbooked(view.id, f"{d.document} {d.payment.number}", Money(*d.amount), f"{d.on}")
            for d in due(view.payments, view.booked, journal=shop.policy.payments.journal)
        ]
    for key in stock.unbooked(shop.store):
        view = shop.case(key)
        found += [
            Unbooked(view.id, f"{d.document} {d.number}", Money(d.stocked.cost, shop.org.base), f"{d.on}")
            for d in stock_booking.due(view.stock, view.booked)
        ]
    return found


def open_payments(shop: Shop) -> list[dict[str, Any]]:
    """Payments whose end nobody knows, oldest first, with the days since they went out."""
    rows = payments.listed(shop.store, "open")
    return [{**row, "days": (shop.today - date.fromisoformat(row["paid_on"])).days} for row in rows]


@dataclass(frozen=True)
class InvoiceAccount:
    """An invoice: its total, what was paid, given back, and can be given back still; every document against it.

    `credit_used`: what the customer's credits paid of it. `open`: what is still to be paid.
    """

    invoice: str
    customer_id: str
    issued_on: str
    total: Money
    paid: Money
    refunded_before: Money
    refunded_here: Money
    refundable: Money
    credit_used: Money
    open: Money
    cases: tuple[dict[str, Any], ...]
    documents: tuple[dict[str, Any], ...]


def invoice(shop: Shop, name: str) -> InvoiceAccount:
    """One invoice's account; RefusedError when the records have none of that number."""
    found = accounts.invoices(shop.store, "invoice", name)
    if not found:
        raise RefusedError(
            f"there is no invoice '{name[:40]}' in the records", hint="load them with 'refundkit records'"
        )
    return _invoice(shop, found[0])


def _invoice(shop: Shop, row: dict[str, Any]) -> InvoiceAccount:
    currency = row["currency"]
    here = accounts.taken(shop.store, row["invoice"])
    gone = sum(c["amount"] for c in here if c["currency"] == currency)
    left = max(0, row["paid"] - row["refunded_before"] - gone)
    used = accounts.used_on(shop.store, row["invoice"], currency)
    # What is approved on an invoice that nobody has paid lowers it, also before it is booked.
    lowered = gone if not row["paid"] else accounts.lowered(shop.store, row["invoice"], currency)
    unpaid = max(0, row["total"] - row["paid"] - lowered - used)
    return InvoiceAccount(
        row["invoice"], row["customer_id"], row["issued_on"], Money(row["total"], currency),
        Money(row["paid"], currency), Money(row["refunded_before"], currency), Money(gone, currency),
        Money(left, currency), Money(used, currency), Money(unpaid, currency), tuple(here),
        tuple(accounts.booked(shop.store, "invoice", row["invoice"])),
    )  # fmt: skip


@dataclass(frozen=True)
class CustomerAccount:
    """A customer, each figure by currency: invoiced, paid, given back (before and here), kept as a credit.

    `owed`: booked refunds that are not on their way to them.
    """

    customer_id: str
    name: str
    invoiced: tuple[Money, ...]
    paid: tuple[Money, ...]
    refunded: tuple[Money, ...]
    owed: tuple[Money, ...]
    credit: tuple[Money, ...]
    invoices: tuple[InvoiceAccount, ...]
    documents: tuple[dict[str, Any], ...]


def customer(shop: Shop, customer_id: str) -> CustomerAccount:
    """One customer's account; RefusedError when the records have none of that id."""
    _, known = records.shown(shop.store.connection, "customers", "customer_id", customer_id)
    if not known:
        raise RefusedError(
            f"there is no customer '{customer_id[:40]}' in the records", hint="load them with 'refundkit records'"
        )
    found = [_invoice(shop, row) for row in accounts.invoices(shop.store, "customer_id", customer_id)]
    owed: dict[str, int] = {}
    for row in accounts.owed(shop.store, "9999-12-31", customer_id):
        owed[row.currency] = owed.get(row.currency, 0) + row.amount
    return CustomerAccount(
        customer_id, known[0][1], _sums([i.total for i in found]), _sums([i.paid for i in found]),
        _sums([m for i in found for m in (i.refunded_before, i.refunded_here)]), _amounts(owed),
        _amounts(accounts.kept(shop.store, customer_id)), tuple(found),
        tuple(accounts.booked(shop.store, "customer_id", customer_id)),
    )  # fmt: skip


def _sums(amounts: list[Money]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, 0) + money.minor
    return _amounts(sums)


def _amounts(sums: dict[str, int]) -> tuple[Money, ...]:
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def in_words(document: str) -> str:
    """What a document is called on a screen."""
    return Document(document).replace("-", " ")
