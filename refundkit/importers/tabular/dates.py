"""Days and times as people write them: one aware UTC time, or the reason why there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

AHEAD: Final = timedelta(days=31)
"""How far after the list came in a time may lie: beyond it the year or the month is a slip of the pen."""

FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing that is refunded was asked for earlier."""

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan jän ene", "feb fev", "mar mär mrz", "apr avr abr", "may mai", "jun juin", "jul juil", "aug aou ago",
         "sep set", "oct okt", "nov", "dec dez dic"), start=1)
    for name in unicodedata.normalize("NFKD", names).encode("ascii", "ignore").decode().split()
}  # fmt: skip
_TIME: Final = (
    r"(?:[\sT,]+(?:um\s|at\s|à\s)?(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2})|(?=\s*[AaPp]\.?[Mm]))(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?:Uhr|h)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_FORMS: Final = [
    ("ymd", re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME)),
    ("dmy", re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})" + _TIME)),
    ("", re.compile(r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4}|\d{2})" + _TIME)),
    ("word", re.compile(r"(?P<d>\d{1,2})(?:\.|st|nd|rd|th|er)?[\s/-]+(?:de\s+)?(?P<m>[^\W\d]{3,12})\.?,?[\s/-]+"
                        r"(?:de\s+)?(?P<y>\d{4}|\d{2})" + _TIME)),
    ("word", re.compile(r"(?P<m>[^\W\d]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})" + _TIME)),
    ("ymd", re.compile(r"(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)" + _TIME)),
]  # fmt: skip


_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})(?![\d:])")
_WEEKDAY: Final = re.compile(r"\s*([^\W\d]{2,12})\.?,?\s+(?=\d)")
_YEARLESS: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})(\s+\d.*)?")
_YEARLESS_DOTS: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?(\s+\d.*)?")
_YEARLESS_WORD: Final = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er)?[\s/-]+(?:de\s+)?([^\W\d]{3,12})\.?", re.IGNORECASE)
_YEARLESS_MONTH: Final = re.compile(r"([^\W\d]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?", re.IGNORECASE)
_DAY_ALONE: Final = re.compile(
    r"\s*(?:[^\W\d]{2,12}\.?,?\s+)?(?:the\s+)?(\d{1,2})(?:\.|st|nd|rd|th|er)?\s*", re.IGNORECASE
)
_ENGLISH: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED: Final = re.compile(
    r"jan(?:uary|uar|vier)?|enero|feb(?:ruary|ruar|rero)?|fev(?:rier)?|march|marz|mars|marzo|apr(?:il)?|avril|abril|mai|mayo"
    r"|june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust)?|aout|agosto|sept?(?:ember)?|septembre|septiembre"
    r"|oct(?:ober|obre)?|okt(?:ober)?|octubre|nov(?:ember|embre)?|noviembre|dec(?:ember|embre)?|dez(?:ember)?|diciembre",
    re.IGNORECASE,
)
"""Names that are months and nothing else: 'May' and 'Mar' are words and names too."""
_DAYS: Final = 5
_DECEMBER: Final = 12
_LONG: Final = 40


class UnclearDayError(ValueError):
    """A day that can be read in two ways."""


def order_of(text: str) -> str:
    """Which order a slashed date proves: 'dmy', 'mdy', or '' ('03/04/2025', or no such date)."""
    first, second = _pair(text)
    if first > 12 >= second > 0:
        return "dmy"
    return "mdy" if second > 12 >= first > 0 else ""


def months_in(texts: Iterable[str]) -> frozenset[int]:
    """The months that titles name: 'Money back, August / Sept 2026'."""
    words = {word for text in texts for word in re.findall(r"[^\W\d_]{3,12}", text)}
    return frozenset(_month(word) for word in words if _NAMED.fullmatch(_ascii(word)))


def order_by_month(cells: Iterable[str], months: frozenset[int] = frozenset()) -> str:
    """The order that a month's list shows: one place always says the same month, the other five days or more.

    `months`: those that the list's titles name. Then few days will do, where only one place can say them.
    """
    pairs = [pair for cell in cells if (pair := _pair(cell)) != (0, 0)]
    firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
    if pairs and months and (firsts <= months) != (seconds <= months):
        return "mdy" if firsts <= months else "dmy"
    if len(firsts) == 1 and len(seconds) >= _DAYS:
        return "mdy"
    return "dmy" if len(seconds) == 1 and len(firsts) >= _DAYS else ""


