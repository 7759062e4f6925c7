"""A shop whose customers pay in six currencies: its records, and what they ask back; all drawn from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import small_shop

from refundkit.model.money import DIGITS, half_up, plain, to_minor
from refundkit.model.payments import Payee
from refundkit.workflow import payees

PEOPLE = {"max": ("manager", ""), "mona": ("manager", ""), "carl": ("accountant", ""), "cleo": ("accountant", "")}
PER_USD = {"USD": "1", "EUR": "0.91", "GBP": "0.78", "CHF": "0.88", "JPY": "149", "KWD": "0.307"}
"""Units of each currency for 1 of the books', about which the days' rates move."""
ISSUED = date(2026, 8, 1)
"""The first day of the invoices; they are issued within three weeks of it."""
TAX = ("0.0825", "0.19", "0.2", "0.05", "0")
WAYS = ("card", "card", "cash", "cheque", "transfer", "bank", "bank", "bank")
IBAN = "DE89370400440532013000"
NAMES = ("Müller, Söhne & 'Co'; Nord", "Zoë Lang | Sons", "Société Générale d'Entretien", "Customer", "* Star Ltd")

AS_IT_SHOULD_BE = {
    "service_code": "repair", "technician": "T-09", "priority": "standard", "status": "completed",
    "completion_pct": 100, "onsite_minutes": 240, "responded_at": "2026-07-20T09:00:00Z",
    "opened_at": "2026-07-20T08:00:00Z", "completed_at": "2026-07-20T13:00:00Z", "scheduled_at": "2026-07-20T09:00:00Z",
    "cancelled_at": "", "cancelled_by": "",
}  # fmt: skip
WRONG: dict[str, tuple[dict[str, object], ...]] = {
    "sla-breach": ({"responded_at": "2026-07-20T15:00:00Z"}, {"completed_at": "2026-07-22T08:00:00Z"}),
    "billing-error": ({"onsite_minutes": 100}, {"onsite_minutes": 200}),
    "incomplete-service": ({"status": "partial", "completion_pct": 60}, {"status": "partial", "completion_pct": 33}),
    "cancelled-visit": (
        {"status": "no-show"},
        {"status": "cancelled", "cancelled_by": "customer", "cancelled_at": "2026-07-20T07:00:00Z"},
    ),
    "duplicate-payment": ({},),
    "equipment-return": ({},),
    "faulty-work": ({},),
    "goodwill": ({},),
    "other": ({},),
}
"""What is wrong with an order for which each reason holds."""
PAID = {"duplicate-payment": ("twice",)}
"""How the invoices of a reason are paid, where it is not one of the usual ways."""
USUALLY = ("whole", "whole", "whole", "two ways", "partly", "unpaid")


@dataclass(frozen=True)
class Request:
    """What a customer asks: on which day, why, and how much of the invoice's currency. `named`: whether by its number."""

    day: int
    invoice: str
    order: str
    customer: str
    currency: str
    reason: str
    amount: str
    named: bool

    def row(self, received: datetime, number: int) -> tuple[str, ...]:
        """As a row of requests.csv."""
        about = {"invoice": self.invoice * self.named, "service_order": self.order * self.named}
        return small_shop.request(
            0, self.reason, self.amount, currency=self.currency, customer_id=self.customer, external_ref=f"R-{number}",
            received_at=received.strftime("%Y-%m-%dT%H:%M:%SZ"), **about,
        )  # fmt: skip


