"""What imports left over, and what each import came to."""

from __future__ import annotations

import json
from typing import Any, Final

from refundkit.store.database import Store

SHORT: Final = 8
"""How much of a fingerprint is shown as a number that people type."""

_NAMES: Final = (
    "fingerprint",
    "file",
    "sheet",
    "index",
    "column",
    "problem",
    "words",
    "cells",
    "message_id",
    "document",
    "case",
)
_SELECT: Final = (
    "SELECT l.fingerprint, l.file, l.sheet, l.idx, l.col, l.problem, l.words, l.cells, l.message_id, l.document,"
    " (SELECT c.id FROM taken t JOIN cases c ON c.key = t.key WHERE t.fingerprint = l.fingerprint"
    " ORDER BY c.arrived LIMIT 1) FROM left_over l JOIN intake_run r ON r.event = l.event"
)
_OPEN: Final = "NOT EXISTS (SELECT 1 FROM taken t WHERE t.fingerprint = l.fingerprint)"
_ORDER: Final = "ORDER BY r.n, l.file, l.sheet, l.idx"


def listed(store: Store, kind: str) -> list[dict[str, Any]]:
    """Rows left over of one kind of which no case was made, in the order they came."""
    return [_row(row) for row in store.rows(f"{_SELECT} WHERE l.kind = ? AND {_OPEN} {_ORDER}", (kind,))]


def find(store: Store, named: str, kind: str) -> list[dict[str, Any]]:
    """Rows of one kind by the beginning of their fingerprint, by Message-ID, file or place as it is told with a '#'."""
    file, _, index = named.rpartition("#")
    named_index = int(index) if file and index.isascii() and index.isdigit() and len(index) < 10 else None
    found = store.rows(
        f"{_SELECT} WHERE l.kind = ? AND (l.fingerprint GLOB ? OR (l.message_id <> '' AND l.message_id = ?)"
        f" OR l.file = ? OR (l.file = ? AND l.idx = ?)"
        f" OR (l.sheet <> '' AND l.file || '#' || l.sheet || coalesce('!' || l.idx, '') = ?)) {_ORDER} LIMIT 9",
        (kind, _beginning(named), named.strip("<>"), named, file, named_index, named),
    )
    return [_row(row) for row in found]


def _beginning(named: str) -> str:
    """A pattern for fingerprints that begin so; one that fits none for what cannot be their beginning."""
    typed = named.strip().lower()
    fits = 4 <= len(typed) <= 32 and all(c in "0123456789abcdef" for c in typed)
    return f"{typed}*" if fits else "-"


def _row(row: Any) -> dict[str, Any]:
    found = dict(zip(_NAMES, row, strict=True))
    return {"id": found["fingerprint"][:SHORT], **found, "cells": json.loads(found["cells"])}


def last_rejects(store: Store) -> int:
    """How many rows the last import rejected, in all of its files, and nobody has mended since."""
    row = store.one(
        f"SELECT count(*) FROM left_over l JOIN intake_run r ON r.event = l.event WHERE l.kind = 'reject' AND {_OPEN}"
        " AND r.run = (SELECT run FROM intake_run ORDER BY n DESC LIMIT 1)"
    )
    return int(row[0] or 0)
