"""What became of each row of a list, and what kind of entry it is: by the columns that say so.

A column says so by its heading, or by most of its cells. What is over is left out; what may be over is a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from refundkit.importers.tabular.headings import (
    Columns,
    asks,
    is_of_done,
    is_of_staff,
    is_of_state,
    is_of_types,
    is_of_visit,
)
from refundkit.importers.tabular.inferred import SAMPLE, looks
from refundkit.importers.tabular.rows import BrokenRowError, Sheet
from refundkit.importers.tabular.states import OVER, Entry, State, doubt_of, entry_of, is_state, state_of

_MOST: Final = 60
_LEAST: Final = 2
_SHORT: Final = 200
_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class Fate:
    """What the columns of a row say of it. `why` it is no request, '' when it may be one; `doubts`: for a person."""

    state: State = State.OPEN
    why: str = ""
    doubts: tuple[str, ...] = ()


class Fates:
    """The columns of one list that say what became of its rows."""

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self.headings = sheet.headings
        self.status = columns.places.get("status", -1)
        used = {*columns.places.values(), *columns.subjects}
        free = [at for at, heading in enumerate(sheet.headings) if at not in used and not is_of_staff(heading)]
        seen = _seen(sheet, free)
        self.types = next((at for at in free if is_of_types(sheet.headings[at])), -1)
        self.asked_here = self.types >= 0 and Entry.ASKED in map(entry_of, seen[self.types])
        done = [at for at in free if is_of_done(sheet.headings[at]) and not _share(seen[at], _is_sum)]
        if self.status >= 0 and is_of_done(sheet.headings[self.status]):
            done.append(self.status)
        self.done = frozenset(done)
        shown = {at for at in free if is_of_state(sheet.headings[at]) or at in self.done or _tells(seen[at])}
        said = [at for at in columns.subjects if is_of_state(sheet.headings[at]) or is_of_done(sheet.headings[at])]
        self.told = frozenset(said)
        self.columns = sorted({*shown, *said, self.status} - {-1})
        self.loose = [at for at in free if at not in shown and any(map(_has_letters, seen[at]))]
        self.idle = not (self.columns or self.loose or self.types >= 0)

    def of(self, cells: Sequence[str]) -> Fate:
        """What they say of a row of the list's width."""
        if self.idle:
            return Fate()
        states = [(at, self._state(at, cells[at])) for at in self.columns if cells[at]]
        over = next((state for _, state in states if state in OVER), None)
        if over is not None:
            return Fate(over, over.value)
        doubts: list[str] = []
        entry = entry_of(cells[self.types]) if self.types >= 0 else Entry.UNKNOWN
        if entry is Entry.PAID_BACK:
            return Fate(State.SETTLED, State.SETTLED.value)
        if entry is Entry.BOOKED:
            if self.asked_here:
                return Fate(why=f"by its type it is an entry of the books, not a request: {cells[self.types][:40]}")
            doubts.append(f"{self._heading(self.types)}: '{cells[self.types][:40]}' is no request")
        for at, state in states:
            if state is State.CANCELLED:
                doubts.append(f"{self._heading(at)}: '{cells[at][:40]}' may be said of the visit or of the request")
        settled = (at for at in self.loose if cells[at] and doubt_of(cells[at]))
        doubts += [f"{self._heading(at)}: '{cells[at][:40]}' may say that it is settled" for at in settled]
        closed = (self.status, State.CLOSED) in states
        return Fate(State.CLOSED if closed else State.OPEN, doubts=tuple(doubts)) if closed or doubts else _OPEN

    def _state(self, at: int, text: str) -> State:
        if at in self.told and text.count(" ") > _FEW:
            return State.OPEN  # a story, of which the words are read
        state = state_of(text, only_done=at in self.done)
        if state is not State.CANCELLED:
            return state
        if is_of_visit(self.headings[at]):
            return State.OPEN
        return State.WITHDRAWN if asks(self.headings[at]) else state

    def _heading(self, at: int) -> str:
        return " ".join(self.headings[at].split())[:60]


_OPEN: Final = Fate()


def _seen(sheet: Sheet, places: Sequence[int]) -> dict[int, list[str]]:
    """The filled cells of some columns in the first rows of a list."""
    found: dict[int, list[str]] = {at: [] for at in places}
    width = len(sheet.headings)
    try:
        for _, row in islice(sheet.rows(), SAMPLE if places else 0):
            if len(row) == width:
                for at in places:
                    if text := row[at].strip():
                        found[at].append(text[:_SHORT])
    except BrokenRowError:
        pass  # the reading proper comes to the same row and reports it
    return found


def _tells(texts: Sequence[str]) -> bool:
    """Whether the cells of a column say in most rows what became of them, and of one that it is over."""
    return _share(texts, is_state) and any(state_of(text) in OVER for text in texts)


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return len(texts) >= _LEAST and 100 * sum(map(holds, texts)) > _MOST * len(texts)


def _is_sum(text: str) -> bool:
    return "number" in looks(text)


def _has_letters(text: str) -> bool:
    return "@" not in text and any(map(str.isalpha, text))
