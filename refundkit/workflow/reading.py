"""What people and scripts read: the list of cases, one case with its whole calculation, its history."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from refundkit.model.case import Approval, CaseEvent, CaseView, Reminder, Rival
from refundkit.model.events import hlc_milliseconds
from refundkit.model.money import DIGITS
from refundkit.model.paused import Pause
from refundkit.model.transitions import possible
from refundkit.store import cases, ledger
from refundkit.workflow import case_files, mine, payment_story
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop
from refundkit.workflow.telling import money, told, utc

__all__ = ["counted", "history", "ids", "listed", "money", "shown", "utc"]

_CELL: Final = ("line_no", "kind", "net", "tax", "payable_net", "payable_tax", "restocking", "tax_rate", "calculation")


def listed(shop: Shop, filters: dict[str, Any], limit: int | None = None) -> list[dict[str, Any]]:
    """The cases that pass the filters, each as the contract with scripts names it."""
    return [_summary(row) for row in cases.listed(shop.store, _known(shop, filters), limit)]


def counted(shop: Shop, filters: dict[str, Any]) -> int:
    """How many cases pass the filters."""
    return cases.counted(shop.store, _known(shop, filters))


def _known(shop: Shop, filters: dict[str, Any]) -> dict[str, Any]:
    """The filters as the store knows them: `mine` are the cases that whoever reads may decide now."""
    rest = {name: value for name, value in filters.items() if name != "mine"}
    return {**rest, "keys": json.dumps(mine.waiting_for(shop))} if "mine" in filters else rest


def ids(shop: Shop, start: str) -> list[str]:
    """Ids of cases that begin like this (an id's beginning in any letter case), for completion."""
    return cases.ids_from(shop.store, start)


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    currency = row["requested_currency"] or row["currency"]
    return {
        "id": row["id"],
        "state": row["state"],
        "level": row["level"] or None,
        "channel": row["channel"],
        "customer_id": row["customer_id"] or row["asked_customer"] or None,
        "service_order": row["service_order"] or row["asked_order"] or None,
        "invoice": row["invoice"] or row["asked_invoice"] or None,
        "reason": row["reason"],
        "requested": _requested(row["requested"], currency),
        "eligible": money(row["eligible_minor"], row["currency"]),
        "payable": money(row["payable_minor"], row["currency"]),
        "findings": json.loads(row["findings"]),
        "received_at": utc(row["received_ms"]),
        "external_ref": row["external_ref"] or None,
        "source": {"file": row["file"], "index": row["idx"], "sheet": row["sheet"] or None},
        "waiting_since": utc(row["waiting_since_ms"]),
    }


def _requested(amount: str, currency: str) -> dict[str, str | None] | None:
    if not amount:
        return None
    digits = DIGITS.get(currency, 0)
    whole, _, fraction = amount.partition(".")
    shown = f"{whole}.{fraction.ljust(digits, '0')}" if digits or fraction else whole
    return {"amount": shown, "currency": currency or None}


def shown(shop: Shop, typed: str) -> dict[str, Any]:
    """One case with its request, findings, calculation, route and decisions; every figure named."""
    view = shop.find(typed)
    row = cases.row_of(shop.store, view.key)
    found = view.assessment or {}
    currency = found.get("currency", "")
    document = _summary(row)
    document.update(
        {
            "request": {k: v for k, v in view.request.items() if k not in ("evidence", "confidence", "doubts")},
            "evidence": view.request["evidence"],
            "confidence": view.request.get("confidence", {}),
            "doubts": view.request["doubts"],
            "words": view.source.get("words", ""),
            "document": view.source.get("document") or None,
            "files": [asdict(file) for file in case_files.of(view)],
            "revision": view.rev,
            "assessment": digest(found) if found else None,
            "findings": [
                {
                    "code": code, "severity": severity, "text": text,
                    "overridden_by": view.overridden.get(code, (None, None))[0],
                    "override_reason": view.overridden.get(code, (None, None))[1],
                }
                for code, severity, text in found.get("findings", [])
            ],
            "calculation": _calculation(found, currency),
            "route": {
                "level": view.level or None, "decide_level": view.decide_level, "two_managers": view.dual,
                "in_base": money(found.get("base_amount"), shop.org.base),
                "added_up": money(found.get("added_up"), shop.org.base),
                "rate": found.get("rate") or None, "rate_on": found.get("rate_on") or None,
                "why": found.get("route_text", []),
            },
            "reminders": [_reminder(r) for r in view.reminders],
            "raised_at": utc(hlc_milliseconds(view.raised)) if view.raised else None,
            "approvals": [_approval(a, currency) for a in view.approvals],
            "approved": _approval(view.approved, currency) if view.approved else None,
            "policy": found.get("policy"),
            "policy_adopted": _adopted(shop, found.get("policy", "")),
            "repeats": view.first or None,
            "notes": [_note(hlc, data) for hlc, _, data in view.notes],
            "booking": _booking(view, currency),
            "payments": payment_story.told_of(shop, view),
            "stock": payment_story.stock(view, shop.org.base),
            "holds": [_pause(p, "reason") for p in view.pauses if p.kind],
            "questions": [_pause(p, "question") for p in view.pauses if not p.kind],
            "revisions": [
                {"revision": name, "by": rival.who, "differs": _differs(rival, view)}
                for name, rival in sorted(view.rivals.items(), key=lambda item: (item[1].who, item[0]))
            ],
            "anomalies": view.anomalies,
            "settled": [{"code": code, "by": who, "reason": why} for code, (who, why) in view.settled.items()],
            "possible_now": possible(view),
        }
    )  # fmt: skip
    return document


def _adopted(shop: Shop, sha256: str) -> dict[str, Any] | None:
    """Which of the adopted policies a case was judged by."""
    found = shop.org.adopted(sha256)
    if found is None:
        return None
    number, adopted = found
    at = utc(hlc_milliseconds(adopted.hlc))
    return {"number": number, "adopted_at": at, "in_force": sha256 == shop.org.policy_hash}


def _approval(approval: Approval, currency: str) -> dict[str, Any]:
    """A yes: who (None: the policy), when, how much."""
    return {
        "by": approval.user or None, "for": approval.instead_of or None, "at": utc(hlc_milliseconds(approval.hlc)),
        "amount": money(approval.amount, currency), "note": approval.note, "event": approval.event,
    }  # fmt: skip


def _reminder(reminder: Reminder) -> dict[str, Any]:
    """A reminder that counts: which of its waiting, when, to whom."""
    at = utc(hlc_milliseconds(reminder.hlc))
    return {
        "slot": reminder.slot, "at": at, "by": reminder.by, "to": list(reminder.to), "raises": reminder.raises,
        "waiting": reminder.waiting, "event": reminder.event,
    }  # fmt: skip


def _pause(pause: Pause, said: str) -> dict[str, Any]:
    """A hold or a question: who, when, what, whether it still keeps the case, and what ended it."""
    ends = [{"by": end.who, "at": utc(hlc_milliseconds(end.hlc)), "text": end.text} for end in pause.ends]
    kind = {"kind": pause.kind} if pause.kind else {}
    return {
        **kind, "by": pause.who, "at": utc(hlc_milliseconds(pause.hlc)), said: pause.text, "open": pause.is_open,
        "ended": ends, "event": pause.event,
    }  # fmt: skip


def _differs(rival: Rival, view: CaseView) -> dict[str, Any]:
    """The fields of one live revision in which it is not what the others say."""
    others = [r.request for r in view.rivals.values()]
    return {k: v for k, v in rival.request.items() if any(other.get(k) != v for other in others)}


def _note(hlc: str, data: dict[str, Any]) -> dict[str, Any]:
    """A message that was put on the case."""
    names = ("kind", "why", "file", "index", "sender", "words")
    sheet = data.get("sheet") or None
    return {"at": utc(hlc_milliseconds(hlc)), **{name: data[name] for name in names}, "sheet": sheet}


def _calculation(found: dict[str, Any], currency: str) -> dict[str, Any] | None:
    if not found:
        return None
    figures = {name: money(found[name], currency) for name in
               ("paid", "refunded", "refundable", "formula", "eligible", "requested", "payable")}  # fmt: skip
    cells = [dict(zip(_CELL, cell, strict=True)) for cell in found["cells"]]
    for cell in cells:
        for name in ("net", "tax", "payable_net", "payable_tax", "restocking"):
            cell[name] = money(cell[name], currency)
    return {**figures, "lines": cells, "steps": found["steps"]}


def _booking(view: CaseView, currency: str) -> dict[str, Any] | None:
    if view.line is None:
        return None
    line = view.line
    return {
        "batch": line["batch"], "memo": line["memo"], "posted_on": line["posted_on"],
        "amount": money(line["amount"], currency), "line_key": line["line_key"],
    }  # fmt: skip


def history(shop: Shop, typed: str) -> dict[str, Any]:
    """What happened to a case, in the order this store got it: when, who, what, and the event that proves it."""
    key = cases.find(shop.store, typed)
    events = [_happened(shop, event) for event in ledger.case_events(shop.store, key)]
    return {"id": shop.case(key).id, "events": events}


def _happened(shop: Shop, event: CaseEvent) -> dict[str, Any]:
    data = event.data or {}
    return {
        "at": utc(hlc_milliseconds(event.core.hlc)),
        "by": shop.org.user_of(event.core.writer),
        "type": event.core.type,
        "text": told(event.core.type, data) if event.data is not None else "its content was erased",
        "event": event.id,
        "seq": event.core.seq,
    }
