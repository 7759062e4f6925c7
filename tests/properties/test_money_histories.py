"""Whatever happens to refunds and payments, in whatever order: nothing is given back, booked or paid twice or too much."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest
import small_shop

from refundkit.errors import RefundkitError
from refundkit.model.booking import (
    BANK_FEES,
    CHEQUES_OUTSTANDING,
    CUSTOMER_CREDITS,
    REFUNDS_PAYABLE,
    UNCLAIMED_PROPERTY,
    Booking,
)
from refundkit.model.paid import PaymentState
from refundkit.workflow import accounts, booking, care, kept, paying, payment_ends, records, verifying

ENDS = (
    "payment.confirmed", "payment.refused", "payment.returned", "payment.uncertain", "payment.unclaimed",
    "payment.remitted",
)  # fmt: skip
ACTS = (
    "ask", "ask", "approve", "export", "pay", "pay", "cheque", "cheque", "keep", "end", "end", "fee", "use", "use", "rebuild",
    "years",
)  # fmt: skip
OPEN = (
    "invoice,service_order,customer_id,issued_on,currency,line_no,kind,sku,description,quantity,unit_price,tax_rate\n"
)
"""One more invoice of each customer, which nobody has paid."""
CUSTOMERS = 6


@pytest.fixture(scope="session")
def bank(tmp_path_factory) -> small_shop.SmallShop:
    shop = small_shop.make(tmp_path_factory.mktemp("bank") / "shop", customers=CUSTOMERS)
    shop.pays_by_bank()
    for n in range(CUSTOMERS):
        shop.payee(n)
    rows = [f"OPEN-{n},,C-{n},2026-08-24,USD,1,labour,,Visit,1.00,{n * 400 + 50}.00,0.00" for n in range(CUSTOMERS)]
    more = shop.folder / "more" / "invoices.csv"
    more.parent.mkdir()
    more.write_text(OPEN + "\n".join(rows) + "\n", encoding="utf-8")
    with shop.open() as opened:
        records.load(opened, [more])
    return shop


def history(shop: small_shop.SmallShop, draw: random.Random, steps: int) -> Counter[str]:
    """Random commands by whoever may; what is refused is part of the story. How often each did something."""
    done: Counter[str] = Counter()
    for number in range(steps):
        shop.later(hours=draw.choice((1, 5, 24)))
        act = draw.choice(ACTS)
        try:
            do(shop, draw, act, number)
        except RefundkitError:
            continue
        done[act] += 1
    return done


def booked(shop: small_shop.SmallShop) -> list[str]:
    """The cases that wait to be paid."""
    return [case for case, row in shop.cases().items() if row["state"] == "booked"]


def do(shop: small_shop.SmallShop, draw: random.Random, act: str, number: int) -> None:
    cases = list(shop.cases())
    match act:
        case "ask":
            n, part = draw.randrange(CUSTOMERS), draw.choice(("", "30.00", "333.33", "0.01", "5000.00"))
            reason = draw.choice(("incomplete-service", "other", "goodwill"))
            shop.take_in(small_shop.request(n, reason, part or "12.34", external_ref=f"R-{number}"))
        case "approve" if cases:
            shop.approve(draw.choice(cases), by=draw.choice(("max", "mona", "lena")))
        case "export":
            shop.export()
        case "pay":
            with shop.open("carl") as opened:
                paying.pay(opened, "ach", shop.folder / "bank", paying.Wanted())
        case "keep" if cases:
            cases = booked(shop) or cases
            with shop.open("carl") as opened:
                paying.pay(opened, "account", shop.folder, paying.Wanted((draw.choice(cases),), instead="asked"))
        case "cheque" if cases:
            cases = booked(shop) or cases
            with shop.open("carl") as opened:
                first = 0 if any(row["cheque"] for row in payment_ends.listed(opened)) else 2000
                wanted = paying.Wanted((draw.choice(cases),), first_cheque=first, instead="asked")
                paying.pay(opened, "cheque", shop.folder / "cheques", wanted)
        case "use":
            with shop.open("carl") as opened:
                credits_ = {n: accounts.customer(opened, f"C-{n}").credit for n in range(CUSTOMERS)}
                n = draw.choice([n for n, credit in credits_.items() if credit] or [0])
                most = min([*credits_[n], accounts.invoice(opened, f"OPEN-{n}").open], key=lambda m: m.minor)
                amount = draw.choice((most.as_json()["amount"], "0.01", "12.34", "500.00"))
                kept.apply(opened, f"C-{n}", f"OPEN-{n}", Decimal(amount))
        case "fee":
            with shop.open("carl") as opened:
                rows = payment_ends.listed(opened)
                if rows:
                    payment_ends.fee_by_hand(
                        opened, draw.choice(rows)["number"], (Decimal("4.00"), ""), evidence="seen"
                    )
        case "years":
            if draw.random() < 0.2:
                shop.later(days=1_100)
        case "end":
            with shop.open("carl") as opened:
                rows = payment_ends.listed(opened)
                if rows:
                    row, fee = draw.choice(rows), draw.choice((None, None, (Decimal("4.00"), "")))
                    payment_ends.by_hand(opened, row["number"], draw.choice(ENDS), evidence="seen", fee=fee)
        case "rebuild":
            with shop.open() as opened:
                care.rebuild(opened)
        case _:
            pass


def check(shop: small_shop.SmallShop) -> None:
    with shop.open() as opened:
        assert verifying.verify(opened).problems == []
        views = [opened.find(case) for case in shop.cases()]
        owed = sum(row.owed.minor for row in accounts.liability(opened, opened.today))
        invoices = [accounts.invoice(opened, f"INV-{n}") for n in range(CUSTOMERS)]
        charged = charged_cells(opened)
        customers = {f"C-{n}": accounts.customer(opened, f"C-{n}") for n in range(CUSTOMERS)}
        unpaid = [accounts.invoice(opened, f"OPEN-{n}") for n in range(CUSTOMERS)]
    keys = [p.key for view in views for p in view.payments]
    lines = [line["line_key"] for view in views for line in view.booked.values()]
    assert len(keys) == len(set(keys))
    assert len(lines) == len(set(lines))
    balance, taken = 0, Counter[tuple[str, int, int]]()
    books, kept_by, stands = Counter[tuple[str, str]](), Counter[str](), Counter[str]()
    for view in views:
        assert view.anomalies == [], (view.id, view.anomalies)
        live = sum(p.amount for p in view.payments if p.counts)
        assert live <= (view.line["amount"] if view.line else 0)
        if view.state == "paid":
            assert live == view.line["amount"]
        for line in view.booked.values():
            made = Booking.from_data(line["booking"])
            balance -= sum(e.amount for e in made.entries if e.account == REFUNDS_PAYABLE)
            for entry in made.entries:
                books[entry.account, made.customer_id] += entry.amount
        for one in view.payments:
            assert one.used <= one.amount
            kept_by[view.assessment["customer_id"]] += one.left if one.method == "account" else 0
            stands[BANK_FEES] += one.fee.amount if one.fee else 0
            if one.cheque:
                stands[CHEQUES_OUTSTANDING] -= one.amount if one.is_open else 0
                stands[UNCLAIMED_PROPERTY] -= one.amount if one.state == PaymentState.UNCLAIMED else 0
        if view.counts and view.payable:
            for cell in (view.line or {}).get("cells") or (view.approved.cells if view.approved else ()):
                taken[view.assessment["invoice"], cell[0], 0] += cell[2]
                taken[view.assessment["invoice"], cell[0], 1] += cell[3]
    assert balance == owed
    for account, amount in stands.items():
        assert sum(n for (name, _), n in books.items() if name == account) == amount, account
    for name, account in customers.items():
        credit = sum(m.minor for m in account.credit)
        assert -books[CUSTOMER_CREDITS, name] == credit == kept_by[name] >= 0, name
    for one in unpaid:
        assert one.credit_used.minor + one.open.minor <= one.total.minor, one.invoice
    for cell, amount in taken.items():
        assert amount <= charged[cell], cell
    for one in invoices:
        gone = one.refunded_before.minor + sum(
            p.amount for v in views for p in v.payments if p.counts and v.assessment["invoice"] == one.invoice
        )
        assert gone <= one.paid.minor, one.invoice


def charged_cells(opened) -> Counter[tuple[str, int, int]]:
    found: Counter[tuple[str, int, int]] = Counter()
    for invoice, line, net, tax in opened.store.rows("SELECT invoice, line, net_minor, tax_minor FROM rec_invoices"):
        found[invoice, line, 0], found[invoice, line, 1] = net, tax
    return found


def run(bank: small_shop.SmallShop, folder, seed: int, steps: int) -> Counter[str]:
    shop = bank.copy(folder)
    done = history(shop, random.Random(seed), steps)
    for _ in range(2):  # what waits for the books gets there; what is there stays
        with shop.open("carl") as opened:
            booking.export(opened, "hledger", shop.folder / "books")
    check(shop)
    return done


def test_a_random_history_of_refunds_and_payments_keeps_every_sum(bank, tmp_path, seed):
    print(run(bank, tmp_path / "shop", seed, 40))


@pytest.mark.slow
def test_many_long_histories_keep_every_sum(bank, tmp_path, seed):
    done: Counter[str] = Counter()
    for number in range(30):
        if number >= 10 and all(done[act] > 2 for act in ACTS):
            break  # a rare act may need some histories more
        done += run(bank, tmp_path / f"shop-{number}", seed + number, 80)
    assert all(done[act] > 2 for act in ACTS), done
