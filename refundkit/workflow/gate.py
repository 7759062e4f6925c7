"""The gate every decision passes: what the state allows, who may stand here, and that what was seen still holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from refundkit.errors import ChangedError, RefusedError, UsageError
from refundkit.model.case import CaseView
from refundkit.model.dossier import Rate
from refundkit.model.money import Money, plain, to_minor
from refundkit.model.people import Person, may_decide_at
from refundkit.model.transitions import ALLOWED, Step, refusal
from refundkit.model.words import Level, Role
from refundkit.rules.exchange import in_base
from refundkit.workflow.assessing import now_assessment
from refundkit.workflow.pen import Pen
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop


def allowed(view: CaseView, step: Step) -> None:
    """Refuse a step that the case's state does not allow."""
    if view.state not in ALLOWED[step]:
        message, hint = refusal(view.id, str(view.state), step)
        raise RefusedError(message, hint=hint)


def not_own(person: Person, view: CaseView, technician: str) -> None:
    """Refuse whoever logged or amended the request, is named as its requester, or was the technician."""
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


def at_level(person: Person, view: CaseView, level: str) -> None:
    """Refuse a person below the level the case takes."""
    if not may_decide_at(person.roles, level):
        raise RefusedError(
            f"{view.id} takes a {level if level != Level.AUTO else Level.LEAD} or above; {person.user} is"
            f" {', '.join(sorted(person.roles)) or 'without a role'}",
            hint="'refundkit user list' shows who can decide it",
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
    if expect_payable is not None and expect_payable != Decimal(plain(stored["payable"], currency)):
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


def approved_amount(
    view: CaseView, assessment: dict[str, Any], amount: Decimal | None, note: str, person: Person
) -> int:
    """The approved amount in minor units, when this person may approve it."""
    currency, eligible, payable = assessment["currency"], assessment["eligible"], assessment["payable"]
    if not currency:
        raise RefusedError(f"{view.id} has no known invoice to give back from", hint="amend it, or deny it")
    try:
        minor = payable if amount is None else to_minor(amount, currency)
    except ValueError as err:
        raise UsageError(str(err), hint=f"an amount in {currency}, e.g. 120.00", where="--amount") from err
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


def needs_reason(reason: str) -> None:
    """Refuse a decision without a reason."""
    if not reason.strip():
        raise UsageError("this takes a reason", hint="give it with --reason '...'", where="--reason")
