"""Prices of one hour or of one piece as people shorten them, '96/hr' and '12/ea', put into words."""

from __future__ import annotations

import re
from functools import cache

from refundkit.importers.extract.vocabulary import vocabulary


def rates_in_words(text: str) -> str:
    """A text with 'per hour' for '/hr', and 'per piece' for '/ea', in any of the languages."""
    if "/" not in text:
        return text
    hour, piece = _short()
    return piece.sub(r"\1 per piece", hour.sub(r"\1 per hour", text))


@cache
def _short() -> tuple[re.Pattern[str], re.Pattern[str]]:
    amount = vocabulary().amount
    price = r"(?<![\w/.-])((?:[$€£] ?)?\d[\d.,']*(?: ?(?:[$€£]|[A-Za-z]{3,7}))?) ?/ ?"

    def behind(name: str) -> re.Pattern[str]:
        return re.compile(rf"{price}(?:{'|'.join(map(re.escape, amount[name]))})(?![\w/])", re.IGNORECASE)

    return behind("per_hour"), behind("per_piece")


@cache
def an_hour() -> re.Pattern[str]:
    """What stands behind the price of an hour: ' an hour', ' per hr', ' die Stunde'."""
    amount = vocabulary().amount
    per, hour = ("|".join(map(re.escape, amount[name])) for name in ("per", "per_hour"))
    return re.compile(rf"\s(?:{per})['\u2019 ]\s?(?:{hour})(?!\w)", re.IGNORECASE)
