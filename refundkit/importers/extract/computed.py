"""Amounts a writer leaves to be worked out: the difference, a part, so many times a price, all but something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, NamedTuple

from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.mentions import Candidate
from refundkit.importers.extract.sentences import Passage, Sentence
from refundkit.importers.extract.vocabulary import Vocabulary, vocabulary

_PERCENT: Final = r"(?<![\d.,])(?P<percent>\d{1,3}) ?(?:%|percent|prozent|pour ?cent|por ciento)"
_AMOUNT: Final = re.compile(r"money\d")
_MOST: Final = 20
_LIKELY: Final = 50


class Worked(NamedTuple):
    """An amount that was worked out, its currency, and the sentence that asks it.

    `stated`: the sentence names the amounts it is to be worked out of, so that neither of them is asked itself.
    """

    value: Decimal
    currency: str
    text: str
    stated: bool = False


def in_place(sentence: Sentence, passage: Passage) -> None:
    """Work out 'half of the 380' and '25 % of 340' where they stand."""
    for pattern, share in vocabulary().fractions:
        for match in pattern.finditer(sentence.shape):
            _scale(passage, match[1], Decimal(share.numerator), Decimal(share.denominator))
            sentence.shape = sentence.shape.replace(match[0], match[1])
    found = _percent_of().search(sentence.shape)
    if found is not None:
        _scale(passage, found["money"], Decimal(found["percent"]), Decimal(100))
        sentence.shape = f"{sentence.shape[: found.start()]} refund {found['money']} {sentence.shape[found.end() :]}"


def _scale(passage: Passage, name: str, by: Decimal, over: Decimal) -> None:
    mention = passage.mentions[int(name[5:])]
    mention.value = _cents(mention.value * by / over)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@cache
def _percent_of() -> re.Pattern[str]:
    words = vocabulary().amount
    of, tax = "|".join(words["percent_of"]), "|".join(words["tax"])
    skip = rf"(?:\W+(?!(?:{tax})\b|money\d)\w+)"
    return re.compile(rf"{_PERCENT}{skip}{{0,3}}?\W+(?:{of}){skip}{{0,8}}?\W+(?P<money>money\d+)")


def worked_out(
    passage: Passage, intent: Intent, places: Sequence[int], found: Sequence[Candidate]
) -> tuple[Worked | None, str]:
    """The amount to be worked out; without one, a sentence when the text asks for a part that cannot be."""
    values = [c.value for c in found if not c.vague]
    doubt = ""
    sentences = [passage.sentences[p] for p in places]
    asking = [passage.sentences[p] for p in places if p in intent.asks or intent.asking[p] > _LIKELY]
    for ways, where in ((_asked_ways, asking), (_told_ways, sentences)):
        for sentence in where:
            for value, why in ways(sentence.shape, values, vocabulary()):
                if value is not None:
                    return Worked(value, _currency(found), sentence.text, bool(_AMOUNT.search(sentence.shape))), ""
                doubt = doubt or why
    price, count = _price(found), {n for s in sentences if (n := _count(s.shape, vocabulary()))}
    if price is not None and len(count) == 1:
        shown = next(s.text for s in sentences if _count(s.shape, vocabulary()))
        return Worked(price * count.pop(), _currency(found), shown), ""
    hourly = any("hourly" in c.signs for c in found)
    return None, doubt or ("It names the price of an hour, not what is asked." if hourly else "")


def _currency(found: Sequence[Candidate]) -> str:
    currencies = {c.currency for c in found if c.currency}
    return currencies.pop() if len(currencies) == 1 else ""


def _asked_ways(shape: str, values: Sequence[Decimal], words: Vocabulary) -> Iterator[tuple[Decimal | None, str]]:
    """Ways in which a sentence that asks leaves the amount to be worked out, each with why it may not be."""
    pair = max(values) - min(values) if len(values) == 2 else None
    if words.all_but.search(shape):
        yield pair, "It asks for all but a part."
    if _AMOUNT.search(shape):
        return
    if any(w in shape for w in words.amount["difference"]):
        yield pair, "It asks for a difference."
    for pattern, part in words.parts:
        if pattern.search(shape):
            whole = _one(values)
            yield whole and _cents(whole * part.numerator / part.denominator), "It asks for a part."
            return
    if _count(shape, words):
        yield None, "It asks for more than one of something."


def _told_ways(shape: str, values: Sequence[Decimal], words: Vocabulary) -> Iterator[tuple[Decimal | None, str]]:
    """A percentage, wherever it is told, of the only amount there is; of other parts it is not clear whose they are."""
    own = _AMOUNT.search(shape) is not None
    share = 0 if own or _tax().search(shape) else _share(shape, words)
    if share:
        whole = _one(values)
        yield whole and _cents(whole * share / 100), "It speaks of a percentage."
    if any(pattern.search(shape) for pattern, _ in words.parts):
        yield None, "It speaks of a part."


def _share(shape: str, words: Vocabulary) -> int:
    """The percentage a sentence names, in figures or in words; 0 without one."""
    match = re.search(_PERCENT, shape)
    if match is not None:
        return int(match["percent"])
    spoken = re.search(r"([a-z]+)[ -](?:percent|prozent|pour cent|por ciento)\b", shape)
    return words.number(spoken[1]) if spoken else 0


@cache
def _tax() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(vocabulary().amount['tax'])})\b")


def _one(values: Sequence[Decimal]) -> Decimal | None:
    return values[0] if len(values) == 1 else None


def _price(found: Sequence[Candidate]) -> Decimal | None:
    """The price of one piece, when nothing is named but that and what all of them cost."""
    prices = [c for c in found if c.signs & {"unit", "each", "hourly"}]
    others = [c for c in found if c not in prices]
    proven = len(prices) == 1 and all(o.value % prices[0].value == 0 for o in others if prices[0].value)
    return prices[0].value if proven and len(others) <= 1 else None


def _count(shape: str, words: Vocabulary) -> int:
    """How many 'the other two' are; 0 when it counts nothing."""
    for pattern in words.counted:
        for match in pattern.finditer(shape):
            value = words.number(match["count"])
            if 2 <= value <= _MOST:
                return value
    return 0
