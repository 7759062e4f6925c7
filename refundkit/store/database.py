"""Opens the one SQLite file safely: settings, file lock, version, and errors as sentences with a way out."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from refundkit.errors import IntegrityError, LockedError, RefundkitError, RefusedError, StorageError
from refundkit.store.places import refuse_shared_places
from refundkit.store.schema import APPLICATION_ID, SCHEMA_VERSION

try:  # SQLite 3.51.3 and later; what a system ships may have the WAL-reset bug
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # pragma: no cover - systems without a wheel
    import sqlite3 as sqlite

LOCK_SECONDS: Final = 120
SQLITE_VERSION: Final[str] = sqlite.sqlite_version
_CHECKPOINT_EVERY: Final = 200


class Store:
    """An open store. Reading needs nothing more; writing goes through `write`, one process at a time.

    One connection, one thread: open another Store in another thread.
    """

    def __init__(self, path: Path, connection: Any) -> None:
        self.path, self.connection = path, connection
        self._commits = 0

    def close(self) -> None:
        """Close the file; what was committed is on the disk."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, sql: str, parameters: Any = ()) -> list[Any]:
        """All rows of a query."""
        with translated(self.path):
            return list(self.connection.execute(sql, parameters))

    def one(self, sql: str, parameters: Any = ()) -> Any:
        """The first row of a query, or None."""
        with translated(self.path):
            return self.connection.execute(sql, parameters).fetchone()

    @contextlib.contextmanager
    def write(
        self,
        waiting: Callable[[], None] | None = None,
        committed: Callable[[], None] | None = None,
        *,
        keep: bool = True,
    ) -> Iterator[Any]:
        """One transaction, all or nothing, alone on the file. With `keep` False it is rolled back at the end.

        `waiting` is called once when another process makes us wait longer than two seconds; `committed` right after
        the commit, before another process may write.
        """
        with locked(self.path, waiting), translated(self.path):
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                with contextlib.suppress(sqlite.Error):
                    connection.execute("ROLLBACK")
                raise
            if keep and committed:
                committed()
            self._commits += 1
            if self._commits % _CHECKPOINT_EVERY == 0 or _wal_size(self.path) > 64 * 1024 * 1024:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        with translated(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                with contextlib.suppress(sqlite.Error):
                    self.connection.execute("ROLLBACK")


def create(path: Path) -> Store:
    """Make an empty store. Raise RefusedError when something is there already."""
    if path.exists():
        raise RefusedError(
            "there is a store here already", hint="use it, or name another with --store", where=str(path)
        )
    refuse_shared_places(path)
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = _connect(path)
        connection.execute("PRAGMA page_size=8192")
        connection.execute("PRAGMA journal_mode=WAL")
        _settings(connection)
        from refundkit.store.migrations import migrate

        migrate(connection)
        sync_folder(path.parent)
    return Store(path, connection)


def open_store(path: Path) -> Store:
    """Open an existing store; migrate it when it is older than the program."""
    if not path.is_file():
        raise RefusedError(
            "there is no store here", hint="begin one with 'refundkit init', or name it with --store", where=str(path)
        )
    refuse_shared_places(path)
    with translated(path):
        connection = _connect(path)
        _settings(connection)
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        connection.close()
        raise IntegrityError("this file is no refundkit store", hint="name the store with --store", where=str(path))
    if version > SCHEMA_VERSION:
        connection.close()
        raise RefusedError(
            f"this store was written by a newer refundkit (store version {version}, known: {SCHEMA_VERSION})",
            hint="install the newer refundkit on this machine; nothing was changed",
            where=str(path),
        )
    store = Store(path, connection)
    if version < SCHEMA_VERSION:
        _upgrade(store, version)
    return store


def _upgrade(store: Store, version: int) -> None:
    from refundkit.store.migrations import migrate
    from refundkit.store.projections import rebuild

    backup = store.path.with_name(f"{store.path.name}.before-v{SCHEMA_VERSION}")
    with locked(store.path, None), translated(store.path):
        if store.connection.execute("PRAGMA user_version").fetchone()[0] > version:
            return  # another process was faster
        with contextlib.closing(sqlite.connect(str(backup))) as copy:
            store.connection.backup(copy)
        # Tables beside the ledger are never carried over: they are made anew as this program has them.
        store.connection.execute("BEGIN IMMEDIATE")
        rebuild(store, store.connection)
        store.connection.execute("COMMIT")
        migrate(store.connection)


def _connect(path: Path) -> Any:
    return sqlite.connect(str(path), isolation_level=None, timeout=5)


def _settings(connection: Any) -> None:
    for setting in (
        "busy_timeout=5000", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "recursive_triggers=ON",
        "trusted_schema=OFF", "wal_autocheckpoint=0", "cell_size_check=ON", "mmap_size=0", "cache_size=-65536",
        "temp_store=MEMORY",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {setting}")


def _wal_size(path: Path) -> int:
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def sync_folder(folder: Path) -> None:
    """Make names in a folder survive a power cut (POSIX: a folder needs its own fsync)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], None] | None) -> Iterator[None]:
    """Hold the store's lock file. SQLite's own lock gives up under load; this one queues."""
    name = path.with_name(path.name + ".lock")
    try:
        handle = os.open(name, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as err:
        raise StorageError(
            f"the lock file cannot be opened ({err.strerror})", hint="the folder must be writable", where=str(name)
        ) from err
    try:
        _take(handle, path, waiting)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path, waiting: Callable[[], None] | None) -> None:
    begun, told, pause = time.monotonic(), False, 1
    while not _try_lock(handle):
        waited = time.monotonic() - begun
        if waited > LOCK_SECONDS:
            raise LockedError(
                f"another process has kept the store locked for {LOCK_SECONDS} seconds",
                hint="let the other refundkit finish, then run the same command again; nothing was written",
                where=str(path),
            )
        if waited > 2 and not told and waiting:
            told = True
            waiting()
        time.sleep(pause / 1000)
        pause = min(pause * 2, 20)


def _try_lock(handle: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:  # pragma: no cover - exercised on Windows only
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's and the system's errors into ours, with what to do next."""
    try:
        yield
    except sqlite.Error as err:
        raise _meaning(err, path) from err
    except OSError as err:
        raise StorageError(
            f"the file system failed: {err.strerror or err}",
            hint="make room or allow writing there, then run the same command again; nothing was half-stored",
            where=str(err.filename or path),
        ) from err


def _meaning(err: Exception, path: Path) -> RefundkitError:
    text, where = str(err), str(path)
    if "locked" in text or "busy" in text:
        return LockedError(
            "another program keeps the store busy", hint="close it and run the same command again", where=where
        )
    if "full" in text:
        return StorageError("the disk is full", hint="make room and run the same command again", where=where)
    if "readonly" in text or "unable to open" in text:
        return StorageError(
            "the store cannot be written or opened", hint="allow writing to the file and its folder", where=where
        )
    if "append-only" in text or "already" in text:
        return IntegrityError(text, hint="run 'refundkit audit verify'", where=where)
    if any(sign in text for sign in ("not a database", "malformed", "vtable constructor failed")):
        return IntegrityError(
            f"the store is damaged ({text})", hint="restore the last backup and compare with 'refundkit audit verify'",
            where=where,
        )  # fmt: skip
    return StorageError(f"SQLite: {text}", hint="run 'refundkit doctor'", where=where)
