"""Amounts in figures and words, read back by code that shares nothing with what wrote them."""

import random
import re
from itertools import takewhile

import pytest

from refundkit.exporters.payments.amounts import figures, in_words
from refundkit.model.money import DIGITS

ONES = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(1, 10), strict=True))
TEENS = dict(zip(["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
                 range(10, 20), strict=True))  # fmt: skip
TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
VALUES = {"zero": 0, **ONES, **TEENS, **TENS}


def number(words):
    """What an English numeral says, by adding up from the left."""
    total = group = 0
    for word in words.replace("-", " ").split():
        if word == "hundred":
            group *= 100
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        else:
            group += VALUES[word]
    return total + group


def is_numeral(word):
    return all(part in VALUES or part in SCALES or part == "hundred" for part in word.split("-"))


def minor_units(said, currency):
    """The amount that a cheque's line says: numerals, then a fraction where the currency has one, then the unit."""
    words = f"{said[0].lower()}{said[1:]}".split()
    numerals = list(takewhile(is_numeral, words))
    rest = " ".join(words[len(numerals) :])
    fraction = re.match(r"and (\d+)/(10+) ", rest)
    assert bool(fraction) == bool(DIGITS[currency])
    if fraction:
        assert (len(fraction[1]), int(fraction[2])) == (DIGITS[currency], 10 ** DIGITS[currency])
    return number(" ".join(numerals)) * 10 ** DIGITS[currency] + int(fraction[1] if fraction else 0)


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (125_050, "USD", "One thousand two hundred fifty and 50/100 dollars"),
        (100, "USD", "One and 00/100 dollars"),
        (7, "USD", "Zero and 07/100 dollars"),
        (1_000_000_01, "EUR", "One million and 01/100 euros"),
        (99_999, "GBP", "Nine hundred ninety-nine and 99/100 pounds sterling"),
        (45, "JPY", "Forty-five Japanese yen"),
        (1, "CLP", "One Chilean peso"),
        (2, "CLP", "Two Chilean pesos"),
        (1_250_505, "KWD", "One thousand two hundred fifty and 505/1000 Kuwaiti dinars"),
        (1, "BHD", "Zero and 001/1000 Bahraini dinars"),
        (1_250_50, "CHF", "One thousand two hundred fifty and 50/100 Swiss francs"),
        (1_250_50, "CAD", "One thousand two hundred fifty and 50/100 Canadian dollars"),
    ],
)  # fmt: skip
def test_an_amount_is_written_out_as_a_cheque_has_it(minor, currency, said):
    assert in_words(minor, currency) == said


@pytest.mark.parametrize("currency", sorted(DIGITS))
def test_every_currency_has_its_own_name_and_says_the_amount_to_the_unit(currency):
    draw = random.Random(currency)
    for _ in range(40):
        minor = draw.randrange(1, 10 ** draw.randrange(1, 15))
        said = in_words(minor, currency)
        assert minor_units(said, currency) == minor, said
        assert (said[0].isupper(), "_" in said) == (True, False)


def test_no_two_currencies_are_called_the_same():
    assert len({in_words(12_345, currency).split("/")[-1] for currency in DIGITS if DIGITS[currency] == 2}) == sum(
        1 for digits in DIGITS.values() if digits == 2
    )


def test_two_amounts_are_never_written_alike():
    assert len({in_words(minor, "USD") for minor in range(300_000)}) == 300_000


@pytest.mark.parametrize("minor", [-1, 10**17])
def test_what_cannot_be_said_is_refused(minor):
    with pytest.raises(ValueError, match="cannot be written out"):
        in_words(minor, "USD")


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (125_050, "USD", "1,250.50"),
        (5, "USD", "0.05"),
        (1_234_567, "JPY", "1,234,567"),
        (1_250_505, "KWD", "1,250.505"),
    ],
)
def test_figures_have_their_thousands_parted(minor, currency, said):
    assert figures(minor, currency) == said
