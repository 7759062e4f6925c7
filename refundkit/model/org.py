"""The shop itself as its events add up: people, writers, the policy in force, who holds the right to book and pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from refundkit.model.canonical import b64, unb64
from refundkit.model.events import Core, writer_id
from refundkit.model.people import Act, Person
from refundkit.model.words import Role

GENESIS: Final = "org.genesis"
USER_SET: Final = "user.set"
KEY_ENROLLED: Final = "key.enrolled"
KEY_REVOKED: Final = "key.revoked"
POLICY_SET: Final = "policy.set"
EXPORTER_GRANTED: Final = "exporter.granted"
RECORDS_LOADED: Final = "records.loaded"
INTAKE_FINISHED: Final = "intake.finished"
EXPORT_BATCH: Final = "export.batch"
BATCH_SAID: Final = "export.said"
PAYMENT_BATCH: Final = "payment.batch"
PAYEE_SET: Final = "payee.set"
STATEMENT_READ: Final = "statement.read"
BOOKS_SET: Final = "books.set"

ORG_TYPES: Final = frozenset(
    {GENESIS, USER_SET, KEY_ENROLLED, KEY_REVOKED, POLICY_SET, EXPORTER_GRANTED, RECORDS_LOADED, INTAKE_FINISHED,
     EXPORT_BATCH, BATCH_SAID, PAYMENT_BATCH, PAYEE_SET, STATEMENT_READ,
     BOOKS_SET}
)  # fmt: skip
"""Events of the shop as a whole (core.case is '')."""

SHAPING: Final = frozenset({GENESIS, USER_SET, KEY_ENROLLED, KEY_REVOKED, POLICY_SET, EXPORTER_GRANTED})
"""Those that change who may do what; the others are records and counts."""


@dataclass(frozen=True, slots=True)
class Writer:
    """An enrolled key: one person on one device. `cut`: the last seq that counts, None while it is not revoked.

    `device` is the same for all keys of one machine and ledger; `device_name` is for people.
    """

    id: str
    public: bytes
    user: str
    device: str
    device_name: str
    enrolled_by: str
    cut: int | None = None


class Adopted(NamedTuple):
    """A policy that was put in force: the event, its SHA-256 and text; who did it, the hybrid time, and what for."""

    event: str
    sha256: str
    text: str
    by: str
    hlc: str
    reason: str
    writer: str
    seq: int


@dataclass(slots=True)
class Org:
    """The shop as of a set of its events. Roles have a history: a decision counts by the roles its author had then."""

    ledger: str = ""
    company: str = ""
    base: str = ""
    shop: str = ""
    simulated: bool = False
    recovery: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    writers: dict[str, Writer] = field(default_factory=dict)
    epoch: int = 0
    holder: str = ""
    grants: dict[int, tuple[str, str]] = field(default_factory=dict)
    _adopted: list[Adopted] = field(default_factory=list)
    _history: dict[str, list[tuple[int, Person]]] = field(default_factory=dict)
    _positions: dict[str, int] = field(default_factory=dict)

    @property
    def policies(self) -> list[Adopted]:
        """The policies that count, oldest first; the last is in force. The first came with the shop itself."""
        return [p for n, p in enumerate(self._adopted) if n == 0 or self.counts(p.writer, p.seq)]

    def adopted(self, sha256: str) -> tuple[int, Adopted] | None:
        """The number (from 1) and adoption of the policy with this hash, the last when there are several; else None."""
        found = [(number, policy) for number, policy in enumerate(self.policies, 1) if policy.sha256 == sha256]
        return found[-1] if found else None

    @property
    def policy_hash(self) -> str:
        """SHA-256 of the policy in force."""
        return self.policies[-1].sha256

    def place(self, event: str, position: int) -> None:
        """Remember where in the shop's order an event stands (needed for `person_at`)."""
        self._positions[event] = position

    def apply(self, event: str, core: Core, data: dict[str, Any]) -> None:
        """Add one event, in causal order."""
        position = len(self._positions)
        self._positions.setdefault(event, position)
        match core.type:
            case "org.genesis":
                self._begin(event, core, data)
            case "user.set":
                self._set_person(event, data)
            case "key.enrolled":
                key = unb64(data["public"])
                self._enrol(key, data, data["user"], core.writer)
            case "key.revoked":
                self._revoke(data["writer"], int(data["cut_seq"]))
            case "policy.set":
                self._adopt(event, core, data)
            case "exporter.granted":
                self._grant(event, int(data["epoch"]), data["holder"])
            case _:
                pass

    def _begin(self, event: str, core: Core, data: dict[str, Any]) -> None:
        self.ledger, self.company, self.base = b64(unb64(event)[:16]), data["company"], data["base"]
        self.shop, self.simulated, self.recovery = data["shop"], bool(data.get("simulated")), data["recovery"]
        owner = data["owner"]
        self._enrol(unb64(owner["public"]), data, owner["user"], core.writer)
        self._set_person(
            event, {"user": owner["user"], "name": owner["name"], "email": "", "technician": "", "roles": ["admin"]}
        )

    def _set_person(self, event: str, data: dict[str, Any]) -> None:
        roles = frozenset(Role(r) for r in data["roles"])
        person = Person(data["user"], data["name"], data["email"], data["technician"], roles)
        self.people[person.user] = person
        self._history.setdefault(person.user, []).append((self._positions[event], person))

    def _enrol(self, public: bytes, data: dict[str, Any], user: str, by: str) -> None:
        writer = b64(writer_id(public))
        if writer not in self.writers:  # a key enrolled twice stays what it was
            self.writers[writer] = Writer(writer, public, user, data["device"], data["device_name"], by)

    def _revoke(self, writer: str, cut: int) -> None:
        known = self.writers.get(writer)
        if known:
            lowest = cut if known.cut is None else min(cut, known.cut)
            self.writers[writer] = replace(known, cut=lowest)

    def _adopt(self, event: str, core: Core, data: dict[str, Any]) -> None:
        """A policy counts when its author might adopt one then; the command refuses it before that."""
        user = self.user_of(core.writer)
        person = self.person_at(user, core.deps)
        if person is not None and person.may(Act.POLICY):
            why = data.get("reason", "")
            self._adopted.append(
                Adopted(event, data["sha256"], data["text"], user, core.hlc, why, core.writer, core.seq)
            )

    def _grant(self, event: str, epoch: int, holder: str) -> None:
        # Two grants of one epoch can only come from a fork: the lower id wins on every machine.
        if epoch not in self.grants or event < self.grants[epoch][0]:
            self.grants[epoch] = (event, holder)
        self.epoch = max(self.grants)
        self.holder = self.grants[self.epoch][1]

    def user_of(self, writer: str) -> str:
        """The person behind a writer; '' when the writer was never enrolled."""
        known = self.writers.get(writer)
        return known.user if known else ""

    def counts(self, writer: str, seq: int) -> bool:
        """Whether an event of this writer counts as a decision: enrolled, and not after its revocation."""
        known = self.writers.get(writer)
        return known is not None and (known.cut is None or seq <= known.cut)

    def person_at(self, user: str, deps: Sequence[str]) -> Person | None:
        """The person as the author of an event with these dependencies knew them: roles change, decisions stay.

        None when the event names nothing of the shop, or only what came before this person.
        """
        history = self._history.get(user)
        if not history:
            return None
        seen = max((self._positions[d] for d in deps if d in self._positions), default=-1)
        known = [person for position, person in history if position <= seen]
        return known[-1] if known else None
