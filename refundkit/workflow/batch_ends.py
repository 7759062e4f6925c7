"""What the accounting system said of a batch: landed or refused; a refused one is written anew, numbers unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from refundkit.errors import RefusedError
from refundkit.exporters import files as writing
from refundkit.model.booking import Booking
from refundkit.model.money import Money
from refundkit.model.org import BATCH_SAID
from refundkit.model.people import Act
from refundkit.store import batches
from refundkit.workflow.booking import (
    Exported,
    batch_named,
    exporter_of,
    files_of,
    owns_the_right,
    put_files,
    record_batch,
)
from refundkit.workflow.shop import Shop

LANDED: Final = "landed"
REFUSED: Final = "refused"


@dataclass(frozen=True)
class Answer:
    """What is known of a batch now."""

    batch: str
    outcome: str
    message: str
    cases: tuple[str, ...]


def confirm(shop: Shop, batch: str, refused: str = "", *, dry_run: bool = False) -> Answer:
    """Say that a batch is in the accounting system, or was refused by it with this message.

    Raise UsageError for an unknown batch, RefusedError when it has landed already.
    """
    shop.require(Act.BOOK)
    with shop.write(keep=not dry_run) as pen:
        found = batch_named(shop, batch)
        if found["outcome"] == LANDED:
            raise RefusedError(
                f"batch {batch} is in the books already",
                hint="a mistake in the books is mended by a new document there",
            )
        outcome = REFUSED if refused.strip() else LANDED
        pen.append(
            BATCH_SAID,
            {"batch": batch, "outcome": outcome, "message": refused.strip(), "who": shop.actor.user},
            deps=[found["event"]],
        )
    return Answer(batch, outcome, refused.strip(), tuple(batches.case_ids(shop.store, found["first"])))


def revise(shop: Shop, batch: str, folder: Path, *, dry_run: bool = False) -> Exported:
    """Write a refused batch anew: the same documents under the same numbers, with the policy's account names of today.

    Raise RefusedError unless the accounting system has refused it and nothing newer of it was written.
    """
    shop.require(Act.BOOK)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        found = batch_named(shop, batch)
        if found["outcome"] != REFUSED:
            raise RefusedError(
                f"batch {batch} was not refused by the accounting system",
                hint=f"say so first: refundkit export confirm {batch} --refused 'what it said'; the same bytes again:"
                f" refundkit export --again {batch}",
            )
        if found["revised"]:
            raise RefusedError(f"batch {batch} was written anew as {found['revised']}", hint="go on with that one")
        bookings = [Booking.from_data(data) for data in batches.bookings(shop.store, found["first"])]
        exporter = exporter_of(found["format"])
        name = f"{found['first']}-r{found['revision'] + 1}"
        made = files_of(shop, exporter, bookings, name)
        writing.check_places(folder, made)
        total = Money(found["base_minor"], shop.org.base)
        record_batch(pen, exporter.name, name, len(batches.case_ids(shop.store, found["first"])), made, total,
                     shop.actor.user, revises=batch)  # fmt: skip
        batches.queue(pen.connection, name, str(folder.absolute()), [n for n, _ in made])
    ids = tuple(batches.case_ids(shop.store, found["first"]))
    if dry_run:
        return Exported(name, exporter.name, ids, total, tuple(folder / n for n, _ in made))
    return Exported(name, exporter.name, ids, total, tuple(put_files(shop, name, folder, made)))
