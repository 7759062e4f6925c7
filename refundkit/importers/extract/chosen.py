"""Which of the amounts in a text is asked back: the one definite amount, or none and a sentence why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.amounts import Mention
from refundkit.importers.extract.certain import bears_out, belied, of_three, settled
from refundkit.importers.extract.computed import derived, in_place, names_difference
from refundkit.importers.extract.features import concepts_of, tokens
from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.learned import model
from refundkit.importers.extract.mentions import Candidate, asking_places, candidates
from refundkit.importers.extract.numbers import bare, is_measure
from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vocabulary import vocabulary

SURE: Final = 35
"""An amount that is less likely than this is not proposed."""
EVEN: Final = 50
"""One that is less likely than this is a proposal and no more: a person decides."""
FIRM: Final = 62
"""An amount that is less sure than this is looked at by a person: a wrong one is worse than a missing one."""
_RIVAL: Final = 30
_PLAIN: Final = 85
_ALONE: Final = 85
"""How sure the only amount of an item of a list is."""
_REACHED: Final = 65
"""How sure an amount that was worked out must be: less so than the model is of the others, it is seldom wrong."""
_LIKELY: Final = 55
"""How sure at most is what was worked out and is not plain, and the price of one piece or hour."""
_CALLED: Final = 80
"""How sure at least is what was worked out in a way that the words that ask name: the difference, half, 20 %."""
_CALLED_FOR: Final = frozenset(f"d:{kind}:cue-ask" for kind in ("diff", "part", "percent"))
_RECKON: Final = (
    ("part", "q:part:cue:in"),
    ("part", "q:part:cue:out"),
    ("sum", "q:sum:cue-ask:out"),
    ("diff", "q:diff:cue-ask:in"),
)
"""Ways of working out, and the sign that words for them stand in the text, or where money is asked."""
_RECKONED: Final = ("times", "gross", "percent", "less", "part")
"""Ways by which one amount that stands there gives another: what is asked is the other."""
_MANY: Final = 4
_PLUS: Final = frozenset({"net"})
_NOT_ALL: Final = _PLUS | {"each", "hourly"}
"""Signs of an amount to which tax is added, and of a price of one."""
_ELSEWHERE: Final = frozenset({"outside", "reckoned"})
_OVER: Final = frozenset({"b:TOOMUCH", "a:TOOMUCH"})
"""Signs of an amount that is told to be too much itself."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The amount asked back and its currency ('' when not said). Without an amount `doubt` says why."""

    amount: Decimal | None
    currency: str
    evidence: str
    doubt: str = ""
    sure: int = 0


def choose(
    passage: Passage,
    intent: Intent,
    places: Sequence[int],
    *,
    alone: bool = False,
    repeated: bool = False,
    stated: Mention | None = None,
) -> Chosen:
    """Choose among the amounts of these sentences (numbers in the passage) and those to be worked out from them.

    `alone`: they are one of several items, each of which asks something of its own. `repeated`: they tell of a payment
    that was made twice. `stated`: what a table or list among them asks.
    """
    found = possible(passage, intent, places)
    if stated is not None:
        return _agreed(stated, found)
    if not found:
        return Chosen(None, "", "", "It names no amount.")
    written = [c for c in found if not (c.bare or c.worked)]
    own = ([c for c in written if c.concluded] or written) if alone else []
    if len(own) == 1 and not own[0].vague:
        return Chosen(own[0].value, own[0].currency, own[0].text, sure=_ALONE)
    rest = [c for c in found if c.worked and c.concluded]
    if len(rest) == 1:
        return Chosen(rest[0].value, rest[0].currency, rest[0].text, sure=_ALONE)
    asking = [passage.sentences[p].shape for p in asking_places(intent, places)]
    twice = any("TWICE" in concepts_of(word) for p in places for word in tokens(passage.sentences[p].shape))
    return _pick(_ranked(found), _partial(passage, intent, places), asking, twice=twice, repeated=repeated)


def _agreed(stated: Mention, found: list[Candidate]) -> Chosen:
    """What a table or list asks, unless the words ask for another amount: then none."""
    other = [c for c in found if c.asked and not (c.bare or c.worked) and c.value != stated.value]
    if other:
        shown = ", ".join(dict.fromkeys((*(c.shown for c in other), f"{stated.value:.2f}")))
        doubt = f"Its words and its table ask for different amounts: {shown}."
        return Chosen(None, stated.currency, other[0].text, doubt)
    return Chosen(stated.value, stated.currency or _only_currency(found), stated.text, sure=_ALONE)


