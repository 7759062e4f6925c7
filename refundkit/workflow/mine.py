"""Which cases wait for a decision that a person may take, and who may decide a case."""

from __future__ import annotations

from refundkit.model.case import CaseView
from refundkit.model.people import Person, may_decide_at
from refundkit.model.urgency import own_marks
from refundkit.model.words import Level, State
from refundkit.store import waiting
from refundkit.store.waiting import Eyes, Way
from refundkit.workflow import standing
from refundkit.workflow.shop import Shop


def waiting_for(shop: Shop) -> list[str]:
    """Keys of the cases that whoever reads may decide now: what the queue shows as theirs, in its order."""
    places = waiting.page(shop.store, eyes_of(shop, reader(shop)), mine=True, after=None, skip=0, limit=None)
    return [place.key for place in places]


def eyes_of(shop: Shop, person: Person) -> Eyes:
    """What of the queue is a person's own, by themselves or for whom they stand in today."""
    own = tuple(own_marks(person))
    others = [each for each in standing.levels(shop, person) if each.user != person.user]
    return (Way(_levels(person), own), *(Way(_levels(each), (*own, *own_marks(each))) for each in others))


def _levels(person: Person) -> frozenset[str]:
    return frozenset(str(level) for level in Level if may_decide_at(person.roles, level))


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
