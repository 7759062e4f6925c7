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

from refundkit.importers.extract.features import concepts_of, tokens
from refundkit.importers.extract.mentions import Candidate
from refundkit.importers.extract.numbers import Counted, clock_spans, counted
from refundkit.importers.extract.sentences import Passage, Sentence
from refundkit.importers.extract.vocabulary import Vocabulary, vocabulary

_PERCENT: Final = r"(?<![\d.,])(?P<percent>\d{1,3}(?:[.,]5)?) ?(?:%|percent|prozent|pour ?cent|por ciento)"
_SPOKEN: Final = re.compile(r"([a-z]+)[ -](?:percent|per cent|prozent|pour cent|por ciento)\b")
_MOST_VALUES: Final = 7
_MOST_NUMBERS: Final = 10
_SIGNS: Final = (
    "direct concluded background asks tells unit each hourly inside outside largest smallest single values2 values3"
)
_OPERAND: Final = frozenset(_SIGNS.split())
_CONCEPTS: Final = "PRICE INSTEAD PROMISED CHARGED PAID ONLY TOOMUCH NEG HOURS INVOICE PART FEE TWICE"
_TELLING: Final = frozenset(_CONCEPTS.split())
_ALIKE: Final = {"less": "percent", "span": "times"}
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
            asked = anywhere and any(_calls_for(name, s.shape) for s in self.asking)
            self.cues[name] = (("cue",) if anywhere else ()) + (("cue-ask",) if asked else ())
        return self.cues[name]


def in_place(sentence: Sentence, passage: Passage) -> None:
    """Work out 'half of the 380' and '25 % of 340' where they stand."""
    for pattern, share in vocabulary().fractions:
        for match in pattern.finditer(sentence.shape):
            _scale(passage, match[1], Decimal(share.numerator), Decimal(share.denominator))
            sentence.shape = sentence.shape.replace(match[0], match[1])
    found = _percent_of().search(sentence.shape)
    if found is not None:
        _scale(passage, found["money"], _decimal(found["percent"]), Decimal(100))
        sentence.shape = f"{sentence.shape[: found.start()]} refund {found['money']} {sentence.shape[found.end() :]}"


def _scale(passage: Passage, name: str, by: Decimal, over: Decimal) -> None:
    mention = passage.mentions[int(name[5:])]
    mention.value = _cents(mention.value * by / over)


