"""The properties of an Outlook message in its OLE container (MS-OXMSG), read leniently and within bounds."""

from __future__ import annotations

import codecs
import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from refundkit.importers.mail.charset import decode

if TYPE_CHECKING:
    from olefile import OleFileIO

MAX_VALUE: Final = 16 * 1024 * 1024
"""Bytes of one property; longer ones are read as absent."""

MAX_ITEMS: Final = 200
"""Recipients and attachments that are looked at."""

HEADER: Final = 32
HEADER_INSIDE: Final = 24
HEADER_ITEM: Final = 8
"""Bytes before the first entry of a property stream: of the message, of one inside it, of an attachment."""

_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_CODEPAGES: Final = {
    65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 28591: "cp1252", 28605: "iso8859-15", 20866: "koi8-r",
    21866: "koi8-u", 936: "gb18030", 54936: "gb18030", 50220: "iso2022_jp_ext", 51932: "euc_jp", 51949: "euc_kr",
}  # fmt: skip
_ISO: Final = range(28592, 28607)


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a message, an attachment or a recipient, which is a storage of the container."""

    ole: OleFileIO[str]
    at: tuple[str, ...] = ()
    header: int = HEADER
    codepage: int = 0
    size: int = MAX_VALUE
    fixed: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stream = self._stream("__properties_version1.0")[self.header :]
        for kind, tag, _, value in struct.iter_unpack("<HHI8s", stream[: len(stream) // 16 * 16]):
            self.fixed.setdefault(tag, value) if kind != 0 else None

    def text(self, *tags: int) -> str:
        """The first of these properties that has any text; '' when none has."""
        for tag in tags:
            wide = self._stream(f"__substg1.0_{tag:04X}001F")
            found = wide.decode("utf-16-le", "replace") if wide else self._narrow(tag)
            if found.strip("\0 \r\n\t"):
                return found.rstrip("\0")
        return ""

    def data(self, tag: int) -> bytes:
        """A property of bytes, b'' without it."""
        return self._stream(f"__substg1.0_{tag:04X}0102")

    def number(self, tag: int) -> int:
        """A property of up to 32 bits, 0 without it."""
        return int.from_bytes(self.fixed.get(tag, b"")[:4], "little")

    def time(self, tag: int) -> datetime | None:
        """A time in UTC, None without it or when it is none."""
        ticks = int.from_bytes(self.fixed.get(tag, b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def items(self, kind: str) -> list[Properties]:
        """The recipients ('recip') or attachments ('attach'), at most 200, in their order."""
        found = sorted(name for name in _inside(self.ole).get(self.at, ()) if name.startswith(f"__{kind}_version1.0_"))
        return [
            Properties(self.ole, (*self.at, name), HEADER_ITEM, self.codepage, self.size) for name in found[:MAX_ITEMS]
        ]

    def enclosed(self) -> Properties | None:
        """The message that an attachment is, None when it is a file."""
        at = (*self.at, "__substg1.0_3701000D")
        if not self.ole.exists("/".join((*at, "__properties_version1.0"))):
            return None
        return message(self.ole, self.size, at, HEADER_INSIDE)

    def _narrow(self, tag: int) -> str:
        raw = self._stream(f"__substg1.0_{tag:04X}001E")
        return decode(raw, charset(self.codepage))[0] if raw else ""

    def _stream(self, name: str) -> bytes:
        path = "/".join((*self.at, name))
        if not self.ole.exists(path) or self.ole.get_size(path) > min(MAX_VALUE, self.size):
            return b""
        with self.ole.openstream(path) as stream:
            return bytes(stream.read(MAX_VALUE))


@lru_cache(maxsize=1)
def _inside(ole: OleFileIO[str]) -> dict[tuple[str, ...], set[str]]:
    """What lies in each storage. The container is walked once: it may hold messages in messages by the thousand."""
    found: dict[tuple[str, ...], set[str]] = {}
    for path in ole.listdir(streams=True, storages=True):
        for depth in range(len(path)):
            found.setdefault(tuple(path[:depth]), set()).add(path[depth])
    return found


def message(ole: OleFileIO[str], size: int, at: tuple[str, ...] = (), header: int = HEADER) -> Properties:
    """The properties of the message, or of one inside it; its text of one byte a character is in its own code page.

    `size`: bytes of the file. Raise ValueError where it says to hold more than that: its sectors go round in a ring,
    and olefile would read them until the said size is reached.
    """
    says: Any = ole  # its stubs leave out what its header and its root say
    if max(says.root.size, says.num_mini_fat_sectors * says.sector_size) > size:
        raise ValueError("it says to hold more than the file")
    bare = Properties(ole, at, header, 0, size)
    return Properties(ole, at, header, bare.number(0x3FFD) or bare.number(0x3FDE), size)


def charset(codepage: int) -> str:
    """Python's name of a Windows code page, '' when it is not known."""
    name = _CODEPAGES.get(codepage) or (f"iso8859-{codepage - 28590}" if codepage in _ISO else f"cp{codepage}")
    try:
        return codecs.lookup(name).name if re.fullmatch(r"[a-z0-9_-]+", name) else ""
    except LookupError:
        return ""
