"""Keeps every table beside the ledger in step with it, one event at a time, and makes them all anew from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any, Final

from refundkit.model.booking import OWED, REFUNDS_PAYABLE, Document
from refundkit.model.case import CaseEvent, CaseView
from refundkit.model.events import hlc_milliseconds
from refundkit.model.fold import fold
from refundkit.model.records import kinds
from refundkit.store import batches, cases, closings, ledger, payees, payments, records, statements, stock
from refundkit.store.database import Store
from refundkit.store.schema import PROJECTION_TABLES, PROJECTIONS

_KINDS: Final = kinds(UTC)  # rows in the ledger are in their kept form: no zone is needed any more


def apply_org(connection: Any, number: int, event: CaseEvent) -> None:
    """Bring the tables in step with one event of the shop itself, which is row `number` of the ledger."""
    if event.data is None:
        return
    match event.core.type:
        case "records.loaded":
            kind = _KINDS[event.data["kind"]]
            records.save(connection, kind, [(row, kind.derive(row)) for row in event.data["rows"]])
        case "intake.finished":
            _intake(connection, number, event, event.data)
        case "export.batch":
            _batch(connection, number, event, event.data)
        case "export.said":
            batches.say(connection, event.data)
        case "payment.batch":
            payments.note_batch(connection, number, event, event.data)
        case "payee.set":
            payees.note(connection, number, event, event.data)
        case "books.set":
            closings.note(connection, number, event, event.data)
        case "statement.read":
            statements.note(connection, number, event, event.data)
        case _:
            pass


def _intake(connection: Any, number: int, event: CaseEvent, data: dict[str, Any]) -> None:
    at = hlc_milliseconds(event.core.hlc)
    connection.execute(
        "INSERT INTO intake_run (event, n, run, file, at_ms, kind, cases, rejects, ignored)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (event.id, number, data["run"], data["file"], at, data["kind"], data["cases"], data["rejects"],
         data["ignored"]),
    )  # fmt: skip
    for left in data["left"]:
        connection.execute(
            "INSERT OR IGNORE INTO left_over (fingerprint, event, kind, file, sheet, idx, col, problem, words,"
            " cells, message_id, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (left["fingerprint"], event.id, left["kind"], left["file"], left.get("sheet", ""), left["index"],
             left["column"], left["problem"], left["words"], json.dumps(left.get("cells", {}), sort_keys=True),
             left["message_id"], left["document"]),
        )  # fmt: skip


def _batch(connection: Any, number: int, event: CaseEvent, data: dict[str, Any]) -> None:
    # An altered program may use a name again: the first batch of a name stays; `audit verify` tells of the others.
    connection.execute(
        "INSERT OR IGNORE INTO export_batch (batch, n, event, format, at_ms, who, cases, base_minor, files, revises,"
        " outcome, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')",
        (data["batch"], number, event.id, data["format"], hlc_milliseconds(event.core.hlc), data["who"],
         data["cases"], data["base_minor"], json.dumps(data["files"], sort_keys=True), data.get("revises", "")),
    )  # fmt: skip


def note_lines(connection: Any, view: CaseView) -> None:
    """Put the bookings and the payments of a case, if it has any, into their tables."""
    for line in view.booked.values():
        booking = line["booking"]
        owed = -sum(entry["amount"] for entry in booking["entries"] if entry["account"] == REFUNDS_PAYABLE)
        base = -sum(entry["amount"] for entry in booking["entries"] if entry["account"] in OWED)
        connection.execute(
            "INSERT OR IGNORE INTO export_line (line_key, case_key, slot, batch, memo, document, posted_on,"
            " customer_id, invoice, amount_minor, currency, base_minor, owed_minor)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (line["line_key"], view.key, line["slot"], line["batch"], line["memo"],
             booking.get("document", Document.CREDIT_MEMO), booking["posted_on"], booking["customer_id"],
             booking["invoice"], booking["amount"], booking["currency"], base, owed),
        )  # fmt: skip
    payments.save(connection, view)
    stock.save(connection, view)


def rebuild(store: Store, connection: Any, progress: Callable[[int], None] | None = None) -> int:
    """Drop every projection and make it anew from the ledger, inside the caller's transaction.

    Return how many cases there are. `progress` is told the number of cases done, now and then.
    """
    for table in PROJECTION_TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in PROJECTIONS.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for number, event in ledger.org_in_order(store):
        ledger.note_org_event(connection, event.id, event.core.type, event.core.deps)
        apply_org(connection, number, event)
    org = ledger.load_org(store)
    done, views = 0, []
    for key, events in ledger.cases_in_order(store):
        view = fold(key, events, org)
        if len(events) > 1:
            cases.save(connection, view)
            note_lines(connection, view)
        else:
            views.append(view)
        done += 1
        if len(views) >= 1_000:
            cases.save_new(connection, views)
            views.clear()
            if progress:
                progress(done)
    cases.save_new(connection, views)
    return done


def snapshot(store: Store, table: str) -> list[tuple[Any, ...]]:
    """All rows of one projection in a fixed order, to compare two of them."""
    return sorted(store.rows(f"SELECT * FROM {table}"), key=repr)