def possible(passage: Passage, intent: Intent, places: Sequence[int]) -> list[Candidate]:
    """All amounts that may be asked in these sentences: those that stand there, and those to be worked out."""
    for place in places:
        if "money" in passage.sentences[place].shape:
            in_place(passage.sentences[place], passage)
    shapes = [passage.sentences[place].shape for place in places]
    found = [c for c in candidates(passage, intent, places) if not (c.bare and is_measure(c.value, shapes))]
    return [*found, *derived(passage, sorted(asking_places(intent, places)), places, found)]


def _ranked(found: list[Candidate]) -> list[tuple[int, Candidate]]:
    """The candidates with the chance of each, in per cent, the likeliest first."""
    shares = model("asked").shares([c.signs for c in found])
    return sorted(zip(shares, found, strict=True), key=lambda pair: -pair[0])


def _partial(passage: Passage, intent: Intent, places: Sequence[int]) -> str:
    """Why an amount that merely stands there is not what is asked: only a part is, or what the shop thinks right."""
    words = vocabulary()
    vague = any(words.partial.search(passage.sentences[p].shape) for p in asking_places(intent, places))
    vague = vague or any(words.open.search(passage.sentences[p].shape) for p in places)
    return "It asks for a part and does not say how much." if vague else ""


def _relates(shape: str, best: Candidate, *, twice: bool) -> bool:
    """Whether a sentence that asks may mean less than an amount that stands elsewhere: a rest, a share, another sum.

    `twice`: the text speaks of that one amount as paid twice, so that what is too much is all of it.
    """
    if "money" in shape:
        return False
    if names_difference(vocabulary().at_ease.sub(" ", shape)) and not (twice and _too_much(shape)):
        return True
    if any(number.value != best.value for number in bare(shape)):
        return True
    return any(word == "%" or "PART" in concepts_of(word) for word in tokens(shape))


def _too_much(shape: str) -> bool:
    return any("TOOMUCH" in concepts_of(word) for word in tokens(shape))


def _pick(
    ranked: list[tuple[int, Candidate]],
    part: str,
    asking: Sequence[str],
    *,
    twice: bool = False,
    repeated: bool = False,
) -> Chosen:
    plain = _settled(ranked, repeated=repeated)
    sure, best = plain or _confirmed(ranked) or ranked[0]
    currency = _currency(best, [c for _, c in ranked])
    one = any(word in tokens(shape) for shape in asking for word in vocabulary().amount["one_of"])
    doubt = _doubt([(sure, best), *(pair for pair in ranked if pair[1] is not best)], part, one=one)
    if doubt:
        return Chosen(None, currency, best.text, doubt)
    against = belied([c for _, c in ranked], best)
    if best.worked and best.signs & _CALLED_FOR and sure >= EVEN and not against:
        return Chosen(best.value, currency, best.text, sure=max(sure, _CALLED))
    worked = best.worked and sure < (_PLAIN if repeated else _REACHED)
    doubtful = not plain and (worked or _relative(ranked, sure, best))
    doubtful = doubtful or against or _means_less(best, asking, twice=twice)
    return Chosen(best.value, currency, best.text, sure=min(sure, _LIKELY) if doubtful else sure)


def _relative(ranked: list[tuple[int, Candidate]], sure: int, best: Candidate) -> bool:
    """Whether it may be only one of a bill's amounts, the price of one, or an amount to be reckoned with."""
    of_many = _one_of_many(ranked) and not _alone_asked(best) and sure < _PLAIN
    of_one = bool(best.signs & (_PLUS if best.asked else _NOT_ALL))
    return of_many or of_one or _to_be_reckoned(best) or _uncalled(best)


def _means_less(best: Candidate, asking: Sequence[str], *, twice: bool) -> bool:
    """Whether an amount stands elsewhere, not worked out there, and a sentence that asks may mean less, or another."""
    single = twice and "single" in best.signs
    return best.signs & _ELSEWHERE == {"outside"} and any(_relates(shape, best, twice=single) for shape in asking)


def _alone_asked(best: Candidate) -> bool:
    """Whether the words ask for it and no other amount stands beside it: a bill's other amounts are told elsewhere."""
    return best.asked and "only" in best.signs


def _confirmed(ranked: list[tuple[int, Candidate]]) -> tuple[int, Candidate] | None:
    """The one amount that stands there and is the share of another that is asked: a third of 180, '60', not 20."""
    worked = ranked[0][1]
    for kind in ("part", "percent"):
        if worked.worked and f"d:{kind}:cue-ask" in worked.signs:
            found = [c for _, c in ranked if not c.worked and f"c:{kind}:cue-ask" in c.signs]
            if len(found) == 1:
                return _PLAIN, found[0]
    return None


