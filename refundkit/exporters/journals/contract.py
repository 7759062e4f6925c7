"""What every journal format promises, and the checks they share: refuse first, then write the same bytes always."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from refundkit.model.booking import Booking, Document
from refundkit.model.money import DIGITS

JournalFile = tuple[str, bytes]
"""The end of a file's name (".csv", "-2.csv") and its bytes."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}\Z")
_ORDER: Final[dict[str, int]] = {document: place for place, document in enumerate(Document)}


@dataclass(frozen=True, slots=True)
class JournalContext:
    """What a journal needs besides its bookings. `accounts`: the policy's names or codes for this format.

    `settings`: what else the policy says about the system, by its key there (as `tax_rate_name` of [xero]).
    """

    batch: str
    accounts: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)


class JournalExporter(Protocol):
    """A journal format: its name, and what it does. `base.JournalFormat` has everything but the files."""

    @property
    def name(self) -> str:
        """The format's name on the command line and in the policy's [accounts.<name>]."""
        ...

    @property
    def title(self) -> str:
        """What people call the system, in a few words."""
        ...

    @property
    def suffix(self) -> str:
        """How its files end, as '.csv'."""
        ...

    @property
    def steps(self) -> Sequence[str]:
        """What the accountant does with the files, in order."""
        ...

    def account_problem(self, key: str, name: str) -> str:
        """Why the system cannot have an account of this name for this kind of entry, '' when it can."""
        ...

    def check(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """What this format cannot say, each sentence naming case and field; empty when `write` will do it."""
        ...

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """The files, the same bytes for the same bookings; raise RefusedError when `check` finds anything."""
        ...

    def needs(self, bookings: Sequence[Booking], context: JournalContext) -> list[str]:
        """What must exist in the system besides the accounts: items, customers, invoices; one line each."""
        ...

    def by_hand(self, booking: Booking) -> str:
        """What the file cannot link and a person must, '' when there is nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether bookings could be written now. `accounts`: (name, key) of what must exist in the system.

    `needs`: what must exist besides; `problems`: why nothing would be written, each naming case or account and field.
    """

    accounts: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]
    problems: tuple[str, ...]


def readiness(exporter: JournalExporter, bookings: Sequence[Booking], context: JournalContext) -> Readiness:
    """What a format wants, without writing: of the bookings, or of every account of the policy when there is none."""
    if bookings:
        used = {(name, key) for _, key, name in used_accounts(bookings, context.accounts)}
        problems = exporter.check(bookings, context)
        needs = [] if problems else exporter.needs(bookings, context)
        return Readiness(tuple(sorted(used)), tuple(needs), tuple(problems))
    problems = [
        f"{key}: {problem}"
        for key, name in context.accounts.items()
        if (problem := exporter.account_problem(key, name) if name else _nameless(exporter.name))
    ]
    return Readiness(tuple(sorted((name, key) for key, name in context.accounts.items() if name)), (), tuple(problems))


def in_order(bookings: Sequence[Booking]) -> list[Booking]:
    """Bookings by date, kind, then number: the order of every journal, whatever order they came in."""
    return sorted(bookings, key=lambda b: (b.posted_on, _ORDER.get(b.document, 0), b.memo, b.case))


def shared_problems(bookings: Sequence[Booking], accounts: Mapping[str, str], section: str) -> Iterator[str]:
    """What no format can say: an empty batch, doubled or unreadable numbers, two currencies of books, no account."""
    if not bookings:
        yield "the batch: bookings: there is none"
    bases = sorted({b.base for b in bookings})
    if len(bases) > 1:
        yield f"{bookings[0].case}: base: one batch holds books in {' and '.join(bases)}"
    memos = Counter([b.memo for b in bookings])
    credited = Counter([b.case for b in bookings if b.document == Document.CREDIT_MEMO])
    doubled = len(memos) < len(bookings)
    more = bool(credited) and credited.most_common(1)[0][1] > 1
    named = {key for key, name in accounts.items() if name}
    is_id = _ID.match
    for booking in bookings:
        case = booking.case
        if more and booking.document == Document.CREDIT_MEMO and credited[case] > 1:
            yield f"{case}: case: it has {credited[case]} credit memos in the batch"
        if doubled and memos[booking.memo] > 1:
            yield f"{case}: memo: {booking.memo} is the number of {memos[booking.memo]} bookings"
        if not (is_id(case) and is_id(booking.memo) and (not booking.settles or is_id(booking.settles))):
            yield from _unreadable(booking)
        if booking.document not in _ORDER:
            yield f"{case}: document: '{booking.document[:40]}' is none of {', '.join(_ORDER)}"
        elif booking.document == Document.PAYMENT and not booking.settles:
            yield f"{case}: settles: a payment must say which credit memo it pays"
        if not named.issuperset([entry.account for entry in booking.entries]):
            for key in dict.fromkeys(entry.account for entry in booking.entries):
                if key not in named:
                    yield f"{case}: {key}: {_nameless(section)}"


def _unreadable(booking: Booking) -> Iterator[str]:
    for name, text in (("case", booking.case), ("memo", booking.memo), ("settles", booking.settles)):
        if not _ID.match(text) and (text or name != "settles"):
            yield f"{booking.case}: {name}: '{text[:40]}' is not made of letters, digits, '-', '.' and '/'"


def _nameless(section: str) -> str:
    return f"the policy's [accounts.{section}] names no account for it"


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
