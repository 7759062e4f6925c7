"""Says what became of a part that came back with a refund: into stock or to scrap, at its cost; and corrects that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from refundkit.errors import RefusedError, UsageError
from refundkit.model.booking import INVENTORY, SCRAP
from refundkit.model.case import STOCKED, CaseView
from refundkit.model.money import Money
from refundkit.model.people import Act
from refundkit.model.stock import brings_back
from refundkit.model.words import COUNTS_AS_REFUNDED
from refundkit.store import cases, stock
from refundkit.workflow import gate
from refundkit.workflow.booking import owns_the_right
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Back:
    """What was said: the document's number, where the part went, at what cost. `corrects`: the number it replaces."""

    number: str
    case: str
    cost: Money
    goal: str
    corrects: str


def stock_back(
    shop: Shop, named: str, cost: Decimal, *, scrap: bool, evidence: str, on: date | None = None,
    corrects: bool = False, dry_run: bool = False,
) -> Back:  # fmt: skip
    """Say that a part of a case came back, at its cost in the books' currency. `corrects`: in place of what was said.

    Raise RefusedError before approval, where no part can have come back, and for a second time without `corrects`.
    """
    shop.require(Act.BOOK)
    gate.needs_evidence(evidence, "it came back")
    day = gate.happened(shop, on)
    minor = _minor(shop, cost, corrects=corrects)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        view = shop.case(cases.find(shop.store, named))
        standing = next((s for s in view.stock if s.counts), None)
        _allowed(view, stands=standing is not None, corrects=corrects)
        number = f"RS-{shop.org.epoch}-{stock.last_number(pen.connection, shop.org.epoch) + 1:06d}"
        goal = SCRAP if scrap else INVENTORY
        data = {
            "number": number, "cost": minor, "goal": goal, "on": day.isoformat(), "epoch": shop.org.epoch,
            "replaces": [standing.event] if standing else [],
            "evidence": {"source": "by hand", "text": evidence.strip(), "who": shop.actor.user},
        }  # fmt: skip
        pen.append(STOCKED, data, case=view.key, deps=[view.line_event or view.rev])
        pen.project(shop.store, view.key, shop.org)
    return Back(number, view.id, Money(minor, shop.org.base), goal, standing.number if standing else "")


def _allowed(view: CaseView, *, stands: bool, corrects: bool) -> None:
    if view.state not in COUNTS_AS_REFUNDED:
        raise RefusedError(f"{view.id} is {view.state}: no part of it is booked", hint="approve the refund first")
    if not brings_back(view):
        raise RefusedError(
            f"no part comes back with {view.id}: it gives back no part, and its reason is {view.request['reason']}",
            hint=f"'refundkit show {view.id}' has its lines",
        )
    if stands and not corrects:
        raise RefusedError(
            f"the part of {view.id} is booked already", hint="--corrects says another figure in its place"
        )
    if corrects and not stands:
        raise RefusedError(f"there is nothing to correct on {view.id}", hint="say it without --corrects")


def _minor(shop: Shop, cost: Decimal, *, corrects: bool) -> int:
    minor = gate.minor_of(cost, shop.org.base, "--cost", "260.00")
    if minor < 0 or (minor == 0 and not corrects):
        raise UsageError("a cost is above 0", hint="with --corrects, 0 takes back what was said", where="--cost")
    return minor
