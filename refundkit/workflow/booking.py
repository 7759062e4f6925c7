"""Books approved cases: one batch, one transaction, every case in exactly one batch, the same bytes again and again."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from refundkit.errors import OutsideError, RefusedError, StorageError, UsageError
from refundkit.exporters import files as writing
from refundkit.exporters.journals import registry
from refundkit.exporters.journals.contract import JournalContext, JournalExporter
from refundkit.exporters.manifest import MANIFEST, READ_ME, manifest, read_me_first
from refundkit.model.booking import Approved, Booking
from refundkit.model.canonical import unb64
from refundkit.model.case import LINE, CaseView
from refundkit.model.money import Money
from refundkit.model.org import EXPORT_BATCH
from refundkit.model.people import Act
from refundkit.model.words import State
from refundkit.rules.booking import credit_memo
from refundkit.store import batches, cases, documents, records
from refundkit.store.recordbook import rate_on
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

SLOT: Final = "refund-1"
"""The first (and so far only) thing a case books; a reversal would be another slot."""


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
    exporter = _exporter(format_name)
    completed = () if dry_run else _complete(shop, folder)
    with shop.write(keep=not dry_run) as pen:
        _owns_the_right(shop)
        # The table says where to look; what is booked is what the events say.
        found = [shop.case(key) for key in cases.keys_in(shop.store, {State.APPROVED})]
        views = [view for view in found if view.state == State.APPROVED]
        held = tuple(f"{v.id}: {why}" for v in views if (why := _why_not(v)))
        ready = [v for v in views if not _why_not(v) and v.epoch == shop.org.epoch]
        if not ready:
            return Exported("", format_name, (), None, (), completed, held)
        bookings = [_booking(shop, pen.connection, view) for view in ready]
        batch, made = _files(shop, exporter, bookings)
        writing.check_places(folder, made)
        total = Money(sum(b.base_amount for b in bookings), shop.org.base)
        _record(shop, pen, exporter.name, batch, list(zip(ready, bookings, strict=True)), made, total)
        batches.queue(pen.connection, batch, str(folder.absolute()), [name for name, _ in made])
    ids = tuple(view.id for view in ready)
    if dry_run:
        return Exported(batch, format_name, ids, total, tuple(folder / name for name, _ in made), completed, held)
    paths = _put(shop, batch, folder, made)
    return Exported(batch, format_name, ids, total, tuple(paths), completed, held)


def _why_not(view: CaseView) -> str:
    """What keeps an approved case from being booked; '' when nothing does."""
    held = [f"held ({p.kind}) by {p.who}" for p in view.holds]
    asked = [f"a question of {p.who} waits for its answer" for p in view.questions]
    return ", ".join([*held, *asked, *view.unsettled])


def again(shop: Shop, batch: str, folder: Path) -> Exported:
    """Write the files of a batch once more: the very same bytes."""
    found = next((b for b in batches.listed(shop.store) if b["batch"] == batch), None)
    if found is None:
        raise UsageError(f"there is no batch '{batch}'", hint="'refundkit export --list' shows the batches")
    made = [(f["name"], documents.read(shop.store, f["sha256"])) for f in found["files"]]
    paths = writing.safe_write(folder, made)
    ids = tuple(r["id"] for r in cases.listed(shop.store, {"batch": batch}))
    return Exported(batch, found["format"], ids, Money(found["base_minor"], shop.org.base), tuple(paths))


def listed(shop: Shop) -> list[dict[str, Any]]:
    """All batches, oldest first."""
    return batches.listed(shop.store)


def formats() -> list[str]:
    """The formats there are."""
    return registry.names()


def _exporter(name: str) -> JournalExporter:
    if name not in registry.names():
        raise UsageError(f"there is no format '{name}'", hint=f"formats: {', '.join(registry.names())}")
    return registry.load(name)


def _owns_the_right(shop: Shop) -> None:
    if shop.device != shop.org.holder:
        raise RefusedError(
            "another machine holds the right to book for this shop", hint="export there, or have the right handed over"
        )


def _booking(shop: Shop, connection: Any, view: CaseView) -> Booking:
    """The credit memo of an approved case."""
    found, approved = view.assessment or {}, view.approved
    if approved is None:
        raise RefusedError(f"{view.id} has no approval to book", hint=f"see 'refundkit show {view.id}'")
    currency, base = found["currency"], shop.org.base
    _, customer = records.shown(connection, "customers", "customer_id", found["customer_id"])
    _, lines = records.shown(connection, "invoices", "invoice", found["invoice"])
    foreign = currency != base
    issued = date.fromisoformat(lines[0][3]) if lines else shop.today
    return credit_memo(
        Approved(
            case=view.id,
            memo=f"CM-{view.id[3:]}-1",
            posted_on=shop.today,
            reason=view.request["reason"],
            customer_id=found["customer_id"],
            customer_name=customer[0][1] if customer else found["customer_id"],
            invoice=found["invoice"],
            currency=currency,
            amount=approved.amount,
            base=base,
            cells=tuple((c[0], c[1], c[2], c[3], c[4], c[5]) for c in approved.cells),
            beyond=approved.beyond,
            invoice_rate=_rate(connection, currency, issued) if foreign else None,
            memo_rate=_rate(connection, currency, shop.today) if foreign else None,
            nothing_paid="nothing-paid" in view.overridden,
            tax_on_restocking=shop.policy.returns.tax_on_restocking,
        )
    )


def _rate(connection: Any, currency: str, day: date) -> Decimal | None:
    found = rate_on(connection, currency, day)
    return found.rate if found else None


def _files(shop: Shop, exporter: JournalExporter, bookings: list[Booking]) -> tuple[str, list[tuple[str, bytes]]]:
    """The batch's number and all of its files; RefusedError naming case and field when one cannot be written."""
    accounts = {key: shop.policy.accounts.of(exporter.name).name(key) for key in _account_keys()}
    batch = f"{shop.org.epoch}-{len(batches.listed(shop.store)) + 1:04d}"
    context = JournalContext(batch, accounts, shop.policy.settings_of(exporter.name))
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
    return batch, [*journal, read_me, (writing.file_name(exporter.name, batch, MANIFEST), listing)]


