"""Batches of bookings: which there are, what they hold, and which files of them this device has still to write."""

from __future__ import annotations

import json
from typing import Any

from refundkit.model.events import known_data
from refundkit.store.database import Store


def listed(store: Store) -> list[dict[str, Any]]:
    """All batches, oldest first; `files` as [{name, sha256, size}].

    `outcome`: landed, refused, or '' for no answer yet, with the importer's `message`. Of a batch that was written
    anew, `revised` is the newer one; `first` is the batch that booked its cases, `revision` counts its writings.
    """
    names = (
        "batch", "format", "at_ms", "who", "cases", "base_minor", "files", "event", "revises", "outcome", "message",
    )  # fmt: skip
    rows = store.rows(f"SELECT {', '.join(names)} FROM export_batch ORDER BY n")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for batch in found:
        batch["files"] = json.loads(batch["files"])
    by_name = {batch["batch"]: batch for batch in found}
    for batch in found:
        before = by_name.get(batch["revises"])
        batch["first"] = before["first"] if before else batch["batch"]
        batch["revision"] = before["revision"] + 1 if before else 1
        batch["revised"] = next((b["batch"] for b in found if b["revises"] == batch["batch"]), "")
    return found


def say(connection: Any, data: dict[str, Any]) -> None:
    """Note what the accounting system said of a batch. What has landed stays so."""
    connection.execute(
        "UPDATE export_batch SET outcome = ?, message = ? WHERE batch = ? AND outcome <> 'landed'",
        (data["outcome"], data["message"], data["batch"]),
    )


def bookings(store: Store, batch: str) -> list[dict[str, Any]]:
    """The bookings of a batch as they are kept in its cases' events, in the ledger's order."""
    rows = store.rows(
        "SELECT e.payload FROM event e WHERE e.type = 'export.line' AND e.case_id IN"
        " (SELECT case_key FROM export_line WHERE batch = ?) ORDER BY e.n",
        (batch,),
    )
    found = [known_data(row[0]) for row in rows if row[0] is not None]
    return [data["booking"] for data in found if data["batch"] == batch]


def unwritten(store: Store) -> list[tuple[str, str]]:
    """(batch, folder) of batches that were booked here and whose files may not be on the disk."""
    return [tuple(r) for r in store.rows("SELECT DISTINCT batch, folder FROM outbox WHERE written = 0 ORDER BY batch")]


def queue(connection: Any, batch: str, folder: str, names: list[str]) -> None:
    """Note, in the booking's own transaction, which files have to be written where."""
    connection.executemany(
        "INSERT INTO outbox (batch, name, folder) VALUES (?, ?, ?)", [(batch, name, folder) for name in names]
    )


def written(connection: Any, batch: str) -> None:
    """Note that a batch's files are on the disk."""
    connection.execute("UPDATE outbox SET written = 1 WHERE batch = ?", (batch,))


def last_batch(connection: Any, epoch: int) -> int:
    """How many batches this epoch has numbered; one that is written anew keeps its number."""
    row = connection.execute(
        "SELECT count(*) FROM export_batch WHERE batch GLOB ? AND revises = ''", (f"{epoch}-*",)
    ).fetchone()
    return int(row[0])


def last_memo(connection: Any, epoch: int) -> int:
    """How many credit memos this epoch has numbered."""
    row = connection.execute("SELECT count(*) FROM export_line WHERE memo GLOB ?", (f"CM-{epoch}-*",)).fetchone()
    return int(row[0])


def case_ids(store: Store, batch: str) -> list[str]:
    """The ids of the cases that a batch books something of, in the order they came in."""
    rows = store.rows(
        "SELECT id FROM cases WHERE key IN (SELECT case_key FROM export_line WHERE batch = ?) ORDER BY arrived",
        (batch,),
    )
    return [row[0] for row in rows]
