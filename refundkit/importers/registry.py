"""Finds what a file is by its content and reads it: lists, mails, mailboxes. Asks nothing, writes nothing."""

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
    """What reading may know of the shop: the currency of its books, its time zone, the time, its own addresses."""

    base: str
    zone: ZoneInfo
    now: datetime
    staff: tuple[str, ...] = ()


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those in folders named, in a fixed order; hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts))
            found += sorted(inside)
        else:
            found.append(path)
    return found


def read_file(path: Path, name: str, facts: ShopFacts) -> Iterator[Reading]:
    """Everything a file holds, in its order. A file that cannot be read at all is one Reject.

    Raise InputError when a list that began well cannot be read to its end.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as err:
        yield Reject(name, None, f"cannot be read: {err.strerror}", "")
        return
    if not head.strip():
        yield Reject(name, None, "is empty", "")
        return
    from refundkit.importers.extract.shop import ShopWords
    from refundkit.importers.mail import reader

    kind = reader.identify(head)
    if kind is None:
        yield from _read_table(path, name, facts)
        return
    shop = ShopWords(base=facts.base, zone=facts.zone, staff=facts.staff)
    if kind == "mbox":
        yield from reader.read_mbox(path, name, shop)
    elif path.stat().st_size > MAX_MAIL:
        yield Reject(name, None, f"is a mail of more than {MAX_MAIL // 1024 // 1024} MB", "")
    else:
        yield from reader.read_mail(name, path.read_bytes(), kind, shop)


def taken_for(path: Path, name: str) -> list[str]:
    """What each column of a list with headings of its own is taken for; nothing to say of native lists and mails."""
    from refundkit.importers.mail import reader
    from refundkit.importers.tabular import requests
    from refundkit.importers.tabular.rows import open_table

    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        if reader.identify(head) is not None or not 0 < requests.identify(head) < 1:
            return []
        return requests.describe(open_table(path, name))
    except (OSError, InputError):  # `read_file` says what is wrong with it
        return []


def _read_table(path: Path, name: str, facts: ShopFacts) -> Iterator[Reading]:
    from refundkit.importers.tabular import requests
    from refundkit.importers.tabular.shop import TableShop

    rows = requests.read_requests(path, name, TableShop(base=facts.base, zone=facts.zone, received_at=facts.now))
    try:
        first = next(rows, None)
    except InputError as err:
        yield Reject(name, None, f"{err.message} ({err.hint})" if err.hint else err.message, "")
        return
    if first is not None:
        yield first
        yield from rows
