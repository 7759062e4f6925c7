"""Makes a case of one request: linked to the case it repeats, noted on the one it presses for, or judged by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from refundkit.importers.attached.files import take
from refundkit.model.case import NOTED, CaseView
from refundkit.model.dossier import Asked
from refundkit.model.requests import Draft, Ignored, NoRequest, Place, Reading, place_in
from refundkit.model.words import State
from refundkit.rules.assess import assess
from refundkit.rules.likeness import Kin, Likeness, Trace
from refundkit.store import cases, documents
from refundkit.store.facts import Facts
from refundkit.workflow import case_files, crosscheck
from refundkit.workflow.amending import request_of
from refundkit.workflow.assessing import asked_of, leave_to_a_person
from refundkit.workflow.kinship import Kinship, Near, OnDuplicate, renamed, subject_of
from refundkit.workflow.leftovers import WORDS
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop


@dataclass(slots=True)
class Taken:
    """What became of a reading: its case, and the case it repeats, may repeat or was put on.

    `case` is None when it was put on another; `first` is that other's id and `place` where it came from. `near`: it may
    repeat `first`, and a person must look.
    """

    case: CaseView | None = None
    first: str = ""
    place: Place | None = None
    near: bool = False
    request: dict[str, Any] | None = None


@dataclass(slots=True)
class _Tie:
    """How a request hangs together with a case made before."""

    repeats: str = ""
    apart: list[str] = field(default_factory=list)
    first: str = ""
    place: Place | None = None
    near: bool = False


class Taker:
    """Takes the requests of one import, a batch at a time; each sees what those before it became.

    `assessed`: records are there. `on_duplicate`: what is done where `choices` (by a reading's mark) say nothing.
    `compare`: near repeats are remembered for a person.
    """

    def __init__(
        self, shop: Shop, pen: Pen, *, assessed: bool, on_duplicate: OnDuplicate, choices: dict[str, OnDuplicate],
        compare: bool = False,
    ) -> None:  # fmt: skip
        self._shop, self._pen, self._assessed = shop, pen, assessed
        self._on_duplicate, self._choices, self._compare = on_duplicate, choices, compare
        self._facts = Facts(pen.connection, shop.org.base, shop.today)
        self._kin = Kinship(pen.connection, shop.now, shop.policy.duplicates.window_days)
        self._batch: dict[str, CaseView] = {}
        self._new: dict[str, tuple[dict[str, Any], Asked]] = {}
        self._began = pen.time
        self.near: list[Near] = []

    def gather(self, new: Sequence[tuple[Reading, str]]) -> None:
        """Fetch what a batch of readings may have to do with."""
        self._batch = {}
        requests = {mark: request_of(r, self._shop.now) for r, mark in new if isinstance(r, Draft)}
        self._new = {mark: (request, asked_of(request)) for mark, request in requests.items()}
        # Rows of lists are compared by the checks, once there are records; messages also by what they say.
        kin = [(r, m) for r, m in new if not isinstance(r, Draft) or r.original is not None or not self._assessed]
        self._kin.gather([r for r, _ in kin], {id(r): self._new[m][1] for r, m in kin if m in self._new})
        if self._assessed:
            self._facts.gather([asked for _, asked in self._new.values()])

    def save(self) -> None:
        """Put the cases of the batch into their table."""
        cases.save_new(self._pen.connection, self._batch.values())
        self._batch = {}

    def take(self, draft: Draft, mark: str, more: dict[str, Any] | None = None, by_hand: str = "") -> Taken:
        """Make a case of a request, or put it on the case it presses for.

        `more`: further fields of its source; `by_hand`: the person who noted it, '' for imports.
        """
        request, asked = self._new[mark]
        choice = self._choices.get(mark, self._on_duplicate)
        kin = self._kin.of(draft)
        if kin is not None and draft.chases and choice is not OnDuplicate.KEEP:
            self._note(draft, mark, kin.case, NoRequest.CHASER, kin.why)
            return Taken(first=kin.case.case, place=kin.case.place)
        if draft.message_id and (kin is None or kin.likeness is not Likeness.SAME):
            request = self._apart_from_another_message(draft, mark, request)
            asked = replace(asked, message_id=request["message_id"])
        assessment, tie = self._judged(mark, (request, asked), kin, choice, by_message=draft.original is not None)
        data: dict[str, Any] = {
            "request": request, "source": self._source(draft, mark) | (more or {}), "by_hand": bool(by_hand),
            "epoch": self._shop.org.epoch, "assessment": assessment,
        }  # fmt: skip
        if tie.repeats:
            data["repeats"] = tie.repeats
        if tie.apart:
            data["apart"] = sorted(tie.apart)
        view = self._pen.log(data, by_hand)
        self._batch[view.key] = view
        if self._assessed:
            self._facts.add(view)
        self._kin.add(view)
        if tie.near and draft.original is None and self._assessed:  # a finding says so, as of any other row
            return Taken(view, request=request)
        return Taken(view, tie.first, tie.place, tie.near, request)

    def put_on_its_case(self, said: Ignored, mark: str) -> Trace | None:
        """Note a message that asks for nothing itself on the case it is about; None when that cannot be told."""
        case = self._kin.about(said)
        if case is not None:
            self._note(said, mark, case, said.kind, said.why)
        return case

    def _judged(
        self, mark: str, new: tuple[dict[str, Any], Asked], kin: Kin | None, choice: OnDuplicate, *, by_message: bool
    ) -> tuple[dict[str, Any] | None, _Tie]:
        """The assessment, when there are records, and what ties the request to a case made before."""
        request, asked = new
        tie = _Tie()
        if kin is not None and choice is OnDuplicate.KEEP:
            tie.apart.append(kin.case.key)
        elif kin is not None and (choice is OnDuplicate.LINK or self._is_sure(kin)):
            tie = _Tie(kin.case.key, first=kin.case.case, place=kin.case.place)
        assessment = None
        if self._assessed:
            assessment, tie = self._by_the_checks(asked, tie, choice)
        if kin is not None and not tie.repeats and not tie.apart and (not assessment or not assessment["first"]):
            tie = _Tie(first=kin.case.case, place=kin.case.place, near=True)
            request["doubts"].append(f"It may repeat {kin.case.case}: {kin.why}.")
            self._remember(mark, request, kin.case.case, kin.why)
        elif tie.near:
            self._remember(mark, request, tie.first, "the same customer asked for the same order or invoice")
        if assessment is not None:
            if by_message:
                request["doubts"] += crosscheck.doubts(self._pen.connection, request, assessment)
            leave_to_a_person(assessment, request["doubts"])
        return assessment, tie

    def _remember(self, mark: str, request: dict[str, Any], case: str, why: str) -> None:
        """Keep a pair for a person to compare."""
        if self._compare:
            before = self._mine(case)
            if before is None:
                self._pen.flush()
                before = self._shop.find(case)
            made_now = before.arrived >= self._began
            called = str(self._place_of(case)) if made_now else case
            self.near.append(Near(mark, request, before.request, called, why))

    def _is_sure(self, kin: Kin) -> bool:
        """Whether it is the same beyond doubt; with records that is for the checks to say."""
        return kin.likeness is Likeness.SAME and not self._assessed

    def _by_the_checks(self, asked: Asked, tie: _Tie, choice: OnDuplicate) -> tuple[dict[str, Any], _Tie]:
        """Assess; what the checks find to be the same or near is tied as was chosen."""
        found = self._assess(asked, tie)
        same, near = found.first, found.near
        if not tie.repeats and (same or near):
            other = same or near[0]
            if choice is OnDuplicate.KEEP:
                tie.apart += [self._key_of(case) for case in (same, *near) if case]
                found = self._assess(asked, tie)
            elif same:
                tie = _Tie(first=same, place=self._place_of(same))
            elif choice is OnDuplicate.LINK:
                tie = _Tie(self._key_of(other), first=other, place=self._place_of(other))
            else:
                tie = _Tie(apart=tie.apart, first=other, place=self._place_of(other), near=True)
        return found.as_data(), tie

    def _assess(self, asked: Asked, tie: _Tie) -> Any:
        dossier = self._facts.dossier(asked, apart=frozenset(tie.apart))
        return assess(dossier, self._shop.policy, self._shop.org.policy_hash)

    def _apart_from_another_message(self, draft: Draft, mark: str, request: dict[str, Any]) -> dict[str, Any]:
        """A Message-ID that another message has used already is no sign that the two are one."""
        other = self._kin.reused(draft)
        if other is None:
            return request
        request = renamed(request, mark)
        request["doubts"].append(f"Its Message-ID is that of {other.case}, which says something else.")
        return request

    def _note(self, reading: Draft | Ignored, mark: str, case: Trace, kind: NoRequest, why: str) -> None:
        document = self._document(reading)
        when: datetime | None = reading.received_at
        data = {
            "kind": str(kind), "why": why, "file": reading.file, "index": reading.index,
            "words": reading.words[:WORDS], "message_id": reading.message_id, "fingerprint": mark,
            "sender": reading.customer_email, "document": document,
            "received_at": when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else "",
        } | _sheet(reading)  # fmt: skip
        there = self._batch.get(case.key)
        rev = there.rev if there else cases.row_of(self._shop.store, case.key)["rev"]
        event = self._pen.append(NOTED, data, case=case.key, deps=[rev])
        cases.note(self._pen.connection, case.key, event.id, data)
        self._kin.note(case.key, reading.message_id)

    def _document(self, reading: Draft | Ignored) -> str:
        original = reading.original
        return documents.keep(self._pen.connection, original.content) if original else ""

    def _source(self, draft: Draft, mark: str) -> dict[str, Any]:
        return {
            "file": draft.file, "index": draft.index, "words": draft.words[:WORDS], "fingerprint": mark,
            "document": self._document(draft), "name": draft.original.name if draft.original else "",
            "subject": subject_of(draft),
        } | _sheet(draft) | self._files(draft)  # fmt: skip

    def _files(self, draft: Draft) -> dict[str, Any]:
        """What came attached, as documents; what is too large for that still lies in the message, which is kept."""
        return {"files": case_files.keep(self._pen.connection, take(draft.files)[0])} if draft.files else {}

    def _mine(self, case: str) -> CaseView | None:
        """A case of this batch by its id: it is in no table yet."""
        return next((view for view in self._batch.values() if view.id == case), None)

    def _key_of(self, case: str) -> str:
        mine = self._mine(case)
        return mine.key if mine is not None else cases.find(self._shop.store, case)

    def _place_of(self, case: str) -> Place | None:
        mine = self._mine(case)
        if mine is not None:
            return place_in(mine.source)
        return cases.place_of(self._pen.connection, case)


def _sheet(reading: Draft | Ignored) -> dict[str, str]:
    """What an event says of the sheet a row stood in: nothing where there is none."""
    return {"sheet": reading.sheet} if reading.sheet else {}


def is_complete(draft: Draft, request: dict[str, Any]) -> bool:
    """Whether nothing must be completed by a person: no doubt, and a message says how much."""
    return not request["doubts"] and not (draft.original is not None and draft.amount is None)


def came_as_duplicate(taken: Taken) -> bool:
    """Whether it repeats a case, or was put on one."""
    return taken.case is None or taken.case.state == State.DUPLICATE
