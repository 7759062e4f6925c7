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


def last_rejects(store: Store) -> tuple[str, int]:
    """(file, how many rows were rejected) of the last import; ('', 0) before the first."""
    row = store.one(
        "SELECT file, (SELECT sum(rejects) FROM intake_run s WHERE s.file = r.file AND s.at_ms >= r.at_ms - 60000)"
        " FROM intake_run r ORDER BY n DESC LIMIT 1"
    )
    return (row[0], int(row[1])) if row else ("", 0)


def documents_named(store: Store) -> set[str]:
    """SHA-256 names of the documents that left-over messages keep."""
    return {row[0] for row in store.rows("SELECT DISTINCT document FROM left_over WHERE document <> ''")}
