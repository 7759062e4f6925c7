"""How long a case has waited: every hour that passes, or the shop's opening hours; and which reminder that is.

Time that passes is time on a stopwatch, also over the change to summer time and back. Opening hours begin and end by
the clock on the shop's wall; what lies between is added up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from refundkit.model.escalation import DAYS, Terms, opening

_DAY: Final = timedelta(days=1)


class Clock:
    """Answers for cases that wait since `first` or later, at moments up to `last`. All times in ms since 1970 UTC."""

    def __init__(self, terms: Terms, first: int, last: int) -> None:
        self.terms = terms
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []  # opening time in all spans before this one
        if terms.business_hours:
            total = 0
            for begin, end in _open(terms, first, last):
                self._begins.append(begin)
                self._ends.append(end)
                self._before.append(total)
                total += end - begin

    def waited(self, since: int, now: int) -> int:
        """How much of the time between two moments counts."""
        if not self.terms.business_hours:
            return max(0, now - since)
        return max(0, self._until(now) - self._until(since))

    def slot(self, since: int, now: int) -> int:
        """How many reminders a case that waits since then is due by now."""
        return self.waited(since, now) // self.terms.slot_ms

    def due(self, since: int, slot: int) -> int:
        """The moment at which a reminder fell due, of those that are due."""
        length = slot * self.terms.slot_ms
        if not self.terms.business_hours:
            return since + length
        target = self._until(since) + length
        at = bisect_right(self._before, target - 1) - 1
        return self._begins[at] + target - self._before[at]

    def _until(self, moment: int) -> int:
        """The opening time up to a moment."""
        at = bisect_right(self._begins, moment) - 1
        if at < 0:
            return 0
        return self._before[at] + min(moment, self._ends[at]) - self._begins[at]


def _open(terms: Terms, first: int, last: int) -> Iterator[tuple[int, int]]:
    """When the shop is open, day by day."""
    zone = ZoneInfo(terms.zone)
    begins, ends = opening(terms.business_hours)
    day = datetime.fromtimestamp(first // 1000, UTC).astimezone(zone).date()
    until = datetime.fromtimestamp(last // 1000, UTC).astimezone(zone).date()
    closed = _closed(terms, day, until)
    while day <= until:
        if DAYS[day.weekday()] in terms.business_days and day not in closed:
            span = _moment(day, begins, zone), _moment(day, ends, zone)
            if span[0] < span[1]:
                yield span
        day += _DAY


def _moment(day: date, minute: int, zone: ZoneInfo) -> int:
    """When the clock on the wall says this; of an hour that comes twice the first."""
    after, within = divmod(minute, 24 * 60)
    local = datetime.combine(day + after * _DAY, time(within // 60, within % 60), zone)
    return int(local.timestamp()) * 1000


def _closed(terms: Terms, first: date, last: date) -> frozenset[date]:
    own = {date.fromisoformat(day) for day in terms.closed_on}
    if not terms.country:
        return frozenset(own)
    import holidays  # loaded only by shops that ask for it

    years = range(first.year, last.year + 1)
    public = holidays.country_holidays(terms.country, subdiv=terms.subdivision or None, years=years)
    return frozenset(own | set(public))


def unknown_calendar(country: str, subdivision: str) -> tuple[str, str]:
    """(key, what is wrong) of a country or subdivision whose holidays nobody knows; ('', '') when all is well."""
    if not country:
        return "", ""
    import holidays

    known = holidays.list_supported_countries()
    if len(country) != 2 or country not in known:
        return "country", f"'{country[:20]}' is no country whose holidays are known; two capital letters, as US or DE"
    if subdivision and subdivision not in known[country]:
        some = ", ".join(known[country])
        there = f"one of {some}" if some else "it has none"
        return "subdivision", f"'{subdivision[:20]}' is no part of {country} whose holidays are known: {there}"
    return "", ""
