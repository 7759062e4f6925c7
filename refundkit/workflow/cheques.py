"""Cheques: which number comes next, what their stubs say, and which are void and not yet said so to the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from refundkit.errors import RefusedError, UsageError
from refundkit.exporters.payments.contract import Void
from refundkit.model.case import CaseView
from refundkit.model.money import plain
from refundkit.model.payments import PaidLine, Payment
from refundkit.store import payments, records
from refundkit.workflow.authors import batches_without_right
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop
from refundkit.workflow.ways_back import name_of

_BESIDES: Final = {"goodwill": "Goodwill", "duplicate-payment": "Paid twice"}
"""What a stub calls that part of a refund that stands on no line of the invoice."""


@dataclass(frozen=True)
class Voided:
    """A cheque that the bank holds for good and that is void; `event` is the one that issued it."""

    event: str
    void: Void


def first_number(pen: Pen, first: int) -> int:
    """The number of the next cheque: `first` where it was said, else the one after the last that was ever written."""
    last = payments.last_cheque(pen.connection)
    if not first and not last:
        raise UsageError(
            "what number has the first cheque in the printer?", hint="--first-cheque 2091; later runs go on from there"
        )
    if first and first <= last:
        raise RefusedError(
            f"cheques up to {last} were written already: {first} is not the next one",
            hint=f"--first-cheque {last + 1}, or the number of the next sheet when some were spoilt",
        )
    return first or last + 1


def to_be_voided(shop: Shop) -> list[Voided]:
    """Cheques that stand on a list of issues, came to nothing and stand on no list of voids; none without lists."""
    if not shop.policy.payments.cheque.positive_pay:
        return []
    return [Voided(row["event"], _void(shop, row)) for row in payments.voided(shop.store, batches_without_right(shop))]


def stub_lines(shop: Shop, view: CaseView) -> tuple[PaidLine, ...]:
    """The credit memo of a case line by line, with the words of its invoice."""
    line, found = view.line or {}, view.assessment or {}
    _, rows = records.shown(shop.store.connection, "invoices", "invoice", found["invoice"])
    called = {int(row[5]): row[8] for row in rows}
    said = []
    for line_no, kind, net, tax, restocking, _ in line["cells"]:
        text = called.get(line_no) or kind
        kept = f", less {plain(restocking, found['currency'])} for restocking" if restocking else ""
        said.append(PaidLine(f"{text}{kept}", net, tax))
    if besides := line["amount"] - sum(one.net + one.tax for one in said):
        said.append(PaidLine(_BESIDES.get(view.request["reason"], "Agreed besides"), besides))
    return tuple(one for one in said if one.net or one.tax)


def _void(shop: Shop, row: dict[str, Any]) -> Void:
    issued = date.fromisoformat(row["paid_on"])
    payment = Payment(
        key=row["key"], number=row["number"], case=row["case_id"], settles=row["settles"],
        customer_id=row["customer_id"], customer_name=name_of(shop, row["customer_id"]), invoice=row["invoice"],
        reason="", method=row["method"], amount=row["amount_minor"], currency=row["currency"], on=issued,
        cheque=row["cheque"],
    )  # fmt: skip
    return Void(payment, max(issued, date.fromisoformat(row["ended_on"])))
