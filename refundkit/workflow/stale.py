"""Cheques that nobody cashes: how old each is, what is to be done about it now, and when its money is the state's."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from refundkit.errors import RefusedError
from refundkit.model.money import Money
from refundkit.model.paid import Paid, PaymentState
from refundkit.store import payments
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Stale:
    """A cheque that nobody has cashed. `months`: full months since its day; `unclaimed_from`: when it is unclaimed."""

    number: str
    case: str
    customer_id: str
    cheque: int
    amount: Money
    on: str
    months: int
    state: str
    unclaimed_from: date
    next: str


def listed(shop: Shop) -> list[Stale]:
    """Cheques that a bank need not pay any more, and those that are unclaimed, oldest first."""
    before = later(shop.today, -shop.policy.payments.cheque.stale_months)
    return [
        Stale(
            row["number"], row["case_id"], row["customer_id"], row["cheque"],
            Money(row["amount_minor"], row["currency"]), row["paid_on"],
            _months(date.fromisoformat(row["paid_on"]), shop.today), row["state"],
            unclaimed_from(shop, row["paid_on"]), _next(shop, row["paid_on"], row["state"], row["cheque"]),
        )
        for row in payments.listed(shop.store, "uncashed", [before.isoformat()])
    ]  # fmt: skip


def unclaimed_from(shop: Shop, paid_on: str) -> date:
    """The first day on which a cheque of that day is unclaimed, by the policy."""
    return later(date.fromisoformat(paid_on), shop.policy.payments.cheque.unclaimed_months)


def refuse_young(shop: Shop, payment: Paid, day: date) -> None:
    """Refuse to call a cheque unclaimed before its time."""
    first = unclaimed_from(shop, payment.on)
    if day < first:
        months = shop.policy.payments.cheque.unclaimed_months
        raise RefusedError(
            f"cheque {payment.cheque} of {payment.on} is unclaimed from {first} on, not on {day}",
            hint=f"the policy's payments.cheque.unclaimed_months is {months}: it says what your state's law says",
        )


def later(day: date, months: int) -> date:
    """So many months later (or earlier), on the same day of the month or on its last one."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months(since: date, day: date) -> int:
    count = (day.year - since.year) * 12 + day.month - since.month
    return count if later(since, count) <= day else count - 1


def _next(shop: Shop, paid_on: str, state: str, cheque: int) -> str:
    """What is to be done now, in words."""
    if state == PaymentState.UNCLAIMED:
        return f"report it to the state and hand it over: refundkit payment remitted {cheque}"
    due = unclaimed_from(shop, paid_on)
    if due <= shop.today:
        return f"refundkit payment unclaimed {cheque}"
    if later(due, -shop.policy.payments.cheque.letter_months) <= shop.today:
        return f"write the letter that the law wants; unclaimed from {due}"
    return f"ask the customer, or make it void and pay anew; unclaimed from {due}"
