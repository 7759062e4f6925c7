"""What a policy may say about reminders: settings that could never do what a person means by them are refused by name."""

from __future__ import annotations

import pytest

from refundkit.errors import PolicyError
from refundkit.model.escalation import Terms, terms_of
from refundkit.model.policy import default_policy_text, parse_policy

TEXT = default_policy_text("Small Shop", "USD", "America/Chicago")


def with_lines(**figures: str) -> str:
    """The default policy with other figures for reminders."""
    lines = TEXT.splitlines()
    begin = lines.index("[escalation]")
    for key, value in figures.items():
        at = next(n for n, line in enumerate(lines) if n > begin and line.startswith(f"{key} = "))
        lines[at] = f"{key} = {value}"
    return "\n".join(lines) + "\n"


def line_of(key: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if line.startswith(key))


@pytest.mark.parametrize(
    ("figures", "key", "problem"),
    [
        ({"hours": "0"}, "hours", "escalation.hours must be at least 1"),
        ({"hours": "9000"}, "hours", "escalation.hours must be at most 8760"),
        ({"hours": "1.5"}, "hours", "escalation.hours must be a whole number"),
        ({"raise_after": "0"}, "raise_after", "escalation.raise_after must be at least 1"),
        ({"business_hours": '"9-17"'}, "business_hours", "escalation.business_hours: '9' is no time of the day like 09:00"),
        ({"business_hours": '"09:00"'}, "business_hours", "escalation.business_hours must be like 09:00-17:00"),
        ({"business_hours": '"09:00-24:30"'}, "business_hours", "escalation.business_hours: '24:30' is no time of the day like 09:00"),
        ({"business_hours": '"17:00-17:00"'}, "business_hours", "escalation.business_hours must end after it begins: 17:00 is not after 17:00"),
        ({"business_days": "[]"}, "business_days", "escalation.business_days must name a day: without one no hour would ever count"),
        ({"business_days": '["mon", "mon"]'}, "business_days", "escalation.business_days names mon twice"),
        ({"country": '"DE"'}, "country", "escalation.country has no effect: business_hours is not set, so every hour counts"),
        ({"closed_on": '["2026-12-24"]'}, "closed_on", "escalation.closed_on has no effect: business_hours is not set, so every hour counts"),
        ({"business_hours": '"09:00-17:00"', "subdivision": '"BY"'}, "subdivision", "escalation.subdivision has no effect: country is not set"),
        ({"business_hours": '"09:00-17:00"', "closed_on": '["2026-02-30"]'}, "closed_on", "escalation.closed_on: '2026-02-30' is no date like 2026-12-24"),
        ({"business_hours": '"09:00-09:05"'}, "[escalation]", "escalation: the first reminder, after 24 business hours, would not come within a year"),
    ],
)  # fmt: skip
def test_foolish_settings_are_refused_with_their_line(figures, key, problem):
    with pytest.raises(PolicyError) as refused:
        parse_policy(with_lines(**figures).encode(), "policy.toml")
    assert (refused.value.message, refused.value.where) == (problem, f"policy.toml, line {line_of(key)}")


def test_what_the_fold_reads_of_a_policy_is_what_the_policy_says():
    figures = {"hours": "8", "raise_after": "2", "business_hours": '"08:30-18:00"', "business_days": '["tue", "sat"]',
               "country": '"DE"', "subdivision": '"BY"', "closed_on": '["2026-12-24"]'}  # fmt: skip
    for text in (TEXT, with_lines(**figures)):
        said = parse_policy(text.encode(), "p").escalation.model_dump()
        assert terms_of("\ufeff" + text) == Terms(zone="America/Chicago", **said)


def test_a_policy_from_before_business_hours_counts_every_hour():
    assert terms_of('[shop]\ncompany = "X"\nbase = "USD"\n[escalation]\nhours = 48\n') == Terms(hours=48)
    assert terms_of("") == Terms()


@pytest.mark.parametrize("text", ["[escalation", "escalation = 3", "[escalation]\nhours = 0", "[escalation]\nwhat = 1"])
def test_a_text_that_is_no_policy_reminds_of_nothing(text):
    assert terms_of(text) is None
