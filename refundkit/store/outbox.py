"""What this store has still to send: digests of reminders, written in the transaction that says so in the ledger.

Kept on this device alone. A sender takes what is unsent; a reminder that another machine wrote first is marked there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from refundkit.store.database import Store


@dataclass(frozen=True, slots=True)
class Message:
    """A digest for one person. `reminders`: (key, event) of each reminder in it, as the ledger has them."""

    id: str
    user: str
    made_ms: int
    subject: str
    body: str
    reminders: tuple[tuple[str, str], ...]


def put(connection: Any, message: Message) -> None:
    """Put a digest in, inside the caller's transaction."""
    connection.execute(
        "INSERT INTO message (id, user, made_ms, subject, body, reminders) VALUES (?, ?, ?, ?, ?, ?)",
        (message.id, message.user, message.made_ms, message.subject, message.body, json.dumps(message.reminders)),
    )


def unsent(store: Store) -> list[Message]:
    """The digests that were not sent, oldest first."""
    rows = store.rows(
        "SELECT id, user, made_ms, subject, body, reminders FROM message WHERE sent_ms IS NULL ORDER BY made_ms, user"
    )
    return [
        Message(i, user, at, subject, body, tuple((key, event) for key, event in json.loads(told)))
        for i, user, at, subject, body, told in rows
    ]


def counted_events(store: Store, events: Sequence[str]) -> frozenset[str]:
    """Which of these reminders count: of a slot that two machines wrote apart, one does."""
    wanted = json.dumps(list(events))
    found = store.rows("SELECT event FROM reminder WHERE event IN (SELECT value FROM json_each(?))", (wanted,))
    return frozenset(row[0] for row in found)
