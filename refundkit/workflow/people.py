"""Adds people to the shop, changes what they are, takes their keys; says who they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from refundkit.errors import RefusedError, UsageError
from refundkit.model.canonical import b64, unb64
from refundkit.model.case_id import fingerprint
from refundkit.model.events import hlc_milliseconds, writer_id
from refundkit.model.people import Act, Person
from refundkit.model.shaping import KEY_ENROLLED, KEY_REVOKED, USER_SET, StandIn, Writer
from refundkit.model.words import Role
from refundkit.store import ledger
from refundkit.workflow import gate
from refundkit.workflow.pen import Pen
from refundkit.workflow.reading import utc
from refundkit.workflow.setup import checked_user, this_machine
from refundkit.workflow.shop import Shop, fresh_bytes


@dataclass(frozen=True)
class Added:
    """A person who was added, and where the key went."""

    user: str
    roles: tuple[str, ...]
    vault: str
    writer: str


@dataclass(frozen=True)
class Changed:
    """What came of a change: the roles now, the keys that were revoked, and whether nobody can book any more."""

    user: str
    roles: tuple[str, ...]
    revoked: tuple[Writer, ...] = ()
    nobody_books: bool = False


def add(
    shop: Shop, user: str, roles: Sequence[str], *, name: str = "", email: str = "", technician: str = "",
    dry_run: bool = False,
) -> Added:  # fmt: skip
    """Add a person with roles and a signing key in this machine's keyring. Needs the right to manage people."""
    shop.require(Act.PEOPLE)
    wanted = new_person(shop, user, roles)
    writer, public = new_key(shop, user, keep=not dry_run)
    with shop.write(keep=not dry_run) as pen:
        gate.unknown(shop, user)
        pen.append(
            USER_SET,
            {"user": user, "name": name or user, "email": email, "technician": technician, "roles": list(wanted)},
        )
        pen.append(KEY_ENROLLED, enrolment(user, writer, public, shop.device, this_machine()))
    return Added(user, wanted, shop.vault.name, b64(writer))


def new_person(shop: Shop, user: str, roles: Sequence[str]) -> tuple[str, ...]:
    """The roles of somebody who is to be added; raise what keeps this person from being added."""
    checked_user(user)
    gate.unknown(shop, user)
    return known_roles(roles)


def known_roles(roles: Iterable[str], option: str = "--role") -> tuple[str, ...]:
    """Roles as typed, each once; UsageError for what is none."""
    wanted = tuple(sorted(set(roles)))
    for role in wanted:
        if role not in Role.__members__.values():
            raise UsageError(f"'{role}' is no role", hint=f"one of {', '.join(Role)}", where=option)
    return wanted


def new_key(shop: Shop, user: str, *, keep: bool) -> tuple[bytes, bytes]:
    """(writer, public key) of a fresh key of this person, kept in this machine's keyring."""
    from refundkit.keys.signing import new_signing_key

    seed, public = new_signing_key(fresh_bytes(32))
    writer = writer_id(public)
    if keep:
        shop.vault.put(f"key/{unb64(shop.org.ledger).hex()}/{user}/{writer.hex()}", seed)
    return writer, public


def enrolment(user: str, writer: bytes, public: bytes, device: str, device_name: str) -> dict[str, Any]:
    """What the event says that enrols a key."""
    return {
        "writer": b64(writer), "public": b64(public), "user": user, "device": device, "device_name": device_name,
    }  # fmt: skip


def role(
    shop: Shop, user: str, *, give: Sequence[str] = (), take: Sequence[str] = (), dry_run: bool = False
) -> Changed:
    """Give a person roles and take others. The last admin stays one."""
    shop.require(Act.PEOPLE)
    given, taken = known_roles(give, "--give"), known_roles(take, "--take")
    if not given and not taken:
        raise UsageError("nothing says which role", hint="give one with --give, take one with --take", where="--give")
    both = sorted(set(given) & set(taken))
    if both:
        raise UsageError(f"{both[0]} is both given and taken", hint="say one of the two", where="--give")
    with shop.write(keep=not dry_run) as pen:
        person = gate.known_person(shop, user)
        after = (person.roles | {Role(r) for r in given}) - {Role(r) for r in taken}
        if after == person.roles:
            raise RefusedError(
                f"{user} is {roles_of(person)} already", hint="'refundkit user show' has the roles of a person"
            )
        gate.leaves_an_admin(shop, user, after)
        pen.append(USER_SET, setting(person, after))
    return Changed(user, tuple(sorted(after)))


def roles_of(person: Person) -> str:
    """The roles of a person, in words."""
    return ", ".join(sorted(person.roles)) or "without a role"


