"""A request as its source says it (Draft), a row that cannot be one (Reject), a message that asks none (Ignored)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple


class NoRequest(StrEnum):
    """What a message that asks for no refund is."""

    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    RECEIPT = "receipt"
    INVITATION = "invitation"
    THANKS = "thanks"
    STATUS = "status"
    WITHDRAWAL = "withdrawal"
    CHASER = "chaser"
    TALK = "talk"
    VENDOR = "vendor"
    NONE = "none"


NOTED: frozenset[NoRequest] = frozenset(
    {NoRequest.AUTO_REPLY, NoRequest.BOUNCE, NoRequest.RECEIPT, NoRequest.THANKS, NoRequest.STATUS,
     NoRequest.WITHDRAWAL, NoRequest.CHASER}
)  # fmt: skip
"""Those that belong to a request made earlier: they are noted on its case when it can be told which that is."""
PRESSING: frozenset[NoRequest] = frozenset({NoRequest.CHASER, NoRequest.STATUS})
"""Those that say again what is there already: where the money of a case is, or that it is overdue."""


class Place(NamedTuple):
    """Where a row or message stands: its file, the sheet ('' of what is no workbook), and its place in that."""

    file: str
    number: int | None
    sheet: str = ""

    def told(self, mark: str) -> str:
        """In one text, `mark` behind the file's name; a sheet as spreadsheets write it: 'book.xlsx:Shop floor!4'."""
        inside = "" if self.number is None else str(self.number)
        if self.sheet:
            inside = f"{self.sheet}!{inside}" if inside else self.sheet
        return f"{self.file}{mark}{inside}" if inside else self.file

    def __str__(self) -> str:
        return self.told("#")


def place_in(kept: Mapping[str, Any]) -> Place:
    """The place that an event or a row of a table tells; older events know of no sheets."""
    return Place(kept["file"], kept["index"], kept.get("sheet") or "")


class _Placed:
    """What has a place."""

    __slots__ = ()
    file: str
    index: int | None
    sheet: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file, self.index, self.sheet)


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes a request came in, kept as evidence (a mail as received), or a file that came with it.

    `name` is for people and never a path. Lists keep the row's words instead.
    """

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft(_Placed):
    """A request as one row or message says it, before anything was looked up in the records.

    `index`: the physical line on which a row begins (1-based), a sheet's row number, a message's number in its
    mailbox from 1; None for a single message. Empty text means the source does not say. `amount` is what is asked
    back, in units of `currency` (may be 0 or negative: the checks judge it), None when not said or doubtful.
    `received_at` is aware, in UTC; None when the source has no time.
    `evidence` maps a field's name to the words it was read from, `confidence` to how sure the reading is, 0 to 100.
    `doubts` are sentences why a person must complete it. `chases`: it presses for a request made earlier.
    `thread`: Message-IDs it answers, the nearest first. `files`: what came attached. `part`: which request of its
    message it is, from 1. `sheet`: that of a workbook in which the row stands, '' elsewhere.
    """

    file: str
    index: int | None
    channel: str
    received_at: datetime | None = None
    customer_id: str = ""
    customer_email: str = ""
    service_order: str = ""
    invoice: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reason: str = ""
    description: str = ""
    requested_by: str = ""
    external_ref: str = ""
    message_id: str = ""
    words: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    original: Original | None = None
    confidence: Mapping[str, int] = field(default_factory=dict)
    chases: bool = False
    thread: tuple[str, ...] = ()
    files: tuple[Original, ...] = ()
    part: int = 1
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Reject(_Placed):
    """A row, message or file that cannot be a case: kept word for word with the place and the reason.

    `cells`: what the row has for each field of a request, as written, so that it can be mended.
    """

    file: str
    index: int | None
    problem: str
    words: str
    column: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Ignored(_Placed):
    """A message that asks for no refund: kept with the reason, and can be made a case by hand.

    `kind` says what it is instead. The other fields are as in a Draft: they tell which case it concerns, if any.
    `files` are not among them: what came attached lies in the original.
    """

    file: str
    index: int | None
    why: str
    words: str
    message_id: str = ""
    original: Original | None = None
    kind: NoRequest = NoRequest.NONE
    customer_id: str = ""
    customer_email: str = ""
    service_order: str = ""
    invoice: str = ""
    received_at: datetime | None = None
    thread: tuple[str, ...] = ()
    sheet: str = ""


Reading = Draft | Reject | Ignored
