"""Examples in a policy come out as a case with the same facts would."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules_dossiers import POLICY, at, dossier, line

from refundkit.model.dossier import Rate
from refundkit.model.policy import default_policy_text, parse_policy
from refundkit.rules.assess import assess
from refundkit.rules.examples import tried, try_all

SHOP = '[shop]\ncompany = "Acme"\nbase = "USD"\n'


def one(facts: str, expected: str = 'state = "approved"\nlevel = "auto"', rules: str = ""):
    text = f'{SHOP}{rules}\n[[example]]\nname = "it"\n{facts}\n{expected}\n'
    policy = parse_policy(text.encode(), "p")
    return tried(policy, policy.example[0])


def came_out(facts: str, rules: str = ""):
    way = one(facts, rules=rules).route
    return way.state, way.decide_level, way.dual


@pytest.mark.parametrize("base", ["USD", "JPY", "KWD", "EUR"])
def test_the_examples_of_the_default_policy_come_out_in_every_currency(base):
    policy = parse_policy(default_policy_text("Acme", base, "UTC").encode(), "p")
    assert len(policy.example) >= 8
    assert [found.differs for found in try_all(policy)] == [()] * len(policy.example)


@pytest.mark.parametrize(
    ("before", "after", "failing"),
    [
        ("auto_below = 500 ", "auto_below = 499 ", ["just below the first limit"]),
        ("auto_below = 500 ", "auto_below = 501 ", ["on the first limit", "small, but much was approved this week"]),
        ("lead_up_to = 2000 ", "lead_up_to = 1999 ", ["on the second limit"]),
        ("lead_up_to = 2000 ", "lead_up_to = 2001 ", ["above the second limit"]),
        ("dual_above = 10000 ", "dual_above = 10001 ", ["above the limit of two managers"]),
        ('reason = "goodwill"\nat_least = "lead"', 'reason = "other"\nat_least = "lead"', ["the smallest goodwill"]),
        ("auto_below = 750", "auto_below = 749", ["platinum, below its own limit"]),
    ],
)
def test_the_default_examples_hold_every_limit_of_the_default_policy_where_it_is(before, after, failing):
    text = default_policy_text("Acme", "USD", "UTC")
    assert before in text
    policy = parse_policy(text.replace(before, after, 1).encode(), "p")
    assert [found.example.name for found in try_all(policy) if found.differs] == failing


def test_what_differs_is_told_with_what_came_out_instead_and_why():
    found = one("amount = 3000")
    assert found.differs == (("state", "approved", "awaiting"), ("level", "auto", "manager"))
    assert found.route.text == ["3000.00 USD (above 2000.00): level manager", "a manager decides"]
    assert one("amount = 20000").differs[-1] == ("two managers", "no", "yes")


def test_what_is_left_out_is_what_no_exception_names():
    rules = '[routing]\noverrides = [{ channel = "email", at_least = "manager" }, { service_code = "HVAC", at_least = "lead" }]'
    assert came_out("amount = 5", rules) == ("approved", "auto", False)
    assert came_out('amount = 5\nchannel = "phone"\nservice_code = "PLUMB"', rules) == ("approved", "auto", False)
    assert came_out('amount = 5\nchannel = "email"', rules) == ("awaiting", "manager", False)
    assert came_out('amount = 5\nservice_code = "HVAC"', rules) == ("awaiting", "lead", False)


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ('amount = 5\nfindings = ["reduced"]', ("approved", "auto", False)),
        ('amount = 5\nfindings = ["window-passed"]', ("review", "lead", False)),
        ('amount = 2500\nfindings = ["order-mismatch"]', ("review", "manager", False)),
        ('amount = 5\noverridden = ["window-passed"]', ("awaiting", "lead", False)),
        ('amount = 5\nfindings = ["duplicate"]', ("duplicate", "lead", False)),
        ("amount = 0", ("review", "lead", False)),
        ('amount = 5\nreason = "other"', ("review", "lead", False)),
        ('amount = 5\nreason = "other"\noverridden = ["reason-manual"]', ("awaiting", "lead", False)),
        ("amount = 300\nadded_up = 199.99", ("approved", "auto", False)),
        ("amount = 300\nadded_up = 200", ("awaiting", "lead", False)),
        ('amount = 549.99\ncurrency = "EUR"\nrate = 1.1', ("approved", "auto", False)),
        ('amount = 550\ncurrency = "EUR"\nrate = 1.1', ("awaiting", "lead", False)),
        ('amount = 5\ncurrency = "EUR"', ("review", "manager", False)),
    ],
)  # fmt: skip
def test_findings_currency_and_what_was_added_up_count_as_in_a_case(facts, way):
    assert came_out(facts) == way


@given(
    amount=st.decimals(1, 12_000, places=2), tier=st.sampled_from(["standard", "platinum"]),
    added=st.integers(0, 60_000), foreign=st.booleans(),
)  # fmt: skip
def test_an_example_is_routed_as_a_case_with_the_same_facts(amount, tier, added, foreign):
    currency, rate = ("EUR", Decimal("0.9")) if foreign else ("USD", None)
    day = at("2026-08-20T10:00")
    case = assess(
        dossier(
            asked_reason="goodwill", asked_amount=amount, asked_currency=currency, customer_tier=tier,
            invoice_lines=(line(1, "fee", "1", "90000", rate="0", currency=currency),), invoice_currency=currency,
            invoice_paid=9_000_000, auto_approved=(("RF-A", day, added),) if added else (),
            rate=Rate(day.date(), rate) if rate else None,
        ),
        POLICY, "hash",
    )  # fmt: skip
    example = POLICY.example[0].model_copy(
        update={
            "amount": amount, "currency": currency, "rate": rate, "reason": "goodwill", "tier": tier,
            "added_up": Decimal(added).scaleb(-2),
        }
    )  # fmt: skip
    way = tried(POLICY, example).route
    assert (way.state, way.level, way.decide_level, way.dual) == (case.state, case.level, case.decide_level, case.dual)
    assert (way.base_amount, way.added_up) == (case.base_amount, case.added_up)
    unnamed = [re.sub(r"\((?:RF-A|other cases)\)|of 20\d\d-\d\d-\d\d", "", sentence) for sentence in way.text]
    assert unnamed == [re.sub(r"\((?:RF-A|other cases)\)|of 20\d\d-\d\d-\d\d", "", s) for s in case.route_text]
