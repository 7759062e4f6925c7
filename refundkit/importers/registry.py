"""Finds what a file is by its content and reads it: lists, workbooks, mails. Asks nothing, writes nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from refundkit.errors import InputError
from refundkit.importers.extract.forms import IdForm
from refundkit.importers.tabular.choices import Choices
from refundkit.model.requests import Ignored, Reading, Reject

if TYPE_CHECKING:
    from refundkit.importers.archives.kinds import Kind
    from refundkit.importers.tabular.plan import Proof
    from refundkit.importers.tabular.rows import Sheet
    from refundkit.importers.tabular.shop import TableShop

HEAD: Final = 64 * 1024
MAX_MAIL: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class ShopFacts:
    """What reading may know of the shop: the currency of its books, its time zone, the time, its own addresses.

    `forced`: a person says that what is read asks for money. `lists`: what a person said about lists, and where notes
    about them go. `forms`: how the shop's own numbers look, learned from its records.
    """

    base: str
    zone: ZoneInfo
    now: datetime
    staff: tuple[str, ...] = ()
    forced: bool = False
    lists: Choices = field(default_factory=Choices)
    forms: tuple[IdForm, ...] = ()


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


def unclear(path: Path, name: str, facts: ShopFacts) -> Proof:
    """What the cells of a list or workbook leave open: an amount or a date that can be read in two ways.

    Nothing of mails, of archives, and of what cannot be read; `read_file` says what is wrong with it.
    """
    from refundkit.importers.archives.kinds import BOOKS, Kind
    from refundkit.importers.presets.reader import proof
    from refundkit.importers.tabular.plan import Proof

    left = Proof()
    with contextlib.suppress(InputError):
        for sheet in opened(path, name, facts.lists.own) if _kind(path) in {Kind.LIST, *BOOKS} else ():
            with contextlib.suppress(InputError):
                found = proof(sheet, _table(name, facts))
                left = Proof(amount=left.amount or found.amount, date=left.date or found.date)
    return left


def opened(path: Path, name: str, own: Path | None) -> list[Sheet]:
    """The tables of a list or workbook. `own`: the person's presets. Raise InputError when it is none, or damaged."""
    from refundkit.importers.archives.kinds import BOOKS
    from refundkit.importers.presets.catalog import fits
    from refundkit.importers.tabular.rows import open_table

    if (kind := _kind(path)) in BOOKS:
        from refundkit.importers.workbooks.reader import pages

        return list(pages(path, name, kind, own))
    return [open_table(path, name, lambda row: fits(row, own))]


def _kind(path: Path) -> Kind:
    from refundkit.importers.archives.kinds import Kind, kind_of

    with contextlib.suppress(OSError), path.open("rb") as file:
        return kind_of(path, file.read(HEAD))
    return Kind.LIST  # what cannot be opened: reading it says why


def _table(name: str, facts: ShopFacts) -> TableShop:
    from refundkit.importers.tabular.shop import TableShop

    told = replace(facts.lists, say=lambda note: facts.lists.say(f"{name}: {note}"))
    return TableShop(base=facts.base, zone=facts.zone, received_at=facts.now, choices=told, forms=facts.forms)


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

    words = ShopWords(facts.base, facts.zone, facts.staff, forced=facts.forced, forms=facts.forms)
    table = _table(name, facts)
    match kind:
        case Kind.MBOX:
            from refundkit.importers.mail.mailboxes import read_mbox

            yield from read_mbox(path, name, words)
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
            from refundkit.importers.presets import reader as lists

            yield from _begun(name, lists.read_requests(path, name, table))


def _begun(name: str, readings: Iterator[Reading]) -> Iterator[Reading]:
    """The readings; when not even the first can be had, the reason as one Reject."""
    try:
        first = next(readings, None)
    except InputError as err:
        yield _reject(name, err)
        return
    if first is None:
        yield Ignored(name, None, "It is a list without a single row below its headings.", "")
    else:
        yield first
        yield from readings


def _reject(name: str, err: InputError) -> Reject:
    return Reject(name, None, f"{err.message} ({err.hint})" if err.hint else err.message, "")
