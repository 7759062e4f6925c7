"""Counts in a sentence, as figures or words: three cameras, 2.5 hours, anderthalb Stunden. No amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from refundkit.importers.extract.features import concepts_of, tokens
from refundkit.importers.extract.spoken import priced, spoken
from refundkit.importers.extract.vocabulary import vocabulary

_FIGURE: Final = r"(?<![\w.,:/#-])(?P<figure>\d{1,2})(?P<rest>[.,]\d{1,2}|\u00bd)?(?![\w/]|[.,:-]\d|\.\s?\d|\s?%)"
_DAY_MONTH: Final = re.compile(r"[0-3]?\d\.[01]?\d")
_WHOLE: Final = re.compile(  # not the end of one that begins with a letter: 'R6 400'
    r"(?<![\w.,:/#-])(?<![a-z]\d )(?<![a-z]\d\d )(?<![a-z]\d{3} )"
    r"(?:[1-9]\d{0,2}(?:[ .,']\d{3})+|[1-9]\d{1,4})(?![\w/%]|-[a-z]|[.,:-]\d|\.\s?\d|\s?%)"
)
_PHONE: Final = re.compile(r"(?<![\w.,:/#-])(?:\+\d|\(?0|\(\d{3}\))[\d ()/-]{6,20}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_AGAIN: Final = re.compile(r"^\s?\(\d+\)")
"""A number said again in figures: 'ten (10) days'."""
_HOUR_AFTER: Final = re.compile(r"\s?(?:o ?clock|uhr|[ap]\.?m\b|h\b)")
_HOUR_BEFORE: Final = re.compile(r"(?<![\w.,-])(?:1?\d|2[0-4])(?: ?uhr| ?[ap]m)? ?(?:-|to|and|bis|und|a|et|y) ?$")
"""What stands before the second of two hours; of two sums so near each other neither is definite."""
_WINDOW: Final = re.compile(r"(?<![\w.,:/#-])\d{1,2} ?(?:-|to|till|until|bis|a) ?\d{1,2}(?![\w/%]|[.,:-]\d)")
"""From one hour to another: 'booked for 8 to 10'."""
_MOST: Final = 31
_LEAST_SUM: Final = 10


class Counted(NamedTuple):
    """A count and what stands around it."""

    value: Decimal
    signs: tuple[str, ...]


class Bare(NamedTuple):
    """A number that may be an amount of money though no currency stands by it. `at`: the number of its token."""

    value: Decimal
    text: str
    at: int


def counted(shape: str) -> Iterator[Counted]:
    """The counts in a folded sentence, up to 31; no days of a month."""
    found = list(_counts().finditer(shape))
    if not found:
        return  # most sentences have none
    windows = [m.span() for m in _WINDOW.finditer(shape) if not _counts_hours(tokens(shape[m.end() :])[:1])]
    others = {m.start("count") for pattern in vocabulary().counted for m in pattern.finditer(shape)}
    whole = _in_words(shape)
    for match in found:
        begin, _, said = next((w for w in whole if w[0] <= match.start() < w[1]), (match.start(), 0, None))
        if begin < match.start():
            continue  # the five of 'twenty five'
        value = _value(match) if said is None else said
        if any(begin <= match.start() < end for begin, end in windows):
            continue
        if _DAY_MONTH.fullmatch(match[0].strip()) and shape[match.end() :].startswith("."):
            continue  # '11.06.' is a day
        if Decimal(0) < value <= _MOST:
            after, before = tokens(shape[match.end() :])[:2], tokens(shape[: match.start()])[-2:]
            if not _is_day(shape[: match.start()].split()[-1:], after[:1]):
                inside = ("n+HOURS",) if _counts_hours(tokens(match["halves"] or "")) else ()
                other = ("n=other",) if match.start() in others else ()
                signs = (*inside, *other, *_named("n+", after), *_named("n-", before))
                yield Counted(value, tuple(dict.fromkeys(signs)))


def _in_words(shape: str) -> list[tuple[int, int, Decimal]]:
    """Where numbers of several words stand in a folded sentence, and what they are: 'a hundred and twenty-nine'."""
    found = []
    for numerals in vocabulary().numerals:
        for match in _run(numerals.run).finditer(shape):
            said = None if match[0].isalpha() else spoken(match[0], numerals)
            if said is not None:
                found.append((match.start(), match.end(), Decimal(said)))
    return found


def counts_in(shape: str) -> Iterator[tuple[int, int, Decimal]]:
    """Where the counts above one, up to 31, stand in a folded sentence, and what they are."""
    for match in _counts().finditer(shape):
        value = _value(match)
        if 1 < value <= _MOST:
            yield match.start(), match.end(), value


def _counts_hours(words: Iterable[str]) -> bool:
    return any("HOURS" in concepts_of(word) for word in words)


def _is_day(before: list[str], after: list[str]) -> bool:
    """Whether a number is that of a day: 'march 3', '29 juillet'; 'in march 3 hours' counts hours."""
    calendar = vocabulary().amount["calendar"]
    return any(w in calendar for w in (*before, *after)) and not _counts_hours(after)


def bare(shape: str) -> Iterator[Bare]:
    """The whole numbers from 10 on, in figures or words, and prices in words; no part of a telephone number."""
    phones = [match.span() for match in _PHONE.finditer(shape)]
    for match in _WHOLE.finditer(shape):
        value = Decimal(re.sub(r"\D", "", match[0]))
        if value < _LEAST_SUM or _YEAR.fullmatch(match[0]) or any(a <= match.start() < b for a, b in phones):
            continue
        if _is_time(shape[: match.start()], shape[match.end() :]):
            continue
        yield Bare(value, match[0], len(tokens(shape[: match.start()])))
    # 'cent' is a hundred in French, and 'every cent' is none.
    idle = {*vocabulary().amount["no_number"]} | {
        word for numerals in vocabulary().numerals for word in numerals.cents.split("|")
    }
    for numerals in vocabulary().numerals:
        for match in _run(numerals.run).finditer(shape):
            said = None if match[0] in idle else spoken(match[0], numerals)
            price = priced(match[0], numerals) if said is None else Decimal(said)
            if price is None or price < _LEAST_SUM or _is_time(shape[: match.start()], shape[match.end() :]):
                continue
            yield Bare(price, match[0], len(tokens(shape[: match.start()])))


def is_measure(value: Decimal, shapes: Iterable[str]) -> bool:
    """Whether a number, wherever it stands in these sentences, counts minutes or metres, or tells a room or a house."""
    before, after = _beside()
    found = [(shape[: m.start()], shape[m.end() :]) for shape in shapes for m in _WHOLE.finditer(shape)
             if Decimal(re.sub(r"\D", "", m[0])) == value]  # fmt: skip
    return bool(found) and all(after.match(end) or before.search(head) for head, end in found)


def _is_time(before: str, after: str) -> bool:
    """Whether a number is a day or counts days, hours or minutes: 'friday 17', '14 days', '8 to 10'."""
    if _HOUR_AFTER.match(after) or _HOUR_BEFORE.search(before):
        return True
    calendar = vocabulary().amount["calendar"]
    follows, precedes = tokens(_AGAIN.sub("", after))[:1], tokens(before)[-1:]
    return any(w in calendar or "HOURS" in concepts_of(w) for w in follows) or any(w in calendar for w in precedes)


def _value(match: re.Match[str]) -> Decimal:
    half = Decimal("0.5") if match["half"] or match["rest"] == "\u00bd" else Decimal(0)
    if match["figure"]:
        rest = match["rest"] if match["rest"] and match["rest"] != "\u00bd" else ""
        return Decimal(f"{match['figure']}{rest.replace(',', '.')}") + half
    if match["halves"]:
        return vocabulary().halves[match["halves"]]
    return Decimal(vocabulary().number(match["word"])) + half


def _named(side: str, words: list[str]) -> Iterator[str]:
    for word in words:
        yield from (f"{side}{concept}" for concept in concepts_of(word))


@cache
def _beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before and behind a number that is no sum."""
    words = vocabulary().amount
    before, after = (
        "|".join(sorted(map(re.escape, words[name]), key=len, reverse=True)) for name in ("place", "measure")
    )
    return re.compile(rf"(?<!\w)(?:{before})(?: n[or]?)?[ .:#]{{1,3}}$"), re.compile(rf" ?(?:{after})(?!\w)")


@cache
def _run(run: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){run}(?!\w)")


@cache
def _counts() -> re.Pattern[str]:
    words = vocabulary()
    small = sorted(
        {w for n in words.numerals for w, value in n.value.items() if 1 < value <= _MOST}, key=len, reverse=True
    )
    halves = "|".join(re.escape(w) for w in sorted(words.halves, key=len, reverse=True))
    joint = "|".join(re.escape(w) for w in words.and_a_half)
    word = "|".join(re.escape(w) for w in small)
    return re.compile(
        rf"(?:{_FIGURE}|(?<!\w)(?P<halves>{halves})(?!\w)|(?<!\w)(?P<word>{word})(?!\w))"
        rf"(?:\s(?:\w+\s)?(?P<half>{joint})(?!\w))?"
    )
