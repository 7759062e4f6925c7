"""Which reason a cell names, by its own code or by people's words in four languages (reasons.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final

from refundkit.model.words import REASONS

_READ: Final = 2_000


@lru_cache(maxsize=1)
def _phrases() -> list[tuple[str, re.Pattern[str]]]:
    """For each reason one pattern of all its phrases, longer ones first."""
    text = files(__package__).joinpath("reasons.toml").read_text(encoding="utf-8")
    return [
        (reason, re.compile(r"(?<!\w)(?:" + "|".join(map(_pattern, sorted(words, key=len, reverse=True))) + r")(?!\w)"))
        for reason, words in tomllib.loads(text).items()
    ]


def _pattern(phrase: str) -> str:
    parts = [part.replace("-", " ").replace("*", r"\w*") for part in phrase.split(" ... ")]
    return r"(?: \w+){1,4} ".join(parts)


def words_of(text: str) -> str:
    """Lower case, without accents, everything but letters and digits a single space."""
    spread = unicodedata.normalize("NFKD", text[:_READ]).casefold()
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


def reason_of(text: str) -> str:
    """The reason a text names, '' when it names none. 'other' only where the text says so itself ('misc')."""
    return _named(text[:_READ])


@lru_cache(maxsize=1024)
def _named(text: str) -> str:
    code = text.strip().lower().replace("_", "-").replace(" ", "-")
    if code in REASONS:
        return code
    said = words_of(text)
    best, length = "", 0
    for reason, pattern in _phrases():
        longest = max((len(m[0]) for m in pattern.finditer(said)), default=0)
        if longest > length and not (reason == "other" and best):
            best, length = reason, longest
    return best
