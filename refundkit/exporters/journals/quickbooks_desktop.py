"""QuickBooks Desktop's IIF file: general journals, cheques as CHECK, and where the policy wants it credit memos.

Columns, signs, lengths and what the importer trips over: Intuit help "IIF Overview", and the Finance.xsd of its SDK.
Debit is positive, credit negative; ASCII, tabs, CRLF; the same number of fields in every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from refundkit.exporters.journals.base import NOT_TRIED, JournalFormat, amounts, day_text, descriptions_too_long, saying
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, two_decimals
from refundkit.exporters.text import ascii_text
from refundkit.model.booking import (
    CHEQUES_OUTSTANDING,
    GOODWILL,
    RECEIVABLE,
    RESTOCKING_FEES,
    SALES_TAX,
    Booking,
    Document,
    Entry,
)
from refundkit.model.money import DIGITS, plain

MAX_NUMBER: Final = 11
MAX_NAME: Final = 41
MAX_ACCOUNT: Final = 159
MAX_MEMO: Final = 4_000
WIDTH: Final = 16

_TRNS: Final = ("!TRNS", "TRNSID", "TRNSTYPE", "DATE", "ACCNT", "NAME", "CLASS", "AMOUNT", "DOCNUM", "MEMO", "CLEAR",
                "TOPRINT", "NAMEISTAXABLE")  # fmt: skip
_SPL: Final = ("!SPL", "SPLID", "TRNSTYPE", "DATE", "ACCNT", "NAME", "CLASS", "AMOUNT", "DOCNUM", "MEMO", "CLEAR",
               "QNTY", "PRICE", "INVITEM", "TAXABLE", "EXTRA")  # fmt: skip
_CLEAN: Final = str.maketrans({";": ",", '"': "'"})
_LETTERS: Final[dict[str, str]] = {
    Document.CREDIT_MEMO: "M",
    Document.PAYMENT: "P",
    Document.CHEQUE_CLEARED: "C",
    Document.PAYMENT_RETURNED: "R",
    Document.KEPT_ON_ACCOUNT: "K",
    Document.CHEQUE_UNCLAIMED: "U",
    Document.UNCLAIMED_REMITTED: "S",
    Document.CREDIT_USED: "A",
    Document.STOCK_RETURNED: "T",
    Document.STOCK_CORRECTED: "X",
    Document.BANK_FEE: "B",
}
"""What a shortened number begins with."""
_JOURNAL: Final = "GENERAL JOURNAL"
_CHECK: Final = "CHECK"
_CREDIT_MEMO: Final = "CREDIT MEMO"


class QuickBooksDesktopJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "quickbooks-desktop"
    title = "QuickBooks Desktop (IIF)"
    suffix = ".iif"
    steps = (
        NOT_TRIED,
        "Make a backup of the company file first: an import cannot be taken back.",
        "Make the accounts below first if they are missing: QuickBooks makes them by itself, often of a wrong type.",
        "The account for 'cheques outstanding' must be of the type Bank.",
        "File > Utilities > Import > IIF Files: choose the file, once. QuickBooks books a second import a second time.",
        "If a file with [ERROR] lines appears beside it, those documents were not taken: keep it, and change nothing.",
        "Names and texts are in ASCII: an accent is left out. A customer named so in the file must be in your list.",
        "The sales tax report does not see tax in general journals: adjust it there by the sum on 'sales tax'.",
    )

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter."""
        del key
        if name != _text(name) or not name.strip() or len(name) > MAX_ACCOUNT:
            return f"'{name[:60]}' is no account name for IIF (ASCII, no ; and no quotes, at most {MAX_ACCOUNT})"
        return ""

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat."""
        yield from two_decimals(bookings, "QuickBooks Desktop")
        numbers = Counter(map(_number, bookings))
        for booking in bookings:
            case, number = booking.case, _number(booking)
            if booking.currency != booking.base:
                yield f"{case}: currency: IIF has no currency, so {booking.currency} cannot be said; enter it by hand"
            if numbers[number] > 1:
                yield f"{case}: memo: its number in IIF, {number}, is that of {numbers[number]} documents of the batch"
            if len(number) > MAX_NUMBER or number != _text(number) or not number:
                yield f"{case}: reference: '{number[:40]}' is no cheque number of at most {MAX_NUMBER} characters"
            if problem := descriptions_too_long(booking, "memo", MAX_MEMO):
                yield problem
            if booking.on_receivable:
                yield from _receivable_problems(booking, context)

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        lines = [_row(*_TRNS), _row(*_SPL), _row("!ENDTRNS")]
        end = _row("ENDTRNS")
        for booking in bookings:
            lines += _document(booking, context)
            lines.append(end)
        return [(self.suffix, ("\r\n".join(lines) + "\r\n").encode("ascii"))]

    def needs(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """See JournalExporter."""
        unpaid = [b for b in bookings if b.on_receivable]
        found = {f"customer: {_text(b.customer_name)}" for b in unpaid}
        memos = [b for b in unpaid if _is_credit_memo(b, context)]
        if memos:
            found |= {f"item: {_item(e, context)}" for b in memos for e in b.entries if e.account != RECEIVABLE}
            if any(e.account == SALES_TAX for b in memos for e in b.entries):
                found.add(f"vendor: {context.settings['tax_agency']} (the tax agency)")
        return sorted(found)

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; IIF links nothing."""
        if not booking.on_receivable:
            return ""
        return (
            f"{_number(booking)} ({booking.memo}): Customers > Receive Payments, apply the credit of"
            f" {plain(booking.amount, booking.currency)} to {_text(booking.invoice)} of {_text(booking.customer_name)}"
        )


