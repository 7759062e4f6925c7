"""Which of the amounts in a text is asked back: the one definite amount, or none and a sentence why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.computed import in_place, worked_out
from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.learned import model
from refundkit.importers.extract.mentions import Candidate, candidates
from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vocabulary import vocabulary

ASKED: Final = "yes"
SURE: Final = 70
"""An amount the model is less sure of is left to a person, unless a rule names it too."""
_LIKELY: Final = 40
_RIVAL: Final = 50
_FAINT: Final = 20
_STRONG: Final = 90
_ALONE: Final = 85
_WORKED_OUT: Final = 75
"""How sure the only amount of an item is, and one that had to be worked out: three in ten of those were wrong."""
_CERTAIN: Final = 95
_PRICES: Final = frozenset({"hourly", "unit"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The amount asked back and its currency ('' when not said). Without an amount `doubt` says why."""

    amount: Decimal | None
    currency: str
    evidence: str
    doubt: str = ""
    sure: int = 0


def choose(passage: Passage, intent: Intent, places: Sequence[int], *, alone: bool = False) -> Chosen:
    """Choose among the amounts of these sentences (numbers in the passage).

    `alone`: they are one of several items, each of which asks something of its own.
    """
    for place in places:
        if "money" in passage.sentences[place].shape:
            in_place(passage.sentences[place], passage)
    found = candidates(passage, intent, places)
    if not found:
        return Chosen(None, "", "", "It names no amount.")
    own = ([c for c in found if c.concluded] or found) if alone else []
    if len(own) == 1 and not own[0].vague:
        return Chosen(own[0].value, own[0].currency, own[0].text, sure=_ALONE)
    ranked = sorted(((chance(c), c) for c in found), key=lambda pair: -pair[0])
    worked, part = worked_out(passage, intent, places, found)
    if worked is not None and (worked.stated or not any(c.asked or (c.concluded and p >= SURE) for p, c in ranked)):
        return Chosen(worked.value, worked.currency, worked.text, sure=_ALONE if worked.stated else _WORKED_OUT)
    return _pick(ranked, part or _partial(passage, intent, places))


def chance(candidate: Candidate) -> int:
    """How likely it is that this amount is asked back, in per cent."""
    return model("asked").chances(candidate.signs)[ASKED]


def _partial(passage: Passage, intent: Intent, places: Sequence[int]) -> str:
    """Why an amount that merely stands there is not what is asked: only a part is, or what the shop thinks right."""
    partial = vocabulary().partial
    vague = any(partial.search(passage.sentences[p].shape) for p in places if p in intent.asks)
    return "It asks for a part and does not say how much." if vague else ""


def _pick(ranked: list[tuple[int, Candidate]], part: str) -> Chosen:
    sure, best = _best(ranked)
    currency = _currency(best, [c for _, c in ranked])
    named = best.asked or best.concluded
    alone = all(p < _FAINT for p, _ in ranked[1:])
    if best.vague:
        return Chosen(None, currency, best.text, f"The amount '{best.shown}' is not definite: {best.vague}.")
    rivals = [c for p, c in ranked if c is not best and (_rival(p, c, best) or _transposed(c, best))]
    if rivals:
        texts = ", ".join(dict.fromkeys(c.shown for c in (best, *rivals)))
        return Chosen(None, currency, best.text, f"It names several amounts: {texts}.")
    smaller = sure >= _STRONG and best.value < max(c.value for _, c in ranked)
    if part and not (named or smaller):
        return Chosen(None, currency, best.text, part)
    told = best.background and not named and not (alone and sure >= _CERTAIN and not best.signs & _PRICES)
    if told or sure < (_LIKELY if named or alone else SURE):
        return Chosen(None, currency, best.text, f"It is not clear that '{best.shown}' is what is asked back.")
    return Chosen(best.value, currency, best.text, sure=sure)


def _best(ranked: list[tuple[int, Candidate]]) -> tuple[int, Candidate]:
    """The one a rule names, when there is only one of those and the model does not speak against it; else the first.

    An amount given only roughly, where no money is asked, stands back behind one that is definite.
    """
    for named in (
        [(p, c) for p, c in ranked if c.concluded and p >= _LIKELY],
        [(p, c) for p, c in ranked if c.asked and p >= _LIKELY],
    ):
        if len(named) == 1:
            return named[0]
    definite = [(p, c) for p, c in ranked if not c.vague and p >= _RIVAL]
    return definite[0] if definite and not ranked[0][1].beside else ranked[0]


def _rival(sure: int, other: Candidate, best: Candidate) -> bool:
    """Whether another amount could as well be what is asked."""
    related = bool(other.signs & {"part", "divides"}) and bool(best.signs & {"multiple", "largest"})
    if best.concluded and not other.concluded:
        return other.asked and not related and sure >= _LIKELY
    if best.asked and not other.asked:
        return sure >= _STRONG and other.beside and not other.background and not related
    return (sure >= _RIVAL and (other.beside or not best.beside)) or (other.asked and sure >= _LIKELY)


def _transposed(other: Candidate, best: Candidate) -> bool:
    """Whether one amount is the other with two figures swapped: a slip, and nobody can tell which."""
    first, second = f"{best.value:.2f}", f"{other.value:.2f}"
    apart = [pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]]
    return len(first) == len(second) and len(apart) == 2 and apart[0] == apart[1][::-1]


def _currency(best: Candidate, found: Sequence[Candidate]) -> str:
    """Its own, else the only one there is."""
    others = {c.currency for c in found if c.currency}
    return best.currency or (others.pop() if len(others) == 1 else "")
