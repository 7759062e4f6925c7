"""Amounts as cheques and receipts say them: in figures with thousands, and written out in English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from refundkit.model.money import DIGITS, plain

_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS: Final = ("", " thousand", " million", " billion", " trillion")


def figures(minor: int, currency: str) -> str:
    """The amount with thousands parted: 125050 USD is '1,250.50'."""
    whole, point, part = plain(minor, currency).partition(".")
    return f"{int(whole):,}{point}{part}"


def in_words(minor: int, currency: str) -> str:
    """The amount written out: 'One thousand two hundred fifty and 50/100 dollars'; 45 JPY is 'Forty-five Japanese yen'.

    Raise ValueError for an amount below 0 or of a quadrillion units.
    """
    whole, part = divmod(minor, 10 ** DIGITS[currency])
    if minor < 0 or whole >= 1000 ** len(_GROUPS):
        raise ValueError(f"{minor} cannot be written out")
    one, several = _names()[currency]
    text = _whole(whole)
    if DIGITS[currency]:
        text += f" and {part:0{DIGITS[currency]}}/{10 ** DIGITS[currency]}"
    return f"{text[0].upper()}{text[1:]} {one if minor == 1 and not DIGITS[currency] else several}"


@cache
def _names() -> dict[str, tuple[str, str]]:
    text = (files("refundkit.data") / "currency_words.toml").read_text(encoding="utf-8")
    return {code: (one, several) for code, (one, several) in tomllib.loads(text).items()}


def _whole(number: int) -> str:
    if number == 0:
        return _SMALL[0]
    said = []
    for group, name in reversed(list(enumerate(_GROUPS))):
        if three := number // 1000**group % 1000:
            said.append(_three(three) + name)
    return " ".join(said)


def _three(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = [f"{_SMALL[hundreds]} hundred"] if hundreds else []
    if rest >= len(_SMALL):
        tens, ones = divmod(rest, 10)
        said.append(f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens])
    elif rest:
        said.append(_SMALL[rest])
    return " ".join(said)
