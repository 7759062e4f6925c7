"""The decimals of every currency are those of ISO 4217."""

from __future__ import annotations

from iso4217 import Currency

from refundkit.model.money import DIGITS

FUNDS = {"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"}


def test_minor_units_are_those_of_the_list_of_currencies():
    """Metals, funds and units of account are left out; BGN, withdrawn in 2026, is kept for the history."""
    listed = {currency.code: currency.exponent for currency in Currency}
    both = listed.keys() & DIGITS.keys()
    assert {code: listed[code] for code in both} == {code: DIGITS[code] for code in both}
    assert set(DIGITS) - set(listed) == {"BGN"}
    assert all(code.startswith("X") or code in FUNDS for code in set(listed) - set(DIGITS))
