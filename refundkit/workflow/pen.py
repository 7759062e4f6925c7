"""Writes events in one transaction: seals them with the actor's key, keeps the tables beside the ledger in step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, Final

from refundkit.model.events import Chain, Event, case_key, hlc_text
from refundkit.model.fold import LOGGED, CaseEvent, CaseView, fold
from refundkit.model.org import ORG_TYPES, Org
from refundkit.store import cases, ledger, projections
from refundkit.store.database import Store

_FLUSH: Final = 1_000
_SALTS: Final = 512


class Pen:
    """What one transaction writes. `simulated`: the clock was given, and every event says so.

    `case_key`: the key of the case of the event written last ('' for the shop itself). `written`: how many events.
    """

    def __init__(self, connection: Any, chain: Chain, number: int, stamp: int) -> None:
        self.connection, self._chain, self._number, self._stamp = connection, chain, number, stamp
        self.simulated = False
        self.written = 0
        self.case_key = ""
        self._rows: list[tuple[bytes, int, int, str, str, bytes, bytes | None, bytes]] = []
        self._heads = ledger.org_heads(connection)
        self._salts, self._at = b"", 0

    @property
    def writer(self) -> str:
        """The writer these events are signed by."""
        return self._chain.writer

    @property
    def org_heads(self) -> list[str]:
        """The shop's own newest events: every event written now depends on them."""
        return self._heads

    def append(self, type_: str, data: dict[str, Any], *, case: str = "", deps: Sequence[str] = ()) -> CaseEvent:
        """Seal one event and queue it. Its dependencies always include the shop's newest events.

        Return it as `fold` reads it. Events of the shop itself go to their projections at once.
        """
        if self.simulated:
            data = {**data, "simulated": True}
        hlc = hlc_text(self._stamp)
        self._stamp += 1
        named = [*deps, *self._heads] if deps else self._heads
        event = self._chain.append(type_=type_, tv=1, case=case, hlc=hlc, deps=named, data=data, salt=self._next_salt())
        scope = self.case_key = case_key(event.id) if type_ == LOGGED else case
        self._rows.append((event.id, self._number, self._chain.seq, scope, type_, event.core, event.payload, event.sig))
        self.written += 1
        read = projections.as_read(event, self._chain.writer, self._chain.seq, case, type_, hlc, tuple(named), data)
        if type_ in ORG_TYPES:
            self._org_event(event, read, named)
        elif len(self._rows) >= _FLUSH:
            self.flush()
        return read

    def _org_event(self, event: Event, read: CaseEvent, deps: Iterable[str]) -> None:
        self.flush()
        ledger.note_org_event(self.connection, read.id, read.core.type, deps)
        number = self.connection.execute("SELECT n FROM event WHERE id = ?", (event.id,)).fetchone()[0]
        projections.apply_org(self.connection, number, read)
        self._heads = ledger.org_heads(self.connection)

    def flush(self) -> None:
        """Hand the queued events to the ledger."""
        ledger.insert(self.connection, self._rows)
        self._rows.clear()

    def project(self, store: Store, key: str, org: Org) -> CaseView:
        """Bring the row of one case in step with its events and return the case."""
        self.flush()
        view = fold(key, ledger.case_events(store, key), org)
        cases.save(self.connection, view)
        projections.note_lines(self.connection, view)
        return view

    def _next_salt(self) -> bytes:
        if self._at == len(self._salts):
            self._salts, self._at = os.urandom(16 * _SALTS), 0
        self._at += 16
        return self._salts[self._at - 16 : self._at]
