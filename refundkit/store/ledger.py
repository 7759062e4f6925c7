"""The event table: append in order, read back by case, by writer, or whole. Nothing here decides anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from refundkit.model.canonical import b64, unb64
from refundkit.model.case import CaseEvent
from refundkit.model.events import (
    ZERO_ID,
    Core,
    Event,
    body_digest,
    hlc_stamp,
    known_core,
    known_data,
    known_deps,
    read_core,
)
from refundkit.model.org import SHAPING, Org
from refundkit.store.database import Store

_INSERT: Final = (
    "INSERT INTO event (id, writer, seq, own, case_id, type, core, payload, sig) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)"
)


def writer_number(connection: Any, writer: bytes) -> int:
    """The small number that stands for a writer in this file; given out when first asked for."""
    row = connection.execute("SELECT n FROM writer WHERE id = ?", (writer,)).fetchone()
    if row:
        return int(row[0])
    return int(connection.execute("INSERT INTO writer (id) VALUES (?)", (writer,)).lastrowid)


def insert(connection: Any, rows: Iterable[tuple[bytes, int, int, str, str, bytes, bytes | None, bytes]]) -> None:
    """Append rows of (id, writer number, seq, case key, type, core, payload, signature) written on this device."""
    connection.executemany(_INSERT, rows)


def chain_end(connection: Any, writer: bytes) -> tuple[int, bytes]:
    """(seq, id) of the last event of a writer in this file; (0, zeros) when there is none."""
    row = connection.execute(
        "SELECT seq, id FROM event WHERE writer = (SELECT n FROM writer WHERE id = ?) ORDER BY seq DESC LIMIT 1",
        (writer,),
    ).fetchone()
    return (int(row[0]), bytes(row[1])) if row else (0, ZERO_ID)


def holds(connection: Any, writer: bytes, seq: int, identity: bytes) -> bool:
    """Whether the file has exactly this event at this place of a writer's chain."""
    row = connection.execute(
        "SELECT 1 FROM event WHERE id = ? AND seq = ? AND writer = (SELECT n FROM writer WHERE id = ?)",
        (identity, seq, writer),
    ).fetchone()
    return row is not None


def first_writer_here(connection: Any) -> bytes:
    """The writer of the first event that this file says was written where it lies; b"" when there is none."""
    row = connection.execute(
        "SELECT w.id FROM event e JOIN writer w ON w.n = e.writer WHERE e.own = 1 ORDER BY e.n LIMIT 1"
    ).fetchone()
    return bytes(row[0]) if row else b""


def row_number(connection: Any, identity: bytes) -> int:
    """Where an event stands in this file."""
    return int(connection.execute("SELECT n FROM event WHERE id = ?", (identity,)).fetchone()[0])


def last_stamp(connection: Any) -> int:
    """The hybrid time of the newest event, to go on counting from; 0 in an empty ledger."""
    row = connection.execute("SELECT core FROM event ORDER BY n DESC LIMIT 1").fetchone()
    return hlc_stamp(known_core(row[0]).hlc) if row else 0


def org_heads(connection: Any) -> list[str]:
    """Ids of the shop's own events that no other of them depends on."""
    return [row[0] for row in connection.execute("SELECT id FROM org_head ORDER BY id")]


def note_org_event(connection: Any, identity: str, type_: str, deps: Iterable[str]) -> None:
    """Put an event of the shop itself into the order that roles are looked up by."""
    connection.execute("INSERT INTO org_event (id, type) VALUES (?, ?)", (identity, type_))
    connection.executemany("DELETE FROM org_head WHERE id = ?", [(d,) for d in deps])
    connection.execute("INSERT INTO org_head (id) VALUES (?)", (identity,))


def load_org(store: Store) -> Org:
    """The shop as its events add up to.

    What somebody signed that has not the shape of its type counts for nothing; what was damaged here raises.
    """

    def on_chain(writer: str, seq: int, event: str) -> bool:
        return holds(store.connection, unb64(writer), seq, unb64(event))

    org = Org()
    for identity, type_, core, payload in store.rows(
        "SELECT id, type, core, CASE WHEN type IN (SELECT value FROM json_each(?)) THEN payload END FROM event"
        " WHERE case_id = '' ORDER BY n",
        (json.dumps(sorted(SHAPING)),),
    ):
        if type_ not in SHAPING:
            org.place(b64(identity), known_deps(core))
            continue
        data = known_data(payload)
        try:
            org.apply(b64(identity), known_core(core), data, on_chain)
        except (KeyError, ValueError, TypeError, AttributeError):
            if not org.ledger or read_core(core).body != body_digest(payload):
                raise
            org.place(b64(identity), known_deps(core))
    return org


