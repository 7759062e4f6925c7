"""Which way a refund goes back: the original payments first, as far as they reach, then what the policy says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from refundkit.model.payments import Method
from refundkit.model.policy_payments import Payments

_BEYOND: Final = "no payment of the invoice reaches this far"


@dataclass(frozen=True, slots=True)
class Received:
    """A payment of the invoice, as the records know it. Minor units of `currency`; `left`: still to be given back."""

    payment_id: str
    method: str
    amount: int
    currency: str
    reference: str
    paid_on: str
    left: int


@dataclass(frozen=True, slots=True)
class Part:
    """One way by which a part of a refund goes back. `why`: the reason in words, for the person who pays."""

    method: str
    amount: int
    original: str
    payment_id: str
    why: str


def ways(amount: int, currency: str, received: Sequence[Received], settings: Payments) -> list[Part]:
    """How `amount` (minor units of `currency`) goes back, newest payment first, never more than it brought in.

    By "force" what the original payments do not reach has no way (method ''), and a person names one with a reason;
    by "prefer" and "free" it goes as `otherwise` says.
    """
    parts, rest = [], amount
    newest = sorted(received, key=lambda r: (r.paid_on, r.payment_id), reverse=True)
    for payment in newest if settings.method != "free" else ():
        give = min(rest, payment.left)
        if give <= 0 or payment.currency != currency:
            continue
        parts.append(Part(payment.method, give, payment.reference, payment.payment_id, _as_paid(payment)))
        rest -= give
    if rest and settings.method == "force":
        parts.append(Part("", rest, "", "", _BEYOND))
    elif rest:
        why = "the person who pays chooses" if settings.method == "free" else _BEYOND
        parts.append(Part(settings.otherwise, rest, "", "", why))
    return _joined(parts)


def _as_paid(payment: Received) -> str:
    return f"as {payment.payment_id} was paid on {payment.paid_on}"


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Parts that go the same way to no payment in particular are one."""
    found: list[Part] = []
    for part in parts:
        same = next(
            (n for n, p in enumerate(found) if p.method == part.method and _is_open(p) and _is_open(part)), None
        )
        if same is None:
            found.append(part)
        else:
            found[same] = Part(part.method, found[same].amount + part.amount, "", "", found[same].why)
    return found


def _is_open(part: Part) -> bool:
    """Whether the way does not lead back to one payment: everything but cards, which take back what they gave."""
    return part.method != Method.CARD
