"""Sage Accounting (US and Canada): quick entries. Credit notes only: the import knows no payments and no journals.

Columns, date and lengths: ca-kb.sage.com (import quick entries). A credit note stands on the customer's account there,
in the place of Refunds payable.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from refundkit.exporters.journals.base import NOT_TRIED, JournalFormat, day_text
from refundkit.exporters.journals.contract import (
    JournalContext,
    JournalExporter,
    JournalFile,
    in_order,
    two_decimals,
)
from refundkit.exporters.journals.csv_lines import csv_bytes, csv_cell, in_parts, parts_named
from refundkit.exporters.journals.sage_parts import code_of, taxed_parts
from refundkit.exporters.refusing import refuse
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
        yield from _written(bookings, context)[1]

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        return _named(_written(bookings, context)[0])

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalExporter; a credit note is checked by writing it, so that each is looked through once."""
        found = [*self.general_problems(bookings, context), *two_decimals(bookings, "")]
        written, own = _written(in_order(bookings), context)
        if found or own:
            refuse(self.check(bookings, context))
        return _named(written)

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


def _named(written: Sequence[str]) -> list[JournalFile]:
    """The files with the rows of each credit note, cut where the import takes no more."""
    heading = csv_bytes(HEADING, ())
    parts = in_parts(written, MAX_BYTES - 200, _size)  # the heading
    return parts_named(SageAccountingJournal.suffix, [heading + "".join(part).encode() for part in parts])


def _size(rows: str) -> int:
    """At most so many bytes the rows take: every cell in quotes."""
    if '""' in rows:
        cells = csv.reader(io.StringIO(rows, newline=""))
        return sum(sum(len(cell.encode()) + 3 + cell.count('"') for cell in row) + 2 for row in cells)
    return len(rows if rows.isascii() else rows.encode()) + rows.count("\n") * (2 * len(HEADING) + 1) - rows.count('"')


class _Cells(dict[str, str]):
    """Texts from outside as they stand in the file: in one batch the same come again and again."""

    def __missing__(self, text: str) -> str:
        return self.setdefault(text, csv_cell(cell_text(text)))


class _Rates(dict[str, str]):
    """The policy's names of tax rates as they stand in the file, '' where it has none; 0 for no rate."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__({"": _NO_TAX})
        self._settings = settings

    def __missing__(self, rate: str) -> str:
        return self.setdefault(rate, csv_cell(cell_text(code_of(rate, self._settings))))


def _written(bookings: Sequence[Booking], context: JournalContext) -> tuple[list[str], list[str]]:
    """The rows of each credit note that can be said, and what keeps the others from it."""
    cells, rates = _Cells(), _Rates(context.settings)
    names = {key: csv_cell(name) for key, name in context.accounts.items()}
    written: list[str] = []
    found: list[str] = []
    for booking in bookings:
        try:
            _refuse_unsaid(booking, cells)
            written.append(_rows(booking, cells, rates, names))
        except ValueError as err:
            found.append(f"{booking.case}: {err}")
    return written, found


def _refuse_unsaid(booking: Booking, cells: Mapping[str, str]) -> None:
    """Raise ValueError saying what of the document itself a quick entry cannot say."""
    if booking.document != Document.CREDIT_MEMO:
        raise ValueError(
            f"document: Sage Accounting imports credit notes only, no {booking.document}; put"
            " journal = false into the policy's [payments] and record payments there"
        )
    if booking.currency != booking.base:
        raise ValueError(f"currency: quick entries cannot say {booking.currency}; enter this one by hand")
    if len(booking.case) > MAX_DETAILS:
        raise ValueError(f"case: {len(booking.case)} characters; Details has {MAX_DETAILS}")
    if not cells[booking.customer_id]:
        raise ValueError("customer_id: a credit note needs it")
    if not cells[booking.customer_name]:
        raise ValueError("customer_name: a credit note needs it")


def _rows(booking: Booking, cells: Mapping[str, str], rates: Mapping[str, str], names: Mapping[str, str]) -> str:
    """One row an account; Details is the case alone, which fits whole. Raise ValueError for what no row can say."""
    day, base = day_text(booking.posted_on, "%m-%d-%Y"), booking.base
    about = f"{cells[booking.customer_id]},{day},{cells[booking.customer_name]},{booking.memo}"
    rows = ""
    for account, net, tax, rate in taxed_parts(booking):
        code = rates[rate]
        if not code:
            raise ValueError(f"tax_rate: the policy's [sage-accounting] tax_codes names no tax rate for {rate}")
        kind, sign = ("Cr Note", 1) if net > 0 else ("Bill", -1)
        amounts = f"{plain(sign * net, base)},{code},{plain(abs(tax), base)},{plain(sign * net + abs(tax), base)}"
        rows += f"{kind},{about},{names.get(account, '')},{booking.case},{amounts}\r\n"
    return rows


EXPORTER: Final[JournalExporter] = SageAccountingJournal()
