"""What another policy, or today's, would say: equal to what adopting and assessing brings, and nothing is written."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import small_shop
from small_shop import request

from refundkit.workflow import assessing, care, decisions, otherwise, pausing, policy, records
from refundkit.workflow.setup import policy_path


def edited(shop, *pairs: tuple[str, str]) -> Path:
    """The shop's policy file with some figures changed, as a file of its own; without examples, which tell the limits."""
    text = policy_path(shop.store).read_text(encoding="utf-8").partition("[[example]]")[0]
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = shop.folder / "edited.toml"
    path.write_text(text, encoding="utf-8")
    return path


def differ(shop, *pairs: tuple[str, str]) -> dict[str, otherwise.Otherwise]:
    with shop.open("ann") as opened:
        found = policy.diff(opened, edited(shop, *pairs))
    return {case.case: case for case in found.cases.differ}


def adopt(shop, *pairs: tuple[str, str]) -> None:
    with shop.open("max") as opened:
        policy.adopt(opened, edited(shop, *pairs))


def decided(shop, *named: str) -> dict[str, otherwise.Otherwise]:
    with shop.open("ann") as opened:
        return {case.case: case for case in otherwise.decided(opened, named).differ}


def events(shop) -> int:
    with shop.open() as opened:
        return int(opened.store.one("SELECT count(*) FROM event")[0])


# -- open cases -------------------------------------------------------------------------------------------------------


def test_a_case_whose_level_would_be_another_one_is_named_with_both_and_why(shop):
    small, middle, large = shop.take_in(request(0), request(2), request(3))  # 173.20, 1558.80 and 4156.80
    before = events(shop)
    found = differ(shop, ("lead_up_to = 2000 ", "lead_up_to = 1500 "))
    assert set(found) == {middle}
    assert (found[middle].before.level, found[middle].after.level) == ("lead", "manager")
    assert found[middle].why == "1558.80 USD (above 1500.00): level manager"
    assert shop.cases()[small]["state"] == "approved"  # decided: no policy touches it
    assert set(differ(shop, ("dual_above = 10000 ", "dual_above = 4000 "))) == {large}
    assert events(shop) == before


def test_a_figure_that_moves_the_amount_alone_is_told_with_the_step_that_moves_it(shop):
    (case,) = shop.take_in(request(2, "cancelled-visit"))
    assert differ(shop) == {}
    (late,) = shop.take_in(request(2, "sla-breach"))
    found = differ(shop, ("{ from = 0, pct = 10 }", "{ from = 0, pct = 5 }"))[late]
    assert found.after.payable < found.before.payable
    assert "5 %" in found.why
    assert case not in differ(shop, ("{ from = 0, pct = 10 }", "{ from = 0, pct = 5 }"))


def test_a_case_that_a_person_must_look_at_first_stays_so_and_its_level_counts(shop):
    (case,) = shop.take_in(request(2, "other", "900.00"))
    found = differ(shop, ("lead_up_to = 2000 ", "lead_up_to = 800 "))
    assert (found[case].stands, found[case].after[:2]) == ("review", ("review", "manager"))


def test_what_the_file_would_approve_by_itself_counts_for_the_next_case_of_the_same_customer(shop):
    """Three of one customer, each below the new limit, together above it: not all three go through."""
    apart = ("window_days = 30 ", "window_days = 0 ")  # else each is a possible duplicate of the others
    adopt(shop, apart)
    rows = [request(4, "goodwill", f"{n}00.00", received_at=f"2026-08-30T1{n}:00:00Z") for n in (6, 7, 8)]
    cases = shop.take_in(*rows)
    pairs = (apart, ("auto_below = 500 ", "auto_below = 1000 "), ('reason = "goodwill"', 'reason = "other"'))
    assert set(differ(shop, *pairs)) == {cases[0]}


@pytest.mark.parametrize(("seed", "paused"), [(0, False), (1, False), (2, False), (3, False), (0, True), (1, True)])
def test_the_foretold_way_is_the_one_that_adopting_and_assessing_brings(shop, seed, paused):
    """Also of cases that are held or asked about; a disputed one counts for the others and not for itself."""
    draw = random.Random(seed)
    shop.take_in(*small_shop.rows(draw, 60, 8))
    if paused:
        waiting = [case for case, row in shop.cases().items() if row["state"] in ("review", "awaiting")]
        with shop.open("max") as opened:
            pausing.hold(opened, waiting[::3], "dispute", "the bank rang")
            pausing.ask(opened, waiting[1::3], "why?")
            pausing.answer(opened, waiting[1::6], "because")
    pairs = (("auto_below = 500 ", "auto_below = 900 "), ("lead_up_to = 2000 ", "lead_up_to = 1000 "),
             ("window_days = 90 ", "window_days = 3 "))  # fmt: skip
    found = differ(shop, *pairs)
    rows = shop.cases()
    waiting = [case for case, row in rows.items() if row["state"] in ("review", "awaiting")]
    adopt(shop, *pairs)
    with shop.open("max") as opened:
        assessing.run(opened, waiting)
        after = {case: opened.find(case) for case in waiting}
    for case in waiting:
        if case in found:
            way = found[case].after
            assert (after[case].state, after[case].decide_level, after[case].dual) == way[:3], case
            assert after[case].assessment["payable"] == way.payable
    assert found, "the two policies differ for some"
    assert set(differ(shop, *pairs)) == set(), "now it is the policy in force"


