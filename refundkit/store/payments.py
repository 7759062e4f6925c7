"""Payments by case, key, number, amount: the projection of what went out, and the sealed files that carried it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from refundkit.model.case import CaseEvent, CaseView
from refundkit.model.events import hlc_milliseconds
from refundkit.rules.payments_due import due
from refundkit.store.database import Store

COLUMNS: Final = (
    "event", "key", "case_key", "case_id", "slot", "number", "method", "amount_minor", "currency", "paid_on", "batch",
    "settles", "original", "payment_id", "cheque", "state", "counts", "confirmed_on", "ended_on", "code", "why",
    "customer_id", "invoice", "unbooked",
)  # fmt: skip
_SAVE: Final = f"INSERT OR REPLACE INTO payment ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


def save(connection: Any, view: CaseView) -> None:
    """Put the payments of a case in, in place of what was there of them."""
    if not view.payments:
        return
    found = view.assessment or {}
    waiting = Counter(one.payment.event for one in due(view.payments, view.booked, journal=True))
    connection.executemany(
        _SAVE,
        [
            (p.event, p.key, view.key, view.id, p.slot, p.number, p.method, p.amount, p.currency, p.on, p.batch,
             p.settles, p.original, p.payment_id, p.cheque, str(p.state), int(p.counts), p.confirmed_on, p.ended_on,
             p.code, p.why, found.get("customer_id", ""), found.get("invoice", ""), waiting[p.event])
            for p in view.payments
        ],
    )  # fmt: skip
    connection.executemany(
        "INSERT OR REPLACE INTO credit_use (event, case_key, payment, number, customer_id, invoice, amount_minor,"
        " currency, used_on, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (u.event, view.key, p.event, u.number, found.get("customer_id", ""), u.invoice, u.amount, p.currency, u.on,
             int(u.counts))
            for p in view.payments for u in p.uses
        ],
    )  # fmt: skip


def note_batch(connection: Any, number: int, event: CaseEvent, data: dict[str, Any]) -> None:
    """Put in a batch of payments."""
    connection.execute(
        "INSERT INTO payment_batch (batch, n, event, method, at_ms, who, payments, totals, files, layout, voids)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (data["batch"], number, event.id, data["method"], hlc_milliseconds(event.core.hlc), data["who"],
         data["payments"], json.dumps(data["totals"]), json.dumps(data["files"], sort_keys=True),
         data.get("layout", ""), json.dumps(data.get("voids", []))),
    )  # fmt: skip


def batches(store: Store) -> list[dict[str, Any]]:
    """All batches of payments, oldest first; `totals` as [currency, minor units], `files` as [{name, sha256, size}]."""
    names = ("batch", "method", "at_ms", "who", "payments", "totals", "files")
    rows = store.rows(f"SELECT {', '.join(names)} FROM payment_batch ORDER BY n")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for batch in found:
        batch["totals"], batch["files"] = json.loads(batch["totals"]), json.loads(batch["files"])
    return found


def listed(store: Store, where: str, values: Iterable[Any] = ()) -> list[dict[str, Any]]:
    """Payments in the order they were issued; `where` is one of WHERE."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM payment WHERE {WHERE[where]} ORDER BY paid_on, number, event"
    return [dict(zip(COLUMNS, row, strict=True)) for row in store.rows(sql, tuple(values))]


def counted(store: Store, where: str) -> int:
    """How many payments there are; `where` is one of WHERE that takes no value."""
    return int(store.one(f"SELECT count(*) FROM payment WHERE {WHERE[where]}")[0])


WHERE: Final = {
    "all": "1",
    "open": "state IN ('issued', 'uncertain')",
    "uncertain": "state = 'uncertain'",
    "issued": "state = 'issued'",
    "unbooked": "unbooked > 0",
    "unbooked-account": "unbooked > 0 AND method = 'account'",
    "event": "event = ?",
    "number": "number = ?",
    "cheque": "cheque = ?",
    "kept": "customer_id = ? AND method = 'account' AND counts = 1 AND currency = ?",
    "uncashed": "cheque > 0 AND (state = 'unclaimed' OR state IN ('issued', 'uncertain') AND paid_on <= ?)",
}


_WITH_NAME: Final = (
    f"SELECT {', '.join(f'x.{c}' for c in COLUMNS)}, coalesce(c.name, x.customer_id) FROM payment x"
    " LEFT JOIN rec_customers c ON c.customer_id = x.customer_id WHERE x.event IN ("
)


def named_by(store: Store, texts: Iterable[str]) -> list[dict[str, Any]]:
    """Every payment that one of the texts names: key, number, cheque, case, original.

    `customer_name` stands beside each: the name in the records, else the customer's id.
    """
    words = [text for text in texts if text]
    digits = [int(w) for w in words if w.isascii() and w.isdigit() and len(w) < 16]
    sql = (
        f"{_WITH_NAME}SELECT event FROM payment WHERE key IN (SELECT value FROM json_each(?1))"
        " UNION SELECT event FROM payment WHERE number IN (SELECT value FROM json_each(?1))"
        " UNION SELECT event FROM payment WHERE cheque > 0 AND cheque IN (SELECT value FROM json_each(?2))"
        " UNION SELECT event FROM payment WHERE case_id IN (SELECT value FROM json_each(?1))"
        " UNION SELECT event FROM payment WHERE original <> '' AND upper(original) IN (SELECT value FROM json_each(?1))"
        ") ORDER BY x.paid_on, x.number"
    )
    return _with_names(store.rows(sql, (json.dumps(words), json.dumps(digits))))


