"""A plain text journal for ledger (ledger-cli). Format: ledger-cli.org/doc/ledger3.html."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from refundkit.exporters.journals.contract import JournalContext, JournalExporter
from refundkit.exporters.journals.plain_text import PlainTextJournal
from refundkit.model.booking import Booking

MAX_LINE: Final = 4_000
"""Ledger 3.3 reads lines of 4096 bytes; the rest of ours is ids and amounts."""


class LedgerJournal(PlainTextJournal):
    """The exporter; see JournalExporter."""

    name = "ledger"
    title = "ledger (plain text)"
    suffix = ".ledger"
    steps = (
        "Put the .ledger file beside your main file and add the line 'include FILE' to the main file, once.",
        "Prove it: ledger --pedantic --explicit --check-payees -f FILE balance (it ends without an error).",
        "The file declares the accounts, payees, tags and the commodity it uses; doubled declarations do no harm.",
        "ledger does not notice a file that is included twice: look for the case id first if in doubt.",
    )

    def problems(self, bookings: Sequence[Booking], context: JournalContext) -> Iterator[str]:
        """See JournalFormat; a longer line would be read as two."""
        del context
        for booking in bookings:
            fields = {
                "customer_name": booking.customer_name,
                "customer_id": booking.customer_id,
                "invoice": booking.invoice,
                "reference": booking.reference,
                "text": max((entry.text for entry in booking.entries), key=len),
            }
            for field, text in fields.items():
                if len(text) * 4 > MAX_LINE and len(text.encode("utf-8", "replace")) > MAX_LINE:
                    yield f"{booking.case}: {field}: a line of ledger has {MAX_LINE} bytes; this one is longer"


EXPORTER: Final[JournalExporter] = LedgerJournal()
