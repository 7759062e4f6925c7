"""The files that came with a message, as the sender named them: decoded, never opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from refundkit.importers.mail.mime import Part, transfer_decoded
from refundkit.model.requests import Original

_NAMES: Final = {"message/rfc822": "message.eml", "message/delivery-status": "delivery-status.txt"}


def files_of(parts: Iterable[Part]) -> tuple[Original, ...]:
    """Attachments and inline pictures in their order; an enclosed message is one file, named by its subject."""
    return tuple(Original(_name(part), part.kind[:100], _content(part)) for part in parts if _is_file(part))


def _is_file(part: Part) -> bool:
    return part.attached or part.kind.startswith(("image/", "message/rfc822"))


def _name(part: Part) -> str:
    if part.file_name:
        return part.file_name
    subject = part.parts[0].headers.get("subject") if part.parts else ""
    return f"{subject[:100]}.eml" if subject else _NAMES.get(part.kind, f"attachment.{part.kind.rpartition('/')[2]}")


def _content(part: Part) -> bytes:
    return transfer_decoded(part.body, part.headers.get("content-transfer-encoding").lower())[0]
