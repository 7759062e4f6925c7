"""Beancount: transactions to be included, and a second file that opens their accounts so that they can be proved alone.

Format: beancount.github.io/docs/beancount_language_syntax.html. Links tie a credit memo, what settles it, its case and
its invoice together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from refundkit.exporters.files import file_name
from refundkit.exporters.journals.base import JournalFormat, amounts, counted, labels, saying
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, JournalFile, used_accounts
from refundkit.exporters.text import one_line
from refundkit.model.booking import Booking

ALONE: Final = "-alone.beancount"
OPENED: Final = "1970-01-01"
"""Before anything that a later batch can be about: a cheque's clearing is often heard of days after it."""
_ROOTS: Final = frozenset({"Assets", "Liabilities", "Equity", "Income", "Expenses"})
_LINK: Final = re.compile(r"[A-Za-z0-9_./-]+\Z")
_QUOTED: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})


class BeancountJournal(JournalFormat):
    """The exporter; see JournalExporter."""

    name = "beancount"
    title = "beancount (plain text)"
    suffix = ".beancount"
    steps = (
        f"Prove the batch by itself: bean-check on the file that ends in '{ALONE}' (silence means sound).",
        "Put the other .beancount file beside your main file and add the line 'include \"FILE\"' there, once.",
        f"Your main file must open the accounts below; the lines to copy are in the file that ends in '{ALONE}'.",
        'With plugin "beancount.plugins.noduplicates" in the main file, bean-check notices a file included twice.',
    )

    def account_problem(self, key: str, name: str) -> str:
        """See JournalExporter."""
        del key
        root, *parts = name.split(":")
        if root in _ROOTS and parts and all(map(_is_part, parts)):
            return ""
        return (
            f"'{name[:60]}' is no account name for beancount (Assets, Liabilities, Equity, Income or Expenses, then"
            " parts without blanks that begin with a capital letter, like Income:RefundsAndAllowances)"
        )

    def files(self, bookings: Sequence[Booking], context: JournalContext) -> list[JournalFile]:
        """See JournalFormat."""
        blocks = [f"; batch {one_line(context.batch)}: {counted(bookings)}"]
        blocks += [_transaction(booking, context.accounts) for booking in bookings]
        alone = "\n".join(_alone(bookings, context, file_name(self.name, context.batch, self.suffix)))
        return [(self.suffix, ("\n\n".join(blocks) + "\n").encode()), (ALONE, f"{alone}\n".encode())]


def _is_part(part: str) -> bool:
    return (part[:1].isupper() or part[:1].isdecimal()) and part.replace("-", "0").isalnum() and part.isprintable()


def _alone(bookings: Sequence[Booking], context: JournalContext, journal: str) -> Iterator[str]:
    base = bookings[0].base
    yield "; Proves the batch by itself, with bean-check. Into your own books copy only the lines that they lack."
    yield f'option "operating_currency" "{base}"'
    yield 'plugin "beancount.plugins.noduplicates"'
    yield f'include "{journal}"'
    yield ""
    for name in sorted({name for _, _, name in used_accounts(bookings, context.accounts)}):
        yield f"{OPENED} open {name} {base}"


def _transaction(booking: Booking, accounts: Mapping[str, str]) -> str:
    links = dict.fromkeys((booking.memo, booking.settles, booking.case, booking.invoice))
    linked = "".join(f" ^{link}" for link in links if _LINK.match(link))
    payee, narration = booking.customer_name or booking.customer_id, f"{booking.memo} {saying(booking)}"
    lines = [f"{booking.posted_on.isoformat()} * {_text(payee)} {_text(narration)}{linked}"]
    lines += [f"  {field}: {_text(said)}" for field, said in labels(booking) if said]
    width = max(len(accounts[entry.account]) for entry in booking.entries)
    figures = amounts(booking)
    digits = max(map(len, figures))
    for entry, amount in zip(booking.entries, figures, strict=True):
        lines.append(f"  {accounts[entry.account]:<{width}}  {amount:>{digits}} {booking.base}")
        lines += _posting_fields(entry.text, entry.tax_rate)
    return "\n".join(lines)


@lru_cache(maxsize=4096)
def _posting_fields(text: str, tax_rate: str) -> tuple[str, ...]:
    fields = {"line": text, "tax_rate": tax_rate}
    return tuple(f"    {field}: {_text(said)}" for field, said in fields.items() if said)


def _text(text: str) -> str:
    """A text in quotation marks, on one line."""
    if _LINK.match(text):
        return f'"{text}"'
    return f'"{one_line(text).translate(_QUOTED)}"'


EXPORTER: Final[JournalExporter] = BeancountJournal()
