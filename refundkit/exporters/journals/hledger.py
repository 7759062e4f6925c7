"""A plain text journal for hledger. Format: hledger.org/hledger.html#journal."""

from __future__ import annotations

from typing import Final

from refundkit.exporters.journals.contract import JournalExporter
from refundkit.exporters.journals.plain_text import PlainTextJournal


class HledgerJournal(PlainTextJournal):
    """The exporter; see JournalExporter."""

    name = "hledger"
    title = "hledger (plain text)"
    steps = (
        "Put the .journal file beside your main journal and add the line 'include FILE' to the main journal, once.",
        "Prove it: hledger -f FILE check -s accounts commodities payees ordereddates (silence means sound).",
        "The file declares the accounts, payees and the commodity it uses; doubled declarations do no harm.",
        "hledger does not notice a file that is included twice: look for the case id first if in doubt.",
    )


EXPORTER: Final[JournalExporter] = HledgerJournal()
