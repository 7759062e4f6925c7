"""The projection of cases: one row a case as its events add up to, found by id, state, customer, reference."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from refundkit.errors import IntegrityError, RefusedError
from refundkit.model.assessment import payable_cells
from refundkit.model.case import CaseView
from refundkit.model.case_id import beginning, case_id
from refundkit.model.requests import Place
from refundkit.model.urgency import insiders, urgent_ms
from refundkit.model.words import WAITS
from refundkit.store import waiting_text
from refundkit.store.database import Store

COLUMNS: Final = (
    "key", "id", "arrived", "state", "level", "decide_level", "dual", "rev", "channel", "asked_customer",
    "customer_email", "email_domain", "asked_order", "asked_invoice", "customer_id", "service_order", "invoice",
    "reason", "requested", "requested_currency", "currency", "eligible_minor", "payable_minor", "base_minor",
    "findings", "received_ms", "external_ref", "message_id", "fingerprint", "file", "idx", "waiting_since_ms",
    "logged_by", "requested_by", "subject", "description", "epoch", "first", "batch", "memo", "anomalies",
    "unsettled", "counts", "held", "asked", "reminded", "paused", "urgent_ms", "inside", "sheet",
)  # fmt: skip
_SAVE: Final = f"INSERT OR REPLACE INTO cases ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_CELL: Final = "INSERT INTO case_cell (key, line_no, invoice, net_minor, tax_minor) VALUES (?, ?, ?, ?, ?)"
_NOT_ASSESSED: Final[dict[str, Any]] = {
    "customer_id": "", "service_order": "", "invoice": "", "currency": "", "eligible": None, "base_amount": None,
    "findings": [], "first": "",
}  # fmt: skip


def received_ms(text: str) -> int:
    """Milliseconds since 1970 UTC of a kept time."""
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def case_row(view: CaseView) -> tuple[Any, ...]:
    """The row of a case, in the order of COLUMNS."""
    asked, source = view.request, view.source
    found = view.assessment or _NOT_ASSESSED
    line = view.line or {}
    return (
        view.key, view.id, view.arrived, str(view.state), str(view.level), str(view.decide_level), int(view.dual),
        view.rev, asked["channel"], asked["customer_id"], asked["customer_email"],
        asked["customer_email"].rpartition("@")[2].casefold(), asked["service_order"], asked["invoice"],
        found["customer_id"], found["service_order"], found["invoice"], asked["reason"], asked["amount"],
        asked["currency"], found["currency"], found["eligible"], view.payable, found["base_amount"],
        _codes(tuple([f[0] for f in found["findings"]])), received_ms(asked["received_at"]), asked["external_ref"],
        asked["message_id"], source["fingerprint"], source["file"], source["index"], view.waiting_since_ms,
        view.logged_by, asked["requested_by"], source.get("subject", ""), asked["description"], view.epoch, view.first,
        line.get("batch", ""), line.get("memo", ""), _codes(tuple(view.anomalies)),
        _codes(tuple(view.unsettled)), int(view.counts), _codes(tuple([p.kind for p in view.holds])),
        len(view.questions), view.reminded, *_waiting(view), source.get("sheet", ""),
    )  # fmt: skip


def _waiting(view: CaseView) -> tuple[int, int, str]:
    """What the queue orders a case by, and whom it is not for: (paused, urgent_ms, inside)."""
    if view.state not in WAITS:
        return 0, 0, ""
    base = view.assessment["base_amount"] if view.assessment else None
    paused = int(bool(view.pauses and (view.holds or view.questions)))
    return paused, urgent_ms(view.waiting_since_ms, base), "".join(f"\n{mark}" for mark in insiders(view)) + "\n"


@lru_cache(maxsize=4096)
def _codes(codes: tuple[str, ...]) -> str:
    """A list of codes as JSON; there are few different ones and many cases."""
    return json.dumps(codes)


def cell_rows(view: CaseView) -> list[tuple[Any, ...]]:
    """What the case took from its invoice's cells, as long as it counts as refunded."""
    if not view.counts or view.assessment is None:
        return []
    approved = view.approved.cells if view.approved else payable_cells(view.assessment)
    cells = view.line["cells"] if view.line is not None else approved
    invoice = view.assessment["invoice"]
    return [(view.key, c[0], invoice, c[2], c[3]) for c in cells if c[2] or c[3]]


