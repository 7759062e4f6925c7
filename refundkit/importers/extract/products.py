"""So many times a price, where it is asked for as it stands: 'refund 2 x $47.50', '1.5 hours at $96 too much'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from refundkit.importers.extract.features import concepts_of, tokens
from refundkit.importers.extract.mentions import by_rule
from refundkit.importers.extract.numbers import counted, counts_in
from refundkit.importers.extract.sentences import Passage, Sentence
from refundkit.importers.extract.vocabulary import vocabulary
from refundkit.model.money import DIGITS


class _Product(NamedTuple):
    """A count and the price behind it in a shape, from `start` to `end`."""

    start: int
    end: int
    times: Decimal
    price: str


def reckon_products(sentence: Sentence, passage: Passage) -> None:
    """Put the product in the place of each count and price that the sentence asks for, or sums up with."""
    products = list(_products(sentence.shape))
    if not products or "%" in sentence.shape or by_rule(sentence.shape)["net"]:
        return  # most sentences have none; tax comes on top, or a part is asked
    others = {number.value for number in counted(sentence.shape) if "n=other" in number.signs}
    if not others.issubset(product.times for product in products):
        return  # '10 x 18, pay back the 3 not done'
    for product in reversed(products):
        shape = f"{sentence.shape[: product.start]} {product.price} {sentence.shape[product.end :]}"
        rules = by_rule(shape)
        if product.price in (rules["ask"] | rules["conclusion"]) - rules["background"]:
            mention = passage.mentions[int(product.price[5:])]
            digits = Decimal(1).scaleb(-DIGITS.get(mention.currency, 2))
            mention.value = (mention.value * product.times).quantize(digits, ROUND_HALF_UP)
            mention.unit, mention.reckoned = False, True
            sentence.shape = shape


def _products(shape: str) -> Iterator[_Product]:
    for start, end, count in counts_in(shape):
        price = _price().match(shape, end)
        if price is not None and not _of_several(tokens(shape[:start])):
            yield _Product(start, price.end(), count, price["one"] or price["hour"] or price["piece"])


def _of_several(before: list[str]) -> bool:
    """Whether the words before a count make it one of several, or what is kept: 'one of the', 'all but'."""
    last = before[-2:]
    amount = vocabulary().amount
    if not set(last).isdisjoint(amount["apart"]):
        return True
    of = any(word in amount["percent_of"] for word in last)
    return of and any(w.isdigit() or vocabulary().number(w) or "PART" in concepts_of(w) for w in before)


@cache
def _price() -> re.Pattern[str]:
    """What stands behind a count: ' x money0', ' hours at money0 per hour'; no price whose product is told too."""
    names = ("per_hour", "per", "apiece", "at", "whose", "hours")
    hour, per, apiece, at, whose, hours = ("|".join(map(re.escape, vocabulary().amount[name])) for name in names)
    at, yours = rf"(?: (?:{at}|x|\u00d7|\*|@))", f"(?: (?:{whose}))?"
    price, end = r" *(?P<{}>money\d+)(?! +=)", r"(?!\w)"
    return re.compile(
        rf" ?(?:(?:x|\u00d7|\*|@){yours}{price.format('one')}(?: +(?:{apiece}){end})?"
        rf"|(?:{hour}|{hours})(?: \w+){{0,2}}{at}{yours}{price.format('hour')}(?: +(?:{per}) +(?:{hour}){end})?"
        rf"|\w+(?: \w+)?{at}{price.format('piece')} +(?:{apiece}){end})"
    )