def _account_keys() -> tuple[str, ...]:
    from refundkit.model.policy import ACCOUNT_KEYS

    return ACCOUNT_KEYS


def _record(
    shop: Shop, pen: Pen, format_name: str, batch: str, booked: list[tuple[CaseView, Booking]],
    made: list[tuple[str, bytes]], total: Money,
) -> None:  # fmt: skip
    """The batch and each of its bookings, as events."""
    kept = [{"name": n, "sha256": documents.keep(pen.connection, c), "size": len(c)} for n, c in made]
    pen.append(
        EXPORT_BATCH,
        {
            "batch": batch, "format": format_name, "who": shop.actor.user, "cases": len(booked),
            "base_minor": total.minor, "files": kept,
        },
    )  # fmt: skip
    for view, booking in booked:
        approved = view.approved
        if approved is None:  # `_booking` has refused such a case
            continue
        data = {
            "line_key": line_key(shop.org.ledger, view.key, SLOT), "slot": SLOT, "amount": approved.amount,
            "currency": booking.currency, "cells": approved.cells, "batch": batch, "epoch": shop.org.epoch,
            "policy": shop.org.policy_hash, "basis": approved.event, "memo": booking.memo,
            "posted_on": booking.posted_on.isoformat(), "booking": booking.as_data(),
        }  # fmt: skip
        pen.append(LINE, data, case=view.key, deps=[approved.event])
        pen.project(shop.store, view.key, shop.org)


def _put(shop: Shop, batch: str, folder: Path, made: list[tuple[str, bytes]]) -> list[Path]:
    if shop.mark_problem:
        raise OutsideError(
            f"batch {batch} is booked, but its files are not written: {shop.mark_problem}",
            hint="see that the keyring answers, then run the same command again: it writes the files of this batch",
        )
    paths = writing.safe_write(folder, made)
    with shop.store.write(shop.settings.waiting) as connection:
        batches.written(connection, batch)
    return paths


def _complete(shop: Shop, elsewhere: Path) -> tuple[str, ...]:
    """Write the files of batches that were booked and then interrupted: where they belong, or else where asked now."""
    done = []
    for batch, folder in batches.unwritten(shop.store):
        found = next(b for b in batches.listed(shop.store) if b["batch"] == batch)
        made = [(f["name"], documents.read(shop.store, f["sha256"])) for f in found["files"]]
        try:
            _put(shop, batch, Path(folder), made)
        except (RefusedError, StorageError):
            _put(shop, batch, elsewhere, made)
        done.append(batch)
    return tuple(done)
