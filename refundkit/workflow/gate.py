"""The gate every decision passes: what the state allows, who may stand here, and that what was seen still holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from refundkit.errors import ChangedError, RefusedError, UsageError
from refundkit.model import opinions
from refundkit.model.case import CaseView
from refundkit.model.money import Money, to_minor
from refundkit.model.people import RIGHTS, Act, Person, may_decide_at
from refundkit.model.quorum import people_needed
from refundkit.model.transitions import ALLOWED, Step, refusal
from refundkit.model.words import Level, Role, Severity
from refundkit.workflow.assessing import now_assessment
from refundkit.workflow.pen import Pen
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop


def known_person(shop: Shop, user: str) -> Person:
    """Somebody of this shop; UsageError for anybody else."""
    person = shop.org.people.get(user)
    if person is None:
        known = ", ".join(sorted(shop.org.people))
        raise UsageError(f"there is no user '{user[:40]}'", hint=f"users of this shop: {known}", where="USER")
    return person


def unknown(shop: Shop, user: str) -> None:
    """Refuse to add somebody who is there already."""
    if user in shop.org.people:
        raise RefusedError(
            f"there is a user '{user}' already",
            hint="'refundkit user show' says who; 'refundkit user role' changes the roles, 'refundkit user invite'"
            " gives a key on another machine",
        )


def has_a_role(person: Person) -> None:
    """Refuse to give a key to somebody whose roles were all taken."""
    if not person.roles:
        raise RefusedError(
            f"{person.user} has no role any more", hint=f"give one first: refundkit user role {person.user} --give ROLE"
        )


def leaves_an_admin(shop: Shop, user: str, roles: Collection[str], without: Collection[str] = ()) -> None:
    """Refuse a change after which nobody could manage people: no admin, or none with a key that is not revoked."""
    for person in shop.org.people.values():
        held = roles if person.user == user else person.roles
        live = [w for w in shop.org.keys_of(person.user) if w.id not in without]
        if live and any(role in RIGHTS[Act.PEOPLE] for role in held):
            return
    raise RefusedError(
        f"{user} is the last admin with a key: nobody could manage people after that",
        hint="make somebody else an admin first: refundkit user role USER --give admin",
    )


def allowed(view: CaseView, step: Step) -> None:
    """Refuse a step that the case's state does not allow."""
    if view.state not in ALLOWED[step]:
        message, hint = refusal(view, step)
        raise RefusedError(message, hint=hint)


def not_own(person: Person, view: CaseView, technician: str) -> None:
    """Refuse whoever logged or amended the request, is named as its requester, or was the technician."""
    why = opinions.why_inside(person, view, technician)
    if why:
        raise RefusedError(
            f"{person.user} {why}, and nobody decides a request of their own", hint="another person must decide it",
            where=view.id,
        )  # fmt: skip


def not_twice(view: CaseView, minor: int, users: Collection[str]) -> None:
    """Refuse a second yes to the same amount by the same person, or by a stand-in and the person stood in for."""
    same = next((a for a in view.approvals if a.amount == minor and not a.people.isdisjoint(users)), None)
    if same:
        raise RefusedError(f"{same.said_by} has approved {view.id} already", hint="a second manager must approve it")


def may_set_aside(person: Person, finding: Sequence[str]) -> None:
    """Refuse to set a blocking finding aside below a manager."""
    if finding[1] == Severity.BLOCK and not person.roles & {Role.MANAGER, Role.ADMIN}:
        raise RefusedError(
            f"'{finding[0]}' blocks the case: overriding it takes a manager", hint="ask a manager, or deny"
        )


def by_another(person: Person, view: CaseView) -> None:
    """Refuse to reopen a case for the person who stopped it."""
    if person.user in view.stopped_by:
        raise RefusedError(
            f"{person.user} has stopped {view.id}: taking it up again takes another person",
            hint="ask another lead or manager to reopen it; 'refundkit history' shows who did what",
        )


def unpaused(view: CaseView) -> None:
    """Refuse a yes to a case that is held, or about which a question waits for its answer."""
    if view.holds:
        why = ", ".join(f"{p.kind} by {p.who}: {p.text}" for p in view.holds)
        raise RefusedError(
            f"{view.id} is held ({why})", hint=f"a manager lifts it: refundkit release {view.id} --reason '...'"
        )
    if view.questions:
        asked = ", ".join(f"{p.who} asks: {p.text}" for p in view.questions)
        raise RefusedError(
            f"a question about {view.id} waits for its answer ({asked})",
            hint=f"answer it: refundkit answer {view.id} --text '...'",
        )