class MoneyShop:
    """Draws the records and the requests."""

    def __init__(self, seed: int, cases: int, days: int) -> None:
        self.draw = draw = random.Random(seed)
        self.tables: dict[str, list[tuple[object, ...]]] = {
            name: [] for name in ("customers", "service_orders", "invoices", "payments", "parts", "rates")
        }
        self.requests: list[Request] = []
        currencies = list(PER_USD)
        self.customers = {f"C-{n}": currencies[n % len(currencies)] for n in range(6 + cases // 8)}
        for name, currency in self.customers.items():
            called = f"{draw.choice(NAMES)} {name[2:]}"
            self.tables["customers"].append((name, called, f"{name.lower()}@example.org", "", "standard", currency, ""))
        self._rates(days)
        while len(self.requests) < cases:
            self._invoice(len(self.tables["service_orders"]), days)
        self.requests = sorted(self.requests[:cases], key=lambda r: r.day)

    def write(self, folder: Path) -> None:
        """As native records."""
        small_shop.write_tables(folder, {**self.tables, "sla_terms": [("standard", "standard", 240, 480)]})

    def _rates(self, days: int) -> None:
        """Every working day's, from before the first invoice until after the last payment."""
        for day in (ISSUED + timedelta(n) for n in range(-7, days + 70)):
            for currency, about in PER_USD.items():
                if currency != "USD" and day.weekday() < 5:
                    rate = Decimal(about) * self.draw.randrange(9600, 10400) / 10000
                    self.tables["rates"].append((day, currency, f"{rate:.6f}"))

    def _invoice(self, n: int, days: int) -> None:
        """An order, its invoice, how it was paid, and one to three requests about it."""
        draw = self.draw
        customer, currency = draw.choice(list(self.customers.items()))
        reason = draw.choice(list(WRONG))
        order, invoice = f"SO-{n}", f"INV-{n}"
        issued = ISSUED + timedelta(draw.randrange(21))
        facts = {"service_order": order, "customer_id": customer, "equipment": f"device {n}",
                 **AS_IT_SHOULD_BE, **draw.choice(WRONG[reason])}  # fmt: skip
        self._order(facts)
        if reason == "faulty-work":
            self._order({**facts, "service_order": f"{order}-again", "opened_at": "2026-08-05T09:00:00Z",
                         "responded_at": "", "completed_at": ""})  # fmt: skip
        lines = self._lines(n, invoice, order, customer, issued, currency)
        returned = draw.choice(((1, "good"), (2, "good"), (2, "faulty"))) if reason == "equipment-return" else (0, "")
        used = 1 if reason in ("billing-error", "incomplete-service") else 2
        back = issued + timedelta(9) if returned[0] else ""
        self.tables["parts"].append((order, f"P-{n}", used, returned[0], back, returned[1]))
        how = draw.choice(PAID.get(reason, USUALLY))
        self._payments(n, invoice, issued, currency, lines, how)
        self._requests(Request(0, invoice, order, customer, currency, reason, "", named=True), lines, how, days)

    def _order(self, facts: dict[str, object]) -> None:
        self.tables["service_orders"].append(tuple(facts[name] for name in small_shop.TABLES["service_orders"].split()))

    def _lines(self, n: int, invoice: str, order: str, customer: str, issued: date, currency: str) -> int:
        """The lines of an invoice; returns its total in minor units."""
        draw, total = self.draw, 0
        size = Decimal(PER_USD[currency]) * draw.choice((1, 3, 3, 10, 60))
        for number, (kind, quantity, price) in enumerate(
            (("labour", "4", 90), ("part", "2", 41), ("travel", "1", 33), ("surcharge", "1", 25)), 1
        ):
            unit = to_minor((size * price * draw.randrange(80, 120) / 100).quantize(Decimal(1).scaleb(-DIGITS[currency])),
                            currency)  # fmt: skip
            rate = draw.choice(TAX)
            net = unit * int(quantity)
            top, bottom = Decimal(rate).as_integer_ratio()
            total += net + half_up(net * top, bottom)
            sku = f"P-{n}" if kind == "part" else ""
            self.tables["invoices"].append(
                (invoice, order, customer, issued, currency, number, kind, sku, kind, quantity, plain(unit, currency), rate)
            )  # fmt: skip
        return total

    def _payments(self, n: int, invoice: str, issued: date, currency: str, total: int, how: str) -> None:
        bank = {"USD": "ach", "EUR": "sepa"}.get(currency, "transfer")
        ways = [bank if way == "bank" else way for way in self.draw.sample(WAYS, 2)]
        parts = {"whole": (total,), "twice": (total, total), "two ways": (total // 3, total - total // 3),
                 "partly": (total * 3 // 5,), "unpaid": ()}[how]  # fmt: skip
        for number, (amount, way) in enumerate(zip(parts, ways, strict=False)):
            day, said = issued + timedelta(2 + number), plain(amount, currency)
            reference = f"ch_{n}x{number}" if way == "card" else ""
            self.tables["payments"].append((f"PAY-{n}-{number}", invoice, day, said, currency, way, reference))

    def _requests(self, first: Request, total: int, how: str, days: int) -> None:
        """The request that the invoice is there for; some invoices are asked about again, for a part each."""
        draw = self.draw
        reason = "goodwill" if how == "unpaid" and first.reason == "other" else first.reason
        again = draw.choice((0, 0, 0, 1, 2)) if how not in ("unpaid", "twice") else 0
        for number in range(1 + again):
            why = reason if number == 0 else draw.choice(("goodwill", "other", reason))
            pct = draw.choice((3, 7, 11, 18, 29))
            asks = number > 0 or why in ("goodwill", "other") or draw.random() < 0.3
            amount = plain(max(1, total * pct // 100 + number), first.currency) if asks else ""
            named = why != "goodwill" or draw.random() < 0.5
            day = draw.randrange(max(1, days - 3))
            self.requests.append(
                Request(day, first.invoice, first.order, first.customer, first.currency, why, amount, named)
            )


def make(folder: Path, records: MoneyShop) -> small_shop.SmallShop:
    """Begin the shop, with every way to pay open and the accounts of its customers known; a cheque waits a month."""
    shop = small_shop.make(folder, time_zone="America/Chicago", users=PEOPLE, write=records.write)
    shop.adopt(
        {"payments.ach": small_shop.ACH, "payments.sepa": {"name": '"SHOP"', "iban": f'"{IBAN}"'},
         "payments.cheque": {"stale_months": "1", "unclaimed_months": "1"}}
    )  # fmt: skip
    with shop.open("carl") as opened:
        for n, (customer, currency) in enumerate(records.customers.items()):
            payee = Payee(f"Customer {n}", routing="021000021", account=f"1000{n:05}")
            payees.enter(opened, customer, payee if currency == "USD" else Payee(f"Customer {n}", iban=IBAN))
    return shop
