"""A store of an earlier version is brought to this one: backed up first, its tables made anew from the ledger."""

from __future__ import annotations

import sqlite3

from refundkit.store import projections
from refundkit.store.database import open_store
from refundkit.store.schema import PROJECTION_TABLES, SCHEMA_VERSION


def made_old(path):
    """Take the store back to version 1: other tables beside the same ledger."""
    with sqlite3.connect(path) as old:
        for table in PROJECTION_TABLES:
            old.execute(f"DROP TABLE IF EXISTS {table}")
        old.execute("CREATE TABLE cases (key TEXT PRIMARY KEY, id TEXT, state TEXT) STRICT, WITHOUT ROWID")
        old.execute("CREATE TABLE org_event (pos INTEGER PRIMARY KEY, id TEXT, type TEXT) STRICT")
        old.execute("PRAGMA user_version = 1")
    old.close()


def test_an_older_store_is_backed_up_and_its_tables_are_made_anew(sample) -> None:
    before = {}
    store = open_store(sample.store)
    before = {table: projections.snapshot(store, table) for table in PROJECTION_TABLES}
    store.close()
    made_old(sample.store)
    store = open_store(sample.store)
    after = {table: projections.snapshot(store, table) for table in PROJECTION_TABLES}
    assert store.one("PRAGMA user_version")[0] == SCHEMA_VERSION
    store.close()
    assert after == before
    assert sample.store.with_name(f"shop.db.before-v{SCHEMA_VERSION}").is_file()
    assert sample.done("audit", "verify").status == 0
