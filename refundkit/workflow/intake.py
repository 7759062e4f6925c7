"""Brings requests in: every row and message becomes a case, or is kept with the reason; once, all or nothing."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from refundkit.importers.extract.forms import forms_of
from refundkit.importers.registry import ShopFacts, files_in, read_file
from refundkit.importers.tabular.choices import Choices
from refundkit.model.people import Act
from refundkit.model.requests import NOTED, PRESSING, Draft, Ignored, Place, Reading, Reject
from refundkit.store import cases, lookup, records
from refundkit.workflow.fingerprints import Fingerprints
from refundkit.workflow.kinship import Near, OnDuplicate
from refundkit.workflow.leftovers import LeftOver
from refundkit.workflow.lists import Ways
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop
from refundkit.workflow.taking import Taker, came_as_duplicate, is_complete

_BATCH: Final = 1_000
_NUMBERS: Final = 500
"""So many numbers of each kind show what they look like."""
Progress = Callable[[str, int], None]
Choose = Callable[[Sequence[Near]], Mapping[str, OnDuplicate]]


@dataclass(slots=True)
class Line:
    """What became of one row or message. `case`: its id, or that of the case it was put on.

    `first`: the id of the case it repeats or may repeat, `place`: where that one came from, with its sheet
    where it cannot be told without.
    """

    reading: Reading
    disposition: str
    case: str = ""
    first: str = ""
    place: Place | None = None
    request: dict[str, Any] | None = None


@dataclass
class Report:
    """What an import did. `lines` in order; `counts` by disposition; `states` of the new cases; `noted`: how many
    messages were put on the case they are about.

    `notes` say what the columns of lists with headings of their own were taken for.
    """

    lines: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    noted: int = 0
    again: int = 0
    assessed: bool = True

    def add(self, line: Line, *, keep: bool) -> None:
        """Count a line, and keep it when somebody will look at it."""
        self.counts[line.disposition] = self.counts.get(line.disposition, 0) + 1
        if keep or line.disposition in ("reject", "ignore", "review"):
            self.lines.append(line)


def shop_facts(shop: Shop) -> ShopFacts:
    """What reading may know of the shop: its own people are those of the policy and all users with an address.

    How its own numbers look is learned from those in its records.
    """
    people = [person.email for person in shop.org.people.values() if person.email]
    forms = forms_of(lookup.some_numbers(shop.store.connection, _NUMBERS))
    return ShopFacts(shop.org.base, shop.zone, shop.now, (*shop.policy.staff.addresses, *people), forms=forms)


def run(
    shop: Shop,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    keep_lines: bool = True,
    on_duplicate: OnDuplicate = OnDuplicate.REVIEW,
    choices: dict[str, OnDuplicate] | None = None,
    choose: Choose | None = None,
    ways: Ways | None = None,
) -> Report:
    """Import files and folders in one transaction. The same row or message again adds nothing.

    `choose` is asked, before anything is written, what becomes of the requests that may be there already; `choices`
    are such answers by the mark of a reading. `ways`: what a person said about lists.
    """
    shop.require(Act.IMPORT)
    facts = shop_facts(shop)
    ways = ways or Ways(Choices())
    notes: dict[str, None] = {}

    def readings() -> Iterator[tuple[str, str, Iterator[Reading]]]:
        for path in files_in(paths):
            lists = replace(ways.of(shop, path), say=lambda note: notes.update({note: None}))
            yield str(path), path.name, read_file(path, str(path), replace(facts, lists=lists))

    report = Report()
    with shop.write(keep=not dry_run and choose is None) as pen, few_collections():
        intake = Intake(
            shop, pen, report, keep_lines=keep_lines, on_duplicate=on_duplicate, choices=choices or {},
            compare=choose is not None,
        )  # fmt: skip
        for where, name, found in readings():
            intake.file(where, name, found, progress)
    if choose is not None:  # the store was locked for as long as it took to look, and not while somebody thinks
        said = choose(intake.near) if intake.near else {}
        return run(
            shop, paths, dry_run=dry_run, progress=progress, keep_lines=keep_lines, on_duplicate=on_duplicate,
            choices=dict(said), ways=ways,
        )  # fmt: skip
    report.notes = list(notes)
    return report


@contextlib.contextmanager
def few_collections() -> Iterator[None]:
    """Look for cycles seldom: an import makes millions of small objects and no cycles (a fifth of its time)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Intake:
    """Turns readings into events, a batch at a time, each request seeing what those before it became."""

    def __init__(
        self, shop: Shop, pen: Pen, report: Report, *, keep_lines: bool, on_duplicate: OnDuplicate,
        choices: dict[str, OnDuplicate], compare: bool = False,
    ) -> None:  # fmt: skip
        self._pen, self._report, self._keep_lines = pen, report, keep_lines
        counted = records.counts(pen.connection, ("customers", "service_orders", "invoices"))
        report.assessed = any(counted.values())
        self._taker = Taker(
            shop, pen, assessed=report.assessed, on_duplicate=on_duplicate, choices=choices, compare=compare
        )
        self._left = LeftOver(pen)
        self._made = self._told = 0

    @property
    def near(self) -> list[Near]:
        """The requests that may be there already, of which a person has said nothing yet."""
        return self._taker.near

    def file(self, where: str, name: str, readings: Iterator[Reading], progress: Progress | None = None) -> None:
        """Take in everything one file holds."""
        prints = Fingerprints(where)
        done = self._made = 0
        while batch := list(islice(readings, _BATCH)):
            self._batch([(reading, prints.of(reading)) for reading in batch])
            done += len(batch)
            if progress:
                progress(name, done)
        self.finish(where)

    def finish(self, where: str) -> None:
        """Write what a file came to, and name what its lines repeat as short as can be."""
        self._left.finish(where, self._made)
        for line in self._report.lines[self._told :]:
            if line.place is not None and line.place.sheet and not cases.needs_sheet(self._pen.connection, line.place):
                line.place = line.place._replace(sheet="")
        self._told = len(self._report.lines)

    def left_over(self, drafts: Sequence[tuple[Draft, str]], left: str) -> None:
        """Make cases of what was left over before, known by its mark `left`; once."""
        known = cases.known_fingerprints(self._pen.connection, [left]).get(left, cases.Known())
        self._taker.gather(drafts)
        for draft, mark in drafts:
            if known.case:
                self._again(draft, known)
            else:
                self.take(draft, mark, {"mends": left})
        self._taker.save()

    def _batch(self, named: list[tuple[Reading, str]]) -> None:
        known = cases.known_fingerprints(self._pen.connection, [mark for _, mark in named])
        self._taker.gather([(reading, mark) for reading, mark in named if mark not in known])
        for reading, mark in named:
            if mark in known:
                self._again(reading, known[mark])
            elif isinstance(reading, Draft):
                known[mark] = self.take(reading, mark)
            else:
                known[mark] = self._leave(reading, mark)
        self._taker.save()

    def take(self, draft: Draft, mark: str, more: dict[str, Any] | None = None) -> cases.Known:
        """Make a case of a request, or put it on the case it presses for."""
        taken = self._taker.take(draft, mark, more)
        view = taken.case
        if view is None:
            self._report.noted += 1
            self._line(Line(draft, "duplicate", taken.first, taken.first, taken.place))
            return cases.Known(taken.first, taken.place)
        self._made += 1
        state = str(view.state)
        self._report.states[state] = self._report.states.get(state, 0) + 1
        if came_as_duplicate(taken):
            disposition = "duplicate"
        else:
            disposition = "case" if is_complete(draft, view.request) and not taken.near else "review"
        self._line(Line(draft, disposition, view.id, taken.first, taken.place, view.request))
        return cases.Known(view.id, draft.place)

    def _again(self, reading: Reading, known: cases.Known) -> None:
        """A row or message that came in before adds nothing; what is still left over is named again."""
        chased = isinstance(reading, Ignored) and reading.kind in PRESSING and known.case
        there = isinstance(reading, Draft) or known.taken or chased
        self._report.again += bool(there or known.case)
        if there:
            self._line(Line(reading, "duplicate", known.case, known.case, known.place))
        else:
            self._line(Line(reading, "reject" if isinstance(reading, Reject) else "ignore", known.case))

    def _leave(self, reading: Reject | Ignored, mark: str) -> cases.Known:
        """Put a message on the case it is about, or keep it by itself; rejects are always kept by themselves."""
        if isinstance(reading, Ignored) and reading.kind in NOTED:
            case = self._taker.put_on_its_case(reading, mark)
            if case is not None:
                self._report.noted += 1
                if reading.kind in PRESSING:
                    self._line(Line(reading, "duplicate", case.case, case.case, case.place))
                else:
                    self._line(Line(reading, "ignore", case.case))
                return cases.Known(case.case, case.place)
        self._left.add(reading, mark)
        self._line(Line(reading, "reject" if isinstance(reading, Reject) else "ignore"))
        return cases.Known()

    def _line(self, line: Line) -> None:
        self._report.add(line, keep=self._keep_lines)
