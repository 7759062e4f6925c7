"""What a month lacks when somebody wants it closed: entries its books do not have, payments nobody has seen end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from refundkit.errors import RefusedError
from refundkit.model.events import hlc_milliseconds
from refundkit.model.money import Money
from refundkit.model.words import State
from refundkit.rules import stock_booking
from refundkit.rules.payments_due import due
from refundkit.store import cases, payments, statements, stock
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Lack:
    """One thing. `about`: the case, or the line of a statement. `amount`: None where a line names no currency."""

    about: str
    what: str
    on: str
    amount: Money | None


@dataclass(frozen=True)
class MonthEnd:
    """`unbooked`: happened by the end of the month, and no batch of the journals has it. `open`: not reconciled."""

    month: str
    unbooked: tuple[Lack, ...]
    open: tuple[Lack, ...]


def summed(lacks: tuple[Lack, ...]) -> tuple[Money, ...]:
    """The amounts added up by currency."""
    sums: dict[str, int] = {}
    for one in lacks:
        if one.amount is not None:
            sums[one.amount.currency] = sums.get(one.amount.currency, 0) + abs(one.amount.minor)
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def at_end_of(shop: Shop, month: str) -> MonthEnd:
    """What stands open of a month (2026-09) and of the months before it."""
    year, number = map(int, month.split("-"))
    last = date(year + number // 12, number % 12 + 1, 1) - timedelta(1)
    unbooked = [one for one in (*_memos(shop), *_documents(shop)) if one.on <= last.isoformat()]
    not_reconciled = [one for one in (*_payments(shop), *_lines(shop)) if one.on <= last.isoformat()]
    return MonthEnd(month, tuple(unbooked), tuple(not_reconciled))


def refuse_unbooked(found: MonthEnd) -> None:
    """Raise RefusedError naming what the month's books lack, if there is anything."""
    if not found.unbooked:
        return
    named = [f"{one.about} ({one.what}, {one.amount})" for one in found.unbooked[:3]]
    more = f" and {len(found.unbooked) - 3} more" if len(found.unbooked) > 3 else ""
    raise RefusedError(
        f"the books of {found.month} lack {', '.join(named)}{more}",
        hint="book them first: refundkit export FORMAT; or close the month without them, and they are dated after it:"
        " --yes",
    )


def _memos(shop: Shop) -> list[Lack]:
    """Approved cases without a credit memo, by the day of the approval in the shop's time zone."""
    found = []
    for key in cases.keys_in(shop.store, {State.APPROVED}):
        view = shop.case(key)
        if view.approved is None:
            continue
        at = datetime.fromtimestamp(hlc_milliseconds(view.approved.hlc) // 1000, tz=UTC).astimezone(shop.zone)
        amount = Money(view.approved.amount, (view.assessment or {})["currency"])
        found.append(Lack(view.id, "credit memo", at.date().isoformat(), amount))
    return found


def _documents(shop: Shop) -> list[Lack]:
    """What payments and returned parts have earned and the books do not have."""
    found = []
    for key in payments.unbooked(shop.store):
        view = shop.case(key)
        found += [
            Lack(view.id, f"{d.document} {d.payment.number}", d.on.isoformat(), Money(*d.amount))
            for d in due(view.payments, view.booked, journal=shop.policy.payments.journal)
        ]
    for key in stock.unbooked(shop.store):
        view = shop.case(key)
        found += [
            Lack(view.id, f"{d.document} {d.number}", d.on.isoformat(), Money(d.stocked.cost, shop.org.base))
            for d in stock_booking.due(view.stock, view.booked)
        ]
    return found


def _payments(shop: Shop) -> list[Lack]:
    """Payments on their way of which no statement has said how they ended."""
    found = []
    for row in payments.listed(shop.store, "open"):
        cheque = f" {row['cheque']}" if row["cheque"] else ""
        what = f"{row['number']} {row['method']}{cheque} {row['state']}"
        found.append(Lack(row["case_id"], what, row["paid_on"], Money(row["amount_minor"], row["currency"])))
    return found


def _lines(shop: Shop) -> list[Lack]:
    """Lines of statements that wait for a person."""
    return [
        Lack(
            f"{one.file}#{one.idx}", "line of a statement", one.line["on"],
            Money(one.line["amount"], one.line["currency"]) if one.line["currency"] else None,
        )
        for one in statements.listed(shop.store, "open")
    ]  # fmt: skip
