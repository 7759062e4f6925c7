"""Proves the whole ledger: every hash, signature, link and document; names the event where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from refundkit.model.canonical import b64, unb64
from refundkit.model.case import LOGGED, NOTED
from refundkit.model.events import ZERO_ID, BadEventError, Core, Event, case_key, check_event, read_payload
from refundkit.model.org import SHAPING, Org
from refundkit.model.shaping import GENESIS, RECOVERY
from refundkit.store import documents, ledger
from refundkit.workflow import care
from refundkit.workflow.authors import batches_without_right
from refundkit.workflow.shop import Shop

_SHOWN = 200
_EXAMPLES = 20


@dataclass
class Verdict:
    """What was proved, and every problem as a sentence that names the event or the document.

    `notes`: what is signed and in order, and counts for nothing.
    """

    events: int = 0
    documents: int = 0
    writers: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(shop: Shop, progress: Callable[[str, int], None] | None = None) -> Verdict:
    """Check everything from the first byte of the ledger on; nothing is changed."""
    verdict = Verdict()
    reader = _Reader(verdict)
    with shop.store.reading():
        for row in ledger.whole(shop.store):
            reader.take(row)
            if progress and verdict.events % 1_000 == 0:
                progress("events", verdict.events)
            if len(verdict.problems) > _SHOWN:
                verdict.problems.append("more problems follow; these are the first")
                return verdict
        reader.close()
        _documents(shop, reader.documents, verdict)
    _marks(shop, reader, verdict)
    if not verdict.problems:  # the tables can only be compared with a ledger that is sound
        verdict.problems += [
            f"table {t} is not what the ledger says; 'refundkit doctor --rebuild' makes it anew"
            for t in care.differences(shop)
        ]
        verdict.notes += [
            f"batch of payments {batch} (event {event}) was written by {who}, who might not pay then: what it says that"
            " a bank was told does not count, and its numbers stay used"
            for event, (batch, who) in batches_without_right(shop).items()
        ]
    return verdict


class _Reader:
    """Reads the ledger in its order and remembers what the next event must fit."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.org = Org()
        self._known: set[bytes] = set()
        self._ends: dict[str, tuple[int, bytes]] = {}
        self._own: dict[tuple[str, int], tuple[list[int], list[str]]] = {}
        self._next = 1
        self.documents: dict[str, str] = {}
        self._batches: dict[str, str] = {}
        self.ids: dict[tuple[str, int], bytes] = {}

    def take(self, row: tuple[Any, ...]) -> None:
        number, identity, writer, seq, own, case, type_, core, payload, sig = row
        self._verdict.events += 1
        named = f"event {b64(identity)} (row {number}, {type_})"
        for problem in self._problems(number, Event(identity, core, payload, sig), (writer, seq, own, case, type_)):
            self._verdict.problems.append(f"{named}: {problem}")
        self._known.add(identity)
        self._next = number + 1

    def _problems(self, number: int, event: Event, columns: tuple[Any, ...]) -> Iterator[str]:
        if number != self._next:
            yield f"its row number should be {self._next}"
        try:
            core = check_event(event, self._verifier(event))
        except (BadEventError, KeyError, TypeError) as err:
            yield str(err)
            return
        yield from self._columns(event, core, columns)
        yield from self._links(event, core)
        if event.payload is None:
            yield "its content is missing, and no event says that it was erased"
            return
        data = read_payload(event.payload)
        if core.case == "" and core.type in SHAPING:
            try:
                self.org.apply(b64(event.id), core, data, self._on_chain)
            except (KeyError, TypeError, ValueError, AttributeError) as err:
                self.org.place(b64(event.id), core.deps)
                yield f"its content has not the shape of {core.type}: {err}"
        elif core.case == "" and core.type != LOGGED:
            self.org.place(b64(event.id), core.deps)
        self._note_own(event, core, columns[2])
        self._note_documents(event, core, data)

    def _verifier(self, event: Event) -> Callable[[bytes, bytes], bool]:
        """Verifies with the key of the writer that the core names; the first event brings its own key."""
        from refundkit.keys.signing import verify
        from refundkit.model.events import read_core, writer_id

        def check(signature: bytes, message: bytes) -> bool:
            core = read_core(event.core)
            if core.type == GENESIS and not self._known and event.payload is not None:
                public = unb64(read_payload(event.payload)["owner"]["public"])
                return b64(writer_id(public)) == core.writer and verify(public, signature, message)
            known = self.org.enrolled.get(core.writer)
            return known is not None and verify(known.public, signature, message)

        return check

    def _columns(self, event: Event, core: Core, columns: tuple[Any, ...]) -> Iterator[str]:
        writer, seq, _, case, type_ = columns
        expected = case_key(event.id) if core.type == LOGGED else core.case
        for name, stored, signed in (
            ("writer", b64(writer or b""), core.writer), ("seq", seq, core.seq), ("case_id", case, expected),
            ("type", type_, core.type),
        ):  # fmt: skip
            if stored != signed:
                yield f"column {name} says {stored}, the signed core {signed}"

    def _note_own(self, event: Event, core: Core, own: int) -> None:
        """Whether an event was written here is the same for all events of a device: see `close`."""
        known = self.org.enrolled.get(core.writer)
        if known is not None and known.user == RECOVERY:
            return  # the code is typed in on any machine
        counts, some = self._own.setdefault((known.device if known else "", own), ([0], []))
        counts[0] += 1
        if len(some) < _EXAMPLES:
            some.append(b64(event.id))

    def _links(self, event: Event, core: Core) -> Iterator[str]:
        seq, head = self._ends.get(core.writer, (0, ZERO_ID))
        if core.seq != seq + 1 or core.prev != head:
            yield f"it does not follow event {seq} of its writer: one is missing, or there is a fork"
        self._ends[core.writer] = (core.seq, event.id)
        self.ids[core.writer, core.seq] = event.id
        if self._known and core.org != self.org.ledger:
            yield "it belongs to another ledger"
        for dep in core.deps:
            if unb64(dep) not in self._known:
                yield f"it depends on event {dep}, which is not there"

    def _on_chain(self, writer: str, seq: int, event: str) -> bool:
        return self.ids.get((writer, seq)) == unb64(event)

    def _note_documents(self, event: Event, core: Core, data: dict[str, Any]) -> None:
        names = []
        if core.type == LOGGED:
            source = data["source"]
            names = [source["document"], *(file["sha256"] for file in source.get("files", ()))]
        elif core.type == NOTED:
            names = [data["document"]]
        elif core.type == "intake.finished":
            names = [left["document"] for left in data["left"]]
        elif core.type == "export.batch":
            names = [file["sha256"] for file in data["files"]]
            if self._batches.setdefault(data["batch"], b64(event.id)) != b64(event.id):
                self._verdict.notes.append(
                    f"batch {data['batch']} (event {b64(event.id)}) has the name of an older one, event"
                    f" {self._batches[data['batch']]}, and does not count"
                )
        self.documents.update({name: b64(event.id) for name in names if name})

    def close(self) -> None:
        self._verdict.writers = len(self._ends)
        for (device, own), (counts, some) in self._own.items():
            others = self._own.get((device, 1 - own))
            if others and counts[0] <= others[0][0]:
                self._verdict.problems += [
                    f"event {event}: column own differs from the other events of its device" for event in some
                ]
        if not self._verdict.events:
            self._verdict.problems.append("the ledger is empty")


