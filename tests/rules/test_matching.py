"""Which payment a line of a statement is about: what names one decides, and nothing is matched by luck."""

from datetime import date

import pytest

from refundkit.model.statements import StatementLine
from refundkit.rules.matching import Candidate, match

KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def paid(**change):
    values = {
        "event": "e1", "key": KEY, "number": "RP-1-000001", "case": "RF-7K4M2", "method": "ach", "amount": 12_000,
        "currency": "USD", "on": date(2026, 11, 2), "cheque": 0, "original": "ch_1", "name": "Ann Lee", "is_open": True,
    }  # fmt: skip
    return Candidate(**(values | change))


def line(**change):
    values = {"index": 1, "on": date(2026, 11, 3), "amount": -12_000, "currency": "USD"}
    return StatementLine(**(values | change))


def test_an_amount_about_the_day_is_enough_where_nothing_else_is_said():
    assert match(line(), [paid()]).payment == "e1"


@pytest.mark.parametrize("payment", [paid(), paid(method="cheque", cheque=2091)], ids=["no cheque", "another cheque"])
@pytest.mark.parametrize("said", [{"cheque": "5501", "references": ("5501",)}, {"text": "CHECK # 5501"}])
def test_a_cheque_that_is_not_ours_is_never_matched_by_its_amount(payment, said):
    found = match(line(**said), [payment])
    assert (found.payment, found.about_a_refund) == ("", True)
    assert found.why == "the amount is that of RP-1-000001, and the line names cheque 5501"


def test_our_own_cheque_is_found_by_its_number():
    found = match(line(cheque="2091", references=("2091",)), [paid(method="cheque", cheque=2091)])
    assert (found.payment, found.why) == ("e1", "cheque 2091")


def test_a_cheques_number_is_read_where_the_bank_puts_it_and_nowhere_else():
    found = match(line(cheque="5501", references=("5501", "2091")), [paid(method="cheque", cheque=2091)])
    assert (found.payment, found.about_a_refund) == ("", True)


@pytest.mark.parametrize("said", [{"text": "for RF-7K4M2"}, {"references": ("ch_1",)}])
def test_a_case_or_an_original_beside_another_cheque_goes_to_a_person(said):
    found = match(line(cheque="5501", **said), [paid(method="cheque", cheque=2091)])
    assert found.payment == ""
    assert found.why.endswith("and the line names cheque 5501")


def test_so_does_it_where_only_one_of_several_payments_of_the_case_is_open():
    several = [paid(), paid(event="e2", number="RP-1-000002", is_open=False)]
    assert match(line(text="for RF-7K4M2"), several).payment == "e1"
    assert match(line(text="for RF-7K4M2", cheque="5501"), several).payment == ""


@pytest.mark.parametrize("said", ["RP-1-000001", KEY])
def test_the_number_and_the_key_of_a_payment_stand_above_what_a_bank_calls_a_cheque(said):
    assert match(line(cheque="5501", references=(said,)), [paid()]).payment == "e1"


def test_more_payments_of_one_amount_than_can_be_looked_through_go_to_a_person():
    found = match(line(name="Ann Lee"), [], more=200)
    assert (found.payment, found.about_a_refund) == ("", True)
    assert (
        found.why == "more than 200 payments of ours have this amount about that day, and the line names none of them"
    )


def test_a_payment_that_is_named_is_found_among_any_number_of_its_amount():
    assert match(line(references=("RP-1-000001",)), [paid()], more=200).payment == "e1"


def test_money_that_came_in_is_none_of_them_however_many_there_are():
    assert not match(line(amount=12_000), [], more=200).about_a_refund
