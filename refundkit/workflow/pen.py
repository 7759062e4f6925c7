"""Writes events in one transaction: seals them with the actor's key, keeps the tables beside the ledger in step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from refundkit.model.canonical import b64
from refundkit.model.case import LOGGED, CaseEvent, CaseView
from refundkit.model.events import Chain, Core, case_key, hlc_text, signed_message
from refundkit.model.fold import fold, fresh
from refundkit.model.org import ORG_TYPES, Org
from refundkit.store import cases, ledger, projections
from refundkit.store.database import Store

if TYPE_CHECKING:
    from refundkit.keys.background import BackgroundSigner

AT_ONCE: Final = 1_000  # what keys.background can take; that module loads too much to be asked by who only reads
_SALTS: Final = 512
_Row = tuple[bytes, int, int, str, str, bytes, bytes]
"""id, writer's number, seq, case key, type, core, payload."""


class Pen:
    """What one transaction writes. `simulated`: the clock was given, and every event says so.

    `org`: the shop as this transaction sees it; it learns where new events of the shop stand, since later events of the
    same transaction depend on them and are judged by that.
    """

    def __init__(self, connection: Any, chain: Chain, number: int, stamp: int, seed: bytes) -> None:
        self.connection, self._chain, self._number, self._stamp, self._seed = connection, chain, number, stamp, seed
        self.simulated = False
        self.org: Org | None = None
        self._unsigned: list[_Row] = []
        self._signing: list[_Row] = []
        self._helper: BackgroundSigner | None = None
        self._heads = ledger.org_heads(connection)
        self._salts, self._at = b"", 0

    @property
    def time(self) -> str:
        """The hybrid time the next event gets: no two commands begin with the same."""
        return hlc_text(self._stamp)

    def append(self, type_: str, data: dict[str, Any], *, case: str = "", deps: Sequence[str] = ()) -> CaseEvent:
        """Seal one event and queue it. Its dependencies always include the shop's newest events.

        Return it as `fold` reads it. Events of the shop itself go to their projections at once.
        """
        named = [*deps, *self._heads] if deps else self._heads
        identity, hlc, data = self._seal(type_, data, case, named)
        core = Core("", self._chain.writer, self._chain.seq, b"", case, type_, 1, hlc, tuple(named), b"")
        read = CaseEvent(b64(identity), core, data)
        if type_ in ORG_TYPES:
            self._org_event(identity, read, named)
        return read

    def log(self, data: dict[str, Any], by_hand: str = "") -> CaseView:
        """Write a request and return its case."""
        identity, hlc, data = self._seal(LOGGED, data, "", self._heads)
        if len(self._unsigned) >= AT_ONCE:
            self._sign_behind()
        return fresh(case_key(identity), b64(identity), hlc, data, by_hand)

    def _seal(
        self, type_: str, data: dict[str, Any], case: str, deps: Sequence[str]
    ) -> tuple[bytes, str, dict[str, Any]]:
        if self.simulated:
            data = {**data, "simulated": True}
        hlc = hlc_text(self._stamp)
        self._stamp += 1
        chain = self._chain
        identity, core, payload = chain.seal(
            type_=type_, tv=1, case=case, hlc=hlc, deps=deps, data=data, salt=self._next_salt()
        )
        scope = case_key(identity) if type_ == LOGGED else case
        self._unsigned.append((identity, self._number, chain.seq, scope, type_, core, payload))
        return identity, hlc, data

    def _org_event(self, identity: bytes, read: CaseEvent, deps: Iterable[str]) -> None:
        self.flush()
        ledger.note_org_event(self.connection, read.id, read.core.type, deps)
        if self.org is not None:
            self.org.place(read.id, list(deps))
        projections.apply_org(self.connection, ledger.row_number(self.connection, identity), read)
        self._heads = ledger.org_heads(self.connection)

    def _sign_behind(self) -> None:
        """Hand a full batch to the helper and put the batch before it into the ledger."""
        from refundkit.keys.background import BackgroundSigner

        if self._helper is None:
            self._helper = BackgroundSigner(self._seed)
        self._collect()
        self._signing, self._unsigned = self._unsigned, []
        self._helper.submit([signed_message(row[0]) for row in self._signing])

    def _collect(self) -> None:
        if self._signing and self._helper is not None:
            signatures = self._helper.collect()
            ledger.insert(self.connection, [(*row, sig) for row, sig in zip(self._signing, signatures, strict=True)])
            self._signing = []

    def flush(self) -> None:
        """Put everything queued into the ledger."""
        self._collect()
        sign = self._chain.sign
        ledger.insert(self.connection, [(*row, sign(signed_message(row[0]))) for row in self._unsigned])
        self._unsigned = []

    def close(self) -> None:
        """Let the helper go."""
        if self._helper is not None:
            self._helper.close()

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