def open_of(
    store: Store, amounts: Iterable[tuple[int, str]], days: tuple[date, date], limit: int
) -> list[dict[str, Any]]:
    """Open payments of one of the amounts that were issued from one day to another, `limit` at the most; as above."""
    sql = (
        f"{_WITH_NAME}SELECT p.event FROM payment p JOIN json_each(?1) j ON p.amount_minor = j.value ->> 0"
        " AND p.currency = j.value ->> 1 WHERE p.state IN ('issued', 'uncertain') AND p.paid_on BETWEEN ?2 AND ?3"
        " LIMIT ?4) ORDER BY x.paid_on, x.number"
    )
    wanted, (first, last) = json.dumps([list(a) for a in amounts]), days
    return _with_names(store.rows(sql, (wanted, first.isoformat(), last.isoformat(), limit)))


def _with_names(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip((*COLUMNS, "customer_name"), row, strict=True)) for row in rows]


def last_number(connection: Any, epoch: int) -> int:
    """How many payments this epoch has numbered."""
    row = connection.execute("SELECT count(*) FROM payment WHERE number GLOB ?", (f"RP-{epoch}-*",)).fetchone()
    return int(row[0])


def last_use(connection: Any, epoch: int) -> int:
    """How many uses of credits this epoch has numbered."""
    row = connection.execute("SELECT count(*) FROM credit_use WHERE number GLOB ?", (f"RA-{epoch}-*",)).fetchone()
    return int(row[0])


def last_cheque(connection: Any) -> int:
    """The highest number of a cheque that was ever written; 0 when none was."""
    return int(connection.execute("SELECT coalesce(max(cheque), 0) FROM payment").fetchone()[0])


def authors(store: Store) -> list[tuple[str, str, str]]:
    """(event, batch, who) of every batch, oldest first."""
    return [(row[0], row[1], row[2]) for row in store.rows("SELECT event, batch, who FROM payment_batch ORDER BY n")]


def voided(store: Store, without: Iterable[str]) -> list[dict[str, Any]]:
    """Cheques that a bank's list issued, that came to nothing uncashed, and that no list has voided yet.

    `without`: events of batches that do not count, so that what they say a list did is not so.
    """
    rows = store.rows(
        f"SELECT {', '.join(COLUMNS)} FROM payment WHERE cheque > 0"
        " AND state IN ('refused', 'returned', 'unclaimed', 'remitted')"
        " AND confirmed_on = '' AND batch IN (SELECT batch FROM payment_batch WHERE layout <> ''"
        " AND event NOT IN (SELECT value FROM json_each(?1)))"
        " AND event NOT IN (SELECT j.value FROM payment_batch v, json_each(v.voids) j"
        " WHERE v.event NOT IN (SELECT value FROM json_each(?1))) ORDER BY cheque, event",
        (json.dumps(list(without)),),
    )
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def given_back(connection: Any, payment_ids: Iterable[str]) -> dict[str, int]:
    """What was given back of some payments of the records, in minor units; what was refused or returned is not."""
    rows = connection.execute(
        "SELECT payment_id, sum(amount_minor) FROM payment WHERE counts = 1"
        " AND payment_id <> '' AND payment_id IN (SELECT value FROM json_each(?)) GROUP BY payment_id",
        (json.dumps(sorted(payment_ids)),),
    )
    return {row[0]: int(row[1]) for row in rows}


def unbooked(store: Store) -> list[str]:
    """Keys of cases with payments that the books do not have yet, in the order of the payments."""
    rows = store.rows(
        "SELECT case_key FROM payment WHERE unbooked > 0 GROUP BY case_key ORDER BY min(paid_on), case_key"
    )
    return [row[0] for row in rows]


def keep_files(connection: Any, batch: str, folder: str, sealed: Iterable[tuple[str, bytes]]) -> None:
    """Keep the sealed files of a batch, to be written to the folder, in the payments' own transaction."""
    connection.executemany(
        "INSERT INTO sealed_file (batch, name, folder, sealed) VALUES (?, ?, ?, ?)",
        [(batch, name, folder, content) for name, content in sealed],
    )


def files(store: Store, batch: str) -> list[tuple[str, bytes]]:
    """(name, sealed bytes) of a batch."""
    rows = store.rows("SELECT name, sealed FROM sealed_file WHERE batch = ? ORDER BY name", (batch,))
    return [(row[0], bytes(row[1])) for row in rows]


def unwritten(store: Store) -> list[tuple[str, str]]:
    """(batch, folder) of batches whose files may not be on the disk."""
    rows = store.rows("SELECT DISTINCT batch, folder FROM sealed_file WHERE written = 0 ORDER BY batch")
    return [(row[0], row[1]) for row in rows]


def written(connection: Any, batch: str) -> None:
    """Note that a batch's files are on the disk."""
    connection.execute("UPDATE sealed_file SET written = 1 WHERE batch = ?", (batch,))
