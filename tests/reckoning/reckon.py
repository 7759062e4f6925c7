"""What every request of a shop folder must come out as, reckoned a second way from the written rules alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from reckon_shop import (
    DIGITS,
    Invoice,
    Row,
    Shop,
    day,
    half_up,
    in_currency,
    moment,
    number,
    read_shop,
    rows,
    shares,
    written,
)

Cell = tuple[int, Fraction, Fraction]  # line number, net, tax

INFORMING = {"reduced"}
CLAIM_DAYS = 90
DUPLICATE_WINDOW = timedelta(days=30)
RATE_AGE = timedelta(days=7)
ADD_UP = timedelta(days=7)
AUTO_BELOW = Fraction(500)
AUTO_BELOW_PLATINUM = Fraction(750)
LEAD_UP_TO = Fraction(2000)


@dataclass
class Case:
    line: int
    received: datetime
    channel: str
    external_ref: str
    reason: str
    customer: Row | None
    order: Row | None
    order_given: bool
    invoice: Invoice | None
    raw_amount: Fraction | None
    raw_currency: str
    refundable: Fraction | None = None
    formula: Fraction = Fraction(0)
    eligible: Fraction | None = None
    payable: Fraction | None = None
    base_amount: Fraction | None = None
    cells: list[Cell] | None = None
    findings: set[str] | None = None
    state: str = "received"
    level: str | None = None

    @property
    def requested(self) -> Fraction | None:
        """The amount asked for; one in another currency than the invoice's counts as missing."""
        elsewhere = self.invoice and self.raw_currency and self.raw_currency != self.invoice.currency
        return None if elsewhere else self.raw_amount


