"""Reads the files in a zip archive one after the other; nothing is unpacked to a place or name of its choosing."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final
from zipfile import ZipFile, ZipInfo

from refundkit.errors import InputError
from refundkit.importers.archives.folders import Parts, wanted
from refundkit.importers.archives.guard import FAULTS, MAX_ARCHIVE, check_sizes, open_zip
from refundkit.model.requests import Reading, Reject

_CHUNK: Final = 1 << 20
_LOCKED: Final = 1
_SHOWN: Final = 200
MAX_SECONDS: Final = 300
"""How long the files of one archive may take to read together: 10 000 mails take one minute, a workbook at most one."""

Read = Callable[[Path, str], Iterator[Reading]]


def read_zip(path: Path, name: str, read: Read) -> Iterator[Reading]:
    """Everything the files of an archive hold, in order of their names; each is called 'archive.zip!name'.

    `read` reads one file under a name. A file that cannot be unpacked is one Reject; so is everything that is left when
    reading took too long (what is made of the readings meanwhile does not count). Raise InputError for an archive
    that is damaged, too large, or unpacks to a multiple of its size.
    """
    with open_zip(path) as archive:
        check_sizes(archive, path.stat().st_size, MAX_ARCHIVE)
        entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
        order = {parts: number for number, parts in enumerate(wanted({_parts(entry) for entry in entries}))}
        read_in_order = sorted((e for e in entries if _parts(e) in order), key=lambda entry: order[_parts(entry)])
        if not read_in_order:
            yield Reject(name, None, "is an archive without any file to import", "")
        end = monotonic() + MAX_SECONDS
        for number, entry in enumerate(read_in_order):
            if monotonic() > end:
                yield Reject(name, None, _too_slow(read_in_order[number:]), "")
                return
            for reading in _member(archive, entry, f"{name}!{shown(entry.filename)}", read):
                given = monotonic()
                yield reading
                end += monotonic() - given


def _too_slow(left: Sequence[ZipInfo]) -> str:
    files = "its last file was" if len(left) == 1 else f"its last {len(left):,} files were"
    first = shown(left[0].filename)
    hint = f"unpack it, and import what is in it from '{first}' on, in parts"
    return f"is an archive that takes more than {MAX_SECONDS // 60} minutes to read, so {files} not read ({hint})"


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
