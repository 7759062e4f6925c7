"""The shop's records as tables: the newest version of every row; older ones stay in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from refundkit.model.records import Kind

Row = tuple[list[str], tuple[int | str, ...]]


def existing(connection: Any, kind: Kind, rows: Iterable[Sequence[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The kept rows that have the same keys as these, by key."""
    wanted = json.dumps([[row[i] for i in kind.key] for row in rows])
    match = " AND ".join(f"t.{kind.columns[i]} = j.value ->> {n}" for n, i in enumerate(kind.key))
    columns = ", ".join(f"t.{c}" for c in kind.columns)
    found = connection.execute(f"SELECT {columns} FROM json_each(?) j JOIN rec_{kind.name} t ON {match}", (wanted,))
    return {tuple(row[i] for i in kind.key): tuple(row) for row in found}


def is_empty(connection: Any, kind: Kind) -> bool:
    """Whether no row of this kind is there yet."""
    return connection.execute(f"SELECT 1 FROM rec_{kind.name} LIMIT 1").fetchone() is None


def save(connection: Any, kind: Kind, rows: Iterable[Row]) -> None:
    """Put rows in; a row with a known key takes the place of the older one."""
    connection.executemany(
        _upsert(kind.name, kind.columns, kind.derived), [(*kept, *derived) for kept, derived in rows]
    )


@cache
def _upsert(name: str, columns: tuple[str, ...], derived: tuple[str, ...]) -> str:
    every = columns + derived
    return f"INSERT OR REPLACE INTO rec_{name} ({', '.join(every)}) VALUES ({', '.join('?' * len(every))})"


def counts(connection: Any, names: Iterable[str]) -> dict[str, int]:
    """How many rows of each kind there are."""
    return {name: int(connection.execute(f"SELECT count(*) FROM rec_{name}").fetchone()[0]) for name in names}


class Names:
    """Finds customers by address or name, letter case and spaces aside. Reads the names once, when asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._called: dict[str, str] = {}
        self._read = False

    def customer(self, name: str, email: str) -> str:
        """The id of the one customer with this address, else of the one with this name; '' when none or several."""
        if key := email.strip().casefold():
            sql = "SELECT customer_id FROM rec_customers WHERE email_key = ? LIMIT 2"
            found = self._connection.execute(sql, (key,)).fetchall()
            if len(found) == 1:
                return str(found[0][0])
        if not self._read:
            self._read = True
            for customer, called in self._connection.execute("SELECT customer_id, name FROM rec_customers"):
                known = called.strip().casefold()
                self._called[known] = "" if known in self._called else customer
        return self._called.get(name.strip().casefold(), "") if name.strip() else ""


def invoice_paid_by(connection: Any, payment: str) -> str:
    """The invoice of the payment with this id, this reference, or for this invoice; '' when it is not one."""
    for column in ("payment_id", "invoice", "reference"):
        sql = f"SELECT DISTINCT invoice FROM rec_payments WHERE {column} = ? LIMIT 2"
        found = connection.execute(sql, (payment,)).fetchall()
        if len(found) == 1:
            return str(found[0][0])
    return ""


def shown(connection: Any, name: str, column: str, value: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """The native columns and rows of one kind that have a value in a column, as people read them."""
    cursor = connection.execute(f"SELECT * FROM rec_{name} WHERE {column} = ?", (value,))
    columns = [d[0] for d in cursor.description if d[0] not in _INNER]
    keep = [i for i, d in enumerate(cursor.description) if d[0] not in _INNER]
    return columns, [tuple(str(row[i]) for i in keep) for row in cursor]


_INNER = frozenset({"email_key", "search", "line", "net_minor", "tax_minor", "amount_minor"})
