"""The credit memo step: which accounts an approved refund moves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from refundkit.errors import IntegrityError, RefusedError
from refundkit.model.booking import Approved, Booking, Entry
from refundkit.rules.booking import credit_memo

HALF_REFUND = Approved(
    case="RF-7K4M-2QXP-TR9B",
    memo="CM-7K4M-2QXP-TR9B-1",
    posted_on=date(2026, 3, 2),
    reason="incomplete-service",
    customer_id="C-1",
    customer_name="Acme Ltd",
    invoice="INV-1007",
    currency="USD",
    amount=43300,
    base="USD",
    cells=((1, "labour", 40000, 3300, 0, "0.0825"),),
)
RETURN = replace(HALF_REFUND, reason="equipment-return", amount=9201, cells=((2, "part", 8500, 701, 1500, "0.0825"),))
IN_EUR = replace(
    HALF_REFUND,
    currency="EUR",
    amount=47600,
    cells=((1, "labour", 40000, 7600, 0, "0.19"),),
    invoice_rate=Decimal("0.8"),
    memo_rate=Decimal("0.81"),
)


def moved(booking):
    return [(e.account, e.amount) for e in booking.entries]


def test_a_part_refund_debits_allowances_and_tax_and_credits_the_liability():
    assert moved(credit_memo(HALF_REFUND)) == [("refunds", 40000), ("sales_tax", 3300), ("refunds_payable", -43300)]


def test_each_line_has_its_entry_and_each_tax_rate_one():
    cells = (
        (1, "labour", 10000, 825, 0, "0.0825"),
        (2, "part", 2000, 165, 0, "0.08250"),
        (3, "fee", 1000, 100, 0, "0.1"),
        (4, "travel", 500, 0, 0, "0"),
    )
    booking = credit_memo(replace(HALF_REFUND, amount=14590, cells=cells))
    assert moved(booking) == [
        ("refunds", 10000),
        ("refunds", 2000),
        ("refunds", 1000),
        ("refunds", 500),
        ("sales_tax", 990),
        ("sales_tax", 100),
        ("refunds_payable", -14590),
    ]
    assert [e.tax_rate for e in booking.entries if e.account == "sales_tax"] == ["0.0825", "0.1"]


@pytest.mark.parametrize(
    ("reason", "account"), [("goodwill", "goodwill"), ("duplicate-payment", "customer_credits"), ("other", "refunds")]
)
@pytest.mark.parametrize("beyond", [0, 43300])
def test_reasons_without_lines_move_one_account_and_no_tax(reason, account, beyond):
    booking = credit_memo(replace(HALF_REFUND, reason=reason, cells=(), beyond=beyond))
    assert moved(booking) == [(account, 43300), ("refunds_payable", -43300)]


def test_what_is_granted_beyond_the_lines_is_goodwill():
    booking = credit_memo(replace(HALF_REFUND, amount=50000, beyond=6700))
    assert moved(booking) == [
        ("refunds", 40000),
        ("sales_tax", 3300),
        ("goodwill", 6700),
        ("refunds_payable", -50000),
    ]


def test_what_is_granted_beyond_a_payment_made_twice_is_goodwill():
    booking = credit_memo(replace(HALF_REFUND, reason="duplicate-payment", cells=(), amount=50000, beyond=6700))
    assert moved(booking) == [("customer_credits", 43300), ("goodwill", 6700), ("refunds_payable", -50000)]


def test_restocking_is_a_fee_and_tax_follows_what_is_given_back():
    assert moved(credit_memo(RETURN)) == [
        ("refunds", 10000),
        ("sales_tax", 701),
        ("restocking_fees", -1500),
        ("refunds_payable", -9201),
    ]


def test_by_policy_the_tax_of_the_whole_net_is_reversed_and_the_fee_holds_the_rest():
    assert moved(credit_memo(replace(RETURN, tax_on_restocking="full"))) == [
        ("refunds", 10000),
        ("sales_tax", 825),
        ("restocking_fees", -1624),
        ("refunds_payable", -9201),
    ]


def test_an_invoice_nobody_paid_is_lowered_instead_of_a_debt_made():
    booking = credit_memo(replace(HALF_REFUND, nothing_paid=True))
    assert moved(booking)[-1] == ("receivable", -43300)
    assert booking.on_receivable
    assert booking.base_amount == 43300


def test_revenue_goes_back_at_the_invoices_rate_and_the_debt_stands_at_the_memos():
    booking = credit_memo(IN_EUR)
    assert moved(booking) == [
        ("refunds", 50000),
        ("sales_tax", 9500),
        ("refunds_payable", -58765),  # 476.00 / 0.81 = 587.654
        ("realised_fx", -735),
    ]
    assert booking.rate_text == "0.8 EUR for 1 USD on the invoice; 0.81 EUR for 1 USD on the credit memo"


def test_each_entry_is_rounded_half_up_and_the_debt_is_converted_once():
    cells = tuple((n, "labour", 2, 0, 0, "0") for n in range(3))
    booking = credit_memo(replace(IN_EUR, amount=6, cells=cells, memo_rate=Decimal("0.8")))
    # 2 / 0.8 = 2.5 -> 3, three times; 6 / 0.8 = 7.5 -> 8
    assert moved(booking) == [
        ("refunds", 3),
        ("refunds", 3),
        ("refunds", 3),
        ("refunds_payable", -8),
        ("realised_fx", -1),
    ]


@pytest.mark.parametrize(
    ("currency", "amount", "base", "rate", "expected"),
    [("JPY", 54321, "USD", "150", 36214), ("KWD", 1500, "JPY", "0.002", 750), ("USD", 1, "KWD", "3.25", 3)],
)
def test_minor_units_of_both_currencies_are_respected(currency, amount, base, rate, expected):
    approved = replace(
        HALF_REFUND, reason="goodwill", cells=(), currency=currency, amount=amount, base=base, memo_rate=Decimal(rate)
    )
    assert moved(credit_memo(approved)) == [("goodwill", expected), ("refunds_payable", -expected)]


def test_goodwill_begins_on_the_memos_day_and_needs_no_rate_of_the_invoice():
    approved = replace(IN_EUR, reason="goodwill", cells=(), invoice_rate=None)
    assert moved(credit_memo(approved)) == [("goodwill", 58765), ("refunds_payable", -58765)]


def test_a_credit_on_an_unpaid_foreign_invoice_realises_no_difference():
    booking = credit_memo(replace(IN_EUR, nothing_paid=True, memo_rate=None))
    assert moved(booking) == [("refunds", 50000), ("sales_tax", 9500), ("receivable", -59500)]


@pytest.mark.parametrize(("field", "day"), [("invoice_rate", "invoice's day"), ("memo_rate", "credit memo's day")])
@pytest.mark.parametrize("rate", [None, Decimal(0)])
def test_a_rate_that_is_needed_and_missing_is_named(field, day, rate):
    with pytest.raises(RefusedError, match=f"no rate from EUR to USD for the {day}"):
        credit_memo(replace(IN_EUR, **{field: rate}))


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 43301},
        {"beyond": 1},
        {"amount": 0, "cells": ()},
        {"cells": ((1, "labour", 40000, 3300, 0, "8.25%"),)},
    ],
)
def test_lines_that_do_not_add_up_to_the_amount_are_refused(change):
    with pytest.raises(IntegrityError, match="RF-7K4M-2QXP-TR9B"):
        credit_memo(replace(HALF_REFUND, **change))


def test_an_amount_the_books_cannot_say_is_refused():
    tiny = replace(HALF_REFUND, reason="goodwill", cells=(), currency="VND", amount=1, memo_rate=Decimal(26000))
    with pytest.raises(RefusedError, match="smallest unit of USD"):
        credit_memo(tiny)


def test_a_booking_out_of_balance_by_a_cent_cannot_be_made():
    booking = credit_memo(HALF_REFUND)
    with pytest.raises(IntegrityError, match="out of balance by 1 minor units of USD"):
        replace(booking, entries=(Entry("refunds", 40001, ""), *booking.entries[1:]))


def test_a_booking_is_kept_and_read_back_whole():
    booking = credit_memo(IN_EUR)
    assert Booking.from_data(booking.as_data()) == booking


@pytest.mark.parametrize(
    "damage",
    [
        {"posted_on": "2 March"},
        {"entries": [{"account": "refunds"}]},
        {"amount": "47600"},
        {"amount": True},
        {"currency": "EURO"},
        {"entries": []},
        {"extra": 1},
    ],
)
def test_a_damaged_kept_booking_is_refused(damage):
    with pytest.raises(IntegrityError):
        Booking.from_data({**credit_memo(IN_EUR).as_data(), **damage})