def _settled(ranked: list[tuple[int, Candidate]], *, repeated: bool) -> tuple[int, Candidate] | None:
    """The amount that the shape of the text settles: the likeliest, or another where that is not sure."""
    sure, best = ranked[0]
    found = [c for _, c in ranked]
    if bears_out(found, best, repeated=repeated):
        return max(sure, _PLAIN), best
    other = of_three(found) or (settled(found) if sure < FIRM else None)
    return (_PLAIN, other) if other is not None else None


def _uncalled(best: Candidate) -> bool:
    """Whether it is a part of an amount, and the words that ask speak of no part: only the story does."""
    return best.worked and "d:part:is" in best.signs and "d:part:cue-ask" not in best.signs


def _to_be_reckoned(best: Candidate) -> bool:
    """Whether words call for a part or a multiple of an amount that stands there, and nothing shows that it is that."""
    over = "single" in best.signs and bool(best.signs & _OVER)
    if best.asked or best.concluded or over or ("only" in best.signs and "c:times:cue-ask" in best.signs):
        return False
    return any(sign in best.signs and f"c:{kind}:is" not in best.signs for kind, sign in _RECKON)


def _one_of_many(ranked: list[tuple[int, Candidate]]) -> bool:
    """Whether the amount is one of a whole bill's."""
    return sum(not (c.worked or c.bare) for _, c in ranked) >= _MANY


def _doubt(ranked: list[tuple[int, Candidate]], part: str, *, one: bool) -> str:
    """Why the likeliest amount cannot be taken; '' when it can. `one`: one of several equal ones is asked."""
    sure, best = ranked[0]
    vague = best if best.vague else _made_of_vague(ranked)
    if vague is not None:
        return f"The amount '{vague.shown}' is not definite: {vague.vague}."
    # What an amount was worked out from is no rival of it.
    mine = set(best.of) if sure >= SURE else set()
    if best.concluded and sure >= EVEN:
        mine |= {c.value for _, c in ranked if c.text == best.text and not c.concluded}
    close = _RIVAL if sure < _PLAIN else 101
    if "only" in best.signs and sure >= SURE:
        mine |= {c.value for _, c in ranked if "outside" in c.signs and not c.asked}  # told before, not asked
    rivals = [c for p, c in ranked[1:] if (p >= close and c.value not in mine) or _contradicts(c, best)]
    if rivals:
        return f"It names several amounts: {', '.join(dict.fromkeys(c.shown for c in (best, *rivals)))}."
    smaller = best.worked or (
        "inside" in best.signs and any(c.value > best.value for _, c in ranked[1:] if not c.worked)
    )
    if part and not (best.asked or smaller):
        return part
    if "unit" in best.signs and not (best.worked or one):
        return f"'{best.shown}' is the price of one, and it asks for more."
    if sure < (_PLAIN if _aside(best) else SURE):
        return f"It is not clear that '{best.shown}' is what is asked back."
    return ""


def _made_of_vague(ranked: list[tuple[int, Candidate]]) -> Candidate | None:
    """The likeliest amount that is not definite, where only what could be worked out from such ones comes first."""
    sure, best = ranked[0]
    made = (best.worked and sure < SURE) or (best.bare and sure < FIRM)
    return next((c for _, c in ranked if c.vague and not c.worked), None) if made else None


def _aside(best: Candidate) -> bool:
    """Whether it is told by the way, as a bill's total is, and money is asked in another sentence."""
    return best.background and "outside" in best.signs and not (best.concluded or best.worked)


def _contradicts(other: Candidate, best: Candidate) -> bool:
    """Whether another amount is asked or summed up with equal right, or is a slip of the other."""
    if other.worked or other.bare or best.bare or _gives(other, best):
        return False
    named = (best.concluded and other.asked) or (best.asked and other.concluded)
    related = bool((best.signs | other.signs) & {"part", "divides", "multiple", "difference"})
    return _transposed(other, best) or (named and not related)


def _gives(other: Candidate, best: Candidate) -> bool:
    """Whether an amount that stands there is what reckoning makes of another: what is asked is that."""
    return any(f"o:{way}:is" in other.signs and f"c:{way}:is" in best.signs for way in _RECKONED)


def _transposed(other: Candidate, best: Candidate) -> bool:
    """Whether one amount is the other with two figures swapped: a slip, and nobody can tell which."""
    first, second = f"{best.value:.2f}", f"{other.value:.2f}"
    apart = [pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]]
    return len(first) == len(second) and len(apart) == 2 and apart[0] == apart[1][::-1]


def _currency(best: Candidate, found: Sequence[Candidate]) -> str:
    """Its own, else the only one there is."""
    return best.currency or _only_currency(found)


def _only_currency(found: Sequence[Candidate]) -> str:
    named = {c.currency for c in found if c.currency}
    return named.pop() if len(named) == 1 else ""
