"""What every journal format promises, and the checks they share: refuse first, then write the same bytes always."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from refundkit.errors import RefusedError
from refundkit.model.booking import Booking
from refundkit.model.money import DIGITS

JournalFile = tuple[str, bytes]
"""The end of a file's name (".csv", "-2.csv") and its bytes."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class JournalContext:
    """What a journal needs besides its bookings. `accounts`: the policy's names or codes for this format.

    `tax_rate_name`: the display name of the tax rate that Xero's journal lines carry (`xero.tax_rate_name`).
    """

    batch: str
    accounts: Mapping[str, str]
    tax_rate_name: str = "Tax Exempt"


class JournalExporter(Protocol):
    """A journal format: its name, and the three things it does."""

    @property
    def name(self) -> str:
        """The format's name on the command line and in the policy's [accounts.<name>]."""
        ...

    @property
    def suffix(self) -> str:
        """How its files end, as '.csv'."""
        ...

    @property
    def steps(self) -> Sequence[str]:
        """What the accountant does with the files, in order."""
        ...

    def check(self, bookings: Sequence[Booking], accounts: Mapping[str, str]) -> list[str]:
        """What this format cannot say, each sentence naming case and field; empty when `write` will do it."""
        ...

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """The files, the same bytes for the same bookings; raise RefusedError when `check` finds anything."""
        ...

    def by_hand(self, booking: Booking) -> str:
        """What the file cannot link and a person must, '' when there is nothing."""
        ...


def in_order(bookings: Sequence[Booking]) -> list[Booking]:
    """Bookings by date, then number: the order of every journal, whatever order they came in."""
    return sorted(bookings, key=lambda b: (b.posted_on, b.memo, b.case))


def shared_problems(bookings: Sequence[Booking], accounts: Mapping[str, str], section: str) -> Iterator[str]:
    """What no format can say: an empty batch, doubled or unreadable numbers, two currencies of books, no account."""
    if not bookings:
        yield "the batch: bookings: there is none"
    bases = sorted({b.base for b in bookings})
    if len(bases) > 1:
        yield f"{bookings[0].case}: base: one batch holds books in {' and '.join(bases)}"
    memos = Counter(b.memo for b in bookings)
    for booking in bookings:
        if memos[booking.memo] > 1:
            yield f"{booking.case}: memo: {booking.memo} is the number of {memos[booking.memo]} bookings"
        for field, text in (("case", booking.case), ("memo", booking.memo)):
            if not _ID.match(text):
                yield f"{booking.case}: {field}: '{text[:40]}' is not made of letters, digits, '-', '.' and '/'"
        for key in dict.fromkeys(entry.account for entry in booking.entries):
            if not accounts.get(key, ""):
                yield f"{booking.case}: {key}: the policy's [accounts.{section}] names no account for it"


def used_accounts(bookings: Sequence[Booking], accounts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(first case, key, name) of every account that the bookings use and the policy names."""
    seen: set[str] = set()
    for booking in bookings:
        for entry in booking.entries:
            if entry.account not in seen and accounts.get(entry.account):
                seen.add(entry.account)
                yield booking.case, entry.account, accounts[entry.account]


def two_decimals(bookings: Sequence[Booking], product: str) -> Iterator[str]:
    """Currencies of the books with more decimals than the product's amounts have."""
    for booking in bookings:
        if DIGITS[booking.base] > 2:
            yield f"{booking.case}: base: {product} has two decimals, {booking.base} has {DIGITS[booking.base]}"


def refuse(problems: Sequence[str]) -> None:
    """Raise RefusedError naming the first problems, if there are any."""
    if problems:
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise RefusedError(
            f"this batch cannot be written: {'; '.join(problems[:3])}{more}",
            hint="mend what is named, in the policy or in the case, then run the same command again",
        )
