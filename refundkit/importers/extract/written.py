"""Texts that are an amount in words and nothing else, with its currency and cents: the cell of a list."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from refundkit.importers.extract.amounts import currency_of
from refundkit.importers.extract.phrases import fold
from refundkit.importers.extract.spoken import spoken
from refundkit.importers.extract.vocabulary import Numerals, vocabulary
from refundkit.model.money import DIGITS

_LONGEST: Final = 120


def written(text: str, base: str) -> set[tuple[Decimal, str]]:
    """What a text can mean that is nothing but an amount in words: (amount, its currency or '') of each reading."""
    cell = " ".join(fold(text).split())
    if len(cell) > _LONGEST or not any(map(str.isalpha, cell)):
        return set()
    every = vocabulary().numerals
    return {found for numerals in every if (found := _all_in_words(cell, base, numerals) or _all_cents(cell, numerals))}


def _all_in_words(cell: str, base: str, numerals: Numerals) -> tuple[Decimal, str] | None:
    match = _whole(numerals.run, numerals.cents).fullmatch(cell)
    if match is None:
        return None
    value = spoken(match["run"], numerals)
    small = spoken(match["coins"] or match["small"], numerals) if match["coins"] or match["small"] else 0
    if value is None or small is None or small > 99 or (match["small"] and small < 10):
        return None
    named = {_named(mark, base) for mark in (match["pre"], match["unit"]) if mark}
    if "" in named or len(named) > 1:
        return None
    return Decimal(value) + Decimal(small).scaleb(-2), next(iter(named), "")


def _all_cents(cell: str, numerals: Numerals) -> tuple[Decimal, str] | None:
    match = _coins(numerals.run, numerals.cents).fullmatch(cell)
    small = spoken(match["run"], numerals) if match else None
    return (Decimal(small).scaleb(-2), "") if small is not None and small < 100 else None


@cache
def _coins(run: str, cents: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<run>{run})\s(?:{cents})")


def _named(mark: str, base: str) -> str:
    return currency_of(mark, base) or currency_of(mark.upper(), base)


@cache
def _whole(run: str, cents: str) -> re.Pattern[str]:
    """All of a cell: a number with a word, code or sign of a currency before or behind, and cents."""
    words = vocabulary()
    marks = sorted((re.escape(fold(w)) for w in (*words.currency_words, *words.signs, *words.dollars)), key=len)
    unit = rf"(?:{'|'.join(reversed(marks))}|\$|{'|'.join(sorted(DIGITS)).lower()})"
    coins = rf"(?P<coins>{run})\s(?:{cents})"
    return re.compile(
        rf"(?:(?P<pre>{unit})\s?)?(?P<run>{run})(?:\s?(?P<unit>{unit})(?:,?\s(?:(?:and|und|et|con|y)\s)?"
        rf"(?:{coins}|(?P<small>{run})))?)?"
    )