def _cents(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return (
        value if isinstance(exponent, int) and -2 <= exponent <= 0 else value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    )


def _decimal(figures: str) -> Decimal:
    return Decimal(figures.replace(",", "."))


@cache
def _percent_of() -> re.Pattern[str]:
    words = vocabulary().amount
    of, tax = "|".join(words["percent_of"]), "|".join(words["tax"])
    skip = rf"(?:\W+(?!(?:{tax})\b|money\d)\w+)"
    return re.compile(rf"{_PERCENT}{skip}{{0,3}}?\W+(?:{of}){skip}{{0,8}}?\W+(?P<money>money\d+)")


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    """What in the words speaks for each way of working an amount out."""
    words = vocabulary()
    named = (*words.amount["difference"], *words.amount["rest"])
    differences = (*map(re.escape, named), words.all_but.pattern)
    return {
        "diff": re.compile("|".join(differences)),
        "part": re.compile("|".join(pattern.pattern for pattern, _ in words.parts)),
        "percent": re.compile(rf"{_PERCENT.replace('?P<percent>', '')}|{_SPOKEN.pattern}"),
        "times": re.compile("|".join(p.pattern.replace("?P<count>", "") for p in words.counted)),
        "share": re.compile(rf"\b(?:{'|'.join(map(re.escape, words.amount['one_of']))})\b"),
        "sum": re.compile(rf"\b(?:{'|'.join(map(re.escape, words.amount['both']))})\b"),
    }


def _calls_for(kind: str, shape: str) -> bool:
    """Whether words for a way of working out stand in a sentence; a part of an hour is none of the money."""
    found = _cues()[kind].finditer(shape)
    return any(kind != "part" or not _of_time(shape[match.end() :]) for match in found)


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
            stated.signs |= {f"c:{way.kind}:{sign}" for sign in ("is", *text.cue(way.kind))}
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
    for low, high in combinations(sorted((*operands, *bare), key=lambda c: c.value), 2):
        if not (high.bare and low.bare and operands):
            yield _Way("diff", high.value - low.value, (high, low))
        if len(operands) <= 3 and not (high.bare or low.bare):
            yield _Way("sum", high.value + low.value, (high, low))
    shares = list(_shares(text))
    numbers = [n for s in text.sentences for n in (*counted(s.shape), *clock_spans(s.shape))][:_MOST_NUMBERS]
    asked = {id(s) for s in text.asking}
    counts = [(n, s) for s in text.sentences for n in (*counted(s.shape), *clock_spans(s.shape))][:_MOST_NUMBERS]
    spans = list(_spans(numbers))
    known = {c.value for c in (*operands, *bare)}
    for operand in operands or bare:
        for kind, value, signs in shares:
            yield _Way(kind, _cents(operand.value * value), (operand,), signs)
        for number, sentence in counts:
            near = frozenset((*number.signs, *(("n-ask",) if id(sentence) in asked else ()),
                              *(("same",) if operand.text == sentence.text else ())))  # fmt: skip
            if number.value != 1:
                yield _Way("times", _cents(operand.value * number.value), (operand,), near)
            if number.value >= 2 and number.value == int(number.value):
                yield _Way("share", _cents(operand.value / number.value), (operand,), near)
        for value, signs, pair in spans:
            proved = frozenset(("proved",) if any(_cents(operand.value * one) in known for one in pair) else ())
            yield _Way("span", _cents(operand.value * value), (operand,), signs | proved)


def _shares(text: _Text) -> Iterator[tuple[str, Decimal, frozenset[str]]]:
    """The parts and percentages the text names."""
    for sentence in text.sentences:
        here = frozenset(("part-ask",)) if any(sentence is s for s in text.asking) else frozenset()
        for pattern, part in text.words.parts:
            match = pattern.search(sentence.shape)
            if match is not None and not _of_time(sentence.shape[match.end() :]):
                yield "part", Decimal(part.numerator) / Decimal(part.denominator), here
        share = _percent(sentence.shape)
        if 0 < share < 100:
            near = here | _beside_percent(sentence.shape)
            yield "percent", share / 100, near
            yield "less", 1 - share / 100, near


def _of_time(after: str) -> bool:
    """Whether a part is one of hours, not of money: 'three quarters of' and then 'an hour too much'."""
    return any("HOURS" in concepts_of(word) for word in tokens(after)[:2])


def _percent(shape: str) -> Decimal:
    """The percentage a sentence names, in figures or in words; 0 without one."""
    match = re.search(_PERCENT, shape)
    if match is not None:
        return _decimal(match["percent"])
    spoken = _SPOKEN.search(shape)
    return Decimal(vocabulary().number(spoken[1])) if spoken else Decimal(0)


def _beside_percent(shape: str) -> frozenset[str]:
    """What the words around the percentage are about."""
    match = re.search(_PERCENT, shape) or _SPOKEN.search(shape)
    if match is None:
        return frozenset()
    around = [*tokens(shape[: match.start()])[-3:], *tokens(shape[match.end() :])[:4]]
    of = re.match(rf"\W*(?:{'|'.join(vocabulary().amount['percent_of'])})\b", shape[match.end() :])
    return frozenset((*(f"w:{c}" for w in around for c in concepts_of(w)), *(("of",) if of else ())))


def _spans(numbers: Sequence[Counted]) -> Iterator[tuple[Decimal, frozenset[str], tuple[Decimal, Decimal]]]:
    """How much more one count is than another: four hours billed, two and a half worked; and the two."""
    for first, second in combinations(numbers, 2):
        more = abs(first.value - second.value)
        if more:
            signs = frozenset(f"{side}{sign}" for side, n in (("1", first), ("2", second)) for sign in n.signs)
            yield more, signs, (first.value, second.value)
