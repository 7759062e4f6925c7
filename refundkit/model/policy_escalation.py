"""The section of a policy about reminders: when they come, by which hours and calendar, and when a case goes up."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from refundkit.model.escalation import BUSINESS_DAYS, DAYS, HOURS, RAISE_AFTER, opening
from refundkit.model.policy_parts import Part, as_tuple, one_of


class Escalation(Part):
    """When a waiting case is reminded of, and when it goes up a level."""

    hours: Annotated[int, Field(ge=1, le=8760)] = HOURS
    raise_after: Annotated[int, Field(ge=1, le=1000)] = RAISE_AFTER
    business_hours: str = ""
    business_days: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = BUSINESS_DAYS
    country: str = ""
    subdivision: str = ""
    closed_on: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(max_length=1000)] = ()

    @field_validator("business_hours")
    @classmethod
    def _opening(cls, value: str) -> str:
        if value:
            opening(value)
        return value

    @field_validator("business_days")
    @classmethod
    def _days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("must name a day: without one no hour would ever count")
        for day in value:
            one_of(day, DAYS)
            if value.count(day) > 1:
                raise ValueError(f"names {day} twice")
        return value

    @field_validator("closed_on")
    @classmethod
    def _dates(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for day in value:
            try:
                known = date.fromisoformat(day).isoformat() == day
            except ValueError:
                known = False
            if not known:
                raise ValueError(f"'{day[:20]}' is no date like 2026-12-24")
        return value

    @field_validator("country", "subdivision", "closed_on")
    @classmethod
    def _in_business_hours(cls, value: Any, info: Any) -> Any:
        """A calendar that nothing asks is a slip: every hour counts, and a person believes that holidays do not."""
        if value and info.data.get("business_hours") == "":
            raise ValueError("has no effect: business_hours is not set, so every hour counts")
        if value and info.field_name == "subdivision" and info.data.get("country") == "":
            raise ValueError("has no effect: country is not set")
        return value

    @model_validator(mode="after")
    def _comes_within_a_year(self) -> Escalation:
        if self.business_hours:
            begins, ends = opening(self.business_hours)
            week = (ends - begins) * len(self.business_days)
            if self.hours * 60 > 52 * week:
                raise ValueError(f"the first reminder, after {self.hours} business hours, would not come within a year")
        return self
