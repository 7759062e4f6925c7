"""Every check: when it speaks, when it is silent, when it is not asked, and that its sentence carries its figures."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from rules_dossiers import POLICY, at, codes, dossier, other, policy, text

from refundkit.model.dossier import Rate
from refundkit.rules.assess import assess
from refundkit.rules.checks import CHECKS


def judge(**changes):
    return assess(dossier(**changes), POLICY, "hash")


EUR = {"invoice_currency": "EUR", "asked_currency": "EUR"}

FINDINGS = [
    ("customer-unknown", {"customer": None, "asked_customer_id": "C-9"}, "Customer C-9 is not in the records."),
    (
        "customer-unknown",
        {"customer": None, "asked_customer_id": "", "asked_customer_email": "a@b.example", "customers_with_address": 2},
        "2 customers have the address a@b.example, and the request names no customer id.",
    ),
    (
        "customer-unknown",
        {"customer": None, "asked_customer_id": "", "asked_customer_email": "a@b.example"},
        "No customer has the address a@b.example, and the request names no customer id.",
    ),
    (
        "customer-unknown",
        {"customer": None, "asked_customer_id": ""},
        "The request names no customer and has no sender's address.",
    ),
    ("order-unknown", {"order": None, "asked_service_order": "SO-9"}, "Service order SO-9 is not in the records."),
    (
        "order-unknown",
        {"order": None, "asked_service_order": "", "invoice_service_order": "SO-8"},
        "The request names no service order, and SO-8 of INV-1 is not in the records.",
    ),
    (
        "order-unknown",
        {"order": None, "asked_service_order": "", "invoice_service_order": ""},
        "The request names no service order, and INV-1 has none.",
    ),
    (
        "order-unknown",
        {"order": None, "invoice": None, "asked_service_order": ""},
        "The request names no service order and no known invoice.",
    ),
    ("order-mismatch", {"order_customer_id": "C-2"}, "SO-1 belongs to customer C-2, not to C-1."),
    ("invoice-unknown", {"invoice": None, "asked_invoice": "INV-9"}, "Invoice INV-9 is not in the records."),
    (
        "invoice-unknown",
        {"invoice": None, "asked_invoice": "", "order_invoices": 3},
        "The request names no invoice, and SO-1 has 3.",
    ),
    ("invoice-unknown", {"invoice": None, "asked_invoice": ""}, "The request names no invoice, and SO-1 has none."),
    (
        "invoice-unknown",
        {"invoice": None, "order": None, "asked_invoice": ""},
        "The request names no invoice and no known service order.",
    ),
    (
        "invoice-mismatch",
        {"invoice_customer_id": "C-2", "invoice_service_order": "SO-2"},
        "INV-1 belongs to customer C-2, not to C-1, and to SO-2, not to SO-1.",
    ),
    ("service-open", {"order_status": "open"}, "SO-1 is still open."),
    ("nothing-paid", {"invoice_paid": 0, "invoice_payment_ids": ()}, "Payments on INV-1 come to 0.00 USD."),
    (
        "already-refunded",
        {"invoice_refunded_before": 60000, "invoice_refunded_here": 5703, "invoice_refund_ids": ("R-1", "R-2")},
        "Nothing of INV-1 is left to refund: 657.03 USD paid, 600.00 refunded before (R-1, R-2), 57.03 by other cases.",
    ),
    (
        "window-passed",
        {"asked_received_at": at("2026-08-22T10:00"), "invoice_issued_on": date(2026, 5, 2)},
        "INV-1 was issued 2026-05-02; the request came 112 days later; the window is 90 days.",
    ),
    ("currency-differs", {"asked_currency": "EUR"}, "The request is in EUR; INV-1 is in USD."),
    ("amount-invalid", {"asked_amount": Decimal(-5)}, "The requested amount is -5.00 USD; it must be above 0."),
    (
        "duplicate",
        {"others": (other(),)},
        (
            "RF-2222-2222-2222, received 2026-08-19, is the same request: customer C-1, SO-1 and INV-1,"
            " incomplete-service, no amount, 1 day apart; the window is 30 days."
        ),
    ),
    (
        "duplicate",
        {"asked_external_ref": "PO-7", "others": (other(customer_id="C-5", external_ref="PO-7"),)},
        "RF-2222-2222-2222, received 2026-08-19 by email, has the same reference PO-7.",
    ),
    (
        "possible-duplicate",
        {"others": (other(reason="goodwill", amount=Decimal(20)),)},
        (
            "Within 30 days there is also RF-2222-2222-2222 of C-1 on SO-1 and INV-1 (goodwill, amount 20.00, received"
            " 2026-08-19)."
        ),
    ),
    (
        "reason-unproven",
        {"order_completion_pct": Decimal(100)},
        "The records do not bear out incomplete-service: SO-1 is completed 100 %; part FLT-20: 2 charged, 2 used.",
    ),
    ("reduced", {"asked_amount": Decimal(200)}, "200.00 USD was requested; 181.86 is eligible."),
    ("rate-missing", EUR, "There is no rate of EUR to USD on record."),
    (
        "rate-missing",
        {**EUR, "rate": Rate(date(2026, 8, 12), Decimal("0.9"))},
        "The last rate of EUR to USD is of 2026-08-12; it may be at most 7 days old.",
    ),
    (
        "reason-manual",
        {"asked_reason": "other", "asked_amount": Decimal(5)},
        "The reason is other, which has no formula; a person decides what INV-1 gives back.",
    ),
]


@pytest.mark.parametrize(("code", "changes", "sentence"), FINDINGS)
def test_a_finding_names_what_it_compared(code, changes, sentence):
    assert text(judge(**changes), code) == sentence


def test_every_check_has_an_example_and_keeps_its_place():
    assert {code for code, _, _ in FINDINGS} == {code for code, _, _ in CHECKS}
    order = [code for code, _, _ in CHECKS]
    found = codes(judge(order_status="open", order_customer_id="C-2", invoice_paid=0, asked_amount=Decimal(0)))
    assert found == sorted(found, key=order.index)
    assert found == ["order-mismatch", "service-open", "nothing-paid", "already-refunded", "amount-invalid"]


def test_a_request_that_the_records_bear_out_has_no_findings():
    assert codes(judge()) == []


def test_no_sentence_changes_with_the_day_of_assessment():
    for _, changes, sentence in FINDINGS:
        later = dossier(**changes, today=date(2026, 12, 1))
        said = [f.text for f in assess(later, POLICY, "hash").findings]
        assert sentence in said


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"customer": None, "order_customer_id": "C-2"}, "order-mismatch"),
        ({"customer": None, "invoice_customer_id": "C-2"}, "invoice-mismatch"),
        ({"order": None, "asked_service_order": "SO-9"}, "invoice-mismatch"),
        ({"asked_service_order": "", "order_service_order": "SO-2"}, "invoice-mismatch"),
        ({"order": None}, "service-open"),
        ({"order_status": "open", "asked_reason": "goodwill"}, "service-open"),
        ({"order_status": "open", "asked_reason": "duplicate-payment"}, "service-open"),
        ({"invoice": None}, "nothing-paid"),
        ({"invoice": None}, "already-refunded"),
        ({"invoice": None, "asked_currency": "EUR"}, "currency-differs"),
        ({"invoice": None, "asked_currency": "EUR"}, "rate-missing"),
        ({"asked_currency": ""}, "currency-differs"),
        ({"invoice": None}, "reason-unproven"),
        ({"order": None}, "reason-unproven"),
        ({"customer": None, "asked_reason": "sla-breach", "terms": (1, 1)}, "reason-unproven"),
        ({"customer": None, "asked_reason": "faulty-work"}, "reason-unproven"),
        ({"asked_reason": "goodwill"}, "reason-unproven"),
        ({"asked_reason": "other"}, "reason-unproven"),
        ({"asked_amount": Decimal("181.86")}, "reduced"),
        ({"asked_amount": Decimal(999), "order_completion_pct": Decimal(100)}, "reduced"),
        ({**EUR, "rate": Rate(date(2026, 8, 13), Decimal("0.9"))}, "rate-missing"),
    ],
)
def test_a_check_is_silent_where_it_holds_or_cannot_be_asked(changes, silent):
    assert silent not in codes(judge(**changes))


def test_an_unknown_customer_gets_no_sla_credit():
    assert judge(customer=None, asked_reason="sla-breach", terms=(1, 1)).formula == 0


def test_a_request_without_a_reason_is_unproven():
    assert "gives no reason" in text(judge(asked_reason=""), "reason-unproven")


def test_an_amount_in_another_currency_is_judged_as_written():
    found = judge(asked_amount=Decimal(-1), asked_currency="EUR")
    assert codes(found) == ["currency-differs", "amount-invalid"]
    assert text(found, "amount-invalid") == "The requested amount is -1.00 EUR; it must be above 0."


@pytest.mark.parametrize(("days", "passed"), [(90, False), (91, True)])
def test_the_window_includes_its_last_day(days, passed):
    came = at("2026-08-20T10:00")
    found = judge(asked_received_at=came, invoice_issued_on=came.date() - timedelta(days=days))
    assert ("window-passed" in codes(found)) is passed


def test_the_day_of_a_request_is_the_shops():
    late = dossier(asked_received_at=at("2026-08-21T02:00"), invoice_issued_on=date(2026, 5, 22))
    assert "window-passed" in codes(assess(late, POLICY, "hash"))
    assert "window-passed" not in codes(assess(late, policy({}, "America/Chicago"), "hash"))


def test_both_kinds_of_duplicates_can_be_found_at_once():
    assert codes(judge(others=(other(),))) == ["duplicate", "possible-duplicate"]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"state": "denied"}, True),
        ({"state": "duplicate"}, True),
        ({"received_at": at("2026-07-21T10:00")}, True),  # 30 days to the second
        ({"received_at": at("2026-07-21T09:59:59")}, False),
        ({"dismissed": True}, False),
        ({"earlier": False}, False),
        ({"reason": "goodwill"}, False),
        ({"amount": Decimal(5)}, False),
        ({"customer_id": "C-2"}, False),
        ({"service_order": "", "invoice": ""}, False),
        ({"service_order": ""}, True),
        ({"invoice": "INV-2"}, True),
        ({"invoice": "INV-2", "service_order": "SO-2"}, False),
    ],
)
def test_the_same_request_has_customer_order_or_invoice_reason_and_amount_in_common(changes, same):
    assert ("duplicate" in codes(judge(others=(other(**changes),)))) is same


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"external_ref": "PO-7"}, True),
        ({"message_id": "<1@x>"}, True),
        ({"external_ref": "PO-7", "received_at": at("2020-01-01T00:00")}, True),
        ({"external_ref": "PO-7", "channel": "csv"}, False),
        ({"external_ref": "PO-7", "dismissed": True}, False),
        ({}, False),
    ],
)
def test_a_reference_or_message_of_the_same_channel_is_the_same_at_any_distance(changes, same):
    stranger = other(**{"customer_id": "C-5", "service_order": "", "invoice": "", **changes})
    found = judge(asked_external_ref="PO-7", asked_message_id="<1@x>", others=(stranger,))
    assert ("duplicate" in codes(found)) is same


def test_blank_references_and_unknown_records_never_match():
    blank = other(customer_id="", service_order="", invoice="")
    found = judge(customer=None, order=None, invoice=None, others=(blank,))
    assert not {"duplicate", "possible-duplicate"} & set(codes(found))


def test_the_first_of_several_same_requests_is_named():
    first, second = other("RF-AAAA-AAAA-AAAA"), other("RF-BBBB-BBBB-BBBB")
    assert judge(others=(first, second)).first == "RF-AAAA-AAAA-AAAA"
    assert judge(others=(replace(first, dismissed=True), second)).first == "RF-BBBB-BBBB-BBBB"


@pytest.mark.parametrize(
    ("changes", "near"),
    [
        ({"state": "paid"}, True),
        ({"earlier": False}, True),
        ({"state": "denied"}, False),
        ({"state": "withdrawn"}, False),
        ({"state": "duplicate"}, False),
        ({"dismissed": True}, False),
        ({"received_at": at("2026-09-19T10:00")}, True),
        ({"received_at": at("2026-09-19T10:00:01")}, False),
    ],
)
def test_a_near_request_is_a_live_case_within_the_window_either_way(changes, near):
    found = judge(others=(other(**{"reason": "goodwill", **changes}),))
    assert ("possible-duplicate" in codes(found)) is near
