"""What a policy says about reminders, read from its text alone: a fold needs no more, and pydantic loads slowly."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

HOURS: Final = 24
RAISE_AFTER: Final = 3
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BUSINESS_DAYS: Final = DAYS[:5]
HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of `[escalation]` and the shop's time zone; `business_hours` '' lets every hour count."""

    zone: str = "UTC"
    hours: int = HOURS
    raise_after: int = RAISE_AFTER
    business_hours: str = ""
    business_days: tuple[str, ...] = BUSINESS_DAYS
    country: str = ""
    subdivision: str = ""
    closed_on: tuple[str, ...] = ()

    @property
    def slot_ms(self) -> int:
        """How long a case waits for each reminder, in milliseconds."""
        return self.hours * HOUR_MS


@lru_cache(maxsize=64)
def terms_of(text: str) -> Terms | None:
    """The terms of an adopted policy; None where its text is none that this program reads."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
        shop, said = document.get("shop", {}), document.get("escalation", {})
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
        terms = Terms(zone=shop.get("time_zone", "UTC"), **given)
    except (ValueError, TypeError, AttributeError, RecursionError):  # TOMLDecodeError is a ValueError
        return None
    sound = all(type(n) is int and n > 0 for n in (terms.hours, terms.raise_after))
    return terms if sound else None


def opening(text: str) -> tuple[int, int]:
    """The minutes of the day at which '09:00-17:30' begins and ends; raise ValueError for anything else."""
    begins, dash, ends = text.partition("-")
    if not dash:
        raise ValueError("must be like 09:00-17:00")
    found = _minute(begins), _minute(ends)
    if found[1] <= found[0]:
        raise ValueError(f"must end after it begins: {ends} is not after {begins}")
    return found


def _minute(text: str) -> int:
    hour, colon, minute = text.partition(":")
    well = colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()
    if not well or int(minute) > 59 or int(hour) * 60 + int(minute) > 24 * 60:
        raise ValueError(f"'{text[:20]}' is no time of the day like 09:00")
    return int(hour) * 60 + int(minute)
