"""What people decide: approve, deny, amend, override, withdraw, reopen, revoke. The rules of who may stand here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from refundkit.errors import RefundkitError, RefusedError
from refundkit.model.assessment import Assessment
from refundkit.model.case import AMENDED, APPROVED, DENIED, OVERRIDDEN, REOPENED, REVOKED, WITHDRAWN, CaseView
from refundkit.model.money import Money
from refundkit.model.people import Act
from refundkit.model.transitions import Step
from refundkit.model.words import Role, Severity, State
from refundkit.rules.allocation import cells_at
from refundkit.store import cases
from refundkit.workflow import gate, parties
from refundkit.workflow.amending import amended_request
from refundkit.workflow.assessing import assess_anew
from refundkit.workflow.pen import Pen
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Outcome:
    """What came of one case: its state after, or why it was refused."""

    case: str
    state: str
    amount: Money | None = None
    refused: RefundkitError | None = None
    more: str = ""


Decide = Callable[[Pen, CaseView], Outcome]


def decide_each(shop: Shop, named: Sequence[str], decide: Decide, *, dry_run: bool = False) -> list[Outcome]:
    """Apply one decision to each named case in one transaction; a refused case does not stop the others."""
    outcomes = []
    with shop.write(keep=not dry_run) as pen:
        for key in dict.fromkeys(cases.find(shop.store, n) for n in named):
            view = shop.case(key)
            try:
                outcomes.append(decide(pen, view))
            except RefusedError as err:
                outcomes.append(Outcome(view.id, str(view.state), refused=err))
    return outcomes


def approve(
    shop: Shop, named: Sequence[str], *, amount: Decimal | None = None, note: str = "", seen: str = "",
    expect_payable: Decimal | None = None, dry_run: bool = False,
) -> list[Outcome]:  # fmt: skip
    """Say yes to the live revision of each case, at `amount` (units of the invoice's currency) or what is payable.

    `seen`: the digest of the assessment that was shown; without it the stored one is taken as seen. Refused when the
    figures have moved since.
    """
    person = shop.require(Act.DECIDE)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.APPROVE)
        technician = parties.technician(pen.connection, view)
        gate.not_own(person, view, technician)
        assessment = gate.unchanged(shop, pen, view, seen, expect_payable)
        minor = gate.approved_amount(view, assessment, amount, note, person)
        level, needs = gate.level_of(shop, view, assessment, minor)
        gate.at_level(person, view, level)
        if any(a.user == person.user and a.amount == minor for a in view.approvals):
            raise RefusedError(f"{person.user} has approved {view.id} already", hint="a second manager must approve it")
        kept, beyond = cells_at(Assessment.from_data(assessment).cells, minor)
        cells = [[c.line_no, c.kind, c.payable_net, c.payable_tax, c.restocking, c.tax_rate] for c in kept]
        data = {
            "rev": view.rev, "basis": view.basis, "assessment": digest(assessment), "policy": shop.org.policy_hash,
            "amount": minor, "currency": assessment["currency"], "note": note, "level": str(level), "needs": needs,
            "technician": technician, "cells": cells, "beyond": beyond,
        }  # fmt: skip
        pen.append(APPROVED, data, case=view.key, deps=[view.rev, view.basis] if view.basis != view.rev else [view.rev])
        after = pen.project(shop.store, view.key, shop.org)
        more = "" if after.state == State.APPROVED else "a second manager must approve it too"
        return Outcome(view.id, str(after.state), Money(minor, assessment["currency"]), more=more)

    return decide_each(shop, named, decide, dry_run=dry_run)


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
        pen.append(DENIED, data, case=view.key, deps=_known(view))
        return Outcome(view.id, str(pen.project(shop.store, view.key, shop.org).state))

    return decide_each(shop, named, decide, dry_run=dry_run)


def amend(shop: Shop, named: str, changes: dict[str, str], why: str, *, dry_run: bool = False) -> Outcome:
    """Write a new revision of a request with some fields changed, and assess it anew."""
    shop.require(Act.AMEND)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.AMEND)
        request = amended_request(view.request, changes, shop.zone)
        data = {"bases": view.revs, "request": request, "why": why, "assessment": None}
        pen.append(AMENDED, data, case=view.key, deps=_known(view))
        return _anew(shop, pen, view)

    return _one(decide_each(shop, [named], decide, dry_run=dry_run))


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
        pen.append(OVERRIDDEN, data, case=view.key, deps=_known(view))
        return _anew(shop, pen, view)

    return _one(decide_each(shop, [named], decide, dry_run=dry_run))


def withdraw(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Note that the requester's side takes the request back."""
    shop.require(Act.WITHDRAW)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.WITHDRAW)
        pen.append(WITHDRAWN, {"rev": view.rev, "reason": reason}, case=view.key, deps=_known(view))
        return Outcome(view.id, str(pen.project(shop.store, view.key, shop.org).state))

    return decide_each(shop, named, decide, dry_run=dry_run)


def reopen(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Take up a denied, withdrawn or duplicate case again and assess it anew; a duplicate becomes a case of its own."""
    shop.require(Act.REOPEN)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.REOPEN)
        undoes = [*view.denials, *view.withdrawals]
        apart = [cases.find(shop.store, view.first)] if view.state == State.DUPLICATE and view.first else []
        data = {"undoes": undoes, "apart": apart, "reason": reason}
        pen.append(REOPENED, data, case=view.key, deps=[*_known(view), *undoes])
        return _anew(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def revoke(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Take an approval back before it is booked; then only a person can approve the case again."""
    shop.require(Act.REVOKE)
    gate.needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        gate.allowed(view, Step.REVOKE)
        undoes = [a.event for a in view.approvals]
        pen.append(
            REVOKED, {"rev": view.rev, "undoes": undoes, "reason": reason}, case=view.key, deps=[*_known(view), *undoes]
        )
        return Outcome(view.id, str(pen.project(shop.store, view.key, shop.org).state))

    return decide_each(shop, named, decide, dry_run=dry_run)


def _known(view: CaseView) -> list[str]:
    return list(dict.fromkeys([*view.revs, *([view.basis] if view.basis else [])]))


def _anew(shop: Shop, pen: Pen, view: CaseView) -> Outcome:
    after = assess_anew(shop, pen, view.key)
    return Outcome(view.id, str(after.state))


def _one(outcomes: list[Outcome]) -> Outcome:
    outcome = outcomes[0]
    if outcome.refused is not None:
        raise outcome.refused
    return outcome
