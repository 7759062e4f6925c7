"""The parts, percentages and counts a text names, and what they make of a whole: half, 20 %, two of six.

Each comes with signs of what stands around it, of which the trained model learns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Final

from refundkit.importers.extract.features import concepts_of, tokens
from refundkit.importers.extract.numbers import Counted
from refundkit.importers.extract.sentences import Sentence
from refundkit.importers.extract.vocabulary import vocabulary

PERCENT: Final = r"(?<![\d.,])(?P<percent>\d{1,3}(?:[.,]5)?) ?(?:%|per ?cent|prozent|pour ?cent|por ciento)"
SPOKEN: Final = re.compile(r"([a-z]+)[ -](?:percent|per cent|prozent|pour cent|por ciento)\b")


def shares(sentences: Sequence[Sentence], asking: Sequence[Sentence]) -> Iterator[tuple[str, Decimal, frozenset[str]]]:
    """The parts and percentages the text names."""
    for sentence in sentences:
        here = frozenset(("part-ask",)) if any(sentence is s for s in asking) else frozenset()
        for pattern, part in vocabulary().parts:
            match = pattern.search(sentence.shape)
            if match is not None and not of_time(sentence.shape, match):
                yield "part", Decimal(part.numerator) / Decimal(part.denominator), here
        share = _percent(sentence.shape)
        if 0 < share < 100:
            near = here | _beside_percent(sentence.shape)
            yield "percent", share / 100, near
            yield "less", 1 - share / 100, near
            if any(word in _taxes() for word in tokens(sentence.shape)):
                yield "gross", 1 + share / 100, near


def ratios(sentences: Sequence[Sentence], asking: Sequence[Sentence]) -> Iterator[tuple[str, Decimal, frozenset[str]]]:
    """So many of so many: 'two of the six', and what is left of the whole: four of six."""
    for sentence in sentences:
        for match in of_many().finditer(sentence.shape):
            few, many = (_count(match[name]) for name in ("few", "many"))
            if 0 < few < many:
                here = frozenset(("ratio-ask",)) if any(sentence is s for s in asking) else frozenset()
                around = [*tokens(sentence.shape[: match.start()])[-4:], *tokens(sentence.shape[match.end() :])[:6]]
                signs = here | {f"w:{c}" for word in around for c in concepts_of(word)}
                yield "ratio", few / many, signs
                yield "left", 1 - few / many, signs


def _count(word: str) -> Decimal:
    return Decimal(word) if word.isdigit() else Decimal(vocabulary().number(word))


@cache
def of_many() -> re.Pattern[str]:
    """How 'two of the six' is written."""
    words = sorted({w for n in vocabulary().numerals for w, v in n.value.items() if v <= 30}, key=len, reverse=True)
    number = "|".join((r"\d{1,2}", *map(re.escape, words)))
    of = "|".join(map(re.escape, (*vocabulary().amount["percent_of"], "out of", "sur les", "von den")))
    return re.compile(
        rf"(?<![\w.,:/])(?P<few>{number})(?: \w+)? (?:{of})(?: (?!money)\w+)? (?P<many>{number})(?![\w.,:/%]\w|\w)"
    )


def of_time(shape: str, part: re.Match[str]) -> bool:
    """Whether a part is one of hours, not of money: 'three quarters of an hour too much', 'an hour and a half'."""
    if any("HOURS" in concepts_of(word) for word in tokens(shape[part.end() :])[:2]):
        return True
    halves = (m for m in _hour_and_a_half().finditer(shape) if "HOURS" in concepts_of(m[1]))
    return any(m.start() < part.start() < m.end() for m in halves)


@cache
def _hour_and_a_half() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(\w+) (?:{'|'.join(map(re.escape, vocabulary().and_a_half))})(?!\w)")


@cache
def _taxes() -> frozenset[str]:
    return frozenset(vocabulary().amount["tax"])


def decimal(figures: str) -> Decimal:
    """A number with a decimal point or comma."""
    return Decimal(figures.replace(",", "."))


def _percent(shape: str) -> Decimal:
    """The percentage a sentence names, in figures or in words; 0 without one."""
    match = re.search(PERCENT, shape)
    if match is not None:
        return decimal(match["percent"])
    spoken = SPOKEN.search(shape)
    return Decimal(vocabulary().number(spoken[1])) if spoken else Decimal(0)


def _beside_percent(shape: str) -> frozenset[str]:
    """What the words around the percentage are about."""
    match = re.search(PERCENT, shape) or SPOKEN.search(shape)
    if match is None:
        return frozenset()
    around = [*tokens(shape[: match.start()])[-3:], *tokens(shape[match.end() :])[:4]]
    of = re.match(rf"\W*(?:{'|'.join(vocabulary().amount['percent_of'])})\b", shape[match.end() :])
    return frozenset((*(f"w:{c}" for w in around for c in concepts_of(w)), *(("of",) if of else ())))


def spans(numbers: Sequence[Counted]) -> Iterator[tuple[Decimal, frozenset[str], tuple[Decimal, Decimal]]]:
    """How much more one count is than another: four hours billed, two and a half worked; and the two."""
    for first, second in combinations(numbers, 2):
        more = abs(first.value - second.value)
        if more:
            signs = frozenset(f"{side}{sign}" for side, n in (("1", first), ("2", second)) for sign in n.signs)
            yield more, signs, (first.value, second.value)
