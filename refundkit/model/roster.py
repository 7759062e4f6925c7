"""Which of the events that shape a shop count, whatever order they came in, and what they make of its people.

An event counts when its author's key was enrolled before and not cut below it, and when its author had the right by
the roles that the author knew. The key of the recovery code comes with the first event, sets people and keys, and is
never revoked: it is what is left to a shop whose admins have lost theirs. Two people who revoke each other's keys
without knowing of it: the key that was enrolled earlier stays; where neither is earlier, both are revoked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from refundkit.model.people import Act, Person
from refundkit.model.shaping import (
    GENESIS,
    KEY_ENROLLED,
    KEY_REVOKED,
    POLICY_SET,
    USER_SET,
    Adopted,
    Shaping,
    StandIn,
    Writer,
)

FOUNDING: Final = 3
"""So many events begin a shop: its people, its policy, its right to book. They always count."""

_BY_RECOVERY: Final = frozenset({USER_SET, KEY_ENROLLED, KEY_REVOKED})

EVERYTHING: Final = -1
"""As a set of bits: all that this machine knows."""


class Version(NamedTuple):
    """A person as one event says."""

    own: int
    past: int
    person: Person
    by: str
    hlc: str


@dataclass(slots=True)
class Roster:
    """What the events that count add up to, under given cuts of writers."""

    cuts: dict[str, int] = field(default_factory=dict)
    writers: dict[str, Writer] = field(default_factory=dict)
    people: dict[str, list[Version]] = field(default_factory=dict)
    policies: list[Adopted] = field(default_factory=list)
    grants: dict[int, tuple[str, str]] = field(default_factory=dict)
    stand_ins: dict[str, StandIn] = field(default_factory=dict)
    ended: dict[str, list[int]] = field(default_factory=dict)
    recovery: str = ""
    _enrolled: dict[str, int] = field(default_factory=dict)
    _bits: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[str, int], Person | None] = field(default_factory=dict)

    def user_of(self, writer: str) -> str:
        """The person behind a writer; '' when the writer was never enrolled."""
        known = self.writers.get(writer)
        return known.user if known else ""

    def person(self, user: str, seen: int) -> Person | None:
        """A person as whoever has seen these events knows them; None for whoever knows of no such person.

        Where two set a person's roles without knowing of each other, the person has the roles that both gave.
        """
        if (user, seen) not in self._known:
            self._known[user, seen] = self._person(user, seen)
        return self._known[user, seen]

    def _person(self, user: str, seen: int) -> Person | None:
        known = [v for v in self.people.get(user, ()) if v.own & seen]
        heads = [v for v in known if not any(v.own & later.past for later in known)]
        if not heads:
            return None
        roles = frozenset.intersection(*(v.person.roles for v in heads))
        return replace(heads[-1].person, roles=roles)

    def stand_in(self, event: str, seen: int) -> StandIn | None:
        """Who stands in for whom by this event, for whoever has seen these events; None when it is not so, or over."""
        found = self.stand_ins.get(event)
        if found is None or not self._bits[event] & seen or any(end & seen for end in self.ended.get(event, ())):
            return None
        return found

    def may(self, event: Shaping) -> bool:
        """Whether the author had the right to write this, as the author knew the shop."""
        core, data = event.core, event.data
        key = self.writers.get(core.writer)
        if key is None or not self._enrolled[key.id] & event.past or core.seq > self.cuts.get(key.id, core.seq):
            return False
        if core.type == KEY_REVOKED and data["writer"] == self.recovery:
            return False
        if key.id == self.recovery:
            return core.type in _BY_RECOVERY
        person = self.person(key.user, event.past)
        if person is None:
            return False
        if person.may(Act.POLICY if core.type == POLICY_SET else Act.PEOPLE):
            return True
        match core.type:
            case "key.enrolled":
                return data["key"].user == person.user and person.may(Act.OWN_KEY)
            case "key.revoked":
                target = self.writers.get(data["writer"])
                return target is not None and target.user == person.user and person.may(Act.OWN_KEY)
            case "stand_in.named":
                return bool(data["user"] == person.user) and person.may(Act.STAND_IN)
            case "stand_in.ended":
                named = [self.stand_ins[name] for name in data["ends"] if name in self.stand_ins]
                return bool(named) and all(person.user in (s.user, s.by) for s in named)
            case _:
                return False

    def take(self, event: Shaping) -> None:
        """Add what an event says that counts."""
        core, data = event.core, event.data
        match core.type:
            case "org.genesis":
                self._enrol(data["key"], event)
                self._enrol(data["recovery_key"], event)
                self.recovery = self.recovery or data["recovery_key"].id
                self._set(data["person"], event)
            case "user.set":
                self._set(data["person"], event)
            case "key.enrolled":
                self._enrol(data["key"], event)
            case "policy.set":
                by, why = self.user_of(core.writer), str(data.get("reason", ""))
                self.policies.append(
                    Adopted(event.id, data["sha256"], data["text"], by, core.hlc, why, core.writer, core.seq)
                )
            case "exporter.granted":
                # Two grants of one epoch can only come from a fork: the lower id wins on every machine.
                before = self.grants.get(data["epoch"])
                if before is None or event.id < before[0]:
                    self.grants[data["epoch"]] = (event.id, data["holder"])
            case "stand_in.named":
                by = self.user_of(core.writer)
                self.stand_ins[event.id] = StandIn(
                    event.id, data["user"], data["by"], data["first"], data["last"], by
                )  # fmt: skip
                self._bits[event.id] = event.own
            case "stand_in.ended":
                for name in data["ends"]:
                    self.ended.setdefault(name, []).append(event.own)

    def _enrol(self, key: Writer, event: Shaping) -> None:
        """A key enrolled twice stays what it was, and an invitation enrols one key."""
        used = key.invitation and any(w.invitation == key.invitation for w in self.writers.values())
        if key.id not in self.writers and not used:
            self.writers[key.id] = replace(key, enrolled_by=event.core.writer)
            self._enrolled[key.id] = event.own

    def _set(self, person: Person, event: Shaping) -> None:
        """Set a person, unless nobody would be left who may manage people."""
        versions = self.people.setdefault(person.user, [])
        by = self.user_of(event.core.writer) or person.user  # the first person sets himself
        versions.append(Version(event.own, event.past, person, by, event.core.hlc))
        self._known.clear()
        known = (self._person(user, EVERYTHING) for user in self.people)
        if not any(p is not None and p.may(Act.PEOPLE) for p in known):
            versions.pop()

    def ends_before(self, other: Shaping, revoked: Shaping) -> bool:
        """Whether one revocation cuts off the writer of another event below it."""
        data = revoked.data
        return bool(revoked is not other and data["writer"] == other.core.writer and other.core.seq > data["cut_seq"])

    def is_earlier(self, writer: str, other: str, events: Sequence[Shaping]) -> bool:
        """Whether a key was enrolled before another one, as who enrolled the other knew."""
        bit = self._enrolled.get(writer, 0)
        return any(e.own == self._enrolled.get(other) and e.past & bit for e in events)


def count(events: Iterable[Shaping]) -> Roster:
    """What all these events add up to."""
    given = list(events)
    enrolled: dict[str, int] = {}
    for event in given:
        if event.core.type in (GENESIS, KEY_ENROLLED):
            depth = event.past.bit_count()
            for key in (event.data[name].id for name in ("key", "recovery_key") if name in event.data):
                enrolled[key] = min(depth, enrolled.get(key, depth))
    late = len(given) + 1
    order = sorted(given, key=lambda e: (e.past.bit_count(), enrolled.get(e.core.writer, late), e.id))
    plain = [e for e in order if e.core.type != KEY_REVOKED]
    revocations = sorted(
        (e for e in order if e.core.type == KEY_REVOKED), key=lambda e: enrolled.get(e.core.writer, late)
    )
    lost: set[str] = set()
    while True:
        roster, taken = _settled(plain, [r for r in revocations if r.id not in lost])
        gone = {r.id for r in taken if not _stands(r, taken, roster, plain)}
        if not gone:
            break
        lost |= gone
    roster.writers = {w: replace(key, cut=roster.cuts.get(w)) for w, key in roster.writers.items()}
    return roster


def _settled(plain: Sequence[Shaping], revocations: Sequence[Shaping]) -> tuple[Roster, list[Shaping]]:
    """Take one revocation after the other, those of the oldest keys first."""
    roster, taken = _under({}, plain), list[Shaping]()
    for revoked in revocations:
        if not _stands(revoked, taken, roster, plain):
            continue
        taken.append(revoked)
        writer, cut = revoked.data["writer"], revoked.data["cut_seq"]
        cuts = {**roster.cuts, writer: min(cut, roster.cuts.get(writer, cut))}
        cut_off = any(e.core.writer == writer and e.core.seq > cut for e in plain)
        roster = _under(cuts, plain) if cut_off else replace(roster, cuts=cuts)
    return roster, taken


def _stands(revoked: Shaping, taken: Sequence[Shaping], roster: Roster, plain: Sequence[Shaping]) -> bool:
    """Whether a revocation counts beside those that were taken."""
    mine = revoked.core.writer
    for other in taken:
        if not roster.ends_before(revoked, other):
            continue
        each_other = roster.ends_before(other, revoked)
        theirs = other.core.writer
        if not each_other or roster.is_earlier(theirs, mine, plain):
            return False
    without = replace(roster, cuts={w: cut for w, cut in roster.cuts.items() if w != mine})
    return without.may(revoked)


def _under(cuts: dict[str, int], events: Sequence[Shaping]) -> Roster:
    roster = Roster(cuts)
    founder = next((e.core.writer for e in events if e.core.type == GENESIS), "")
    for event in events:
        founding = event.core.writer == founder and event.core.seq <= FOUNDING
        if founding or roster.may(event):
            roster.take(event)
    return roster
