"""How long a case has waited: on a stopwatch, or in the shop's opening hours, also when the clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.model.escalation import Terms
from refundkit.rules.waiting import Clock, unknown_calendar

HOUR = 3_600_000


def ms(text: str, zone: str = "UTC") -> int:
    """A local time in milliseconds since 1970 UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def hours(terms: Terms, since: str, now: str) -> int:
    begin, end = ms(since, terms.zone), ms(now, terms.zone)
    waited = Clock(terms, begin, end).waited(begin, end)
    assert waited % HOUR == 0
    return waited // HOUR


BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "since", "now", "expected"),
    [
        (
            BERLIN,
            "2026-10-24T12:00",
            "2026-10-25T12:00",
            25,
        ),  # the clock on the wall goes once round, and one hour more
        (BERLIN, "2026-03-28T12:00", "2026-03-29T12:00", 23),
        (NEW_YORK, "2026-10-31T12:00", "2026-11-01T12:00", 25),
        (NEW_YORK, "2026-03-07T12:00", "2026-03-08T12:00", 23),
        (BERLIN, "2026-07-01T12:00", "2026-07-02T12:00", 24),
    ],
)
def test_every_hour_that_passes_counts_whatever_the_clock_on_the_wall_says(zone, since, now, expected):
    assert hours(Terms(zone), since, now) == expected


@pytest.mark.parametrize(
    ("terms", "since", "now", "expected"),
    [
        # a plain day; from the evening to the morning; over a weekend
        (Terms(BERLIN, business_hours="09:00-17:00"), "2026-09-01T09:00", "2026-09-01T17:00", 8),
        (Terms(BERLIN, business_hours="09:00-17:00"), "2026-09-01T18:00", "2026-09-02T08:00", 0),
        (Terms(BERLIN, business_hours="09:00-17:00"), "2026-09-04T16:00", "2026-09-07T10:00", 2),
        # the clocks change on the Sunday between; open on that Sunday too; open all night on that Sunday
        (Terms(BERLIN, business_hours="09:00-17:00"), "2026-10-23T09:00", "2026-10-26T17:00", 16),
        (Terms(BERLIN, business_hours="09:00-17:00"), "2026-03-27T09:00", "2026-03-30T17:00", 16),
        (Terms(NEW_YORK, business_hours="08:00-18:00", business_days=("sat", "sun")), "2026-10-31T00:00", "2026-11-02T00:00", 20),
        (Terms(BERLIN, business_hours="00:00-24:00", business_days=("sun",)), "2026-10-24T12:00", "2026-10-26T12:00", 25),
        (Terms(BERLIN, business_hours="00:00-24:00", business_days=("sun",)), "2026-03-28T12:00", "2026-03-30T12:00", 23),
        # holidays: Unity Day is a Saturday in 2026; Epiphany is a holiday in Bavaria and not in Berlin
        (Terms(BERLIN, business_hours="09:00-17:00", country="DE"), "2026-12-24T09:00", "2026-12-28T17:00", 16),
        (Terms(BERLIN, business_hours="09:00-17:00", country="DE", subdivision="BY"), "2026-01-05T09:00", "2026-01-07T17:00", 16),
        (Terms(BERLIN, business_hours="09:00-17:00", country="DE", subdivision="BE"), "2026-01-05T09:00", "2026-01-07T17:00", 24),
        (Terms(NEW_YORK, business_hours="09:00-17:00", country="US"), "2026-11-25T09:00", "2026-11-27T17:00", 16),
        # over the year's end, and the shop's own day
        (Terms(BERLIN, business_hours="09:00-17:00", country="DE", closed_on=("2026-12-31",)), "2026-12-30T09:00", "2027-01-04T17:00", 16),
    ],
)  # fmt: skip
def test_in_business_hours_only_they_are_added_up(terms, since, now, expected):
    assert hours(terms, since, now) == expected


@given(
    since=st.integers(ms("2026-01-01"), ms("2026-12-01")), wait=st.integers(0, 30 * 24 * HOUR),
    terms=st.sampled_from([
        Terms(BERLIN), Terms(NEW_YORK, hours=5), Terms(BERLIN, hours=8, business_hours="09:00-17:30"),
        Terms(NEW_YORK, hours=3, business_hours="00:00-24:00", business_days=("sat", "sun")),
    ]),
)  # fmt: skip
def test_a_reminder_is_due_exactly_when_its_hours_are_full_and_never_before_they_have_passed(since, wait, terms):
    clock = Clock(terms, since, since + wait)
    slot = clock.slot(since, since + wait)
    if slot:
        due = clock.due(since, slot)
        assert since + slot * terms.slot_ms <= due <= since + wait
        assert clock.waited(since, due) == slot * terms.slot_ms
        assert clock.slot(since, due - 1) == slot - 1


def test_a_case_that_seems_to_come_from_the_future_has_not_waited():
    assert Clock(Terms(), 5 * HOUR, HOUR).slot(5 * HOUR, HOUR) == 0


@pytest.mark.parametrize(
    ("country", "part", "key"),
    [("", "", ""), ("US", "TX", ""), ("DE", "", ""), ("XX", "", "country"), ("de", "", "country"), ("DEU", "", "country"),
     ("DE", "TX", "subdivision"), ("US", "Texas", "subdivision")],
)  # fmt: skip
def test_a_calendar_that_nobody_knows_is_named(country, part, key):
    assert unknown_calendar(country, part)[0] == key
