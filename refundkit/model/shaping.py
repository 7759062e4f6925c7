"""The events that shape a shop, read: people, keys, policies, stand-ins, the right to book and pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from refundkit.model.canonical import b64, unb64
from refundkit.model.events import Core, writer_id
from refundkit.model.people import Person
from refundkit.model.words import Role

GENESIS: Final = "org.genesis"
USER_SET: Final = "user.set"
KEY_ENROLLED: Final = "key.enrolled"
KEY_REVOKED: Final = "key.revoked"
POLICY_SET: Final = "policy.set"
EXPORTER_GRANTED: Final = "exporter.granted"
STAND_IN_NAMED: Final = "stand_in.named"
STAND_IN_ENDED: Final = "stand_in.ended"

RECOVERY: Final = "the recovery code"
"""Whose key the recovery code spells: nobody's. It sets people and keys, decides nothing, is never revoked."""


@dataclass(frozen=True, slots=True)
class Writer:
    """An enrolled key: one person on one device. `cut`: the last seq that counts, None while it is not revoked.

    `device` is the same for all keys of one machine and ledger; `device_name` is for people. `invitation`: the one it
    was enrolled by, '' where it was made on the machine of who enrolled it.
    """

    id: str
    public: bytes
    user: str
    device: str
    device_name: str
    enrolled_by: str
    cut: int | None = None
    invitation: str = ""


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


class StandIn(NamedTuple):
    """`by` decides for `user` on the days from `first` to `last` (ISO dates of the shop), both included."""

    event: str
    user: str
    by: str
    first: str
    last: str
    named_by: str


@dataclass(frozen=True, slots=True)
class Shaping:
    """One event that shapes the shop. As bits: `own` itself, `past` the others that its author had seen."""

    id: str
    core: Core
    data: dict[str, Any]
    own: int
    past: int


def read(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data of such an event, with keys and people as they are needed; KeyError or ValueError for another shape."""
    match type_:
        case "org.genesis":
            owner = data["owner"]
            admin = Person(owner["user"], owner["name"], "", "", frozenset({Role.ADMIN}))
            for name in ("company", "base", "shop", "recovery"):
                str(data[name])
            public = unb64(data["recovery"])
            recovery = Writer(b64(writer_id(public)), public, RECOVERY, "", RECOVERY, "")
            key = _writer(unb64(owner["public"]), data, owner["user"])
            return {**data, "person": admin, "key": key, "recovery_key": recovery}
        case "user.set":
            roles = frozenset(Role(r) for r in data["roles"])
            return {**data, "person": Person(data["user"], data["name"], data["email"], data["technician"], roles)}
        case "key.enrolled":
            return {**data, "key": _writer(unb64(data["public"]), data, data["user"])}
        case "key.revoked":
            return {**data, "writer": str(data["writer"]), "cut_seq": int(data["cut_seq"])}
        case "policy.set":
            return {**data, "sha256": str(data["sha256"]), "text": str(data["text"])}
        case "exporter.granted":
            return {**data, "epoch": int(data["epoch"]), "holder": str(data["holder"])}
        case "stand_in.named":
            return {**data, **{name: str(data[name]) for name in ("user", "by", "first", "last")}}
        case _:
            return {**data, "ends": [str(name) for name in data["ends"]]}


def _writer(public: bytes, data: dict[str, Any], user: str) -> Writer:
    invited = str(data.get("invitation", ""))
    return Writer(
        b64(writer_id(public)), public, user, data["device"], data["device_name"], "", invitation=invited
    )  # fmt: skip
