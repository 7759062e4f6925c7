"""What people decide: approve, deny, amend, override, withdraw, reopen, revoke. The rules of who may stand here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from refundkit.errors import ChangedError, RefundkitError, RefusedError, UsageError
from refundkit.model.assessment import Assessment
from refundkit.model.dossier import Rate
from refundkit.model.fold import AMENDED, APPROVED, DENIED, OVERRIDDEN, REOPENED, REVOKED, WITHDRAWN, CaseView
from refundkit.model.money import Money, plain, to_minor
from refundkit.model.people import Act, Person, may_decide_at
from refundkit.model.transitions import ALLOWED, Step, refusal
from refundkit.model.words import Level, Role, Severity, State
from refundkit.rules.allocation import cells_at
from refundkit.rules.exchange import in_base
from refundkit.store import cases
from refundkit.workflow import parties
from refundkit.workflow.amending import amended_request
from refundkit.workflow.assessing import assess_anew, digest, now_assessment
from refundkit.workflow.pen import Pen
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
        _allowed(view, Step.APPROVE)
        technician = parties.technician(pen.connection, view)
        _not_own(person, view, technician)
        assessment = _unchanged(shop, pen, view, seen, expect_payable)
        minor = _amount(view, assessment, amount, note, person)
        level, needs = _level(shop, view, assessment, minor)
        _at_level(person, view, level)
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
    _needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        _allowed(view, Step.DENY)
        _not_own(person, view, parties.technician(pen.connection, view))
        _at_level(person, view, view.decide_level)
        shown = digest(view.assessment) if view.assessment else ""
        if seen and seen != shown:
            raise _changed(view, "what was shown is not its assessment any more")
        data = {"rev": view.rev, "basis": view.basis, "assessment": shown, "reason": reason}
        pen.append(DENIED, data, case=view.key, deps=_known(view))
        return Outcome(view.id, str(pen.project(shop.store, view.key, shop.org).state))

    return decide_each(shop, named, decide, dry_run=dry_run)


def amend(shop: Shop, named: str, changes: dict[str, str], why: str, *, dry_run: bool = False) -> Outcome:
    """Write a new revision of a request with some fields changed, and assess it anew."""
    shop.require(Act.AMEND)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        _allowed(view, Step.AMEND)
        request = amended_request(view.request, changes, shop.zone)
        data = {"bases": view.revs, "request": request, "why": why, "assessment": None}
        pen.append(AMENDED, data, case=view.key, deps=_known(view))
        return _anew(shop, pen, view)

    return _one(decide_each(shop, [named], decide, dry_run=dry_run))


def override(shop: Shop, named: str, code: str, reason: str, *, dry_run: bool = False) -> Outcome:
    """Set one finding aside with a reason; a blocking one takes a manager. Then the case is assessed anew."""
    person = shop.require(Act.OVERRIDE)
    _needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        _allowed(view, Step.OVERRIDE)
        _not_own(person, view, parties.technician(pen.connection, view))
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
        _allowed(view, Step.WITHDRAW)
        pen.append(WITHDRAWN, {"rev": view.rev, "reason": reason}, case=view.key, deps=_known(view))
        return Outcome(view.id, str(pen.project(shop.store, view.key, shop.org).state))

    return decide_each(shop, named, decide, dry_run=dry_run)


def reopen(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Take up a denied, withdrawn or duplicate case again and assess it anew; a duplicate becomes a case of its own."""
    shop.require(Act.REOPEN)
    _needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        _allowed(view, Step.REOPEN)
        undoes = [*view.denials, *view.withdrawals]
        first = (view.assessment or {}).get("first", "")
        apart = [cases.find(shop.store, first)] if view.state == State.DUPLICATE and first else []
        data = {"undoes": undoes, "apart": apart, "reason": reason}
        pen.append(REOPENED, data, case=view.key, deps=[*_known(view), *undoes])
        return _anew(shop, pen, view)

    return decide_each(shop, named, decide, dry_run=dry_run)


def revoke(shop: Shop, named: Sequence[str], reason: str, *, dry_run: bool = False) -> list[Outcome]:
    """Take an approval back before it is booked; then only a person can approve the case again."""
    shop.require(Act.REVOKE)
    _needs_reason(reason)

    def decide(pen: Pen, view: CaseView) -> Outcome:
        _allowed(view, Step.REVOKE)
        undoes = [a.event for a in view.approvals]
        pen.append(
            REVOKED, {"rev": view.rev, "undoes": undoes, "reason": reason}, case=view.key, deps=[*_known(view), *undoes]
        )
        return Outcome(view.id, str(pen.project(shop.store, view.key, shop.org).state))

    return decide_each(shop, named, decide, dry_run=dry_run)


# -- the rules of who may, and of what was seen ----------------------------------------------------------------------


def _allowed(view: CaseView, step: Step) -> None:
    if view.state not in ALLOWED[step]:
        message, hint = refusal(view.id, str(view.state), step)
        raise RefusedError(message, hint=hint)


