"""Examples in a policy file: the facts of a made-up case that matter to its route, and the route it must take."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, field_validator

from refundkit.model.policy_parts import Amount, Currency, Name, Part, as_tuple, one_of
from refundkit.model.words import CHANNELS, FINDINGS, LEVEL_RANK, REASONS, TIERS

_KNOWN: Final[dict[str, Any]] = {"reason": REASONS, "tier": TIERS, "channel": CHANNELS, "level": LEVEL_RANK}


def _finding(code: str) -> str:
    return one_of(code, FINDINGS)


Findings = Annotated[tuple[Annotated[str, AfterValidator(_finding)], ...], BeforeValidator(as_tuple)]


class Example(Part):
    """A case, and the route it must take.

    `amount` is what is payable, in `currency` ('' is that of the books). `rate`: units of that currency for 1 of the
    books'; without one no rate is known. `added_up`: what the policy approved by itself for the same customer in the
    days before. `overridden`: findings that a person set aside. A reason, tier, service code or channel that is left
    out stands for one that no exception names. `level`: who must say yes at least; `dual`: two different managers.
    """

    name: Name
    amount: Amount
    currency: Currency = ""
    rate: Amount | None = None
    reason: str = ""
    tier: str = ""
    service_code: Name = ""
    channel: str = ""
    findings: Findings = ()
    overridden: Findings = ()
    added_up: Amount = Decimal(0)
    state: Literal["approved", "awaiting", "review", "duplicate"]
    level: str
    dual: bool = False

    @field_validator("reason", "tier", "channel", "level")
    @classmethod
    def _known_word(cls, value: str, info: Any) -> str:
        return one_of(value, _KNOWN[info.field_name])

    @field_validator("rate")
    @classmethod
    def _above_nothing(cls, value: Any) -> Any:
        if value == 0:
            raise ValueError("must be above 0")
        return value