class Reckoning:
    def __init__(self, shop: Shop, now: datetime, base: str) -> None:
        self.shop, self.now, self.base = shop, now.astimezone(UTC), base
        self.by_customer: dict[str, list[Case]] = {}
        self.by_reference: dict[tuple[str, str], list[Case]] = {}
        self.approved_on: dict[str, list[Case]] = {}  # invoice number

    def assess(self, line: int, row: Row) -> Case:
        case = self.resolve(line, row)
        self.amounts(case)
        case.findings = self.findings(case)
        self.route(case)
        self.remember(case)
        return case

    def resolve(self, line: int, row: Row) -> Case:
        """Who and what the request is about; a reference given but unknown stays unknown."""
        shop = self.shop
        customer_id = row["customer_id"]
        if not customer_id:
            senders = shop.by_address.get(row["customer_email"].casefold(), []) if row["customer_email"] else []
            customer_id = senders[0]["customer_id"] if len(senders) == 1 else ""
        order_id, invoice_no = row["service_order"], row["invoice"]
        if not invoice_no and order_id:
            of_order = shop.invoices_of.get(order_id, []) if order_id in shop.orders else []
            invoice_no = of_order[0] if len(of_order) == 1 else ""
        invoice = shop.invoices.get(invoice_no)
        if not order_id and invoice:
            order_id = invoice.service_order
        return Case(
            line=line,
            received=moment(row["received_at"]) or self.now,
            channel=row["channel"],
            external_ref=row["external_ref"],
            reason=row["reason"],
            customer=shop.customers.get(customer_id),
            order=shop.orders.get(order_id),
            order_given=bool(row["service_order"]),
            invoice=invoice,
            raw_amount=number(row["amount"]),
            raw_currency=row["currency"],
        )

    def amounts(self, case: Case) -> None:
        invoice = case.invoice
        if invoice is None:
            return
        currency = invoice.currency
        others = self.approved_on.get(invoice.number, [])
        paid = in_currency(self.shop.payments.get(invoice.number, []), currency)
        refunded = in_currency(self.shop.refunds.get(invoice.number, []), currency)
        refunded += sum((other.payable for other in others), Fraction(0))
        case.refundable = max(Fraction(0), paid - refunded)
        cells: list[Cell] = []
        if case.reason in {"goodwill", "other"}:
            case.formula = max(Fraction(0), case.requested or Fraction(0))
        elif case.reason == "duplicate-payment":
            total = invoice.total()
            case.formula = Fraction(0) if total is None else max(Fraction(0), paid - total - refunded)
        elif case.order is not None:
            taken = [cell for other in others for cell in other.cells]
            share_of = shares(case.reason, self.shop, case.customer, case.order, invoice)
            cells = given_back(invoice, share_of, taken)
            case.formula = sum((net + tax for _, net, tax in cells), Fraction(0))
        case.eligible = min(case.refundable, case.formula)
        wanted = case.eligible if case.requested is None else min(case.requested, case.eligible)
        case.payable = max(Fraction(0), wanted)
        case.cells = scaled(cells, case.payable, currency)
        case.base_amount = self.in_base(case.payable, currency)

    def in_base(self, amount: Fraction, currency: str) -> Fraction | None:
        if currency == self.base:
            return amount
        today = self.now.date()
        known = [(day(row["date"]), number(row["rate"])) for row in self.shop.rates.get(currency, [])]
        fresh = [(on, rate) for on, rate in known if on and rate and today - RATE_AGE <= on <= today]
        return half_up(amount / max(fresh)[1], self.base) if fresh else None

    def findings(self, case: Case) -> set[str]:
        customer, order, invoice = case.customer, case.order, case.invoice
        holds = {
            "customer-unknown": customer is None,
            "order-unknown": order is None,
            "order-mismatch": bool(customer and order) and order["customer_id"] != customer["customer_id"],
            "invoice-unknown": invoice is None,
            "invoice-mismatch": invoice is not None and self.foreign(case),
            "service-open": bool(order)
            and order["status"] == "open"
            and case.reason not in {"duplicate-payment", "goodwill"},
            "amount-invalid": case.raw_amount is not None and case.raw_amount <= 0,
            "duplicate": any(self.same_request(case, other) for other in self.related(case)),
            "possible-duplicate": any(self.near(case, other) for other in self.related(case)),
            "reason-unproven": self.provable(case) and case.formula <= 0,
            "reason-manual": case.reason == "other",
        }
        if invoice is not None:
            age = (case.received.date() - invoice.issued_on).days if invoice.issued_on else 0
            paid = in_currency(self.shop.payments.get(invoice.number, []), invoice.currency)
            holds["nothing-paid"] = paid <= 0
            holds["already-refunded"] = case.refundable == 0
            holds["window-passed"] = age > CLAIM_DAYS
            holds["currency-differs"] = case.raw_currency not in {"", invoice.currency}
            holds["reduced"] = case.eligible > 0 and case.requested is not None and case.requested > case.eligible
            holds["rate-missing"] = case.base_amount is None
        return {code for code, fires in holds.items() if fires}

    @staticmethod
    def foreign(case: Case) -> bool:
        of_other_customer = case.customer is not None and case.invoice.customer_id != case.customer["customer_id"]
        of_other_order = (
            case.order_given and case.order is not None and case.invoice.service_order != case.order["service_order"]
        )
        return of_other_customer or of_other_order

    @staticmethod
    def provable(case: Case) -> bool:
        """Whether all is known that the reason's formula asks for."""
        if case.reason in {"goodwill", "other"} or case.invoice is None:
            return False
        if case.reason == "duplicate-payment":
            return True
        if case.reason in {"sla-breach", "faulty-work"} and case.customer is None:
            return False
        return case.order is not None

    def related(self, case: Case) -> list[Case]:
        """The earlier cases of the same known customer, and those with the same reference from the same channel."""
        found = list(self.by_customer.get(case.customer["customer_id"], [])) if case.customer else []
        if case.external_ref:
            found += self.by_reference.get((case.channel, case.external_ref), [])
        return found

    @staticmethod
    def shares_subject(case: Case, other: Case) -> bool:
        same_customer = case.customer is not None and other.customer is case.customer
        same_order = case.order is not None and other.order is case.order
        same_invoice = case.invoice is not None and other.invoice is case.invoice
        close = abs(case.received - other.received) <= DUPLICATE_WINDOW
        return same_customer and (same_order or same_invoice) and close

    def same_request(self, case: Case, other: Case) -> bool:
        if case.external_ref and (case.external_ref, case.channel) == (other.external_ref, other.channel):
            return True
        same_claim = case.reason == other.reason and case.requested == other.requested
        return same_claim and self.shares_subject(case, other)

    def near(self, case: Case, other: Case) -> bool:
        return other.state not in {"denied", "withdrawn", "duplicate"} and self.shares_subject(case, other)

    def route(self, case: Case) -> None:
        if "duplicate" in case.findings:
            case.state = "duplicate"
        elif case.findings - INFORMING or not case.eligible:
            case.state = "review"  # a blocking finding and one for review lead to the same place
        else:
            case.level = self.level(case)
            case.state = "approved" if case.level == "auto" else "awaiting"

    def level(self, case: Case) -> str:
        auto_below = AUTO_BELOW_PLATINUM if case.customer["tier"] == "platinum" else AUTO_BELOW
        lately = [
            other.base_amount
            for other in self.by_customer.get(case.customer["customer_id"], [])
            if other.level == "auto" and timedelta(0) <= case.received - other.received <= ADD_UP
        ]
        if case.base_amount + sum(lately) < auto_below:
            return "lead" if case.reason == "goodwill" else "auto"
        return "lead" if case.base_amount <= LEAD_UP_TO else "manager"

    def remember(self, case: Case) -> None:
        if case.customer:
            self.by_customer.setdefault(case.customer["customer_id"], []).append(case)
        if case.external_ref:
            self.by_reference.setdefault((case.channel, case.external_ref), []).append(case)
        if case.state == "approved":
            self.approved_on.setdefault(case.invoice.number, []).append(case)


