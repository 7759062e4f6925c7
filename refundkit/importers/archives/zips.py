"""Reads the files in a zip archive one after the other; nothing is unpacked to a place or name of its choosing."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile, ZipInfo

from refundkit.errors import InputError
from refundkit.importers.archives.folders import Parts, wanted
from refundkit.importers.archives.guard import FAULTS, MAX_ARCHIVE, check_sizes, open_zip
from refundkit.model.requests import Reading, Reject

_CHUNK: Final = 1 << 20
_LOCKED: Final = 1
_SHOWN: Final = 200
Read = Callable[[Path, str], Iterator[Reading]]


def read_zip(path: Path, name: str, read: Read) -> Iterator[Reading]:
    """Everything the files of an archive hold, in order of their names; each is called 'archive.zip!name'.

    `read` reads one file under a name. A file that cannot be unpacked is one Reject. Raise InputError for an archive
    that is damaged, too large, or unpacks to a multiple of its size.
    """
    with open_zip(path) as archive:
        check_sizes(archive, path.stat().st_size, MAX_ARCHIVE)
        entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
        order = {parts: number for number, parts in enumerate(wanted({_parts(entry) for entry in entries}))}
        read_in_order = sorted((e for e in entries if _parts(e) in order), key=lambda entry: order[_parts(entry)])
        if not read_in_order:
            yield Reject(name, None, "is an archive without any file to import", "")
        for entry in read_in_order:
            yield from _member(archive, entry, f"{name}!{shown(entry.filename)}", read)


def shown(name: str) -> str:
    """An entry's name as it may be shown: printable, on one line, bounded. It is never used as a path."""
    text = "".join(c if c.isprintable() else "?" for c in name) or "?"
    return text if len(text) <= _SHOWN else f"…{text[1 - _SHOWN :]}"


def _parts(entry: ZipInfo) -> Parts:
    return tuple(part for part in entry.filename.replace("\\", "/").split("/") if part not in ("", ".", "..")) or ("?",)


def _member(archive: ZipFile, entry: ZipInfo, name: str, read: Read) -> Iterator[Reading]:
    if entry.flag_bits & _LOCKED:
        yield Reject(name, None, "is locked by a password (unpack the archive, and import what is in it)", "")
        return
    with TemporaryDirectory(prefix="refundkit-") as folder:
        copy = Path(folder) / "member"
        try:
            _unpack(archive, entry, copy)
        except InputError as err:
            yield Reject(name, None, err.message, "")
        except (*FAULTS, zlib.error) as err:
            problem = f"cannot be unpacked: this part of the archive is damaged ({type(err).__name__})"
            yield Reject(name, None, problem, "")
        else:
            yield from read(copy, name)


def _unpack(archive: ZipFile, entry: ZipInfo, copy: Path) -> None:
    """Write one entry to a file. What it says of its size was judged; more than that is not written."""
    left = entry.file_size
    with archive.open(entry) as source, copy.open("wb") as target:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise InputError("is larger than the archive says", hint="unpack it, and import what is in it")
            target.write(chunk)
