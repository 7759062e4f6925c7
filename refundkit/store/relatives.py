"""The cases that a message or row may have to do with, by what can be told without records: fetched for a batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from refundkit.model.case import CaseView
from refundkit.model.requests import Place
from refundkit.rules.likeness import Trace
from refundkit.store.cases import received_ms

_COLUMNS: Final = (
    "key, id, state, channel, external_ref, message_id, customer_email, asked_customer, customer_id, asked_order,"
    " service_order, asked_invoice, invoice, requested, requested_currency, reason, subject, description, received_ms,"
    " file, idx, sheet"
)

_RECEIVED: Final = attrgetter("received_at")

Domain = Callable[[str], str]


class Relatives:
    """Cases by sender, customer, order, invoice, reference and Message-ID; grown by those of the same command.

    `domain` gives the part of an address that stands for one house, '' for a provider that anybody uses.
    """

    def __init__(self, connection: Any, domain: Domain) -> None:
        self._db, self._domain = connection, domain
        self._clear()

    def _clear(self) -> None:
        self._by: dict[tuple[str, str], dict[str, Trace]] = {}
        self._known: dict[str, Trace] = {}

    def gather(self, traces: Sequence[Trace], window: timedelta, ids: Iterable[str] = ()) -> None:
        """Fetch what a batch may meet; forget what was fetched before. `ids`: cases that are named.

        Farther apart in time than `window`, only the same reference and messages make two requests one.
        """
        self._clear()
        wanted = {
            "lower(customer_email)": {t.email for t in traces},
            "asked_customer": {t.customer for t in traces},
            "asked_order": {t.order for t in traces},
            "asked_invoice": {t.invoice for t in traces},
            "external_ref": {t.external_ref for t in traces},
            "message_id": {i for t in traces for i in (*t.thread, *t.message_ids)},
            "email_domain": {t.domain for t in traces if t.message_ids},
            "id": set(ids),
        }
        near = _near([t.received_at for t in traces], window)
        for column, values in wanted.items():
            if found := sorted(values - {""}):
                filled = "customer_email" if "customer_email" in column else column  # as the indexes say it
                where = f"{column} IN (SELECT value FROM json_each(?)) AND {filled} <> ''"
                if near and column not in ("external_ref", "message_id", "id"):
                    self._fetch(f"{where} AND received_ms BETWEEN ? AND ?", found, *near)
                else:
                    self._fetch(where, found)
        if threads := sorted(wanted["message_id"] - {""}):
            self._fetch(
                "key IN (SELECT key FROM case_note WHERE message_id IN (SELECT value FROM json_each(?))"
                " AND message_id <> '')",
                threads,
            )
        self._note_ids()

    def _fetch(self, where: str, values: list[str], *more: int) -> None:
        for row in self._db.execute(
            f"SELECT {_COLUMNS} FROM cases WHERE {where} ORDER BY arrived", (json.dumps(values), *more)
        ):
            if row[0] not in self._known:
                self._file(self._trace(row))

    def _note_ids(self) -> None:
        """Messages noted on a case belong to its thread."""
        notes: dict[str, list[str]] = {}
        for key, identity in self._db.execute(
            "SELECT key, message_id FROM case_note WHERE key IN (SELECT value FROM json_each(?)) AND message_id <> ''",
            (json.dumps(list(self._known)),),
        ):
            notes.setdefault(key, []).append(identity)
        for key, identities in notes.items():
            self.note(key, identities)

    def note(self, key: str, identities: Iterable[str]) -> None:
        """Let the messages that follow find a case by the ids of messages noted on it."""
        trace = self._known.get(key)
        if trace is not None:
            self._file(replace(trace, message_ids=(*trace.message_ids, *identities)))

    def add(self, view: CaseView) -> None:
        """Let the messages that follow see a case of this command."""
        asked, found, source = view.request, view.assessment or {}, view.source
        self._file(
            self._trace(
                (
                    view.key, view.id, str(view.state), asked["channel"], asked["external_ref"], asked["message_id"],
                    asked["customer_email"], asked["customer_id"], found.get("customer_id", ""), asked["service_order"],
                    found.get("service_order", ""), asked["invoice"], found.get("invoice", ""), asked["amount"],
                    asked["currency"], asked["reason"], source.get("subject", ""), asked["description"],
                    received_ms(asked["received_at"]), source["file"], source["index"],
                    source.get("sheet", ""),
                )
            )
        )  # fmt: skip

    def _trace(self, row: Sequence[Any]) -> Trace:
        (key, case, state, channel, ref, message, email, asked_customer, customer, asked_order, order, asked_invoice,
         invoice, amount, currency, reason, subject, words, received, *where) = row  # fmt: skip
        return Trace(
            key, case, state, channel, ref, (message,) if message else (), email.casefold(), self._domain(email),
            asked_customer or customer, asked_order or order, asked_invoice or invoice,
            Decimal(amount) if amount else None, currency, reason, subject, " ".join(words.casefold().split()),
            datetime.fromtimestamp(received // 1000, UTC), Place(*where),
        )  # fmt: skip

    def _file(self, trace: Trace) -> None:
        self._known[trace.key] = trace
        for name in _names(trace):
            self._by.setdefault(name, {})[trace.key] = trace

    def of(self, trace: Trace, case: str = "") -> list[Trace]:
        """The cases that share anything with this one, in the order they came in; first the one that is named."""
        found: dict[str, Trace] = {}
        for name in (("id", case), *(("message", identity) for identity in trace.thread), *_names(trace)):
            if there := self._by.get(name):
                found.update(there)
        in_order = sorted(found.values(), key=_RECEIVED)
        if not case:
            return in_order
        return [t for t in in_order if t.case == case] + [t for t in in_order if t.case != case]


def _near(moments: Sequence[datetime], window: timedelta) -> tuple[int, ...]:
    """The first and the last millisecond that can lie within the window of any of these moments."""
    if not moments:
        return ()
    first, last = min(moments).timestamp(), max(moments).timestamp()
    wide = window.total_seconds() + 1
    return int(1000 * (first - wide)), int(1000 * (last + wide))


def _names(trace: Trace) -> list[tuple[str, str]]:
    """What a case is found by."""
    pairs = [
        ("id", trace.case), ("email", trace.email), ("customer", trace.customer), ("order", trace.order),
        ("invoice", trace.invoice), ("reference", trace.external_ref), ("domain", trace.domain),
        *(("message", identity) for identity in trace.message_ids),
    ]  # fmt: skip
    return [pair for pair in pairs if pair[1]]
