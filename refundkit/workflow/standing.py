"""Who decides for whom: names stand-ins for a time, ends that early, and says in whose name somebody may decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from refundkit.errors import RefusedError, UsageError
from refundkit.model.case import CaseView
from refundkit.model.opinions import why_inside
from refundkit.model.people import RIGHTS, Act, Person, may_decide_at
from refundkit.model.shaping import STAND_IN_ENDED, STAND_IN_NAMED, StandIn
from refundkit.workflow import gate
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Stance:
    """In whose name somebody decides: `person` has the key, `instead` is whom they stand in for (None: nobody)."""

    person: Person
    instead: Person | None = None
    stand_in: str = ""
    on: str = ""

    @property
    def judged(self) -> Person:
        """The person whose roles count."""
        return self.instead or self.person

    @property
    def people(self) -> tuple[Person, ...]:
        """Both, of whom neither may stand in the case."""
        return (self.person, self.instead) if self.instead else (self.person,)

    @property
    def users(self) -> frozenset[str]:
        """The same as user ids."""
        return frozenset(p.user for p in self.people)

    @property
    def data(self) -> dict[str, str]:
        """What the decision says of it; nothing where somebody decides for themselves."""
        return {"for": self.instead.user, "stand_in": self.stand_in, "on": self.on} if self.instead else {}

    @property
    def told(self) -> str:
        """The same for whoever reads the outcome."""
        return f"by {self.person.user} for {self.instead.user}" if self.instead else ""


def ways(shop: Shop, act: Act, instead_of: str = "") -> list[Stance]:
    """In whose names whoever acts may do this today, themselves first; only for one person where that is said.

    Raise RefusedError where there is no way.
    """
    person = shop.actor
    found = [] if instead_of else [Stance(person)]
    found += [s for s in _standing_in(shop, person) if instead_of in ("", s.judged.user)]
    if instead_of and not found:
        raise RefusedError(
            f"{person.user} does not stand in for {instead_of} today ({shop.today})",
            hint=f"{instead_of} or an admin names a stand-in: refundkit user delegate {person.user} --for {instead_of}"
            " --to DATE",
        )
    able = [s for s in found if s.judged.may(act)]
    if not able and instead_of:
        raise RefusedError(
            f"{instead_of} may not {act}, and so nobody may for {instead_of}",
            hint="'refundkit user rights' says who may",
        )
    if not able:
        shop.require(act)
    return able


def _standing_in(shop: Shop, person: Person) -> list[Stance]:
    today = shop.today.isoformat()
    return [
        Stance(person, shop.org.people[s.user], s.event, today)
        for s in sorted(shop.org.stand_ins, key=lambda s: (s.user, s.event))
        if s.by == person.user and s.first <= today <= s.last and s.user in shop.org.people and person.may_stand_in
    ]


def outside(found: Sequence[Stance], view: CaseView, technician: str) -> None:
    """Refuse whoever stands in the case (logged it, is named in it, was the technician), or decides for who does."""
    choose(found, view, technician, lambda _: None)


def choose(found: Sequence[Stance], view: CaseView, technician: str, check: Callable[[Stance], None]) -> Stance:
    """The first way in which nobody stands in the case and which a check lets pass.

    Where none does, raise what keeps the one with the most rights from it.
    """
    refused: list[tuple[int, RefusedError]] = []
    for stance in found:
        try:
            for person in stance.people:
                gate.not_own(person, view, technician)
            check(stance)
        except RefusedError as err:
            refused.append((stance.judged.rank, err))
        else:
            return stance
    raise max(refused, key=lambda pair: pair[0])[1]


def may_decide(shop: Shop, person: Person, view: CaseView) -> bool:
    """Whether a person may decide a case that waits today, for themselves or for somebody else."""
    return any(
        may_decide_at(stance.judged.roles, view.decide_level) and not any(why_inside(p, view) for p in stance.people)
        for stance in (Stance(person), *_standing_in(shop, person))
    )


def levels(shop: Shop, person: Person) -> list[Person]:
    """The people by whose roles a person may decide today: themselves, and whom they stand in for."""
    return [person, *(s.judged for s in _standing_in(shop, person))]


# -- naming and ending ------------------------------------------------------------------------------------------------


def name(shop: Shop, by: str, first: str, last: str, *, user: str = "", dry_run: bool = False) -> StandIn:
    """Let `by` decide for a person (without `user`: for whoever acts) on all days from `first` to `last`.

    Everybody who decides names their own stand-in; an admin names one for others. Nobody passes on what they decide
    for another.
    """
    actor = shop.actor
    who = user or actor.user
    shop.require(Act.STAND_IN if who == actor.user else Act.PEOPLE)
    begin, end = _days(shop, first, last)
    with shop.write(keep=not dry_run) as pen:
        person, other = gate.known_person(shop, who), gate.known_person(shop, by)
        _may_be_named(shop, person, other)
        same = [s for s in _between(shop, who, by) if s.first <= str(end) and str(begin) <= s.last]
        if same:
            raise RefusedError(
                f"{by} stands in for {who} from {same[0].first} to {same[0].last} already",
                hint=f"end it first: refundkit user delegate {by} --for {who} --end",
            )
        data = {"user": who, "by": by, "first": str(begin), "last": str(end)}
        event = pen.append(STAND_IN_NAMED, data)
    return StandIn(event.id, who, by, str(begin), str(end), actor.user)


def end(shop: Shop, by: str, *, user: str = "", dry_run: bool = False) -> list[StandIn]:
    """End what one person decides for another, now. Either of them may, or an admin."""
    actor = shop.actor
    who = user or actor.user
    if actor.user not in (who, by):
        shop.require(Act.PEOPLE)
    with shop.write(keep=not dry_run) as pen:
        today = shop.today.isoformat()
        found = [s for s in _between(shop, who, by) if s.last >= today]
        if not found:
            raise RefusedError(
                f"{by} does not stand in for {who}", hint=f"'refundkit user show {who}' has the stand-ins"
            )
        pen.append(STAND_IN_ENDED, {"ends": [s.event for s in found]}, deps=[s.event for s in found])
    return found


def _between(shop: Shop, user: str, by: str) -> list[StandIn]:
    return [s for s in shop.org.stand_ins if (s.user, s.by) == (user, by)]


def _may_be_named(shop: Shop, person: Person, other: Person) -> None:
    if other.user == person.user:
        raise UsageError(f"{other.user} cannot stand in for {other.user}", hint="name another person", where="USER")
    if not person.may(Act.DECIDE):
        roles = ", ".join(str(r) for r in sorted(RIGHTS[Act.DECIDE]))
        raise RefusedError(
            f"{person.user} decides nothing, so there is nothing to stand in for", hint=f"who decides is {roles}"
        )
    if not other.may_stand_in or not shop.org.keys_of(other.user):
        raise RefusedError(
            f"{other.user} cannot stand in: a stand-in has a key, and another role than auditor",
            hint=f"'refundkit user show {other.user}' has roles and keys",
        )


def _days(shop: Shop, first: str, last: str) -> tuple[date, date]:
    """The first and the last day as typed: from today where nothing else is said."""
    if not last:
        raise UsageError(
            "nothing says until when", hint="name the last day with --to, or end a stand-in with --end", where="--to"
        )
    begin, end = _day(first, "--from") if first else shop.today, _day(last, "--to")
    if end < begin:
        raise UsageError(f"the last day, {end}, is before the first, {begin}", hint="check the days", where="--to")
    if end < shop.today:
        raise UsageError(f"{end} is over", hint=f"today is {shop.today}; name a day to come", where="--to")
    return begin, end


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text[:40]}' is not a day", hint="write it like 2026-12-24", where=option) from None
