"""Uses what a customer keeps as a credit on an open invoice: the oldest credit first, never more than there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from refundkit.errors import RefusedError, UsageError
from refundkit.model.case import CREDIT_USED, CaseView
from refundkit.model.money import Money
from refundkit.model.paid import Paid
from refundkit.model.people import Act
from refundkit.store import payments
from refundkit.workflow import accounts, gate
from refundkit.workflow.booking import owns_the_right, why_not
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Part:
    """What one case's credit gives: the number of the use, the case, the amount."""

    number: str
    case: str
    amount: Money


@dataclass(frozen=True)
class Applied:
    """A credit that was used on an invoice. `credit`, `open`: what is left of the one and to be paid of the other."""

    customer_id: str
    invoice: str
    parts: tuple[Part, ...]
    credit: Money
    open: Money


def apply(
    shop: Shop, customer_id: str, invoice: str, amount: Decimal, currency: str = "", *, on: date | None = None,
    note: str = "", dry_run: bool = False,
) -> Applied:  # fmt: skip
    """Use so much of a customer's credit on an invoice. `currency`: as said, '' for the invoice's.

    Raise RefusedError above the credit or above what is open, for an invoice of somebody else, or in another currency.
    """
    shop.require(Act.PAY)
    day = gate.happened(shop, on)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        target = accounts.invoice(shop, invoice)
        if target.customer_id != customer_id:
            raise RefusedError(
                f"{target.invoice} is an invoice of {target.customer_id}, not of {customer_id[:40]}",
                hint="a credit is used on the customer's own invoices",
            )
        minor = _wanted(target, amount, currency)
        sources, held = _sources(shop, customer_id, target.open.currency)
        left = sum(paid.left for _, paid in sources)
        if minor > left:
            why = f"; {', '.join(held)} waits" if held else ""
            raise RefusedError(
                f"{customer_id} has a credit of {Money(left, target.open.currency)}, not of"
                f" {Money(minor, target.open.currency)}{why}",
                hint=f"'refundkit customer show {customer_id}' has every figure",
            )
        parts = _use(shop, pen, sources, target.invoice, minor, day, note)
        after = accounts.invoice(shop, target.invoice)
    return Applied(customer_id, target.invoice, parts, Money(left - minor, target.open.currency), after.open)


def _wanted(target: accounts.InvoiceAccount, amount: Decimal, currency: str) -> int:
    """The amount in minor units, when so much of the invoice is open."""
    code = target.open.currency
    if currency not in ("", code):
        raise RefusedError(
            f"{target.invoice} is in {code}, not in {currency}", hint="a credit is used in the invoice's currency"
        )
    minor = gate.minor_of(amount, code, "AMOUNT", "50.00")
    if minor <= 0:
        raise UsageError("an amount is above 0", hint="e.g. 50.00", where="AMOUNT")
    if minor > target.open.minor:
        raise RefusedError(
            f"{target.open} of {target.invoice} is open, not {Money(minor, code)}",
            hint=f"'refundkit invoice show {target.invoice}' has every figure",
        )
    return minor


def _sources(shop: Shop, customer_id: str, currency: str) -> tuple[list[tuple[CaseView, Paid]], list[str]]:
    """The credits that can be used, oldest first; and the cases whose credit cannot, with the reason."""
    found, held = [], []
    for row in payments.listed(shop.store, "kept", [customer_id, currency]):
        view = shop.case(row["case_key"])
        paid = next(p for p in view.payments if p.event == row["event"])
        if not paid.left:
            continue
        if why := why_not(view):
            held.append(f"{Money(paid.left, paid.currency)} of {view.id} ({why})")
        else:
            found.append((view, paid))
    return found, held


def _use(
    shop: Shop, pen: Pen, sources: list[tuple[CaseView, Paid]], invoice: str, minor: int, day: date, note: str
) -> tuple[Part, ...]:
    parts, number = [], payments.last_use(pen.connection, shop.org.epoch)
    for view, paid in sources:
        part = min(minor, paid.left)
        if not part:
            break
        minor, number = minor - part, number + 1
        name = f"RA-{shop.org.epoch}-{number:06d}"
        data = {
            "about": [paid.event], "number": name, "invoice": invoice, "amount": part, "currency": paid.currency,
            "on": day.isoformat(), "epoch": shop.org.epoch, "why": note.strip(),
        }  # fmt: skip
        pen.append(CREDIT_USED, data, case=view.key, deps=[paid.event])
        pen.project(shop.store, view.key, shop.org)
        parts.append(Part(name, view.id, Money(part, paid.currency)))
    return tuple(parts)
