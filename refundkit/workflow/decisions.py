"""What people decide: approve, deny, amend, override, withdraw, reopen, revoke. The rules of who may stand here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from refundkit.errors import RefusedError
from refundkit.model.assessment import Assessment
from refundkit.model.case import AMENDED, APPROVED, DENIED, OVERRIDDEN, REOPENED, REVOKED, WITHDRAWN, CaseView
from refundkit.model.money import Money
from refundkit.model.people import Act
from refundkit.model.transitions import Step
from refundkit.model.words import State
from refundkit.rules.allocation import cells_at
from refundkit.store import cases
from refundkit.workflow import gate, parties, standing
from refundkit.workflow.amending import amended_request
from refundkit.workflow.outcomes import Outcome, assessed, decide_each, known, the_one, told, written
from refundkit.workflow.pen import Pen
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop
from refundkit.workflow.standing import Stance


def approve(
    shop: Shop, named: Sequence[str], *, amount: Decimal | None = None, note: str = "", seen: str = "",
    expect_payable: Decimal | None = None, currency: str = "", instead_of: str = "", dry_run: bool = False,
) -> list[Outcome]:  # fmt: skip
    """Say yes to the live revision of each case, at `amount` (units of the invoice's currency) or what is payable.

    `seen`: the digest of the assessment that was shown; without it the stored one is taken as seen. Refused when the
    figures have moved since, or `currency` is given and is not the invoice's. Whoever may not by themselves decides
    for somebody they stand in for; `instead_of` says for whom.
    """
    standing.ways(shop, Act.DECIDE, instead_of)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.APPROVE)
        technician = parties.technician(pen.connection, view)
        ways = standing.ways(shop, Act.DECIDE, instead_of)
        standing.outside(ways, view, technician)
        gate.unpaused(view)
        gate.in_currency(view, currency)
        assessment = gate.unchanged(shop, pen, view, seen, expect_payable)

        def may(stance: Stance) -> None:
            minor = gate.approved_amount(view, assessment, amount, note, stance.judged)
            gate.at_level(stance.judged, view, gate.level_of(shop, view, assessment, minor)[0])
            gate.not_twice(view, minor, stance.users)

        stance = standing.choose(ways, view, technician, may)
        minor = gate.approved_amount(view, assessment, amount, note, stance.judged)
        level, needs = gate.level_of(shop, view, assessment, minor)
        before = [a for a in view.approvals if a.user == stance.person.user]
        kept, beyond = cells_at(Assessment.from_data(assessment).cells, minor)
        cells = [[c.line_no, c.kind, c.payable_net, c.payable_tax, c.restocking, c.tax_rate] for c in kept]
        data = {
            "rev": view.rev, "basis": view.basis, "assessment": digest(assessment), "policy": shop.org.policy_hash,
            "amount": minor, "currency": assessment["currency"], "note": note, "level": str(level), "needs": needs,
            "technician": technician, "cells": cells, "beyond": beyond, "replaces": [a.event for a in before],
            "ended": [pause.event for pause in view.pauses if pause.ends], **stance.data,
        }  # fmt: skip
        pen.append(APPROVED, data, case=view.key, deps=known(view))
        after = pen.project(shop.store, view.key, shop.org)
        agreed = Money(minor, assessment["currency"])
        more = "; ".join(x for x in (stance.told, _missing(after, stance, agreed)) if x)
        return Outcome(view.id, str(after.state), agreed, more=more)

    return decide_each(shop, named, decide, dry_run=dry_run)


def _missing(after: CaseView, stance: Stance, said: Money) -> str:
    """What an approved case still lacks, '' when nothing."""
    if after.state == State.APPROVED:
        return ""
    others = [
        f"{a.said_by} approved {Money(a.amount, said.currency)}"
        for a in after.approvals
        if a.people.isdisjoint(stance.users)
    ]
    if others:
        return f"{', '.join(others)}: two managers must approve the same amount"
    return f"a second manager must approve {said} too"


def deny(
    shop: Shop, named: Sequence[str], reason: str, *, seen: str = "", instead_of: str = "", dry_run: bool = False
) -> list[Outcome]:
    """Say no to each case, with the reason that the customer will read."""
    standing.ways(shop, Act.DECIDE, instead_of)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.DENY)
        technician = parties.technician(pen.connection, view)
        ways = standing.ways(shop, Act.DECIDE, instead_of)
        standing.outside(ways, view, technician)
        stance = standing.choose(ways, view, technician, lambda s: gate.at_level(s.judged, view, view.decide_level))
        shown = digest(view.assessment) if view.assessment else ""
        if seen and seen != shown:
            raise gate.changed(view, "what was shown is not its assessment any more")
        data = {"rev": view.rev, "basis": view.basis, "assessment": shown, "reason": reason, **stance.data}
        pen.append(DENIED, data, case=view.key, deps=known(view))
        return told(written(shop, pen, view), stance.told)

    return decide_each(shop, named, decide, dry_run=dry_run)


def amend(shop: Shop, named: str, changes: dict[str, str], why: str, *, dry_run: bool = False) -> Outcome:
    """Write a new revision of a request with some fields changed, and assess it anew."""
    shop.require(Act.AMEND)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.AMEND)
        request = amended_request(view.request, changes, shop.zone)
        data = {"bases": view.revs, "request": request, "why": why, "assessment": None}
        pen.append(AMENDED, data, case=view.key, deps=known(view))
        return assessed(shop, pen, view)

    return the_one(decide_each(shop, [named], decide, dry_run=dry_run))


def override(shop: Shop, named: str, code: str, reason: str, *, instead_of: str = "", dry_run: bool = False) -> Outcome:
    """Set one finding aside with a reason; a blocking one takes a manager. Then the case is assessed anew."""
    standing.ways(shop, Act.OVERRIDE, instead_of)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.OVERRIDE)
        technician = parties.technician(pen.connection, view)
        ways = standing.ways(shop, Act.OVERRIDE, instead_of)
        standing.outside(ways, view, technician)
        there = view.open_findings()
        found = next((f for f in there if f[0] == code), None)
        if found is None:
            codes = ", ".join(f[0] for f in there) or "none"
            raise RefusedError(f"{view.id} has no finding '{code}' to override", hint=f"findings that stand: {codes}")
        stance = standing.choose(ways, view, technician, lambda s: gate.may_set_aside(s.judged, found))
        data = {"rev": view.rev, "code": code, "reason": reason, "finding": found[2], **stance.data}
        pen.append(OVERRIDDEN, data, case=view.key, deps=known(view))
        return told(assessed(shop, pen, view), stance.told)

    return the_one(decide_each(shop, [named], decide, dry_run=dry_run))


def withdraw(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Note that the requester's side takes the request back."""
    shop.require(Act.WITHDRAW)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.WITHDRAW)
        pen.append(WITHDRAWN, {"rev": view.rev, "reason": reason}, case=view.key, deps=known(view))
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def reopen(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Take up a denied, withdrawn or duplicate case again and assess it anew; a duplicate becomes a case of its own.

    Another person does it than the one who denied it or noted that it was taken back.
    """
    person = shop.require(Act.REOPEN)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.REOPEN)
        gate.by_another(person, view)
        undoes = [*view.denials, *view.withdrawals]
        apart = [cases.find(shop.store, view.first)] if view.state == State.DUPLICATE and view.first else []
        data = {"undoes": undoes, "apart": apart, "reason": reason}
        pen.append(REOPENED, data, case=view.key, deps=[*known(view), *undoes])
        return assessed(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def revoke(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Take an approval back before it is booked; then only a person can approve the case again."""
    shop.require(Act.REVOKE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.REVOKE)
        undoes = [a.event for a in view.approvals]
        pen.append(
            REVOKED, {"rev": view.rev, "undoes": undoes, "reason": reason}, case=view.key, deps=[*known(view), *undoes]
        )
        return written(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)
