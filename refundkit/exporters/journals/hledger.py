"""A plain text journal that hledger takes in its strictest mode, and ledger too: all declared, every amount written.

Format: hledger.org/hledger.html#journal; what each checker misses is the reason for writing every amount in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from refundkit.exporters.journals.contract import (
    JournalContext,
    JournalExporter,
    JournalFile,
    in_order,
    refuse,
    shared_problems,
    used_accounts,
)
from refundkit.exporters.text import one_line
from refundkit.model.booking import SALES_TAX, Booking, Entry
from refundkit.model.money import DIGITS, plain

_TAGS: Final = ("case", "customer", "invoice", "original", "rates", "reason", "tax_rate")
_BAD_ACCOUNT: Final = re.compile(r'\s{2}|[^\S ]|[;|"]|^[\s(\[*!~=]|\s$|^:|:$|::')
_PAYEE: Final = str.maketrans({";": ",", "|": "/", '"': "'"})
_TAG_VALUE: Final = str.maketrans({",": " "})
_REMARK: Final = str.maketrans({":": " ", "[": "(", "]": ")", ",": " "})


class HledgerJournal:
    """The exporter; see JournalExporter."""

    name = "hledger"
    suffix = ".journal"
    steps = (
        "Put the .journal file beside your main journal and add the line 'include FILE' to the main journal, once.",
        "Prove it: hledger -f FILE check -s accounts commodities payees ordereddates (silence means sound).",
        "The file declares the accounts, payees and the commodity it uses; doubled declarations do no harm.",
        "hledger does not notice a file that is included twice: look for the case id first if in doubt.",
    )

    def check(self, bookings: Sequence[Booking], accounts: Mapping[str, str]) -> list[str]:
        """See JournalExporter."""
        problems = list(shared_problems(bookings, accounts, self.name))
        problems += [
            f"{case}: {key}: '{name[:60]}' is no account name for hledger (two blanks, ; | \" or odd ends)"
            for case, key, name in used_accounts(bookings, accounts)
            if _BAD_ACCOUNT.search(name) or not name.isprintable()
        ]
        return problems

    def write(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalExporter."""
        refuse(self.check(bookings, context.accounts))
        ordered = in_order(bookings)
        blocks = ["\n".join(_declarations(ordered, context))]
        blocks += ["\n".join(_transaction(booking, context.accounts)) for booking in ordered]
        return [(self.suffix, ("\n\n".join(blocks) + "\n").encode())]

    def by_hand(self, booking: Booking) -> str:
        """See JournalExporter; a journal's receivables have no open items to link."""
        del booking
        return ""


def payee(booking: Booking) -> str:
    """The customer as hledger's payee: no comment, note, quote or status mark can be read out of it."""
    name = one_line(booking.customer_name).translate(_PAYEE).lstrip("*! ")
    return name or one_line(booking.customer_id).translate(_PAYEE).lstrip("*! ") or "unnamed customer"


def _declarations(bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
    yield f"; batch {one_line(context.batch)}, credit memos: {len(bookings)}"
    base = bookings[0].base
    yield f"commodity {base}"
    if DIGITS[base]:  # without decimals hledger wants "1000." and ledger "1000": neither needs the line
        yield f"  format 1000.{'0' * DIGITS[base]} {base}"
    yield from (
        f"account {name}" for name in sorted({name for _, _, name in used_accounts(bookings, context.accounts)})
    )
    yield from (f"payee {name}" for name in sorted({payee(booking) for booking in bookings}))
    yield from (f"tag {tag}" for tag in _TAGS)


def _transaction(booking: Booking, accounts: Mapping[str, str]) -> Iterator[str]:
    yield f"{booking.posted_on.isoformat()} * ({booking.memo}) {payee(booking)}"
    tags = {
        "case": booking.case,
        "customer": booking.customer_id,
        "invoice": booking.invoice,
        "reason": booking.reason,
        "original": f"{plain(booking.amount, booking.currency)} {booking.currency}",
        "rates": booking.rate_text,
    }
    for tag, text in tags.items():
        # A comma would end the tag's value and let the rest pass for another tag.
        if value := " ".join(one_line(text).translate(_TAG_VALUE).split()):
            yield f"    ; {tag}: {value}"
    width = max(len(accounts[entry.account]) for entry in booking.entries)
    amounts = [plain(entry.amount, booking.base) for entry in booking.entries]
    digits = max(map(len, amounts))
    for entry, amount in zip(booking.entries, amounts, strict=True):
        yield f"    {accounts[entry.account]:<{width}}  {amount:>{digits}} {booking.base}{_remark(entry)}"


def _remark(entry: Entry) -> str:
    """A posting's comment. Brackets and colons go: they could be read as dates and tags of the posting."""
    text = " ".join(one_line(entry.text).translate(_REMARK).split())
    rate = f"tax_rate: {entry.tax_rate}" if entry.account == SALES_TAX and entry.tax_rate else ""
    said = ", ".join(part for part in (text, rate) if part)
    return f"  ; {said}" if said else ""


EXPORTER: Final[JournalExporter] = HledgerJournal()