def _number(booking: Booking) -> str:
    """DOCNUM: a cheque's own number; else the document's, or where it is too long a letter and its end."""
    if _is_cheque(booking) and booking.reference:
        return booking.reference
    if len(booking.memo) <= MAX_NUMBER:
        return booking.memo
    return _LETTERS.get(booking.document, "X") + "".join(c for c in booking.memo if c.isalnum())[1 - MAX_NUMBER :]


def _is_cheque(booking: Booking) -> bool:
    """Whether it is a cheque that is written: the CHECK of QuickBooks."""
    return booking.document == Document.PAYMENT and any(
        e.account == CHEQUES_OUTSTANDING and e.amount < 0 for e in booking.entries
    )


def _is_credit_memo(booking: Booking, context: JournalContext) -> bool:
    """Whether it is written as a CREDIT MEMO of QuickBooks: a credit on an unpaid invoice, where the policy says so."""
    wanted = context.settings.get("receivables") == "credit-memo"
    return wanted and booking.on_receivable and booking.document == Document.CREDIT_MEMO


def _receivable_problems(booking: Booking, context: JournalContext) -> Iterator[str]:
    name = _text(booking.customer_name)
    if not name or "?" in name or ":" in name or len(name) > MAX_NAME:
        yield (
            f"{booking.case}: customer_name: a receivables line needs a name in ASCII of at most {MAX_NAME} characters,"
            f" without ':'; '{name[:60]}' is none"
        )
    if sum(entry.account == RECEIVABLE for entry in booking.entries) > 1:
        yield f"{booking.case}: entries: a document takes one line on receivables"
    if not _is_credit_memo(booking, context):
        return
    rates = {entry.tax_rate for entry in booking.entries if entry.account == SALES_TAX}
    if len(rates) > 1:
        yield f"{booking.case}: tax_rate: a credit memo in IIF takes one rate, this one has {len(rates)}"
    if "" in rates:
        yield f"{booking.case}: tax_rate: the rate of its tax is not known; enter this one by hand"
    for key in ("tax_agency", "tax_item") if rates else ():
        if not context.settings.get(key):
            yield f"{booking.case}: sales_tax: the policy's [quickbooks-desktop] {key} is empty; a credit memo needs it"


def _document(booking: Booking, context: JournalContext) -> Iterator[str]:
    """One TRNS row and its SPL rows. The receivable, or the account the cheque is drawn on, goes first."""
    first = CHEQUES_OUTSTANDING if _is_cheque(booking) else RECEIVABLE
    kind = _CHECK if _is_cheque(booking) else _JOURNAL
    if _is_credit_memo(booking, context):
        kind = _CREDIT_MEMO
    # The tax row of a credit memo must be the last.
    order = {first: 0, SALES_TAX: 2} if kind == _CREDIT_MEMO else {first: 0}
    pairs = zip(booking.entries, amounts(booking), strict=True)
    entries = sorted(pairs, key=lambda pair: order.get(pair[0].account, 1))
    date, number, base = day_text(booking.posted_on, "%m/%d/%Y"), _number(booking), booking.base
    # Case, number and document: what a person searches for, since IIF links nothing.
    about = f"{_clean(f'{booking.case} {booking.memo} {saying(booking)}')}, {_text(booking.customer_name)}"
    taxed = "Y" if kind == _CREDIT_MEMO and any(e.account == SALES_TAX for e in booking.entries) else "N"
    cents = "" if DIGITS[base] else ".00"  # two decimals, always
    for place, (entry, amount) in enumerate(entries):
        name = _name(booking) if entry.account == RECEIVABLE or (kind == _CHECK and not place) else ""
        cells = ("", kind, date, context.accounts[entry.account], name, "", f"{amount}{cents}", number,
                 f"{about}: {_text(entry.text)}", "N")  # fmt: skip
        if not place:
            yield _row("TRNS", *cells, "N", taxed)
        elif kind != _CREDIT_MEMO:
            yield _row("SPL", *cells)
        elif entry.account == SALES_TAX:
            agency = _text(context.settings["tax_agency"])
            rate = f"{_percent(entry.tax_rate)}%"
            yield _row("SPL", *cells[:4], agency, *cells[5:], "", rate, _item(entry, context), "N", "AUTOSTAX")
        else:
            count, price = ("1", cells[6]) if entry.amount > 0 else ("-1", cells[6][1:])
            yield _row("SPL", *cells, count, price, _item(entry, context), taxed)


def _name(booking: Booking) -> str:
    """The customer's name where it can be said, '' where it cannot: QuickBooks would make a new name of it."""
    name = _text(booking.customer_name)
    return name if "?" not in name and ":" not in name and len(name) <= MAX_NAME else ""


def _item(entry: Entry, context: JournalContext) -> str:
    said = context.settings
    if entry.account == SALES_TAX:
        return _text(said["tax_item"])
    default = {GOODWILL: "Goodwill", RESTOCKING_FEES: "Restocking Fee"}.get(entry.account, "Service Refund")
    return _text(said.get(f"item_{entry.account}") or said.get("item_refunds") or default)


def _percent(rate: str) -> str:
    whole, _, part = rate.partition(".")
    digits = part.ljust(2, "0")
    shown = f"{int(whole + digits[:2])}.{digits[2:]}"
    return shown.rstrip("0").rstrip(".")


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    """A text that comes again and again, cleaned."""
    return _clean(text)


def _clean(text: str) -> str:
    """Text that does not end a field or a document."""
    return ascii_text(text).translate(_CLEAN)


def _row(*cells: str) -> str:
    return "\t".join(cells) + "\t" * (WIDTH - len(cells))


EXPORTER: Final[JournalExporter] = QuickBooksDesktopJournal()
