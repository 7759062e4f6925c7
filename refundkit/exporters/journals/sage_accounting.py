"""Sage Accounting (US and Canada): quick entries. Credit notes only: the import knows no payments and no journals.

Columns, date and lengths: ca-kb.sage.com (import quick entries). A credit note stands on the customer's account there,
in the place of Refunds payable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from refundkit.exporters.journals.base import NOT_TRIED, JournalFormat, day_text
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, two_decimals
from refundkit.exporters.journals.csv_lines import csv_bytes, in_parts, parts_named
from refundkit.exporters.journals.sage_parts import code_of, taxed_parts
from refundkit.exporters.text import cell_text, one_line
from refundkit.model.booking import Booking, Document
from refundkit.model.money import plain

HEADING: Final = (
    "Type", "Customer Reference", "Date", "Customer Name", "Reference", "Ledger Account", "Details", "Net", "Tax Rate",
    "Tax", "Total",
)  # fmt: skip
MAX_DETAILS: Final = 25
MAX_BYTES: Final = 500_000
_NO_TAX: Final = "0"


class SageAccountingJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "sage-accounting"
    title = "Sage Accounting (US and Canada)"
    suffix = ".csv"
    steps = (
        NOT_TRIED,
        "Make the ledger accounts below first if they are missing.",
        "'Refunds payable' and 'receivable' are not used: Sage puts a credit note on the customer's account by itself.",
        "Sales > Quick Entries > New Quick Entry > Import: choose each CSV file, once. Leave the headings as they are.",
        "'Cr Note' lines give back, 'Bill' lines are what is kept back of it (restocking).",
        "Sage does not notice a file that is imported twice: in doubt, look for the number in 'Reference' first.",
        "When the money goes out, record a customer refund in Sage against the credit note: payments are not in here.",
    )

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat."""
        yield from two_decimals(bookings, "Sage Accounting")
        for booking in bookings:
            yield from _booking_problems(booking, context)

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        most = MAX_BYTES - 200  # the heading
        parts = in_parts([list(_rows(booking, context)) for booking in bookings], most, _size)
        return parts_named(self.suffix, [csv_bytes(HEADING, [row for rows in part for row in rows]) for part in parts])

    def needs(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """See JournalExporter."""
        found = {f"customer: {one_line(b.customer_name)} ({one_line(b.customer_id)})" for b in bookings}
        rates = {part.rate for b in bookings for part in taxed_parts(b) if part.rate}
        return sorted(found | {f"tax rate: {code_of(rate, context.settings)}" for rate in rates})

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; quick entries allocate nothing."""
        amount, name = plain(booking.amount, booking.currency), one_line(booking.customer_name)
        if booking.on_receivable:
            return f"{booking.memo}: allocate the credit note of {amount} to {one_line(booking.invoice)} of {name}"
        return (
            f"{booking.memo}: when it is paid, record a customer refund of {amount} to {name} against the credit note"
        )


def _size(rows: Sequence[Sequence[str]]) -> int:
    """At most so many bytes the rows take: every cell in quotes."""
    return sum(sum(len(cell.encode()) + 3 + cell.count('"') for cell in row) + 2 for row in rows)


def _booking_problems(booking: Booking, context: JournalContext) -> Iterator[str]:
    case = booking.case
    if booking.document != Document.CREDIT_MEMO:
        yield (
            f"{case}: document: Sage Accounting imports credit notes only, no {booking.document}; put"
            " journal = false into the policy's [payments] and record payments there"
        )
        return
    if booking.currency != booking.base:
        yield f"{case}: currency: quick entries cannot say {booking.currency}; enter this one by hand"
        return
    if len(case) > MAX_DETAILS:
        yield f"{case}: case: {len(case)} characters; Details has {MAX_DETAILS}"
    for name in ("customer_id", "customer_name"):
        if not one_line(getattr(booking, name)):
            yield f"{case}: {name}: a credit note needs it"
    try:
        parts = taxed_parts(booking)
    except ValueError as err:
        yield f"{case}: {err}"
        return
    for rate in {part.rate for part in parts if part.rate}:
        if not code_of(rate, context.settings):
            yield f"{case}: tax_rate: the policy's [sage-accounting] tax_codes names no tax rate for {rate}"


def _rows(booking: Booking, context: JournalContext) -> Iterator[tuple[str, ...]]:
    """One row an account; Details is the case alone, which fits whole."""
    day, base = day_text(booking.posted_on, "%m-%d-%Y"), booking.base
    who, name = cell_text(booking.customer_id), cell_text(booking.customer_name)
    for part in taxed_parts(booking):
        kind = "Cr Note" if part.net > 0 else "Bill"
        net, tax = abs(part.net), abs(part.tax)
        rate = cell_text(code_of(part.rate, context.settings)) if part.rate else _NO_TAX
        amounts = (plain(net, base), rate, plain(tax, base), plain(net + tax, base))
        yield kind, who, day, name, booking.memo, context.accounts[part.account], booking.case, *amounts


EXPORTER: Final[JournalExporter] = SageAccountingJournal()
