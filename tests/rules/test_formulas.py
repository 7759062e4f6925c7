"""What each reason gives back: worked examples by hand, and their boundaries."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from rules_dossiers import LINES, POLICY, at, codes, dossier, line, policy, text

from refundkit.model.dossier import Part
from refundkit.rules.assess import assess


def cells(assessment):
    return [(c.line_no, c.net, c.tax) for c in assessment.cells]


def judge(the_policy=POLICY, **changes):
    return assess(dossier(**changes), the_policy, "hash")


def test_incomplete_service_gives_back_the_undone_share_of_labour_with_the_calculation_in_words():
    found = judge()
    assert cells(found) == [(1, 16800, 1386)]
    assert found.cells[0].text == (
        "labour 3.50 h × 120.00 = 420.00; completed 60 %; 40 % back = 168.00; tax 8.25 % = 13.86"
    )
    assert (found.refundable, found.formula, found.eligible, found.payable) == (65703, 18186, 18186, 18186)


def test_every_step_from_paid_to_payable_is_written_down_in_order():
    found = judge(asked_amount=Decimal(100), invoice_refunded_before=1000, invoice_refunded_here=203)
    assert found.steps == (
        "paid on INV-1 (P-1): 657.03 USD",
        "refunded before: 10.00 USD",
        "refunded by other cases: 2.03 USD",
        "refundable: 657.03 - 10.00 - 2.03 = 645.00 USD",
        "part FLT-20: 2 charged, 2 used",
        "labour 3.50 h × 120.00 = 420.00; completed 60 %; 40 % back = 168.00; tax 8.25 % = 13.86",
        "the formula gives: 181.86 USD",
        "eligible: the lesser of 645.00 and 181.86 = 181.86 USD",
        "requested: 100.00 USD",
        "payable: 100.00 USD",
    )


def test_incomplete_service_also_gives_back_parts_above_those_used():
    found = judge(parts=(Part("FLT-20", Decimal("0.5"), None, None, ""),), order_completion_pct=Decimal(100))
    assert cells(found) == [(2, 6750, 557)]  # 1.5 of 2 x 45.00; 67.50 x 8.25 % = 5.56875
    assert "1.5 of 2 back" in found.cells[0].text


def test_nothing_completed_gives_the_whole_tax_of_the_line():
    odd = replace(LINES[0], tax=3466)  # a tax that net x rate would not give
    found = judge(order_completion_pct=Decimal(0), invoice_lines=(odd,))
    assert cells(found) == [(1, 42000, 3466)]


def test_no_completion_on_record_gives_nothing_and_says_so():
    found = judge(order_completion_pct=None)
    assert (found.formula, found.state) == (0, "review")
    assert "SO-1 has no completion on record" in text(found, "reason-unproven")


SLA = {"asked_reason": "sla-breach", "terms": (60, 480)}


@pytest.mark.parametrize(
    ("responded", "completed", "labour"),
    [
        ("2026-07-01T09:00:00", "2026-07-01T16:00:00", None),  # both exactly in time
        ("2026-07-01T09:00:01", "2026-07-01T16:00:00", 4200),  # one second late: from 0
        ("2026-07-01T09:29:59", "2026-07-01T16:00:00", 4200),  # ratio just below 0.5
        ("2026-07-01T09:30:00", "2026-07-01T16:00:00", 10500),  # exactly 0.5
        ("2026-07-01T09:59:59", "2026-07-01T16:00:00", 10500),
        ("2026-07-01T10:00:00", "2026-07-01T16:00:00", 21000),  # exactly 1.0
        ("2026-07-01T09:10:00", "2026-07-01T20:00:00", 10500),  # completion is the worse ratio: 4 h of 8 h
        ("2026-07-01T09:45:00", "2026-07-01T17:00:00", 10500),  # response is the worse ratio: 45 of 60 min
    ],
)
def test_sla_breach_gives_labour_by_the_worse_overrun_and_surcharges_whole(responded, completed, labour):
    found = judge(**SLA, order_responded_at=at(responded), order_completed_at=at(completed))
    if labour is None:
        assert cells(found) == []
        assert "reason-unproven" in codes(found)
    else:
        assert [(c.line_no, c.net) for c in found.cells] == [(1, labour), (4, 4000)]


def test_sla_breach_names_the_measured_times():
    found = judge(**SLA, order_responded_at=at("2026-07-01T09:35:20"))
    assert "response of SO-1: 60 min allowed, 95 min 20 s taken, 35 min 20 s late" in found.steps
    assert "completion of SO-1: 480 min allowed, 480 min taken, in time" in found.steps
    assert "overrun 0.58: 25 % back = 105.00" in found.cells[0].text


def test_sla_breach_with_one_time_missing_measures_the_other():
    found = judge(**SLA, order_responded_at=None, order_completed_at=at("2026-07-02T08:00"))
    assert found.cells[0].net == 21000  # 16 h late of 8 h
    assert "response of SO-1: no time of response is on record" in found.steps


def test_sla_breach_without_terms_gives_nothing_and_names_tier_and_priority():
    found = judge(asked_reason="sla-breach", terms=None)
    assert found.formula == 0
    assert "tier standard, priority standard" in text(found, "reason-unproven")


def test_sla_breach_takes_a_ratio_without_allowance_as_the_worst():
    found = judge(asked_reason="sla-breach", terms=(0, 480))
    assert found.cells[0].net == 21000


BILLING = {"asked_reason": "billing-error"}


def test_billing_error_takes_the_hours_too_many_from_the_last_labour_line_backwards():
    lines = (
        line(1, "labour", "2", "100"),
        line(2, "labour", "1.5", "100", rate="0.1"),
        line(3, "labour", "0.5", "160"),
    )
    # 100 min on site are billed as 105 min = 1.75 h; 4 h charged, 2.25 h too many: 0.5, then 1.5, then 0.25.
    found = judge(**BILLING, invoice_lines=lines, order_onsite_minutes=Decimal(100))
    assert cells(found) == [(1, 2500, 206), (2, 15000, 1500), (3, 8000, 660)]
    assert "SO-1: 100 min on site, billed as 1.75 h; 4.00 h charged, 2.25 h too many" in found.steps
    assert "0.25 h back = 25.00" in found.cells[0].text
    assert "all back = 150.00" in found.cells[1].text


@pytest.mark.parametrize(("minutes", "hours_back"), [("210", 0), ("195.5", 0), ("195", 25), ("180", 50), ("0", 350)])
def test_billing_error_rounds_time_on_site_up_to_the_increment(minutes, hours_back):
    found = judge(**BILLING, order_onsite_minutes=Decimal(minutes))
    assert sum(c.net for c in found.cells) == hours_back * 120


def test_billing_error_without_minutes_on_site_still_looks_at_the_parts():
    found = judge(**BILLING, order_onsite_minutes=None, parts=(Part("FLT-20", Decimal(1), None, None, ""),))
    assert cells(found) == [(2, 4500, 371)]


def test_a_sku_on_several_lines_is_used_up_in_line_order():
    lines = tuple(line(n, "part", "2", "10", rate="0", sku="A") for n in (1, 2, 3))
    used = judge(**BILLING, invoice_lines=lines, parts=(Part("A", Decimal(3), None, None, ""),))
    assert cells(used) == [(2, 1000, 0), (3, 2000, 0)]
    returned = Part("A", Decimal(6), Decimal(3), date(2026, 7, 10), "faulty")
    back = judge(asked_reason="equipment-return", invoice_lines=lines, parts=(returned,))
    assert cells(back) == [(1, 2000, 0), (2, 1000, 0)]


def test_a_part_without_a_record_gives_nothing():
    found = judge(**BILLING, parts=())
    assert found.formula == 0
    assert "part FLT-20: 2 charged, no quantity used is on record" in text(found, "reason-unproven")


def test_duplicate_payment_gives_what_was_paid_above_the_total_and_takes_from_no_line():
    found = judge(asked_reason="duplicate-payment", invoice_paid=131406, invoice_refunded_before=703)
    assert (found.formula, found.cells) == (65000, ())
    assert "paid on INV-1 less its total less refunds: 1314.06 - 657.03 - 7.03 = 650.00" in found.steps


def test_duplicate_payment_is_proven_by_the_invoice_alone():
    assert "reason-unproven" in codes(judge(asked_reason="duplicate-payment", order=None))


def returned(quantity="1", on=date(2026, 7, 20), condition="good"):
    return {
        "asked_reason": "equipment-return",
        "parts": (Part("FLT-20", Decimal(2), Decimal(quantity), on, condition),),
    }


def test_equipment_return_in_good_condition_keeps_restocking_back():
    found = judge(**returned())
    assert cells(found) == [(2, 3825, 316)]  # 45.00 less 15 %; 38.25 x 8.25 % = 3.155625
    assert found.cells[0].restocking == 675
    assert "1 of 2 back less 15 % restocking = 38.25" in found.cells[0].text


def test_equipment_return_of_a_faulty_part_gives_everything_and_the_whole_tax():
    found = judge(**returned("3", condition="faulty"))
    assert cells(found) == [(2, 9000, 743)]
    assert found.cells[0].restocking == 0


def test_restocking_shrinks_with_the_net_that_is_paid():
    found = judge(**returned(), asked_amount=Decimal("20.70"))
    cell = found.cells[0]
    assert (cell.payable_net, cell.payable_tax) == (1912, 158)  # 2070 x 3825/4141 = 1912.04, 157.96
    assert cell.restocking == 337  # 675 x 1912 / 3825 = 337.4


@pytest.mark.parametrize(("on", "gives"), [(date(2026, 8, 1), True), (date(2026, 8, 2), False)])
def test_a_return_counts_up_to_thirty_days_after_the_invoice(on, gives):
    found = judge(**returned(on=on))
    assert bool(found.cells) is gives
    if not gives:
        assert "returned 2026-08-02, 31 days after INV-1 was issued; the window is 30 days" in text(
            found, "reason-unproven"
        )


@pytest.mark.parametrize("missing", [{"on": None}, {"condition": ""}, {"quantity": "0"}])
def test_a_return_without_day_condition_or_quantity_gives_nothing(missing):
    assert judge(**returned(**missing)).formula == 0


def recall(opened):
    again = replace(dossier().order, service_order="SO-2", opened_at=at(opened))
    return {"asked_reason": "faulty-work", "later_orders": (again,)}


@pytest.mark.parametrize(
    ("opened", "gives"),
    [
        ("2026-07-01T15:59:59", False),
        ("2026-07-01T16:00:00", True),
        ("2026-07-31T16:00:00", True),
        ("2026-07-31T16:00:01", False),
    ],
)
def test_faulty_work_needs_a_new_order_within_thirty_days_of_completion(opened, gives):
    found = judge(**recall(opened))
    assert cells(found) == ([(1, 42000, 3465), (3, 6000, 495)] if gives else [])


def test_faulty_work_gives_the_share_of_the_policy():
    found = judge(policy({"labour_pct = 100": "labour_pct = 50"}), **recall("2026-07-10T08:00"))
    assert cells(found) == [(1, 21000, 1733), (3, 3000, 248)]


@pytest.mark.parametrize(
    ("changes", "total"),
    [
        ({"order_status": "no-show"}, 65703),
        ({"order_status": "cancelled", "order_cancelled_by": "shop"}, 65703),
        ({"order_status": "cancelled", "order_cancelled_at": at("2026-06-30T09:00:00")}, 65703),  # exactly 24 h
        ({"order_status": "cancelled", "order_cancelled_at": at("2026-06-30T09:00:01")}, 30500 + 1733 + 371 + 248),
        ({"order_status": "cancelled"}, 0),
        ({"order_status": "cancelled", "order_cancelled_at": at("2026-06-01T09:00"), "order_scheduled_at": None}, 0),
        ({"order_status": "completed", "order_cancelled_at": at("2026-06-01T09:00")}, 0),
    ],
)
def test_cancelled_visits_give_everything_or_half(changes, total):
    assert judge(asked_reason="cancelled-visit", **changes).formula == total


def test_a_late_cancellation_names_its_notice():
    changes = {"order_status": "cancelled", "order_cancelled_at": at("2026-06-30T21:30")}
    found = judge(asked_reason="cancelled-visit", **changes)
    assert "SO-1 was cancelled 690 min before the visit was due; the notice is 24 h" in found.steps


@pytest.mark.parametrize(("reason", "amount", "payable"), [("goodwill", "25", 2500), ("other", "900", 65703)])
def test_goodwill_and_other_give_what_was_asked_up_to_what_is_refundable(reason, amount, payable):
    found = judge(asked_reason=reason, asked_amount=Decimal(amount))
    assert (found.payable, found.cells) == (payable, ())


@pytest.mark.parametrize("amount", [{"asked_amount": None}, {"asked_amount": Decimal(5), "asked_currency": "EUR"}])
def test_goodwill_without_an_amount_that_counts_gives_nothing(amount):
    assert judge(asked_reason="goodwill", **amount).formula == 0


def test_a_line_gives_no_more_than_other_cases_left_of_net_and_tax():
    labour = replace(LINES[0], net_taken=30000, tax_taken=3000)
    found = judge(invoice_lines=(labour,))
    assert cells(found) == [(1, 12000, 465)]
    assert "other cases took 300.00 net and 30.00 tax of it, so 120.00 and 4.65 are left" in found.cells[0].text


def test_a_discount_line_is_mirrored_and_gives_back_no_more_than_it_took():
    discount = line(2, "labour", "-1", "50", rate="0.1")
    assert cells(judge(invoice_lines=(LINES[0], discount))) == [(1, 16800, 1386), (2, -2000, -200)]
    used_up = replace(discount, net_taken=-4500, tax_taken=-500)
    assert cells(judge(invoice_lines=(LINES[0], used_up)))[1] == (2, -500, 0)


def test_a_lower_request_scales_all_cells_together():
    found = judge(asked_amount=Decimal(100))
    assert [(c.net, c.tax, c.payable_net, c.payable_tax) for c in found.cells] == [(16800, 1386, 9238, 762)]


@pytest.mark.parametrize(
    ("asked", "requested", "payable"),
    [
        ({"asked_amount": Decimal("10.999")}, 1099, 1099),
        ({"asked_amount": Decimal("10.99"), "asked_currency": ""}, 1099, 1099),
        ({"asked_amount": Decimal("10.99"), "asked_currency": "EUR"}, None, 18186),
        ({"asked_amount": Decimal(-5)}, -500, 0),
        ({"asked_amount": Decimal(10) ** 40}, 2**53 - 1, 18186),
    ],
)
def test_a_requested_amount_is_cut_down_to_minor_units_of_the_invoice(asked, requested, payable):
    found = judge(**asked)
    assert (found.requested, found.payable) == (requested, payable)


def test_less_than_the_smallest_coin_is_left_to_a_person():
    found = judge(asked_amount=Decimal("0.001"))
    assert (found.payable, found.state) == (0, "review")


def test_a_currency_without_minor_units_is_counted_in_whole_units():
    lines = (line(1, "labour", "1", "9999", rate="0.1", currency="JPY"),)
    found = assess(
        dossier(base="JPY", asked_currency="JPY", invoice_currency="JPY", invoice_lines=lines, invoice_paid=10999),
        POLICY,
        "hash",
    )
    assert cells(found) == [(1, 4000, 400)]  # 3999.6
    assert "labour 1.00 h × 9999 = 9999" in found.cells[0].text
