"""What the audit document says of payments: each one, how it ended and what shows it, and its entries in the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refundkit.exporters.documents.audit_content import Table
from refundkit.model.case import CaseView
from refundkit.model.money import plain
from refundkit.rules.stock_booking import slots as stock_slots
from refundkit.workflow import payment_story


def tables(payments: Sequence[dict[str, Any]]) -> tuple[Table, ...]:
    """What went out, and below it what was said of it; nothing where nothing was paid."""
    if not payments:
        return ()
    out = tuple(
        (p["number"], _way(p), f"{p['amount']['amount']} {p['amount']['currency']}", p["on"], p["state"], p["by"])
        for p in payments
    )
    marks = tuple((p["number"], p["batch"], p["settles"], p["key"]) for p in payments)
    ends = tuple(
        (p["number"], _in_words(s), s["on"] or "", "; ".join(s["evidence"]),
         s["by"], s["event"])
        for p in payments for s in p["said"]
    )  # fmt: skip
    return (
        Table("", ("payment", "by", "amount", "day", "state", "who"), out, right=(2,)),
        Table("What they are known by", ("payment", "batch", "settles", "key"), marks),
        *([Table("How they ended, and what shows it", ("payment", "said", "day", "evidence", "who", "event"), ends)]
          if ends else []),
    )  # fmt: skip


def _in_words(said: dict[str, Any]) -> str:
    """What was said of a payment: 'returned (R03)', 'fee 4.00 USD'."""
    if said["fee"]:
        return f"fee {said['fee']['amount']} {said['fee']['currency']}"
    return f"{said['what']} ({said['code']})" if said["code"] else str(said["what"])


def _way(payment: dict[str, Any]) -> str:
    """The method with the number by which the other side knows it: a cheque's, or the payment that is given back."""
    known = payment["cheque"] or payment["original"]
    return f"{payment['method']} {known}" if known else str(payment["method"])


def booking_tables(view: CaseView) -> tuple[Table, ...]:
    """The entries of every booking of the case's payments, in the order of the payments, then of its returned parts."""
    found = []
    of_parts = [view.booked[name] for name in stock_slots(view.stock) if name in view.booked]
    for line in [*(line for paid in view.payments for line in payment_story.bookings(view, paid)), *of_parts]:
        booking = line["booking"]
        name = booking["document"].replace("-", " ").capitalize()
        title = f"{name} {line['memo']} of {line['posted_on']} ({booking['base']}), batch {line['batch']}"
        found.append(entries(booking, title))
    return tuple(found)


def entries(booking: dict[str, Any], title: str) -> Table:
    """The entries of one booking, debit and credit."""
    rows = tuple(
        (e["account"].replace("_", " "), plain(e["amount"], booking["base"]) if e["amount"] > 0 else "",
         plain(-e["amount"], booking["base"]) if e["amount"] < 0 else "", e["text"])
        for e in booking["entries"]
    )  # fmt: skip
    return Table(title, ("account", "debit", "credit", "text"), rows, right=(1, 2))
