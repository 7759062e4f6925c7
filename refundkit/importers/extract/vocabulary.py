"""The word files of all languages, read once and compiled: what the extraction looks for lives there, not in code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, Final

from refundkit.importers.extract.index import PhraseIndex
from refundkit.importers.extract.phrases import any_of, compiled, fold, plain

LANGUAGES: Final = ("en", "de", "fr", "es")


_OF_MONEY: Final = ("background", "conclusion", "each", "hourly", "net")
_PLAIN: Final = frozenset(
    {
        "approx",
        "article",
        "billed_for",
        "refused",
        "same",
        "that_share",
        "approx_after",
        "range",
        "else",
        "goes_on",
        "noon",
        "past",
        "to_hour",
        "quarter",
        "half_past",
        "half_to",
        "between",
        "difference",
        "rest",
        "less",
        "one_of",
        "apart",
        "apiece",
        "at",
        "hours",
        "whose",
        "pair",
        "according",
        "per",
        "per_hour",
        "per_piece",
        "both",
        "percent_of",
        "tax",
        "calendar",
        "place",
        "measure",
        "figures",
        "no_number",
    }
)
"""Lists of plain words about amounts; the others are phrases."""


_STRENGTHS: Final = {"strong": 3, "weak": 1}


@dataclass(frozen=True, slots=True)
class Numerals:
    """Number words of one language: atoms by value, the run of them as a pattern, and what means 'cents'.

    `twenties`: the tens that ten to nineteen may follow (soixante-dix).
    """

    value: dict[str, int]
    atom: re.Pattern[str]
    run: str
    cents: str
    twenties: frozenset[int]


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """What speaks for which reason: each phrase's reason and weight, by its number in the index."""

    codes: tuple[str, ...]
    phrases: PhraseIndex
    weights: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything the languages say, together: a message may be written in two of them."""

    dollars: dict[str, str]
    signs: dict[str, str]
    kinds: tuple[tuple[re.Pattern[str], str], ...]
    lower_codes: frozenset[str]
    currency_words: dict[str, str]
    numerals: tuple[Numerals, ...]
    halves: dict[str, Decimal]
    and_a_half: tuple[str, ...]
    fractions: tuple[tuple[re.Pattern[str], Fraction], ...]
    amount: dict[str, list[str]]
    partial: re.Pattern[str]
    open: re.Pattern[str]
    at_ease: re.Pattern[str]
    parts: tuple[tuple[re.Pattern[str], Fraction], ...]
    counted: tuple[re.Pattern[str], ...]
    all_but: re.Pattern[str]
    money: dict[str, tuple[re.Pattern[str], ...]]
    intent: dict[str, re.Pattern[str]]
    reasons: ReasonWords
    letter: dict[str, re.Pattern[str]]
    machine: dict[str, re.Pattern[str]]
    ids: dict[str, list[str]]
    form: dict[str, str]
    sums: dict[str, frozenset[str]]
    typos: dict[str, str]
    table: dict[str, frozenset[str]]

    def number(self, word: str) -> int:
        """What a number word of any language says, 0 when it says none."""
        return int(word) if word.isdigit() else next((n.value[word] for n in self.numerals if word in n.value), 0)


@cache
def vocabulary() -> Vocabulary:
    """All word files, compiled once."""
    common = _load("common")
    languages = [_load(name) for name in LANGUAGES]
    amount = _merged(languages, "amount")
    intent = _merged(languages, "intent")
    money = {name: tuple(compiled(p) for p in amount[name]) for name in _OF_MONEY}
    money["ask"] = tuple(compiled(p) for p in intent["ask_money"])
    return Vocabulary(
        dollars=common["dollars"],
        signs=common["signs"],
        kinds=tuple((any_of([words]), code) for words, code in common["kinds"].items()),
        lower_codes=frozenset(common["codes"]["lower"]),
        currency_words={fold(word): code for data in languages for word, code in data["currency"].items()},
        numerals=tuple(_numerals(data) for data in languages),
        halves={fold(w): Decimal(n) for data in languages for w, n in data["halves"].items() if w != "and"},
        and_a_half=tuple(fold(w) for data in languages for w in data["halves"]["and"]),
        fractions=_fractions(languages),
        amount={name: [fold(w) for w in words] for name, words in amount.items() if name in _PLAIN},
        partial=any_of(amount["partial"]),
        open=any_of(amount["open"]),
        at_ease=any_of(amount["at_ease"]),
        parts=tuple((compiled(words), Fraction(part)) for data in languages for words, part in data["parts"].items()),
        counted=tuple(compiled(phrase) for phrase in amount["counted"]),
        all_but=any_of(amount["all_but"]),
        money=money,
        intent={name: any_of(phrases) for name, phrases in intent.items() if name != "ask_money"},
        reasons=_reasons(languages),
        letter={name: any_of(phrases) for name, phrases in _merged(languages, "letter").items()},
        machine={name: any_of(phrases) for name, phrases in _merged(languages, "machine").items()},
        ids={name: [fold(w) for w in words] for name, words in _merged(languages, "ids").items()},
        form={fold(label): field for data in languages for field, labels in data["form"].items() for label in labels},
        sums={name: frozenset(map(fold, words)) for name, words in _merged(languages, "sums").items()},
        typos=_typos(languages),
        table={name: frozenset(map(fold, words)) for name, words in _merged(languages, "table").items()},
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("words", f"{name}.toml").read_text("utf-8"))


def _merged(languages: list[dict[str, Any]], section: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for data in languages:
        for name, phrases in data[section].items():
            out.setdefault(name, []).extend(phrases)
    return out


def _numerals(data: dict[str, Any]) -> Numerals:
    words = dict(data["numbers"])
    twenties = frozenset(words.pop("twenties", ()))
    joints = [fold(w) for w in words.pop("and")]
    value = {fold(word).replace("-", " "): number for word, number in words.items()}
    longest = sorted(value, key=len, reverse=True)
    atoms = "|".join(re.escape(w).replace(r"\ ", r"[\s-]") for w in longest)
    joint = "|".join(joints)
    run = rf"(?:{atoms})(?:[\s-]*(?:(?:{joint})[\s-]*)?(?:{atoms})){{0,11}}"
    return Numerals(value, re.compile(atoms), run, "|".join(fold(w) for w in data["cents"]["words"]), twenties)


def _fractions(languages: list[dict[str, Any]]) -> tuple[tuple[re.Pattern[str], Fraction], ...]:
    found = [(fold(words), Fraction(value)) for data in languages for words, value in data["fractions"].items()]
    found.sort(key=lambda item: -len(item[0]))
    articles = r"(?:\s+(?:the|that|my|our|those|der|den|die|des|les|los|las|ces|ces|a))?"
    return tuple(
        (re.compile(rf"(?<!\w){re.escape(words)}{articles}\s+(money\d+)(?!\w)"), value) for words, value in found
    )


def _reasons(languages: list[dict[str, Any]]) -> ReasonWords:
    codes = tuple(languages[0]["reasons"])
    every = [
        (phrase, (code, weight))
        for code in codes
        for data in languages
        for strength, weight in _STRENGTHS.items()
        for phrase in data["reasons"][code][strength]
    ]
    return ReasonWords(codes, PhraseIndex([phrase for phrase, _ in every]), tuple(weight for _, weight in every))


def _typos(languages: list[dict[str, Any]]) -> dict[str, str]:
    """Slips -> the word meant: two neighbours swapped, one letter left out, one doubled; and words written by ear."""
    words = {plain(w).lower() for data in languages for w in data["typos"]["words"]}
    keep = {plain(w).lower() for data in languages for w in data["typos"]["keep"]} | words
    slips: dict[str, str] = {}
    for data in languages:
        slips |= data["typos"].get("by_ear", {})
    for word in sorted(words):
        for at in range(1, len(word)):
            left, right = word[:at], word[at:]
            shorter = left + right[1:] if len(word) > 5 else word
            for slip in (shorter, left + right[0] + right, left[:-1] + right[0] + left[-1] + right[1:]):
                if slip not in keep and len(slip) > 4:
                    slips.setdefault(slip, word)
    return slips
