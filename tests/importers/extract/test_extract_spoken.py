"""Numbers in words are read as they are said, in each language; what is no one number is none."""

import pytest

from refundkit.importers.extract.spoken import spoken
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
