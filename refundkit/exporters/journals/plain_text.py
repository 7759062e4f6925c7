"""The text journal that hledger and ledger both take in their strictest modes: all declared, every amount written.

What each checker misses is the reason for writing every amount in full, with exactly the currency's decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from refundkit.exporters.journals.base import JournalFormat, amounts, counted, labels
from refundkit.exporters.journals.contract import JournalContext, JournalFile, used_accounts
from refundkit.exporters.text import one_line
from refundkit.model.booking import SALES_TAX, Booking
from refundkit.model.money import DIGITS

_TAGS: Final = (
    "case", "customer", "document", "invoice", "method", "original", "rates", "reason", "reference", "settles",
    "tax_rate",
)  # fmt: skip
_is_plain: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z").match
_BAD_ACCOUNT: Final = re.compile(r'\s{2}|[^\S ]|[;|"]|^[\s(\[*!~=]|\s$|^:|:$|::')
_PAYEE: Final = str.maketrans({";": ",", "|": "/", '"': "'"})
_TAG_VALUE: Final = str.maketrans({",": " ", "[": "(", "]": ")"})
_REMARK: Final = str.maketrans({":": " ", "[": "(", "]": ")", ",": " "})


class PlainTextJournal(JournalFormat):
    """What the two programs share; see JournalExporter."""

    suffix = ".journal"

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter."""
        del key
        if _BAD_ACCOUNT.search(name) or not name.isprintable():
            return f"'{name[:60]}' is no account name for {self.name} (two blanks, ; | \" or odd ends)"
        return ""

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        accounts = {key: (name, len(name)) for key, name in context.accounts.items()}
        blocks = ["\n".join(_declarations(bookings, context))]
        blocks += [_transaction(booking, accounts) for booking in bookings]
        return [(self.suffix, ("\n\n".join(blocks) + "\n").encode())]


def payee(booking: Booking) -> str:
    """The customer as a payee: no comment, note, quote or status mark can be read out of it."""
    return _payee(booking.customer_name) or _payee(booking.customer_id) or "unnamed customer"


@lru_cache(maxsize=4096)
def _payee(name: str) -> str:
    return one_line(name).translate(_PAYEE).lstrip("*! ")


def _declarations(bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
    yield f"; batch {one_line(context.batch)}: {counted(bookings)}"
    base = bookings[0].base
    yield f"commodity {base}"
    if DIGITS[base]:  # without decimals hledger wants "1000." and ledger "1000": neither needs the line
        yield f"  format 1000.{'0' * DIGITS[base]} {base}"
    yield from (
        f"account {name}" for name in sorted({name for _, _, name in used_accounts(bookings, context.accounts)})
    )
    yield from (f"payee {name}" for name in sorted({payee(booking) for booking in bookings}))
    yield from (f"tag {tag}" for tag in _TAGS)


def _transaction(booking: Booking, accounts: Mapping[str, tuple[str, int]]) -> str:
    lines = [f"{booking.posted_on.isoformat()} * ({booking.memo}) {payee(booking)}"]
    # A comma would end the tag's value and let the rest pass for another tag; brackets could be read as dates.
    lines += [
        f"    ; {tag}: {value}"
        for tag, text in labels(booking)
        if text and (value := text if _is_plain(text) else " ".join(one_line(text).translate(_TAG_VALUE).split()))
    ]
    base = booking.base
    named = [accounts[entry.account] for entry in booking.entries]
    width = max([length for _, length in named])
    figures = amounts(booking)
    digits = max(map(len, figures))
    for entry, (name, _), amount in zip(booking.entries, named, figures, strict=True):
        remark = _remark(entry.text, entry.tax_rate if entry.account == SALES_TAX else "")
        lines.append(f"    {name:<{width}}  {amount:>{digits}} {base}{remark}")
    return "\n".join(lines)


@lru_cache(maxsize=4096)
def _remark(text: str, tax_rate: str) -> str:
    """A posting's comment. Brackets and colons go: they could be read as dates and tags of the posting."""
    text = " ".join(one_line(text).translate(_REMARK).split())
    rate = f"tax_rate: {tax_rate}" if tax_rate else ""
    said = ", ".join(part for part in (text, rate) if part)
    return f"  ; {said}" if said else ""
