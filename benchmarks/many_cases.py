"""Makes a store of very many cases from one of a thousand: rows written straight into the tables beside the ledger.

Importing a million requests takes eight minutes and measures the import. For measuring how they are read, each case and
customer of the thousand is repeated with a key, an id, a customer and times of its own. The first thousand stay
what they were, with their events: those are shown and approved.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from refundkit.store import waiting_text
from refundkit.store.database import sqlite

_KEY = 22  # letters of the key of a real case
_NUMBERS = "WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < ?) SELECT value FROM c"
_OWN = {
    "key": "f.key || '-' || n.value",
    "id": "'RX' || substr(f.id, 3) || '-' || n.value",
    "arrived": "f.arrived || '-' || n.value",
    "customer_id": "iif(f.customer_id = '', '', f.customer_id || '-' || n.value)",
    "asked_customer": "iif(f.asked_customer = '', '', f.asked_customer || '-' || n.value)",
    "invoice": "iif(f.invoice = '', '', f.invoice || '-' || n.value)",
    "asked_invoice": "iif(f.asked_invoice = '', '', f.asked_invoice || '-' || n.value)",
    "fingerprint": "f.fingerprint || '-' || n.value",
    "received_ms": "f.received_ms + 1000 * n.value",
    "waiting_since_ms": "f.waiting_since_ms + 1000 * n.value",
    "urgent_ms": "f.urgent_ms + 1000 * n.value",
    "external_ref": "iif(f.external_ref = '', '', f.external_ref || '-' || n.value)",
    "message_id": "iif(f.message_id = '', '', f.message_id || '-' || n.value)",
}
_CUSTOMER = {
    "customer_id": "f.customer_id || '-' || n.value",
    "name": "f.name || ' ' || n.value",
    "email": "n.value || email",
    "email_key": "n.value || email_key",
    "search": "f.search || ' ' || n.value",
}


def repeat(path: Path, times: int) -> int:
    """Have every case and customer of a store so many times; return how many there are then, 0 for once."""
    if times < 2:
        return 0
    with contextlib.closing(sqlite.connect(str(path), isolation_level=None)) as store:
        for setting in ("synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
            store.execute(f"PRAGMA {setting}")
        store.execute("BEGIN")
        store.execute(f"CREATE TEMP TABLE n AS {_NUMBERS}", (times - 1,))
        for table, own in (("cases", _OWN), ("rec_customers", _CUSTOMER)):
            aside = "SELECT name, sql FROM sqlite_schema WHERE tbl_name = ? AND type = 'index' AND sql IS NOT NULL"
            indexes = store.execute(aside, (table,)).fetchall()
            for name, _ in indexes:
                store.execute(f"DROP INDEX {name}")
            columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(own.get(name, f"f.{name}") for name in columns)
            store.execute(f"CREATE TEMP TABLE f AS SELECT * FROM {table}")
            store.execute(f"INSERT INTO {table} SELECT {values} FROM f CROSS JOIN n ORDER BY f.rowid, n.value")
            store.execute("DROP TABLE f")
            for _, sql in indexes:
                store.execute(sql)
        words = dict(store.execute("SELECT key, words FROM waiting_text"))
        waits = (
            (waiting_text.number(key, urgent), words[key[:_KEY]], key)
            for key, urgent in store.execute(
                "SELECT key, urgent_ms FROM cases WHERE state IN ('awaiting', 'review') AND length(key) > ?", (_KEY,)
            ).fetchall()
        )
        store.executemany("INSERT INTO waiting_text (rowid, words, key) VALUES (?, ?, ?)", waits)
        store.execute("COMMIT")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(store.execute("SELECT count(*) FROM cases").fetchone()[0])
