"""Gives a person a key on another machine: invites, makes the key there and answers, enrols the key here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from refundkit.errors import InputError, RefusedError, UsageError
from refundkit.model.canonical import NotCanonicalError, b64, unb64
from refundkit.model.case_id import fingerprint
from refundkit.model.invitation import (
    Answer,
    Invitation,
    read_answer,
    read_invitation,
    write_answer,
    write_invitation,
)
from refundkit.model.people import Act
from refundkit.model.shaping import KEY_ENROLLED, USER_SET
from refundkit.workflow import gate, people
from refundkit.workflow.setup import checked_user, this_machine
from refundkit.workflow.shop import Settings, Shop, fresh_bytes

DAYS: Final = 7
_MOST_DAYS: Final = 30
_MAX_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class Invited:
    """An invitation that was written; `key` is the fingerprint of the key that signed it."""

    user: str
    path: Path
    expires: str
    key: str


@dataclass(frozen=True)
class Accepted:
    """A key that was made here, and the answer that offers it."""

    user: str
    company: str
    invited_by: str
    inviting_key: str
    key: str
    path: Path
    vault: str


def invite(
    shop: Shop, user: str, roles: Sequence[str], out: Path, *, name: str = "", email: str = "", technician: str = "",
    days: int = DAYS, dry_run: bool = False,
) -> Invited:  # fmt: skip
    """Write an invitation for a new person with roles, or for a key of somebody who is there on another machine."""
    shop.require(Act.PEOPLE)
    if not 1 <= days <= _MOST_DAYS:
        raise UsageError(f"an invitation cannot hold {days} days", hint=f"1 to {_MOST_DAYS}", where="--days")
    person = shop.org.people.get(user)
    if person is None and not roles:
        raise UsageError(f"{user} is new: nothing says which roles", hint="give them with --role", where="--role")
    if person is not None and (roles or name or email or technician):
        raise UsageError(
            f"{user} is there already, with roles and a name",
            hint="leave them out; 'refundkit user role' changes roles", where="--role",
        )  # fmt: skip
    if person is not None:
        gate.has_a_role(person)
    wanted = people.new_person(shop, user, roles) if person is None else ()
    expires = f"{shop.now.astimezone(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    mine = shop.org.writers[b64(shop.writer)]
    invitation = Invitation(
        shop.org.ledger, shop.org.company, b64(fresh_bytes(16)), user, "" if person else name or user, email,
        technician, " ".join(wanted), expires, shop.actor.user, b64(mine.public),
    )  # fmt: skip
    _write(out, write_invitation(invitation, shop.signer()), dry_run=dry_run)
    return Invited(user, out, expires, fingerprint(mine.id))


def accept(settings: Settings, path: Path, out: Path, *, dry_run: bool = False) -> Accepted:
    """Make a key of the invited person on this machine and write the answer. No store is needed."""
    from refundkit.keys.choose import open_vault
    from refundkit.keys.signing import Signer, new_signing_key, verify

    data = _read(path)
    try:
        invitation, signed = read_invitation(data, verify)
    except NotCanonicalError as err:
        raise _other_file(path, "invitation") from err
    except ValueError as err:
        raise _changed(path) from err
    checked_user(invitation.user)
    _in_time(invitation, settings.now or datetime.now(UTC), path)
    seed, public = new_signing_key(fresh_bytes(32))
    answer = Answer(invitation, signed, b64(public), b64(fresh_bytes(16)), this_machine())
    vault = open_vault(interactive=settings.interactive)
    content = write_answer(answer, Signer(seed).sign)
    _write(out, content, dry_run=True)  # before a key is kept for an answer that cannot be written
    if not dry_run:
        vault.put(f"key/{unb64(invitation.ledger).hex()}/{invitation.user}/{unb64(answer.writer).hex()}", seed)
        _write(out, content, dry_run=False)
    return Accepted(
        invitation.user, invitation.company, invitation.by, fingerprint(invitation.writer), fingerprint(answer.writer),
        out, vault.name,
    )  # fmt: skip


def look(shop: Shop, path: Path) -> Answer:
    """An answer that may be enrolled; raise the rule that it breaks."""
    from refundkit.keys.signing import verify

    shop.require(Act.PEOPLE)
    data = _read(path)
    try:
        answer = read_answer(data, verify)
    except NotCanonicalError as err:
        raise _other_file(path, "answer") from err
    except ValueError as err:
        raise _changed(path) from err
    _may_enrol(shop, answer, path)
    return answer


def enrol(shop: Shop, path: Path, said: str = "", *, compared: bool = False, dry_run: bool = False) -> Answer:
    """Enrol the key of an answer. `said`: its fingerprint as the other person reads it out; or it was `compared`."""
    answer = look(shop, path)
    key = fingerprint(answer.writer)
    if said and said.upper().replace("-", "").replace(" ", "") != key.replace("-", ""):
        raise RefusedError(
            f"the key of this answer is {key}, not {said[:40]}: it is not the one that was made on the other machine",
            hint="somebody else may have answered. Write a new invitation, and send it another way", where=str(path),
        )  # fmt: skip
    if not said and not compared and not dry_run:
        raise RefusedError(
            "nobody has compared the key of this answer with the one on the other machine",
            hint=f"call {answer.invitation.user}, and give what that screen says: --fingerprint XXXX-XXXX-XXXX",
            where=str(path),
        )  # fmt: skip
    asked = answer.invitation
    with shop.write(keep=not dry_run) as pen:
        _may_enrol(shop, answer, path)
        if asked.roles:
            pen.append(
                USER_SET,
                {"user": asked.user, "name": asked.name, "email": asked.email, "technician": asked.technician,
                 "roles": asked.roles.split()},
            )  # fmt: skip
        enrolment = people.enrolment(
            asked.user, unb64(answer.writer), unb64(answer.public), answer.device, answer.device_name
        )
        pen.append(KEY_ENROLLED, {**enrolment, "invitation": asked.id})
    return answer


def _may_enrol(shop: Shop, answer: Answer, path: Path) -> None:
    asked, where = answer.invitation, str(path)
    if asked.ledger != shop.org.ledger:
        raise RefusedError(
            f"this answers an invitation of another shop, {asked.company[:60]}",
            hint=f"name that shop's store with --store; this one is of {shop.org.company}", where=where,
        )  # fmt: skip
    inviting = shop.org.people.get(shop.org.user_of(asked.writer))
    if inviting is None or not shop.org.is_live(asked.writer) or not inviting.may(Act.PEOPLE):
        raise RefusedError(
            f"the invitation is not signed by anybody who may {Act.PEOPLE} here now",
            hint="write a new one: refundkit user invite", where=where,
        )  # fmt: skip
    if answer.writer in shop.org.writers or any(w.invitation == asked.id for w in shop.org.writers.values()):
        raise RefusedError(
            "this invitation was used already, and it enrols one key",
            hint=f"'refundkit user show {asked.user}' has the keys; for another key write another invitation",
            where=where,
        )  # fmt: skip
    _in_time(asked, shop.now, path)
    if asked.roles:
        gate.unknown(shop, asked.user)
        people.new_person(shop, asked.user, asked.roles.split())
    elif not gate.known_person(shop, asked.user).roles:
        raise RefusedError(
            f"{asked.user} has no role any more", hint="give one first: 'refundkit user role'", where=where
        )


def _in_time(invitation: Invitation, now: datetime, path: Path) -> None:
    try:
        expires = datetime.fromisoformat(invitation.expires)
        over = now > expires
    except (ValueError, TypeError) as err:
        raise _other_file(path, "invitation") from err
    if over:
        raise RefusedError(
            f"the invitation held until {invitation.expires}",
            hint=f"ask {invitation.by[:40]} for a new one: refundkit user invite {invitation.user[:40]} --out FILE",
            where=str(path),
        )


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError("there is no such file", hint="check the path", where=str(path))
    with path.open("rb") as file:
        return file.read(_MAX_BYTES)


def _write(path: Path, content: bytes, *, dry_run: bool) -> None:
    from refundkit.exporters.files import check_places, safe_write

    check_places(path.parent, [(path.name, content)])
    if not dry_run:
        safe_write(path.parent, [(path.name, content)])


def _other_file(path: Path, what: str) -> InputError:
    return InputError(
        f"this is no {what} of refundkit, or it is damaged",
        hint="an invitation comes from 'refundkit user invite', an answer from 'refundkit user accept'",
        where=str(path),
    )


def _changed(path: Path) -> RefusedError:
    return RefusedError(
        "this file is not as it was written: its signature does not fit",
        hint="send it once more, another way; if it comes changed again, write a new invitation", where=str(path),
    )  # fmt: skip
