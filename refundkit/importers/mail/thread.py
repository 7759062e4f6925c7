"""Which messages a message answers or returns: Message-IDs, the nearest first. What stands in them is not trusted."""

from __future__ import annotations

import re
from typing import Final

from refundkit.importers.mail.headers import Headers

MOST: Final = 50
_ID: Final = re.compile(r"<([^<>\s]{1,250}@[^<>\s]{1,250}|[^<>\s]{6,500})>")


def answered(headers: Headers) -> list[str]:
    """The message answered (In-Reply-To), then those before it (References, RFC 5322 3.6.4), without brackets."""
    near = _ID.findall(headers.get("in-reply-to")[:2_000])
    older = _ID.findall(headers.get("references"))[::-1]
    return list(dict.fromkeys([*near, *older]))[:MOST]


def own_id(headers: Headers) -> str:
    """The Message-ID without its angle brackets, '' without one."""
    return headers.get("message-id").strip().strip("<>")[:998]
