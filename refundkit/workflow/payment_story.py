"""The payments of a case as people and auditors read them: what went out, what showed how it ended, its bookings."""

from __future__ import annotations

from typing import Any, Final

from refundkit.model.booking import SCRAP
from refundkit.model.case import (
    CHARGED,
    CONFIRMED,
    REFUSED,
    REMITTED,
    RETURNED,
    UNCERTAIN,
    UNCLAIMED,
    CaseEvent,
    CaseView,
)
from refundkit.model.events import hlc_milliseconds
from refundkit.model.paid import Paid
from refundkit.model.pauses import names
from refundkit.rules.payments_due import slots
from refundkit.rules.stock_booking import slots as stock_slots
from refundkit.store import ledger
from refundkit.workflow.shop import Shop
from refundkit.workflow.telling import evidence, money, utc

_SAID: Final = {
    CONFIRMED: "ends", REFUSED: "ends", RETURNED: "ends", UNCERTAIN: "about", CHARGED: "about", UNCLAIMED: "ends",
    REMITTED: "ends",
}  # fmt: skip


def told_of(shop: Shop, view: CaseView) -> list[dict[str, Any]]:
    """Every payment of a case in the order they went out, for `--json`; `said` in the order it was said."""
    if not view.payments:
        return []
    events = [e for e in ledger.case_events(shop.store, view.key) if e.core.type in _SAID and e.data is not None]
    return [
        {
            "number": paid.number, "method": paid.method, "amount": money(paid.amount, paid.currency),
            "state": str(paid.state), "on": paid.on, "ended_on": paid.ended_on or None, "batch": paid.batch,
            "settles": paid.settles, "payment_id": paid.payment_id or None, "original": paid.original or None,
            "cheque": paid.cheque or None, "key": paid.key, "by": paid.who, "at": utc(hlc_milliseconds(paid.hlc)),
            "event": paid.event,
            "said": [_said(shop, e) for e in events if paid.event in names(e.data or {}, _SAID[e.core.type])],
            "uses": [
                {"number": use.number, "invoice": use.invoice, "amount": money(use.amount, paid.currency), "on": use.on,
                 "counts": use.counts, "event": use.event}
                for use in paid.uses
            ],
            "booked": [
                {"number": line["memo"], "document": line["booking"]["document"], "posted_on": line["posted_on"],
                 "batch": line["batch"]}
                for line in bookings(view, paid)
            ],
        }
        for paid in view.payments
    ]  # fmt: skip


def bookings(view: CaseView, paid: Paid) -> list[dict[str, Any]]:
    """What the books hold of a payment, in the order of its life."""
    return [view.booked[name] for name in slots(paid) if name in view.booked]


def stock(view: CaseView, base: str) -> list[dict[str, Any]]:
    """The parts that came back with a case, and their bookings, for `--json`."""
    return [
        {
            "number": one.number, "cost": money(one.cost, base), "scrap": one.goal == SCRAP, "on": one.on,
            "counts": one.counts, "event": one.event,
            "booked": [line["memo"] for name in stock_slots([one]) if (line := view.booked.get(name))],
        }
        for one in view.stock
    ]  # fmt: skip


def _said(shop: Shop, event: CaseEvent) -> dict[str, Any]:
    data, fee = event.data or {}, event.core.type == CHARGED
    return {
        "what": "fee" if fee else event.core.type.rpartition(".")[2],
        "fee": money(data["amount"], data["currency"]) if fee else None,
        "on": data.get("on"), "code": data.get("code") or None, "evidence": evidence(data),
        "by": shop.org.user_of(event.core.writer), "at": utc(hlc_milliseconds(event.core.hlc)), "event": event.id,
    }  # fmt: skip
