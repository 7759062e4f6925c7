"""Begins a shop: its store, its policy, its first person with a fresh key, the right to book, a recovery code."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from refundkit.errors import RefusedError, UsageError
from refundkit.model.canonical import b64, unb64
from refundkit.model.events import ZERO_ID, Chain, writer_id
from refundkit.model.money import DIGITS
from refundkit.model.policy import default_policy_text, parse_policy, policy_hash
from refundkit.model.records import ident
from refundkit.model.shaping import EXPORTER_GRANTED, GENESIS, POLICY_SET
from refundkit.store import ledger
from refundkit.store.database import create
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Settings, fresh_bytes


@dataclass(frozen=True)
class Begun:
    """What `init` made. `recovery` is shown once and kept nowhere."""

    store: Path
    policy_file: Path
    ledger: str
    user: str
    vault: str
    recovery: str


def policy_path(store: Path) -> Path:
    """Where the editable policy file of a store lies: beside it."""
    return store.with_name(f"{store.stem}.policy.toml")


def presets_path(store: Path) -> Path:
    """Where the presets of a store's own people lie: beside it."""
    return store.with_name(f"{store.stem}.presets")


def init(
    settings: Settings, *, company: str, base: str, user: str, name: str, time_zone: str, dry_run: bool = False
) -> Begun:
    """Make an empty store whose first person is an admin; raise RefusedError when there is one already."""
    from refundkit.keys.choose import open_vault
    from refundkit.keys.recovery import spelled
    from refundkit.keys.signing import Signer, new_signing_key

    base = base.upper()
    if base not in DIGITS:
        raise UsageError(f"'{base}' is no currency code", hint="e.g. USD, EUR, GBP", where="--base")
    checked_user(user)
    policy_file = policy_path(settings.store)
    text = default_policy_text(company, base, time_zone)
    parse_policy(text.encode(), "the new policy")
    if settings.store.exists() or policy_file.exists():
        there = settings.store if settings.store.exists() else policy_file
        raise RefusedError("this is there already", hint="use it, or name another store with --store", where=str(there))
    vault = open_vault(interactive=settings.interactive)
    if dry_run:
        return Begun(settings.store, policy_file, "", user, vault.name, "")
    seed, public = new_signing_key(fresh_bytes(32))
    recovery_seed, recovery_public = new_signing_key(fresh_bytes(32))
    writer = writer_id(public)
    now = settings.now or datetime.now(UTC)
    device = b64(fresh_bytes(16))
    genesis = {
        "company": company,
        "base": base,
        "shop": company,
        "device": device,
        "device_name": this_machine(),
        "simulated": settings.now is not None,
        "owner": {"user": user, "name": name or user, "public": b64(public)},
        "recovery": b64(recovery_public),
    }
    store = create(settings.store)
    try:
        # The ledger is named by its first event, so that event itself cannot say the name: it says zeros.
        chain = Chain(b64(bytes(16)), b64(writer), Signer(seed).sign, 0, ZERO_ID)
        with store.write() as connection:
            stamp = int(now.timestamp() * 1000) << 16
            pen = Pen(connection, chain, ledger.writer_number(connection, writer), stamp, seed)
            pen.simulated = settings.now is not None
            first = pen.append(GENESIS, genesis)
            chain.org = b64(unb64(first.id)[:16])
            pen.append(POLICY_SET, {"prev": "", "sha256": policy_hash(text.encode()), "text": text})
            pen.append(EXPORTER_GRANTED, {"shop": company, "epoch": 1, "holder": device})
            pen.flush()
            entry = f"{unb64(chain.org).hex()}/"
            vault.put(f"key/{entry}{user}/{writer.hex()}", seed)
            vault.put(f"mark/{entry}{writer.hex()}", f"{chain.seq} {b64(chain.head)}".encode("ascii"))
        policy_file.write_text(text, encoding="utf-8")
    except BaseException:
        store.close()
        _remove(settings.store)
        raise
    store.close()
    return Begun(settings.store, policy_file, chain.org, user, vault.name, spelled(recovery_seed))


def checked_user(user: str) -> str:
    """A user id: short, plain, no slash (it is part of a key's name). Raise UsageError for anything else."""
    try:
        ident(user)
    except ValueError as err:
        raise UsageError(f"the user id {err}", hint="use a short word, e.g. ada", where="--user") from err
    if not all(c.isalnum() or c in "._-@" for c in user) or len(user) > 40:
        raise UsageError(
            f"'{user}' is no user id", hint="letters, digits, '.', '_', '-' and '@', at most 40", where="--user"
        )
    return user


def this_machine() -> str:
    """What this machine is called, for people."""
    return platform.node() or "this machine"


def _remove(store: Path) -> None:
    """Take away a store whose beginning failed half-way."""
    for suffix in ("", "-wal", "-shm", ".lock"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)
