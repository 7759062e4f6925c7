"""Which of the amounts in a text is asked back: the one definite amount, or none and a sentence why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

from refundkit.importers.extract.amounts import Mention
from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.sentences import Passage, Sentence
from refundkit.importers.extract.vocabulary import vocabulary

_PERCENT: Final = r"(?P<percent>\d{1,3})(?: ?%| percent| prozent| pour cent| por ciento)"
_COUNTS: Final = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_LEFT_OUT: Final = re.compile(
    r"(?:for|of) (?:the|those|these)? ?(other |missing |remaining )?"
    r"(one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
    r"(?: \w+){0,2} (?:we|you|he|she|they|that|which|not|missing|undelivered|unfinished)\b"
)
_DIRECT, _CONCLUDED, _BESIDE, _MENTIONED, _BACKGROUND = 5, 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The amount asked back and its currency ('' when not said). Without an amount `doubt` says why."""

    amount: Decimal | None
    currency: str
    evidence: str
    doubt: str = ""


@dataclass(slots=True)
class _Candidate:
    mention: Mention
    sentence: Sentence
    rank: int


def choose(passage: Passage, intent: Intent, places: Sequence[int]) -> Chosen:
    """Choose among the amounts of these sentences (numbers in the passage)."""
    found = list(_candidates(passage, intent, places))
    if not found:
        return Chosen(None, "", "", "It names no amount.")
    computed = _difference(passage, intent, places, found) or _left_out(passage, intent, places, found)
    if computed is not None:
        return computed
    top = max(c.rank for c in found)
    asked = (
        [c for c in found if c.rank >= min(top, _CONCLUDED)]
        if top >= _CONCLUDED
        else [c for c in found if c.rank == top]
    )
    if top < _CONCLUDED and _only_part(passage, intent, places):
        shown = asked[0]
        doubt = "It asks for a part and does not say how much."
        return Chosen(None, shown.mention.currency, shown.sentence.text, doubt)
    return _one_of(asked, found, top)


def _only_part(passage: Passage, intent: Intent, places: Sequence[int]) -> bool:
    """Whether it asks for a part, or for what the shop thinks right: an amount that merely stands there is not it."""
    partial = vocabulary().partial
    return any(partial.search(passage.sentences[p].shape) for p in places if p in intent.asks)


def _one_of(asked: list[_Candidate], found: list[_Candidate], top: int) -> Chosen:
    currencies = {c.mention.currency for c in asked if c.mention.currency} or {
        c.mention.currency for c in found if c.mention.currency
    }
    currency = currencies.pop() if len(currencies) == 1 else ""
    words = asked[0].sentence.text
    vague = next((c for c in asked if c.mention.vague), None)
    if vague is not None:
        return Chosen(
            None, currency, words, f"The amount '{vague.mention.text}' is not definite: {vague.mention.vague}."
        )
    values = list(dict.fromkeys(c.mention.value for c in asked))
    if len(values) > 1 and max(values) * 2 == sum(values):
        values = [max(values)]
    if len(values) > 1 or len(currencies) > 0:
        texts = ", ".join(dict.fromkeys(c.mention.text for c in asked))
        return Chosen(None, currency, words, f"It names several amounts: {texts}.")
    if top == _BACKGROUND:
        return Chosen(None, currency, words, f"It is not clear that '{asked[0].mention.text}' is what is asked back.")
    shown = next(c for c in asked if c.mention.value == values[0])
    return Chosen(values[0], currency, shown.sentence.text)


def _candidates(passage: Passage, intent: Intent, places: Sequence[int]) -> Iterator[_Candidate]:
    words = vocabulary()
    for place in places:
        sentence = passage.sentences[place]
        if "money" not in sentence.shape:
            continue
        shape = _computed(sentence, passage)
        _mark_vague(shape, passage)
        direct = _named(words.money["ask"], shape)
        concluded = _named(words.money["conclusion"], shape)
        background = _named(words.money["background"], shape) | (_of_another(shape) - direct)
        for name in re.findall(r"money\d+", shape):
            mention = passage.mentions[int(name[5:])]
            if mention.unit or place in intent.denies | intent.tells:
                rank = _BACKGROUND
            elif name in direct and place in intent.asks and name not in background - _near(shape, name):
                rank = _DIRECT
            elif name in concluded and "invref" not in shape.split(name)[0][-12:]:
                rank = _CONCLUDED
            elif name in background:
                rank = _BACKGROUND
            else:
                rank = _BESIDE if place in intent.asks else _MENTIONED
            yield _Candidate(mention, sentence, rank)


def _near(shape: str, name: str) -> set[str]:
    """The amount itself when 'back' or the like follows at once: then it is asked, whatever stands before."""
    return {name} if re.search(rf"{name} (?:back|zuruck|refunded|returned)", shape) else set()


