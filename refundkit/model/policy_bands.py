"""Proves that the limits of a policy rise for every kind of case: bands cannot overlap or leave a hole."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from refundkit.model import toml_lines
from refundkit.model.money import plain
from refundkit.model.policy_parts import CONDITIONS

if TYPE_CHECKING:
    from refundkit.model.policy import Limits, Policy

Combination = tuple[str, str, str, str]
"""A reason, a tier, a service code and a channel; '' stands for every one that no exception names."""
_ANY: Final = ""


def prove_bands(policy: Policy) -> list[str]:
    """Prove that for every kind of case 0 <= auto_below <= lead_up_to <= dual_above; name each combination that fails.

    Every reason, tier, service code and channel that an exception names is tried with every other, and with
    'any other'. A combination is left out when a wider one fails with the same limits.
    """
    return [gap_text(policy, combination) for combination in gaps(policy)]


def gaps(policy: Policy) -> list[Combination]:
    """The widest combinations of reason, tier, service code and channel whose limits do not rise."""
    overrides = policy.routing.overrides
    values = [[_ANY, *sorted({v for o in overrides if (v := getattr(o, name)) is not None})] for name in CONDITIONS]
    failed: dict[tuple[str, ...], Limits] = {}
    widest = []
    for reason, tier, service_code, channel in product(*values):
        limits, _ = policy.limits_for(reason, tier, service_code, channel)
        if not 0 <= limits[0] <= limits[1] <= limits[2]:
            combination = (reason, tier, service_code, channel)
            failed[combination] = limits
            wider = ((*combination[:n], _ANY, *combination[n + 1 :]) for n, word in enumerate(combination) if word)
            if not any(failed.get(w) == limits for w in wider):
                widest.append(combination)
    return widest


def gap_text(policy: Policy, combination: Combination) -> str:
    """Which two limits of a combination do not rise."""
    named = [f"{name.replace('_', ' ')} {value}" for name, value in zip(CONDITIONS, combination, strict=True) if value]
    who = f"for {', '.join(named)}" if named else "for every case that no exception names"
    auto_below, lead_up_to, dual_above = policy.limits_for(*combination)[0]
    base = policy.shop.base
    if auto_below > lead_up_to:
        return f"{who} auto_below {plain(auto_below, base)} is above lead_up_to {plain(lead_up_to, base)}"
    return f"{who} lead_up_to {plain(lead_up_to, base)} is above dual_above {plain(dual_above, base)}"


def gap_line(policy: Policy, combination: Combination, known: dict[toml_lines.Path, int]) -> int:
    """The line of the exception that spoke last for a combination, else of the first limit."""
    spoke = [
        number
        for number, override in enumerate(policy.routing.overrides)
        if override.matches(*combination) and (override.auto_below is not None or override.lead_up_to is not None)
    ]
    path: toml_lines.Path = ("routing", "overrides", spoke[-1]) if spoke else ("routing", "auto_below")
    return toml_lines.line_of(known, path)
