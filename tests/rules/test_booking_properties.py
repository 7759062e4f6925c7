"""What holds for every credit memo, whatever the lines, the rates and the policy."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from refundkit.model.booking import Approved, Booking
from refundkit.model.money import DIGITS
from refundkit.rules.booking import credit_memo

CELL = st.tuples(
    st.integers(1, 99),
    st.sampled_from(["labour", "part", "travel", "surcharge", "fee"]),
    st.integers(0, 10**8),
    st.integers(0, 10**7),
    st.integers(0, 10**6),
    st.sampled_from(["0", "0.0825", "0.19", "0.05", "0.33333"]),
)
RATE = st.decimals("0.1", "2", places=4)


@st.composite
def approvals(draw):
    cells = tuple(draw(st.lists(CELL, max_size=6)))
    beyond = draw(st.integers(0, 10**6))
    calculated = sum(cell[2] + cell[3] for cell in cells)
    foreign = draw(st.booleans())
    reason = draw(st.sampled_from(["sla-breach", "equipment-return", "cancelled-visit"]))
    return Approved(
        case="RF-2222-2222-2222",
        memo="CM-1",
        posted_on=date(2026, 3, 2),
        reason=reason,
        customer_id="C",
        customer_name="N",
        invoice="I",
        currency=draw(st.sampled_from(["EUR", "JPY", "KWD"])) if foreign else "USD",
        amount=calculated + beyond + 100_000,
        base="USD",
        cells=cells,
        beyond=beyond + 100_000,
        invoice_rate=draw(RATE) if foreign else None,
        memo_rate=draw(RATE) if foreign else None,
        nothing_paid=draw(st.booleans()),
        tax_on_restocking=draw(st.sampled_from(["net", "full"])),
    )


def in_base(amount, currency, rate):
    """Half-up by fractions; amounts here are never negative."""
    exact = Fraction(amount, 10 ** DIGITS[currency]) / Fraction(rate or Decimal(1)) * 100
    return int(exact + Fraction(1, 2))


def total(booking, *accounts):
    return sum(e.amount for e in booking.entries if e.account in accounts)


@given(approvals())
def test_it_always_balances_and_owes_the_whole_amount_converted_once(approved):
    booking = credit_memo(approved)
    assert sum(e.amount for e in booking.entries) == 0
    assert all(e.amount for e in booking.entries)
    rate = approved.invoice_rate if approved.nothing_paid else approved.memo_rate
    owed = "receivable" if approved.nothing_paid else "refunds_payable"
    assert -total(booking, owed) == booking.base_amount == in_base(approved.amount, approved.currency, rate)
    assert {e.account for e in booking.entries} & {"receivable", "refunds_payable"} == {owed}


@given(approvals())
def test_allowances_are_the_full_net_of_each_line_at_the_invoices_rate(approved):
    booking = credit_memo(approved)
    expected = [in_base(c[2] + c[4], approved.currency, approved.invoice_rate) for c in approved.cells]
    assert [e.amount for e in booking.entries if e.account == "refunds"] == [amount for amount in expected if amount]


@given(approvals())
def test_in_one_currency_there_is_no_exchange_difference_and_restocking_never_pays_out(approved):
    booking = credit_memo(approved)
    if approved.currency == approved.base:
        assert total(booking, "realised_fx") == 0
    kept = [e.amount for e in booking.entries if e.account == "restocking_fees"]
    assert all(amount < 0 for amount in kept)
    if approved.currency == approved.base and approved.tax_on_restocking == "net":
        assert -sum(kept) == sum(c[4] for c in approved.cells)
        assert total(booking, "sales_tax") == sum(c[3] for c in approved.cells)


@settings(max_examples=50)
@given(approvals())
def test_every_booking_survives_being_kept(approved):
    booking = credit_memo(approved)
    assert Booking.from_data(booking.as_data()) == booking
