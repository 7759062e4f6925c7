"""An open shop: its store, its people, its policy, who acts and when. Every use case begins with one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from refundkit.errors import IntegrityError, RefundkitError, RefusedError, RolledBackError, UsageError
from refundkit.model.canonical import b64, unb64
from refundkit.model.case import CaseView
from refundkit.model.events import Chain
from refundkit.model.fold import fold
from refundkit.model.org import Org
from refundkit.model.people import Act, Person
from refundkit.store import cases, ledger
from refundkit.store.database import Store, open_store
from refundkit.workflow.pen import Pen

if TYPE_CHECKING:
    from refundkit.keys.vault import Vault
    from refundkit.model.policy import Policy

Waiting = Callable[[], None]


@dataclass
class Settings:
    """How the shop was called: the store's path, who acts ('' when not said), the time when it was given."""

    store: Path
    user: str = ""
    now: datetime | None = None
    interactive: bool = False
    waiting: Waiting | None = None
    warn: Callable[[str], None] | None = None


@dataclass
class Shop:
    """One command's view of the store. Reading needs no key; writing opens the vault when it begins.

    `mark_problem` says why the high-water mark could not be kept ('' when it was): then nothing may leave the device.
    """

    settings: Settings
    store: Store
    org: Org
    now: datetime
    mark_problem: str = ""
    _vault: Vault | None = field(default=None, repr=False)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def policy(self) -> Policy:
        """The policy in force, as its bytes in the ledger say."""
        from refundkit.model.policy import parse_policy  # reading cases needs no policy, and pydantic is slow to load

        return parse_policy(self.org.policies[-1].text.encode(), "the adopted policy")

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.policy.shop.time_zone)

    @property
    def today(self) -> date:
        """The day in the shop's time zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def vault(self) -> Vault:
        """Where this machine keeps its keys; opened when first needed."""
        if self._vault is None:
            from refundkit.keys.choose import open_vault

            self._vault = open_vault(interactive=self.settings.interactive)
        return self._vault

    @cached_property
    def key_entry(self) -> str:
        """The vault's entry of the key that signs for whoever acts."""
        prefix = f"key/{unb64(self.org.ledger).hex()}/"
        held = {e: b64(bytes.fromhex(e.rpartition("/")[2])) for e in self.vault.entries(prefix)}
        live = [e for e, writer in held.items() if self.org.is_live(writer)]
        users = sorted({e.split("/")[2] for e in live})
        wanted = self.settings.user
        if wanted and wanted not in self.org.people:
            known = ", ".join(sorted(self.org.people))
            raise UsageError(f"there is no user '{wanted}'", hint=f"users of this shop: {known}", where="--as")
        if not wanted and len(users) > 1:
            raise UsageError(
                f"several people have a key on this machine: {', '.join(users)}",
                hint=f"say who acts: --as {users[0]}, or set REFUNDKIT_USER",
            )
        mine = [e for e in live if e.split("/")[2] == (wanted or "".join(users))]
        if not mine:
            gone = any(e.split("/")[2] == wanted or not wanted for e, w in held.items() if w in self.org.writers)
            raise self._without_key(wanted, gone=gone)
        return str(mine[-1])

    def _without_key(self, wanted: str, *, gone: bool) -> RefusedError:
        """Why nobody can sign: the key was revoked, or there never was one."""
        whose = f" of {wanted}" if wanted else ""
        if gone:
            return RefusedError(
                f"the key{whose} on this machine was revoked: nothing is written with it any more",
                hint="an admin can give a new one: 'refundkit user key rotate' here, 'refundkit user invite' for"
                " another machine",
            )
        return RefusedError(
            f"this machine has no signing key{whose} for {self.org.company}",
            hint=f"keys are looked for in {self.vault.name}; only a person with a key here can write. An admin gives"
            " one: 'refundkit user key rotate' here, 'refundkit user invite' for another machine",
        )

    @cached_property
    def actor(self) -> Person:
        """Who acts."""
        return self.org.people[self.key_entry.split("/")[2]]

    @property
    def writer(self) -> bytes:
        """The 16 bytes that name the writer of whoever acts."""
        return bytes.fromhex(self.key_entry.rpartition("/")[2])

    @property
    def device(self) -> str:
        """The device the actor's key was made on: this one."""
        return self.org.writers[b64(self.writer)].device

    def require(self, act: Act) -> Person:
        """The person acting, when a role of theirs gives the right; RefusedError otherwise."""
        person = self.actor
        if not person.may(act):
            roles = ", ".join(sorted(person.roles)) or "no role"
            raise RefusedError(
                f"{person.user} ({roles}) may not {act}",
                hint="ask somebody whose role allows it: 'refundkit user rights', 'refundkit user list'",
            )
        return person

    @contextlib.contextmanager
    def write(self, *, keep: bool = True) -> Iterator[Pen]:
        """One transaction in which events are written with the actor's key. With `keep` False nothing stays.

        Raise RolledBackError when the store is older than what this machine has written before.
        """
        writer = self.writer
        chain = Chain(self.org.ledger, b64(writer), self.signer(), 0, b"")

        begun = 0

        def committed() -> None:
            if chain.seq == begun:
                return
            try:
                self.vault.put(self._mark_entry(writer), f"{chain.seq} {b64(chain.head)}".encode("ascii"))
            except RefundkitError as err:  # it is written all the same; the next command sets the mark
                self.mark_problem = f"{self.vault.name} did not take the mark against old copies: {err.message}"
                if self.settings.warn:
                    self.settings.warn(self.mark_problem)

        with self.store.write(self.settings.waiting, committed, keep=keep) as connection:
            self._refuse_when_rolled_back(connection)
            self._refresh(writer)
            chain.seq, chain.head = ledger.chain_end(connection, writer)
            begun = chain.seq
            number, stamp = ledger.writer_number(connection, writer), self._first_stamp(connection)
            pen = Pen(connection, chain, number, stamp, self._seed())
            pen.simulated = self.settings.now is not None
            pen.org = self.org
            try:
                yield pen
                pen.flush()
            finally:
                pen.close()

    def signer(self) -> Callable[[bytes], bytes]:
        """What signs for whoever acts."""
        from refundkit.keys.signing import Signer

        return Signer(self._seed()).sign

    def _seed(self) -> bytes:
        seed = self.vault.get(self.key_entry)
        if seed is None:
            raise RefusedError(
                f"the signing key of {self.actor.user} is gone from {self.vault.name}",
                hint="an admin can enrol a new key for this person; the old events stay valid",
            )
        return seed

    def refresh(self) -> None:
        """Another process may have changed people or policy since this one opened the store."""
        org = ledger.load_org(self.store)
        if org.policies[-1] != self.org.policies[-1]:
            self.__dict__.pop("policy", None)
        self.org = org

    def _refresh(self, writer: bytes) -> None:
        """The same before a writing; refused when the key or the roles of whoever acts are not those of before."""
        before = self.actor
        self.refresh()
        if not self.org.is_live(b64(writer)) or self.org.people[before.user].roles != before.roles:
            raise RefusedError(
                f"the key or the roles of {before.user} have changed a moment ago",
                hint="look with 'refundkit user show', then run it again; nothing was written",
            )

    def _first_stamp(self, connection: Any) -> int:
        now = int(self.now.timestamp() * 1000) << 16
        return max(ledger.last_stamp(connection) + 1, now)

    def _mark_entry(self, writer: bytes) -> str:
        return f"mark/{unb64(self.org.ledger).hex()}/{writer.hex()}"

    def _refuse_when_rolled_back(self, connection: Any) -> None:
        """Everything that anybody of this machine has written before must be there."""
        prefix = f"mark/{unb64(self.org.ledger).hex()}/"
        for entry in self.vault.entries(prefix):
            mark = self.vault.get(entry)
            if mark is None:
                continue
            seq, _, identity = mark.decode("ascii").partition(" ")
            writer = bytes.fromhex(entry.removeprefix(prefix))
            if not ledger.holds(connection, writer, int(seq), unb64(identity)):
                raise RolledBackError(
                    f"this copy of the store lacks event {seq} of {self.org.user_of(b64(writer)) or b64(writer)},"
                    " which this machine has already written: it is an older copy (a restored backup), or its end was"
                    " cut off",
                    hint="go back to the newest copy of the store; if it is lost, events that others hold come back"
                    " when the machines meet, and an admin can enrol a new key. Nothing was written",
                    where=str(self.store.path),
                )

    def case(self, key: str) -> CaseView:
        """A case as its events add up to now."""
        return fold(key, ledger.case_events(self.store, key), self.org)

    def find(self, typed: str) -> CaseView:
        """The case somebody means by an id or the beginning of one."""
        return self.case(cases.find(self.store, typed))


