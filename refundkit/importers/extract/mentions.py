"""The amounts of a text as candidates for what is asked back: each distinct value once, with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from itertools import combinations
from typing import Final

from refundkit.importers.extract.amounts import Mention
from refundkit.importers.extract.features import concepts_of, stem, tokens
from refundkit.importers.extract.intent import Intent
from refundkit.importers.extract.numbers import bare
from refundkit.importers.extract.sentences import Passage
from refundkit.importers.extract.vague import mark_vague
from refundkit.importers.extract.vocabulary import vocabulary

_WINDOW: Final = 5
_DAY_MONTH: Final = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")
_COMMA: Final = re.compile(r",\d\d(?!\d)")
_POINT: Final = re.compile(r"\.\d\d(?!\d)")
_CLOSE: Final = 2
_MANY: Final = 40
_LIKELY: Final = 50
_WHERE: Final = (
    "direct concluded background asks tells unit each hourly inside outside only largest smallest single repeated part"
    " difference half double divides multiple shared after near far first last bare vague"
    " values1 values2 values3 values4"
)
_PLACING: Final = frozenset(_WHERE.split())
_STANDING: Final = ("largest", "smallest", "single", "direct", "last", "part", "divides")


@dataclass(slots=True)
class Candidate:
    """One value. `text` is the sentence that bears it out best, `signs` what the trained model sees of it.

    `bare`: no currency and no cents stand by it; `worked`: it stands nowhere and was worked out, from the values `of`.
    """

    value: Decimal
    currency: str = ""
    vague: str = ""
    shown: str = ""
    text: str = ""
    asked: bool = False
    concluded: bool = False
    beside: bool = False
    background: bool = False
    bare: bool = False
    worked: bool = False
    of: set[Decimal] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Spot:
    mention: Mention
    place: int
    at: int
    words: list[str]
    bare: bool = False


def candidates(passage: Passage, intent: Intent, places: Sequence[int]) -> list[Candidate]:
    """The distinct values in these sentences (numbers in the passage), in order of appearance."""
    asking = asking_places(intent, places)
    spots: dict[Decimal, list[_Spot]] = {}
    out: dict[Decimal, Candidate] = {}
    for spot in (*_spots(passage, places), *_bare_spots(passage, places)):
        value = spot.mention.value
        if len(spots) >= _MANY and value not in spots:
            break
        spots.setdefault(value, []).append(spot)
        candidate = out.setdefault(value, Candidate(value, bare=spot.bare))
        _look(candidate, spot, passage, intent, asking=spot.place in asking)
    money = {value: c for value, c in out.items() if not c.bare}
    _relations(passage, money or out, spots, asking)
    about = {c for p in asking for word in tokens(passage.sentences[p].shape) for c in concepts_of(word)}
    for candidate in out.values():
        if candidate.bare:
            candidate.signs |= {"bare", f"bare{min(3, len(money))}"}
        candidate.signs |= _together(candidate.signs) | _asked_so(candidate.signs, about)
    return list(out.values())


def _together(signs: set[str]) -> set[str]:
    """Pairs of the signs that tell where an amount stands among the others: each means less alone."""
    here = sorted(sign for sign in signs if sign in _PLACING or sign.startswith("asking"))
    return {f"{a}&{b}" for a, b in combinations(here, 2)}


def _asked_so(signs: set[str], about: set[str]) -> set[str]:
    """What the words that ask are about, together with where an amount stands."""
    side = "in" if "inside" in signs else "out"
    places = [f"{sign}:{side}" for sign in _STANDING if sign in signs]
    return {f"q:{place}:{concept}" for place in (side, *places) for concept in about}


def asking_places(intent: Intent, places: Sequence[int]) -> set[int]:
    """The sentences that ask, else the one that most looks like it."""
    found = {p for p in places if intent.asking[p] > _LIKELY}
    return found or {max(places, key=lambda p: intent.asking[p])} if places else found


def _spots(passage: Passage, places: Sequence[int]) -> Iterator[_Spot]:
    days = _days(passage)
    for place in places:
        shape = passage.sentences[place].shape
        if "money" not in shape:
            continue
        mark_vague(shape, passage)
        words = tokens(shape)
        for at, word in enumerate(words):
            if word.startswith("money") and word[5:].isdigit() and int(word[5:]) not in days:
                yield _Spot(passage.mentions[int(word[5:])], place, at, words)


def _days(passage: Passage) -> set[int]:
    """The amounts that are days, '24.06': no currency stands by them, and all others have a decimal comma."""
    found = {n for n, m in enumerate(passage.mentions) if not m.currency and _DAY_MONTH.fullmatch(m.text)}
    others = [m.text for n, m in enumerate(passage.mentions) if n not in found]
    comma = any(_COMMA.search(text) for text in others) and not any(_POINT.search(text) for text in others)
    return found if comma else set()


def _bare_spots(passage: Passage, places: Sequence[int]) -> Iterator[_Spot]:
    """Numbers without a currency; what looks like an invoice's is one where amounts with a currency stand."""
    for place in places:
        shape = passage.sentences[place].shape
        invoices = passage.sentences[place].ids.bare if passage.mentions else []
        words: list[str] = []
        for number in bare(shape):
            words = words or tokens(shape)
            if number.at < len(words) and f"INV-{number.text}" not in invoices:
                yield _Spot(Mention(number.value, "", number.text), place, number.at, words, bare=True)