def setting(person: Person, roles: Iterable[str]) -> dict[str, Any]:
    """What the event says that gives a person these roles."""
    return {
        "user": person.user, "name": person.name, "email": person.email, "technician": person.technician,
        "roles": sorted(roles),
    }  # fmt: skip


def revoke(shop: Shop, user: str, reason: str, *, key: str = "", dry_run: bool = False) -> Changed:
    """Revoke one key of a person, or all of them and every role. What was decided before stays decided.

    A key is cut after its last event that this store has: nothing it writes later counts, wherever it comes to light.
    """
    shop.require(Act.PEOPLE)
    gate.needs_reason(reason)
    with shop.write(keep=not dry_run) as pen:
        person = gate.known_person(shop, user)
        live = shop.org.keys_of(user)
        gone = [one_key(shop, user, key)] if key else live
        after = person.roles if key else frozenset()
        if not gone and after == person.roles:
            raise RefusedError(f"{user} has neither a role nor a key", hint="there is nothing to revoke")
        gate.leaves_an_admin(shop, user, after, without={w.id for w in gone})
        for writer in gone:
            cut_off(pen, writer, reason)
        if after != person.roles:
            pen.append(USER_SET, setting(person, after))
        left = {w.device for w in shop.org.writers.values() if w.cut is None and w not in gone}
    nobody = shop.org.holder in {w.device for w in gone} - left
    return Changed(user, tuple(sorted(after)), tuple(gone), nobody)


def one_key(shop: Shop, user: str, named: str) -> Writer:
    """The live key of a person that somebody means by its fingerprint or the beginning of it."""
    live = shop.org.keys_of(user)
    typed = named.upper().replace("-", "")
    found = [w for w in live if typed and fingerprint(w.id).replace("-", "").startswith(typed)]
    if len(found) != 1:
        there = ", ".join(f"{fingerprint(w.id)} on {w.device_name}" for w in live) or "none"
        raise UsageError(
            f"'{named[:40]}' is {'no key' if not found else 'the beginning of several keys'} of {user}",
            hint=f"keys that are not revoked: {there}", where="--key",
        )  # fmt: skip
    return found[0]


def cut_off(pen: Pen, writer: Writer, reason: str) -> None:
    """Revoke a key after its last event that this store has."""
    pen.flush()
    seq, head = ledger.chain_end(pen.connection, unb64(writer.id))
    data = {"writer": writer.id, "cut_seq": seq, "cut_id": b64(head) if seq else "", "reason": reason}
    pen.append(KEY_REVOKED, data, deps=[b64(head)] if seq else [])


def listed(shop: Shop) -> list[dict[str, Any]]:
    """Everybody, with roles and keys."""
    return [
        {
            "user": person.user,
            "name": person.name,
            "email": person.email,
            "technician": person.technician,
            "roles": sorted(person.roles),
            "keys": [
                {"writer": w.id, "device": w.device_name, "revoked": w.cut is not None}
                for w in shop.org.writers.values()
                if w.user == person.user
            ],
        }
        for person in shop.org.people.values()
    ]


def shown(shop: Shop, user: str) -> dict[str, Any]:
    """One person: roles and how they came to be, keys with their fingerprints, stand-ins."""
    person = gate.known_person(shop, user)
    return {
        "user": person.user,
        "name": person.name,
        "email": person.email,
        "technician": person.technician,
        "roles": sorted(person.roles),
        "keys": [_key(shop, w) for w in shop.org.writers.values() if w.user == user],
        "stand_ins": [_stand_in(shop, s) for s in shop.org.stand_ins if user in (s.user, s.by)],
        "history": [
            {"at": utc(hlc_milliseconds(v.hlc)), "by": v.by, "roles": sorted(v.person.roles)}
            for v in shop.org.versions(user)
        ],
    }


def _key(shop: Shop, writer: Writer) -> dict[str, Any]:
    return {
        "key": fingerprint(writer.id), "writer": writer.id, "device": writer.device_name,
        "enrolled_by": shop.org.user_of(writer.enrolled_by), "revoked": writer.cut is not None,
        "counts_up_to": writer.cut, "books": writer.device == shop.org.holder and writer.cut is None,
    }  # fmt: skip


def _stand_in(shop: Shop, found: StandIn) -> dict[str, Any]:
    holds = found.first <= shop.today.isoformat() <= found.last
    return {
        "for": found.user, "by": found.by, "from": found.first, "to": found.last, "named_by": found.named_by,
        "today": holds and shop.org.people[found.by].may_stand_in,
    }  # fmt: skip
