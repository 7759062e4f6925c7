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

_FEW: Final = 6
"""A cell of more words than this tells a story."""
_BEGIN: Final = 5
_SENTENCE_ENDS: Final = re.compile(r"[.!?]\s+(?=[A-Z\u00c0-\u00dc])|\n")
_FIRST: Final = re.compile(r"\W*([^\W\d_]{4,8})\b")
_DATE: Final = re.compile(r"\d{1,4}(?: \d{1,4}| [^\W\d]{3,10}){1,2}")


class State(Enum):
    """Of a request somebody keeps in a list.

    `CLOSED` says that nobody works on it, and not why; `CANCELLED` that a visit or the request itself was.
    """

    OPEN = ""
    SETTLED = "the list says that it was paid back"
    DECLINED = "the list says that it was turned down"
    WITHDRAWN = "the request was withdrawn"
    VOIDED = "the list says that it was voided"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def kind(self) -> NoRequest:
        """What a row is that is left out for it."""
        return NoRequest.WITHDRAWAL if self is State.WITHDRAWN else NoRequest.NONE


OVER: Final = (State.SETTLED, State.DECLINED, State.WITHDRAWN, State.VOIDED)
"""Nobody waits for this money any more."""


class Entry(Enum):
    """What kind of entry a row is, as a ledger's column of types says it: 'Invoice', 'Refund request'."""

    UNKNOWN = ""
    ASKED = "asked"
    BOOKED = "booked"
    PAID_BACK = "paid-back"


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("states.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    return {name: any_of(phrases) for name, phrases in _phrases().items()}


@lru_cache(maxsize=4096)
def state_of(text: str, *, only_done: bool = False) -> State:
    """What a cell of a column of states says. `only_done`: the column says of each row whether it is done, and when."""
    said, words = words_of(text), _words()
    if words["told_withdrawn"].search(said):
        return State.WITHDRAWN
    if words["wont"].search(said):
        return State.DECLINED
    if words["slips"].search(said):
        return State.VOIDED
    if not said or words["open"].search(said):
        return State.OPEN
    for state in (State.WITHDRAWN, State.DECLINED, State.SETTLED, State.VOIDED, State.CANCELLED):
        if words[state.name.lower()].search(said):
            return state
    if only_done and (words["done"].match(said) or _DATE.fullmatch(said)):
        return State.SETTLED
    return State.CLOSED if words["closed"].fullmatch(said) else State.OPEN


def is_state(text: str) -> bool:
    """Whether a cell says what became of a row, and little else: 'to do', 'refunded 3/9'."""
    said = words_of(text)
    few = said.count(" ") < _FEW
    return few and (state_of(text) is not State.OPEN or bool(_words()["open"].match(said)))


@lru_cache(maxsize=1024)
def entry_of(text: str) -> Entry:
    """What a cell of a column of types says."""
    said, words = words_of(text), _words()
    for entry, name in ((Entry.PAID_BACK, "paid_back"), (Entry.BOOKED, "booked"), (Entry.ASKED, "asked")):
        if words[name].fullmatch(said):
            return entry
    return Entry.UNKNOWN


_TOLD: Final = {
    "told_withdrawn": "By its words it may have been taken back.",
    "told_declined": "By its words it may have been turned down.",
    "told_settled": "By its words it may have been paid back already.",
    "slips": "By its words it may have been entered by mistake.",
    "voided": "By its words it may have been voided.",
    "told_supplier": "By its words it may be a supplier's credit, not a customer's.",
}


@lru_cache(maxsize=1)
def _begins() -> frozenset[str]:
    """How the first words of those phrases begin: a glance that spares most texts the search."""
    phrases = [phrase.split() for name in _TOLD for phrase in _phrases()[name]]
    first = [word for words in phrases for word in words[: 1 + words[0].endswith("?")]]
    return frozenset(either.strip("*?")[:_BEGIN] for word in first for either in word.split("|"))


@lru_cache(maxsize=4096)
def doubt_of(text: str) -> str:
    """The sentence for a row whose words say that nobody waits for its money any more; '' for any other."""
    if _begins().isdisjoint([word[:_BEGIN] for word in words_of(text).split(" ")]):
        return ""
    sentences = [words_of(said) for said in _SENTENCE_ENDS.split(text)]
    return next((why for name, why in _TOLD.items() if any(map(_words()[name].search, sentences))), "")


def asks_for_paper(text: str) -> bool:
    """Whether words ask for a copy, a receipt or a quote, and for no money."""
    said, words = words_of(text), _words()
    return bool(words["papers"].search(said)) and not words["money"].search(said)


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