def _look(candidate: Candidate, spot: _Spot, passage: Passage, intent: Intent, *, asking: bool) -> None:
    sentence = passage.sentences[spot.place]
    name = spot.words[spot.at]
    rules = by_rule(sentence.shape)
    direct = name in rules["ask"]
    concluded = name in rules["conclusion"] or re.search(rf"=\s*{name}\b", sentence.shape) is not None
    priced = name in rules["each"] or re.search(rf"{name}\s+=\s*money", sentence.shape) is not None
    hourly = name in rules["hourly"]
    background = name in rules["background"] or priced or hourly
    good = spot.place in intent.asks and direct and not spot.mention.unit and not background
    candidate.asked = candidate.asked or good
    candidate.concluded = candidate.concluded or (concluded and not spot.mention.unit)
    candidate.beside = candidate.beside or asking
    candidate.background = candidate.background or background or spot.mention.unit
    candidate.vague = candidate.vague or spot.mention.vague
    candidate.currency = candidate.currency or spot.mention.currency
    if not candidate.text or good or asking:
        candidate.text, candidate.shown = sentence.text, spot.mention.text
    signs = candidate.signs
    signs.update(sign for sign, held in (
        ("direct", direct), ("concluded", concluded), ("background", background), ("asks", spot.place in intent.asks),
        ("denies", spot.place in intent.denies), ("tells", spot.place in intent.tells),
        ("vague", bool(spot.mention.vague)), ("unit", spot.mention.unit), ("each", priced),
        ("hourly", hourly), ("net", name in rules["net"]), ("reckoned", spot.mention.reckoned),
        ("refused", _is_refused(spot)),
    ) if held)  # fmt: skip
    signs.add(f"asking{min(4, intent.asking[spot.place] // 20)}")
    around = {*_around(spot.words, spot.at), *_beside(spot.words, spot.at)}
    signs.update(around)
    if spot.bare:
        signs.update(f"bare:{sign}" for sign in around if sign[1].isdigit())


def _is_refused(spot: _Spot) -> bool:
    """Whether the words before an amount say that it is not wanted: 'I do not want 60'."""
    before = [" ".join(spot.words[max(0, end - _WINDOW) : end]) for end in (spot.at, spot.at - 1) if end > 0]
    return any(words.endswith(phrase) for words in before for phrase in vocabulary().amount["refused"])


def _beside(words: list[str], at: int) -> Iterator[str]:
    """Pairs of the words next to an amount, as they are and by what they stand for."""
    near = [words[place] if 0 <= place < len(words) else "" for place in (at - 2, at - 1, at + 1, at + 2)]
    for mark, (far, before, behind, beyond) in (("w", map(stem, near)), ("k", map(_called, near))):
        yield f"{mark}b:{far} {before}"
        yield f"{mark}a:{behind} {beyond}"
        yield f"{mark}o:{before} {behind}"


