"""Numbers of banks and accounts that cannot exist are told from those that can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.model.bank_numbers import (
    OUTSIDE_EEA,
    SEPA_LENGTHS,
    account_fault,
    bic_fault,
    iban_fault,
    routing_fault,
)

IBANS = (
    "DE89370400440532013000", "NL91ABNA0417164300", "FR1420041010050500013M02606", "GB29NWBK60161331926819",
    "CH9300762011623852957", "MT84MALT011000012345MTLCAST001S", "NO9386011117947", "BE68539007547034",
    "PL61109010140000071219812874", "IE29AIBK93115212345678", "SE4550000000058398257466", "AT611904300234573201",
)  # fmt: skip
"""Examples of the registry of IBAN formats."""


@pytest.mark.parametrize("iban", IBANS)
def test_the_registrys_examples_are_sound_and_no_one_digit_of_them_can_be_wrong(iban):
    assert iban_fault(iban) == ""
    for place, character in enumerate(iban):
        for other in "0123456789" if character.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if other != character:
                assert iban_fault(iban[:place] + other + iban[place + 1 :])


@pytest.mark.parametrize("routing", ["091000019", "231380104", "021000021", "322271627", "011000015", "121000248"])
def test_routing_numbers_are_sound_and_no_one_digit_of_them_can_be_wrong(routing):
    assert routing_fault(routing) == ""
    for place, digit in enumerate(routing):
        for other in "0123456789":
            if other != digit:
                assert routing_fault(routing[:place] + other + routing[place + 1 :])


def test_swapped_neighbours_are_noticed():
    assert routing_fault("091000091")
    assert iban_fault("DE89370400440532010300")


@given(st.text(max_size=40))
def test_any_text_is_judged_without_a_stumble(text):
    for judge in (routing_fault, account_fault, iban_fault, bic_fault):
        assert isinstance(judge(text), str)


def test_forty_two_countries_have_their_length_and_twelve_are_outside_the_eea():
    assert len(SEPA_LENGTHS) == 42
    assert set(SEPA_LENGTHS) > OUTSIDE_EEA
    assert len(set(SEPA_LENGTHS) - OUTSIDE_EEA) == 30  # 27 of the EU, Iceland, Liechtenstein, Norway


@pytest.mark.parametrize("account", ["1", "12345678901234567", "104 999-7", "AB-12", "0001"])
def test_account_numbers_that_can_exist(account):
    assert account_fault(account) == ""


@pytest.mark.parametrize("bic", ["ABNANL2A", "COBADEFFXXX", "NTSBDEB1XXX"])
def test_bics_that_can_exist(bic):
    assert bic_fault(bic) == ""
