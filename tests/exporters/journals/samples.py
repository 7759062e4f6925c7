"""Bookings of every kind made by hand: the scenarios of a shop's books, and random histories of them."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from refundkit.model.booking import Booking, Document, Entry
from refundkit.model.money import DIGITS

PER_USD = {"USD": Decimal(1), "EUR": Decimal("0.92"), "GBP": Decimal("0.79"), "JPY": Decimal("149.3"),
           "KWD": Decimal("0.3071"), "CAD": Decimal("1.36")}  # fmt: skip
"""Six currencies: two, no and three decimals; units for one dollar."""

NAMES = (
    "Acme Ltd",
    "Müller, Söhne & Co; GmbH",
    "株式会社サンプル",
    '=HYPERLINK("http://example.net","x")',
    "+1 555 tab\there",
    "-minus | pipe",
    "@SUM(A1:A9)",
    "two\nlines\r\nhere",
    "🔧 Repairs 🖨️",
    "right \u202eto left\u202c \u200fmark",
    "n" * 300,
    "#N/A",
    "[2026-99-99] date: x, case: RF-NONE",
    "back\\slash \"quoted' name",
    "half \ud800 pair",
)
"""Names that bite one writer or another."""
SHORT = tuple(name for name in NAMES if len(name) < 60)


def moved(minor: int, currency: str, base: str, per_base: Decimal) -> int:
    """Minor units of the books, by decimal arithmetic that the package does not use."""
    own = Decimal(minor).scaleb(-DIGITS[currency]) / per_base
    return int(own.scaleb(DIGITS[base]).quantize(Decimal(1), ROUND_HALF_UP))


class Books:
    """Makes balanced documents one after the other, for books in one currency."""

    def __init__(self, base: str = "USD") -> None:
        self.base, self.made = base, []
        self.numbers: dict[str, int] = defaultdict(int)

    def rate(self, currency: str, change: str = "1") -> Decimal:
        if currency == self.base:
            return Decimal(1)
        return (PER_USD[currency] / PER_USD[self.base] * Decimal(change)).quantize(Decimal("0.000001"))

    def put(self, document, case, day, currency, amount, parts, rate, **more) -> Booking:
        """One document. `parts`: (account, minor units of the document, units for one of the books, text, tax rate)."""
        letters = {Document.CREDIT_MEMO: "CM", Document.PAYMENT: "PM", Document.CHEQUE_CLEARED: "CC",
                   Document.PAYMENT_RETURNED: "PR", Document.KEPT_ON_ACCOUNT: "KA"}[document]  # fmt: skip
        self.numbers[letters + case] += 1
        entries = [
            Entry(account, booked, text, tax_rate, original)
            for account, original, per_base, text, tax_rate in parts
            if (booked := moved(original, currency, self.base, per_base))
        ]
        if difference := -sum(e.amount for e in entries):
            entries.append(Entry("realised_fx", difference, "Exchange difference"))
        foreign = currency != self.base
        said = {"customer_id": "C-1", "customer_name": "Acme Ltd", "invoice": "INV-1007", "reason": "billing-error"}
        booking = Booking(
            case=case, memo=f"{letters}-{case[3:]}-{self.numbers[letters + case]}", posted_on=day, currency=currency,
            amount=amount, base=self.base, entries=tuple(entries), document=document,
            rate=format(rate, "f") if foreign else "",
            rate_text=f"{rate} {currency} for 1 {self.base}" if foreign else "", **{**said, **more},
        )  # fmt: skip
        self.made.append(booking)
        return booking

    def credit(
        self, case, day, lines, *, currency="", tax="0.0825", restocking=0, owed="refunds_payable", at="1", **more
    ):
        """A credit memo. `lines`: (account, net in minor units); tax on the refunds among them."""
        currency = currency or self.base
        invoice, memo = self.rate(currency), self.rate(currency, at)
        day_rate = invoice if owed == "receivable" else memo
        net = sum(amount for account, amount in lines if account == "refunds")
        taxed = int((Decimal(net - restocking) * Decimal(tax or 0)).quantize(Decimal(1), ROUND_HALF_UP))
        parts = [(account, amount, invoice, f"Line {n} (labour)", "") for n, (account, amount) in enumerate(lines, 1)]
        if taxed:
            parts.append(("sales_tax", taxed, invoice, f"Sales tax {(Decimal(tax) * 100).normalize():f} %", tax))
        if restocking:
            parts.append(("restocking_fees", -restocking, invoice, "Restocking kept back, line 1", ""))
        total = sum(part[1] for part in parts)
        text = "Credit on the unpaid invoice" if owed == "receivable" else "Owed to the customer"
        parts.append((owed, -total, day_rate, text, ""))
        return self.put(Document.CREDIT_MEMO, case, day, currency, total, parts, day_rate, **more)

    def pay(self, memo, day, account, method, reference="", at="1", document=Document.PAYMENT):
        """The whole of a credit memo paid, from an account, at the rate of its own day; or kept as a credit."""
        owed = next(e for e in memo.entries if e.account == "refunds_payable")
        rate = self.rate(memo.currency, at)
        parts = [("refunds_payable", memo.amount, None, "Owed to the customer", ""),
                 (account, -memo.amount, rate, f"Paid by {method}" if method != "account" else "Kept for the customer", "")]  # fmt: skip
        return self._over(memo, day, parts, rate, -owed.amount, document, settles=memo.memo, method=method,
                          reference=reference)  # fmt: skip

    def _over(self, memo, day, parts, rate, owed, document, **more):
        """A document over Refunds payable, which moves by exactly what was booked there."""
        made = self.put(document, memo.case, day, memo.currency, memo.amount,
                        [p if p[2] else (*p[:2], rate, *p[3:]) for p in parts], rate, customer_id=memo.customer_id,
                        customer_name=memo.customer_name, invoice=memo.invoice, reason=memo.reason, **more)  # fmt: skip
        others = [e for e in made.entries if e.account not in ("refunds_payable", "realised_fx")]
        first = next(e for e in made.entries if e.account == "refunds_payable")
        entries = [Entry("refunds_payable", owed, first.text, "", first.original), *others]
        if difference := -sum(e.amount for e in entries):
            entries.append(Entry("realised_fx", difference, "Exchange difference"))
        self.made[-1] = Booking.from_data({**made.as_data(), "entries": [_plain(e) for e in entries]})
        return self.made[-1]

    def stock(self, memo, day, minor, goal="inventory", document=Document.STOCK_RETURNED):
        """A part came back, at its cost; or that was wrong."""
        minor = minor if document == Document.STOCK_RETURNED else -minor
        entries = (Entry(goal, minor, "Part back in stock" if goal == "inventory" else "Part to scrap", "", minor),
                   Entry("cost_of_goods", -minor, "Cost of the part", "", -minor))  # fmt: skip
        made = self._again(memo, day, document, entries)
        data = {**made.as_data(), "amount": abs(minor), "currency": self.base, "rate": "", "rate_text": ""}
        self.made[-1] = Booking.from_data(data)

    def use(self, kept, day, minor, invoice, worth=0):
        """A part of a kept credit pays an invoice. `worth`: what the invoice stands for, where that is another sum."""
        share = minor * -sum(e.amount for e in kept.entries if e.account == "customer_credits") // kept.amount
        entries = (Entry("customer_credits", share, f"Credit {kept.memo} used", "", minor),
                   Entry("receivable", -(worth or share), "Pays the invoice", "", -minor),
                   Entry("realised_fx", (worth or share) - share, "Exchange difference"))  # fmt: skip
        made = self._again(kept, day, Document.CREDIT_USED, tuple(e for e in entries if e.amount))
        self.made[-1] = Booking.from_data({**made.as_data(), "amount": minor, "invoice": invoice})

    def give_up(self, payment, day, remitted):
        """Nobody cashes a cheque: its money is set aside, and later the state's."""
        amount = -sum(e.amount for e in payment.entries if e.account == "cheques_outstanding")
        text = f"{payment.memo} by cheque, cheque {payment.reference}"
        entries = (Entry("cheques_outstanding", amount, text, "", payment.amount),
                   Entry("unclaimed_property", -amount, "Unclaimed", "", -payment.amount))  # fmt: skip
        self._again(payment, day, Document.CHEQUE_UNCLAIMED, entries)
        entries = (Entry("unclaimed_property", amount, text, "", payment.amount),
                   Entry("bank", -amount, "Handed to the state", "", -payment.amount))  # fmt: skip
        return self._again(payment, remitted, Document.UNCLAIMED_REMITTED, entries)

    def clear(self, payment, day):
        """The bank has paid a cheque."""
        amount = -sum(e.amount for e in payment.entries if e.account == "cheques_outstanding")
        entries = (Entry("cheques_outstanding", amount, "Cheque cleared", "", payment.amount),
                   Entry("bank", -amount, "Paid by the bank", "", -payment.amount))  # fmt: skip
        return self._again(payment, day, Document.CHEQUE_CLEARED, entries)

    def back(self, payment, day):
        """A payment came back: its entries turned round."""
        entries = tuple(
            Entry(e.account, -e.amount, f"Reversed: {e.text}", e.tax_rate, None if e.original is None else -e.original)
            for e in payment.entries
        )
        return self._again(payment, day, Document.PAYMENT_RETURNED, entries)

    def fee(self, payment, day, minor):
        """What the bank took for a payment that came back, in the books' currency."""
        entries = (Entry("bank_fees", minor, f"Fee of the bank for {payment.memo}", "", minor),
                   Entry("bank", -minor, f"{payment.memo} by {payment.method}", "", -minor))  # fmt: skip
        made = self._again(payment, day, Document.BANK_FEE, entries)
        data = {**made.as_data(), "amount": minor, "currency": self.base, "rate": "", "rate_text": ""}
        self.made[-1] = Booking.from_data(data)

    def _again(self, payment, day, document, entries):
        letters = {Document.CHEQUE_CLEARED: "CC", Document.PAYMENT_RETURNED: "PR", Document.BANK_FEE: "BF",
                   Document.CREDIT_USED: "CR", Document.STOCK_RETURNED: "SB", Document.STOCK_CORRECTED: "SX",
                   Document.CHEQUE_UNCLAIMED: "CU", Document.UNCLAIMED_REMITTED: "UR"}[document]  # fmt: skip
        self.numbers[letters + payment.case] += 1
        number = f"{letters}-{payment.case[3:]}-{self.numbers[letters + payment.case]}"
        data = {**payment.as_data(), "memo": number, "posted_on": day.isoformat(), "document": document,
                "settles": payment.memo, "entries": [_plain(e) for e in entries]}  # fmt: skip
        self.made.append(Booking.from_data(data))
        return self.made[-1]


