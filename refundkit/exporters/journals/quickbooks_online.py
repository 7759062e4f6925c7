"""Journal entries for QuickBooks Online's file import, as CSV and XLSX: one journal a document, named by its number.

Columns, date and the rules for accounts and names: Intuit help L4tQBwbs7 (Import data > Journal entries).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from refundkit.exporters.journals.base import (
    JournalFormat,
    amounts,
    day_text,
    descriptions,
    descriptions_too_long,
    too_long,
)
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, two_decimals
from refundkit.exporters.journals.csv_lines import csv_bytes
from refundkit.exporters.journals.workbook import Value, sheet_problems, xlsx_bytes
from refundkit.exporters.text import cell_text, one_line
from refundkit.model.booking import RECEIVABLE, Booking
from refundkit.model.money import plain

HEADING: Final = ("Journal No", "Journal Date", "Account Name", "Debits", "Credits", "Description", "Name")
MAX_NUMBER: Final = 21
MAX_DESCRIPTION: Final = 4_000
MAX_NAME: Final = 500
"""The API's limit of a customer's DisplayName."""

_FORMATS: Final = ("", "mm/dd/yyyy", "", "0.00", "0.00", "", "")

Line = tuple[str, date, str, str, str, str, str]
"""The cells of a row, all text but the date."""


class QuickBooksOnlineJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "quickbooks-online"
    title = "QuickBooks Online"
    suffix = ".csv"
    steps = (
        "Make the accounts below first if they are missing, spelled as here (Parent:Child for a sub-account).",
        "Settings > Account and settings > Advanced: switch account numbers off while you import.",
        "In the same place keep 'Warn me if duplicate journal number is used' ON: it stops a second booking of a file.",
        "Settings > Import data > Journal entries: choose the XLSX or the CSV file, never both: they hold the same.",
        "The date format is MM/DD/YYYY. On a Mac take the XLSX file: QuickBooks expects semicolons there.",
        "The journals are in the currency of the books. Do not enter the same refunds as credit memos too.",
    )

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter."""
        if problem := super().account_problem(key, name):
            return problem
        if key != RECEIVABLE and ("(A/R)" in name or "(A/P)" in name):
            return f"'{name[:60]}' asks for a customer or vendor; name an ordinary account"
        return ""

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat."""
        del context
        yield from two_decimals(bookings, "QuickBooks Online")
        yield from sheet_problems(bookings)
        for booking in bookings:
            if len(booking.memo) > MAX_NUMBER:
                size = len(booking.memo)
                yield f"{booking.case}: memo: {booking.memo} has {size} characters; a Journal No has {MAX_NUMBER}"
            if problem := descriptions_too_long(booking, "description", MAX_DESCRIPTION):
                yield problem
            if booking.on_receivable:
                yield from _receivable_problems(booking)

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        return [
            (self.suffix, csv_file(bookings, context.accounts)),
            (".xlsx", workbook(bookings, context.accounts)),
        ]

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; a journal cannot be applied to an invoice by the import."""
        if not booking.on_receivable:
            return ""
        return (
            f"{booking.memo}: in Receive payment, apply the credit of {plain(booking.base_amount, booking.base)}"
            f" {booking.base} to {one_line(booking.invoice)} of {one_line(booking.customer_name)}"
        )


def csv_file(bookings: Sequence[Booking], accounts: Mapping[str, str]) -> bytes:
    """The CSV file of bookings that have been checked and stand in order."""
    form = "%m/%d/%Y"
    lines = _lines(bookings, accounts)
    return csv_bytes(HEADING, [(a, day_text(day, form), b, c, d, e, f) for a, day, b, c, d, e, f in lines])


def workbook(bookings: Sequence[Booking], accounts: Mapping[str, str]) -> bytes:
    """The same as a workbook."""
    return xlsx_bytes("Journal entries", HEADING, _typed(_lines(bookings, accounts)), _FORMATS)


def _receivable_problems(booking: Booking) -> Iterator[str]:
    if booking.currency != booking.base:
        yield (
            f"{booking.case}: currency: QuickBooks Online takes no journal in {booking.base} to the receivables of a"
            f" customer in {booking.currency}; enter this one there as a credit memo"
        )
    name = one_line(booking.customer_name)
    if not name:
        yield f"{booking.case}: customer_name: a receivables line needs the customer's name"
    if problem := too_long(booking, "customer_name", name, MAX_NAME):
        yield problem


def _lines(bookings: Sequence[Booking], accounts: Mapping[str, str]) -> Iterator[Line]:
    for booking in bookings:
        number, day = booking.memo, booking.posted_on
        for entry, amount, said in zip(booking.entries, amounts(booking), descriptions(booking), strict=True):
            # Name must exist in QuickBooks, so it stands only where the import demands it.
            name = cell_text(booking.customer_name) if entry.account == RECEIVABLE else ""
            if entry.amount > 0:
                yield number, day, accounts[entry.account], amount, "", said, name
            else:
                yield number, day, accounts[entry.account], "", amount[1:], said, name


def _typed(lines: Iterator[Line]) -> Iterator[Sequence[Value]]:
    for number, day, account, debit, credit, said, name in lines:
        yield (number, day, account, _number(debit), _number(credit), said, name or None)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


EXPORTER: Final[JournalExporter] = QuickBooksOnlineJournal()