def save_new(connection: Any, views: Iterable[CaseView]) -> None:
    """Put in cases that are not there yet."""
    views = list(views)
    connection.executemany(_SAVE, [case_row(v) for v in views])
    waiting_text.save(connection, [v for v in views if v.state in WAITS])
    connection.executemany(_CELL, [row for v in views for row in cell_rows(v)])
    taken = [(mends, v.key) for v in views if (mends := v.source.get("mends"))]
    connection.executemany("INSERT OR IGNORE INTO taken (fingerprint, key) VALUES (?, ?)", taken)


def save(connection: Any, view: CaseView) -> None:
    """Put in one case with its notes, in place of what was there of it."""
    waiting_text.forget(connection, view.key)
    connection.execute("DELETE FROM case_cell WHERE key = ?", (view.key,))
    connection.execute("DELETE FROM case_apart WHERE key = ?", (view.key,))
    connection.executemany(
        "INSERT INTO case_apart (key, other) VALUES (?, ?)", [(view.key, other) for other in sorted(view.apart)]
    )
    connection.execute("DELETE FROM reminder WHERE key = ?", (view.key,))
    connection.executemany(
        "INSERT INTO reminder (event, key) VALUES (?, ?)", [(r.event, view.key) for r in view.reminders]
    )
    connection.execute("DELETE FROM case_note WHERE key = ?", (view.key,))
    for _, event, data in view.notes:
        note(connection, view.key, event, data)
    save_new(connection, [view])


def note(connection: Any, key: str, event: str, data: dict[str, Any]) -> None:
    """Put in one note of a case."""
    connection.execute(
        "INSERT INTO case_note (event, key, kind, fingerprint, message_id, file, idx, sender)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (event, key, data["kind"], data["fingerprint"], data["message_id"], data["file"], data["index"],
         data["sender"]),
    )  # fmt: skip


def find(store: Store, typed: str) -> str:
    """The key of the case somebody means by an id or the beginning of one, in any letter case."""
    try:
        start = beginning(typed)
    except ValueError:
        found: list[Any] = []
    else:
        found = store.rows(
            "SELECT key, id FROM cases WHERE id >= ? AND id < ? ORDER BY id LIMIT 9", (start, start + "~")
        )
    if not found:
        raise RefusedError(f"there is no case '{typed[:40]}'", hint="'refundkit list' shows the cases and their ids")
    if len(found) > 1:
        some = ", ".join(row[1] for row in found[:4])
        raise RefusedError(f"'{typed}' is the beginning of several cases: {some}", hint="give more of the id")
    key, named = str(found[0][0]), str(found[0][1])
    if case_id(key) != named:  # the id is made of the key: this row was written by another hand
        raise IntegrityError(
            f"table cases gives the id {named} to another case",
            hint="'refundkit doctor --rebuild' makes the tables anew",
        )
    return key


def ids_from(store: Store, typed: str) -> list[str]:
    """Ids that begin with what somebody has typed of one so far; all the first ones for nothing or 'RF-'."""
    try:
        start = beginning(typed)
    except ValueError:
        start = "RF-"
    found = store.rows("SELECT id FROM cases WHERE id >= ? AND id < ? ORDER BY id LIMIT 60", (start, start + "~"))
    return [row[0] for row in found]


def keys_in(store: Store, states: Iterable[str]) -> list[str]:
    """Keys of the cases in these states, in the order they came in."""
    wanted = json.dumps(sorted(states))
    return [
        row[0]
        for row in store.rows(
            "SELECT key FROM cases WHERE state IN (SELECT value FROM json_each(?)) ORDER BY arrived", (wanted,)
        )
    ]


def waiting(store: Store) -> list[tuple[str, int, int]]:
    """(key, since when, last reminder) of the cases that wait for a decision, in the order they came in."""
    return store.rows(
        f"SELECT key, waiting_since_ms, reminded FROM cases WHERE {_WAITS} AND NOT paused ORDER BY arrived"
    )


def by_customer(store: Store, states: Iterable[str]) -> list[tuple[str, str]]:
    """(customer, key) of the cases in these states, customer by customer, each in the order they came in."""
    return store.rows(
        "SELECT customer_id, key FROM cases WHERE state IN (SELECT value FROM json_each(?))"
        " ORDER BY customer_id, arrived",
        (json.dumps(sorted(states)),),
    )


