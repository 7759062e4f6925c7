"""How a batch's files leave the machine: never without the mark against old copies, and completed when interrupted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from refundkit.errors import OutsideError, RefusedError, StorageError, UsageError
from refundkit.exporters import files as writing
from refundkit.workflow.shop import Shop

Files = Sequence[tuple[str, bytes]]


def named(batches: Sequence[dict[str, Any]], batch: str, command: str) -> dict[str, Any]:
    """The batch of this name; UsageError says which command lists them."""
    found = next((b for b in batches if b["batch"] == batch), None)
    if found is None:
        raise UsageError(f"there is no batch '{batch[:40]}'", hint=f"'refundkit {command} --list' shows the batches")
    return found


def put(
    shop: Shop, batch: str, folder: Path, made: Files, *, done: str, written: Callable[[Any, str], None],
    private: bool = False,
) -> list[Path]:  # fmt: skip
    """Write a batch's files and note it with `written`. `done`: what the ledger says of the batch already.

    `private`: only their owner may read them, and that before it is noted that they are there.
    """
    if shop.mark_problem:
        raise OutsideError(
            f"batch {batch} is {done}, but its files are not written: {shop.mark_problem}",
            hint="see that the keyring answers, then run the same command again: it writes the files of this batch",
        )
    paths = writing.safe_write(folder, made)
    for path in paths if private else ():
        path.chmod(0o600)
    with shop.store.write(shop.settings.waiting) as connection:
        written(connection, batch)
    return paths


def complete(
    unwritten: Sequence[tuple[str, str]], again: Callable[[str, Path], object], elsewhere: Path
) -> tuple[str, ...]:
    """Write the files of interrupted batches: where they belong, or else where asked now. `again` puts one batch."""
    for batch, folder in unwritten:
        try:
            again(batch, Path(folder))
        except (RefusedError, StorageError):
            again(batch, elsewhere)
    return tuple(batch for batch, _ in unwritten)
