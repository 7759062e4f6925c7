"""The sections of a policy and what each figure may be. Amounts are in units of the books' currency, exact."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from refundkit.model.money import DIGITS, parse_decimal
from refundkit.model.words import CHANNELS, LEVEL_RANK, REASONS, TIERS

MOST: Final = 10**12
"""No figure of a policy is larger."""
MAX_OVERRIDES: Final = 100
CONDITIONS: Final = ("reason", "tier", "service_code", "channel")


def _decimal(value: Any) -> Any:
    """An exact figure: a whole number, a decimal, or a quoted decimal; never below 0."""
    if isinstance(value, str):
        value = parse_decimal(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    elif not isinstance(value, Decimal):
        raise ValueError('must be a number like 500 or "499.99"')  # noqa: TRY004 - pydantic collects ValueErrors
    if not value.is_finite() or value < 0 or value > MOST:
        raise ValueError(f"must be between 0 and {MOST}")
    if value != round(value, 12):
        raise ValueError("has more than 12 decimals")
    return value


def _percentage(value: Decimal) -> Decimal:
    if value > 100:
        raise ValueError(f"is {value}, not a percentage from 0 to 100")
    return value


def _line(value: str) -> str:
    """One line of text that an accounting system takes: two spaces in a row end a name in plain-text journals."""
    if not value or value != value.strip() or not value.isprintable() or "  " in value:
        raise ValueError("must be one line of printable text without spaces at its ends or two in a row")
    return value


def _currency(value: str) -> str:
    if value not in DIGITS:
        raise ValueError(f"'{value[:10]}' is no currency code like USD")
    return value


def _currency_if_any(value: str) -> str:
    return _currency(value) if value else value


def one_of(value: str, allowed: Any) -> str:
    """The word itself, when it is one of those that mean something."""
    if value not in allowed:
        raise ValueError(f"'{value[:40]}' is none of {', '.join(sorted(allowed))}")
    return value


def as_tuple(value: Any) -> Any:
    """A list of the file as the models keep it."""
    return tuple(value) if isinstance(value, list) else value


Amount = Annotated[Decimal, BeforeValidator(_decimal)]
Pct = Annotated[Decimal, BeforeValidator(_decimal), AfterValidator(_percentage)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Currency = Annotated[str, AfterValidator(_currency)]
OwnCurrency = Annotated[str, AfterValidator(_currency_if_any)]
"""A currency where it is not that of the books, else ''."""
Name = Annotated[str, Field(max_length=150), AfterValidator(_line)]


class Part(BaseModel):
    """Base of all sections: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Shop(Part):
    """Whose policy it is, the currency of its books, and where its days begin."""

    company: Name
    base: Currency
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as err:
            raise ValueError(f"'{value[:60]}' is no time zone like UTC or America/Chicago") from err
        return value

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)


class Eligibility(Part):
    """How long after the invoice a request may come."""

    window_days: Days = 90


class Duplicates(Part):
    """How near in time two like requests are looked at as one."""

    window_days: Days = 30


class Credit(Part):
    """From this ratio of late to allowed time on, this percentage of labour is given back. In the file: from, pct."""

    start: Amount = Field(alias="from")
    pct: Pct

    @cached_property
    def ratio(self) -> tuple[int, int]:
        """The ratio as numerator and denominator."""
        return self.start.as_integer_ratio()


def _credit(start: str, pct: int) -> Credit:
    return Credit.model_validate({"from": Decimal(start), "pct": Decimal(pct)})


class Sla(Part):
    """What a late response or completion gives back of labour: a rising list that begins at 0."""

    credit: Annotated[tuple[Credit, ...], BeforeValidator(as_tuple)] = (
        _credit("0", 10),
        _credit("0.5", 25),
        _credit("1.0", 50),
    )

    @field_validator("credit")
    @classmethod
    def _rising(cls, value: tuple[Credit, ...]) -> tuple[Credit, ...]:
        if not value or value[0].start != 0:
            raise ValueError("must begin with an entry from = 0")
        for before, after in pairwise(value):
            if after.start <= before.start:
                raise ValueError(f"must rise: from = {after.start} stands after from = {before.start}")
            if after.pct < before.pct:
                raise ValueError(f"must rise: pct = {after.pct} stands after pct = {before.pct}")
        return value


class Billing(Part):
    """In which steps time on site is billed."""

    increment_minutes: Annotated[int, Field(ge=1, le=1440)] = 15


class Returns(Part):
    """Returned parts: what is kept back, how long they may come back, and on what their tax is reversed."""

    restocking_pct: Pct = Decimal(15)
    window_days: Days = 30
    tax_on_restocking: Literal["net", "full"] = "net"


class Recall(Part):
    """Faulty work: how soon the second visit must be ordered, and what is given back of labour and travel."""

    window_days: Days = 30
    labour_pct: Pct = Decimal(100)


class Cancellation(Part):
    """Cancelled visits: the notice that gives everything back, and what is given back later than that."""

    notice_hours: Annotated[int, Field(ge=0, le=8760)] = 24
    late_pct: Pct = Decimal(50)


class Rates(Part):
    """How old an exchange rate may be."""

    max_age_days: Days = 7


class Override(Part):
    """An exception to the limits: all named conditions must hold; then the named effects apply."""

    reason: str | None = None
    tier: str | None = None
    service_code: Name | None = None
    channel: str | None = None
    auto_below: Amount | None = None
    lead_up_to: Amount | None = None
    at_least: str | None = None

    @field_validator("reason", "tier", "channel", "at_least")
    @classmethod
    def _known_word(cls, value: str | None, info: Any) -> str | None:
        known = {"reason": REASONS, "tier": TIERS, "channel": CHANNELS, "at_least": LEVEL_RANK}
        return None if value is None else one_of(value, known[info.field_name])

    @model_validator(mode="after")
    def _says_something(self) -> Override:
        if not any(getattr(self, name) for name in CONDITIONS):
            raise ValueError(f"names no condition ({', '.join(CONDITIONS)})")
        if self.auto_below is None and self.lead_up_to is None and self.at_least is None:
            raise ValueError("has no effect: name auto_below, lead_up_to or at_least")
        return self

    def matches(self, reason: str, tier: str, service_code: str, channel: str) -> bool:
        """Whether all named conditions hold."""
        return (
            (self.reason is None or self.reason == reason)
            and (self.tier is None or self.tier == tier)
            and (self.service_code is None or self.service_code == service_code)
            and (self.channel is None or self.channel == channel)
        )

    @cached_property
    def named(self) -> str:
        """The conditions in words: 'reason goodwill, tier platinum'."""
        pairs = ((name.replace("_", " "), getattr(self, name)) for name in CONDITIONS)
        return ", ".join(f"{name} {value}" for name, value in pairs if value is not None)


class Routing(Part):
    """The rising list of limits, and the exceptions in file order."""

    auto_below: Amount = Decimal(500)
    lead_up_to: Amount = Decimal(2000)
    dual_above: Amount = Decimal(10000)
    add_up_days: Days = 7
    overrides: Annotated[tuple[Override, ...], BeforeValidator(as_tuple), Field(max_length=MAX_OVERRIDES)] = (
        Override(reason="goodwill", at_least="lead"),
        Override(tier="platinum", auto_below=Decimal(750)),
    )


class Staff(Part):
    """The shop's own mail addresses."""

    addresses: Annotated[tuple[Name, ...], BeforeValidator(as_tuple)] = ()

    @field_validator("addresses")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if address.count("@") != 1:
                raise ValueError(f"'{address[:60]}' is not a mail address")
        return value
