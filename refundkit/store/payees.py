"""Who entered and who confirmed where a customer's money goes, by the ledger; the sealed data of this machine."""

from __future__ import annotations

from typing import Any, NamedTuple

from refundkit.model.case import CaseEvent
from refundkit.model.events import hlc_milliseconds
from refundkit.store.database import Store


class Said(NamedTuple):
    """One entry or confirmation. `confirms`: the event of the entry that it confirms, '' for an entry."""

    event: str
    customer_id: str
    digest: str
    who: str
    at_ms: int
    confirms: str


def note(connection: Any, number: int, event: CaseEvent, data: dict[str, Any]) -> None:
    """Put in what was said of a payee."""
    connection.execute(
        "INSERT INTO payee (event, n, customer_id, digest, who, at_ms, confirms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event.id, number, data["customer_id"], data["digest"], data["who"], hlc_milliseconds(event.core.hlc),
         data["confirms"]),
    )  # fmt: skip


def said(store: Store, customer_id: str = "") -> list[Said]:
    """Everything that was said, of one customer or of all, oldest first."""
    whose, values = ("WHERE customer_id = ?", (customer_id,)) if customer_id else ("", ())
    rows = store.rows(f"SELECT event, customer_id, digest, who, at_ms, confirms FROM payee {whose} ORDER BY n", values)
    return [Said(*row) for row in rows]


def keep(connection: Any, customer_id: str, digest: str, sealed: bytes) -> None:
    """Keep sealed bank data under its digest."""
    connection.execute(
        "INSERT OR REPLACE INTO sealed_payee (digest, customer_id, sealed) VALUES (?, ?, ?)",
        (digest, customer_id, sealed),
    )


def sealed(store: Store, digest: str) -> bytes | None:
    """The sealed bank data of this digest; None when this machine has it not."""
    row = store.one("SELECT sealed FROM sealed_payee WHERE digest = ?", (digest,))
    return bytes(row[0]) if row else None
