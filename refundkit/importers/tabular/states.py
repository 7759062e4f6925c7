"""What became of a request, by a column of states and by the words of its row; words in states.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Final

from refundkit.importers.extract.phrases import any_of
from refundkit.importers.tabular.reasons import words_of
from refundkit.model.requests import NoRequest

_FIRST: Final = re.compile(r"\W*([^\W\d_]{4,8})\b")
_DATE: Final = re.compile(r"\d{1,4}(?: \d{1,4}| [^\W\d]{3,10}){1,2}")


class State(Enum):
    """Of a request somebody keeps in a list; `CLOSED` says that nobody works on it, and not why."""

    OPEN = ""
    SETTLED = "the list says that it was paid back"
    DECLINED = "the list says that it was turned down"
    WITHDRAWN = "the request was withdrawn"
    CLOSED = "closed"

    @property
    def kind(self) -> NoRequest:
        """What a row is that is left out for it."""
        return NoRequest.WITHDRAWAL if self is State.WITHDRAWN else NoRequest.NONE


OVER: Final = (State.SETTLED, State.DECLINED, State.WITHDRAWN)
"""Nobody waits for this money any more."""


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    text = files(__package__).joinpath("states.toml").read_text(encoding="utf-8")
    return {name: any_of(phrases) for name, phrases in tomllib.loads(text).items()}


@lru_cache(maxsize=1024)
def state_of(text: str, *, only_done: bool = False) -> State:
    """What a cell of a column of states says. `only_done`: the column says of each row whether it is done, and when."""
    said, words = words_of(text), _words()
    if words["told_withdrawn"].search(said):
        return State.WITHDRAWN
    if words["wont"].search(said):
        return State.DECLINED
    if not said or words["open"].search(said):
        return State.OPEN
    for state, name in ((State.WITHDRAWN, "withdrawn"), (State.DECLINED, "declined"), (State.SETTLED, "settled")):
        if words[name].search(said):
            return state
    if only_done and (words["done"].match(said) or _DATE.fullmatch(said)):
        return State.SETTLED
    return State.CLOSED if words["closed"].fullmatch(said) else State.OPEN


def first_over(texts: Iterable[str]) -> State:
    """The first of some cells of columns of states after which nobody waits for the money, else that it is open."""
    return next((state for text in texts if (state := state_of(text)) in OVER), State.OPEN)


@lru_cache(maxsize=4096)
def doubt_of(text: str) -> str:
    """The sentence for a row whose words say that it was settled, turned down or taken back; '' for any other."""
    said, words = words_of(text), _words()
    for name, what in (
        ("told_withdrawn", "taken back"), ("told_declined", "turned down"), ("told_settled", "paid back already"),
    ):  # fmt: skip
        if words[name].search(said):
            return f"By its words it may have been {what}."
    return ""


def is_test(cells: Iterable[str]) -> bool:
    """Whether one of the cells shows that somebody only tried a form out: 'asdf asdf', 'TEST, please ignore'."""
    for cell in cells:
        first = _FIRST.match(cell)
        if first is None or not _words()["tests"].fullmatch(first[1].casefold()):
            continue
        said = words_of(cell)
        if all(_words()["tests"].fullmatch(word) for word in said.split()) or _words()["trying"].search(said):
            return True
    return False