_WAITS: Final = "state IN ('awaiting', 'review')"
_FILTERS: Final = {
    "state": "state = ?",
    "reason": "reason = ?",
    "level": "level = ?",
    "customer": "? IN (customer_id, iif(customer_id = '', asked_customer, customer_id))",
    "since": "received_ms >= ?",
    "channel": "channel = ?",
    "batch": "batch = ?",
    "noted": "key IN (SELECT key FROM case_note WHERE kind = ?)",
    "held": "held <> '[]' AND ?",
    "asked": "asked > 0 AND ?",
    "unsettled": "unsettled <> '[]' AND ?",
    "ready": f"{_WAITS} AND NOT paused AND ?",
    "keys": "key IN (SELECT value FROM json_each(?))",
    "bookable": "state = 'approved' AND held = '[]' AND asked = 0 AND unsettled = '[]' AND ?",
    "to_pay": (
        "state IN ('booked', 'paying') AND held = '[]' AND asked = 0 AND unsettled = '[]' AND ? AND EXISTS"
        " (SELECT 1 FROM export_line l"
        "  WHERE l.case_key = cases.key AND l.document = 'credit-memo' AND l.owed_minor <> 0)"
        " AND payable_minor >"
        " (SELECT coalesce(sum(p.amount_minor), 0) FROM payment p WHERE p.case_key = cases.key AND p.counts = 1)"
    ),
    "withdrawn_by_mail": (
        "state IN ('received', 'review', 'awaiting', 'approved') AND key IN (SELECT key FROM case_note WHERE kind = ?)"
    ),
}


def listed(store: Store, filters: dict[str, Any], limit: int | None = None) -> list[dict[str, Any]]:
    """Rows of the cases that pass all filters (see _FILTERS), in the order they came in."""
    where = " AND ".join(_FILTERS[name] for name in filters) or "1"
    sql = f"SELECT {', '.join(COLUMNS)} FROM cases WHERE {where} ORDER BY arrived"
    values = list(filters.values())
    if limit is not None:
        sql, values = sql + " LIMIT ?", [*values, limit]
    return [dict(zip(COLUMNS, row, strict=True)) for row in store.rows(sql, values)]


def counted(store: Store, filters: dict[str, Any]) -> int:
    """How many cases pass all filters."""
    where = " AND ".join(_FILTERS[name] for name in filters) or "1"
    return int(store.one(f"SELECT count(*) FROM cases WHERE {where}", list(filters.values()))[0])


def row_of(store: Store, key: str) -> dict[str, Any]:
    """The row of one case."""
    row = store.one(f"SELECT {', '.join(COLUMNS)} FROM cases WHERE key = ?", (key,))
    return dict(zip(COLUMNS, row, strict=True))


def by_state(store: Store) -> list[tuple[str, str, bool, int]]:
    """(state, level, whether a hold or a question keeps them from being decided, how many)."""
    sql = "SELECT state, level, paused, count(*) FROM cases GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    return [(state, level, bool(paused), count) for state, level, paused, count in store.rows(sql)]


class Known(NamedTuple):
    """A reading that came in before: the case it became, was put on or was made of it, and where that came from.

    `case` is '' when it was left over. `taken`: a person mended it, or made a case of it, since.
    """

    case: str = ""
    place: Place | None = None
    taken: bool = False


def known_fingerprints(connection: Any, fingerprints: Iterable[str]) -> dict[str, Known]:
    """Which of these were imported before."""
    wanted = json.dumps(list(fingerprints))
    within = "IN (SELECT value FROM json_each(?))"
    left = connection.execute(f"SELECT fingerprint FROM left_over WHERE fingerprint {within}", (wanted,))
    known = {row[0]: Known() for row in left}
    joined = (
        "SELECT x.fingerprint, c.id, c.file, c.idx, c.sheet FROM {} x JOIN cases c USING (key) WHERE x.fingerprint "
    )
    own = "SELECT fingerprint, id, file, idx, sheet FROM cases WHERE fingerprint "
    for sql, taken in ((joined.format("taken"), True), (joined.format("case_note"), False), (own, False)):
        for mark, case, *where in connection.execute(sql + within, (wanted,)):
            known[mark] = Known(case, Place(*where), taken)
    return known


def place_of(connection: Any, case: str) -> Place | None:
    """Where a case came from, by its id."""
    row = connection.execute("SELECT file, idx, sheet FROM cases WHERE id = ?", (case,)).fetchone()
    return Place(*row) if row else None


def needs_sheet(connection: Any, place: Place) -> bool:
    """Whether another sheet of its workbook had something at a place of the same number."""
    other = "file = ? AND idx = ? AND sheet <> '' AND sheet <> ?"
    return any(
        connection.execute(f"SELECT 1 FROM {table} WHERE {other} LIMIT 1", place).fetchone()
        for table in ("cases", "left_over")
    )


def said_apart_from(connection: Any, key: str) -> frozenset[str]:
    """Keys of the cases of which a person said that they are another request than this one."""
    return frozenset(row[0] for row in connection.execute("SELECT key FROM case_apart WHERE other = ?", (key,)))
