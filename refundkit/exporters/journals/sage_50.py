"""Sage 50 (UK and Ireland): the audit trail import. Journals as JD and JC lines, credits on unpaid invoices as SC.

Columns and types: gb-kb.sage.com (audit trail transactions). Amounts are always positive; the type carries the sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from refundkit.exporters.journals.base import NOT_TRIED, JournalFormat, amounts, day_text, saying
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, two_decimals
from refundkit.exporters.journals.csv_lines import csv_bytes
from refundkit.exporters.journals.sage_parts import code_of, taxed_parts
from refundkit.exporters.text import ascii_text, cell_text, one_line
from refundkit.model.booking import Booking, Document
from refundkit.model.money import DIGITS, plain

HEADING: Final = (
    "Type", "Account Ref", "Nominal A/C", "Dept", "Date", "Reference", "Details", "Net", "Tax Code", "Tax Amount",
    "Exchange Rate", "Extra Ref",
)  # fmt: skip
MAX_REFERENCE: Final = 30
MAX_DETAILS: Final = 60
_CUSTOMER: Final = re.compile(r"[A-Za-z0-9_.-]{1,8}\Z")
_NOMINAL: Final = re.compile(r"[0-9]{1,8}\Z")
_CODE: Final = re.compile(r"T[0-9]{1,2}\Z")
_SHORT: Final[dict[str, str]] = {
    Document.CREDIT_MEMO: "refund",
    Document.PAYMENT: "pays {}",
    Document.CHEQUE_CLEARED: "cleared {}",
    Document.PAYMENT_RETURNED: "{} came back",
    Document.KEPT_ON_ACCOUNT: "keeps {}",
    Document.CHEQUE_UNCLAIMED: "unclaimed {}",
    Document.UNCLAIMED_REMITTED: "state has {}",
    Document.CREDIT_USED: "credit used",
    Document.STOCK_RETURNED: "part of {}",
    Document.STOCK_CORRECTED: "part of {} undone",
    Document.BANK_FEE: "fee for {}",
}
"""What is done to the document that is settled, short enough for Details."""
NO_VAT: Final = "T9"
"""The code of what the VAT return leaves out."""


class Sage50Journal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "sage-50"
    title = "Sage 50 (UK and Ireland)"
    suffix = ".csv"
    steps = (
        NOT_TRIED,
        "Make a backup first (File > Backup): an import cannot be taken back.",
        "Make the nominal codes below first if they are missing.",
        "The one for 'receivable' is your debtors control account: SC and SI lines post to it by themselves.",
        "File > Import > Audit Trail Transactions > CSV file, 'first row contains headings': choose the file, once.",
        "Sage does not notice a file that is imported twice: in doubt, look for the number in 'Reference' first.",
        "Journal lines carry T9, so the VAT return does not see their tax: adjust it by the sum on 'sales tax' below.",
        "Everything is in the currency of the books.",
    )

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter."""
        del key
        return "" if _NOMINAL.match(name) else f"'{name[:60]}' is no nominal code (1 to 8 digits)"

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat."""
        yield from two_decimals(bookings, "Sage 50")
        for booking in bookings:
            if len(booking.memo) > MAX_REFERENCE:
                yield f"{booking.case}: memo: {len(booking.memo)} characters; a Reference has {MAX_REFERENCE}"
            if booking.on_receivable:
                yield from _credit_problems(booking, context)

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        return [(self.suffix, csv_file(bookings, context))]

    def needs(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """See JournalExporter."""
        del context
        return sorted({f"customer account: {b.customer_id}" for b in bookings if b.on_receivable})

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; the import allocates nothing."""
        if not booking.on_receivable:
            return ""
        amount = plain(booking.amount, booking.currency)
        return (
            f"{booking.memo}: allocate the credit of {amount} to {one_line(booking.invoice)} of {booking.customer_id}"
        )


