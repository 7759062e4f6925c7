"""What the formats have in common: check everything before a byte is made; say each document in the same words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import ClassVar, Final

from refundkit.exporters.journals.contract import (
    JournalContext,
    JournalFile,
    in_order,
    shared_problems,
    used_accounts,
)
from refundkit.exporters.refusing import refuse
from refundkit.exporters.text import one_line, runs_as_formula
from refundkit.model.booking import Booking, Document
from refundkit.model.money import DIGITS, plain

NOT_TRIED: Final = (
    "What is written here follows the maker's own pages, but is not yet tried on a real company: begin with one."
)
"""The sentence of every format that only the real product could prove."""

_COUNTED: Final[dict[str, tuple[str, str]]] = {
    Document.CREDIT_MEMO: ("credit memo", "credit memos"),
    Document.PAYMENT: ("payment", "payments"),
    Document.CHEQUE_CLEARED: ("cleared cheque", "cleared cheques"),
    Document.PAYMENT_RETURNED: ("returned payment", "returned payments"),
    Document.KEPT_ON_ACCOUNT: ("credit kept on account", "credits kept on account"),
    Document.CHEQUE_UNCLAIMED: ("unclaimed cheque", "unclaimed cheques"),
    Document.UNCLAIMED_REMITTED: ("unclaimed cheque handed to the state", "unclaimed cheques handed to the state"),
    Document.CREDIT_USED: ("credit used", "credits used"),
    Document.STOCK_RETURNED: ("returned part", "returned parts"),
    Document.STOCK_CORRECTED: ("corrected part", "corrected parts"),
    Document.BANK_FEE: ("bank fee", "bank fees"),
}
_CHEQUES: Final[dict[str, str]] = {
    Document.CHEQUE_CLEARED: "cleared",
    Document.CHEQUE_UNCLAIMED: "never cashed, unclaimed",
    Document.UNCLAIMED_REMITTED: "never cashed, handed to the state",
}


class JournalFormat(ABC):
    """A format: it says what it cannot say (`account_problem`, `problems`) and makes the files of what it can."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    steps: ClassVar[Sequence[str]]

    def check(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """See JournalExporter."""
        return [*self.general_problems(bookings, context), *self.problems(bookings, context)]

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalExporter."""
        refuse(self.check(bookings, context))
        return self.files(in_order(bookings), context)

    def general_problems(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """What no format can say of a batch, and the names that this one cannot give an account."""
        found = list(shared_problems(bookings, context.accounts, self.name))
        found += [
            f"{case}: {key}: {problem}"
            for case, key, name in used_accounts(bookings, context.accounts)
            if (problem := self.account_problem(key, name))
        ]
        return found

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter; what no cell of a sheet can hold as a name."""
        del key
        if name != one_line(name) or runs_as_formula(name):
            return f"'{name[:60]}' is no account name (blanks at an end, or a formula)"
        return ""

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """What this format cannot say besides account names."""
        del bookings, context
        yield from ()

    @abstractmethod
    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """The files of bookings that have been checked and stand in order."""

    def needs(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """See JournalExporter."""
        del bookings, context
        return []

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter."""
        del booking
        return ""


def counted(bookings: Sequence[Booking]) -> str:
    """How many documents of each kind: '3 credit memos, 1 payment'."""
    numbers = Counter(b.document for b in bookings)
    return ", ".join(
        f"{numbers[kind]} {one if numbers[kind] == 1 else many}"
        for kind, (one, many) in _COUNTED.items()
        if numbers[kind]
    )


def saying(booking: Booking) -> str:
    """Which document it is, in words: 'refund re INV-1007', 'cheque 2091 for CM-7K4M2-1'."""
    about = f" re {booking.invoice}" if booking.invoice else ""
    of = f" for {booking.settles}" if booking.settles else ""
    by = " ".join(part for part in (booking.method, booking.reference) if part)
    if booking.document == Document.PAYMENT:
        return f"refund paid{f' by {by}' if by else ''}{of}{about}"
    if (done := _CHEQUES.get(booking.document)) is not None:
        return f"cheque{f' {booking.reference}' if booking.reference else ''} {done}{of}{about}"
    if booking.document == Document.PAYMENT_RETURNED:
        return f"refund payment{f' by {by}' if by else ''} came back{of}{about}"
    if booking.document == Document.KEPT_ON_ACCOUNT:
        return f"refund kept on account{of}{about}"
    if booking.document in (Document.STOCK_RETURNED, Document.STOCK_CORRECTED):
        again = ", corrected" if booking.document == Document.STOCK_CORRECTED else ""
        return f"part came back{again}{of}{about}"
    if booking.document == Document.CREDIT_USED:
        return f"credit used on {booking.invoice}"
    if booking.document == Document.BANK_FEE:
        return f"bank fee of a refund{f' by {by}' if by else ''}{of}{about}"
    return f"refund{about}"


def labels(booking: Booking) -> tuple[tuple[str, str], ...]:
    """What plain-text journals say of a document besides its entries: (label, text), '' where there is nothing."""
    return (
        ("case", booking.case),
        ("document", booking.document),
        ("customer", booking.customer_id),
        ("invoice", booking.invoice),
        ("reason", booking.reason),
        ("settles", booking.settles),
        ("method", booking.method),
        ("reference", booking.reference),
        ("original", f"{plain(booking.amount, booking.currency)} {booking.currency}"),
        ("rates", booking.rate_text),
    )


def descriptions(booking: Booking) -> list[str]:
    """For each entry case, document, customer and what the line is: what a person searches for. Neutral in a cell."""
    about = one_line(f"{booking.case} {saying(booking)}, {booking.customer_name}:")
    return [f"{about} {line}" if (line := entry_line(entry.text)) else about for entry in booking.entries]


@lru_cache(maxsize=4096)
def entry_line(text: str) -> str:
    """The text of an entry on one line. There are few of them in a batch, and they come again and again."""
    return one_line(text)


@lru_cache(maxsize=4096)
def day_text(day: date, form: str) -> str:
    """A day as `strftime` writes it."""
    return day.strftime(form)


def amounts(booking: Booking) -> list[str]:
    """The entries' amounts in the currency of the books, signed."""
    digits = DIGITS[booking.base]
    if digits != 2:
        return [plain(entry.amount, booking.base) for entry in booking.entries]
    return [
        f"{minor // 100}.{minor % 100:02}" if minor > 0 else f"-{-minor // 100}.{-minor % 100:02}"
        for minor in [entry.amount for entry in booking.entries]
    ]


def descriptions_too_long(booking: Booking, field: str, most: int) -> str:
    """The sentence about a description that does not fit, '' when all do. Nothing is ever cut."""
    given = (booking.customer_name, booking.invoice, booking.settles, booking.method, booking.reference)
    longest = max([len(entry.text) for entry in booking.entries])
    if sum(map(len, given)) + longest + 120 <= most:  # our own words and the case have less than that
        return ""
    return too_long(booking, field, max(descriptions(booking), key=len), most)


def too_long(booking: Booking, field: str, text: str, most: int) -> str:
    """The sentence about a text that does not fit, '' when it does. Nothing is ever cut."""
    if len(text) <= most:
        return ""
    return f"{booking.case}: {field}: {len(text)} characters; at most {most} fit"
