"""Where a case goes and who must say yes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from rules_dossiers import POLICY, at, dossier, line, other, policy

from refundkit.model.dossier import Rate
from refundkit.rules.assess import assess

NEUTRAL = policy({'reason = "goodwill"': 'reason = "other"'})
"""The default policy without the exception for goodwill, so that goodwill is routed by its amount alone."""


def sized(amount, the_policy=NEUTRAL, **changes):
    """A goodwill case of this amount."""
    big = (line(1, "fee", "1", "90000", rate="0"),)
    values = {"asked_reason": "goodwill", "asked_amount": Decimal(amount), "invoice_lines": big, **changes}
    return assess(dossier(invoice_paid=9_000_000, **values), the_policy, "hash")


@pytest.mark.parametrize(
    ("amount", "state", "level", "dual"),
    [
        ("499.99", "approved", "auto", False),
        ("500.00", "awaiting", "lead", False),
        ("2000.00", "awaiting", "lead", False),
        ("2000.01", "awaiting", "manager", False),
        ("10000.00", "awaiting", "manager", False),
        ("10000.01", "awaiting", "manager", True),
    ],
)
def test_the_limits_belong_to_the_level_that_the_page_says(amount, state, level, dual):
    found = sized(amount)
    assert (found.state, found.level, found.decide_level, found.dual) == (state, level, level, dual)


def test_goodwill_is_decided_by_a_lead_at_least_and_platinum_reaches_higher_by_itself():
    assert sized("10", POLICY).level == "lead"
    assert sized("749.99", customer_tier="platinum").level == "auto"
    found = sized("750.00", customer_tier="platinum")
    assert found.level == "lead"
    assert found.route_text[0] == "exception for tier platinum: auto_below 750.00"


def test_an_exception_never_lowers_the_level():
    assert sized("5000", POLICY).level == "manager"


def test_later_exceptions_replace_the_limits_of_earlier_ones():
    rules = policy(
        {
            "[escalation]": '[[routing.overrides]]\ntier = "platinum"\nservice_code = "HVAC"\nauto_below = 100\n'
            "lead_up_to = 200\n\n[escalation]",
            'reason = "goodwill"': 'reason = "other"',
        }
    )
    assert sized("150", rules, customer_tier="platinum").level == "lead"
    assert sized("250", rules, customer_tier="platinum").level == "manager"
    assert sized("250", rules, customer_tier="platinum", order_service_code="PLUMB").level == "auto"


def test_what_the_policy_approved_in_the_days_before_is_added_to_the_first_limit_only():
    received = at("2026-08-20T10:00")
    approved = (
        ("RF-A", received - timedelta(days=7), 30000),
        ("RF-B", received - timedelta(days=7, seconds=1), 99000),
        ("RF-C", received + timedelta(seconds=1), 99000),
        ("RF-D", received, 10000),
    )
    found = sized("99.99", auto_approved=approved)
    assert (found.level, found.added_up) == ("auto", 40000)
    found = sized("100.00", auto_approved=approved)
    assert found.level == "lead"
    assert found.route_text == (
        "approved by the policy in the 7 days before: 300.00 (RF-A) + 100.00 (RF-D) = 400.00 USD",
        "100.00 USD with 400.00 before (500.00 or more, at most 2000.00 by itself): level lead",
        "a lead decides",
    )
    assert sized("1900", auto_approved=approved).level == "lead"


EUR = {"invoice_currency": "EUR", "asked_currency": "EUR"}


def test_the_amount_is_compared_in_the_currency_of_the_books():
    found = sized("450", **EUR, rate=Rate(date(2026, 8, 13), Decimal("0.9")))
    assert (found.base_amount, found.level, found.rate, found.rate_on) == (50000, "lead", "0.9", "2026-08-13")
    assert found.route_text[0] == "450.00 EUR at 0.90 EUR for 1 USD of 2026-08-13 = 500.00 USD"


def test_conversion_rounds_half_up_between_currencies_with_other_minor_units():
    yen = {"invoice_currency": "JPY", "asked_currency": "JPY", "rate": Rate(date(2026, 8, 19), Decimal(200))}
    assert sized("1001", **yen).base_amount == 501  # 5.005 USD


def test_without_a_usable_rate_a_person_looks_and_a_manager_decides():
    found = sized("5", **EUR)
    assert (found.state, found.level, found.decide_level, found.base_amount) == ("review", "", "manager", None)
    over = sized("5", **EUR, overridden=frozenset({"rate-missing"}))
    assert (over.state, over.level) == ("awaiting", "manager")


def test_a_duplicate_is_not_payable_until_a_person_splits_it_off():
    twin = other(reason="goodwill", amount=Decimal(5))
    found = sized("5", others=(twin,))
    assert (found.state, found.level, found.decide_level, found.first) == ("duplicate", "", "lead", twin.case)
    over = sized("5", others=(twin,), overridden=frozenset({"duplicate", "possible-duplicate"}))
    assert (over.state, over.level, over.first) == ("awaiting", "lead", "")
    assert [f.code for f in over.findings] == ["duplicate", "possible-duplicate"]


def test_a_block_proposes_a_denial_with_its_reason():
    found = sized("5", order_customer_id="C-2")
    assert (found.state, found.decide_level) == ("review", "lead")
    assert found.route_text[-1] == "proposed: deny; order-mismatch: SO-1 belongs to customer C-2, not to C-1."


def test_nothing_eligible_is_for_review_even_when_every_finding_is_overridden():
    found = assess(
        dossier(order_completion_pct=Decimal(100), overridden=frozenset({"reason-unproven"})), POLICY, "hash"
    )
    assert (found.state, found.eligible) == ("review", 0)
    assert found.route_text[-1].startswith("proposed: deny; SO-1 is completed 100 %")


def test_a_review_finding_stops_the_case_and_names_itself():
    found = sized("3000", order_status="open", asked_reason="other")
    assert (found.state, found.decide_level) == ("review", "manager")
    assert found.route_text[-1] == "a person looks at it first: service-open, reason-manual"


def test_an_overridden_finding_needs_a_lead_at_least():
    found = sized("5", asked_reason="other", overridden=frozenset({"reason-manual"}))
    assert (found.state, found.level) == ("awaiting", "lead")


def test_overriding_one_finding_does_not_hide_another():
    found = sized("5", asked_reason="other", order_status="open", overridden=frozenset({"reason-manual"}))
    assert found.state == "review"


def test_a_reduced_amount_alone_stops_nothing():
    found = assess(dossier(asked_amount=Decimal(300)), POLICY, "hash")
    assert ([f.code for f in found.findings], found.state) == (["reduced"], "approved")


def test_an_assessment_survives_being_stored():
    found = sized("5", others=(other(),), **EUR)
    assert type(found).from_data(found.as_data()) == found
