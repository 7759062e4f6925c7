"""The files of a batch of payments: kept sealed, proved against the ledger, written for their owner only."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from refundkit.errors import RefusedError
from refundkit.store import payments
from refundkit.workflow import leaving, payees
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop


def seal_files(shop: Shop, pen: Pen, batch: str, folder: Path, made: Sequence[tuple[str, bytes]]) -> None:
    """Keep the files in the payments' own transaction, sealed under this machine's key."""
    from refundkit.keys.sealing import seal

    key = payees.vault_key(shop, make=True) or b""
    sealed = [(name, seal(key, f"{batch}/{name}", content)) for name, content in made]
    payments.keep_files(pen.connection, batch, str(folder.absolute()), sealed)


def opened(shop: Shop, batch: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The files of a batch, proved to be those that the ledger names."""
    from refundkit.keys.sealing import unseal

    kept, key = dict(payments.files(shop.store, batch["batch"])), payees.vault_key(shop)
    missing = [f["name"] for f in batch["files"] if f["name"] not in kept]
    if missing or (key is None and batch["files"]):
        raise RefusedError(
            f"the files of batch {batch['batch']} are not on this machine",
            hint="they are kept, sealed, where they were made: write them again there",
        )
    found = [(f["name"], unseal(key or b"", f"{batch['batch']}/{f['name']}", kept[f["name"]])) for f in batch["files"]]
    for (name, content), file in zip(found, batch["files"], strict=True):
        if sha256(content).hexdigest() != file["sha256"]:
            raise RefusedError(
                f"the kept file {name} is not the one that was paid with", hint="run 'refundkit audit verify'"
            )
    return found


def put(shop: Shop, batch: str, folder: Path, made: Sequence[tuple[str, bytes]]) -> list[Path]:
    """Write the files where they belong, mode 0600; nothing leaves while the mark against old copies is missing."""
    if not made:
        return []
    return leaving.put(
        shop, batch, folder, made, done="paid in the ledger", written=payments.written, private=True
    )  # fmt: skip


def batch_named(shop: Shop, batch: str) -> dict[str, Any]:
    """A batch of payments by its name; UsageError when there is none."""
    return leaving.named(payments.batches(shop.store), batch, "pay")


def complete(shop: Shop, elsewhere: Path) -> tuple[str, ...]:
    """Write the files of batches that were paid and then interrupted: where they belong, or else where asked now."""

    def once_more(batch: str, folder: Path) -> None:
        put(shop, batch, folder, opened(shop, batch_named(shop, batch)))

    return leaving.complete(payments.unwritten(shop.store), once_more, elsewhere)
