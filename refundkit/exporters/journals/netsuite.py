"""NetSuite's Import Assistant: credits on unpaid invoices as credit memos in three files, all else as journal entries.

Columns and limits: Oracle help N408112 (credit memo) and N453326 (files). A credit memo is tied to its invoice by
`Apply`; a refund that is owed or paid is a journal over Refunds payable, since the invoice has nothing open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from refundkit.exporters.journals.base import (
    NOT_TRIED,
    JournalFormat,
    amounts,
    day_text,
    descriptions,
    descriptions_too_long,
    saying,
)
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, two_decimals
from refundkit.exporters.journals.csv_lines import csv_bytes, in_parts, parts_named
from refundkit.exporters.text import cell_text, one_line
from refundkit.model.booking import REALISED_FX, RECEIVABLE, Booking, Document, Entry
from refundkit.model.money import DIGITS, plain

MAX_LINES: Final = 5_000
"""Lines of one transaction."""
MAX_RECORDS: Final = 25_000
MAX_MEMO: Final = 999
_EXTERNAL_ID: Final = re.compile(r"[A-Za-z0-9_-]+\Z")
_DATES: Final = {"MM/DD/YYYY": "%m/%d/%Y", "DD/MM/YYYY": "%d/%m/%Y", "YYYY-MM-DD": "%Y-%m-%d"}
ITEMS: Final = {
    "refunds": "Service Refund",
    "sales_tax": "Sales Tax Refund",
    "goodwill": "Goodwill",
    "customer_credits": "Customer Credit",
    "restocking_fees": "Restocking Fee",
}
"""The item of each account on a credit memo, where the policy names no other."""


class NetSuiteJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "netsuite"
    title = "NetSuite"
    suffix = ".csv"
    steps = (
        NOT_TRIED,
        "Make the accounts below first if they are missing.",
        "Make the items, if any are named: for sale, not taxable (tax is a line of its own), each on its account.",
        "Setup > Import/Export > Import CSV Records, type Transactions. Files named journal: record Journal Entry.",
        "Files named CreditMemo, CreditMemoItems, CreditMemoApply: record Credit Memo, 'multiple files to upload'.",
        "Data handling: ADD, never 'Add or Update'; leave 'Overwrite Missing Fields' off.",
        "With ADD, NetSuite should refuse an External ID that it has already: that stops a second booking of a file.",
        "Match columns by the same names; the files of one credit memo are linked by External ID. Save the map.",
        "Dates are as your user preferences must have them: [netsuite] date_format in the policy says how.",
        "Accounts, items, customers and invoices are found by the names in the files: choose 'name' as reference.",
    )

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat."""
        if context.settings.get("date_format", "MM/DD/YYYY") not in _DATES:
            yield f"the policy: netsuite.date_format: it is none of {', '.join(_DATES)}"
        yield from two_decimals(bookings, "NetSuite")
        for booking in bookings:
            if not _EXTERNAL_ID.match(booking.memo):
                yield f"{booking.case}: memo: an External ID has letters, digits, _ and -; {booking.memo} has others"
            if len(booking.entries) > MAX_LINES:
                yield f"{booking.case}: entries: {len(booking.entries)}; a transaction takes {MAX_LINES} lines"
            if problem := descriptions_too_long(booking, "memo", MAX_MEMO):
                yield problem
            if booking.on_receivable:
                yield from _receivable_problems(booking)

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        memos = [b for b in bookings if _is_document(b)]
        journals = [b for b in bookings if not _is_document(b)]
        made: list[JournalFile] = []
        if journals:
            parts = in_parts(journals, MAX_RECORDS, lambda b: len(b.entries))
            made += parts_named("-journal.csv", [csv_file(part, context) for part in parts])
        if memos:
            parts = in_parts(memos, MAX_RECORDS, lambda b: len(b.entries))
            for end, write in (("CreditMemo", _heads), ("CreditMemoItems", _items), ("CreditMemoApply", _applied)):
                made += parts_named(f"-{end}.csv", [write(part, context) for part in parts])
        return made

    def needs(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """See JournalExporter."""
        found = set()
        for booking in filter(_is_document, bookings):
            found |= {f"item: {_item(e, context)}  ({context.accounts[e.account]})" for e in _cells(booking)}
            found |= {f"customer: {one_line(booking.customer_name)}", f"invoice: {one_line(booking.invoice)}"}
        return sorted(found)

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; the import itself applies credit memos."""
        if not _is_document(booking):
            return ""
        return f"{booking.memo}: see that it is applied to {one_line(booking.invoice)}, in Transactions > Credit Memos"


def csv_file(bookings: Sequence[Booking], context: JournalContext) -> bytes:
    """The journal file of bookings that have been checked and stand in order."""
    subsidiary, date_format = _subsidiary(context), _date_format(context)
    heading = ("External ID", "Date", *(["Subsidiary"] if subsidiary else []), "Currency", "Exchange Rate", "Memo",
               "Account", "Debit", "Credit", "Line Memo")  # fmt: skip
    return csv_bytes(heading, _journal(bookings, context.accounts, subsidiary, date_format))


def _journal(
    bookings: Sequence[Booking], accounts: Mapping[str, str], subsidiary: tuple[str, ...], date_format: str
) -> Iterator[tuple[str, ...]]:
    for b in bookings:
        head = (b.memo, day_text(b.posted_on, date_format), *subsidiary, b.base, "1", _memo(b))
        for e, amount, said in zip(b.entries, amounts(b), descriptions(b), strict=True):
            if e.amount > 0:
                yield (*head, accounts[e.account], amount, "", said)
            else:
                yield (*head, accounts[e.account], "", amount[1:], said)


def _is_document(booking: Booking) -> bool:
    """Whether it is a credit memo of NetSuite: what lowers an open invoice, also by a kept credit."""
    return booking.on_receivable and booking.document in (Document.CREDIT_MEMO, Document.CREDIT_USED)


def _receivable_problems(booking: Booking) -> Iterator[str]:
    case = booking.case
    if not _is_document(booking):
        yield f"{case}: document: {booking.document} on receivables cannot be said; enter it by hand"
        return
    if not one_line(booking.customer_name):
        yield f"{case}: customer_name: a credit memo needs the customer's name"
    if not one_line(booking.invoice):
        yield f"{case}: invoice: a credit memo is applied to an invoice"
    if DIGITS[booking.currency] > 2:
        yield f"{case}: currency: NetSuite has two decimals, {booking.currency} has {DIGITS[booking.currency]}"
    if booking.currency != booking.base and sum(_original(e, booking) for e in _cells(booking)) != booking.amount:
        yield f"{case}: entries: they do not say the amount in {booking.currency}; enter this one by hand"


def _cells(booking: Booking) -> Iterator[Entry]:
    """The lines of a credit memo: all but the receivable, and the exchange difference that NetSuite posts itself."""
    foreign = booking.currency != booking.base
    return (e for e in booking.entries if e.account != RECEIVABLE and not (foreign and e.account == REALISED_FX))


def _original(entry: Entry, booking: Booking) -> int:
    return entry.amount if booking.currency == booking.base else entry.original or 0


def _rate(booking: Booking) -> str:
    """Units of the books for one of the document's: what the receivable was booked at, to eight decimals."""
    if booking.currency == booking.base:
        return "1"
    own = Decimal(booking.amount).scaleb(-DIGITS[booking.currency])
    exact = Decimal(booking.base_amount).scaleb(-DIGITS[booking.base]) / own
    return format(exact.quantize(Decimal("1.00000000"), ROUND_HALF_UP), "f")


def _heads(bookings: Sequence[Booking], context: JournalContext) -> bytes:
    subsidiary, date_format = _subsidiary(context), _date_format(context)
    heading = ("External ID", "Customer", "Date", *(["Subsidiary"] if subsidiary else []), "Memo", "Currency",
               "Exchange Rate")  # fmt: skip
    rows = (
        (b.memo, cell_text(b.customer_name), day_text(b.posted_on, date_format), *subsidiary, _memo(b),
         b.currency, _rate(b))
        for b in bookings
    )  # fmt: skip
    return csv_bytes(heading, rows)


def _items(bookings: Sequence[Booking], context: JournalContext) -> bytes:
    rows = (
        (b.memo, _item(e, context), "1", amount, amount)
        for b in bookings
        for e in _cells(b)
        if (amount := plain(_original(e, b), b.currency))
    )
    return csv_bytes(("External ID", "Item", "Quantity", "Rate", "Amount"), rows)


def _applied(bookings: Sequence[Booking], context: JournalContext) -> bytes:
    del context
    rows = ((b.memo, cell_text(b.invoice), plain(b.amount, b.currency)) for b in bookings)
    return csv_bytes(("External ID", "Apply", "Payment"), rows)


def _item(entry: Entry, context: JournalContext) -> str:
    return cell_text(context.settings.get(f"item_{entry.account}") or ITEMS.get(entry.account, ITEMS["refunds"]))


def _memo(booking: Booking) -> str:
    return one_line(f"{booking.case} {saying(booking)}")


def _subsidiary(context: JournalContext) -> tuple[str, ...]:
    """The subsidiary's name, of OneWorld only."""
    name = context.settings.get("subsidiary", "")
    return (cell_text(name),) if name else ()


def _date_format(context: JournalContext) -> str:
    return _DATES[context.settings.get("date_format", "MM/DD/YYYY")]


EXPORTER: Final[JournalExporter] = NetSuiteJournal()
