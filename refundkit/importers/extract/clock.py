"""Times of day as people tell them, '9:10', '10 am', 'ten past nine', 'noon', and the hours between two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final

from refundkit.importers.extract.numbers import Counted
from refundkit.importers.extract.vocabulary import vocabulary

_FIGURES: Final = (
    r"(?<![\w.,:/-])(?P<hour>[01]?\d|2[0-3])\s?[:h]\s?(?P<minute>[0-5]\d)(?![\w:])"
    r"|(?<![\w.,:/-])(?P<dotted>[01]?\d|2[0-3])\.(?P<past>[0-5]\d)(?= ?(?:[ap]\.?m\b|uhr))"
    r"|(?<![\w.,:/-])(?P<full>1?\d|2[0-3])(?= ?(?:[ap]\.?m\b|uhr|o ?clock))"
)
_AFTERNOON: Final = re.compile(r" ?p\.?m\b")
_MORNING: Final = re.compile(r" ?a\.?m\b")
_MOST_TIMES: Final = 6
_LONGEST_SPAN: Final = 600
_HALF_DAY: Final = 720
_NOON: Final = 12


def clock_spans(shapes: Sequence[str]) -> Iterator[tuple[Counted, int]]:
    """The hours between two times of day that follow each other in folded sentences, and the number of the later one.

    From 9:05 to 11:05 it is two. The second time stands in the same sentence as the first, or in the next.
    """
    times = [(minute, place) for place, shape in enumerate(shapes) for minute in _times(shape)]
    for (first, here), (last, there) in pairwise(times[:_MOST_TIMES]):
        minutes = last - first if last > first else last + _HALF_DAY - first
        if there - here <= 1 and 0 < minutes <= _LONGEST_SPAN and minutes % 15 == 0:
            yield Counted(Decimal(minutes) / 60, ("n+CLOCK", "n+HOURS")), there


def _times(shape: str) -> Iterable[int]:
    """The times a sentence tells, in minutes since midnight."""
    for match in _pattern().finditer(shape):
        hour, minute = _hour_and_minute(match)
        after = shape[match.end() :]
        if _AFTERNOON.match(after) and hour < _NOON:
            hour += _NOON
        elif _MORNING.match(after) and hour == _NOON:
            hour = 0
        yield hour * 60 + minute


def _hour_and_minute(match: re.Match[str]) -> tuple[int, int]:
    if match["noon"]:
        return _NOON, 0
    if match["halfway"]:
        return _number(match["halfway"]) - 1, 30
    if match["word"]:
        hour, minute = _number(match["word"]), _minutes()[match["lead"]]
        return (hour, minute) if match["way"] in _ways("past") else (hour - 1, 60 - minute)
    return int(match["hour"] or match["dotted"] or match["full"]), int(match["minute"] or match["past"] or 0)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else vocabulary().number(word)


@cache
def _minutes() -> dict[str, int]:
    """What stands before 'past nine', in minutes."""
    words = vocabulary()
    small = {w: v for n in words.numerals for w, v in n.value.items() if v in (5, 10, 20)}
    return small | dict.fromkeys(words.amount["quarter"], 15) | dict.fromkeys(words.amount["half_past"], 30)


@cache
def _ways(name: str) -> frozenset[str]:
    return frozenset(vocabulary().amount[name])


@cache
def _pattern() -> re.Pattern[str]:
    words = vocabulary()
    hours = _any({w for n in words.numerals for w, v in n.value.items() if 1 <= v <= _NOON})
    lead, noon = (_any(found) for found in (_minutes(), words.amount["noon"]))
    way, halfway = _any({*_ways("past"), *_ways("to_hour")}), _any(words.amount["half_to"])
    return re.compile(
        rf"{_FIGURES}|(?<!\w)(?P<noon>{noon})(?!\w)"
        rf"|(?<!\w)(?P<lead>{lead}) (?:minutes? )?(?P<way>{way}) (?P<word>1?\d|{hours})(?!\w)"
        rf"|(?<!\w)(?:{halfway}) (?P<halfway>1?\d|{hours})(?!\w)"
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
