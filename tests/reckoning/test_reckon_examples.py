"""The reckoning itself, held against examples worked out by hand."""

import csv
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reckon import reckon

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
MAKE_SHOP = Path(__file__).parents[2] / ".." / "shared" / "tools" / "make_shop.py"

HEADINGS = {
    "customers": "customer_id name email phone tier currency locale",
    "service_orders": "service_order customer_id service_code technician equipment priority status completion_pct "
    "onsite_minutes opened_at responded_at completed_at scheduled_at cancelled_at cancelled_by",
    "sla_terms": "tier priority response_minutes resolution_minutes",
    "invoices": "invoice service_order customer_id issued_on currency line_no kind sku description quantity "
    "unit_price tax_rate",
    "payments": "payment_id invoice paid_on amount currency method reference",
    "refunds": "refund_id invoice refunded_on amount currency reference",
    "parts": "service_order sku quantity_used quantity_returned returned_on condition",
    "rates": "date currency rate",
    "requests": "received_at channel customer_id customer_email service_order invoice amount currency reason "
    "description requested_by external_ref",
}
DEFAULTS = {
    "customers": {"customer_id": "C-1", "email": "Office@example.com", "tier": "silver"},
    "service_orders": {
        "service_order": "SO-1",
        "customer_id": "C-1",
        "equipment": "EQ-1",
        "priority": "urgent",
        "status": "completed",
        "completion_pct": "100",
        "onsite_minutes": "120",
        "opened_at": "2026-10-01T08:00:00Z",
        "responded_at": "2026-10-01T10:00:00Z",
        "completed_at": "2026-10-01T20:00:00Z",
    },
    "sla_terms": {"tier": "silver", "priority": "urgent", "response_minutes": "240", "resolution_minutes": "1440"},
    "invoices": {
        "invoice": "INV-1",
        "service_order": "SO-1",
        "customer_id": "C-1",
        "issued_on": "2026-10-03",
        "currency": "USD",
        "tax_rate": "0.0825",
    },
    "payments": {"payment_id": "PAY-1", "invoice": "INV-1", "amount": "620.82", "currency": "USD"},
    "refunds": {"refund_id": "RFD-1", "invoice": "INV-1", "currency": "USD"},
    "parts": {"service_order": "SO-1", "sku": "SKU-A", "quantity_used": "3", "quantity_returned": "0"},
    "rates": {},
    "requests": {"received_at": "2026-10-20T10:00:00Z", "channel": "portal", "customer_id": "C-1", "invoice": "INV-1"},
}
# nets 240.00 + 223.50 + 35.00 + 75.00, taxes 19.80 + 18.44 + 2.89 + 6.19: 620.82 in all
LINES = [
    {"line_no": "1", "kind": "labour", "quantity": "2", "unit_price": "120.00"},
    {"line_no": "2", "kind": "part", "sku": "SKU-A", "quantity": "3", "unit_price": "74.50"},
    {"line_no": "3", "kind": "travel", "quantity": "1", "unit_price": "35.00"},
    {"line_no": "4", "kind": "surcharge", "quantity": "1", "unit_price": "75.00"},
]


@pytest.fixture
def assess(tmp_path):
    """Reckons requests (differences to the defaults) in the example shop, whose tables can be replaced."""

    def run(*requests, base="USD", **tables):
        standard = {name: [{}] for name in ("customers", "service_orders", "sla_terms", "payments", "parts")}
        shop = standard | {"invoices": LINES, "refunds": [], "rates": []} | tables | {"requests": requests}
        for name, records in shop.items():
            with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, HEADINGS[name].split(), restval="")
                writer.writeheader()
                writer.writerows(DEFAULTS[name] | record for record in records)
        return reckon(tmp_path, NOW, base)

    return run


def outcome(row):
    return row["state"], row["level"], row["payable"], row["findings"]


@pytest.mark.parametrize(
    ("responded", "payable", "labour"),
    [
        ("12:01", "107.17", (1, "24.00", "1.98")),  # 1 minute late: 10 %
        ("14:00", "146.14", (1, "60.00", "4.95")),  # 120 of 240 minutes late: 25 %
        ("16:00", "211.09", (1, "120.00", "9.90")),  # 240 of 240: 50 %
    ],
)
def test_a_late_response_gives_back_labour_by_the_overrun_and_the_whole_surcharge(assess, responded, payable, labour):
    order = {"responded_at": f"2026-10-01T{responded}:00Z"}
    [row] = assess({"reason": "sla-breach"}, service_orders=[order])
    assert outcome(row) == ("approved", "auto", payable, [])
    assert row["cells"] == [labour, (4, "75.00", "6.19")]


