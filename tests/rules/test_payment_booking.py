"""What is booked of payments besides the refund itself: fees, unclaimed cheques, credits used; to the last minor unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.errors import RefusedError
from refundkit.model.booking import Booking, Document, Entry
from refundkit.model.paid import Fee, Paid, PaymentState, Use
from refundkit.rules.payment_booking import credit_used, fee, moved_on, payment, returned
from refundkit.rules.payments_due import Due

DAY = date(2026, 3, 9)
PAID = Paid("E", "K", "pay-1", "RP-1-000001", "cheque", 10_000, "EUR", "2026-03-02", "P1", "CM-1", "", "", 2091, "", "carl",
            PaymentState.CONFIRMED)  # fmt: skip
MEMO = Booking(
    "RF-1", "CM-1", DAY, "C-1", "Acme Ltd", "INV-1", "other", "EUR", 10_000, "USD",
    (Entry("refunds", 10_850, "x"), Entry("refunds_payable", -11_100, "y"), Entry("realised_fx", 250, "z")),
)  # fmt: skip


def moves(booking: Booking) -> dict[str, int]:
    return {e.account: e.amount for e in booking.entries}


def due(document: Document, paid: Paid = PAID, use: Use | None = None) -> Due:
    return Due("s", document, paid, DAY, use)


def test_a_fee_in_another_currency_stands_at_the_rate_of_its_day():
    taken = replace(PAID, method="sepa", fee=Fee("F", 400, "EUR", "2026-03-09"))
    made = fee(MEMO, due(Document.BANK_FEE, taken), "RB-1", DAY, Decimal("0.8"))
    assert moves(made) == {"bank_fees": 500, "bank": -500}
    assert (made.amount, made.currency, made.base_amount) == (400, "EUR", 0)
    with pytest.raises(RefusedError, match="there is no rate from EUR"):
        fee(MEMO, due(Document.BANK_FEE, taken), "RB-1", DAY, None)


def test_a_fee_for_a_card_is_taken_where_the_processor_settles():
    taken = replace(PAID, method="card", cheque=0, fee=Fee("F", 400, "USD", "2026-03-09"))
    assert moves(fee(MEMO, due(Document.BANK_FEE, taken), "RB-1", DAY, None)) == {
        "bank_fees": 400, "processor_clearing": -400,
    }  # fmt: skip


def test_an_unclaimed_cheque_moves_what_it_was_booked_at_and_its_return_undoes_both():
    paid = payment(MEMO, due(Document.PAYMENT), "RP-1", DAY, 11_100, Decimal("0.9"))
    aside = moved_on(MEMO, due(Document.CHEQUE_UNCLAIMED), "RU-1", DAY, [paid])
    assert moves(aside) == {"cheques_outstanding": 11_111, "unclaimed_property": -11_111}
    gone = moved_on(MEMO, due(Document.UNCLAIMED_REMITTED), "RM-1", DAY, [paid, aside])
    assert moves(gone) == {"unclaimed_property": 11_111, "bank": -11_111}
    assert moves(moved_on(MEMO, due(Document.CHEQUE_CLEARED), "RC-1", DAY, [paid, aside])) == moves(gone)
    back = returned(MEMO, due(Document.PAYMENT_RETURNED), "RR-1", DAY, [paid, aside])
    assert moves(back) == {"refunds_payable": -11_100, "unclaimed_property": 11_111, "realised_fx": -11}


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=8), st.sampled_from(["0.9", "1", "1.3", "0.77"]))
def test_a_credit_that_is_used_in_parts_leaves_nothing_in_the_books_whatever_the_rates(parts, rate):
    whole = sum(parts)
    kept = replace(PAID, method="account", cheque=0, amount=whole)
    memo = replace(MEMO, amount=whole)
    booked = payment(memo, due(Document.KEPT_ON_ACCOUNT, kept), "RP-1", DAY, whole * 111 // 100 or 1, None)
    left, taken = -moves(booked)["customer_credits"], []
    for number, amount in enumerate(parts):
        use = Use("U", f"RA-1-{number}", "INV-9", amount, "2026-03-09", counts=True)
        made = credit_used(memo, due(Document.CREDIT_USED, kept, use), "RA", DAY, booked, taken, Decimal(rate))
        share = moves(made).get("customer_credits", 0)
        assert 0 <= share <= left
        assert (made.invoice, made.amount, made.base_amount) == ("INV-9", amount, -moves(made)["receivable"])
        left -= share
        taken.append((amount, share))
    assert left == 0