def _documents(shop: Shop, named: dict[str, str], verdict: Verdict) -> None:
    there = documents.names(shop.store)
    verdict.documents = len(there)
    for digest in documents.damaged(shop.store):
        event = named.get(digest)
        where = f", kept by event {event}" if event else ""
        verdict.problems.append(f"document {digest}{where}: its content is not what was kept")
    for digest, event in named.items():
        if digest not in there:
            verdict.problems.append(f"document {digest}, kept by event {event}, is missing")
    verdict.problems += [f"document {digest} is in no event" for digest in sorted(there - named.keys())]


def _marks(shop: Shop, reader: _Reader, verdict: Verdict) -> None:
    """What this machine has written before must still be there: a cut end verifies link by link."""
    if not reader.org.ledger:
        return
    prefix = f"mark/{unb64(reader.org.ledger).hex()}/"
    for entry in shop.vault.entries(prefix):
        mark = shop.vault.get(entry)
        if mark is None:
            continue
        seq, _, identity = mark.decode("ascii").partition(" ")
        writer = b64(bytes.fromhex(entry.removeprefix(prefix)))
        if reader.ids.get((writer, int(seq))) != unb64(identity):
            verdict.problems.append(
                f"event {identity} (seq {seq} of {reader.org.user_of(writer) or writer}) was written on this machine"
                " and is not in this store: it is an older copy, or its end was cut off"
            )
