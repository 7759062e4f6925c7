"""The route: which state follows, and who must say yes (domain page, section 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from refundkit.model.assessment import Finding
from refundkit.model.money import DIGITS
from refundkit.model.policy import Limits, Override
from refundkit.model.words import LEVEL_RANK
from refundkit.rules.exchange import in_base, usable_rate
from refundkit.rules.facts import Facts, Worked
from refundkit.rules.wording import money_text, number

WHO: Final = {"auto": "the policy approves by itself", "lead": "a lead decides", "manager": "a manager decides"}
"""What a level means once nothing stops a case."""


class Route(NamedTuple):
    """Where a case goes; the fields are those of an Assessment."""

    state: str
    level: str
    decide_level: str
    dual: bool
    base_amount: int | None
    added_up: int
    rate: str
    rate_on: str
    text: list[str]


def route(facts: Facts, worked: Worked, findings: list[Finding]) -> Route:
    """The state that follows from the findings, and the level from the amount."""
    text: list[str] = []
    base_amount, rate, rate_on = _convert(facts, worked.payable, text)
    added_up = _added_up(facts, text)
    level, dual = _level(facts, worked.payable, base_amount, added_up, text)
    overridden = facts.dossier.overridden
    counting = [f for f in findings if f.severity != "info" and f.code not in overridden]
    state = _stopped(worked, counting, text)
    if state:
        return Route(state, "", _higher("lead", level), dual, base_amount, added_up, rate, rate_on, text)
    if overridden and (codes := [f.code for f in findings if f.code in overridden]):
        text.append(f"overridden: {', '.join(codes)}; so at least level lead")
        level = _higher("lead", level)
    text.append("two different managers decide" if dual else WHO[level])
    state = "approved" if level == "auto" else "awaiting"
    return Route(state, level, level, dual, base_amount, added_up, rate, rate_on, text)


def _stopped(worked: Worked, counting: list[Finding], text: list[str]) -> str:
    """'duplicate' or 'review' where a finding that was not overridden, or an amount of 0, stops the case."""
    blocks = [f for f in counting if f.severity == "block"]
    if worked.first is not None and any(f.code == "duplicate" for f in blocks):
        text.append(f"the same request as {worked.first.case}: not payable")
        return "duplicate"
    if blocks:
        text.append(f"proposed: deny; {blocks[0].code}: {blocks[0].text}")
        return "review"
    # Payable 0 with something eligible: less than the smallest coin was asked. That is for a person too.
    if worked.eligible == 0 or worked.payable == 0:
        why = "; ".join(worked.why) if worked.eligible == 0 and worked.why else "nothing is payable"
        text.append(f"proposed: deny; {why}")
        return "review"
    if counting:
        text.append(f"a person looks at it first: {', '.join(f.code for f in counting)}")
        return "review"
    return ""


def _convert(facts: Facts, payable: int, text: list[str]) -> tuple[int | None, str, str]:
    """Payable in minor units of the base currency (None without a usable rate), the rate and its day."""
    currency, base = facts.currency, facts.dossier.base
    if not currency:
        return None, "", ""
    if currency == base:
        return payable, "", ""
    rate = usable_rate(facts.dossier, facts.policy)
    if rate is None:
        text.append(f"{money_text(payable, currency)} {currency} cannot be compared with the limits: no usable rate")
        return None, "", ""
    minor = in_base(payable, currency, base, rate)
    spoken = f"{number(rate.rate, DIGITS[currency])} {currency} for 1 {base} of {rate.on}"
    text.append(f"{money_text(payable, currency)} {currency} at {spoken} = {money_text(minor, base)} {base}")
    return minor, str(rate.rate), rate.on.isoformat()


def _added_up(facts: Facts, text: list[str]) -> int:
    """What the policy approved by itself for this customer in the days before, in minor units of the base currency."""
    approved = facts.dossier.auto_approved
    if not approved:
        return 0
    days, base, received = facts.policy.routing.add_up_days, facts.dossier.base, facts.asked.received_at
    since = received - timedelta(days=days)
    counted = [(case, minor) for case, came, minor in approved if since <= came <= received]
    if not counted:
        return 0
    total = sum(minor for _, minor in counted)
    named = " + ".join(f"{money_text(minor, base)} ({case})" for case, minor in counted)
    text.append(f"approved by the policy in the {days} days before: {named} = {money_text(total, base)} {base}")
    return total


def _level(facts: Facts, payable: int, amount: int | None, added_up: int, text: list[str]) -> tuple[str, bool]:
    """The level by the amount and the exceptions, and whether two managers must decide."""
    asked, base = facts.asked, facts.dossier.base
    tier = facts.customer.tier if facts.customer is not None else ""
    service_code = facts.order.service_code if facts.order is not None else ""
    limits, overrides = facts.policy.limits_for(asked.reason, tier, service_code, asked.channel)
    text += [f"exception for {o.named}: {_new_limits(facts, o)}" for o in overrides if _new_limits(facts, o)]
    if amount is None:
        # Without a rate nobody can say how large the amount is, so the highest level decides.
        level, dual = ("manager" if payable > 0 else "auto"), False
    else:
        level, dual = _by_amount(amount, added_up, limits, base, text)
    for override in overrides:
        if override.at_least is not None:
            text.append(f"exception for {override.named}: at least {override.at_least}")
            level = _higher(override.at_least, level)
    return level, dual


def _by_amount(amount: int, added_up: int, limits: Limits, base: str, text: list[str]) -> tuple[str, bool]:
    """Below auto_below with what was added up: auto; up to lead_up_to: lead; above: manager; far above: two."""
    auto_below, lead_up_to, dual_above = limits
    added = f" with {money_text(added_up, base)} before" if added_up else ""
    if amount + added_up < auto_below:
        level, limit = "auto", f"below {money_text(auto_below, base)}"
    elif amount <= lead_up_to:
        alone = " by itself" if added_up else ""
        level, limit = "lead", f"{money_text(auto_below, base)} or more, at most {money_text(lead_up_to, base)}{alone}"
    else:
        level, limit = "manager", f"above {money_text(lead_up_to, base)}"
    text.append(f"{money_text(amount, base)} {base}{added} ({limit}): level {level}")
    dual = amount > dual_above
    if dual:
        text.append(f"above {money_text(dual_above, base)} {base}: two different managers")
        level = "manager"
    return level, dual


def _new_limits(facts: Facts, override: Override) -> str:
    """The limits that an exception replaces, in words; '' where it replaces none."""
    base, policy = facts.dossier.base, facts.policy
    parts = [
        f"{name} {money_text(policy.minor(amount), base)}"
        for name, amount in (("auto_below", override.auto_below), ("lead_up_to", override.lead_up_to))
        if amount is not None
    ]
    return ", ".join(parts)


def _higher(one: str, other: str) -> str:
    return one if LEVEL_RANK[one] > LEVEL_RANK[other] else other
