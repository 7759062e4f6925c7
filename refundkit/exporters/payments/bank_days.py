"""The days on which banks move money: the Federal Reserve's for ACH, TARGET's for SEPA."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta
from functools import cache
from typing import Final

ONE_DAY: Final = timedelta(days=1)


@cache
def federal_holidays() -> Container[date]:
    """Federal holidays of the United States, also the weekday on which one that falls on a weekend is observed."""
    from holidays import country_holidays

    return country_holidays("US")


@cache
def target_holidays() -> Container[date]:
    """The closing days of TARGET, the Eurosystem's settlement (European Central Bank)."""
    from holidays import financial_holidays

    return financial_holidays("XECB")


def first_open(day: date, closed: Container[date]) -> date:
    """The first day from this one on that is no Saturday, Sunday or closed day."""
    while day.weekday() > 4 or day in closed:
        day += ONE_DAY
    return day
