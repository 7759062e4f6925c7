"""Manual journals for Xero's file import: signed lines, one narration a document, at most 300 lines a file.

Columns, date, grouping and limits: help.xero.com/nz/ManualJournalsImport. Lines with the same narration and date
become one journal, so the case id and the document's number stand in every narration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from refundkit.exporters.journals.base import JournalFormat, amounts, saying
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, two_decimals
from refundkit.exporters.journals.csv_lines import csv_bytes, in_parts, parts_named
from refundkit.exporters.text import cell_text, one_line, runs_as_formula
from refundkit.model.booking import BANK, Booking
from refundkit.model.money import plain

HEADING: Final = ("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount")
MAX_LINES: Final = 300
MAX_TEXT: Final = 500
_CODE: Final = re.compile(r"[^\s=+\-@][^\s]{0,9}\Z")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class XeroManualJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "xero"
    title = "Xero"
    suffix = ".csv"
    steps = (
        "Make the accounts below first if they are missing, with these codes.",
        "None may be a bank account or Xero's own receivable, payable or exchange account: those take no journals.",
        "Accounting > Manual journals > Import: choose each CSV file once.",
        "They arrive as drafts: look through them, then post them (role Adviser, or Standard with reports).",
        "Xero does not notice a file that is imported twice: in doubt, search the journals for the case id first.",
        "They are in the currency of the books. Enter no credit notes for them, save those named under To do by hand.",
        "A payment stands on the account for 'bank' below: code the line of your bank feed to it, and it comes to 0.",
    )

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter."""
        del key
        if not _CODE.match(name) or not name.isprintable():
            return f"'{name[:60]}' is no account code (the code alone, 1 to 10 characters)"
        return ""

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat."""
        name = _tax_rate(context)
        if not name or name != one_line(name) or runs_as_formula(name):
            yield f"the policy: xero.tax_rate_name: '{name[:60]}' is no display name of a tax rate like Tax Exempt"
        yield from two_decimals(bookings, "Xero")
        for booking in bookings:
            if len(booking.entries) > MAX_LINES - 1:
                yield f"{booking.case}: entries: {len(booking.entries)}; a file takes {MAX_LINES} lines"
            longest = max([len(entry.text) for entry in booking.entries])
            if len(booking.invoice) + len(booking.reference) > MAX_TEXT // 2:  # only these can make it too long
                longest = max(longest, len(_narration(booking)))
            if longest > MAX_TEXT:
                yield f"{booking.case}: narration or description: {longest} characters; {MAX_TEXT} fit"

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        parts = in_parts(bookings, MAX_LINES - 1, lambda booking: len(booking.entries))
        return parts_named(self.suffix, [csv_bytes(HEADING, _rows(part, context)) for part in parts])

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; Xero's receivables take no journal, so the invoice itself is not touched."""
        if booking.on_receivable:
            return (
                f"{booking.memo}: raise a credit note of {plain(booking.amount, booking.currency)} {booking.currency}"
                f" on {one_line(booking.invoice)} of {one_line(booking.customer_name)}, without tax, coded to the"
                " account above for receivables"
            )
        if any(entry.account == BANK for entry in booking.entries):
            return f"{booking.memo}: code the bank feed's line of this money to the account above for bank"
        return ""


def _rows(bookings: Sequence[Booking], context: JournalContext) -> Iterator[tuple[str, ...]]:
    accounts, rate = context.accounts, _tax_rate(context)
    for booking in bookings:
        narration, day = _narration(booking), _day(booking.posted_on)
        for entry, amount in zip(booking.entries, amounts(booking), strict=True):
            yield narration, day, _line(entry.text), accounts[entry.account], rate, amount


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return f"{day.day:02} {_MONTHS[day.month - 1]} {day.year:04}"


@lru_cache(maxsize=4096)
def _line(text: str) -> str:
    return cell_text(text)


def _tax_rate(context: JournalContext) -> str:
    return context.settings.get("tax_rate_name", "Tax Exempt")


def _narration(booking: Booking) -> str:
    return one_line(f"{booking.case} {booking.memo} {saying(booking)}")


EXPORTER: Final[JournalExporter] = XeroManualJournal()
