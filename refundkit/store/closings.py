"""Months of the books that somebody wanted closed or open again, and who seconded it."""

from __future__ import annotations

from typing import Any, NamedTuple

from refundkit.model.case import CaseEvent
from refundkit.model.events import hlc_milliseconds
from refundkit.store.database import Store


class Said(NamedTuple):
    """What a person said of a month. `wanted`: closed or open. `seconds`: the event of another that it agrees with."""

    event: str
    month: str
    wanted: str
    who: str
    seconds: str
    reason: str
    at_ms: int


def note(connection: Any, number: int, event: CaseEvent, data: dict[str, Any]) -> None:
    """Put in what was said of a month."""
    connection.execute(
        "INSERT INTO books_month (event, n, month, wanted, who, seconds, reason, at_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (event.id, number, data["month"], data["wanted"], data["who"], data["seconds"], data["reason"],
         hlc_milliseconds(event.core.hlc)),
    )  # fmt: skip


def said(store: Store, month: str = "") -> list[Said]:
    """Everything said of a month, or of all, in order."""
    rows = store.rows(
        "SELECT event, month, wanted, who, seconds, reason, at_ms FROM books_month WHERE ? IN ('', month) ORDER BY n",
        (month,),
    )
    return [Said(*row) for row in rows]
