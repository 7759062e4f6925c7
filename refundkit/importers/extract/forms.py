"""How a shop's own numbers look, learned from those in its records: 'RE-2026/0117' has letters, a year and a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from refundkit.importers.extract.vocabulary import vocabulary

_DIGITS: Final = re.compile(r"\d+")
_SIGNS: Final = re.compile(r"[\s/._-]+")
_BETWEEN: Final = "[ /._-]{0,2}"
_MOST_FORMS: Final = 12
_LONGEST: Final = 40
_RARE: Final = 20
"""A form that fewer than one number in so many has is a slip, not a form."""


@dataclass(frozen=True, slots=True)
class IdForm:
    """A form of a kind of number ('customer', 'order', 'invoice').

    `around`: what stands around its runs of digits; `lengths`: how long each run may be.
    """

    kind: str
    around: tuple[str, ...]
    lengths: tuple[tuple[int, int], ...]


def forms_of(known: Mapping[str, Iterable[str]]) -> tuple[IdForm, ...]:
    """The forms that the known numbers of each kind have, the commonest first."""
    return tuple(form for kind, numbers in known.items() for form in _forms(kind, list(numbers)))


def _forms(kind: str, numbers: list[str]) -> list[IdForm]:
    groups: dict[tuple[str, ...], list[list[int]]] = {}
    for number in numbers:
        runs = _DIGITS.findall(number)
        if runs and len(number) <= _LONGEST:
            groups.setdefault(tuple(_DIGITS.split(number)), []).append([len(run) for run in runs])
    common = sorted((g for g in groups.items() if len(g[1]) * _RARE >= len(numbers)), key=lambda g: -len(g[1]))
    return [
        IdForm(kind, around, tuple((min(run), max(run)) for run in zip(*lengths, strict=True)))
        for around, lengths in common[:_MOST_FORMS]
    ]


@lru_cache(maxsize=8)
def patterns(forms: tuple[IdForm, ...]) -> tuple[tuple[IdForm, re.Pattern[str]], ...]:
    """Each form as a pattern; its groups are the runs of digits."""
    return tuple((form, re.compile("".join(_pattern(form)), re.IGNORECASE)) for form in forms)


def written(form: IdForm, match: re.Match[str]) -> str:
    """The number as the records write it."""
    runs = [run.zfill(least) for run, (least, _) in zip(match.groups(), form.lengths, strict=True)]
    return "".join(part for pair in zip(form.around, [*runs, ""], strict=True) for part in pair)


def _pattern(form: IdForm) -> Iterator[str]:
    """Signs between the parts may be others or missing; digits alone count only after a word for such a number."""
    yield r"(?<![\w-])"
    if not any(c.isalpha() for part in form.around for c in part) and len(form.lengths) == 1:
        words = "|".join(re.escape(w) for w in sorted(vocabulary().ids[form.kind], key=len, reverse=True))
        link = "|".join(re.escape(w) for w in vocabulary().ids["link"])
        yield rf"(?:{words})(?![\w])(?:[\s.:#]+(?:{link})(?![\w]))*[\s.:#(]*"
    for place, part in enumerate(form.around):
        yield _SIGNS.sub(_BETWEEN, re.escape(_SIGNS.sub(" ", part)).replace("\\ ", " "))
        if place < len(form.lengths):
            least, most = form.lengths[place]
            between = _BETWEEN if part and part[-1].isalpha() else ""
            yield rf"{between}(\d{{{1 if place and least > 3 else least},{most}}})"
    yield r"(?![\w]|[-/.]\d)"
