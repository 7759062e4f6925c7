"""Puts an export's files on disk: whole or not at all, never over other bytes, the same bytes as often as you like."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from refundkit.errors import RefusedError, StorageError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}\Z")


def file_name(format_name: str, batch: str, suffix: str) -> str:
    """The name of a file of a journal batch: J-<format>-<batch><suffix>, as J-hledger-B-0007.journal."""
    return f"J-{format_name}-{batch}{suffix}"


def check_places(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Raise RefusedError when `safe_write` would refuse one of these files. Nothing is written."""
    for name, content in files:
        _is_there(_place(folder, name), content)


def safe_write(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Write the files (name, bytes) into the folder, made if missing; return their paths in the same order.

    Each is written beside its place, synced, renamed, and the folder synced. A file that holds these very bytes is
    left alone. Raise RefusedError, before anything is written, when one would replace other bytes or has no plain
    name; StorageError when the folder is read-only, the disk is full or fails. Running it again completes the rest.
    """
    wanted = [(_place(folder, name), content) for name, content in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = [(path, content) for path, content in wanted if not _is_there(path, content)]
        for path, content in missing:
            _put(path, content)
        if missing:
            _sync_folder(folder)
    except OSError as err:
        raise StorageError(
            f"cannot write: {err.strerror or err}",
            hint="make room or choose a folder you may write to (-o DIR), then run the same command again",
            where=str(err.filename or folder),
        ) from err
    return [path for path, _ in wanted]


def _place(folder: Path, name: str) -> Path:
    if not _NAME.match(name):
        raise RefusedError(
            f"'{name[:80]}' is not a plain file name",
            hint="use letters, digits, '-', '_' and '.' in the names of formats and batches",
            where=str(folder),
        )
    return folder / name


def _is_there(path: Path, content: bytes) -> bool:
    """Whether the file holds these bytes already; other bytes are never replaced."""
    if not (path.exists() or path.is_symlink()):
        return False
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return True
    raise RefusedError(
        "the file exists with other content, and nothing is ever overwritten",
        hint="move it away or choose another folder (-o DIR), then run the same command again",
        where=str(path),
    )


def _put(path: Path, content: bytes) -> None:
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        if not _is_running(left.suffixes[-2][1:]):
            left.unlink(missing_ok=True)  # a killed process left it behind; nothing in it counts
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _is_running(number: str) -> bool:
    """Whether a process of this number may be running (always, where that cannot be asked)."""
    if os.name == "nt" or not number.isdigit() or int(number) == os.getpid():
        return os.name == "nt"
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Make the renames durable; Windows cannot open a folder and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
