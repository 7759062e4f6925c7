"""The folder of the key file: one writer at a time, whole files or none, closed to other people of the machine."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from refundkit.errors import LockedError, StorageError

LOCK_SECONDS: Final = 30
MAX_BYTES: Final = 16 * 1024 * 1024


def data_folder() -> Path:
    """The platform's data folder of refundkit for this person; it need not exist."""
    import platformdirs

    return platformdirs.user_data_path("refundkit", appauthor=False)


@contextlib.contextmanager
def locked(folder: Path, seconds: int = LOCK_SECONDS) -> Iterator[None]:
    """Hold `keys.lock` in the folder, which is made (mode 0700) when missing; raise LockedError after `seconds`."""
    with translated(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
        handle = os.open(folder / "keys.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _take(handle, folder, seconds)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path, seconds: int) -> None:
    end = time.monotonic() + seconds
    while not _try_lock(handle):
        if time.monotonic() > end:
            raise LockedError(
                f"another process has kept the keys locked for {seconds} seconds",
                hint="let the other refundkit finish, then run the same command again",
                where=str(folder / "keys.lock"),
            )
        time.sleep(1 / 50)


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


def read_file(path: Path) -> bytes | None:
    """The bytes of a file of ours; None when there is none. Raise StorageError when it cannot be read."""
    with translated(path):
        try:
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES)
        except FileNotFoundError:
            return None


def write_file(path: Path, data: bytes) -> None:
    """Replace a file in one step (mode 0600): after a power cut there is the old one or the new one. Hold the lock."""
    draft = path.with_name(path.name + ".tmp")
    with translated(path):
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
        if os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the system's errors into ours."""
    try:
        yield
    except OSError as err:
        raise StorageError(
            f"the place for keys cannot be used: {err.strerror or err}",
            hint="make room or allow reading and writing there, then run the same command again",
            where=str(err.filename or path),
        ) from err
