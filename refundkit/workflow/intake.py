"""Brings requests in: every row and message becomes a case, or is kept with the reason; once, all or nothing."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from refundkit.importers.registry import ShopFacts, files_in, read_file, taken_for
from refundkit.model.case import CaseView
from refundkit.model.org import INTAKE_FINISHED
from refundkit.model.people import Act
from refundkit.model.requests import Draft, Ignored, Reading, Reject
from refundkit.model.words import State
from refundkit.rules.assess import assess
from refundkit.store import cases, documents, records
from refundkit.store.facts import Facts
from refundkit.workflow.amending import request_of
from refundkit.workflow.assessing import asked_of, leave_to_a_person
from refundkit.workflow.fingerprints import Fingerprints
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

_BATCH: Final = 1_000
_LEFT_IN_ONE_EVENT: Final = 30
_WORDS: Final = 8_000
Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Line:
    """What became of one row or message. `case`: its id; `first`: the case it repeats."""

    reading: Reading
    disposition: str
    case: str = ""
    first: str = ""
    request: dict[str, Any] | None = None


@dataclass
class Report:
    """What an import did. `lines` in order; `counts` by disposition; `states` of the new cases.

    `notes` say what the columns of lists with headings of their own were taken for.
    """

    lines: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    assessed: bool = True


def run(
    shop: Shop,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    keep_lines: bool = True,
) -> Report:
    """Import files and folders in one transaction. The same row or message again adds nothing."""
    shop.require(Act.IMPORT)
    staff = (*shop.policy.staff.addresses, *(person.email for person in shop.org.people.values() if person.email))
    facts = ShopFacts(shop.org.base, shop.zone, shop.now, staff)
    report = Report()
    with shop.write(keep=not dry_run) as pen, _few_collections():
        intake = Intake(shop, pen, report, keep_lines=keep_lines)
        for path in files_in(paths):
            report.notes += [f"{path}: {note}" for note in taken_for(path, str(path))]
            intake.file(str(path), path.name, read_file(path, str(path), facts), progress)
    return report


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cycles seldom: an import makes millions of small objects and no cycles (a fifth of its time)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Intake:
    """Turns readings into events, a batch at a time, each request seeing what those before it became."""

    def __init__(self, shop: Shop, pen: Pen, report: Report, *, keep_lines: bool) -> None:
        self._shop, self._pen, self._report, self._keep_lines = shop, pen, report, keep_lines
        counted = records.counts(pen.connection, ("customers", "service_orders", "invoices"))
        report.assessed = any(counted.values())
        self._facts = Facts(pen.connection, shop.org.base, shop.today)
        self._run = pen.time
        self._left: list[dict[str, Any]] = []
        self._made = 0

    def file(self, where: str, name: str, readings: Iterator[Reading], progress: Progress | None) -> None:
        """Take in everything one file holds."""
        prints = Fingerprints(where)
        done = self._made = 0
        while batch := list(islice(readings, _BATCH)):
            self._batch(batch, prints)
            done += len(batch)
            if progress:
                progress(name, done)
        if self._left or self._made:
            self._finish(where)

    def _batch(self, batch: list[Reading], prints: Fingerprints) -> None:
        named = [(reading, prints.of(reading)) for reading in batch]
        known = cases.known_fingerprints(self._pen.connection, [mark for _, mark in named])
        new = {m: request_of(r, self._shop.now) for r, m in named if isinstance(r, Draft) and m not in known}
        asked = {mark: asked_of(request) for mark, request in new.items()}
        if self._report.assessed:
            self._facts.gather(list(asked.values()))
        views = []
        for reading, mark in named:
            if mark in known:
                self._again(reading, known[mark])
            elif isinstance(reading, Draft):
                view = self._log(reading, mark, new[mark], asked[mark])
                known[mark] = view.id
                views.append(view)
            else:
                known[mark] = ""
                self._leave(reading, mark)
        cases.save_new(self._pen.connection, views)

    def _log(self, draft: Draft, mark: str, request: dict[str, Any], asked: Any) -> CaseView:
        assessment = None
        if self._report.assessed:
            found = assess(self._facts.dossier(asked), self._shop.policy, self._shop.org.policy_hash)
            assessment = found.as_data()
            leave_to_a_person(assessment, draft.doubts)
        document = documents.keep(self._pen.connection, draft.original.content) if draft.original else ""
        source = {
            "file": draft.file, "index": draft.index, "words": draft.words[:_WORDS], "fingerprint": mark,
            "document": document, "name": draft.original.name if draft.original else "",
        }  # fmt: skip
        data = {
            "request": request, "source": source, "by_hand": False, "epoch": self._shop.org.epoch,
            "assessment": assessment,
        }  # fmt: skip
        view = self._pen.log(data)
        if self._report.assessed:
            self._facts.add(view)
        self._made += 1
        state = str(view.state)
        self._report.states[state] = self._report.states.get(state, 0) + 1
        if view.state == State.DUPLICATE:
            self._line(Line(draft, "duplicate", view.id, (assessment or {}).get("first", ""), request))
        else:
            complete = not draft.doubts and not (draft.original and draft.amount is None)
            self._line(Line(draft, "case" if complete else "review", view.id, "", request))
        return view

    def _again(self, reading: Reading, case: str) -> None:
        """A row or message that came in before adds nothing; what was left over is named again."""
        if isinstance(reading, Draft):
            self._line(Line(reading, "duplicate", case, case))
        else:
            self._line(Line(reading, "reject" if isinstance(reading, Reject) else "ignore"))

    def _leave(self, reading: Reject | Ignored, mark: str) -> None:
        original = reading.original if isinstance(reading, Ignored) else None
        document = documents.keep(self._pen.connection, original.content) if original else ""
        rejected = isinstance(reading, Reject)
        self._left.append(
            {
                "fingerprint": mark, "kind": "reject" if rejected else "ignored", "file": reading.file,
                "index": reading.index, "column": reading.column if isinstance(reading, Reject) else "",
                "problem": reading.problem if isinstance(reading, Reject) else reading.why,
                "words": reading.words[:_WORDS], "document": document,
                "message_id": reading.message_id if isinstance(reading, Ignored) else "",
            }
        )  # fmt: skip
        self._line(Line(reading, "reject" if rejected else "ignore"))

    def _line(self, line: Line) -> None:
        counts = self._report.counts
        counts[line.disposition] = counts.get(line.disposition, 0) + 1
        if self._keep_lines or line.disposition in ("reject", "ignore", "review"):
            self._report.lines.append(line)

    def _finish(self, where: str) -> None:
        """Write what a file came to, and what was left over of it, as events of bounded size."""
        pieces = [self._left[i : i + _LEFT_IN_ONE_EVENT] for i in range(0, len(self._left), _LEFT_IN_ONE_EVENT)] or [[]]
        for number, left in enumerate(pieces):
            rejects = sum(1 for item in left if item["kind"] == "reject")
            data = {
                "kind": "requests", "run": self._run, "file": where, "cases": self._made if number == 0 else 0,
                "rejects": rejects, "ignored": len(left) - rejects, "left": left,
            }  # fmt: skip
            self._pen.append(INTAKE_FINISHED, data)
        self._left = []
