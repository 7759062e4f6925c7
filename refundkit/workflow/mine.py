"""Which cases wait for a decision that a person may take, and who may decide a case."""

from __future__ import annotations

from refundkit.model.case import CaseView
from refundkit.model.people import Person, may_decide_at
from refundkit.model.words import State
from refundkit.store import cases
from refundkit.workflow import standing
from refundkit.workflow.shop import Shop


def waiting_for(shop: Shop) -> set[str]:
    """Ids of the cases in `review` or `awaiting` that whoever acts may decide, and that no hold or question stops."""
    person = reader(shop)
    by_roles = standing.levels(shop, person)
    found = set()
    for state in (State.AWAITING, State.REVIEW):
        for row in cases.listed(shop.store, {"state": state}):
            if any(may_decide_at(p.roles, row["decide_level"]) for p in by_roles):
                view = shop.case(row["key"])
                if not (view.holds or view.questions) and standing.may_decide(shop, person, view):
                    found.add(row["id"])
    return found


def deciders(shop: Shop, view: CaseView) -> list[Person]:
    """Who may decide a case that waits today: at its level or above, or for somebody who is, and outside of it.

    Nobody need decide any other.
    """
    if view.state not in (State.AWAITING, State.REVIEW):
        return []
    people = (person for _, person in sorted(shop.org.people.items()))
    return [person for person in people if standing.may_decide(shop, person, view)]


def reader(shop: Shop) -> Person:
    """Who reads: the user named, or whoever holds the only key here. Reading takes no key."""
    named = shop.org.people.get(shop.settings.user)
    return named if named is not None else shop.actor
