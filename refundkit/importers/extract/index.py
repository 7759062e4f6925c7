"""Which of many phrases stand in a text: only those are searched for that need one of its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from refundkit.importers.extract.phrases import compiled, fold

_WORD: Final = re.compile(r"\w+")
_PIECE: Final = re.compile(r"[\w*]+")
_HEAD: Final = 3
_WORDS_OF: Final = {
    "{money}": ("money*",), "{inv}": ("invref",), "{ord}": ("ordref",), "{cus}": ("cusref",),
    "{id}": ("invref", "ordref"), "{credit}": ("credit",),
}  # fmt: skip


class PhraseIndex:
    """Phrases by the rarest word that each cannot do without."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = tuple(phrases)
        self._patterns: dict[int, re.Pattern[str]] = {}
        self._always: list[int] = []
        self._words: dict[str, list[int]] = {}
        self._heads: dict[str, list[tuple[str, int]]] = {}
        for number, phrase in enumerate(phrases):
            self._file(number, needed(phrase))
        self.found: Callable[[str], frozenset[int]] = lru_cache(maxsize=1_000)(self._found)

    def _file(self, number: int, words: Sequence[str]) -> None:
        if not words:
            self._always.append(number)
        for word in words:
            if word.endswith("*"):
                self._heads.setdefault(word[:_HEAD], []).append((word[:-1], number))
            else:
                self._words.setdefault(word, []).append(number)

    def _found(self, shape: str) -> frozenset[int]:
        """The numbers of the phrases that stand in a folded text."""
        maybe = set(self._always)
        for word in set(_WORD.findall(shape)):
            maybe.update(self._words.get(word, ()))
            maybe.update(number for head, number in self._heads.get(word[:_HEAD], ()) if word.startswith(head))
        return frozenset(number for number in maybe if self._pattern(number).search(shape))

    def _pattern(self, number: int) -> re.Pattern[str]:
        """Compiled when it is first looked for: few of them ever are."""
        if number not in self._patterns:
            self._patterns[number] = compiled(self._phrases[number])
        return self._patterns[number]


def needed(phrase: str) -> Sequence[str]:
    """Words (or beginnings of words, with a `*`) of which a text must have one to hold the phrase; () when unknown."""
    choices = [_words(part) for part in phrase.split() if part != ".." and not part.endswith("?")]
    known = [words for words in choices if words]
    return max(known, key=lambda words: min(len(word.rstrip("*")) for word in words), default=())


def _words(part: str) -> list[str]:
    """The words of which one stands where this part of a phrase does; [] when they cannot be told."""
    found: list[str] = []
    for choice in part.split("|"):
        if choice.startswith("{") and choice not in _WORDS_OF:
            return []
        words = _WORDS_OF.get(choice) or [max(_PIECE.findall(fold(choice)), key=len, default="")]
        if any(not word or "*" in word[:-1] or (word[-1] == "*" and len(word) <= _HEAD) for word in words):
            return []
        found += words
    return found
