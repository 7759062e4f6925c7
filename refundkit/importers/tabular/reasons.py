"""Which reason a cell names, by its own code or by people's words in four languages (reasons.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from refundkit.importers.extract.reasons import OTHER, reason
from refundkit.importers.extract.sentences import passage
from refundkit.model.words import REASONS

_READ: Final = 2_000
_FEW: Final = 12
_SURER, _SURE, _LIKELY = 90, 75, 40
"""How sure the trained reading must be, in per cent: against a phrase of several words, against a word, by itself."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("reasons.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _phrases() -> list[tuple[str, re.Pattern[str]]]:
    """For each reason one pattern of all its phrases, longer ones first."""
    return [
        (named, re.compile(r"(?<!\w)(?:" + "|".join(map(_pattern, sorted(words, key=len, reverse=True))) + r")(?!\w)"))
        for named, words in _data().items()
        if named in REASONS
    ]


def _pattern(phrase: str) -> str:
    parts = [part.replace("-", " ").replace("*", r"\w*") for part in phrase.split(" ... ")]
    return r"(?: \w+){1,4} ".join(parts)


@lru_cache(maxsize=8192)
def words_of(text: str) -> str:
    """Lower case, without accents, everything but letters and digits a single space."""
    bare = text[:_READ].casefold()
    if not bare.isascii():
        spread = unicodedata.normalize("NFKD", text[:_READ]).casefold()
        bare = "".join(c for c in spread if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


def is_vague(text: str) -> bool:
    """Whether a cell names a help desk's queue rather than a reason: 'Billing'."""
    return words_of(text) in _data()["vague"]


def reason_of(text: str) -> str:
    """The reason a text names, '' when it names none. 'other' only where the text says so itself ('misc')."""
    return _named(text[:_READ])


def names_reason(text: str) -> bool:
    """Whether a cell names a reason by its code or by a phrase, with few words besides: 'double payment'."""
    said = words_of(text)
    short = said in _data()["codes"] or said.replace(" ", "-") in REASONS
    return short or (said.count(" ") < _FEW and bool(_by_phrase(said)[0]))


@lru_cache(maxsize=4096)
def _named(text: str) -> str:
    code = text.strip().lower().replace("_", "-").replace(" ", "-")
    if code in REASONS:
        return code
    if short := _data()["codes"].get(words_of(text)):
        return str(short)
    named, phrase = _by_phrase(words_of(text))
    if not any(c.isalpha() for c in text):
        return named
    learned = reason(passage(text, "").sentences)
    against = _LIKELY if not phrase else _SURER if " " in phrase else _SURE
    return learned.code if learned.code != OTHER and learned.sure >= against else named


def _by_phrase(said: str) -> tuple[str, str]:
    """The reason of which the longest phrase stands in a text, and that phrase; '' and '' when none does."""
    best, phrase = "", ""
    for named, pattern in _phrases():
        longest = max((m[0] for m in pattern.finditer(said)), key=len, default="")
        if len(longest) > len(phrase) and not (named == OTHER and best):
            best, phrase = named, longest
    return best, phrase
