"""The records of a shop folder and what each reason gives back on its lines, reckoned with exact fractions."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

Row = dict[str, str]

DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}  # all others here: 2

BILLING_INCREMENT = 15  # minutes
SLA_CREDIT = [(Fraction(1), Fraction(50, 100)), (Fraction(1, 2), Fraction(25, 100)), (Fraction(0), Fraction(10, 100))]
RESTOCKING = Fraction(15, 100)
RETURN_DAYS = timedelta(days=30)
RECALL_DAYS = timedelta(days=30)
NOTICE = timedelta(hours=24)
LATE_CANCELLATION = Fraction(50, 100)


def number(text: str | None) -> Fraction | None:
    try:
        return Fraction(Decimal((text or "").strip()))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def moment(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def half_up(value: Fraction, currency: str) -> Fraction:
    """To the minor unit; a half goes away from zero."""
    units = 10 ** DIGITS.get(currency, 2)
    size = Fraction(floor(abs(value) * units + Fraction(1, 2)), units)
    return size if value >= 0 else -size


def written(value: Fraction, currency: str) -> str:
    """A whole number of minor units as text with the currency's digits."""
    digits = DIGITS.get(currency, 2)
    units = value * 10**digits
    assert units.denominator == 1, value
    return str(Decimal(units.numerator).scaleb(-digits))


@dataclass
class Line:
    line_no: int
    kind: str
    sku: str
    quantity: Fraction | None
    tax_rate: Fraction | None
    net: Fraction | None
    tax: Fraction | None


@dataclass
class Invoice:
    number: str
    service_order: str
    customer_id: str
    currency: str
    issued_on: date | None
    lines: list[Line]

    def total(self) -> Fraction | None:
        """The sum of gross; None when a line lacks a figure."""
        if any(line.net is None or line.tax is None for line in self.lines):
            return None
        return sum((line.net + line.tax for line in self.lines), Fraction(0))