def at_level(person: Person, view: CaseView, level: str) -> None:
    """Refuse a person below the level the case takes."""
    if not may_decide_at(person.roles, level):
        raise RefusedError(
            f"{view.id} takes a {level if level != Level.AUTO else Level.LEAD} or above; {person.user} is"
            f" {', '.join(sorted(person.roles)) or 'without a role'}",
            hint=f"{'nobody decided it in time, so it went up a level; ' if view.raised else ''}'refundkit user list'"
            " shows who can decide it",
        )


def in_currency(view: CaseView, said: str) -> None:
    """Refuse an amount that was said in another currency than the invoice's."""
    currency = (view.assessment or {}).get("currency", "")
    if said and currency and said != currency:
        raise RefusedError(
            f"{view.id} is given back in {currency}, the currency of its invoice, not in {said}",
            hint=f"say the amount in {currency}; 'refundkit show {view.id}' has every figure",
        )


def unchanged(shop: Shop, pen: Pen, view: CaseView, seen: str, expect_payable: Decimal | None) -> dict[str, Any]:
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
    if currency and expect_payable is not None and minor_of(expect_payable, currency, _EXPECT) != stored["payable"]:
        raise changed(view, f"{Money(stored['payable'], currency)} is payable, not {expect_payable}")
    fresh = now_assessment(shop, pen.connection, view)
    if seen and seen != digest(stored):
        raise changed(view, "what was shown is not its assessment any more")
    if digest(fresh) != digest(stored):
        was, now = Money(stored["payable"], currency), Money(fresh["payable"], fresh["currency"] or currency)
        moved = f"payable was {was} and is {now} now" if was != now else "its findings or its route are others now"
        raise changed(view, moved)
    return stored


def changed(view: CaseView, what: str) -> ChangedError:
    """The refusal of a decision about something that has moved since it was shown."""
    return ChangedError(
        f"{view.id} has changed since it was shown: {what}",
        hint=f"run 'refundkit assess {view.id}', look at it again with 'refundkit show {view.id}', then decide",
    )


_EXPECT = "--expect-payable"


def minor_of(amount: Decimal, currency: str, option: str, example: str = "120.00") -> int:
    """An amount in minor units; UsageError, naming the option it was given with, for more places than there are."""
    try:
        return int(to_minor(amount, currency))
    except ValueError as err:
        raise UsageError(str(err), hint=f"an amount in {currency}, e.g. {example}", where=option) from err


def happened(shop: Shop, on: date | None) -> date:
    """The day on which something happened, today when none is given; refused when it has not come yet."""
    day = on or shop.today
    if day > shop.today:
        raise UsageError(f"{day} has not come yet", hint="the day on which it happened", where="--on")
    return day


def needs_evidence(evidence: str, what: str) -> None:
    """Refuse what nothing shows."""
    if not evidence.strip():
        raise UsageError(f"what shows that {what}?", hint="--evidence TEXT", where="--evidence")


def approved_amount(
    view: CaseView, assessment: dict[str, Any], amount: Decimal | None, note: str, person: Person
) -> int:
    """The approved amount in minor units, when this person may approve it."""
    currency, eligible, payable = assessment["currency"], assessment["eligible"], assessment["payable"]
    if not currency:
        raise RefusedError(f"{view.id} has no known invoice to give back from", hint="amend it, or deny it")
    minor = payable if amount is None else minor_of(amount, currency, "--amount")
    if amount is not None and amount <= 0:
        raise UsageError("an approved amount is above 0", hint="deny the case to give nothing back", where="--amount")
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


def level_of(shop: Shop, view: CaseView, assessment: dict[str, Any], minor: int) -> tuple[str, int]:
    """The level this amount takes, and how many different people."""
    raised = minor > assessment["eligible"]
    if raised and assessment["currency"] != shop.org.base and not assessment["rate"]:
        raise RefusedError(
            f"there is no rate of {assessment['currency']} to compare with the limits", hint="load rates.csv first"
        )
    level = str(Level.MANAGER if raised else view.decide_level)
    return level, people_needed(assessment, minor, shop.org, shop.org.policy_hash)


def needs_reason(reason: str, option: str = "--reason", what: str = "a reason") -> None:
    """Refuse a decision without a reason, or a question or an answer without words."""
    if not reason.strip():
        raise UsageError(f"this takes {what}", hint=f"give it with {option} '...'", where=option)