def test_a_response_on_the_last_minute_is_no_breach_and_one_without_a_time_proves_nothing(assess):
    for responded in ("2026-10-01T12:00:00Z", ""):
        [row] = assess({"reason": "sla-breach"}, service_orders=[{"responded_at": responded}])
        assert outcome(row) == ("review", None, "0.00", ["reason-unproven"])


def test_hours_not_worked_come_off_the_last_labour_line_and_parts_not_used_come_back(assess):
    lines = [*LINES, {"line_no": "5", "kind": "labour", "quantity": "1", "unit_price": "95.00"}]
    [row] = assess(  # 3 h billed, 100 min -> 105 min worked: 1.25 h too many; 1 part of 3 too many
        {"reason": "billing-error"},
        invoices=lines,
        service_orders=[{"onsite_minutes": "100"}],
        parts=[{"quantity_used": "2"}],
        payments=[{"amount": "723.66"}],
    )
    assert row["cells"] == [(1, "30.00", "2.48"), (2, "74.50", "6.15"), (5, "95.00", "7.84")]
    assert outcome(row) == ("approved", "auto", "215.97", [])


def test_a_sku_on_two_lines_is_used_up_in_line_order(assess):
    lines = [*LINES, {"line_no": "5", "kind": "part", "sku": "SKU-A", "quantity": "2", "unit_price": "50.00"}]
    [row] = assess({"reason": "billing-error"}, invoices=lines, parts=[{"quantity_used": "4"}])
    assert row["cells"] == [(5, "50.00", "4.13")]  # 4.125


def test_paying_twice_gives_back_one_payment_from_no_line(assess):
    [row] = assess({"reason": "duplicate-payment"}, payments=[{}, {"payment_id": "PAY-2"}], refunds=[{"amount": "20"}])
    assert outcome(row) == ("awaiting", "lead", "600.82", [])
    assert row["cells"] == []


@pytest.mark.parametrize(
    ("part", "cells", "codes"),
    [
        ({"condition": "good", "returned_on": "2026-11-02"}, [(2, "126.65", "10.45")], []),  # 2/3 x 85 %
        ({"condition": "faulty", "returned_on": "2026-11-02"}, [(2, "149.00", "12.29")], []),
        ({"condition": "faulty", "returned_on": "2026-11-03"}, [], ["reason-unproven"]),  # the 31st day
    ],
)
def test_returned_parts_give_back_their_price_less_restocking_within_thirty_days(assess, part, cells, codes):
    [row] = assess({"reason": "equipment-return"}, parts=[part | {"quantity_returned": "2"}])
    assert (row["cells"], row["findings"]) == (cells, codes)


def test_work_done_by_sixty_percent_gives_forty_percent_of_the_labour_back(assess):
    [row] = assess({"reason": "incomplete-service"}, service_orders=[{"completion_pct": "60", "status": "partial"}])
    assert (row["payable"], row["cells"]) == ("103.92", [(1, "96.00", "7.92")])


@pytest.mark.parametrize(("opened", "payable"), [("2026-10-31T20:00:00Z", "297.69"), ("2026-10-31T20:01:00Z", "0.00")])
def test_a_second_visit_to_the_same_machine_within_thirty_days_gives_labour_and_travel_back(assess, opened, payable):
    again = {"service_order": "SO-2", "opened_at": opened}
    [row] = assess({"reason": "faulty-work"}, service_orders=[{}, again])
    assert row["payable"] == payable


@pytest.mark.parametrize(
    ("order", "payable"),
    [
        ({"status": "no-show"}, "620.82"),
        ({"status": "cancelled", "cancelled_by": "shop"}, "620.82"),
        ({"status": "cancelled", "cancelled_by": "customer", "cancelled_at": "2026-10-04T08:00:00Z"}, "620.82"),
        # half of each line: 120.00 + 9.90, 111.75 + 9.22, 17.50 + 1.44, 37.50 + 3.09
        ({"status": "cancelled", "cancelled_by": "customer", "cancelled_at": "2026-10-04T08:01:00Z"}, "310.40"),
        ({"status": "completed"}, "0.00"),
    ],
)
def test_a_visit_cancelled_a_day_ahead_is_free_and_a_later_one_costs_half(assess, order, payable):
    [row] = assess({"reason": "cancelled-visit"}, service_orders=[order | {"scheduled_at": "2026-10-05T08:00:00Z"}])
    assert row["payable"] == payable


