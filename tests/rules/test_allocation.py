"""Parts of a sum to the last minor unit, and amounts an approver chooses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules_dossiers import POLICY, dossier, line

from refundkit.model.dossier import Part
from refundkit.model.words import Reason
from refundkit.rules.allocation import cells_at, scale_down
from refundkit.rules.assess import assess


def test_units_left_over_go_to_the_largest_remainders_and_ties_to_the_earlier():
    assert scale_down([1, 1, 1], 2) == [1, 1, 0]
    assert scale_down([10, 1, 1], 11) == [9, 1, 1]  # remainders 2, 11, 11 of 12
    assert scale_down([100, 50, 50], 99) == [49, 25, 25]  # 49.5, 24.75, 24.75


@pytest.mark.parametrize(("cells", "payable"), [([5, 5], 11), ([5], -1), ([], 1)])
def test_a_sum_that_the_cells_do_not_reach_is_refused(cells, payable):
    with pytest.raises(ValueError, match="is not between"):
        scale_down(cells, payable)


@given(st.lists(st.integers(-10_000, 100_000), min_size=1, max_size=12), st.data())
def test_parts_add_up_exactly_and_none_is_larger_than_its_cell(cells, data):
    payable = data.draw(st.integers(0, max(0, sum(cells))))
    parts = scale_down(cells, payable)
    assert sum(parts) == payable
    assert all(min(0, cell) <= part <= max(0, cell) for part, cell in zip(parts, cells, strict=True))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=8), st.data())
def test_of_equal_cells_the_earlier_never_gets_less(cells, data):
    payable = data.draw(st.integers(0, sum(cells)))
    parts = scale_down(cells, payable)
    for first, cell in enumerate(cells):
        for second in range(first + 1, len(cells)):
            assert cell != cells[second] or parts[first] >= parts[second]


def test_a_lowered_amount_scales_the_cells_and_a_raised_one_says_what_no_line_covers():
    found = assess(dossier(asked_amount=Decimal(100)), POLICY, "hash")
    lower, beyond = cells_at(found.cells, 5000)
    assert ([(c.payable_net, c.payable_tax) for c in lower], beyond) == ([(4619, 381)], 0)
    whole, beyond = cells_at(found.cells, 20000)
    assert ([(c.payable_net, c.payable_tax) for c in whole], beyond) == ([(16800, 1386)], 1814)
    assert cells_at((), 700) == ([], 700)
    with pytest.raises(ValueError, match="is not between"):
        cells_at(found.cells, -1)


def test_restocking_follows_the_amount_an_approver_chooses():
    back = (Part("FLT-20", Decimal(2), Decimal(2), date(2026, 7, 20), "good"),)
    found = assess(dossier(asked_reason="equipment-return", parts=back), POLICY, "hash")
    assert (found.payable, found.cells[0].restocking) == (8281, 1350)  # 76.50 + 6.31 tax, 13.50 kept
    half, _ = cells_at(found.cells, 4141)
    assert (half[0].payable_net, half[0].restocking) == (3825, 675)


def test_three_partial_refunds_give_back_no_cent_of_tax_twice():
    """A net of 999.99 with 82.50 tax, refunded in three parts that each round up on their own."""
    item = line(1, "labour", "1", "999.99")
    assert (item.net, item.tax) == (99999, 8250)
    taken = (0, 0)
    for done in ("66.67", "66.67", "0"):
        now = replace(item, net_taken=taken[0], tax_taken=taken[1])
        found = assess(
            dossier(invoice_lines=(now,), invoice_paid=10**6, order_completion_pct=Decimal(done)), POLICY, ""
        )
        taken = (taken[0] + found.cells[0].payable_net, taken[1] + found.cells[0].payable_tax)
    assert taken == (99999, 8250)


quantities = st.decimals("-3", "9", places=2)
lines = st.builds(
    line,
    number=st.just(1),
    kind=st.sampled_from(["labour", "part", "travel", "surcharge", "fee"]),
    quantity=quantities,
    price=st.decimals("0", "900", places=3),
    rate=st.sampled_from(["0", "0.0825", "0.1", "0.2"]),
    sku=st.sampled_from(["A", "B"]),
    taken=st.tuples(st.integers(0, 5000), st.integers(0, 500)),
)
part = st.builds(
    Part,
    st.sampled_from(["A", "B"]),
    st.none() | st.decimals("0", "5", places=1),
    st.none() | st.decimals("0", "5", places=1),
    st.none() | st.dates(date(2026, 7, 2), date(2026, 8, 10)),
    st.sampled_from(["good", "faulty", ""]),
)


@given(
    reason=st.sampled_from([r.value for r in Reason]),
    items=st.lists(lines, min_size=1, max_size=5),
    parts=st.lists(part, max_size=2, unique_by=lambda p: p.sku),
    amount=st.none() | st.decimals("-5", "2000", places=2),
    paid=st.integers(0, 500_000),
    before=st.integers(0, 100_000),
    done=st.none() | st.decimals("0", "100", places=1),
    minutes=st.none() | st.decimals("0", "600", places=1),
    terms=st.none() | st.tuples(st.integers(0, 90), st.integers(0, 600)),
)
def test_no_assessment_ever_gives_more_than_there_is(reason, items, parts, amount, paid, before, done, minutes, terms):
    numbered = tuple(replace(item, line_no=n) for n, item in enumerate(items, 1))
    found = assess(
        dossier(
            asked_reason=reason, asked_amount=amount, invoice_lines=numbered, invoice_paid=paid, parts=tuple(parts),
            invoice_refunded_before=before, order_completion_pct=done, order_onsite_minutes=minutes, terms=terms,
            order_status="no-show",
        ),
        POLICY,
        "hash",
    )  # fmt: skip
    assert 0 <= found.payable <= found.eligible <= found.refundable
    by_number = {item.line_no: item for item in numbered}
    for cell in found.cells:
        item = by_number[cell.line_no]
        for given_back, whole, taken in ((cell.net, item.net, item.net_taken), (cell.tax, item.tax, item.tax_taken)):
            left = whole - taken
            assert min(0, left) <= given_back <= max(0, left)
        assert min(0, cell.net) <= cell.payable_net <= max(0, cell.net)
        assert cell.restocking >= 0
    if found.cells:
        assert sum(c.payable_net + c.payable_tax for c in found.cells) == found.payable
        assert sum(c.net + c.tax for c in found.cells) == found.formula
