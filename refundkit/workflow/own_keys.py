"""Gives a person a new key on this machine and revokes the one before it, lost or not."""

from __future__ import annotations

from dataclasses import dataclass

from refundkit.errors import RefusedError
from refundkit.model.canonical import b64, unb64
from refundkit.model.case_id import fingerprint
from refundkit.model.people import Act
from refundkit.model.shaping import KEY_ENROLLED, Writer
from refundkit.workflow import gate, people
from refundkit.workflow.setup import this_machine
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Rotated:
    """The new key, the one it takes the place of ('' for none), and where it is kept."""

    user: str
    key: str
    before: str
    vault: str


def rotate(shop: Shop, user: str, reason: str, *, key: str = "", dry_run: bool = False) -> Rotated:
    """Make a new key of a person on this machine and revoke the old one after the last event this store has of it.

    Everybody replaces their own; for somebody else, who may have lost it, an admin does. `key`: the fingerprint of the
    old one, where the person has several.
    """
    actor = shop.actor
    who = user or actor.user
    shop.require(Act.OWN_KEY if who == actor.user else Act.PEOPLE)
    gate.has_a_role(gate.known_person(shop, who))
    old = _old(shop, who, key)
    writer, public = people.new_key(shop, who, keep=not dry_run)
    with shop.write(keep=not dry_run) as pen:
        if old and not shop.org.is_live(old.id):
            raise RefusedError(
                f"the key {fingerprint(old.id)} was revoked a moment ago", hint=f"look with 'refundkit user show {who}'"
            )
        pen.append(KEY_ENROLLED, people.enrolment(who, writer, public, shop.device, this_machine()))
        if old:
            people.cut_off(pen, old, reason or "replaced by a new key")
    if old and not dry_run:
        shop.vault.delete(f"key/{unb64(shop.org.ledger).hex()}/{who}/{unb64(old.id).hex()}")
    return Rotated(who, fingerprint(b64(writer)), fingerprint(old.id) if old else "", shop.vault.name)


def _old(shop: Shop, user: str, key: str) -> Writer | None:
    """The key to replace: the one named, else the one in use, else the only one that was made on this machine.

    None for a person all of whose keys are revoked.
    """
    if key:
        return _here(shop, people.one_key(shop, user, key))
    if user == shop.actor.user:
        return shop.org.writers[b64(shop.writer)]
    if not shop.org.keys_of(user):
        return None
    live = [w for w in shop.org.keys_of(user) if w.device == shop.device]
    if len(live) == 1:
        return live[0]
    there = ", ".join(fingerprint(w.id) for w in live)
    raise RefusedError(
        f"{user} has {'several keys' if live else 'no key'} that {'were' if live else 'was'} made on this machine",
        hint=f"say which with --key: {there}"
        if live
        else f"for another machine: refundkit user invite {user} --out FILE",
    )


def _here(shop: Shop, old: Writer) -> Writer:
    """Refuse to replace a key of another machine: the new one would lie here, and that person sits there."""
    if old.device != shop.device:
        raise RefusedError(
            f"the key {fingerprint(old.id)} is of another machine, {old.device_name}",
            hint=f"refundkit user revoke {old.user} --key {fingerprint(old.id)} --reason '...', then"
            f" refundkit user invite {old.user} --out FILE",
        )
    return old
