"""What a reading has to do with cases made before: which it may repeat, presses for, takes back or is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from refundkit.importers.extract.shop import house_of
from refundkit.importers.extract.subjects import bare_subject
from refundkit.model.case import CaseView
from refundkit.model.case_id import PATTERN
from refundkit.model.dossier import Asked
from refundkit.model.requests import NOTED, Draft, Ignored, Reading
from refundkit.model.words import NOT_LIVE
from refundkit.rules.likeness import LATER, Kin, Likeness, Trace, concerned, likest
from refundkit.store.relatives import Relatives


class OnDuplicate(StrEnum):
    """What becomes of a request that may be there already. `review`: exact repeats are linked, near ones looked at."""

    REVIEW = "review"
    LINK = "link"
    KEEP = "keep"


_CASE: Final = re.compile(PATTERN)
_LOOK: Final = 4_000


@dataclass(frozen=True, slots=True)
class Near:
    """A request that may repeat a case: what a person compares before saying link or keep.

    `before` is the request of the case, `called` its id or, where it comes in with the same import, its place.
    """

    mark: str
    request: dict[str, Any]
    before: dict[str, Any]
    called: str
    why: str


class Kinship:
    """Answers for the batch it was last asked to `gather`; cases of the same command are added with `add`."""

    def __init__(self, connection: Any, now: datetime, window_days: int) -> None:
        self._relatives = Relatives(connection, house_of)
        self._now, self._window = now, timedelta(days=window_days)
        self._traces: dict[int, Trace] = {}

    def gather(self, readings: Sequence[Reading], asked: Mapping[int, Asked]) -> None:
        """Fetch the cases that these readings may have to do with. `asked`: what each draft asks, by its `id()`."""
        self._traces = {id(r): trace for r in readings if (trace := self._trace(r, asked.get(id(r)))) is not None}
        named = [case for r in readings if isinstance(r, Ignored) for case in _cases_in(r.words)]
        by_mail = any(trace.message_ids for trace in self._traces.values())
        self._relatives.gather(
            list(self._traces.values()), max(self._window, LATER) if by_mail else self._window, named
        )

    def of(self, draft: Draft) -> Kin | None:
        """The case this request is most like; None when it is like none, or was not gathered."""
        trace = self._traces.get(id(draft))
        if trace is None:
            return None
        kin = likest(trace, self._relatives.of(trace), self._window)
        return None if kin is None or (kin.case.state in NOT_LIVE and kin.likeness is Likeness.NEAR) else kin

    def reused(self, draft: Draft) -> Trace | None:
        """Another message that came under the same Message-ID; None without one, or for what was not gathered."""
        trace = self._traces.get(id(draft))
        if trace is None:
            return None
        ids = set(trace.message_ids)
        found = (old for old in self._relatives.of(trace) if ids & set(old.message_ids) and old.place != trace.place)
        return next(found, None)

    def about(self, said: Ignored) -> Trace | None:
        """The case a message is about that asks for nothing itself."""
        trace = self._traces.get(id(said))
        if trace is None:
            return None
        for case in _cases_in(said.words):
            named = self._relatives.of(trace, case)
            if named and named[0].case == case:
                return named[0]
        return concerned(trace, self._relatives.of(trace), self._window)

    def add(self, view: CaseView) -> None:
        """Let what follows see a case of this command, where anything of this batch may ask for it."""
        if self._traces:
            self._relatives.add(view)

    def note(self, key: str, message_id: str) -> None:
        """Let what follows find a case by a message that was put on it."""
        if message_id:
            self._relatives.note(key, [message_id])

    def _trace(self, reading: Reading, asked: Asked | None) -> Trace | None:
        if isinstance(reading, Draft) and asked is not None:
            return Trace(
                "", "", "", asked.channel, asked.external_ref, (asked.message_id,) if asked.message_id else (),
                asked.customer_email.casefold(), house_of(asked.customer_email), asked.customer_id,
                asked.service_order, asked.invoice, asked.amount, asked.currency, asked.reason,
                subject_of(reading), " ".join(reading.description.casefold().split()), asked.received_at,
                reading.place, reading.thread, reading.chases,
            )  # fmt: skip
        if not isinstance(reading, Ignored) or reading.kind not in NOTED:
            return None
        when = (reading.received_at or self._now).astimezone(UTC)
        return Trace(
            "", "", "", "", "", (reading.message_id,) if reading.message_id else (),
            reading.customer_email.casefold(), house_of(reading.customer_email), reading.customer_id,
            reading.service_order, reading.invoice, None, "", "", bare_subject(reading.words.partition("\n")[0]), "",
            when, reading.place, reading.thread,
        )  # fmt: skip


def subject_of(draft: Draft) -> str:
    """The subject of a message without its Re: and Fwd:, folded; '' of a row."""
    return bare_subject(draft.words.partition("\n")[0]) if draft.original is not None else ""


def _cases_in(words: str) -> list[str]:
    return list(dict.fromkeys(match[0].upper() for match in _CASE.finditer(words[:_LOOK])))


def renamed(request: dict[str, Any], mark: str) -> dict[str, Any]:
    """The request under a Message-ID of its own, because another message came under the one it says."""
    return {**request, "message_id": f"{request['message_id']}#{mark[:8]}"}
