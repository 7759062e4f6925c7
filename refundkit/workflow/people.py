"""Adds people to the shop and gives them keys on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from refundkit.errors import RefusedError, UsageError
from refundkit.model.canonical import b64, unb64
from refundkit.model.events import writer_id
from refundkit.model.people import Act
from refundkit.model.shaping import KEY_ENROLLED, USER_SET
from refundkit.model.words import Role
from refundkit.workflow.setup import checked_user, this_machine
from refundkit.workflow.shop import Shop, fresh_bytes


@dataclass(frozen=True)
class Added:
    """A person who was added, and where the key went."""

    user: str
    roles: tuple[str, ...]
    vault: str
    writer: str


def add(
    shop: Shop, user: str, roles: Sequence[str], *, name: str = "", email: str = "", technician: str = "",
    dry_run: bool = False,
) -> Added:  # fmt: skip
    """Add a person with roles and a signing key in this machine's keyring. Needs the right to manage people."""
    from refundkit.keys.signing import new_signing_key

    shop.require(Act.PEOPLE)
    checked_user(user)
    if user in shop.org.people:
        raise RefusedError(f"there is a user '{user}' already", hint="'refundkit user list' shows the people")
    wanted = tuple(sorted(set(roles)))
    for role in wanted:
        if role not in Role.__members__.values():
            raise UsageError(f"'{role}' is no role", hint=f"one of {', '.join(Role)}", where="--role")
    seed, public = new_signing_key(fresh_bytes(32))
    writer = writer_id(public)
    if not dry_run:
        shop.vault.put(f"key/{unb64(shop.org.ledger).hex()}/{user}/{writer.hex()}", seed)
    with shop.write(keep=not dry_run) as pen:
        pen.append(
            USER_SET,
            {"user": user, "name": name or user, "email": email, "technician": technician, "roles": list(wanted)},
        )
        pen.append(
            KEY_ENROLLED,
            {
                "writer": b64(writer),
                "public": b64(public),
                "user": user,
                "device": shop.device,
                "device_name": this_machine(),
            },
        )
    return Added(user, wanted, shop.vault.name, b64(writer))


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