def given_back(invoice: Invoice, share_of: dict[int, Fraction], taken: list[Cell]) -> list[Cell]:
    """What every line gives back at these shares, each cell limited to what `taken` left in it."""
    cells = []
    for line in invoice.lines:
        share = share_of.get(line.line_no, Fraction(0))
        if line.net is None or line.tax is None or share == 0:
            cells.append((line.line_no, Fraction(0), Fraction(0)))
            continue
        net = half_up(line.net * share, invoice.currency)
        tax = line.tax if share == 1 else half_up(net * line.tax_rate, invoice.currency)
        net_left = line.net - sum(cell[1] for cell in taken if cell[0] == line.line_no)
        tax_left = line.tax - sum(cell[2] for cell in taken if cell[0] == line.line_no)
        cells.append((line.line_no, min(net, net_left), min(tax, tax_left)))
    return cells


def scaled(cells: list[Cell], payable: Fraction, currency: str) -> list[Cell]:
    """The cells scaled down together so that they add up to payable (largest remainder, ties to the earlier)."""
    amounts = [amount for _, net, tax in cells for amount in (net, tax)]
    total = sum(amounts, Fraction(0))
    if payable >= total:
        return cells
    units = 10 ** DIGITS.get(currency, 2)
    exact = [amount * payable / total * units for amount in amounts]
    whole = [floor(part) for part in exact]
    missing = int(payable * units) - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_remainder[:missing]:
        whole[place] += 1
    money = [Fraction(part, units) for part in whole]
    return [(cells[n][0], money[2 * n], money[2 * n + 1]) for n in range(len(cells))]


def shown(case: Case) -> dict[str, Any]:
    currency = case.invoice.currency if case.invoice else None
    money = [(no, net, tax) for no, net, tax in case.cells or [] if net or tax]
    return {
        "row": case.line,
        "state": case.state,
        "level": case.level,
        "payable": None if currency is None else written(case.payable, currency),
        "currency": currency,
        "findings": sorted(case.findings),
        "eligible": None if currency is None else written(case.eligible, currency),
        "cells": [(no, written(net, currency), written(tax, currency)) for no, net, tax in money],
    }


def reckon(folder: Path, now: datetime, base: str = "USD") -> list[dict[str, Any]]:
    """Assess the requests of `folder` one after the other at `now`, in a shop whose clock is UTC."""
    reckoning = Reckoning(read_shop(folder), now, base)
    return [shown(reckoning.assess(line, row)) for line, row in rows(folder / "requests.csv")]
