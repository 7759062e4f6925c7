"""Lets a shop in again whose admins have lost their keys: the recovery code gives one of them a new key here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from refundkit.errors import RefusedError, UsageError
from refundkit.keys.recovery import read
from refundkit.model.canonical import b64, unb64
from refundkit.model.case_id import fingerprint
from refundkit.model.events import writer_id
from refundkit.model.people import Act, Person
from refundkit.model.shaping import KEY_ENROLLED, USER_SET, Writer
from refundkit.model.words import Role
from refundkit.store import ledger
from refundkit.workflow import gate, people
from refundkit.workflow.setup import this_machine
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Recovered:
    """The new key and its person, an admin from now on; the lost keys that were revoked."""

    user: str
    key: str
    vault: str
    revoked: tuple[Writer, ...]


class _WithTheCode(Shop):
    """The shop while the key signs that the recovery code spells: it is nobody's, and lies in no vault."""

    seed = b""

    @cached_property
    def writer(self) -> bytes:
        """The writer of that key."""
        from refundkit.keys.signing import Signer

        return writer_id(Signer(self.seed).public)

    def _seed(self) -> bytes:
        return self.seed

    def _refresh(self, _writer: bytes) -> None:
        self.refresh()


def recover(shop: Shop, code: str, user: str = "", reason: str = "", *, dry_run: bool = False) -> Recovered:
    """Give an admin a new key on this machine and revoke what is lost: that person's keys and those made here.

    Keys that this machine's keyring still holds are not lost. `user`: may be left out where the shop has one admin;
    somebody else becomes one. Raise UsageError for what is no code, RefusedError for that of another shop.
    """
    with_code = _opened(shop, read(code))
    person = gate.known_person(shop, user or _only_admin(shop))
    device, lost = _lost(shop, person)
    writer, public = people.new_key(shop, person.user, keep=not dry_run)
    with with_code.write(keep=not dry_run) as pen:
        if not person.may(Act.PEOPLE):
            pen.append(USER_SET, people.setting(person, person.roles | {Role.ADMIN}))
        pen.append(KEY_ENROLLED, people.enrolment(person.user, writer, public, device, this_machine()))
        for key in lost:
            people.cut_off(pen, key, reason or "lost; the recovery code was used")
    return Recovered(person.user, fingerprint(b64(writer)), shop.vault.name, tuple(lost))


def _opened(shop: Shop, seed: bytes) -> _WithTheCode:
    from refundkit.keys.signing import Signer

    if b64(Signer(seed).public) != shop.org.recovery:
        raise RefusedError(
            f"this is not the recovery code of {shop.org.company}",
            hint="look for a letter that was misread; a code fits one store only, the one it was printed for",
        )
    known: dict[str, Any] = {f.name: getattr(shop, f.name) for f in fields(shop)}
    found = _WithTheCode(**known | {"_vault": shop.vault})
    found.seed = seed
    return found


def _only_admin(shop: Shop) -> str:
    admins = sorted(user for user, person in shop.org.people.items() if person.may(Act.PEOPLE))
    if len(admins) != 1:
        raise UsageError(
            f"this shop has several admins: {', '.join(admins)}", hint="say whose key is lost", where="USER"
        )
    return admins[0]


def _lost(shop: Shop, person: Person) -> tuple[str, list[Writer]]:
    """The device a key made here belongs to, and the keys that are lost with it.

    The right to book belongs to a device: it goes on here, and nobody who may have the old keys can book beside it.
    """
    prefix = f"key/{unb64(shop.org.ledger).hex()}/"
    held = {b64(bytes.fromhex(entry.rpartition("/")[2])) for entry in shop.vault.entries(prefix)}
    here = [shop.org.enrolled[w].device for w in held if w in shop.org.enrolled]
    first = b64(ledger.first_writer_here(shop.store.connection))
    device = here[0] if here else shop.org.enrolled[first].device
    live = [w for w in shop.org.writers.values() if w.cut is None and w.id not in held]
    return device, [w for w in live if w.user == person.user or w.device == device]
