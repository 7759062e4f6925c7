"""The cases that wait for a decision, in the order that matters to one person: pages off an index, never the whole.

First come the cases that the person may decide now, then all others; both by `urgent_ms` (see model/urgency.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from refundkit.model.words import Level
from refundkit.store import waiting_text
from refundkit.store.database import Store

_WAITS: Final = "state IN ('awaiting', 'review')"
_LEVELS: Final = tuple(str(level) for level in Level)
_FROM: Final = f"SELECT key, urgent_ms FROM cases INDEXED BY cases_waiting WHERE {_WAITS}"


class Way(NamedTuple):
    """One way in which a person may decide: at which levels, and the marks under which a case is closed to it."""

    levels: frozenset[str]
    marks: tuple[str, ...]


Eyes = tuple[Way, ...]
"""Whose queue it is: the ways of this person, their own and those of whom they stand in for."""


class Place(NamedTuple):
    """Where a case stands among those of its part of the queue."""

    urgent_ms: int
    key: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue. `payable` in minor units of `currency`; None where nothing is known. `holds`: kinds."""

    key: str
    id: str
    state: str
    level: str
    dual: bool
    payable: int | None
    currency: str
    since_ms: int
    customer: str
    name: str
    reason: str
    holds: tuple[str, ...]
    asked: int
    findings: int
    mine: bool
    place: Place


def sizes(store: Store, eyes: Eyes, most: int) -> tuple[int, int]:
    """(how many wait for this person, how many others wait), each counted up to `most`."""
    found = []
    for mine in (True, False):
        sql, values = _lanes(eyes, mine=mine, after=None)
        counted = f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) LIMIT ?)"
        found.append(int(store.one(counted, [*values, most])[0]) if sql else 0)
    return found[0], found[1]


def page(store: Store, eyes: Eyes, *, mine: bool, after: Place | None, skip: int, limit: int | None) -> list[Place]:
    """Places in one part of the queue, in order: so many after a known one (or the beginning), `skip` passed over.

    `limit` None: all there are.
    """
    sql, values = _lanes(eyes, mine=mine, after=after)
    if not sql:
        return []
    rows = store.rows(
        f"{sql} ORDER BY urgent_ms, key LIMIT ? OFFSET ?", [*values, -1 if limit is None else limit, skip]
    )
    return [Place(int(row[1]), row[0]) for row in rows]


def _lanes(eyes: Eyes, *, mine: bool, after: Place | None) -> tuple[str, list[Any]]:
    """One part of the queue as pieces of the index, each in order already: SQLite merges them as far as it is asked."""
    from_there = " AND (urgent_ms, key) > (?, ?)" if after else ""
    lanes: list[str] = []
    values: list[Any] = []
    for level in _LEVELS:
        ways = [way for way in eyes if level in way.levels]
        for paused in (0, 1):
            open_to_me = bool(ways) and not paused
            if mine and not open_to_me:
                continue
            free, marks = _free(ways) if open_to_me else ("", [])
            who = f" AND {'' if mine else 'NOT '}({free})" if open_to_me else ""
            lanes.append(f"{_FROM} AND decide_level = ? AND paused = ?{from_there}{who}")
            values += [level, paused, *(after or ()), *marks]
    return " UNION ALL ".join(lanes), values


def _free(ways: Sequence[Way]) -> tuple[str, list[str]]:
    """An expression that holds for a case in which, for one of these ways at least, nobody stands."""
    one = (f"NOT ({' OR '.join(['instr(inside, ?)'] * len(way.marks)) or '0'})" for way in ways)
    return " OR ".join(one), [f"\n{mark}\n" for way in ways for mark in way.marks]


def of_customers(store: Store, eyes: Eyes, customers: Sequence[str], limit: int) -> list[str]:
    """Keys of the waiting cases of these customers, in order."""
    flag, marks = _is_mine(eyes)
    rows = store.rows(
        f"SELECT key FROM cases INDEXED BY cases_customer WHERE {_WAITS}"
        " AND customer_id IN (SELECT value FROM json_each(?))"
        f" ORDER BY {flag} DESC, urgent_ms, key LIMIT ?",
        [json.dumps(list(customers)), *marks, limit],
    )
    return [row[0] for row in rows]