def _plain(entry):
    return {"account": entry.account, "amount": entry.amount, "text": entry.text, "tax_rate": entry.tax_rate,
            "original": entry.original}  # fmt: skip


def scenarios(base: str = "USD", foreign: str = "EUR") -> list[Booking]:
    """The scenarios of a shop, in books of one currency, amounts of a size that fits it; one is in a foreign currency."""
    books = Books(base)
    day = date(2026, 3, 2)
    after = [day + timedelta(n) for n in range(30)]
    lines = [("refunds", 40000)]

    full = books.credit("RF-7K4M-2QXP-A001", day, [("refunds", 26449)], tax="0.0357", reason="sla-breach")
    books.pay(full, after[1], "processor_clearing", "card", "re_3NkQ8LzHa5")
    part = books.credit("RF-7K4M-2QXP-B001", after[1], [("refunds", 9655)], reason="incomplete-service")
    books.pay(part, after[3], "bank", "transfer", "TRF-000417")
    books.credit("RF-7K4M-2QXP-C001", after[1], [("refunds", 12500)], tax="0.2", invoice="INV-1008")
    stock = books.credit("RF-7K4M-2QXP-D001", after[2], lines, restocking=6000, reason="equipment-return")
    books.pay(stock, after[3], "cash", "cash")
    books.stock(stock, after[5], 26000)
    books.stock(stock, after[6], 26000, document=Document.STOCK_CORRECTED)
    books.stock(stock, after[6], 25000, "scrap")
    books.credit("RF-7K4M-2QXP-E001", after[2], [("goodwill", 5000)], tax="", reason="goodwill", invoice="")
    twice = books.credit(
        "RF-7K4M-2QXP-F001", after[2], [("customer_credits", 27393)], tax="", reason="duplicate-payment"
    )
    books.pay(twice, after[4], "bank", "transfer", "TRF-000418")
    kept = books.credit("RF-7K4M-2QXP-G001", after[3], [("refunds", 8000)])
    credit = books.pay(kept, after[3], "customer_credits", "account", document=Document.KEPT_ON_ACCOUNT)
    books.use(credit, after[9], 5000, "INV-1020")
    cheque = books.credit("RF-7K4M-2QXP-H001", after[4], [("refunds", 11000), ("refunds", 85)])
    paid = books.pay(cheque, after[5], "cheques_outstanding", "cheque", "2091")
    books.clear(paid, after[12])
    returned = books.credit("RF-7K4M-2QXP-J001", after[4], [("refunds", 6928)])
    first = books.pay(returned, after[5], "bank", "ach", "0910000190000001")
    books.back(first, after[8])
    books.fee(first, after[8], 400)
    books.pay(returned, after[9], "cheques_outstanding", "cheque", "2092")
    never = books.credit("RF-7K4M-2QXP-L001", after[4], [("refunds", 11086)])
    books.give_up(books.pay(never, after[5], "cheques_outstanding", "cheque", "2093"), after[20], after[25])
    fx = books.credit("RF-7K4M-2QXP-K001", after[6], lines, currency=foreign, at="1.01", customer_name="Société Élan")
    books.pay(fx, after[9], "bank", "sepa", "E2E-77", at="1.02")
    books.credit("RF-7K4M-2QXP-M001", after[7], lines, owed="receivable", invoice="INV-1011", customer_name="Zoë Lang")
    books.credit("RF-7K4M-2QXP-N001", after[7], lines, owed="receivable", currency=foreign, invoice="INV-1012")
    return books.made


