"""The part of a ledger that an audit document carries, proved: its writers, its one case, the links of its chains."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from refundkit.errors import IntegrityError
from refundkit.exporters.documents.attachments import CONTENT, EVENTS, HINT, WRITERS, label, read_events
from refundkit.exporters.documents.page_text import printable
from refundkit.model.canonical import NotCanonicalError, b64, parse, unb64
from refundkit.model.case_id import case_id, fingerprint
from refundkit.model.events import (
    ZERO_ID,
    BadEventError,
    Core,
    Event,
    case_key,
    check_event,
    read_payload,
    signed_message,
    writer_id,
)

_NAME_LIMIT: Final = 200

Verify = Callable[[bytes, bytes, bytes], bool]
"""verify(public key, signature, message)."""


@dataclass(frozen=True, slots=True)
class Writer:
    """An enrolled writer: its id (b64url), whose key it is, and 12 letters and digits to compare by voice."""

    writer: str
    user: str
    name: str
    device: str
    fingerprint: str
    public: bytes


class Book:
    """The ledger as far as the document has it: its writers, its case, its links."""

    def __init__(self, verify: Verify) -> None:
        self.verify = verify
        self.writers: dict[str, Writer] = {}
        self.ledger = self.company = self.case = ""
        self.simulated = False
        self.seen: dict[tuple[str, int], list[tuple[Event, Core]]] = {}
        self.ids: set[bytes] = set()
        self.events: list[Event] = []

    def read(self, attached: dict[str, bytes]) -> None:
        """Check everything but the seal."""
        enrolments = read_events(WRITERS, attached[WRITERS])
        self.events = read_events(EVENTS, attached[EVENTS])
        if not enrolments:
            raise IntegrityError(f"{WRITERS} is empty: it must begin with the ledger's first event", hint=HINT)
        self._genesis(enrolments[0])
        for event in enrolments[1:]:
            self._enrolment(event)
        cores = [self._signed(event) for event in self.events]
        logged = [e.id for e, core in zip(self.events, cores, strict=True) if core.type == "request.logged"]
        if len(logged) != 1:
            raise IntegrityError(f"{EVENTS} has {len(logged)} events request.logged; a case has one", hint=HINT)
        self.case = case_key(logged[0])
        for event, core in zip(self.events, cores, strict=True):
            expected = "" if core.type == "request.logged" else self.case
            if core.case != expected:
                raise _wrong(event, "it is of another case")
        self._links()
        self._page(attached[CONTENT])

    def _genesis(self, event: Event) -> None:
        """The first event enrols the key it is signed with, and the recovery key; the ledger is named after its id."""
        core = self._whole(event)
        data = _data(event)
        try:
            owner, public = data["owner"], unb64(data["owner"]["public"])
            self._enrol(public, owner["user"], owner["name"], data["device"])
            self._enrol(unb64(data["recovery"]), owner["user"], owner["name"], "recovery")
            self.company, self.simulated = printable(str(data["company"]), _NAME_LIMIT), data["simulated"] is not False
        except (KeyError, TypeError, ValueError) as err:
            raise _wrong(event, f"it does not begin a ledger: {err!r}") from err
        if b64(writer_id(public)) != core.writer or core.seq != 1 or core.prev != ZERO_ID:
            raise _wrong(event, "it does not begin a ledger: the owner named in it did not write it as a first event")
        self._by(event, public)
        self.ledger = b64(event.id[:16])

    def _enrolment(self, event: Event) -> None:
        core = self._signed(event)
        if core.type != "key.enrolled" or core.case:
            raise _wrong(event, "it stands among the enrolments and enrols nobody")
        data = _data(event)
        try:
            public = unb64(data["public"])
            self._enrol(public, data["user"], "", data["device"])
            named = data["writer"]
        except (KeyError, TypeError, ValueError) as err:
            raise _wrong(event, f"it does not enrol a writer: {err!r}") from err
        if named != b64(writer_id(public)):
            raise _wrong(event, "the writer it names is not the one of its key")

    def _enrol(self, public: bytes, user: object, name: object, device: object) -> None:
        if len(public) != 32:
            raise ValueError("a public key has 32 bytes")
        writer = b64(writer_id(public))
        user_, name_, device_ = (printable(str(text), _NAME_LIMIT) for text in (user, name, device))
        self.writers.setdefault(writer, Writer(writer, user_, name_, device_, fingerprint(writer), public))

    def _signed(self, event: Event) -> Core:
        """Check an event of this ledger by a writer who is enrolled already."""
        core = self._whole(event)
        writer = self.writers.get(core.writer)
        if writer is None:
            raise _wrong(event, f"its writer {core.writer} is not enrolled")
        if core.org != self.ledger:
            raise _wrong(event, f"it is of ledger {core.org}, not {self.ledger}")
        self._by(event, writer.public)
        return core

    def _whole(self, event: Event) -> Core:
        """Check that id, core and payload belong together, before anything they say is believed."""
        try:
            core = check_event(event, lambda _sig, _message: True)
        except (BadEventError, TypeError, RecursionError) as err:
            raise _wrong(event, str(err)) from err
        if event.id in self.ids:
            raise _wrong(event, "it stands twice")
        self.ids.add(event.id)
        self.seen.setdefault((core.writer, core.seq), []).append((event, core))
        return core

    def _by(self, event: Event, public: bytes) -> None:
        if not self.verify(public, event.sig, signed_message(event.id)):
            raise _wrong(event, "the signature is not the writer's")

    def _links(self) -> None:
        for (writer, seq), here in self.seen.items():
            before = self.seen.get((writer, seq - 1), [])
            for event, core in here:
                if before and core.prev not in {other.id for other, _ in before}:
                    raise _wrong(event, f"it does not follow number {seq - 1} of its writer")

    def _page(self, raw: bytes) -> None:
        """The page must be about the case and the ledger whose events are attached."""
        try:
            page = parse(raw)
            about = (page["case_id"], page["ledger"])
        except (NotCanonicalError, KeyError, TypeError, RecursionError) as err:
            raise IntegrityError(f"{CONTENT} cannot be read: {printable(str(err), 300)}", hint=HINT) from err
        if about != (case_id(self.case), self.ledger):
            raise IntegrityError(
                f"{CONTENT} is about another case or ledger than the events: they are of case {case_id(self.case)} "
                f"of ledger {self.ledger}",
                hint=HINT,
            )

    def warnings(self) -> Iterable[str]:
        """What a person should know of events that are nevertheless intact."""
        if self.simulated:
            yield "This ledger runs on a simulated clock: its times are not real."
        for event in self.events:
            if event.payload is None:
                yield f"The payload of {label(event)} was erased: what it said can no longer be read."
        for (writer, seq), here in self.seen.items():
            if len(here) > 1:
                yield f"Writer {writer} has {len(here)} events with number {seq}: a restored copy, or a forked writer."


def _data(event: Event) -> Any:
    if event.payload is None:
        raise _wrong(event, "its payload was erased, and the key with it")
    return read_payload(event.payload)  # proved readable by _whole


def _wrong(event: Event, why: str) -> IntegrityError:
    return IntegrityError(f"{label(event)}: {printable(why, 300)}", hint=HINT)