@dataclass
class Shop:
    customers: dict[str, Row]
    by_address: dict[str, list[Row]]
    orders: dict[str, Row]
    orders_of: dict[tuple[str, str], list[Row]]  # customer, equipment
    terms: dict[tuple[str, str], Row]  # tier, priority
    invoices: dict[str, Invoice]
    invoices_of: dict[str, list[str]]  # order
    payments: dict[str, list[Row]]  # invoice
    refunds: dict[str, list[Row]]  # invoice
    parts: dict[tuple[str, str], Row]  # order, sku
    rates: dict[str, list[Row]]  # currency


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Every row with the physical line on which it begins."""
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        header = next(reader, [])
        begins = reader.line_num + 1
        for values in reader:
            if values:
                yield begins, dict(zip(header, values, strict=True))
            begins = reader.line_num + 1


def grouped(records: Iterable[Row], *columns: str) -> dict[Any, list[Row]]:
    """Records by the values of the columns: text for one column, a tuple for more."""
    groups: dict[Any, list[Row]] = {}
    for row in records:
        key = tuple(row[column] for column in columns)
        groups.setdefault(key if len(key) > 1 else key[0], []).append(row)
    return groups


def read_shop(folder: Path) -> Shop:
    def table(name: str, *columns: str) -> dict[Any, list[Row]]:
        return grouped((row for _, row in rows(folder / f"{name}.csv")), *columns)

    def last(name: str, *columns: str) -> dict[Any, Row]:
        return {key: found[-1] for key, found in table(name, *columns).items()}

    customers, orders = last("customers", "customer_id"), last("service_orders", "service_order")
    invoices = {no: read_invoice(lines) for no, lines in table("invoices", "invoice").items()}
    invoices_of: dict[str, list[str]] = {}
    for invoice in invoices.values():
        invoices_of.setdefault(invoice.service_order, []).append(invoice.number)
    return Shop(
        customers=customers,
        by_address=grouped(({**row, "email": row["email"].casefold()} for row in customers.values()), "email"),
        orders=orders,
        orders_of=grouped(orders.values(), "customer_id", "equipment"),
        terms=last("sla_terms", "tier", "priority"),
        invoices=invoices,
        invoices_of=invoices_of,
        payments=table("payments", "invoice"),
        refunds=table("refunds", "invoice"),
        parts=last("parts", "service_order", "sku"),
        rates=table("rates", "currency"),
    )


def read_invoice(records: list[Row]) -> Invoice:
    head = records[0]
    lines = sorted((read_line(row) for row in records), key=lambda line: line.line_no)
    return Invoice(
        head["invoice"], head["service_order"], head["customer_id"], head["currency"], day(head["issued_on"]), lines
    )


def read_line(row: Row) -> Line:
    quantity, price, tax_rate = number(row["quantity"]), number(row["unit_price"]), number(row["tax_rate"])
    net = tax = None
    if quantity is not None and price is not None and tax_rate is not None:
        net = half_up(quantity * price, row["currency"])
        tax = half_up(net * tax_rate, row["currency"])
    return Line(int(row["line_no"]), row["kind"], row["sku"], quantity, tax_rate, net, tax)


def in_currency(records: list[Row], currency: str) -> Fraction:
    return sum((number(row["amount"]) or Fraction(0) for row in records if row["currency"] == currency), Fraction(0))


def shares(reason: str, shop: Shop, customer: Row | None, order: Row, invoice: Invoice) -> dict[int, Fraction]:
    """The share of each line (by line number) that the reason gives back; lines left out give nothing."""
    lines = invoice.lines
    if reason == "sla-breach":
        return sla_breach(shop, customer, order, lines)
    if reason == "billing-error":
        return unworked_hours(order, lines) | unused_parts(shop, order, lines)
    if reason == "incomplete-service":
        done = number(order["completion_pct"])
        undone = Fraction(0) if done is None else min(Fraction(1), max(Fraction(0), 1 - done / 100))
        return of_kinds(lines, {"labour"}, undone) | unused_parts(shop, order, lines)
    if reason == "equipment-return":
        return returned_parts(shop, order, invoice)
    if reason == "faulty-work":
        return of_kinds(lines, {"labour", "travel"}, Fraction(int(came_back(shop, customer, order))))
    if reason == "cancelled-visit":
        share = cancelled_visit(order)
        return {line.line_no: share for line in lines}
    raise ValueError(reason)


def of_kinds(lines: list[Line], kinds: set[str], share: Fraction) -> dict[int, Fraction]:
    return {line.line_no: share for line in lines if line.kind in kinds}


def sla_breach(shop: Shop, customer: Row | None, order: Row, lines: list[Line]) -> dict[int, Fraction]:
    terms = shop.terms.get((customer["tier"], order["priority"])) if customer else None
    opened = moment(order["opened_at"])
    if terms is None or opened is None:
        return {}
    worst = None
    for reached, term in (("responded_at", "response_minutes"), ("completed_at", "resolution_minutes")):
        at, allowed = moment(order[reached]), number(terms[term])
        if at is None or allowed is None:
            continue
        late = Fraction((at - opened) // timedelta(microseconds=1), 60_000_000) - allowed
        if late > 0:
            ratio = late / allowed if allowed > 0 else Fraction(1)
            worst = ratio if worst is None else max(worst, ratio)
    if worst is None:
        return {}
    credit = next(share for above, share in SLA_CREDIT if worst >= above)
    return of_kinds(lines, {"surcharge"}, Fraction(1)) | of_kinds(lines, {"labour"}, credit)


def unworked_hours(order: Row, lines: list[Line]) -> dict[int, Fraction]:
    """Hours billed above the time on site, which is rounded up; the last labour line gives first."""
    minutes = number(order["onsite_minutes"])
    if minutes is None:
        return {}
    worked = Fraction(ceil(minutes / BILLING_INCREMENT) * BILLING_INCREMENT, 60)
    labour = [line for line in lines if line.kind == "labour" and line.quantity is not None and line.quantity > 0]
    excess = max(Fraction(0), sum((line.quantity for line in labour), Fraction(0)) - worked)
    result = {}
    for line in reversed(labour):
        taken = min(line.quantity, excess)
        excess -= taken
        result[line.line_no] = taken / line.quantity
    return result


def unused_parts(shop: Shop, order: Row, lines: list[Line]) -> dict[int, Fraction]:
    """Parts billed above what was used; a sku on several lines is used up in line order."""
    result, used_before = {}, {}
    for line in lines:
        used = number(shop.parts.get((order["service_order"], line.sku), {}).get("quantity_used"))
        if line.kind == "part" and used is not None and line.quantity is not None and line.quantity > 0:
            left = used - used_before.get(line.sku, 0)
            taken = max(Fraction(0), min(line.quantity, left))
            used_before[line.sku] = used_before.get(line.sku, 0) + taken
            result[line.line_no] = (line.quantity - taken) / line.quantity
    return result


def returned_parts(shop: Shop, order: Row, invoice: Invoice) -> dict[int, Fraction]:
    result, back_before = {}, {}
    for line in invoice.lines:
        part = shop.parts.get((order["service_order"], line.sku))
        if line.kind != "part" or part is None or line.quantity is None or line.quantity <= 0:
            continue
        back, on = number(part["quantity_returned"]), day(part["returned_on"])
        if back is None or on is None or invoice.issued_on is None or on > invoice.issued_on + RETURN_DAYS:
            continue
        if part["condition"] not in {"good", "faulty"}:
            continue
        taken = max(Fraction(0), min(line.quantity, back - back_before.get(line.sku, 0)))
        back_before[line.sku] = back_before.get(line.sku, 0) + taken
        kept = RESTOCKING if part["condition"] == "good" else 0
        result[line.line_no] = taken / line.quantity * (1 - kept)
    return result


def came_back(shop: Shop, customer: Row | None, order: Row) -> bool:
    done = moment(order["completed_at"])
    if customer is None or done is None or not order["equipment"]:
        return False
    for other in shop.orders_of.get((customer["customer_id"], order["equipment"]), []):
        opened = moment(other["opened_at"])
        if other["service_order"] != order["service_order"] and opened and done <= opened <= done + RECALL_DAYS:
            return True
    return False


def cancelled_visit(order: Row) -> Fraction:
    if order["status"] == "no-show":
        return Fraction(1)
    if order["status"] != "cancelled":
        return Fraction(0)
    if order["cancelled_by"] == "shop":
        return Fraction(1)
    cancelled, scheduled = moment(order["cancelled_at"]), moment(order["scheduled_at"])
    if cancelled is None or scheduled is None:
        return Fraction(0)
    return Fraction(1) if scheduled - cancelled >= NOTICE else LATE_CANCELLATION