def _not_own(person: Person, view: CaseView, technician: str) -> None:
    requester = str(view.request["requested_by"])
    why = ""
    if person.user in view.barred:
        why = "logged or amended this request"
    elif person.is_named(requester) or person.is_named(str(view.request["customer_email"])):
        why = "is named as its requester"
    elif person.is_named(technician):
        why = "was the technician of the visit"
    if why:
        raise RefusedError(
            f"{person.user} {why}, and nobody decides a request of their own", hint="another person must decide it",
            where=view.id,
        )  # fmt: skip


def _at_level(person: Person, view: CaseView, level: str) -> None:
    if not may_decide_at(person.roles, level):
        raise RefusedError(
            f"{view.id} takes a {level if level != Level.AUTO else Level.LEAD} or above; {person.user} is"
            f" {', '.join(sorted(person.roles)) or 'without a role'}",
            hint="'refundkit user list' shows who can decide it",
        )


def _unchanged(shop: Shop, pen: Pen, view: CaseView, seen: str, expect_payable: Decimal | None) -> dict[str, Any]:
    """The stored assessment, when it is what was seen and still holds; ChangedError otherwise."""
    stored = view.assessment
    if stored is None:
        raise RefusedError(f"{view.id} was never assessed", hint=f"run 'refundkit assess {view.id}' first")
    standing = view.open_findings()
    if standing:
        codes = ", ".join(f[0] for f in standing)
        raise RefusedError(
            f"{view.id} has findings that stand: {codes}",
            hint="amend the request, override each finding with a reason, or deny",
        )
    currency = stored["currency"]
    if expect_payable is not None and expect_payable != Decimal(plain(stored["payable"], currency)):
        raise _changed(view, f"{Money(stored['payable'], currency)} is payable, not {expect_payable}")
    fresh = now_assessment(shop, pen.connection, view)
    if seen and seen != digest(stored):
        raise _changed(view, "what was shown is not its assessment any more")
    if digest(fresh) != digest(stored) and not _only_doubts(stored, fresh):
        was, now = Money(stored["payable"], currency), Money(fresh["payable"], fresh["currency"] or currency)
        moved = f"payable was {was} and is {now} now" if was != now else "its findings or its route are others now"
        raise _changed(view, moved)
    return stored


def _only_doubts(stored: dict[str, Any], fresh: dict[str, Any]) -> bool:
    """Whether the two differ only because a person had to look at the request first (a doubtful mail)."""
    kept = {"state", "level", "decide_level", "steps"}
    return {k: v for k, v in stored.items() if k not in kept} == {k: v for k, v in fresh.items() if k not in kept}


def _changed(view: CaseView, what: str) -> ChangedError:
    return ChangedError(
        f"{view.id} has changed since it was shown: {what}",
        hint=f"run 'refundkit assess {view.id}', look at it again with 'refundkit show {view.id}', then decide",
    )


def _amount(view: CaseView, assessment: dict[str, Any], amount: Decimal | None, note: str, person: Person) -> int:
    """The approved amount in minor units, when this person may approve it."""
    currency, eligible, payable = assessment["currency"], assessment["eligible"], assessment["payable"]
    if not currency:
        raise RefusedError(f"{view.id} has no known invoice to give back from", hint="amend it, or deny it")
    try:
        minor = payable if amount is None else to_minor(amount, currency)
    except ValueError as err:
        raise UsageError(str(err), hint=f"an amount in {currency}", where="--amount") from err
    if minor <= 0:
        raise RefusedError(f"there is nothing to give back on {view.id}", hint="deny it with a reason")
    if minor > eligible and not (person.roles & {Role.MANAGER, Role.ADMIN} and note.strip()):
        raise RefusedError(
            f"{Money(minor, currency)} is above the eligible {Money(eligible, currency)}",
            hint="raising it takes a manager and a reason (--note)",
        )
    if minor != payable and not note.strip():
        raise RefusedError(
            f"{Money(minor, currency)} is not the payable {Money(payable, currency)}", hint="give a reason with --note"
        )
    return int(minor)


def _level(shop: Shop, view: CaseView, assessment: dict[str, Any], minor: int) -> tuple[str, int]:
    """The level this amount takes, and how many different people."""
    level, dual = view.decide_level, view.dual
    if minor > assessment["eligible"]:
        level = Level.MANAGER
        dual = dual or _in_books(shop, assessment, minor) > to_minor(shop.policy.routing.dual_above, shop.org.base)
    return str(level), 2 if dual else 1


def _in_books(shop: Shop, assessment: dict[str, Any], minor: int) -> int:
    currency = assessment["currency"]
    if currency == shop.org.base:
        return minor
    if not assessment["rate"]:
        raise RefusedError(f"there is no rate of {currency} to compare with the limits", hint="load rates.csv first")
    rate = Rate(date.fromisoformat(assessment["rate_on"]), Decimal(assessment["rate"]))
    return in_base(minor, currency, shop.org.base, rate)


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("this takes a reason", hint="give it with --reason '...'", where="--reason")


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
