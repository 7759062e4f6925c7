"""Gathers everything an auditor needs to know of one case and issues it as a sealed PDF; verifies such a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from refundkit.errors import InputError, UsageError
from refundkit.exporters.documents.audit_content import (
    AuditContent,
    Decision,
    FindingLine,
    Happening,
    KeptDocument,
    Table,
)
from refundkit.model.assessment import payable_cells
from refundkit.model.canonical import b64
from refundkit.model.case import CaseEvent, CaseView
from refundkit.model.events import hlc_milliseconds
from refundkit.model.money import Money, plain
from refundkit.model.opinions import instead_of
from refundkit.model.people import Act
from refundkit.model.shaping import GENESIS, KEY_ENROLLED
from refundkit.store import documents, ledger, records
from refundkit.workflow import audit_payments, case_files, payment_story
from refundkit.workflow.reading import utc
from refundkit.workflow.shop import Shop
from refundkit.workflow.telling import told

_DECISIONS: Final = frozenset(
    {
        "decision.approved", "decision.denied", "finding.overridden", "request.amended", "request.withdrawn",
        "case.reopened", "approval.revoked", "question.asked", "question.answered", "case.held", "case.released",
        "anomaly.settled",
    }
)  # fmt: skip
_AS_NOW: Final = "as the records stood when this document was issued"
_MAX_PDF: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Issued:
    """An audit document that was written."""

    case: str
    path: Path
    size: int
    warnings: tuple[str, ...]


def issue(shop: Shop, typed: str, folder: Path, *, dry_run: bool = False) -> Issued:
    """Write the audit document of a case into a folder, sealed with the key of whoever acts."""
    from refundkit.exporters.documents.audit_pdf import render_audit
    from refundkit.exporters.documents.audit_verify import verify_audit
    from refundkit.exporters.documents.seal import seal
    from refundkit.exporters.files import safe_write

    shop.require(Act.AUDIT)
    view = shop.find(typed)
    page = content(shop, view)
    events = ledger.sealed_events(shop.store, view.key)
    enrolments = ledger.org_sealed(shop.store, {GENESIS, KEY_ENROLLED})
    pdf = seal(render_audit(page, events, enrolments, shop.now), shop.writer, shop.signer())
    verify_audit(pdf)  # what does not verify is not handed out
    name = f"{view.id}-{shop.now:%Y%m%dT%H%M%SZ}.pdf"
    (path,) = [folder / name] if dry_run else safe_write(folder, [(name, pdf)])
    return Issued(view.id, path, len(pdf), page.warnings)


def read_pdf(path: Path) -> bytes:
    """The bytes of a document to verify."""
    if not path.is_file():
        raise UsageError("there is no such file", hint="check the path", where=str(path))
    try:
        if path.stat().st_size > _MAX_PDF:
            raise InputError("this file is too large for an audit document", hint="name another file", where=str(path))
        return path.read_bytes()
    except OSError as err:
        raise InputError(f"it cannot be read: {err.strerror}", hint="check the path", where=str(path)) from err


def content(shop: Shop, view: CaseView) -> AuditContent:
    """Everything the document shows, as text."""
    found = view.assessment or {}
    currency = found.get("currency", "")
    events = ledger.case_events(shop.store, view.key)
    return AuditContent(
        case_id=view.id,
        company=shop.org.company,
        state=str(view.state),
        level=str(view.level),
        issued_at=f"{shop.now:%Y-%m-%d %H:%M:%S} UTC",
        issued_by=shop.actor.name,
        ledger=shop.org.ledger,
        request=_request(view, currency),
        words=view.source.get("words", ""),
        source=_source(view),
        records=tuple(_records(shop, found)),
        findings=tuple(_finding(view, f) for f in found.get("findings", [])),
        calculation=tuple(found.get("steps", ())),
        cells=_cells(view, currency),
        route=tuple(found.get("route_text", ())),
        decisions=tuple(_decision(shop, e) for e in events if e.core.type in _DECISIONS),
        booking=_booking(view),
        booking_lines=_booking_lines(view),
        payments=audit_payments.tables(payment_story.told_of(shop, view)),
        payment_bookings=audit_payments.booking_tables(view),
        history=tuple(
            Happening(_time(e), shop.org.user_of(e.core.writer), told(e.core.type, e.data or {}), e.id) for e in events
        ),
        documents=_kept(shop, view),
        warnings=_warnings(view) + (("the clock of this store is simulated",) if shop.org.simulated else ()),
    )


def _warnings(view: CaseView) -> tuple[str, ...]:
    """Anomalies, with who settled them, and what keeps the case."""
    settled = {code: f" (settled by {who}: {why})" for code, (who, why) in view.settled.items()}
    return (
        *(code + settled.get(code, "") for code in view.anomalies),
        *(f"held ({p.kind}) by {p.who}: {p.text}" for p in view.holds),
        *(f"a question of {p.who} waits for its answer: {p.text}" for p in view.questions),
    )


def _time(event: CaseEvent) -> str:
    return utc(hlc_milliseconds(event.core.hlc)).replace("T", " ").replace("Z", " UTC")


def _request(view: CaseView, currency: str) -> tuple[tuple[str, str], ...]:
    asked = view.request
    amount = f"{asked['amount']} {asked['currency'] or currency}".strip() if asked["amount"] else "no amount named"
    pairs = (
        ("received", asked["received_at"].replace("T", " ").replace("Z", " UTC")), ("channel", asked["channel"]),
        ("customer", asked["customer_id"]), ("address", asked["customer_email"]), ("order", asked["service_order"]),
        ("invoice", asked["invoice"]), ("amount asked", amount), ("reason", asked["reason"]),
        ("requested by", asked["requested_by"]), ("reference", asked["external_ref"]),
        ("description", asked["description"]),
    )  # fmt: skip
    return tuple((name, text) for name, text in pairs if text)


def _source(view: CaseView) -> tuple[tuple[str, str], ...]:
    source = view.source
    place = "" if source["index"] is None else str(source["index"])
    pairs = (
        ("file", source["file"]),
        ("sheet", source.get("sheet", "")),
        ("place in it", place),
        ("kept as (SHA-256)", source["document"]),
    )
    evidence = tuple((f"read as {name}", text) for name, text in view.request["evidence"].items())
    return tuple((name, text) for name, text in pairs if text) + evidence


def _records(shop: Shop, found: dict[str, Any]) -> list[Table]:
    """The rows of the records that the assessment looked at, as they are now."""
    wanted = [
        ("Customer", "customers", "customer_id", found.get("customer_id", "")),
        ("Service order", "service_orders", "service_order", found.get("service_order", "")),
        ("Invoice", "invoices", "invoice", found.get("invoice", "")),
        ("Payments", "payments", "invoice", found.get("invoice", "")),
        ("Refunds made outside", "refunds", "invoice", found.get("invoice", "")),
        ("Parts", "parts", "service_order", found.get("service_order", "")),
    ]
    tables = []
    for title, name, column, value in wanted:
        columns, rows = records.shown(shop.store.connection, name, column, value) if value else ([], [])
        if not rows:
            continue
        if name in ("customers", "service_orders"):  # one wide row reads better as pairs
            tables.append(
                Table(title, ("field", "value"), tuple(p for p in zip(columns, rows[0], strict=True) if p[1]))
            )
            continue
        keep = [
            i for i, c in enumerate(columns) if c not in ("service_order", "customer_id") and any(r[i] for r in rows)
        ]
        tables.append(
            Table(
                title, tuple(columns[i].replace("_", " ") for i in keep), tuple(tuple(r[i] for i in keep) for r in rows)
            )
        )
    if found.get("rate"):
        tables.append(
            Table(
                "Rate",
                ("day", "currency", f"for 1 {shop.org.base}"),
                ((found["rate_on"], found["currency"], found["rate"]),),
            )
        )
    return tables


def _finding(view: CaseView, found: list[str]) -> FindingLine:
    code, severity, text = found
    by = view.overridden.get(code)
    return FindingLine(code, severity, text, f"{by[0]}: {by[1]}" if by else "")


def _cells(view: CaseView, currency: str) -> Table | None:
    cells = view.approved.cells if view.approved else payable_cells(view.assessment) if view.assessment else []
    if not cells:
        return None
    rows = tuple(
        (str(c[0]), c[1], plain(c[2], currency), plain(c[3], currency), plain(c[4], currency), c[5]) for c in cells
    )
    return Table(
        f"What each line of the invoice gives back ({currency})",
        ("line", "kind", "net", "tax", "restocking kept", "tax rate"), rows, right=(2, 3, 4, 5),
    )  # fmt: skip


def _decision(shop: Shop, event: CaseEvent) -> Decision:
    data = event.data or {}
    (sealed,) = ledger.sealed_by_id(shop.store, [event.id])
    return Decision(
        when=_time(event),
        who=" for ".join(_known_as(shop, user, event) for user in _deciders(shop, event)),
        what=_verb(event.core.type, data),
        reason=str(
            data.get("reason") or data.get("note") or data.get("why") or data.get("question") or data.get("text") or ""
        ),
        amount=str(Money(data["amount"], data["currency"])) if "amount" in data else "",
        event_id=event.id,
        signature=b64(sealed.sig),
        writer=event.core.writer,
    )


def _deciders(shop: Shop, event: CaseEvent) -> list[str]:
    """Who decided, and for whom."""
    return [user for user in (shop.org.user_of(event.core.writer), instead_of(event)) if user] or ["unknown"]


def _known_as(shop: Shop, user: str, event: CaseEvent) -> str:
    """Name and roles of a person, as they were then."""
    person = shop.org.person_at(user, event.core.deps)
    return f"{person.name} ({', '.join(sorted(person.roles))})" if person else user


def _verb(type_: str, data: dict[str, Any]) -> str:
    """What was decided, in a word or two; amount and reason stand beside it."""
    if type_ == "finding.overridden":
        return f"finding {data['code']} overridden"
    if type_ == "case.held":
        return f"held ({data['kind']})"
    if type_ == "anomaly.settled":
        return f"anomaly {data['code']} settled"
    return type_.rpartition(".")[2] if type_ != "approval.revoked" else "approval revoked"


def _booking(view: CaseView) -> Table | None:
    if view.line is None:
        return None
    booking = view.line["booking"]
    title = f"Credit memo {view.line['memo']} of {view.line['posted_on']} ({booking['base']})"
    return audit_payments.entries(booking, title)


def _booking_lines(view: CaseView) -> tuple[str, ...]:
    if view.line is None:
        return ()
    return (f"batch {view.line['batch']}", f"line key {view.line['line_key']}", f"event {view.line_event}")


def _kept(shop: Shop, view: CaseView) -> tuple[KeptDocument, ...]:
    """The message as received, and the files of the case as they were called."""
    found = [(file.original, file.sha256) for file in case_files.of(view)]
    if digest := view.source.get("document", ""):
        found.insert(0, (view.source.get("name") or "message", digest))
    return tuple(KeptDocument(name, f"{len(documents.read(shop.store, d))} bytes", d) for name, d in found)


def verify_file(path: Path) -> dict[str, Any]:
    """What an intact audit document proves, with no store at hand; IntegrityError naming what is wrong otherwise."""
    from refundkit.exporters.documents.audit_verify import verify_audit

    proved = verify_audit(read_pdf(path))
    return {
        "file": str(path),
        "verified": True,
        "case": proved.case_id,
        "ledger": proved.ledger,
        "company": proved.company,
        "events": proved.events,
        "sealed_by": proved.sealed_by.user,
        "writers": [{"user": w.user, "name": w.name, "fingerprint": w.fingerprint} for w in proved.writers],
        "warnings": list(proved.warnings),
    }
