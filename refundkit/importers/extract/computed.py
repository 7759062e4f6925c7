"""Amounts a writer leaves to be worked out: the difference, a part, a percentage, so many times a price, one of many.

Each is a candidate beside those that stand in the text; its signs begin with `d:`. What is asked is chosen among all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import combinations
from typing import Final, NamedTuple

from refundkit.importers.extract.clock import clock_spans
from refundkit.importers.extract.features import tokens
from refundkit.importers.extract.mentions import Candidate
from refundkit.importers.extract.numbers import Counted, counted
from refundkit.importers.extract.products import reckon_products
from refundkit.importers.extract.sentences import Passage, Sentence
from refundkit.importers.extract.shares import PERCENT, SPOKEN, decimal, of_many, of_time, ratios, shares, spans
from refundkit.importers.extract.vocabulary import Vocabulary, vocabulary

_MOST_VALUES: Final = 7
_MOST_NUMBERS: Final = 10
_NEAR: Final = 4
_SIGNS: Final = (
    "direct concluded background asks tells unit each hourly inside outside largest smallest single values2 values3"
)
_OPERAND: Final = frozenset(_SIGNS.split())
_PRICED: Final = frozenset(("hourly", "each", "unit"))
"""Signs of the price of one piece or hour."""
_CONCEPTS: Final = "PRICE INSTEAD PROMISED CHARGED PAID ONLY TOOMUCH NEG HOURS INVOICE PART FEE TWICE"
_TELLING: Final = frozenset(_CONCEPTS.split())
_ALIKE: Final = {"less": "percent", "span": "times", "left": "ratio", "dearer": "times"}
"""Ways of working out that the same words stand for."""


class _Way(NamedTuple):
    """How an amount is worked out: its kind, the value, the operands, and what else speaks for it."""

    kind: str
    value: Decimal
    of: tuple[Candidate, ...]
    signs: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Text:
    """The sentences an amount is worked out from, those among them that ask, and what they say of counts and parts."""

    sentences: list[Sentence]
    asking: list[Sentence]
    words: Vocabulary
    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def cue(self, kind: str) -> tuple[str, ...]:
        """Whether words for a way of working out stand in the text, and where money is asked."""
        name = _ALIKE.get(kind, kind)
        if name not in self.cues:
            anywhere = any(_calls_for(name, s.shape) for s in self.sentences)
            asked = anywhere and any(_calls_for(name, s.shape) or _names_share(name, s.shape) for s in self.asking)
            self.cues[name] = (("cue",) if anywhere else ()) + (("cue-ask",) if asked else ())
        return self.cues[name]


def in_place(sentence: Sentence, passage: Passage) -> None:
    """Work out 'half of the 380', '25 % of 340' and '2 x 47.50' where they stand."""
    reckon_products(sentence, passage)
    for pattern, share in vocabulary().fractions:
        for match in pattern.finditer(sentence.shape):
            _scale(passage, match[1], Decimal(share.numerator), Decimal(share.denominator))
            sentence.shape = sentence.shape.replace(match[0], match[1])
    found = _reduced().search(sentence.shape)
    if found is not None:
        _scale(passage, found["money"], 100 - decimal(found["percent"]), Decimal(100))
        sentence.shape = f"{sentence.shape[: found.start()]}{found['money']} {sentence.shape[found.end() :]}"
    found = _percent_of().search(sentence.shape)
    if found is not None and not _is_tax(sentence.shape[: found.start()]):
        _scale(passage, found["money"], decimal(found["percent"]), Decimal(100))
        sentence.shape = f"{sentence.shape[: found.start()]} refund {found['money']} {sentence.shape[found.end() :]}"


def _is_tax(before: str) -> bool:
    """Whether the words before a percentage say that it is a tax's: 'VAT charged at 20 %'."""
    return not set(tokens(before)[-_NEAR:]).isdisjoint(vocabulary().amount["tax"])


def _scale(passage: Passage, name: str, by: Decimal, over: Decimal) -> None:
    mention = passage.mentions[int(name[5:])]
    mention.value, mention.reckoned = _cents(mention.value * by / over), True


def _cents(value: Decimal) -> Decimal:
    whole = value.as_tuple().exponent in (0, -2)
    return value if whole else value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@cache
def _percent_of() -> re.Pattern[str]:
    words = vocabulary().amount
    of, tax = "|".join(words["percent_of"]), "|".join(words["tax"])
    skip = rf"(?:\W+(?!(?:{tax})\b|money\d)\w+)"
    return re.compile(rf"{PERCENT}{skip}{{0,3}}?\W+(?:{of}){skip}{{0,8}}?\W+(?P<money>money\d+)")


