"""Everything of a journal in one table, as CSV and XLSX, for systems that have no format of their own here.

One row an entry. `number` groups the rows of a document; amounts are in the books' currency, `original` the same in the
document's, signed, debit positive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from refundkit.exporters.journals.base import JournalFormat, amounts, day_text, descriptions, descriptions_too_long
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile
from refundkit.exporters.journals.csv_lines import csv_bytes
from refundkit.exporters.journals.workbook import MAX_TEXT, Value, sheet_problems, xlsx_bytes
from refundkit.exporters.text import cell_text
from refundkit.model.booking import Booking
from refundkit.model.money import DIGITS, plain

HEADING: Final = (
    "date", "number", "document", "account", "customer_id", "customer", "debit", "credit", "currency", "original",
    "original_currency", "rate", "tax_rate", "memo", "case", "invoice", "settles", "method", "reference",
)  # fmt: skip
_NUMBERS: Final = frozenset({"debit", "credit", "original", "rate", "tax_rate"})


class GenericJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "generic"
    title = "any other system (a table)"
    suffix = ".csv"
    steps = (
        "Import the XLSX or the CSV file as journal entries, never both: they hold the same.",
        "Rows of one number are one entry; date, account, debit and credit are all that an import must be told.",
        "The amounts are in the currency of the books (column 'currency'); 'original' is what the document says.",
        "Most systems do not notice a file that is imported twice: in doubt, search for the case id first.",
    )

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat; the limits are those of a sheet."""
        del context
        yield from sheet_problems(bookings)
        for booking in bookings:
            if problem := descriptions_too_long(booking, "memo", MAX_TEXT):
                yield problem

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        digits = DIGITS[bookings[0].base]
        money = f"0.{'0' * digits}" if digits else "0"
        formats = {"date": "yyyy-mm-dd", "debit": money, "credit": money, "original": "General", "rate": "General"}
        columns = [formats.get(name, "") for name in HEADING]
        return [
            (self.suffix, csv_file(bookings, context.accounts)),
            (".xlsx", xlsx_bytes("Journal", HEADING, _typed(_lines(bookings, context.accounts)), columns)),
        ]


def csv_file(bookings: Sequence[Booking], accounts: Mapping[str, str]) -> bytes:
    """The CSV file of bookings that have been checked and stand in order."""
    return csv_bytes(HEADING, _lines(bookings, accounts))


def _lines(bookings: Sequence[Booking], accounts: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for b in bookings:
        before = (day_text(b.posted_on, "%Y-%m-%d"), b.memo, b.document)
        who = (cell_text(b.customer_id), cell_text(b.customer_name))
        after = (b.case, cell_text(b.invoice), b.settles, b.method, cell_text(b.reference))
        same = b.currency == b.base
        for e, amount, said in zip(b.entries, amounts(b), descriptions(b), strict=True):
            sides = (amount, "") if e.amount > 0 else ("", amount[1:])
            if e.original is None:
                original = ("", "")
            else:
                original = (amount if same and e.original == e.amount else plain(e.original, b.currency), b.currency)
            yield (*before, accounts[e.account], *who, *sides, b.base, *original, b.rate, e.tax_rate, said, *after)


def _typed(lines: Iterator[tuple[str, ...]]) -> Iterator[Sequence[Value]]:
    for line in lines:
        yield [_value(name, text) for name, text in zip(HEADING, line, strict=True)]


def _value(column: str, text: str) -> Value:
    if not text:
        return None
    if column in _NUMBERS:
        return Decimal(text)
    return date.fromisoformat(text) if column == "date" else text


EXPORTER: Final[JournalExporter] = GenericJournal()
