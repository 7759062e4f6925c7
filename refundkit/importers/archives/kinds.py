"""What a file is, by its content and never by its name; what cannot be read is refused with the way out."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from refundkit.errors import InputError
from refundkit.importers.archives.guard import FAULTS, MAX_BOOK, check_sizes, open_zip
from refundkit.importers.mail import reader

# The sizes of sectors that there are (MS-CFB 2.2); any other would be a way to ask for memory.
_SECTORS: Final = (b"\x09\x00\x06\x00", b"\x0c\x00\x06\x00")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Kind(StrEnum):
    """The kinds of files that hold requests. XLSX is openpyxl's, BOOK every other workbook."""

    MAIL = "mail"
    MBOX = "mbox"
    MSG = "msg"
    XLSX = "xlsx"
    BOOK = "book"
    JSON = "json"
    ZIP = "zip"
    LIST = "list"


BOOKS: Final = frozenset({Kind.XLSX, Kind.BOOK})

_CSV: Final = "save the table in it as CSV (UTF-8) or .xlsx, and import that"
_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*[\[{\]]|\{\s*[\"}])")
_JSON_WIDE: Final = re.compile(rb"\xff\xfe(?:\s\0)*[\[{]\0|\xfe\xff(?:\0\s)*\0[\[{]")
# A CMS structure (RFC 5652) of signed, enveloped or encrypted data, in DER or BER.
_CMS: Final = re.compile(
    rb"\x30(?:\x80|[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", re.DOTALL
)
_ARMOUR: Final = (b"-----BEGIN PKCS7", b"-----BEGIN CMS", b"-----BEGIN PGP MESSAGE")
_STORE: Final = (
    "export it as .msg, .eml or .mbox (messages dragged out of Outlook into a folder become .msg), and import that"
)
_TNEF: Final = (
    "open the mail it came with in Outlook and save it as .msg, or ask the sender to write in plain text or HTML"
)
_UNREADABLE: Final = (
    (b"!BDN", "is an Outlook store, .pst or .ost", _STORE),
    (b"\x78\x9f\x3e\x22", "is an Outlook-only attachment, winmail.dat", _TNEF),
)
_BOOK_PART: Final = re.compile(r"xl/|workbook\.xml\Z")
_PARTS: Final = (
    ("word/", "is a Word document"), ("ppt/", "is a PowerPoint document"), ("visio/", "is a Visio drawing"),
    ("Index/Document.iwa", "is an Apple Numbers, Pages or Keynote document"),
)  # fmt: skip
_STREAMS: Final = (
    ("WordDocument", "is a Word document"), ("PowerPoint Document", "is a PowerPoint document"),
    ("VisioDocument", "is a Visio drawing"),
)  # fmt: skip


def kind_of(path: Path, head: bytes) -> Kind:
    """The kind of a file that begins with these bytes (its first 64 KiB); a list where nothing else is recognised.

    Raise InputError, with the way out, for a damaged container and for what is known but cannot be read.
    """
    if mail := reader.identify(head):
        return Kind.MBOX if mail == "mbox" else Kind.MAIL
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(path)
    if head.startswith(OLE):
        return _in_ole(path, head)
    for magic, what, hint in _UNREADABLE:
        if head.startswith(magic):
            raise InputError(what, hint=hint)
    if _CMS.match(head) or head.startswith(_ARMOUR):
        raise encrypted()
    return Kind.JSON if _JSON.match(head) or _JSON_WIDE.match(head) else Kind.LIST


def encrypted() -> InputError:
    """What to say of a message that only its addressee's keys open."""
    hint = "open it in the mail program that has the keys, forward it to yourself unencrypted, and import that"
    return InputError("is an encrypted message (S/MIME or PGP) whose text cannot be read here", hint=hint)


def locked() -> InputError:
    """What to say of a workbook that only a password opens."""
    hint = "open it, take the password off under File, Info, Protect Workbook, save it, and import it again"
    return InputError("is a workbook locked by a password", hint=hint)


def _in_zip(path: Path) -> Kind:
    with open_zip(path) as archive:
        names = archive.namelist()
        low = {name.casefold().lstrip("/\\").replace("\\", "/") for name in names}
        if "[content_types].xml" in low and any(map(_BOOK_PART.match, low)):
            kind = Kind.BOOK if "xl/workbook.bin" in low else Kind.XLSX
        elif (media := _media_type(archive)) or {"content.xml", "meta-inf/manifest.xml"} <= low:
            if media and "spreadsheet" not in media:
                raise InputError(f"is no list, but {media[:80]}", hint=_CSV)
            kind = Kind.BOOK
        else:
            for start, what in _PARTS:
                if any(name.startswith(start) for name in names):
                    raise InputError(f"{what}, no list", hint=_CSV)
            return Kind.ZIP
        check_sizes(archive, path.stat().st_size, MAX_BOOK)
        return kind


def _media_type(archive: ZipFile) -> str:
    """What an OpenDocument file says it is; '' of any other archive."""
    try:
        with archive.open("mimetype") as file:
            said = file.read(100).decode("ascii", "replace").strip()
    except FAULTS:
        return ""
    return said if said.startswith("application/vnd.oasis.opendocument.") else ""


def _in_ole(path: Path, head: bytes) -> Kind:
    from olefile import OleFileIO

    try:
        if head[30:34] not in _SECTORS:
            raise ValueError(head[30:34])
        with OleFileIO(str(path)) as ole:
            top = {entry[0] for entry in ole.listdir(streams=True, storages=False)}
    except (*FAULTS, TypeError, AttributeError, MemoryError) as err:
        what = "is a damaged or cut Outlook message or workbook"
        raise InputError(what, hint="get it again from where it came; nothing of it was read") from err
    if "__properties_version1.0" in top:
        return Kind.MSG
    if top & {"EncryptedPackage", "EncryptionInfo"}:
        raise locked()
    if top & {"Workbook", "Book"}:
        return Kind.BOOK
    what = next((said for stream, said in _STREAMS if stream in top), "is an Office file of a kind that is not known")
    raise InputError(f"{what}, no list", hint=_CSV)