@cache
def _reduced() -> re.Pattern[str]:
    """An amount that a percentage is taken off: '189.00 less the 10 % restocking'."""
    less = "|".join(vocabulary().amount["less"])
    return re.compile(rf"(?P<money>money\d+)\W+(?:{less})\b(?:\W+(?!money)\w+){{0,3}}?\W+{PERCENT}(?!\W+(?:of|off)\b)")


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    """What in the words speaks for each way of working an amount out."""
    words = vocabulary()
    named = (*words.amount["difference"], *words.amount["rest"])
    differences = (*map(re.escape, named), words.all_but.pattern)
    return {
        "diff": re.compile("|".join(differences)),
        "part": re.compile("|".join(pattern.pattern for pattern, _ in words.parts)),
        "percent": re.compile(rf"{PERCENT.replace('?P<percent>', '')}|{SPOKEN.pattern}"),
        "times": re.compile("|".join(p.pattern.replace("?P<count>", "") for p in words.counted)),
        "ratio": of_many(),
        "gross": re.compile(rf"\b(?:{'|'.join(map(re.escape, words.amount['tax']))})\b"),
        "share": re.compile(rf"\b(?:{'|'.join(map(re.escape, words.amount['one_of']))})\b"),
        "sum": re.compile(rf"\b(?:{'|'.join(map(re.escape, words.amount['both']))})\b"),
        "same": re.compile(rf"\b(?:{'|'.join(map(re.escape, words.amount['same']))})\b"),
    }


def _calls_for(kind: str, shape: str) -> bool:
    """Whether words for a way of working out stand in a sentence; a part of an hour is none of the money."""
    found = _cues()[kind].finditer(vocabulary().at_ease.sub(" ", shape) if kind == "diff" else shape)
    return any(kind != "part" or not of_time(shape, match) for match in found)


def names_difference(shape: str) -> bool:
    """Whether words for a difference or a rest stand in a sentence."""
    words = vocabulary().amount
    return any(word in shape for word in (*words["difference"], *words["rest"]))


def _names_share(kind: str, shape: str) -> bool:
    """Whether a sentence means the share that was named before: 'please refund that percentage'."""
    return kind in ("part", "percent") and any(word in shape for word in vocabulary().amount["that_share"])


def derived(passage: Passage, asking: Sequence[int], places: Sequence[int], found: list[Candidate]) -> list[Candidate]:
    """The amounts that can be worked out from those in these sentences; one that also stands there is only signed."""
    text = _Text([passage.sentences[p] for p in places], [passage.sentences[p] for p in asking], vocabulary())
    operands = [c for c in found if not c.bare][:_MOST_VALUES]
    bare = [c for c in found if c.bare][:_MOST_VALUES]
    if not (operands or bare):
        return []
    known = {c.value: c for c in found}
    new: dict[Decimal, Candidate] = {}
    direct = any("direct" in c.signs and "inside" in c.signs for c in operands)
    evidence = (text.asking or text.sentences)[-1].text
    for way in _ways(text, operands, bare):
        if way.value <= 0 or any(way.value == c.value for c in way.of):
            continue
        signs = {f"d:{way.kind}:{sign}" for sign in ("is", *way.signs, *text.cue(way.kind), *_operands(way))}
        stated = known.get(way.value)
        if stated is not None:
            # Two amounts often differ by chance: only what the text itself speaks of confirms a third.
            told = ("is", *text.cue(way.kind))
            stated.signs |= {f"c:{way.kind}:{sign}" for sign in told}
            for operand in way.of:
                operand.signs |= {f"o:{way.kind}:{sign}" for sign in told}
            continue
        candidate = new.setdefault(way.value, Candidate(way.value, way.of[0].currency, text=evidence, worked=True))
        agreeing = {f"d:agree:{way.kind}:{other}" for other in _cues() | _ALIKE if f"d:{other}:is" in candidate.signs}
        candidate.signs |= signs | agreeing | {f"d:values{min(5, len(operands))}"} | ({"d:direct"} if direct else set())
        candidate.of.update(operand.value for operand in way.of)
        candidate.shown = candidate.shown or f"{way.value}"
        candidate.concluded = candidate.concluded or (way.kind == "diff" and _is_all_but(text, operands))
    for kind in _cues():
        here = {f"q:{kind}:{sign}" for sign in text.cue(kind)}
        for candidate in operands:
            side = "in" if "inside" in candidate.signs else "out"
            candidate.signs |= {f"{sign}:{side}" for sign in here}
    return list(new.values())


