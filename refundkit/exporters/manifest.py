"""What lies beside an export's files: a manifest that proves them, and READ-ME-FIRST in plain words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from refundkit.exporters.files import safe_write
from refundkit.exporters.journals.base import counted
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, in_order, used_accounts
from refundkit.exporters.text import one_line
from refundkit.model.booking import Booking, Document
from refundkit.model.money import plain

__all__ = ["MANIFEST", "READ_ME", "manifest", "read_me_first", "safe_write"]

MANIFEST: Final = "-manifest.json"
READ_ME: Final = "-READ-ME-FIRST.txt"
"""Ends of the two files' names (`files.file_name`), so that several batches can lie in one folder."""


def manifest(
    batch: str, format_name: str, created_at: str, bookings: Sequence[Booking], files: Sequence[tuple[str, bytes]]
) -> bytes:
    """The batch as JSON: its documents by case, totals, sums by account, SHA-256 and size of each file.

    Amounts are text with the currency's decimals. `totals` are those of the credit memos by currency, `totals_base`
    what all documents add to what customers are owed; accounts are the policy's keys, debit positive. `created_at`
    is a UTC time. The same batch gives the same bytes.
    """
    document: dict[str, Any] = {
        "version": 1,
        "batch": batch,
        "format": format_name,
        "created_at": created_at,
        "cases": [_case(booking) for booking in in_order(bookings)],
        "totals": _totals([(b.currency, b.amount) for b in bookings if b.document == Document.CREDIT_MEMO]),
        "totals_base": _totals([(b.base, b.base_amount) for b in bookings]),
        "accounts": _accounts(bookings),
        "files": [
            {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
            for name, content in sorted(files)
        ],
    }
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_me_first(
    exporter: JournalExporter, bookings: Sequence[Booking], context: JournalContext, files: Sequence[tuple[str, bytes]]
) -> bytes:
    """READ-ME-FIRST.txt of a batch: what it is, where to click, which accounts must exist, what to do by hand."""
    owed = [(b.base, b.base_amount) for b in bookings if b.document == Document.CREDIT_MEMO]
    needs = exporter.needs(bookings, context)
    days = sorted(b.posted_on for b in bookings)
    lines = [
        f"Refund journal for {exporter.title}, batch {one_line(context.batch)}",
        "",
        f"{counted(bookings)}, dated {days[0].isoformat()} to {days[-1].isoformat()}",
        *(f"Credit memos together: {total['amount']} {total['currency']}" for total in _totals(owed)),
        "",
        "Files",
        *(f"  {name}" for name, _ in sorted(files)),
        "",
        "What to do",
        *_numbered(exporter.steps),
        "",
        "Accounts that must exist",
        *sorted({f"  {name}  ({key.replace('_', ' ')})" for _, key, name in used_accounts(bookings, context.accounts)}),
        *(["", "What else must exist", *(f"  {line}" for line in needs)] if needs else []),
        "",
        "To do by hand",
        *([f"  - {said}" for b in in_order(bookings) if (said := exporter.by_hand(b))] or ["  Nothing."]),
        "",
        "Every line names its case (RF-...).",
        "Book each refund once: by these files, or as a credit document of the system itself, never both.",
        "To get the same files again: refundkit export --again " + one_line(context.batch),
    ]
    return ("\n".join(lines) + "\n").encode()


def _case(booking: Booking) -> dict[str, Any]:
    links = {"settles": booking.settles, "method": booking.method, "reference": one_line(booking.reference)}
    return {
        "case": booking.case,
        "document": booking.document,
        "memo": booking.memo,
        "posted_on": booking.posted_on.isoformat(),
        "customer_id": one_line(booking.customer_id),
        "invoice": one_line(booking.invoice),
        "reason": booking.reason,
        "amount": _money(booking.amount, booking.currency),
        "base": _money(booking.base_amount, booking.base),
        **{name: text for name, text in links.items() if text},
    }


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"amount": plain(minor, currency), "currency": currency}


def _totals(amounts: Sequence[tuple[str, int]]) -> list[dict[str, str]]:
    sums: dict[str, int] = defaultdict(int)
    for currency, minor in amounts:
        sums[currency] += minor
    return [_money(minor, currency) for currency, minor in sorted(sums.items())]


def _accounts(bookings: Sequence[Booking]) -> dict[str, list[dict[str, str]]]:
    moved: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for booking in bookings:
        for entry in booking.entries:
            moved[entry.account].append((booking.base, entry.amount))
    return {account: _totals(amounts) for account, amounts in moved.items()}


def _numbered(steps: Sequence[str]) -> list[str]:
    return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
