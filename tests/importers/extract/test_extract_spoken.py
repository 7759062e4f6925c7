"""Numbers in words are read as they are said, in each language; what is no one number is none."""

import pytest

from refundkit.importers.extract.amounts import take_amounts
from refundkit.importers.extract.numbers import bare
from refundkit.importers.extract.spoken import priced, spoken
from refundkit.importers.extract.vocabulary import LANGUAGES, vocabulary

UNITS = ["", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
TENS = {
    20: "zwanzig",
    30: "dreissig",
    40: "vierzig",
    50: "funfzig",
    60: "sechzig",
    70: "siebzig",
    80: "achtzig",
    90: "neunzig",
}


def said(words, language):
    return spoken(words, vocabulary().numerals[LANGUAGES.index(language)])


@pytest.mark.parametrize(
    ("language", "words", "number"),
    [
        ("en", "two hundred and fifty", 250),
        ("en", "twenty-five hundred", 2500),
        ("en", "twelve thousand three hundred and one", 12301),
        ("de", "dreiundneunzig", 93),
        ("de", "zweihundertdreiundneunzig", 293),
        ("fr", "dix-huit", 18),
        ("fr", "soixante-quinze", 75),
        ("fr", "quatre-vingt-dix-neuf", 99),
        ("fr", "mille deux cent quatre-vingts", 1280),
        ("es", "dos mil trescientos treinta y uno", 2331),
        ("en", "one fifty", None),
        ("en", "ten five", None),
        ("en", "sixty ten", None),
        ("de", "sechsundzwanzig sechshundert", None),
        ("fr", "vingt et un et trente", None),
        ("fr", "cinquante cents", None),
        ("en", "two thousand three thousand", None),
    ],
)
def test_a_number_is_what_its_words_say(language, words, number):
    assert said(words, language) == number


def test_every_german_number_of_two_digits_is_read():
    units = ["ein", *UNITS[2:]]
    for ten, word in TENS.items():
        for unit, before in enumerate(units, start=1):
            assert said(f"{before}und{word}".replace("ü", "u"), "de") == ten + unit


@pytest.mark.parametrize(
    ("words", "price"),
    [
        ("eighty-nine ninety-nine", "89.99"),
        ("forty two fifty", "42.50"),
        ("sixty-nine ninety", "69.90"),
        ("thirty ninety five", "30.95"),
        ("twenty twenty-six", None),
        ("nineteen ninety", None),
        ("two fifty", None),
        ("thirty forty", None),
        ("forty two five", None),
        ("one hundred twenty thirty", None),
    ],
)
def test_two_numbers_in_a_row_are_a_price_when_they_are_no_year(words, price):
    found = priced(words, vocabulary().numerals[0])
    assert (str(found) if found is not None else None) == price
    assert [str(number.value) for number in bare(f"it was {words} for the visit")] in ([price], [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("think it was 58 dollars 90. can you", "58.9"),
        ("forty-two fifty dollars", "42.50"),
        ("paid 58 dollars 20 days ago", "58"),
        ("58 USD 90 and", "58"),
        ("120 euros 45, please", "120.45"),
        ("she paid 174 dollars 99 for it", "174.99"),
    ],
)
def test_cents_may_stand_behind_the_word_for_the_currency(text, value):
    (found, *_), _ = take_amounts(text, "USD", 0)
    assert str(found.value) == value
