"""Days as events write them."""

from __future__ import annotations

from datetime import date


def is_day(text: str) -> bool:
    """Whether a text is a day like 2026-09-30."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
