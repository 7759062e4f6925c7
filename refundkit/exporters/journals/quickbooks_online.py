"""Journal entries for QuickBooks Online's file import: one journal a credit memo, named by its number.

Columns, date and the rules for accounts and names: Intuit help L4tQBwbs7 (Import data > Journal entries).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

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
from refundkit.model.booking import RECEIVABLE, Booking, Entry
from refundkit.model.money import plain

HEADING: Final = ("Journal No", "Journal Date", "Account Name", "Debits", "Credits", "Description", "Name")
MAX_NUMBER: Final = 21
MAX_DESCRIPTION: Final = 4_000
MAX_NAME: Final = 500
"""The API's limit of a customer's DisplayName."""


class QuickBooksOnlineJournal:
    """The exporter; see JournalExporter."""

    name = "quickbooks-online"
    suffix = ".csv"
    steps = (
        "Make the accounts below first if they are missing, spelled as here (Parent:Child for a sub-account).",
        "Settings > Account and settings > Advanced: switch account numbers off while you import.",
        "In the same place keep 'Warn me if duplicate journal number is used' ON: it stops a second booking of a file.",
        "Settings > Import data > Journal entries: choose the CSV file and the date format MM/DD/YYYY.",
        "If the columns do not match (a Mac may expect semicolons), save the file as XLSX and import that.",
        "The journals are in the currency of the books. Do not enter the same refunds as credit memos too.",
    )

    def check(self, bookings: Sequence[Booking], accounts: Mapping[str, str]) -> list[str]:
        """See JournalExporter."""
        problems = [*shared_problems(bookings, accounts, self.name), *two_decimals(bookings, "QuickBooks Online")]
        for case, key, name in used_accounts(bookings, accounts):
            if name != one_line(name) or runs_as_formula(name):
                problems.append(f"{case}: {key}: '{name[:60]}' is no account name (blanks at an end, or a formula)")
            elif key != RECEIVABLE and ("(A/R)" in name or "(A/P)" in name):
                problems.append(f"{case}: {key}: '{name[:60]}' asks for a customer or vendor; name an ordinary account")
        for booking in bookings:
            problems += _booking_problems(booking)
        return problems

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalExporter."""
        refuse(self.check(bookings, context.accounts))
        rows = (row for booking in in_order(bookings) for row in _rows(booking, context.accounts))
        return [(self.suffix, csv_bytes(HEADING, rows))]

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; a journal cannot be applied to an invoice by the import."""
        if not booking.on_receivable:
            return ""
        return (
            f"{booking.memo}: in Receive payment, apply the credit of {plain(booking.base_amount, booking.base)}"
            f" {booking.base} to {one_line(booking.invoice)} of {one_line(booking.customer_name)}"
        )


def _booking_problems(booking: Booking) -> Iterator[str]:
    if len(booking.memo) > MAX_NUMBER:
        yield f"{booking.case}: memo: {booking.memo} has {len(booking.memo)} characters; a Journal No has {MAX_NUMBER}"
    longest = max(len(_description(booking, entry)) for entry in booking.entries)
    if longest > MAX_DESCRIPTION:
        yield f"{booking.case}: description: {longest} characters; at most {MAX_DESCRIPTION} fit"
    if not booking.on_receivable:
        return
    if booking.currency != booking.base:
        yield (
            f"{booking.case}: currency: QuickBooks Online takes no journal in {booking.base} to the receivables of a"
            f" customer in {booking.currency}; enter this one there as a credit memo"
        )
    name = one_line(booking.customer_name)
    if not name:
        yield f"{booking.case}: customer_name: a receivables line needs the customer's name"
    if len(name) > MAX_NAME:
        yield f"{booking.case}: customer_name: {len(name)} characters; at most {MAX_NAME} fit"


def _rows(booking: Booking, accounts: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for entry in booking.entries:
        amount = plain(abs(entry.amount), booking.base)
        # Name must exist in QuickBooks, so it stands only where the import demands it.
        yield (
            booking.memo,
            booking.posted_on.strftime("%m/%d/%Y"),
            accounts[entry.account],
            amount if entry.amount > 0 else "",
            amount if entry.amount < 0 else "",
            _description(booking, entry),
            cell_text(booking.customer_name) if entry.account == RECEIVABLE else "",
        )


def _description(booking: Booking, entry: Entry) -> str:
    """Case, invoice, customer and what the line is: what a person searches for."""
    about = f" re {booking.invoice}" if booking.invoice else ""
    return cell_text(f"{booking.case}{about}, {booking.customer_name}: {entry.text}")


EXPORTER: Final[JournalExporter] = QuickBooksOnlineJournal()
