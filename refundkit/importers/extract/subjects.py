"""A subject line without what mail programs put before it: the same for a message, its answers and its copies."""

from __future__ import annotations

import re
from typing import Final

from refundkit.importers.extract.phrases import fold

_PREFIX: Final = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|vs|odp|rép|rif|r|fwd?|fw|wg|tr|rv|i|doorst)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:\uff1a]"
    r"|\[[^\]]{0,60}\])",
    re.IGNORECASE,
)


def bare_subject(subject: str) -> str:
    """The subject folded and without 'Re:', 'Fwd:', 'AW:' and the like, and without marks in brackets before it."""
    text = subject[:500]
    while match := _PREFIX.match(text):
        text = text[match.end() :]
    return " ".join(fold(text).split())
