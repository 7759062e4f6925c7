"""Numbers in words, as people say them; words that make no one number make none, for a wrong amount is worse."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.vocabulary import Numerals

_HUNDRED: Final = 100
_THOUSAND: Final = 1000
_OF_A_CENTURY: Final = 20
"""Up to here two numbers in a row may tell a year: 'nineteen ninety', 'twenty twenty-six'."""
_CLOSED: Final = 11
"""Stands for a number of tens and units: no word below a hundred goes on with it."""


def spoken(words: str, numerals: Numerals) -> int | None:
    """The number a run of number words says, None when it says none: 'one fifty', 'fifteen five', 'two three'."""
    total, current, last, end = 0, 0, _THOUSAND, 0
    for atom in numerals.atom.finditer(words.lower()):
        value = numerals.value[re.sub(r"[\s-]+", " ", atom[0])]
        joined = bool(words[end : atom.start()].strip(" -\n\t"))
        if value == _THOUSAND:
            if total:
                return None
            total, current, last = max(current, 1) * value, 0, _THOUSAND
        elif value == _HUNDRED:
            if not _may_be_multiplied(current, atom[0], numerals):
                return None
            current, last = max(current, 1) * value, value
        elif not _may_follow(last, value, numerals, joined=joined):
            return None
        else:
            closed = last < _HUNDRED and value != 10
            current, last = current + value, _CLOSED if closed else value
        end = atom.end()
    return total + current


def priced(words: str, numerals: Numerals) -> Decimal | None:
    """The price that two numbers in a row say, 'eighty-nine ninety-nine'; None for what may be a year or one number."""
    atoms = [match[0] for match in numerals.atom.finditer(words.lower())]
    for cut in range(1, len(atoms)):
        whole, cents = (spoken(" ".join(part), numerals) for part in (atoms[:cut], atoms[cut:]))
        if whole is None or cents is None or not (_OF_A_CENTURY < whole < _HUNDRED and 10 <= cents < _HUNDRED):
            continue
        rough = whole % 10 == 0 and cents == whole + 10  # 'thirty forty dollars' are as many or as many
        return None if rough else Decimal(whole) + Decimal(cents).scaleb(-2)
    return None


def _may_be_multiplied(current: int, word: str, numerals: Numerals) -> bool:
    """Whether so many hundreds are one number: 'twelve hundred' is, 'fifty cents' is none in French either."""
    most = 10 if word in numerals.cents.split("|") else _HUNDRED
    return current < most and (not current or current % 10 > 0)


def _may_follow(last: int, value: int, numerals: Numerals, *, joined: bool) -> bool:
    """Whether a number word goes on the number that ends with another: five after twenty, ninety after 'three and'."""
    if last in numerals.twenties and 10 <= value < 20:  # quatre-vingt-quinze
        return True
    if last == 10:  # dix-sept
        return bool(numerals.twenties) and value in (7, 8, 9)
    if last < 10:  # dreiundneunzig
        return joined and value in range(20, 100, 10)
    if last < 20:
        return False
    return value < (10 if last < _HUNDRED else last)
