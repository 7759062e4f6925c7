"""Finds waiting cases by words in them: an index of the words, kept in the order of the queue.

The number of a row stands for its place: hours of `urgent_ms` above, a hash of the case's key below. So the first
matches are the first of the queue, and a word that is in every case costs no more than one that is in few.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from refundkit.model.case import CaseView
from refundkit.model.urgency import urgent_ms
from refundkit.store.database import Store

_HOUR_MS: Final = 60 * 60 * 1000
_HASH_BITS: Final = 43
_WORD: Final = re.compile(r"\w+")
_MOST_WORDS: Final = 8


def save(connection: Any, views: Iterable[CaseView]) -> None:
    """Put in cases that wait and are not there yet."""
    connection.executemany(
        "INSERT OR REPLACE INTO waiting_text (rowid, words, key) VALUES (?, ?, ?)",
        [(number(view.key, _urgent(view)), _words(view), view.key) for view in views],
    )


def forget(connection: Any, key: str) -> None:
    """Take out a case, before its row is written anew."""
    row = connection.execute("SELECT urgent_ms FROM cases WHERE key = ?", (key,)).fetchone()
    if row is not None:
        connection.execute("DELETE FROM waiting_text WHERE rowid = ?", (number(key, row[0]),))


def found(store: Store, typed: str, limit: int) -> list[str]:
    """Keys of the waiting cases with every typed word, the last of which may be a beginning; the most urgent first.

    Whole words are tried first: what begins like this takes a look at every case that has such a word.
    """
    sql = "SELECT key FROM waiting_text WHERE waiting_text MATCH ? ORDER BY rowid LIMIT ?"
    whole = [row[0] for row in store.rows(sql, (_match(typed, ""), limit))]
    if len(whole) == limit:
        return whole
    return [row[0] for row in store.rows(sql, (_match(typed, "*"), limit))]


def having(store: Store, typed: str, keys: Iterable[str]) -> set[str]:
    """Those of some waiting cases that have the words."""
    wanted = list(keys)
    numbers = {
        number(key, urgent): key
        for key, urgent in store.rows(
            "SELECT key, urgent_ms FROM cases WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)
        )
    }
    rows = store.rows(
        "SELECT rowid FROM waiting_text WHERE waiting_text MATCH ? AND rowid IN (SELECT value FROM json_each(?))",
        (_match(typed, "*"), json.dumps(list(numbers))),
    )
    return {numbers[row[0]] for row in rows}


def _match(typed: str, end: str) -> str:
    """Every word, the last with `end` behind it; what has no word at all is found nowhere."""
    words = [f'"{word}"' for word in _WORD.findall(typed)[:_MOST_WORDS]]
    return " AND ".join(words) + end if words else '""'


def _urgent(view: CaseView) -> int:
    return urgent_ms(view.waiting_since_ms, view.assessment["base_amount"] if view.assessment else None)


def number(key: str, urgent: int) -> int:
    """The number of a case's row: its place in the queue."""
    below = int.from_bytes(sha256(key.encode()).digest()[:6]) >> (48 - _HASH_BITS)
    return (urgent // _HOUR_MS << _HASH_BITS) | below


def _words(view: CaseView) -> str:
    asked, found = view.request, view.assessment or {}
    parts = [view.id, *(str(found.get(name, "")) for name in ("customer_id", "service_order", "invoice"))]
    parts += [
        asked[name]
        for name in ("customer_id", "customer_email", "requested_by", "service_order", "invoice", "reason",
                     "external_ref", "description")
    ]  # fmt: skip
    return " ".join(dict.fromkeys(part for part in (*parts, view.source.get("subject", "")) if part))