def test_goodwill_is_the_amount_asked_for_and_never_approved_by_itself(assess):
    [row] = assess({"reason": "goodwill", "amount": "80", "currency": "USD"})
    assert (outcome(row), row["cells"]) == (("awaiting", "lead", "80.00", []), [])
    [row] = assess({"reason": "goodwill"})
    assert outcome(row) == ("review", None, "0.00", [])


def test_a_smaller_request_is_shared_among_net_and_tax_by_the_largest_remainder(assess):
    # 50 of 103.92: net 46.189..., tax 3.810...: the last cent goes to the net
    order = {"completion_pct": "60", "status": "partial"}
    [row] = assess({"reason": "incomplete-service", "amount": "50", "currency": "USD"}, service_orders=[order])
    assert (row["payable"], row["eligible"]) == ("50.00", "103.92")
    assert row["cells"] == [(1, "46.19", "3.81")]


def test_a_tie_between_remainders_goes_to_the_earlier_line_and_yen_have_no_digits(assess):
    lines = [
        {"line_no": n, "kind": "labour", "quantity": "1", "unit_price": "100", "currency": "JPY", "tax_rate": "0"}
        for n in ("1", "2")
    ]
    [row] = assess(
        {"reason": "cancelled-visit", "amount": "101", "currency": "JPY"},
        invoices=lines,
        payments=[{"amount": "200", "currency": "JPY"}],
        service_orders=[{"status": "no-show"}],
        rates=[{"date": "2026-10-25", "currency": "JPY", "rate": "150"}],
    )
    assert (row["payable"], row["cells"]) == ("101", [(1, "51", "0"), (2, "50", "0")])
    assert row["findings"] == []


def test_what_an_approved_case_took_from_a_line_is_gone_for_the_next(assess):
    again = {"service_order": "SO-2", "opened_at": "2026-10-10T08:00:00Z"}
    first, second = assess(
        {"reason": "sla-breach"},
        {"reason": "faulty-work"},
        service_orders=[{"responded_at": "2026-10-01T14:00:00Z"}, again],
    )
    assert first["cells"] == [(1, "60.00", "4.95"), (4, "75.00", "6.19")]
    assert second["cells"] == [(1, "180.00", "14.85"), (3, "35.00", "2.89")]
    assert outcome(second) == ("review", None, "232.74", ["possible-duplicate"])


def test_what_is_left_of_the_payments_caps_what_is_eligible(assess):
    # 100.00 left of 620.82: 38.658..., 3.189..., 36.000..., 2.970..., 5.637..., 0.465..., 12.080..., 0.997...
    [row] = assess(
        {"reason": "cancelled-visit", "amount": "620.82", "currency": "USD"},
        service_orders=[{"status": "no-show"}],
        refunds=[{"amount": "520.82"}],
    )
    assert outcome(row) == ("approved", "auto", "100.00", ["reduced"])
    assert row["cells"] == [(1, "38.66", "3.19"), (2, "36.00", "2.97"), (3, "5.64", "0.46"), (4, "12.08", "1.00")]


def test_a_repetition_within_thirty_days_or_with_the_same_reference_is_a_duplicate(assess):
    def request(received, **more):
        return {"received_at": received, "reason": "goodwill", "amount": "10", "currency": "USD", **more}

    rows = assess(
        request("2026-08-01T10:00:00Z", external_ref="R-1"),
        request("2026-08-31T10:00:00Z", customer_id="", customer_email="office@EXAMPLE.com"),
        request("2026-10-01T10:00:01Z", external_ref="R-1"),
        request("2026-10-01T10:00:02Z", external_ref="R-1", channel="phone", reason="other"),
        invoices=[line | {"issued_on": "2026-07-15"} for line in LINES],
    )
    assert [row["state"] for row in rows] == ["awaiting", "duplicate", "duplicate", "review"]
    assert [row["findings"] for row in rows] == [
        [],
        ["duplicate", "possible-duplicate"],
        ["duplicate"],
        ["reason-manual"],
    ]


def test_amounts_approved_without_a_person_add_up_over_seven_days(assess):
    numbers = ["1", "2", "3", "4"]
    orders = [{"service_order": f"SO-{n}", "status": "no-show", "equipment": f"EQ-{n}"} for n in numbers]
    line = {"line_no": "1", "kind": "labour", "quantity": "1", "unit_price": "200", "tax_rate": "0"}
    days = {"1": "10", "2": "11", "3": "17", "4": "18"}
    rows = assess(
        *(
            {"invoice": f"INV-{n}", "received_at": f"2026-10-{days[n]}T10:00:00Z", "reason": "cancelled-visit"}
            for n in numbers
        ),
        service_orders=orders,
        invoices=[line | {"invoice": f"INV-{n}", "service_order": f"SO-{n}"} for n in numbers],
        payments=[{"payment_id": f"PAY-{n}", "invoice": f"INV-{n}", "amount": "200"} for n in numbers],
    )
    # 400 + 200 for the third; the fourth sees only the second's 200, a week old on the dot
    assert [row["level"] for row in rows] == ["auto", "auto", "lead", "auto"]


