"""The one conversion: an amount in the currency of the books, at a rate that is not too old."""

from __future__ import annotations

from refundkit.model.dossier import Dossier, Rate
from refundkit.model.money import convert
from refundkit.model.policy import Policy


def usable_rate(dossier: Dossier, policy: Policy) -> Rate | None:
    """The dossier's rate, None when there is none or it is older than `rates.max_age_days` on the day of assessment."""
    rate = dossier.rate
    if rate is None or (dossier.today - rate.on).days > policy.rates.max_age_days:
        return None
    return rate


def in_base(minor: int, currency: str, base: str, rate: Rate) -> int:
    """Minor units of `base` for minor units of `currency` at a rate of the records."""
    return convert(minor, currency, base, rate.rate)
