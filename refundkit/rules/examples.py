"""Tries the examples of a policy: the route that a made-up case takes, and what differs from the route it must take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

from refundkit.model.assessment import Finding
from refundkit.model.dossier import Asked, Customer, Dossier, Other, Rate, ServiceOrder
from refundkit.model.money import to_minor
from refundkit.model.policy import Policy
from refundkit.model.policy_examples import Example
from refundkit.rules.checks import CHECKS
from refundkit.rules.facts import Facts, Worked
from refundkit.rules.routing import Route, route

_DAY: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""No limit depends on the day; an example has one because a request has one."""
_OTHERS: Final = "other cases"
_KNOWN_OF_ITSELF: Final = frozenset({"rate-missing", "reason-manual"})
"""Findings that follow from what an example says; it need not name them."""


class Tried(NamedTuple):
    """An example and the route it takes. `differs`: (what, expected, came out); empty when all is as it must be."""

    example: Example
    route: Route
    differs: tuple[tuple[str, str, str], ...]


def try_all(policy: Policy) -> list[Tried]:
    """Every example of a policy, in file order."""
    return [tried(policy, example) for example in policy.example]


def tried(policy: Policy, example: Example) -> Tried:
    """One example, routed by the very rules that route a case."""
    facts, worked = _facts(policy, example)
    way = route(facts, worked, _findings(example, facts, worked))
    pairs = (
        ("state", example.state, way.state),
        ("level", example.level, way.decide_level),
        ("two managers", _yes(example.dual), _yes(way.dual)),
    )
    return Tried(example, way, tuple(pair for pair in pairs if pair[1] != pair[2]))


def _facts(policy: Policy, example: Example) -> tuple[Facts, Worked]:
    base = policy.shop.base
    currency = example.currency or base
    payable = to_minor(example.amount, currency)
    asked = Asked(
        _DAY, example.channel, "an example", "", "", "", example.amount, currency, example.reason,
    )  # fmt: skip
    customer = Customer("an example", "", "", example.tier, currency)
    order = ServiceOrder(
        "an example", "an example", example.service_code, "", "", "", "", None, None, None, None, None, None, None, "",
    )  # fmt: skip
    added = to_minor(example.added_up, base)
    dossier = Dossier(
        asked, _DAY.date(), base, customer, order, None,
        auto_approved=((_OTHERS, _DAY, added),) if added else (),
        rate=Rate(_DAY.date(), example.rate) if example.rate is not None else None,
        overridden=frozenset(example.overridden),
    )  # fmt: skip
    first = None
    if "duplicate" in example.findings:
        first = Other("an earlier case", "", "", "", "", "", "", "", example.reason, example.amount, _DAY)
    worked = Worked(payable, 0, payable, payable, payable, payable, [], first, [])
    return Facts(dossier, policy, asked, customer, order, None, currency, payable), worked


def _findings(example: Example, facts: Facts, worked: Worked) -> list[Finding]:
    """Those that the example names, and those that follow from what it says, in the order of the checks."""
    named = {*example.findings, *example.overridden}
    found = []
    for code, severity, check in CHECKS:
        text = check(facts, worked) if code in _KNOWN_OF_ITSELF else ""
        if text or code in named:
            found.append(Finding(code, severity, text or "as the example says"))
    return found


def _yes(said: bool) -> str:  # noqa: FBT001 - one word for one truth
    return "yes" if said else "no"