@pytest.mark.parametrize(
    ("tier", "rate_day", "rate", "level"),
    [
        ("gold", "2026-11-01", "1", "lead"),  # 620.82 USD
        ("platinum", "2026-11-01", "1", "auto"),  # below 750
        ("gold", "2026-10-25", "0.3104", "manager"),  # 2000.06
        ("gold", "2026-10-25", "0.31041", "lead"),  # 620.82 / 0.31041 = 2000.00
        ("gold", "2026-11-01", "1.24164", "lead"),  # 500.00
        ("gold", "2026-11-01", "1.2417", "auto"),  # 499.98
        ("gold", "2026-10-24", "1", None),  # eight days old
    ],
)
def test_the_level_follows_the_amount_in_the_currency_of_the_books(assess, tier, rate_day, rate, level):
    [row] = assess(
        {"reason": "cancelled-visit"},
        customers=[{"tier": tier}],
        invoices=[line | {"currency": "EUR"} for line in LINES],
        payments=[{"currency": "EUR"}],
        service_orders=[{"status": "no-show"}],
        rates=[
            {"date": rate_day, "currency": "EUR", "rate": rate},
            {"date": "2026-11-02", "currency": "EUR", "rate": "9"},
        ],
    )
    assert (row["level"], row["findings"]) == (level, [] if level else ["rate-missing"])


@pytest.mark.parametrize(
    ("request_", "codes"),
    [
        ({"customer_id": "C-9", "customer_email": "office@example.com"}, ["customer-unknown"]),
        ({"service_order": "SO-9"}, ["order-unknown"]),
        ({"invoice": "INV-9"}, ["invoice-unknown", "order-unknown"]),
        ({"service_order": "SO-2"}, ["invoice-mismatch", "order-mismatch", "reason-unproven"]),
        ({"customer_id": "C-2"}, ["invoice-mismatch", "order-mismatch"]),
        ({"received_at": "2027-01-01T23:59:00Z"}, []),
        ({"received_at": "2027-01-02T00:00:00Z"}, ["window-passed"]),
        ({"amount": "900", "currency": "EUR"}, ["currency-differs"]),
        ({"amount": "-1", "currency": "USD"}, ["amount-invalid"]),
        ({"reason": "other", "amount": "5"}, ["reason-manual"]),
    ],
)
def test_every_problem_of_a_request_has_its_finding(assess, request_, codes):
    [row] = assess(
        {"reason": "cancelled-visit"} | request_,
        customers=[{}, {"customer_id": "C-2", "email": "two@example.com"}],
        service_orders=[{"status": "no-show"}, {"service_order": "SO-2", "customer_id": "C-2"}],
    )
    assert row["findings"] == codes
    assert row["state"] == ("review" if codes else "awaiting")


def test_an_invoice_nobody_paid_is_both_unpaid_and_refunded(assess):
    [row] = assess({"reason": "goodwill", "amount": "5"}, payments=[{"currency": "EUR"}])
    assert outcome(row) == ("review", None, "0.00", ["already-refunded", "nothing-paid"])


def test_a_request_whose_invoice_is_unknown_has_no_amount(assess):
    [row] = assess({"reason": "billing-error", "invoice": "INV-9", "amount": "5"})
    assert (row["payable"], row["eligible"], row["currency"]) == (None, None, None)


def test_rows_are_named_by_the_line_on_which_they_begin(assess):
    rows = assess({"reason": "other", "description": "two\nlines"}, {"reason": "other"})
    assert [row["row"] for row in rows] == [2, 4]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_made_up_shop_is_reckoned_to_the_end(tmp_path, seed):
    if not MAKE_SHOP.exists():
        pytest.skip("shared/tools/make_shop.py is not here")
    command = [sys.executable, str(MAKE_SHOP), str(tmp_path / "shop"), "--requests", "300", "--seed", str(seed)]
    subprocess.run(command, check=True, timeout=60)
    rows = reckon(tmp_path / "shop", NOW)
    assert [row["row"] for row in rows] == list(range(2, 302))
    assert {row["state"] for row in rows} == {"approved", "awaiting", "review", "duplicate"}
