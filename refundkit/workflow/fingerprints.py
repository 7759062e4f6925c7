"""Recognises a row or message that was imported before, whatever file it comes in."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from refundkit.model.requests import Draft, Ignored, Reading, Reject


class Fingerprints:
    """The marks of one file's readings, in order.

    Two equal rows of one file are two requests: the second has another mark; a message twice in one mailbox is one. A
    row that says neither when it came nor what it is called elsewhere could be another of the same kind in another
    file, so its mark holds the file's name.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: Counter[bytes] = Counter()

    def of(self, reading: Reading) -> str:
        """32 hex digits."""
        match reading:
            case Draft():
                parts = self._draft(reading)
            case Reject():
                parts = ["reject", reading.file, str(reading.index), reading.problem, reading.words]
            case Ignored():
                parts = ["ignored", reading.message_id or reading.file, reading.words]
        digest = sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()[:16]
        if parts[0] == "mail":
            return digest.hex()
        self._seen[digest] += 1
        again = self._seen[digest]
        return digest.hex() if again == 1 else sha256(digest + str(again).encode()).hexdigest()[:32]

    def _draft(self, draft: Draft) -> list[str]:
        if draft.original is not None:  # whatever is made of a message, now or by a later program, it is this message
            received = draft.received_at.isoformat() if draft.received_at else ""
            said = " ".join(draft.words.split())
            return ["mail", draft.message_id, received, draft.customer_email, said, str(draft.part)]
        own = draft.received_at is not None or draft.external_ref or draft.message_id
        received = draft.received_at.isoformat() if draft.received_at else ""
        return [
            "draft", "" if own else self._file, received, draft.channel, draft.customer_id, draft.customer_email,
            draft.service_order, draft.invoice, "" if draft.amount is None else str(draft.amount), draft.currency,
            draft.reason, draft.description, draft.requested_by, draft.external_ref, draft.message_id,
        ]  # fmt: skip
