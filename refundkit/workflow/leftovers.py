"""What imports left over: rows that could not be cases and messages that ask for no refund, word for word."""

from __future__ import annotations

from typing import Any

from refundkit.store import leftovers
from refundkit.workflow.shop import Shop


def listed(shop: Shop, kind: str) -> list[dict[str, Any]]:
    """All left over of one kind (`reject` or `ignored`), in the order they came."""
    return leftovers.listed(shop.store, kind)
