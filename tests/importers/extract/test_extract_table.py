"""A table of what was billed and what is right asks for its column of differences, not for its other sums."""

from decimal import Decimal
from time import monotonic

import pytest

from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.table import labelled, read_table


def requests(text: str, base: str = "USD"):
    return read_request("", text, "", base).requests


def amounts(text: str):
    return [(r.invoice or r.service_order, r.amount, r.currency) for r in requests(text)]


LINES = """Hello,

we checked invoice 20711 against our gate log, and the technician was here for two hours.

{table}

Please refund the difference to our account. We paid the bill in full.
"""


@pytest.mark.parametrize(
    "table",
    [
        "Line\tBilled\tShould be\tDifference\nLabour\t$ 380.00\t$ 190.00\t$ 190.00\nWeekend rate\t$60.00\t0.00\t$60.00\nTotal\t$440.00\t$190.00\t$250.00",
        "Line            Billed     Correct    Overcharged\n-----------------------------\nLabour          $ 380.00   $ 190.00   $ 190.00\nWeekend rate    $  60.00   $   0.00   $  60.00",
        "| Line | Charged | Agreed |\n|---|---|---|\n| Labour | USD 380.00 | USD 190.00 |\n| Weekend rate | USD 60.00 | 0 |",
        "Line\tBilled\tAgreed\tRefund due (USD)\nLabour\t380.00\t190.00\t190.00\nWeekend rate\t60.00\t\t60.00\nSum\t\t\t250.00",
        "Zeile\tBerechnet\tRichtig\tDifferenz\nArbeit\t380,00 $\t190,00 $\t190,00 $\nWochenende\t60,00 $\t-\t60,00 $",
    ],
)
def test_the_sum_of_a_column_of_differences_is_asked(table):
    assert amounts(LINES.format(table=table)) == [("INV-20711", Decimal("250.00"), "USD")]


def test_rows_with_an_invoice_each_are_requests_each_and_rows_in_order_are_none():
    text = (
        "Site\tInvoice\tBilled\tCorrect\tDiff\tRemark\nNorth\tINV-20801\t90.00\t90.00\t0.00\tok\n"
        "South\tINV-20802\t240.00\t120.00\t120.00\tone of two cameras never came\n"
        "East\tINV-20803\t75.00\t0.00\t75.00\tyou cancelled this visit\nTotal\t\t405.00\t210.00\t195.00\n\n"
        "Please credit these two. Amounts USD."
    )
    assert amounts(text) == [("INV-20802", Decimal("120.00"), "USD"), ("INV-20803", Decimal("75.00"), "USD")]


def test_a_line_of_sums_may_say_more_than_total_and_have_fewer_cells():
    text = (
        "Ln\tInvoice\tText\tClaimed\n1\tINV-20841\tpaid in May and again in June\tEUR 1 430.00\n"
        "2\tINV-20842\ttwo keyboards sent back\tEUR 87.60\nTotal claimed\tEUR 1 517.60\n\nPlease transfer the claimed amounts."
    )
    assert amounts(text) == [("INV-20841", Decimal("1430.00"), "EUR"), ("INV-20842", Decimal("87.60"), "EUR")]


def test_a_statement_of_which_one_line_is_wrong_asks_for_that_line():
    text = (
        "We agree to your statement but for one line:\n\nInv\tDate\tYours\tOurs\nINV-20811\t04/06\t310.00\t310.00\n"
        "INV-20812\t12/06\t188.00\t188.00\nINV-20813\t19/06\t250.00\t190.00\nTotal\t\t748.00\t688.00\n\n"
        "It has a weekend rate on it though it was a Monday. As all was paid, could you please refund the £60.00."
    )
    assert amounts(text) == [("INV-20813", Decimal("60.00"), "GBP")]


@pytest.mark.parametrize(
    "table",
    [
        "Line\tBilled\tRefund\nLabour\t150.00\t75.00\nTravel\t66.00\t66.00\nTotal\t216.00\t114.00",
    ],
)
def test_a_sum_that_is_not_that_of_its_rows_goes_to_a_person(table):
    (found,) = requests(f"The modem on invoice 20821 never came.\n\n{table}\n\nKindly credit us $141.00.")
    assert "The sums of its table do not agree." in found.doubts


def test_words_that_ask_surely_for_another_sum_than_the_table_leave_it_to_a_person():
    (found,) = requests(
        "Item\tBilled\tRefund\nLabour\t$150.00\t$75.00\nTravel\t$66.00\t$30.00\n\nPlease refund $95.00 for invoice 20821."
    )
    assert found.amount is None


@pytest.mark.parametrize(
    "text",
    [
        "Type\tGross\tFee\tRefund\ncharge\t90.00\t1.00\t0.00",
        "Day\tDebit\tCredit\tBalance\n4 May\t90.00\t\t90.00\n5 May\t\t90.00\t0.00",
        "Item\tBilled\tDifference\nLabour\t90.00\tca. 40\n",
        "Item\tBilled\tRight\tDifference\nLabour\t90.00\t50.00\t60.00\n",
        "Labour    Billed    Difference\nTravel    20.00\n",
        "We were billed for the difference, and a refund is due back.",
    ],
)
def test_what_is_no_such_table_or_is_not_clear_is_left_as_it_stands(text):
    assert read_table(text, "USD") is None


def test_the_amount_behind_a_label_for_a_difference_is_what_a_list_of_labels_asks():
    block = "Invoiced        EUR 980.00\nOrder value     EUR 900.00\nVisit           8.00 hours\n{}      EUR 80.00\n"
    found = labelled(block.format("Difference"), "USD")
    assert found is not None
    assert (found.value, found.currency) == (Decimal("80.00"), "EUR")
    assert labelled(block.format("Discount"), "USD") is None


def test_thousands_of_rows_take_no_long():
    began = monotonic()
    for text in ("a\ta\n" * 50_000, "Line\tBilled\tRefund\n" + "a\t1.00\t1.00\n" * 30_000):
        read_table(text, "USD")
        labelled(text, "USD")
    assert monotonic() - began < 5
