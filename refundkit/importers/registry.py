"""Finds what a file is by its content and reads it: lists, workbooks, mails. Asks nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from refundkit.errors import InputError
from refundkit.model.requests import Reading, Reject

HEAD: Final = 64 * 1024
MAX_MAIL: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class ShopFacts:
    """What reading may know of the shop: the currency of its books, its time zone, the time, its own addresses.

    `forced`: a person says that what is read asks for money.
    """

    base: str
    zone: ZoneInfo
    now: datetime
    staff: tuple[str, ...] = ()
    forced: bool = False


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those in folders named, in a fixed order; hidden ones are left out."""
    from refundkit.importers.archives.folders import files_under

    found: list[Path] = []
    for path in paths:
        found += files_under(path) if path.is_dir() else [path]
    return found


def read_file(path: Path, name: str, facts: ShopFacts) -> Iterator[Reading]:
    """Everything a file holds, in its order. A file that cannot be read at all is one Reject.

    What an archive holds is called 'archive.zip!name'. Raise InputError when a list that began well cannot be read to
    its end.
    """
    yield from _read(path, name, facts, packed=False)


def taken_for(path: Path, name: str) -> list[str]:
    """What each column of a list with headings of its own is taken for; nothing to say of native lists and mails."""
    from refundkit.importers.archives.kinds import BOOKS, Kind, kind_of
    from refundkit.importers.tabular import requests
    from refundkit.importers.tabular.rows import open_table

    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        kind = kind_of(path, head)
        if kind in BOOKS:
            from refundkit.importers.workbooks.reader import describe_workbook

            return describe_workbook(path, name, kind)
        if kind is not Kind.LIST or not 0 < requests.identify(head) < 1:
            return []
        return requests.describe(open_table(path, name))
    except (OSError, InputError):  # `read_file` says what is wrong with it
        return []


def _read(path: Path, name: str, facts: ShopFacts, *, packed: bool) -> Iterator[Reading]:
    """Read one file; `packed`: it comes out of an archive, in which no other archive is opened."""
    from refundkit.importers.archives.folders import in_maildir
    from refundkit.importers.archives.kinds import Kind, kind_of

    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        if not head.strip():
            yield Reject(name, None, "is empty", "")
            return
        kind = kind_of(path, head)
    except OSError as err:
        yield Reject(name, None, f"cannot be read: {err.strerror}", "")
        return
    except InputError as err:
        yield _reject(name, err)
        return
    if kind is Kind.LIST and in_maildir(path):
        kind = Kind.MAIL
    if kind is Kind.ZIP and packed:
        yield Reject(name, None, "is an archive inside an archive (unpack it, and import what is in it)", "")
    elif kind in (Kind.MAIL, Kind.MSG) and path.stat().st_size > MAX_MAIL:
        yield Reject(name, None, f"is a mail of more than {MAX_MAIL // 1024 // 1024} MB", "")
    else:
        yield from _read_kind(path, name, facts, kind)


def _read_kind(path: Path, name: str, facts: ShopFacts, kind: str) -> Iterator[Reading]:
    from refundkit.importers.archives.kinds import Kind
    from refundkit.importers.extract.shop import ShopWords
    from refundkit.importers.tabular.shop import TableShop

    words = ShopWords(base=facts.base, zone=facts.zone, staff=facts.staff, forced=facts.forced)
    table = TableShop(base=facts.base, zone=facts.zone, received_at=facts.now)
    match kind:
        case Kind.MBOX:
            from refundkit.importers.mail import reader

            yield from reader.read_mbox(path, name, words)
        case Kind.MAIL:
            from refundkit.importers.archives.folders import without_plist
            from refundkit.importers.mail import reader

            yield from reader.read_mail(name, without_plist(path.read_bytes()), "eml", words)
        case Kind.MSG:
            from refundkit.importers.outlook.reader import read_msg

            yield from read_msg(path, name, words)
        case Kind.ZIP:
            from refundkit.importers.archives.zips import read_zip

            members = read_zip(path, name, lambda copy, called: _read(copy, called, facts, packed=True))
            yield from _begun(name, members)
        case Kind.JSON:
            from refundkit.importers.workbooks.objects import read_objects

            yield from _begun(name, read_objects(path, name, table))
        case Kind.XLSX | Kind.BOOK:
            from refundkit.importers.workbooks.reader import read_workbook

            yield from _begun(name, read_workbook(path, name, Kind(kind), table))
        case _:
            from refundkit.importers.tabular import requests

            yield from _begun(name, requests.read_requests(path, name, table))


def _begun(name: str, readings: Iterator[Reading]) -> Iterator[Reading]:
    """The readings; when not even the first can be had, the reason as one Reject."""
    try:
        first = next(readings, None)
    except InputError as err:
        yield _reject(name, err)
        return
    if first is not None:
        yield first
        yield from readings


def _reject(name: str, err: InputError) -> Reject:
    return Reject(name, None, f"{err.message} ({err.hint})" if err.hint else err.message, "")
