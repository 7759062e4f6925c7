"""Assesses cases: gathers a dossier, asks the rules, writes what they say; and says when a figure has moved since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from refundkit.model.case import ASSESSED, CaseView
from refundkit.model.dossier import Asked, Dossier
from refundkit.model.people import Act
from refundkit.model.transitions import ALLOWED, Step
from refundkit.model.words import State
from refundkit.rules.assess import assess
from refundkit.store import cases
from refundkit.store.facts import Facts
from refundkit.workflow.pen import Pen
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop

if TYPE_CHECKING:
    from refundkit.model.policy import Policy


@dataclass(frozen=True)
class Assessed:
    """What came of assessing one case anew."""

    case: str
    before: str
    after: str
    changed: bool


def asked_of(request: dict[str, Any]) -> Asked:
    """The request of a revision as the rules read it."""
    return Asked(
        received_at=datetime.fromisoformat(request["received_at"]),
        channel=request["channel"],
        customer_id=request["customer_id"],
        customer_email=request["customer_email"],
        service_order=request["service_order"],
        invoice=request["invoice"],
        amount=Decimal(request["amount"]) if request["amount"] else None,
        currency=request["currency"],
        reason=request["reason"],
        external_ref=request["external_ref"],
        message_id=request["message_id"],
    )


def now_assessment(shop: Shop, connection: Any, view: CaseView) -> dict[str, Any]:
    """What the rules say of a case at this moment, as data. Nothing is written."""
    facts = Facts(connection, shop.org.base, shop.today)
    facts.gather([asked_of(view.request)])
    return found_by(shop.policy, shop.org.policy_hash, view, dossier_of(facts, connection, view))


def dossier_of(facts: Facts, connection: Any, view: CaseView, *, until: str = "", today: date | None = None) -> Dossier:
    """What the rules look at for a case that is there already; `until` and `today` as in `Facts.dossier`."""
    return facts.dossier(
        asked_of(view.request),
        own=view.key,
        arrived=view.arrived,
        apart=view.apart | cases.said_apart_from(connection, view.key),
        overridden=frozenset(view.overridden),
        until=until,
        today=today,
    )


def found_by(policy: Policy, policy_hash: str, view: CaseView, dossier: Dossier) -> dict[str, Any]:
    """What the rules say of a case under a policy, as data."""
    assessment = assess(dossier, policy, policy_hash).as_data()
    leave_to_a_person(assessment, view.request["doubts"])
    return assessment


def leave_to_a_person(assessment: dict[str, Any], doubts: Sequence[str]) -> None:
    """A request that was read with doubts is never decided by the policy alone: a person looks first."""
    if doubts and assessment["state"] in (State.APPROVED, State.AWAITING):
        decide = assessment["decide_level"]
        assessment.update(state=str(State.REVIEW), level="", decide_level="lead" if decide == "auto" else decide)
        assessment["route_text"] = [*assessment["route_text"], *(f"a person must look first: {d}" for d in doubts)]


def assess_anew(shop: Shop, pen: Pen, key: str) -> CaseView:
    """Write a fresh assessment of a case's live revision when it differs from the one it has."""
    view = pen.project(shop.store, key, shop.org)
    fresh = now_assessment(shop, pen.connection, view)
    if view.assessment is not None and digest(view.assessment) == digest(fresh):
        return view
    replaces = [view.basis] if view.basis else []
    data = {"rev": view.rev, "assessment": fresh, "replaces": replaces}
    pen.append(ASSESSED, data, case=key, deps=[view.rev, *replaces])
    return pen.project(shop.store, key, shop.org)


def run(shop: Shop, named: Sequence[str], *, dry_run: bool = False) -> list[Assessed]:
    """Assess the named cases, or all that wait in `received` or `review`, in the order they came in."""
    shop.require(Act.ASSESS)
    done = []
    with shop.write(keep=not dry_run) as pen:
        keys = [cases.find(shop.store, n) for n in named] or cases.keys_in(shop.store, {State.RECEIVED, State.REVIEW})
        for key in keys:
            before = shop.case(key)
            after = assess_anew(shop, pen, key) if before.state in ALLOWED[Step.ASSESS] else before
            changed = before.basis != after.basis
            done.append(Assessed(before.id, str(before.state), str(after.state), changed))
    return done
