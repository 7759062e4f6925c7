"""Lines of statements that were read: which payment each was found to be, or why a person must look."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from refundkit.model.case import CaseEvent
from refundkit.store.database import Store


class Line(NamedTuple):
    """One line. `found`: matched, open (a person must look), other (not about a refund). `line`: as it was read."""

    fingerprint: str
    file: str
    idx: int
    found: str
    why: str
    line: dict[str, Any]
    payment: str


def note(connection: Any, number: int, event: CaseEvent, data: dict[str, Any]) -> None:
    """Put in the lines of a statement. What was open is taken over by what is known of it now."""
    connection.executemany(
        "INSERT OR REPLACE INTO statement_line (fingerprint, event, n, file, idx, found, why, line, payment)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (said["fingerprint"], event.id, number, data["file"], said["index"], said["found"], said["why"],
             json.dumps(said["line"], sort_keys=True), said["payment"])
            for said in data["lines"]
        ],
    )  # fmt: skip


def known(store: Store, fingerprints: Iterable[str]) -> dict[str, str]:
    """What was found of lines that were read before."""
    rows = store.rows(
        "SELECT fingerprint, found FROM statement_line WHERE fingerprint IN (SELECT value FROM json_each(?))",
        (json.dumps(list(fingerprints)),),
    )
    return {row[0]: row[1] for row in rows}


def listed(store: Store, found: str) -> list[Line]:
    """The lines of one kind, in the order they were read."""
    rows = store.rows(
        "SELECT fingerprint, file, idx, found, why, line, payment FROM statement_line WHERE found = ? ORDER BY n, idx",
        (found,),
    )
    return [Line(r[0], r[1], r[2], r[3], r[4], json.loads(r[5]), r[6]) for r in rows]


def counted(store: Store, found: str) -> int:
    """How many lines of one kind there are."""
    return int(store.one("SELECT count(*) FROM statement_line WHERE found = ?", (found,))[0])
