"""Manual journals for Xero's file import: signed lines, one narration a credit memo, at most 300 lines a file.

Columns, date, grouping and limits: help.xero.com/nz/ManualJournalsImport. Lines with the same narration and date
become one journal, so the case id stands in every narration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from refundkit.errors import PolicyError
from refundkit.exporters.journals.contract import (
    JournalContext,
    JournalExporter,
    JournalFile,
    in_order,
    refuse,
    shared_problems,
    two_decimals,
    used_accounts,
)
from refundkit.exporters.journals.csv_lines import csv_bytes
from refundkit.exporters.text import cell_text, one_line, runs_as_formula
from refundkit.model.booking import Booking
from refundkit.model.money import plain

HEADING: Final = ("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount")
MAX_LINES: Final = 300
MAX_TEXT: Final = 500
_CODE: Final = re.compile(r"[^\s=+\-@][^\s]{0,9}\Z")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class XeroManualJournal:
    """The exporter; see JournalExporter."""

    name = "xero"
    suffix = ".csv"
    steps = (
        "Make the accounts below first if they are missing, with these codes.",
        "None may be a bank account or Xero's own receivable, payable or exchange account: those take no journals.",
        "Accounting > Manual journals > Import: choose each CSV file once.",
        "They arrive as drafts: look through them, then post them (role Adviser, or Standard with reports).",
        "Xero does not notice a file that is imported twice: in doubt, search the journals for the case id first.",
        "They are in the currency of the books. Enter no credit notes for them, save those named under To do by hand.",
    )

    def check(self, bookings: Sequence[Booking], accounts: Mapping[str, str]) -> list[str]:
        """See JournalExporter."""
        problems = [*shared_problems(bookings, accounts, self.name), *two_decimals(bookings, "Xero")]
        problems += [
            f"{case}: {key}: '{name[:60]}' is no account code (the code alone, 1 to 10 characters)"
            for case, key, name in used_accounts(bookings, accounts)
            if not _CODE.match(name) or not name.isprintable()
        ]
        for booking in bookings:
            if len(booking.entries) > MAX_LINES - 1:
                problems.append(f"{booking.case}: entries: {len(booking.entries)}; a file takes {MAX_LINES} lines")
            texts = [_narration(booking), *(cell_text(entry.text) for entry in booking.entries)]
            if (longest := max(map(len, texts))) > MAX_TEXT:
                problems.append(f"{booking.case}: narration or description: {longest} characters; {MAX_TEXT} fit")
        return problems

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalExporter; also PolicyError when the tax rate's name cannot be one."""
        refuse(self.check(bookings, context.accounts))
        name = context.tax_rate_name
        if not name or name != one_line(name) or runs_as_formula(name):
            raise PolicyError(
                f"xero.tax_rate_name is '{name[:60]}'",
                hint="write the display name of the tax rate as Xero shows it, like Tax Exempt",
            )
        parts = list(_files(in_order(bookings)))
        written = []
        for number, part in enumerate(parts, 1):
            rows = [row for booking in part for row in _rows(booking, context)]
            end = f"-{number}-of-{len(parts)}{self.suffix}" if len(parts) > 1 else self.suffix
            written.append((end, csv_bytes(HEADING, rows)))
        return written

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; Xero's receivables take no journal, so the invoice itself is not touched."""
        if not booking.on_receivable:
            return ""
        return (
            f"{booking.memo}: raise a credit note of {plain(booking.amount, booking.currency)} {booking.currency} on"
            f" {one_line(booking.invoice)} of {one_line(booking.customer_name)}, without tax, coded to the account"
            " above for receivables"
        )


def _files(bookings: Sequence[Booking]) -> Iterator[list[Booking]]:
    """Cut into files of at most 300 lines, the heading counted; a journal is never cut."""
    part: list[Booking] = []
    lines = 1
    for booking in bookings:
        if part and lines + len(booking.entries) > MAX_LINES:
            yield part
            part, lines = [], 1
        part.append(booking)
        lines += len(booking.entries)
    yield part


def _rows(booking: Booking, context: JournalContext) -> Iterator[tuple[str, ...]]:
    day = booking.posted_on
    for entry in booking.entries:
        yield (
            _narration(booking),
            f"{day.day:02} {_MONTHS[day.month - 1]} {day.year:04}",
            cell_text(entry.text),
            context.accounts[entry.account],
            context.tax_rate_name,
            plain(entry.amount, booking.base),
        )


def _narration(booking: Booking) -> str:
    about = f" re {booking.invoice}" if booking.invoice else ""
    return cell_text(f"{booking.case} {booking.memo} refund{about}")


EXPORTER: Final[JournalExporter] = XeroManualJournal()