def case_events(store: Store, key: str) -> list[CaseEvent]:
    """All events of a case, in the order this file got them."""
    found = store.rows("SELECT id, core, payload FROM event WHERE case_id = ? ORDER BY n", (key,))
    return [_case_event(*row) for row in found]


def events_of(store: Store, keys: Iterable[str]) -> dict[str, list[CaseEvent]]:
    """All events of some cases, each in the order this file got them."""
    found: dict[str, list[CaseEvent]] = {}
    for key, *row in store.rows(
        "SELECT case_id, id, core, payload FROM event WHERE case_id IN (SELECT value FROM json_each(?)) ORDER BY n",
        (json.dumps(sorted(keys)),),
    ):
        found.setdefault(key, []).append(_case_event(*row))
    return found


def _case_event(identity: bytes, core: bytes, payload: bytes | None) -> CaseEvent:
    return CaseEvent(b64(identity), known_core(core), known_data(payload) if payload is not None else None)


def core_of(store: Store, identity: str) -> Core | None:
    """The core of one event; None when it is not here."""
    row = store.one("SELECT core FROM event WHERE id = ?", (unb64(identity),))
    return known_core(row[0]) if row else None


def sealed_events(store: Store, key: str) -> list[Event]:
    """All events of a case as they are exchanged."""
    found = store.rows("SELECT id, core, payload, sig FROM event WHERE case_id = ? ORDER BY n", (key,))
    return [Event(*row) for row in found]


def sealed_by_id(store: Store, identities: Iterable[str]) -> list[Event]:
    """Named events as they are exchanged, in the file's order."""
    found = []
    for identity in identities:
        found += store.rows("SELECT n, id, core, payload, sig FROM event WHERE id = ?", (unb64(identity),))
    return [Event(*row[1:]) for row in sorted(found)]


def org_sealed(store: Store, types: Iterable[str]) -> list[Event]:
    """The shop's own events of some types as they are exchanged."""
    found = store.rows(
        "SELECT id, core, payload, sig FROM event"
        " WHERE case_id = '' AND type IN (SELECT value FROM json_each(?)) ORDER BY n",
        (json.dumps(sorted(types)),),
    )
    return [Event(*row) for row in found]


def whole(store: Store) -> Iterator[tuple[int, bytes, bytes, int, int, str, str, bytes, bytes | None, bytes]]:
    """Every row in order: n, id, writer's id, seq, own, case key, type, core, payload, signature."""
    cursor = store.connection.execute(
        "SELECT e.n, e.id, w.id, e.seq, e.own, CAST(e.case_id AS BLOB), CAST(e.type AS BLOB), e.core, e.payload, e.sig"
        " FROM event e LEFT JOIN writer w ON w.n = e.writer ORDER BY e.n"
    )
    for row in cursor:  # as bytes, because what is damaged may be no text any more
        yield (*row[:5], row[5].decode(errors="replace"), row[6].decode(errors="replace"), *row[7:])


def cases_in_order(store: Store) -> Iterator[tuple[str, list[CaseEvent]]]:
    """Every case with its events, case by case, to rebuild the projections from."""
    cursor = store.connection.execute(
        "SELECT case_id, id, core, payload FROM event WHERE case_id <> '' ORDER BY case_id, n"
    )
    key = ""
    events: list[CaseEvent] = []
    for row in cursor:
        if row[0] != key and events:
            yield key, events
            events = []
        key = row[0]
        events.append(_case_event(*row[1:]))
    if events:
        yield key, events


def org_in_order(store: Store) -> Iterator[tuple[int, CaseEvent]]:
    """Every event of the shop itself with its place in the file, in order."""
    cursor = store.connection.execute("SELECT n, id, core, payload FROM event WHERE case_id = '' ORDER BY n")
    for row in cursor:
        yield row[0], _case_event(*row[1:])


def count(store: Store) -> int:
    """How many events the ledger has."""
    return int(store.one("SELECT count(*) FROM event")[0])