def _called(word: str) -> str:
    return next(iter(concepts_of(word)), stem(word))


def _around(words: list[str], at: int) -> Iterator[str]:
    for side, step in (("b", -1), ("a", 1)):
        for far in range(1, _WINDOW + 1):
            place = at + step * far
            if not 0 <= place < len(words):
                break
            for concept in concepts_of(words[place]):
                yield f"{side}:{concept}"
                if far <= _CLOSE:
                    yield f"{side}{far}:{concept}"
            if far <= _CLOSE:
                yield f"{side}{far}:{stem(words[place])}"
    for word in words:
        for concept in concepts_of(word):
            yield f"s:{concept}"


def _relations(
    passage: Passage, found: Mapping[Decimal, Candidate], spots: Mapping[Decimal, list[_Spot]], asking: set[int]
) -> None:
    values = list(found)
    asked_words = {stem(w) for p in asking for w in tokens(passage.sentences[p].shape) if _telling(w)}
    beside = [v for v in values if any(s.place in asking for s in spots[v])]
    for value, candidate in found.items():
        here = spots[value]
        others = [v for v in values if v != value]
        signs = candidate.signs
        if not others:
            signs -= {sign for sign in signs if sign.startswith(("a:", "s:"))}
        near = {stem(w) for s in here for w in s.words[max(0, s.at - 5) : s.at + 6] if _telling(w)}
        inside = any(s.place in asking for s in here)
        gap = min((min(asking) - s.place for s in here), key=abs) if asking else 0
        signs.update(sign for sign, held in (
            ("single", not others), ("repeated", len(here) > 1), ("largest", value == max(values)),
            ("smallest", value == min(values)), ("first", value == values[0]), ("last", value == values[-1]),
            ("part", any(value + a in found and value + a != a for a in others)),
            ("difference", any(a - b == value for a in others for b in others)),
            ("half", value * 2 in found), ("double", value / 2 in found),
            ("divides", any(_times(a, value) for a in others)), ("multiple", any(_times(value, a) for a in others)),
            ("shared", not inside and bool(near & asked_words)), ("inside", inside),
            ("after", not inside and gap < 0), ("near", not inside and gap == 1), ("far", not inside and gap > 1),
            ("outside", not beside), ("only", inside and len(beside) == 1),
        ) if held)  # fmt: skip
        signs.add(f"values{min(4, len(values))}")


def _telling(word: str) -> bool:
    return len(word) >= 5 and not word.startswith("money")


def _times(total: Decimal, part: Decimal) -> bool:
    """Whether an amount is a whole multiple (2 to 50) of another."""
    return bool(part) and total % part == 0 and 2 <= total / part <= 50


@lru_cache(maxsize=64)
def by_rule(shape: str) -> dict[str, set[str]]:
    """The names of the amounts in a folded sentence that stand as the phrases of each kind say."""
    words = vocabulary().money
    named = {kind: _named(patterns, shape) for kind, patterns in words.items()}
    near = {n for n in named["ask"] if re.search(rf"{n} (?:back|zuruck|refunded|returned)", shape)}
    named["each"] -= set(_according().findall(shape))
    named["background"] = (named["background"] | (_of_another(shape) - named["ask"])) - near
    if len(set(re.findall(r"[a-z]+", shape)) & set(vocabulary().amount["article"])) > 1:
        named["background"] -= set(re.findall(r"(?<!\w)a\W+(money\d+)", shape))  # no price, as after a French 'à'
    return named


@cache
def _according() -> re.Pattern[str]:
    """An amount behind which stands what it follows from: '1 250.00 per the contract' is no price of one."""
    return re.compile(rf"(money\d+)\W+(?:{'|'.join(map(re.escape, vocabulary().amount['according']))})(?!\w)")


def _named(patterns: Sequence[re.Pattern[str]], shape: str) -> set[str]:
    return {group for p in patterns for match in p.finditer(shape) for group in match.groups() if group}


def _of_another(shape: str) -> set[str]:
    """Amounts that another one is a part of: '50 of the 300'."""
    return set(re.findall(r"money\d+\W+(?:of|from|out of|von|de|sur|sobre)(?:\W+\w+){0,2}?\W+(money\d+)", shape))
