"""Machines of one shop that meet now and then: each writes what shapes the shop, knowing what it has seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from refundkit.model.canonical import b64
from refundkit.model.events import Core, event_id, hlc_text, writer_id
from refundkit.model.org import Org


def public(key: str) -> bytes:
    return key.encode().ljust(32, b".")


def writer(key: str) -> str:
    return b64(writer_id(public(key)))


@dataclass
class Written:
    id: str
    core: Core
    data: dict[str, Any]


@dataclass
class Machines:
    """Everything that was written, and what each machine (named as the key on it) has of it."""

    events: dict[str, Written] = field(default_factory=dict)
    has: dict[str, set[str]] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)

    def write(self, key: str, type_: str, *, seq: int = 0, deps: tuple[str, ...] | None = None, **data: Any) -> str:
        """An event by a key. `deps`: what an altered program pretends to know."""
        seen = self.has.setdefault(key, set())
        known = {d for e in seen for d in self.events[e].core.deps}
        heads = tuple(sorted(seen - known)) if deps is None else deps
        self.seqs[key] = number = seq or self.seqs.get(key, 0) + 1
        raw = b64(event_id(f"{key} {number} {type_} {len(self.events)} {sorted(data.items(), key=str)}".encode()))
        core = Core("", writer(key), number, bytes(32), "", type_, 1, hlc_text(len(self.events) << 16), heads, b"")
        self.events[raw] = Written(raw, core, data)
        seen.add(raw)
        return raw

    def meet(self, key: str, other: str) -> None:
        """Both have what either had."""
        both = self.has.setdefault(key, set()) | self.has.setdefault(other, set())
        self.has[key], self.has[other] = set(both), set(both)

    def person(self, by: str, user: str, *roles: str) -> str:
        person = {"user": user, "name": user.title(), "email": "", "technician": "", "roles": list(roles)}
        return self.write(by, "user.set", **person)

    def enrol(self, by: str, key: str, user: str = "", **more: Any) -> str:
        return self.write(by, "key.enrolled", public=b64(public(key)), user=user or key, device=key, device_name=key,
                          **more)  # fmt: skip

    def revoke(self, by: str, key: str, cut: int) -> str:
        return self.write(by, "key.revoked", writer=writer(key), cut_seq=cut)

    def policy(self, by: str, sha: str) -> str:
        return self.write(by, "policy.set", sha256=sha, text=sha)

    def org(self, order: list[str] | None = None) -> Org:
        """The shop as of all events, which came in this order."""
        org = Org()
        for name in order or list(self.events):
            event = self.events[name]
            org.apply(event.id, event.core, event.data)
        return org


def begun(*admins: str) -> Machines:
    """A shop of ada's, who added the others as admins and met them."""
    found = Machines()
    found.write("ada", "org.genesis", company="T", base="USD", shop="T", device="ada", device_name="ada",
                recovery=b64(public("code")),
                owner={"user": "ada", "name": "Ada", "public": b64(public("ada"))})  # fmt: skip
    found.policy("ada", "first")
    found.write("ada", "exporter.granted", shop="T", epoch=1, holder="ada")
    for admin in admins:
        found.person("ada", admin, "admin")
        found.enrol("ada", admin)
    for admin in admins:
        found.meet("ada", admin)
    return found
