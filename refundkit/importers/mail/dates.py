"""When a message came: its Date, else the topmost Received, else the mailbox's separator line. Always aware UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_tz
from typing import Final

from refundkit.importers.mail.headers import Headers, header_text

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2099
_NO_ZONE: Final = re.compile(r"-0000\b")
_ZONE: Final = re.compile(r"[+-]\d{4}\b|\b(?:GMT|UT|UTC|Z|[ECMP][SD]T)\b")
_SEPARATOR: Final = re.compile(r"\d{1,2}:\d\d(?::\d\d)?|(?:19|20)\d\d|[A-Za-z]{3}|\b\d{1,2}\b|[+-]\d{4}")


def received_at(headers: Headers, from_line: str, zone: tzinfo) -> tuple[datetime | None, str]:
    """The time in UTC and a sentence when it was estimated; a time without a zone is in the shop's (`zone`)."""
    own = parse(headers.get("date"), zone)
    if own is not None:
        return own, ""
    for text, source in _fallbacks(headers, from_line):
        found = parse(text, zone)
        if found is not None:
            return found, f"it has no usable Date; the time was taken from {source}"
    return None, "it says nowhere when it was sent"


def parse(text: str, zone: tzinfo) -> datetime | None:
    """A mail date in UTC, None when it cannot be one (a year before 1990 or after 2099 included)."""
    try:
        fields = parsedate_tz(text[:200])
        if fields is None or not _FIRST_YEAR <= fields[0] <= _LAST_YEAR:
            return None
        naive = datetime(*fields[:6])
        if _ZONE.search(text) and fields[9] is not None:
            return (naive.replace(tzinfo=UTC) - _offset(fields[9])).astimezone(UTC)
        return naive.replace(tzinfo=UTC if _NO_ZONE.search(text) else zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _offset(seconds: int) -> timedelta:
    return timedelta(seconds=max(-86_399, min(86_399, seconds)))


def _fallbacks(headers: Headers, from_line: str) -> Iterator[tuple[str, str]]:
    for name, value in headers.lines:
        if name == "received":
            yield header_text(value).rpartition(";")[2].strip(), "the topmost Received header"
            break
    words = from_line.split(None, 2)
    if len(words) == 3:
        yield _reordered(words[2]), "the mailbox's From line"


def _reordered(text: str) -> str:
    """A separator's date (Tue Sep 18 20:08:47 +0000 2018) in the order mail dates have. Without a zone it is UTC."""
    words = _SEPARATOR.findall(text)
    time = next((w for w in words if ":" in w), "")
    year = next((w for w in words if re.fullmatch(r"(?:19|20)\d\d", w)), "")
    day = next((w for w in words if re.fullmatch(r"\d{1,2}", w)), "")
    month = next((w for w in words if w[:3].title() in _MONTHS), "")
    offset = next((w for w in words if w[0] in "+-"), "-0000")
    return f"{day} {month} {year} {time} {offset}"


_NAMES: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS: Final = frozenset(_NAMES.split())
