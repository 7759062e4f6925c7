"""The parts of a message that each ask something of their own: items of a list, stretches about one invoice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.chosen import choose
from refundkit.importers.extract.computed import names_difference
from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.numbers import bare
from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vocabulary import vocabulary

_ASKS: Final = 50
_TOLD: Final = 60


def parts_of(body: Passage, meant: Intent) -> list[list[int]]:
    """The numbers of each part's sentences; nothing when the message asks for one thing."""
    return _items(body, meant) or _by_id(body, meant)


def _items(body: Passage, meant: Intent) -> list[list[int]]:
    """The items of a list that ask: those that name an amount, when there are two and most name an id or all ask."""
    items: dict[int, list[int]] = {}
    for place, sentence in enumerate(body.sentences):
        if sentence.item:
            items.setdefault(sentence.item, []).append(place)
    with_money = [part for part in items.values() if any("money" in body.sentences[p].shape for p in part)]
    parts = [part for part in with_money if not (_is_total(body, part, with_money) or _is_told(meant, part))]
    with_id = [part for part in parts if any("ref" in body.sentences[p].shape for p in part)]
    if len(with_id) > 1 and parts[:-1] == with_id and not _asks(meant, parts[-1]):
        parts = with_id  # a line below them without a number of its own sums some of them up
    asking = [part for part in parts if _asks(meant, part)]
    outside = any(_asks(meant, [p]) for p, sentence in enumerate(body.sentences) if not sentence.item)
    outside = outside or any(vocabulary().letter["refunds"].search(s.shape) for s in body.sentences[:1])
    listed = len(with_id) * 2 > len(parts) and (outside or len(asking) != 1)
    several = len(parts) > 1 and (listed or len(asking) == len(parts))
    if not several or _netted(body, meant, parts) or _repeats(body, parts):
        return []
    return [piece for part in parts for piece in _by_bill(body, part)]


def _by_bill(body: Passage, part: list[int]) -> list[list[int]]:
    """An item in pieces, when several of its sentences each name a bill of their own, and a sum; else as it is."""
    begins = [p for p in part if len(body.sentences[p].ids.invoice) == 1 and "money" in body.sentences[p].shape]
    if len({body.sentences[p].ids.invoice[0] for p in begins}) < max(2, len(begins)):
        return [part]
    head = [p for p in part if p < begins[0]]
    ends = [*begins[1:], part[-1] + 1]
    return [head + [p for p in part if begin <= p < end] for begin, end in zip(begins, ends, strict=True)]


def _netted(body: Passage, meant: Intent, parts: list[list[int]]) -> bool:
    """Whether one amount is asked of the items together: what is left of them, the difference, or one named apart."""
    outside = [s.shape for p, s in enumerate(body.sentences) if not s.item and _asks(meant, [p])]
    values = {value for part in parts for value in _amounts(body, part)}
    named = [v for shape in outside for v in _values(body, shape) if v in values]
    single = {v for p, s in enumerate(body.sentences) if not s.item and p in meant.asks for v in body.values(s.shape)}
    other = len(single) == 1 and not single & {*values, sum(values, Decimal(0))}
    return other or len(set(named)) > 1 or any(map(names_difference, outside))


def _asks_for_difference(body: Passage, meant: Intent) -> bool:
    return any(names_difference(s.shape) for p, s in enumerate(body.sentences) if _asks(meant, [p]))


def _asks(meant: Intent, part: Sequence[int]) -> bool:
    return any(p in meant.asks or meant.asking[p] > _ASKS for p in part)


def _is_told(meant: Intent, part: Sequence[int]) -> bool:
    """Whether an item only tells of money that came back already."""
    return any(meant.roles[p]["told"] > _TOLD or p in meant.tells for p in part) and not _asks(meant, part)


def _is_total(body: Passage, part: list[int], parts: list[list[int]]) -> bool:
    """Whether an item is the sum of the others: one amount, as much as theirs together."""
    if any("ref" in body.sentences[p].shape for p in part):
        return False
    sums = [_amounts(body, other) for other in parts if other is not part]
    own = _amounts(body, part)
    if len(own) != 1 or len(sums) < 2 or not all(sums):
        return False
    return own[0] in (sum(s[-1] for s in sums), sum(s[0] for s in sums))


def _amounts(body: Passage, part: list[int]) -> list[Decimal]:
    return list(dict.fromkeys(value for p in part for value in _values(body, body.sentences[p].shape)))


def _values(body: Passage, shape: str) -> list[Decimal]:
    return body.values(shape) + [number.value for number in bare(shape)]


def _repeats(body: Passage, parts: list[list[int]]) -> bool:
    """Whether an invoice or order stands in two of them: a statement of account, say, of which one line is wrong."""
    ids = [{i for p in part for i in (*body.sentences[p].ids.invoice, *body.sentences[p].ids.order)} for part in parts]
    return any(times > 1 for times in Counter(i for part in ids for i in part).values())


def _by_id(body: Passage, meant: Intent) -> list[list[int]]:
    """Stretches of text that each ask an amount of their own for an invoice or order of their own."""
    parts: list[list[int]] = []
    keys: list[str] = []
    kinds: list[set[str]] = []
    named = [[*s.ids.invoice, *s.ids.order] for s in body.sentences]
    alone = {ids[0] for ids in named if len(ids) == 1}
    for place, (sentence, own) in enumerate(zip(body.sentences, named, strict=True)):
        if len(own) > 1 and alone.issuperset(own):
            continue  # it says what the others are about
        if own and not (parts and set(own) & set(keys)):
            parts.append(_begun(body, place, parts[-1] if parts else []))
            kinds.append(set())
            keys = []
        keys += own
        if own:
            kinds[-1] |= {kind for kind in ("invoice", "order") if getattr(sentence.ids, kind)}
        if parts:
            parts[-1].append(place)
    if len(parts) < 2:
        return []
    asked = [_asks(meant, part) for part in parts]
    several = any(vocabulary().letter["several"].search(s.shape) for s in body.sentences)
    chosen = [choose(body, meant, part, alone=True) for part in parts]
    values = [c.amount for c in chosen if c.amount is not None]
    if not set.intersection(*kinds) and not all(map(body.holds, parts, (c.amount for c in chosen))):
        return []  # an order and its invoice are one matter, unless a sum of its own stands by each
    several = several and any(asked) and not _asks_for_difference(body, meant)
    wanted = all(asked) or several or _announced(body, meant, parts)
    return parts if wanted and len(values) == len(parts) == len(set(values)) else []


def _begun(body: Passage, place: int, before: list[int]) -> list[int]:
    """The sentences of a list's item before the one that names its number, taken from the part `before`."""
    item, first = body.sentences[place].item, place
    while item and first and body.sentences[first - 1].item == item and not _names(body, first - 1):
        first -= 1
    before[:] = [p for p in before if p < first]
    return list(range(first, place))


def _names(body: Passage, place: int) -> bool:
    return bool(body.sentences[place].ids.invoice or body.sentences[place].ids.order)


def _announced(body: Passage, meant: Intent, parts: list[list[int]]) -> bool:
    """Whether a sentence that asks ends with a colon above stretches with one amount each: 'kindly refund:'."""
    above = range(parts[0][0])
    asked = any(p in meant.asks and body.sentences[p].shape.rstrip().endswith(":") for p in above)
    return asked and all(len(_amounts(body, part)) == 1 for part in parts)
