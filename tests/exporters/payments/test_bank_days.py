"""Money moves on days on which the banks of its system work."""

from datetime import date

import pytest

from refundkit.exporters.payments.bank_days import federal_holidays, first_open, target_holidays


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 11, 25), date(2026, 11, 25)),
        (date(2026, 11, 26), date(2026, 11, 27)),  # Thanksgiving
        (date(2026, 11, 28), date(2026, 11, 30)),  # Saturday
        (date(2026, 7, 3), date(2026, 7, 6)),  # Independence Day on a Saturday, observed on Friday
        (date(2027, 7, 4), date(2027, 7, 6)),  # on a Sunday, observed on Monday
        (date(2027, 1, 18), date(2027, 1, 19)),  # Martin Luther King
        (date(2027, 6, 18), date(2027, 6, 21)),  # Juneteenth on a Saturday
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_the_banks_of_the_united_states(day, opens):
    assert first_open(day, federal_holidays()) == opens


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 11, 26), date(2026, 11, 26)),  # no Thanksgiving in Europe
        (date(2026, 12, 24), date(2026, 12, 24)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 3, 26), date(2027, 3, 30)),  # Good Friday to Easter Monday
        (date(2028, 5, 1), date(2028, 5, 2)),
        (date(2027, 5, 3), date(2027, 5, 3)),  # May Day on a Saturday is not made up for
        (date(2027, 10, 3), date(2027, 10, 4)),
    ],
)
def test_target(day, opens):
    assert first_open(day, target_holidays()) == opens