def _is_all_but(text: _Text, operands: list[Candidate]) -> bool:
    """Whether a sentence that asks names just two amounts and asks for all of one but the other."""
    return len(operands) == 2 and any(text.words.all_but.search(s.shape) for s in text.asking)


def _operands(way: _Way) -> Iterator[str]:
    for name, operand in zip("ab", way.of, strict=False):
        yield from (f"{name}:{sign}" for sign in operand.signs & _OPERAND)
        if operand.vague:
            yield f"{name}:vague"
        if operand.bare:
            yield f"{name}:bare"
        for sign in operand.signs:
            side, _, concept = sign.partition(":")
            if side in ("b", "a") and concept in _TELLING:
                yield f"{name}:{sign}"


def _ways(text: _Text, operands: list[Candidate], bare: list[Candidate]) -> Iterator[_Way]:
    counts = list(_counts(text.sentences))[:_MOST_NUMBERS]
    for low, high in combinations(sorted((*operands, *bare), key=lambda c: c.value), 2):
        if not (high.bare and low.bare and operands):
            yield _Way("diff", high.value - low.value, (high, low))
    yield from _sums(operands)
    yield from _dearer(operands, [number for number, _ in counts])
    named = [*shares(text.sentences, text.asking), *ratios(text.sentences, text.asking)]
    more = list(spans([number for number, _ in counts]))
    known = {c.value for c in (*operands, *bare)}
    for operand in operands or bare:
        for kind, value, signs in named:
            yield _Way(kind, _cents(operand.value * value), (operand,), signs)
        yield from _multiples(text, operand, counts, [(value, s) for kind, value, s in named if kind == "gross"])
        for value, signs, pair in more:
            proved = frozenset(("proved",) if any(_cents(operand.value * one) in known for one in pair) else ())
            yield _Way("span", _cents(operand.value * value), (operand,), signs | proved)


def _counts(sentences: Sequence[Sentence]) -> Iterator[tuple[Counted, Sentence]]:
    """The counts of a text and the hours between its times of day, with the sentence each stands in."""
    hours = list(clock_spans([s.shape for s in sentences]))
    for place, sentence in enumerate(sentences):
        yield from ((number, sentence) for number in counted(sentence.shape))
        yield from ((number, sentence) for number, at in hours if at == place)


@cache
def _pair() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, vocabulary().amount['pair']))})\b")


def _sums(operands: list[Candidate]) -> Iterator[_Way]:
    """Two amounts together, or three: all there are, or all that stand where money is asked."""
    inside = [c for c in operands if "inside" in c.signs]
    for first, second in combinations(operands, 2):
        together = first in inside and second in inside
        if len(operands) <= 3 or together:
            yield _Way("sum", first.value + second.value, (first, second), frozenset(("together",) if together else ()))
    for several in {len(operands): operands, len(inside): inside}.values():
        if len(several) == 3:
            signs = frozenset(("three", *(("together",) if several == inside else ())))
            yield _Way("sum", sum((c.value for c in several), Decimal(0)), tuple(several), signs)


def _dearer(operands: list[Candidate], counts: Sequence[Counted]) -> Iterator[_Way]:
    """So many times what one price is more than another."""
    for low, high in combinations(sorted(operands, key=lambda c: c.value), 2):
        for number in counts if (low.signs | high.signs) & _PRICED else ():
            if number.value >= 2:
                value = _cents((high.value - low.value) * number.value)
                yield _Way("dearer", value, (high, low), frozenset(number.signs))


def _multiples(
    text: _Text,
    operand: Candidate,
    counts: Sequence[tuple[Counted, Sentence]],
    taxes: Sequence[tuple[Decimal, frozenset[str]]],
) -> Iterator[_Way]:
    """So many times one amount, with and without tax, and one of so many."""
    asked = {id(s) for s in text.asking}
    pair = any(_pair().search(s.shape) and not _calls_for("share", s.shape) for s in text.asking)
    if pair and operand.signs & (_PRICED | {"single"}) and "reckoned" not in operand.signs:
        yield _Way("times", _cents(operand.value * 2), (operand,), frozenset(("n-ask", "both")))
    for number, sentence in counts:
        near = frozenset((*number.signs, *(("n-ask",) if id(sentence) in asked else ()),
                          *(("same",) if operand.text == sentence.text else ())))  # fmt: skip
        if number.value != 1 and "reckoned" not in operand.signs:
            yield _Way("times", _cents(operand.value * number.value), (operand,), near)
            for share, signs in taxes:
                yield _Way("gross", _cents(operand.value * number.value * share), (operand,), near | signs)
        if number.value >= 2 and number.value == int(number.value):
            yield _Way("share", _cents(operand.value / number.value), (operand,), near)