def random_books(count: int, seed: int = 7, base: str = "USD") -> list[Booking]:
    """Random histories, so many documents: every kind, six currencies, partial refunds, hostile texts."""
    draw, books, number = random.Random(seed), Books(base), 0
    while len(books.made) < count:
        number += 1
        case, day = (
            f"RF-{number:04d}-2QXP-{draw.choice('TRAB')}{number % 1000:03d}",
            date(2026, 1, 5) + timedelta(draw.randrange(60)),
        )
        currency = draw.choice(list(PER_USD))
        accounts = draw.choice(
            [["refunds"], ["refunds"] * 3, ["refunds", "goodwill"], ["goodwill"], ["customer_credits"]]
        )
        lines = [(account, draw.randrange(500, 200_000)) for account in accounts]
        more = {
            "customer_id": f"C-{number}",
            "customer_name": draw.choice(NAMES),
            "invoice": draw.choice(["", "INV-1", draw.choice(SHORT)]),
        }
        tax, kept = (
            draw.choice(["", "0.0825", "0.19", "0.2"]),
            draw.choice([0, 0, 17]) if accounts[0] == "refunds" else 0,
        )
        owed = "receivable" if draw.random() < 0.1 else "refunds_payable"
        at = draw.choice(["1", "1.013", "0.9871"])
        memo = books.credit(case, day, lines, currency=currency, tax=tax, restocking=kept, owed=owed, at=at, **more)
        if draw.random() < 0.1:
            books.stock(memo, day, draw.randrange(1, 90_000), draw.choice(["inventory", "scrap"]))
            books.stock(memo, day, draw.randrange(1, 90_000), "scrap", Document.STOCK_CORRECTED)
        if owed == "receivable":
            continue
        for account, method in draw.sample([("processor_clearing", "card"), ("bank", "transfer"), ("cash", "cash"),
                                            ("cheques_outstanding", "cheque"), ("customer_credits", "account")], 2):  # fmt: skip
            if draw.random() < 0.3:
                break
            day += timedelta(draw.randrange(1, 9))
            kind = Document.KEPT_ON_ACCOUNT if method == "account" else Document.PAYMENT
            reference = str(3000 + len(books.made)) if method == "cheque" else draw.choice(["", *SHORT])
            paid = books.pay(memo, day, account, method, reference, draw.choice(["1", "1.02", "0.97"]), kind)
            if kind == Document.KEPT_ON_ACCOUNT and draw.random() < 0.7 and paid.base_amount < -1:
                worth = draw.randrange(1, 99) if currency != base else 0
                books.use(paid, day + timedelta(3), paid.amount // 2, draw.choice(["INV-2", *SHORT]), worth)
            if kind == Document.KEPT_ON_ACCOUNT or draw.random() < 0.7:
                if method == "cheque" and draw.random() < 0.5:
                    books.clear(paid, day + timedelta(draw.randrange(3, 20)))
                elif method == "cheque":
                    books.give_up(paid, day + timedelta(draw.randrange(3, 20)), day + timedelta(draw.randrange(20, 30)))
                break
            day += timedelta(draw.randrange(1, 9))
            books.back(paid, day)
            if method in ("transfer", "cheque") and draw.random() < 0.5:
                books.fee(paid, day, draw.randrange(1, 900))
    return books.made[:count]


def lowers(booking: Booking) -> bool:
    """Whether it is a credit memo on an invoice that nobody has paid."""
    return booking.on_receivable and booking.document == Document.CREDIT_MEMO


def sayable(name: str, bookings: list[Booking]) -> list[Booking]:
    """Those of the bookings that a format can say, by what its system can take."""
    if name == "quickbooks-desktop":
        return [b for b in bookings if b.currency == b.base and not (b.on_receivable and not _listed(b.customer_name))]
    if name == "sage-accounting":
        return [b for b in bookings if b.document == Document.CREDIT_MEMO and b.currency == b.base and _one_rate(b)]
    if name == "sage-50":
        return [b for b in bookings if not b.on_receivable or (b.currency == b.base and _one_rate(b))]
    if name == "quickbooks-online":
        return [b for b in bookings if not b.on_receivable or b.currency == b.base]
    if name == "netsuite":
        return [b for b in bookings if not b.on_receivable or (b.invoice.strip() and DIGITS[b.currency] < 3)]
    return list(bookings)


def _listed(name: str) -> bool:
    """Whether QuickBooks Desktop can have a customer of that name."""
    return (
        name.isprintable() and len(name) <= 41 and not set(name) & set(':"') and not any(ord(c) > 0x2FF for c in name)
    )


def _one_rate(booking: Booking) -> bool:
    return len({e.tax_rate for e in booking.entries if e.tax_rate}) < 2


def payable_by_day(bookings: list[Booking]) -> dict[date, Decimal]:
    """The balance of Refunds payable at the end of every day something moved it, credit negative."""
    moves: dict[date, int] = defaultdict(int)
    for booking in bookings:
        if owed := [e.amount for e in booking.entries if e.account == "refunds_payable"]:
            moves[booking.posted_on] += sum(owed)
    total, balances = 0, {}
    for day in sorted(moves):
        total += moves[day]
        balances[day] = Decimal(total).scaleb(-DIGITS[bookings[0].base])
    return balances
