"""Books approved cases: one batch, one transaction, every case in exactly one batch, the same bytes again and again."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from refundkit.errors import RefusedError, UsageError
from refundkit.exporters import files as writing
from refundkit.exporters.journals import registry
from refundkit.exporters.journals.contract import JournalContext, JournalExporter, Readiness, readiness
from refundkit.exporters.manifest import MANIFEST, READ_ME, manifest, read_me_first
from refundkit.model.booking import Booking
from refundkit.model.canonical import unb64
from refundkit.model.case import LINE, CaseView
from refundkit.model.money import Money
from refundkit.model.org import EXPORT_BATCH
from refundkit.model.people import Act
from refundkit.model.words import State
from refundkit.store import batches, cases, documents, payments, stock
from refundkit.workflow import leaving
from refundkit.workflow.closing import closed_months
from refundkit.workflow.documents import Made, Numbers, memo, of_payments, of_stock
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Exported:
    """A batch: what it holds and where its files lie. `completed`: earlier batches whose files were still missing."""

    batch: str
    format: str
    cases: tuple[str, ...]
    total: Money | None
    files: tuple[Path, ...]
    completed: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


def line_key(org: str, case: str, slot: str) -> str:
    """The permanent name of one booking of one case: 32 letters and digits, the same on every machine."""
    raw = sha256(b"refundkit/line/v1\0" + unb64(org) + unb64(case) + slot.encode("ascii")).digest()
    return base64.b32encode(raw[:20]).decode("ascii")


def export(shop: Shop, format_name: str, folder: Path, *, dry_run: bool = False) -> Exported:
    """Book every approved case that is not booked yet and write the batch's files into a folder.

    Everything is in the ledger before the first file exists. Files of an earlier batch that a crash kept from being
    written are written first. Raise RefusedError, with nothing written, when the format cannot say something.
    """
    shop.require(Act.BOOK)
    exporter = exporter_of(format_name)
    completed = () if dry_run else _complete(shop, folder)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        done, held = _waiting(shop, pen.connection)
        if not done:
            return Exported("", format_name, (), None, (), completed, held)
        bookings = [one.booking for one in done]
        batch = f"{shop.org.epoch}-{batches.last_batch(pen.connection, shop.org.epoch) + 1:04d}"
        made = files_of(shop, exporter, bookings, batch)
        writing.check_places(folder, made)
        total = Money(sum(b.base_amount for b in bookings), shop.org.base)
        _record(shop, pen, exporter.name, batch, done, made, total)
        batches.queue(pen.connection, batch, str(folder.absolute()), [name for name, _ in made])
    ids = tuple(dict.fromkeys(one.view.id for one in done))
    if dry_run:
        return Exported(batch, format_name, ids, total, tuple(folder / name for name, _ in made), completed, held)
    paths = put_files(shop, batch, folder, made)
    return Exported(batch, format_name, ids, total, tuple(paths), completed, held)


def ready(shop: Shop, format_name: str) -> Readiness:
    """What a format wants before the next batch, and what keeps it from being written. Nothing is booked."""
    exporter = exporter_of(format_name)
    with shop.store.reading():
        done, _ = _waiting(shop, shop.store.connection)
    return readiness(exporter, [one.booking for one in done], _context(shop, exporter, "-"))


def _waiting(shop: Shop, connection: Any) -> tuple[list[Made], tuple[str, ...]]:
    """The bookings that wait for the next batch, and the approved cases that are held back with the reason."""
    # The table says where to look; what is booked is what the events say.
    found = [shop.case(key) for key in cases.keys_in(shop.store, {State.APPROVED})]
    views = [view for view in found if view.state == State.APPROVED]
    held = {v.id: why for v in views if (why := why_not(v))}
    numbers, closed = Numbers(connection, shop.org.epoch), closed_months(shop)
    done = [memo(shop, connection, v, numbers, closed) for v in views if v.id not in held and v.epoch == shop.org.epoch]
    for key in payments.unbooked(shop.store):
        done += of_payments(shop, connection, shop.case(key), closed)
    for key in stock.unbooked(shop.store):
        done += of_stock(shop.case(key), closed)
    return done, tuple(f"{case}: {why}" for case, why in held.items())


def why_not(view: CaseView) -> str:
    """What keeps an approved case from being booked; '' when nothing does."""
    held = [f"held ({p.kind}) by {p.who}" for p in view.holds]
    asked = [f"a question of {p.who} waits for its answer" for p in view.questions]
    return ", ".join([*held, *asked, *view.unsettled])


def again(shop: Shop, batch: str, folder: Path) -> Exported:
    """Write the files of a batch once more: the very same bytes."""
    found = batch_named(shop, batch)
    made = _kept(shop, found)
    paths = writing.safe_write(folder, made)
    ids = tuple(batches.case_ids(shop.store, found["first"]))
    return Exported(batch, found["format"], ids, Money(found["base_minor"], shop.org.base), tuple(paths))


def batch_named(shop: Shop, batch: str) -> dict[str, Any]:
    """A batch by its name; UsageError when there is none."""
    return leaving.named(batches.listed(shop.store), batch, "export")


def _kept(shop: Shop, batch: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(f["name"], documents.read(shop.store, f["sha256"])) for f in batch["files"]]


def listed(shop: Shop) -> list[dict[str, Any]]:
    """All batches, oldest first."""
    return batches.listed(shop.store)


def formats() -> list[str]:
    """The formats there are."""
    return registry.names()


def exporter_of(name: str) -> JournalExporter:
    """The exporter of a format; UsageError names those there are."""
    if name not in registry.names():
        raise UsageError(f"there is no format '{name}'", hint=f"formats: {', '.join(registry.names())}")
    return registry.load(name)


def owns_the_right(shop: Shop) -> None:
    """Refuse a machine that does not hold the right to book and pay."""
    if shop.device != shop.org.holder:
        raise RefusedError(
            "another machine holds the right to book for this shop", hint="export there, or have the right handed over"
        )


def _context(shop: Shop, exporter: JournalExporter, batch: str) -> JournalContext:
    accounts = {key: shop.policy.accounts.of(exporter.name).name(key) for key in _account_keys()}
    return JournalContext(batch, accounts, shop.policy.settings_of(exporter.name))


def files_of(shop: Shop, exporter: JournalExporter, bookings: list[Booking], batch: str) -> list[tuple[str, bytes]]:
    """All files of a batch; RefusedError naming case and field when one cannot be written."""
    context = _context(shop, exporter, batch)
    problems = exporter.check(bookings, context)
    if problems:
        raise RefusedError(
            "these bookings cannot be written for " + exporter.name + ":\n  " + "\n  ".join(problems),
            hint="mend the record or the policy's account names and export again; nothing was booked",
        )
    journal = [(writing.file_name(exporter.name, batch, suffix), content)
               for suffix, content in exporter.write(bookings, context)]  # fmt: skip
    created = shop.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    read_me = (writing.file_name(exporter.name, batch, READ_ME), read_me_first(exporter, bookings, context, journal))
    listing = manifest(batch, exporter.name, created, bookings, [*journal, read_me])
    return [*journal, read_me, (writing.file_name(exporter.name, batch, MANIFEST), listing)]


def _account_keys() -> tuple[str, ...]:
    from refundkit.model.policy import ACCOUNT_KEYS

    return ACCOUNT_KEYS


def _record(
    shop: Shop, pen: Pen, format_name: str, batch: str, booked: list[Made], made: list[tuple[str, bytes]], total: Money
) -> None:
    """The batch and each of its bookings, as events."""
    record_batch(pen, format_name, batch, len({m.view.key for m in booked}), made, total, shop.actor.user)
    for one in booked:
        booking = one.booking
        data = {
            "line_key": line_key(shop.org.ledger, one.view.key, one.slot), "slot": one.slot, "amount": booking.amount,
            "currency": booking.currency, "cells": one.cells, "batch": batch, "epoch": shop.org.epoch,
            "policy": shop.org.policy_hash, "basis": one.basis, "memo": booking.memo,
            "posted_on": booking.posted_on.isoformat(), "booking": booking.as_data(),
        }  # fmt: skip
        pen.append(LINE, data, case=one.view.key, deps=[one.basis])
    for key in dict.fromkeys(one.view.key for one in booked):
        pen.project(shop.store, key, shop.org)


def record_batch(
    pen: Pen, format_name: str, batch: str, count: int, made: list[tuple[str, bytes]], total: Money, who: str,
    *, revises: str = "",
) -> None:  # fmt: skip
    """A batch as an event, its files among the documents. `revises`: the refused batch that this one is written for."""
    kept = [{"name": n, "sha256": documents.keep(pen.connection, c), "size": len(c)} for n, c in made]
    data: dict[str, Any] = {
        "batch": batch, "format": format_name, "who": who, "cases": count, "base_minor": total.minor, "files": kept,
    }  # fmt: skip
    pen.append(EXPORT_BATCH, data | ({"revises": revises} if revises else {}))


def put_files(shop: Shop, batch: str, folder: Path, made: list[tuple[str, bytes]]) -> list[Path]:
    """Write a batch's files; nothing leaves while the mark against old copies is missing."""
    return leaving.put(shop, batch, folder, made, done="booked", written=batches.written)


def _complete(shop: Shop, elsewhere: Path) -> tuple[str, ...]:
    """Write the files of batches that were booked and then interrupted: where they belong, or else where asked now."""

    def once_more(batch: str, folder: Path) -> None:
        put_files(shop, batch, folder, _kept(shop, batch_named(shop, batch)))

    return leaving.complete(batches.unwritten(shop.store), once_more, elsewhere)
