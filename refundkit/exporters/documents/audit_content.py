"""Everything the audit document of a case shows, already as text; nothing here is computed or looked up."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from refundkit.exporters.documents.page_text import without_surrogates
from refundkit.model.canonical import canonical

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: every row has one text for every column. `right`: indexes of columns of figures; `note`: its source."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as shown; `overridden_by` says who overrode it, when and why, '' when nobody did."""

    code: str
    severity: str
    text: str
    overridden_by: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: time and person as text, the event that holds it (b64url id), its signature and its writer."""

    when: str
    who: str
    what: str
    reason: str
    amount: str
    event_id: str
    signature: str
    writer: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the case's history."""

    when: str
    who: str
    what: str
    event_id: str


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document the store keeps for the case (a mail as received): its size as text and its SHA-256 in hex."""

    name: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AuditContent:
    """The page, in the order it is read.

    `case_id` as people say it (RF-...), `ledger`: b64url of the ledger's 16 bytes. Times, amounts and names are
    texts as they shall appear. `words` is the request in its own words: any length, any script, trusted in nothing.
    """

    case_id: str
    company: str
    state: str
    level: str
    issued_at: str
    issued_by: str
    ledger: str
    request: Pairs = ()
    words: str = ""
    source: Pairs = ()
    records: tuple[Table, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    calculation: tuple[str, ...] = ()
    cells: Table | None = None
    route: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    booking: Table | None = None
    booking_lines: tuple[str, ...] = ()
    payments: tuple[Table, ...] = ()
    payment_bookings: tuple[Table, ...] = ()
    history: tuple[Happening, ...] = ()
    documents: tuple[KeptDocument, ...] = ()
    warnings: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The same content as plain values (lists, objects, texts) with the names of the fields."""
        data: dict[str, Any] = _plain(self)
        return data

    def as_json(self) -> bytes:
        """The canonical JSON of the content. Half a surrogate pair, which has no byte form, becomes [U+D800]."""
        return canonical(self.as_data())


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value