def test_a_case_whose_approval_was_taken_back_is_for_a_person_under_any_policy(shop):
    (case,) = shop.take_in(request(0))
    with shop.open("max") as opened:
        decisions.revoke(opened, [case], "the customer rang")
    assert differ(shop, ("auto_below = 500 ", "auto_below = 100 ")) == {}
    assert differ(shop, ("lead_up_to = 2000 ", "lead_up_to = 150 "), ("auto_below = 500 ", "auto_below = 100 "),
                  ("auto_below = 750", "at_least = 'lead'"))[case].after[:2] == ("review", "manager")  # fmt: skip


def test_a_file_that_changes_no_figure_of_a_case_looks_at_none(shop):
    shop.take_in(request(2))
    with shop.open("ann") as opened:
        found = policy.diff(opened, edited(shop, ('refunds = "270"', 'refunds = "275"')))
    assert [c.key for c in found.changes if not c.key.startswith("example")] == ["accounts.xero.refunds"]
    assert found.cases == otherwise.Looked(0, [])


@pytest.mark.slow
def test_ten_thousand_open_cases_are_compared_within_seconds(tmp_path):
    shop = small_shop.make(tmp_path / "large", customers=10_000)
    shop.take_in(*(request(n, "goodwill", f"{600 + n % 3000}.00") for n in range(10_000)))
    begun = time.process_time()
    found = differ(shop, ("lead_up_to = 2000 ", "lead_up_to = 1500 "))
    took = time.process_time() - begun
    assert len(found) > 500
    assert took < 15, f"{took:.1f} s of processor time"


# -- decided cases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_nothing_decided_comes_out_differently_while_policy_and_records_stay(shop, seed):
    draw = random.Random(seed)
    shop.take_in(*small_shop.rows(draw, 60, 8))
    assert decided(shop) == {}
    shop.later(days=200)
    assert decided(shop) == {}, "time that passes is no reason"


def test_a_later_request_or_approval_is_no_reason_either(shop):
    (first,) = shop.take_in(request(2, amount="500.00"))
    shop.approve(first)
    (second,) = shop.take_in(request(2, "goodwill", "700.00"))
    with shop.open("max") as opened:
        decisions.override(opened, second, "possible-duplicate", "another thing")
    shop.approve(second)
    assert decided(shop) == {}


def test_a_new_policy_lists_what_was_decided_otherwise_and_touches_nothing(shop):
    auto, led = shop.take_in(request(0), request(2))
    shop.approve(led, by="lena")
    (denied,) = shop.take_in(request(7))
    with shop.open("max") as opened:
        decisions.deny(opened, [denied], "not owed")
    adopt(shop, ("auto_below = 500 ", "auto_below = 100 "), ("lead_up_to = 2000 ", "lead_up_to = 900 "))
    rows, before = shop.cases(), events(shop)
    found = decided(shop)
    assert {case: (f.stands, f.before[:2], f.after[:2]) for case, f in found.items()} == {
        auto: ("approved", ("approved", "auto"), ("awaiting", "lead")),
        led: ("approved", ("awaiting", "lead"), ("awaiting", "manager")),
        denied: ("denied", ("awaiting", "lead"), ("awaiting", "manager")),
    }
    assert set(decided(shop, led)) == {led}
    assert (shop.cases(), events(shop)) == (rows, before)
    with shop.open() as opened:
        assert care.differences(opened) == []


def test_new_records_list_what_they_would_change(shop):
    (case,) = shop.take_in(request(0))
    path = shop.folder / "refunds.csv"
    path.write_text(
        "refund_id,invoice,refunded_on,amount,currency,reference\nRX-1,INV-0,2026-08-25,420.00,USD,\n", encoding="utf-8"
    )
    with shop.open() as opened:
        records.load(opened, [path])
    found = decided(shop)[case]
    assert found.after.payable < found.before.payable
    assert shop.cases()[case]["state"] == "approved"
