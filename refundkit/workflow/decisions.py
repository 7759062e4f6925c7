"""What people decide: approve, deny, amend, override, withdraw, reopen, revoke. The rules of who may stand here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from refundkit.errors import RefusedError
from refundkit.model.assessment import Assessment
from refundkit.model.case import AMENDED, APPROVED, DENIED, OVERRIDDEN, REOPENED, REVOKED, WITHDRAWN, CaseView
from refundkit.model.money import Money
from refundkit.model.people import Act, Person
from refundkit.model.transitions import Step
from refundkit.model.words import Role, Severity, State
from refundkit.rules.allocation import cells_at
from refundkit.store import cases
from refundkit.workflow import gate, parties
from refundkit.workflow.amending import amended_request
from refundkit.workflow.outcomes import Outcome, assessed, decide_each, known, the_one, written
from refundkit.workflow.pen import Pen
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop


def approve(
    shop: Shop, named: Sequence[str], *, amount: Decimal | None = None, note: str = "", seen: str = "",
    expect_payable: Decimal | None = None, currency: str = "", dry_run: bool = False,
) -> list[Outcome]:  # fmt: skip
    """Say yes to the live revision of each case, at `amount` (units of the invoice's currency) or what is payable.

    `seen`: the digest of the assessment that was shown; without it the stored one is taken as seen. Refused when the
    figures have moved since, or `currency` is given and is not the invoice's.
    """
    person = shop.require(Act.DECIDE)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.APPROVE)
        technician = parties.technician(pen.connection, view)
        gate.not_own(person, view, technician)
        gate.unpaused(view)
        gate.in_currency(view, currency)
        assessment = gate.unchanged(shop, pen, view, seen, expect_payable)
        minor = gate.approved_amount(view, assessment, amount, note, person)
        level, needs = gate.level_of(shop, view, assessment, minor)
        gate.at_level(person, view, level)
        before = [a for a in view.approvals if a.user == person.user]
        if any(a.amount == minor for a in before):
            raise RefusedError(f"{person.user} has approved {view.id} already", hint="a second manager must approve it")
        kept, beyond = cells_at(Assessment.from_data(assessment).cells, minor)
        cells = [[c.line_no, c.kind, c.payable_net, c.payable_tax, c.restocking, c.tax_rate] for c in kept]
        data = {
            "rev": view.rev, "basis": view.basis, "assessment": digest(assessment), "policy": shop.org.policy_hash,
            "amount": minor, "currency": assessment["currency"], "note": note, "level": str(level), "needs": needs,
            "technician": technician, "cells": cells, "beyond": beyond, "replaces": [a.event for a in before],
            "ended": [pause.event for pause in view.pauses if pause.ends],
        }  # fmt: skip
        pen.append(APPROVED, data, case=view.key, deps=known(view))
        after = pen.project(shop.store, view.key, shop.org)
        agreed = Money(minor, assessment["currency"])
        return Outcome(view.id, str(after.state), agreed, more=_missing(after, person, agreed))

    return decide_each(shop, named, decide, dry_run=dry_run)


def _missing(after: CaseView, person: Person, said: Money) -> str:
    """What an approved case still lacks, '' when nothing."""
    if after.state == State.APPROVED:
        return ""
    others = [f"{a.user} approved {Money(a.amount, said.currency)}" for a in after.approvals if a.user != person.user]
    if others:
        return f"{', '.join(others)}: two managers must approve the same amount"
    return f"a second manager must approve {said} too"


def deny(shop: Shop, named: Sequence[str], reason: str, *, seen: str = "", dry_run: bool = False) -> list[Outcome]:
    """Say no to each case, with the reason that the customer will read."""
    person = shop.require(Act.DECIDE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.DENY)
        gate.not_own(person, view, parties.technician(pen.connection, view))
        gate.at_level(person, view, view.decide_level)
        shown = digest(view.assessment) if view.assessment else ""
        if seen and seen != shown:
            raise gate.changed(view, "what was shown is not its assessment any more")
        data = {"rev": view.rev, "basis": view.basis, "assessment": shown, "reason": reason}
        pen.append(DENIED, data, case=view.key, deps=known(view))
        return written(shop, pen, view)

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


def override(shop: Shop, named: str, code: str, reason: str, *, dry_run: bool = False) -> Outcome:
    """Set one finding aside with a reason; a blocking one takes a manager. Then the case is assessed anew."""
    person = shop.require(Act.OVERRIDE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.OVERRIDE)
        gate.not_own(person, view, parties.technician(pen.connection, view))
        standing = view.open_findings()
        found = next((f for f in standing if f[0] == code), None)
        if found is None:
            there = ", ".join(f[0] for f in standing) or "none"
            raise RefusedError(f"{view.id} has no finding '{code}' to override", hint=f"findings that stand: {there}")
        if found[1] == Severity.BLOCK and not person.roles & {Role.MANAGER, Role.ADMIN}:
            raise RefusedError(
                f"'{code}' blocks the case: overriding it takes a manager", hint="ask a manager, or deny"
            )
        data = {"rev": view.rev, "code": code, "reason": reason, "finding": found[2]}
        pen.append(OVERRIDDEN, data, case=view.key, deps=known(view))
        return assessed(shop, pen, view)

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