def csv_file(bookings: Sequence[Booking], context: JournalContext) -> bytes:
    """The file of bookings that have been checked and stand in order."""
    return csv_bytes(HEADING, _lines(bookings, context))


def _lines(bookings: Sequence[Booking], context: JournalContext) -> Iterator[tuple[str, ...]]:
    for booking in bookings:
        yield from _credit(booking, context) if booking.on_receivable else _journal(booking, context)


def _credit_problems(booking: Booking, context: JournalContext) -> Iterator[str]:
    case = booking.case
    if booking.document not in (Document.CREDIT_MEMO, Document.CREDIT_USED):
        yield f"{case}: document: {booking.document} on the debtors control account cannot be said; enter it by hand"
        return
    if booking.currency != booking.base:
        yield f"{case}: currency: a customer in {booking.currency} takes no credit in {booking.base}; enter it by hand"
        return
    if not _CUSTOMER.match(booking.customer_id):
        yield f"{case}: customer_id: '{booking.customer_id[:40]}' is no account reference (1 to 8 letters and digits)"
    try:
        parts = taxed_parts(booking)
    except ValueError as err:
        yield f"{case}: {err}"
        return
    for rate in {part.rate for part in parts if part.rate}:
        if not _CODE.match(code_of(rate, context.settings)):
            yield f"{case}: tax_rate: the policy's [sage-50] tax_codes has no code like T1 for {rate}"


def _credit(booking: Booking, context: JournalContext) -> Iterator[tuple[str, ...]]:
    """SC lines on the customer's account; what is kept back is SI."""
    for part in taxed_parts(booking):
        kind = "SC" if part.net > 0 else "SI"
        code = code_of(part.rate, context.settings) if part.rate else NO_VAT
        said = (_amount(part.net, booking.base), code, _amount(part.tax, booking.base))
        nominal = context.accounts[part.account]
        yield (
            kind,
            booking.customer_id,
            nominal,
            *_head(booking),
            _details(booking),
            *said,
            "1",
            _extra(booking),
        )


def _journal(booking: Booking, context: JournalContext) -> Iterator[tuple[str, ...]]:
    base, accounts, cents = booking.base, context.accounts, "" if DIGITS[booking.base] else ".00"
    (dept, day, number), extra, nothing, about = _head(booking), _extra(booking), _amount(0, base), _details(booking)
    for entry, amount in zip(booking.entries, amounts(booking), strict=True):
        said = _line(entry.text)
        kind, plain_amount = ("JD", f"{amount}{cents}") if entry.amount > 0 else ("JC", f"{amount[1:]}{cents}")
        details = f"{about}, {said}" if said and len(about) + 2 + len(said) <= MAX_DETAILS else about
        yield kind, "", accounts[entry.account], dept, day, number, details, plain_amount, NO_VAT, nothing, "1", extra


def _head(booking: Booking) -> tuple[str, str, str]:
    return "0", day_text(booking.posted_on, "%d/%m/%Y"), booking.memo


@lru_cache(maxsize=4096)
def _line(text: str) -> str:
    return ascii_text(text)


def _details(booking: Booking) -> str:
    """The case, and the document where it fits whole; a line's own text follows where it fits too."""
    own = _SHORT[booking.document].format(booking.settles) if booking.settles else saying(booking)
    text = f"{booking.case}, {ascii_text(own)}"
    return text if len(text) <= MAX_DETAILS else booking.case


def _extra(booking: Booking) -> str:
    """The cheque's or the processor's number where it fits, else the case."""
    reference = cell_text(ascii_text(booking.reference)) if booking.reference else ""
    return reference if reference and len(reference) <= MAX_REFERENCE else booking.case[:MAX_REFERENCE]


def _amount(minor: int, base: str) -> str:
    text = plain(abs(minor), base)
    return text if DIGITS[base] else f"{text}.00"


EXPORTER: Final[JournalExporter] = Sage50Journal()