def _named(patterns: Sequence[re.Pattern[str]], shape: str) -> set[str]:
    return {group for p in patterns for match in p.finditer(shape) for group in match.groups() if group}


def _of_another(shape: str) -> set[str]:
    """Amounts that another one is a part of: '50 of the 300'."""
    return set(re.findall(r"money\d+\W+(?:of|from|out of|von|de|sur|sobre)(?:\W+\w+){0,2}?\W+(money\d+)", shape))


def _computed(sentence: Sentence, passage: Passage) -> str:
    """Work out 'half of the 380' and '25 % of 340' in place; returns the shape."""
    shape = sentence.shape
    for pattern, share in vocabulary().fractions:
        for match in pattern.finditer(shape):
            _scale(passage.mentions[int(match[1][5:])], Decimal(share.numerator), Decimal(share.denominator))
            shape = shape.replace(match[0], match[1])
    share_of = _percent().search(shape)
    if share_of is not None:
        _scale(passage.mentions[int(share_of["money"][5:])], Decimal(share_of["percent"]), Decimal(100))
        shape = f"{shape[: share_of.start()]} refund {share_of['money']} {shape[share_of.end() :]}"
    sentence.shape = shape
    return shape


def _scale(mention: Mention, by: Decimal, over: Decimal) -> None:
    mention.value = (mention.value * by / over).quantize(Decimal("0.01"), ROUND_HALF_UP)


@cache
def _percent() -> re.Pattern[str]:
    words = vocabulary().amount
    of, tax = "|".join(words["percent_of"]), "|".join(words["tax"])
    skip = rf"(?:\W+(?!(?:{tax})\b|money\d)\w+)"
    return re.compile(rf"(?<!\d){_PERCENT}{skip}{{0,3}}?\W+(?:{of}){skip}{{0,8}}?\W+(?P<money>money\d+)")


def _mark_vague(shape: str, passage: Passage) -> None:
    approx, spans = _vague()
    for match in approx.finditer(shape):
        passage.mentions[int(match["a"][5:])].vague = "it is only about that much"
    for match in spans.finditer(shape):
        for name in filter(None, match.groups()):
            passage.mentions[int(name[5:])].vague = "it is a range"


@cache
def _vague() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = vocabulary().amount
    approx = "|".join(sorted((re.escape(w) for w in words["approx"]), key=len, reverse=True))
    joint = "|".join(re.escape(w) for w in words["range"] if w not in ("and", "und", "et", "y"))
    between = "|".join(re.escape(w) for w in words["between"])
    both = r"and|und|et|y|to|bis|a"
    return (
        re.compile(rf"(?:(?<!\w)(?:{approx})|~)[\s.]{{0,5}}(?P<a>money\d+)"),
        re.compile(
            rf"(?<!\w)(?:{between})\W+(money\d+)\W+(?:{both})\W+(money\d+)"
            rf"|(money\d+)\s*(?:{joint})\s*(money\d+)"
        ),
    )


def _difference(passage: Passage, intent: Intent, places: Sequence[int], found: list[_Candidate]) -> Chosen | None:
    """'The difference' of the only two amounts there are, when no other is asked."""
    asked = [passage.sentences[p] for p in places if p in intent.asks]
    said = next((s for s in asked if any(w in s.shape for w in vocabulary().amount["difference"])), None)
    values = {c.mention.value for c in found}
    if said is None or len(values) != 2 or any(c.rank == _DIRECT or c.mention.vague for c in found):
        return None
    currencies = {c.mention.currency for c in found if c.mention.currency}
    return Chosen(max(values) - min(values), currencies.pop() if len(currencies) == 1 else "", said.text)


def _left_out(passage: Passage, intent: Intent, places: Sequence[int], found: list[_Candidate]) -> Chosen | None:
    """'All five at 120 = 600 ... for the two we did not do': unit price times count, when the sum proves the price."""
    if any(c.rank >= _CONCLUDED and not _is_sum(c, found) for c in found):
        return None
    proven = next(
        ((a, b) for a in found for b in found if b.mention.value > a.mention.value > 0 and _is_sum(b, [a])), None
    )
    if proven is None or {c.mention.value for c in found} != {c.mention.value for c in proven}:
        return None
    for place in places:
        sentence = passage.sentences[place]
        found_count = _LEFT_OUT.search(sentence.shape) if place in intent.asks else None
        if found_count is not None:
            count = _COUNTS.get(found_count[2]) or int(found_count[2])
            amount = proven[0].mention.value * count
            if amount < proven[1].mention.value:
                return Chosen(amount, proven[0].mention.currency, sentence.text)
    return None


def _is_sum(total: _Candidate, parts: Sequence[_Candidate]) -> bool:
    """Whether an amount is a whole multiple (2 to 50) of another."""
    return any(
        p.mention.value
        and total.mention.value % p.mention.value == 0
        and 2 <= total.mention.value / p.mention.value <= 50
        for p in parts
    )
