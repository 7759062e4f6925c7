"""How many different people an amount takes, and which of the approved amounts counts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import combinations
from typing import Any

from refundkit.errors import RefundkitError
from refundkit.model.case import Approval, CaseView
from refundkit.model.money import convert
from refundkit.model.org import Org


def people_needed(assessment: dict[str, Any], amount: int, org: Org, cited: str) -> int:
    """1, or 2 different managers: where the assessment says so, or where a raised amount goes above the limit for two.

    The limit is the stricter one of the policy of the assessment and of the `cited` one that the approval was given
    under. Where a limit or a rate is not to be had, it takes two.
    """
    if assessment["dual"]:
        return 2
    if amount <= assessment["eligible"]:
        return 1
    in_books = _in_books(assessment, amount, org.base)
    adopted = [org.adopted(sha) for sha in {assessment["policy"], cited}]
    limits = [_dual_above(found[1].text) if found else None for found in adopted]
    return 1 if in_books is not None and all(limit is not None and in_books <= limit for limit in limits) else 2


def _in_books(assessment: dict[str, Any], amount: int, base: str) -> int | None:
    currency = assessment["currency"]
    if currency == base:
        return amount
    try:
        return convert(amount, currency, base, Decimal(assessment["rate"]))
    except (InvalidOperation, ZeroDivisionError, KeyError):
        return None


@lru_cache(maxsize=64)
def _dual_above(text: str) -> int | None:
    """The limit of a policy in minor units of the books; None where the text is no policy this program reads."""
    from refundkit.model.policy import parse_policy  # few cases are raised, and pydantic is slow to load

    try:
        return parse_policy(text.encode(), "an adopted policy").limits[2]
    except RefundkitError:
        return None


def chosen(view: CaseView) -> Approval | None:
    """The approval that counts: enough different people for the same amount; the lowest such amount."""
    if view.assessment is None:
        return None
    by_amount: dict[int, list[Approval]] = {}
    for approval in view.approvals:
        by_amount.setdefault(approval.amount, []).append(approval)
    enough = [amount for amount, given in by_amount.items() if _enough(given)]
    return next((a for a in view.approvals if a.amount == min(enough)), None) if enough else None


def _enough(given: Sequence[Approval]) -> bool:
    """Whether as many of these are of different people as the amount takes; a stand-in is not one beside the other."""
    needed = max(1, *(a.needs for a in given))
    return any(
        all(one.people.isdisjoint(other.people) for one, other in combinations(some, 2))
        for some in combinations(given, needed)
    )
