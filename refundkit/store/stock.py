"""Returned parts by case: the projection of what came back, and what of it the books do not have."""

from __future__ import annotations

from collections import Counter
from typing import Any

from refundkit.model.case import CaseView
from refundkit.rules.stock_booking import due
from refundkit.store.database import Store


def save(connection: Any, view: CaseView) -> None:
    """Put in what came back with a case, in place of what was there of it."""
    if not view.stock:
        return
    waiting = Counter(what.stocked.event for what in due(view.stock, view.booked) if view.line is not None)
    connection.executemany(
        "INSERT OR REPLACE INTO stock (event, case_key, number, cost_minor, goal, back_on, counts, unbooked)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (s.event, view.key, s.number, s.cost, s.goal, s.on, int(s.counts), waiting[s.event])
            for s in view.stock
        ],
    )  # fmt: skip


def unbooked(store: Store) -> list[str]:
    """Keys of cases with returned parts that the books do not have yet, in the order of their days."""
    rows = store.rows("SELECT case_key FROM stock WHERE unbooked > 0 GROUP BY case_key ORDER BY min(back_on), case_key")
    return [row[0] for row in rows]


def last_number(connection: Any, epoch: int) -> int:
    """How many returned parts this epoch has numbered."""
    return int(connection.execute("SELECT count(*) FROM stock WHERE number GLOB ?", (f"RS-{epoch}-*",)).fetchone()[0])
