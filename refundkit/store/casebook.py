"""The other cases of this store, as far as an assessment may ask for them: fetched for a batch, grown by new ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from refundkit.model.case import CaseView
from refundkit.model.dossier import Asked, Other
from refundkit.model.words import COUNTS_AS_REFUNDED, Level

_COLUMNS: Final = (
    "key, id, state, channel, external_ref, message_id, customer_id, service_order, invoice, reason, requested,"
    " received_ms, arrived, level, base_minor, requested_currency, currency"
)
_Row = Sequence[Any]
"""A case in the order of _COLUMNS. Most rows are looked at and passed over, so they stay rows until one is needed."""
_KEY, _ID, _STATE, _CUSTOMER, _ORDER, _INVOICE, _RECEIVED, _ARRIVED, _LEVEL, _BASE = 0, 1, 2, 6, 7, 8, 11, 12, 13, 14


class CaseBook:
    """Cases by customer, by reference and by Message-ID."""

    def __init__(self, connection: Any) -> None:
        self._db = connection
        self._clear()

    def _clear(self) -> None:
        self._by_customer: dict[str, list[_Row]] = {}
        self._by_ref: dict[tuple[str, str], list[_Row]] = {}
        self._by_message: dict[tuple[str, str], list[_Row]] = {}

    def gather(self, asked: Sequence[Asked], customers: Iterable[str]) -> None:
        """Fetch the cases that a batch of requests of these customers may meet; forget those fetched before."""
        self._clear()
        known: set[str] = set()
        for column, values in (
            ("customer_id", set(customers)),
            ("external_ref", {a.external_ref for a in asked if a.external_ref}),
            ("message_id", {a.message_id for a in asked if a.message_id}),
        ):
            if not values:
                continue
            for row in self._db.execute(
                f"SELECT {_COLUMNS} FROM cases WHERE {column} IN (SELECT value FROM json_each(?)) AND {column} <> ''"
                " ORDER BY arrived",
                (json.dumps(sorted(values)),),
            ):
                if row[0] not in known:
                    known.add(row[0])
                    self._file(row)

    def add(self, view: CaseView, received_ms: int) -> None:
        """Let the requests that follow see a case of this command."""
        found = view.assessment or {}
        asked = view.request
        self._file(
            (
                view.key, view.id, view.state, asked["channel"], asked["external_ref"], asked["message_id"],
                found.get("customer_id", ""), found.get("service_order", ""), found.get("invoice", ""),
                asked["reason"], asked["amount"], received_ms, view.arrived, view.level, found.get("base_amount"),
                asked["currency"], found.get("currency", ""),
            )
        )  # fmt: skip

    def _file(self, row: _Row) -> None:
        if row[_CUSTOMER]:
            self._by_customer.setdefault(row[_CUSTOMER], []).append(row)
        if row[4]:
            self._by_ref.setdefault((row[3], row[4]), []).append(row)
        if row[5]:
            self._by_message.setdefault((row[3], row[5]), []).append(row)

    def others(
        self, asked: Asked, customer: str, order: str, invoice: str, *, own: str, arrived: str, apart: frozenset[str],
        until: str = "",
    ) -> tuple[Other, ...]:  # fmt: skip
        """Cases that share the reference, or the customer and the order or the invoice, in the order they came in.

        `until`: those that came in later are passed over.
        """
        found: dict[str, _Row] = {}
        if asked.external_ref:
            found.update((row[_KEY], row) for row in self._by_ref.get((asked.channel, asked.external_ref), ()))
        if asked.message_id:
            found.update((row[_KEY], row) for row in self._by_message.get((asked.channel, asked.message_id), ()))
        if customer:
            for row in self._by_customer.get(customer, ()):
                if (invoice and row[_INVOICE] == invoice) or (order and row[_ORDER] == order):
                    found[row[_KEY]] = row
        found.pop(own, None)
        if until:
            found = {key: row for key, row in found.items() if row[_ARRIVED] < until}
        rows = sorted(found.values(), key=lambda row: row[_ARRIVED]) if len(found) > 1 else found.values()
        return tuple(
            [_other(row, dismissed=row[_KEY] in apart, earlier=not arrived or row[_ARRIVED] < arrived) for row in rows]
        )

    def auto_approved(self, customer: str, own: str, until: str = "") -> tuple[tuple[str, datetime, int], ...]:
        """(id, received, amount in minor units of the books) of what the policy approved by itself."""
        return tuple(
            [
                (row[_ID], datetime.fromtimestamp(row[_RECEIVED] // 1000, UTC), row[_BASE])
                for row in self._by_customer.get(customer, ())
                if row[_LEVEL] == Level.AUTO and row[_STATE] in COUNTS_AS_REFUNDED and row[_KEY] != own
                and row[_BASE] is not None and (not until or row[_ARRIVED] < until)
            ]
        )  # fmt: skip


def counted(amount: str, currency: str, invoice_currency: str) -> Decimal | None:
    """A requested amount as far as it counts: one in another currency than the invoice's counts as missing."""
    foreign = currency and invoice_currency and currency != invoice_currency
    return Decimal(amount) if amount and not foreign else None


def _other(row: _Row, *, dismissed: bool, earlier: bool) -> Other:
    received = datetime.fromtimestamp(row[_RECEIVED] // 1000, UTC)
    amount = counted(row[10], row[15], row[16])
    return Other(
        row[1],
        str(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        amount,
        received,
        dismissed,
        earlier,
    )
