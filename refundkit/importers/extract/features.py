"""What the trained reading sees of a sentence: its words, and the concepts they stand for in any of the languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(r"money\d+|[a-z]+(?:-[a-z]+)*|\d+|[?!%]")
_REACH: Final = 4
_STEM: Final = 6
_MONEY: Final = "money0"
MAX_TOKENS: Final = 200


def tokens(shape: str) -> list[str]:
    """The words, numbers and telling signs of a folded sentence; amounts stay apart (money0, money1)."""
    return _TOKEN.findall(shape)[:MAX_TOKENS]


def stem(word: str) -> str:
    """The beginning of a word; all amounts are one, and so are all numbers."""
    if word.startswith("money") and word[5:].isdigit():
        return _MONEY
    return "n0" if word.isdigit() else word[:_STEM]


def of_sentence(shape: str) -> set[str]:
    """The features of one folded sentence: stems, neighbours, concepts, and concepts that stand near each other."""
    words = tokens(shape)
    stems = [stem(word) for word in words]
    found = set(stems)
    found.update(map(" ".join, pairwise(stems)))
    marked = [concepts for concepts in map(concepts_of, words) if concepts]
    for place, here in enumerate(marked):
        found.update(here)
        for near in marked[place + 1 : place + 1 + _REACH]:
            found.update(f"{a}>{b}" for a in here for b in near)
    return found


def of_message(shapes: Iterable[str]) -> set[str]:
    """The features of all sentences of a message together."""
    return set().union(*(of_sentence(shape) for shape in shapes))


@lru_cache(maxsize=50_000)
def concepts_of(word: str) -> tuple[str, ...]:
    """The concepts a word stands for, in capitals."""
    if word.startswith("money") and word[5:].isdigit():
        return ("MONEY0",)
    exact, heads, others = _lexicon()
    found = list(exact.get(word, ()))
    found += [name for head, name in heads.get(word[:3], ()) if word.startswith(head)]
    found += [name for pattern, name in others if pattern.match(word)]
    return tuple(dict.fromkeys(found))


@cache
def _lexicon() -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str]]], Sequence[tuple[re.Pattern[str], str]]]:
    """Words by spelling, beginnings by their first three letters, and the rest as patterns."""
    exact: dict[str, list[str]] = {}
    heads: dict[str, list[tuple[str, str]]] = {}
    others: list[tuple[re.Pattern[str], str]] = []
    for name, entry in _entries():
        if "*" not in entry:
            exact.setdefault(entry, []).append(name)
        elif entry.count("*") == 1 and entry.endswith("*") and len(entry) > 3:
            heads.setdefault(entry[:3], []).append((entry[:-1], name))
        else:
            others.append((re.compile(re.escape(entry).replace(r"\*", ".*") + r"\Z"), name))
    return exact, heads, others


def _entries() -> Iterator[tuple[str, str]]:
    data = tomllib.loads(files(__package__).joinpath("words", "concepts.toml").read_text("utf-8"))
    for concept, languages in data.items():
        for words in languages.values():
            for word in words.split():
                yield concept.upper(), word