def with_year(text: str, order: str, received_at: datetime) -> str:
    """A date with the year added that it lacks: the last in which it was not after the list came in."""
    if text[4:5] == "-" and text[:4].isdecimal():
        return text
    text = _without_weekday(text)
    named = _YEARLESS_WORD.fullmatch(text.strip())
    before = None if named else _YEARLESS_MONTH.fullmatch(text.strip())
    if (said := (named[1], named[2]) if named else (before[2], before[1]) if before else None) and _month(said[1]):
        return f"{said[0]} {said[1]} {_last_year(_month(said[1]), int(said[0]), received_at)}"
    dotted = _YEARLESS_DOTS.fullmatch(text.strip())
    if dotted is not None and 0 < int(dotted[2]) <= _DECEMBER:
        year = _last_year(int(dotted[2]), int(dotted[1]), received_at)
        return f"{dotted[1]}.{dotted[2]}.{year}{dotted[3] or ''}"
    match = _YEARLESS.fullmatch(text.strip())
    if match is None:
        return text
    first, second = int(match[1]), int(match[2])
    day, month = (second, first) if (order_of(text) or order) == "mdy" else (first, second)
    return f"{first}/{second}/{_last_year(month, day, received_at)}{match[3] or ''}"


def _last_year(month: int, day: int, received_at: datetime) -> int:
    """The last year in which this day was not after the list came in."""
    return received_at.year - ((month, day) > (received_at.month, received_at.day))


def with_month(text: str, month: int) -> str:
    """A day with the month added that it lacks, as the list's title names it: 'mon 7' is '7 Sep'."""
    match = _DAY_ALONE.fullmatch(text)
    return f"{match[1]} {_ENGLISH[month - 1]}" if match and month else text


def _without_weekday(text: str) -> str:
    """A date without the day of the week before it: 'Mon 7 Sep'."""
    match = _WEEKDAY.match(text)
    return text if match is None or _month(match[1]) else text[match.end() :]


def _pair(text: str) -> tuple[int, int]:
    """The first two numbers of a slashed date, (0, 0) of anything else."""
    match = _SLASHED.match(text.strip()) if "/" in text or "-" in text.lstrip()[:4] else None
    return (int(match[1]), int(match[2])) if match else (0, 0)


def slashed(text: str) -> bool:
    """Whether a cell is a date with slashes or dashes, of which somebody must say whether the day comes first."""
    match = _FORMS[2][1].fullmatch(text.strip())
    return match is not None and match["d"] != match["m"]


def read_time(text: str, order: str, zone: tzinfo) -> datetime:
    """The time a cell says, in UTC; without a zone of its own it is in `zone`, without an hour it is midnight there.

    `order`: 'dmy' or 'mdy' for slashed dates, '' when the column does not decide it. Raise UnclearDayError when it can
    be read in two ways, ValueError with a sentence when it cannot be read at all.
    """
    plain = text[4:5] == "-" and len(text) < _LONG and text.isascii() and " " not in text
    cell = text if plain else _without_weekday(re.sub(r"\s+", " ", unicodedata.normalize("NFC", text[:80])).strip())
    if cell[4:5] == "-":
        with suppress(ValueError, OverflowError):
            read = datetime.fromisoformat(cell)
            return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(cell):
            try:
                return _built(match, form, order, zone)
            except UnclearDayError:
                raise
            except (ValueError, OverflowError):
                break
    raise ValueError(f"'{text[:40]}' is not a date")


def in_reach(when: datetime, received_at: datetime) -> datetime:
    """The time itself; raise ValueError when it is before 2000 or more than 31 days after the list came in."""
    if when < FIRST:
        raise ValueError(f"{when.date()} is before the year 2000")
    if when > received_at + AHEAD:
        raise ValueError(f"{when.date()} lies in the future")
    return when


def _built(match: re.Match[str], form: str, order: str, zone: tzinfo) -> datetime:
    day, month = match["d"], match["m"]
    if form == "word":
        month = str(_month(match["m"]))
    elif not form and day != month:
        use = order_of(match[0]) or order
        if not use:
            raise UnclearDayError(f"'{match[0][:40]}' can be read day first or month first")
        day, month = (day, month) if use == "dmy" else (month, day)
    year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
    hour = int(match["hour"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    when = datetime(year, int(month), int(day), hour, int(match["minute"] or 0), int(match["second"] or 0))
    return when.replace(tzinfo=_zone(match["zone"], zone)).astimezone(UTC)


def _month(name: str) -> int:
    """The number of a month by its name in any of the languages, 0 of anything else."""
    bare = _ascii(name).lower()
    return _MONTHS.get(bare[:4]) or _MONTHS.get(bare[:3], 0)


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _zone(text: str | None, shop: tzinfo) -> tzinfo:
    if not text:
        return shop
    written = "+00:00" if text in {"Z", "UTC", "GMT"} else text
    found = datetime.strptime(written, "%z").tzinfo
    assert found is not None
    return found