def with_words(store: Store, eyes: Eyes, typed: str, limit: int) -> list[str]:
    """Keys of the waiting cases with these words, in order."""
    flag, marks = _is_mine(eyes)
    keys = waiting_text.found(store, typed, limit)
    rows = store.rows(
        "SELECT c.key FROM json_each(?) wanted CROSS JOIN cases c ON c.key = wanted.value"
        f" ORDER BY {flag} DESC, urgent_ms, c.key",
        [json.dumps(keys), *marks],
    )
    return [row[0] for row in rows]


def _is_mine(eyes: Eyes) -> tuple[str, list[str]]:
    """An expression that is 1 for a case this person may decide now."""
    parts: list[str] = []
    values: list[str] = []
    for way in eyes:
        free, marks = _free([way])
        parts.append(f"(decide_level IN (SELECT value FROM json_each(?)) AND {free})")
        values += [json.dumps(sorted(way.levels)), *marks]
    return f"(NOT paused AND ({' OR '.join(parts) or '0'}))", values


_ROW: Final = (
    "c.key, c.id, c.state, c.decide_level, c.dual, c.payable_minor, c.currency, c.waiting_since_ms,"
    " iif(c.customer_id = '', c.asked_customer, c.customer_id), coalesce(r.name, ''), c.reason, c.held, c.asked,"
    " json_array_length(c.findings), c.urgent_ms"
)


def lines(store: Store, eyes: Eyes, keys: Sequence[str]) -> list[Waiting]:
    """The lines of some cases, in the order of the keys; one that waits no more is left out."""
    flag, marks = _is_mine(eyes)
    rows = store.rows(
        f"SELECT {_ROW}, {flag} FROM json_each(?) wanted CROSS JOIN cases c ON c.key = wanted.value"
        f" LEFT JOIN rec_customers r ON r.customer_id = c.customer_id WHERE c.{_WAITS} ORDER BY wanted.id",
        [*marks, json.dumps(list(keys))],
    )
    return [_line(row) for row in rows]


def _line(row: tuple[Any, ...]) -> Waiting:
    key, id_, state, level, dual, *more, name, reason, held, asked, findings, urgent, mine = row
    payable, currency, since, customer = more
    return Waiting(
        key, id_, state, level, bool(dual), payable, currency, since, customer, name, reason, tuple(json.loads(held)),
        asked, findings, bool(mine), Place(int(urgent), key),
    )  # fmt: skip


def changes(store: Store) -> int:
    """A number that is another one as soon as another connection has written to the file."""
    return int(store.one("PRAGMA data_version")[0])


def of_customer(store: Store, customer: str, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The newest cases of a customer, and how many there are."""
    names = ("id", "state", "reason", "payable_minor", "currency", "received_ms")
    rows = store.rows(
        f"SELECT {', '.join(names)} FROM cases WHERE customer_id = ? ORDER BY received_ms DESC, key LIMIT ?",
        (customer, limit),
    )
    count = store.one("SELECT count(*) FROM cases WHERE customer_id = ?", (customer,))[0] if len(rows) == limit else 0
    return [dict(zip(names, row, strict=True)) for row in rows], int(count or len(rows))


def given_back(store: Store, customer: str, states: Sequence[str]) -> list[tuple[str, int, int]]:
    """(currency, minor units, cases) of what a customer's cases in these states give back."""
    return [
        (row[0], int(row[1]), int(row[2]))
        for row in store.rows(
            "SELECT currency, sum(payable_minor), count(*) FROM cases WHERE customer_id = ? AND payable_minor > 0"
            " AND state IN (SELECT value FROM json_each(?)) GROUP BY currency ORDER BY currency",
            (customer, json.dumps(list(states))),
        )
    ]
