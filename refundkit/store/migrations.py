"""Brings a store of any earlier version to this program's, one numbered step after the other; a backup comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from refundkit.store.schema import (
    APPLICATION_ID,
    LEDGER,
    LOCAL,
    LOCAL_MESSAGES,
    PROJECTIONS,
    SCHEMA_VERSION,
    SEALED,
)

if TYPE_CHECKING:
    from sqlite_utils import Migrations


def steps() -> Migrations:
    """Every step from the first version on, in order. A released step is never edited."""
    from sqlite_utils import Migrations

    migrations = Migrations("refundkit")

    @migrations()
    def m001_ledger(db: Any) -> None:
        """The ledger, the documents, what the device keeps, and the projections."""
        db.executescript(LEDGER)
        db.executescript(LOCAL)
        db.executescript(PROJECTIONS)

    @migrations()
    def m002_messages(db: Any) -> None:
        """The digests of reminders that this device has to send."""
        db.executescript(LOCAL_MESSAGES)

    @migrations()
    def m003_sealed(db: Any) -> None:
        """What pays: payees and payment files, sealed."""
        db.executescript(SEALED)

    return migrations


def migrate(connection: Any) -> None:
    """Apply what the store lacks. The caller holds the lock and has made a backup of a store with content."""
    from sqlite_utils import Database

    db = Database(connection, recursive_triggers=True)
    steps().apply(db)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
