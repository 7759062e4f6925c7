"""The shop itself as its events add up: people, writers, the policy in force, who holds the right to book and pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from refundkit.model.canonical import b64, unb64
from refundkit.model.events import Core
from refundkit.model.people import Person
from refundkit.model.roster import EVERYTHING, Roster, Version, count
from refundkit.model.shaping import (
    EXPORTER_GRANTED,
    GENESIS,
    KEY_ENROLLED,
    KEY_REVOKED,
    POLICY_SET,
    STAND_IN_ENDED,
    STAND_IN_NAMED,
    USER_SET,
    Adopted,
    Shaping,
    StandIn,
    Writer,
    read,
)

RECORDS_LOADED: Final = "records.loaded"
INTAKE_FINISHED: Final = "intake.finished"
EXPORT_BATCH: Final = "export.batch"
BATCH_SAID: Final = "export.said"
PAYMENT_BATCH: Final = "payment.batch"
PAYEE_SET: Final = "payee.set"
STATEMENT_READ: Final = "statement.read"
BOOKS_SET: Final = "books.set"

SHAPING: Final = frozenset(
    {GENESIS, USER_SET, KEY_ENROLLED, KEY_REVOKED, POLICY_SET, EXPORTER_GRANTED, STAND_IN_NAMED, STAND_IN_ENDED}
)
"""Events that change who may do what."""

ORG_TYPES: Final = SHAPING | {
    RECORDS_LOADED, INTAKE_FINISHED, EXPORT_BATCH, BATCH_SAID, PAYMENT_BATCH, PAYEE_SET, STATEMENT_READ, BOOKS_SET,
}  # fmt: skip
"""Events of the shop as a whole (core.case is ''); those that do not shape it are records and counts."""

OnChain = Callable[[str, int, str], bool]
"""on_chain(writer, seq, event): whether a writer's chain has exactly this event at this place."""


@dataclass(slots=True)
class Org:
    """The shop as of a set of its events. Roles have a history: a decision counts by the roles its author had then."""

    ledger: str = ""
    company: str = ""
    base: str = ""
    shop: str = ""
    simulated: bool = False
    recovery: str = ""
    enrolled: dict[str, Writer] = field(default_factory=dict)
    """Every key that any event enrols, whether it counts or not: what its signatures are verified with."""
    _events: list[Shaping] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    _counted: Roster | None = None

    @property
    def roster(self) -> Roster:
        """What the events add up to."""
        if self._counted is None:
            self._counted = count(self._events)
        return self._counted

    @property
    def people(self) -> dict[str, Person]:
        """Everybody who was ever added, as of now."""
        found = ((user, self.roster.person(user, EVERYTHING)) for user in self.roster.people)
        return {user: person for user, person in found if person is not None}

    @property
    def writers(self) -> dict[str, Writer]:
        """The keys whose enrolment counts."""
        return self.roster.writers

    @property
    def policies(self) -> list[Adopted]:
        """The policies that count, oldest first; the last is in force. The first came with the shop itself."""
        return self.roster.policies

    @property
    def stand_ins(self) -> list[StandIn]:
        """Who stands in for whom, in the order they were named, without those that were ended."""
        return [s for s in self.roster.stand_ins.values() if self.roster.stand_in(s.event, EVERYTHING)]

    @property
    def epoch(self) -> int:
        """The number of the right to book and pay; it rises when the right goes to another device."""
        return max(self.roster.grants, default=0)

    @property
    def holder(self) -> str:
        """The device that has the right to book and pay."""
        return self.roster.grants.get(self.epoch, ("", ""))[1]

    def adopted(self, sha256: str) -> tuple[int, Adopted] | None:
        """The number (from 1) and adoption of the policy with this hash, the last when there are several; else None."""
        found = [(number, policy) for number, policy in enumerate(self.policies, 1) if policy.sha256 == sha256]
        return found[-1] if found else None

    @property
    def policy_hash(self) -> str:
        """SHA-256 of the policy in force."""
        return self.policies[-1].sha256

    def versions(self, user: str) -> list[Version]:
        """What a person was, one change after the other."""
        return self.roster.people.get(user, [])

    def place(self, event: str, deps: Sequence[str]) -> None:
        """Remember what the author of another of the shop's events had seen (needed for `person_at`)."""
        self._seen[event] = self.seen(deps)

    def apply(self, event: str, core: Core, data: dict[str, Any], on_chain: OnChain | None = None) -> None:
        """Add one event that shapes the shop, after those it depends on. Raise KeyError or ValueError for a bad shape.

        A revocation that names an event which is not on the chain it cuts leaves nothing of it.
        """
        known = read(core.type, data)
        if core.type == GENESIS:
            if self.ledger:
                return  # a shop begins once
            self.ledger, self.company, self.base = b64(unb64(event)[:16]), data["company"], data["base"]
            self.shop, self.simulated, self.recovery = data["shop"], bool(data.get("simulated")), data["recovery"]
        if core.type == KEY_REVOKED and on_chain is not None and (named := str(data.get("cut_id", ""))):
            known["cut_seq"] *= on_chain(known["writer"], known["cut_seq"], named)
        for key in (known[name] for name in ("key", "recovery_key") if name in known):
            self.enrolled.setdefault(key.id, key)
        past = self.seen(core.deps)
        own = 1 << len(self._events)
        self._events.append(Shaping(event, core, known, own, past))
        self._seen[event] = past | own
        self._counted = None

    def seen(self, deps: Sequence[str]) -> int:
        """What whoever wrote an event with these dependencies had seen of the shop."""
        found = 0
        for dep in deps:
            found |= self._seen.get(dep, 0)
        return found

    def user_of(self, writer: str) -> str:
        """The person behind a writer; '' when the writer was never enrolled."""
        return self.roster.user_of(writer)

    def counts(self, writer: str, seq: int) -> bool:
        """Whether an event of this writer counts as a decision: enrolled, and not after its revocation."""
        known = self.writers.get(writer)
        return known is not None and (known.cut is None or seq <= known.cut)

    def is_live(self, writer: str) -> bool:
        """Whether this key can still be written with."""
        known = self.writers.get(writer)
        return known is not None and known.cut is None

    def keys_of(self, user: str) -> list[Writer]:
        """The keys of a person that can still be written with."""
        return [w for w in self.writers.values() if w.user == user and w.cut is None]

    def person_at(self, user: str, deps: Sequence[str]) -> Person | None:
        """The person as the author of an event with these dependencies knew them: roles change, decisions stay.

        None when the event names nothing of the shop, or only what came before this person.
        """
        return self.roster.person(user, self.seen(deps))

    def stand_in_at(self, event: str, deps: Sequence[str]) -> StandIn | None:
        """Who stood in for whom by this event, as the author of an event with these dependencies knew."""
        return self.roster.stand_in(event, self.seen(deps))