def open_shop(settings: Settings, before: Shop | None = None) -> Shop:
    """Open the store for one command. Raise RefusedError for a given time on a store begun with the real clock.

    `before`: one that this program had opened; where its keys are and how to open them is known from it.
    """
    store = open_store(settings.store)
    try:
        org = ledger.load_org(store)
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        store.close()
        raise IntegrityError(
            f"the ledger cannot be read: {err}", hint="'refundkit audit verify' says which event is damaged",
            where=str(settings.store),
        ) from err  # fmt: skip
    if not org.policies or not org.ledger:
        store.close()
        raise IntegrityError(
            "the ledger lacks its beginning", hint="'refundkit audit verify' says what is missing",
            where=str(settings.store),
        )  # fmt: skip
    if settings.now is not None and not org.simulated:
        store.close()
        raise RefusedError(
            "this store was begun with the real clock; --now is for tests, demos and replays",
            hint="leave out --now (or REFUNDKIT_NOW), or begin a store of its own with 'refundkit --now TIME init'",
        )
    return Shop(settings, store, org, settings.now or datetime.now(UTC), _vault=before.vault if before else None)


def open_damaged(settings: Settings) -> Shop:
    """Open a store to verify it: nothing of the ledger is read yet, so nothing in it can keep this from working."""
    return Shop(settings, open_store(settings.store), Org(), settings.now or datetime.now(UTC))


def fresh_bytes(count: int) -> bytes:
    """Random bytes from the operating system; below this layer randomness is handed in."""
    return os.urandom(count)
