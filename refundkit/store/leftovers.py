"""What imports left over, and what each import came to."""

from __future__ import annotations

from typing import Any

from refundkit.store.database import Store


def listed(store: Store, kind: str) -> list[dict[str, Any]]:
    """Rows left over of one kind, in the order they came."""
    names = ("file", "index", "column", "problem", "words", "message_id", "document")
    found = store.rows(
        "SELECT l.file, l.idx, l.col, l.problem, l.words, l.message_id, l.document FROM left_over l"
        " JOIN intake_run r ON r.event = l.event WHERE l.kind = ? ORDER BY r.n, l.file, l.idx",
        (kind,),
    )
    return [dict(zip(names, row, strict=True)) for row in found]


def last_rejects(store: Store) -> int:
    """How many rows the last import rejected, in all of its files."""
    row = store.one(
        "SELECT sum(rejects) FROM intake_run WHERE run = (SELECT run FROM intake_run ORDER BY n DESC LIMIT 1)"
    )
    return int(row[0] or 0)
