"""Opens zip files without trusting them: the number of entries, their sizes and their packing are judged first."""

from __future__ import annotations

import mmap
import re
import struct
from itertools import islice
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from refundkit.errors import InputError

MAX_ENTRIES: Final = 10_000
MAX_RATIO: Final = 100
MAX_BOOK: Final = 200_000_000
"""Bytes of a workbook's parts when unpacked."""

MAX_ARCHIVE: Final = 500_000_000
"""Bytes of an archive's files when unpacked."""

FAULTS: Final = (
    BadZipFile,
    OSError,
    ValueError,
    struct.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    LookupError,
)
"""What Python's zipfile raises for damaged or hostile files."""

_ENTRY: Final = re.compile(rb"PK\x01\x02")
_END: Final = b"PK\x05\x06"
_LOCATOR64: Final = b"PK\x06\x07"
_END64: Final = b"PK\x06\x06"
_HARMLESS: Final = 1_000_000


def open_zip(path: Path) -> ZipFile:
    """The archive with its list of entries read. Raise InputError when it is damaged or has over 10 000 entries."""
    if path.stat().st_size > MAX_ARCHIVE:
        raise InputError(f"is an archive of more than {_megabytes(MAX_ARCHIVE)}", hint="import it in parts")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        # Counted before the library makes an object of each.
        entries = sum(1 for _ in islice(_ENTRY.finditer(content, *_directory(content)), MAX_ENTRIES + 1))
    if entries > MAX_ENTRIES:
        raise InputError(f"is an archive of more than {MAX_ENTRIES:,} files", hint="import it in parts")
    try:
        return ZipFile(path)
    except FAULTS as err:
        hint = "get it again from where it came; nothing of it was read"
        raise InputError("is a damaged or cut archive or workbook", hint=hint) from err


def check_sizes(archive: ZipFile, packed: int, most: int) -> None:
    """Raise InputError when an archive of `packed` bytes unpacks to more than `most`, or to over 100 times its size."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > most:
        raise InputError(f"unpacks to more than {_megabytes(most)}", hint="import it in parts, or as CSV")
    if unpacked > _HARMLESS and unpacked > MAX_RATIO * packed:
        what = f"unpacks to more than {MAX_RATIO} times its size, as only files made to do harm do"
        raise InputError(what, hint="unpack or open it yourself, and import what is in it")
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise InputError("is packed in a way that is not read here", hint="unpack it, and import what is in it")


def _directory(content: mmap.mmap) -> tuple[int, int]:
    """Where the list of entries lies (APPNOTE 4.3): before the record that ends the archive, whose size it states."""
    end = len(content) - 22
    if content[end : end + 4] != _END or content[-2:] != b"\0\0":
        end = content.rfind(_END, max(0, end - 65_535))
    if end < 0:
        return 0, 0
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    if content[max(0, end - 20) : end].startswith(_LOCATOR64) and content[max(0, end - 76) : end].startswith(_END64):
        size = int.from_bytes(content[end - 36 : end - 28], "little")
    return max(0, end - 76 - size), end


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000} MB"
