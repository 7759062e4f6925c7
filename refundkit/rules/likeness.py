"""Which request made earlier a message or row may repeat, press for or take back, told without any records.

The checks (duplicates.py) compare what the records know. This is for what they cannot see: nobody is known yet, the
same thing comes by another channel or from a colleague, or without its numbers. It never decides: a near repeat goes
to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Final

from refundkit.model.requests import Place
from refundkit.model.words import NOT_LIVE

LATER: Final = timedelta(days=365)
"""A message that asks the same again later than the window is still shown to a person: it would be paid twice."""


class Likeness(IntEnum):
    """How much alike two requests are."""

    NONE = 0
    NEAR = 1
    SAME = 2


@dataclass(frozen=True, slots=True)
class Trace:
    """What of a request can be compared. '' and None: not said. `domain` is '' for providers that anybody uses.

    `key` and `case` are '' for one that is no case yet; `message_ids` are its own and those of its notes; `place` is
    where it stood: what one message asks twice is two requests.
    """

    key: str
    case: str
    state: str
    channel: str
    external_ref: str
    message_ids: tuple[str, ...]
    email: str
    domain: str
    customer: str
    order: str
    invoice: str
    amount: Decimal | None
    currency: str
    reason: str
    subject: str
    words: str
    received_at: datetime
    place: Place | None = None
    thread: tuple[str, ...] = ()
    chases: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """The case that a request is like, how much, and the sentence that says why."""

    case: Trace
    likeness: Likeness
    why: str


def likest(new: Trace, others: Sequence[Trace], window: timedelta) -> Kin | None:
    """The case most like this one, the earliest of several; None when none is."""
    found = [kin for old in others if (kin := _kin(new, old, window))]
    return max(
        found, key=lambda kin: (kin.likeness, _rank(new, kin.case), -kin.case.received_at.timestamp()), default=None
    )


def concerned(said: Trace, others: Sequence[Trace], window: timedelta) -> Trace | None:
    """The case a message is about that asks for nothing itself; None when that cannot be told."""
    for old in others:
        if answers(said, old):
            return old
    near = [old for old in others if _is_near(said, old, window) and not _contradict(said, old)]
    who = [old for old in near if _same_sender(said, old)]
    for chosen in (
        [old for old in who if _shared(said, old)],
        [old for old in who if said.subject and said.subject == old.subject],
        [old for old in who if old.state not in NOT_LIVE],
        [old for old in near if _shared(said, old) and _same_house(said, old)],
    ):
        if len({old.key for old in chosen}) == 1:
            return chosen[0]
    return None


def _is_near(said: Trace, old: Trace, window: timedelta) -> bool:
    """Whether a message may be about a case by when it came: later than the window only by the order or invoice."""
    apart = abs(said.received_at - old.received_at)
    return apart <= window or (apart <= LATER and _same_sender(said, old) and bool(_shared(said, old)))


def answers(new: Trace, old: Trace) -> bool:
    """Whether a message answers one of a case's, or returns it."""
    return any(identity in new.thread for identity in old.message_ids)


_SHORT: Final = 40


def _kin(new: Trace, old: Trace, window: timedelta) -> Kin | None:
    if new.external_ref and new.external_ref == old.external_ref and new.channel == old.channel:
        return Kin(old, Likeness.SAME, f"the same reference {new.external_ref} came by the same channel")
    if _contradict(new, old) or new.place == old.place:
        return None
    if abs(new.received_at - old.received_at) > window:
        return _much_later(new, old)
    sender, shared = _same_sender(new, old), _shared(new, old)
    if sender and new.words == old.words and len(new.words) >= _SHORT:
        return Kin(old, Likeness.SAME, "the same words came from the same sender")
    alike = _may_be_one_sum(new, old)
    if new.chases and alike and (sender or answers(new, old)):
        return Kin(old, Likeness.NEAR, "it presses for a request of the same sender")
    if not alike:
        if answers(new, old) and (sender or _same_house(new, old)):
            return Kin(old, Likeness.NEAR, "it answers the message of that case and asks for another sum")
        return None
    equal = new.amount == old.amount
    if sender and shared and equal and new.reason == old.reason:
        return Kin(old, Likeness.SAME, f"the same sender asked the same amount for {shared}, for the same reason")
    if sender and shared:
        return Kin(old, Likeness.NEAR, f"the same sender asked for {shared} before")
    if shared and equal and new.amount is not None:
        return Kin(old, Likeness.NEAR, f"the same amount was asked for {shared} before")
    by_mail = bool(new.message_ids or old.message_ids)  # a list has many rows of one customer and one price
    if by_mail and new.amount is not None and equal and (sender or _same_house(new, old)):
        who = "the same sender" if sender else "a sender of the same domain"
        return Kin(old, Likeness.NEAR, f"{who} asked the same amount before")
    if answers(new, old) and (sender or _same_house(new, old)):
        return Kin(old, Likeness.NEAR, "it answers the message of that case")
    return None


def _much_later(new: Trace, old: Trace) -> Kin | None:
    """The same for a message that came later than the window: the same sum for the same thing, or pressed for again."""
    apart = (new.received_at - old.received_at).days
    if not new.message_ids or abs(apart) > LATER.days:
        return None
    sender, shared, equal = _same_sender(new, old), _shared(new, old), new.amount == old.amount
    told = equal and new.amount is not None
    if shared and told:
        who = "the same sender" if sender else "somebody"
        return Kin(old, Likeness.NEAR, f"{who} asked the same amount for {shared}, {abs(apart)} days apart")
    if new.chases and _may_be_one_sum(new, old) and sender and (shared or told or answers(new, old)):
        return Kin(old, Likeness.NEAR, "it presses for a request of the same sender")
    return None


def _may_be_one_sum(new: Trace, old: Trace) -> bool:
    """Whether both ask the same amount, or one of them does not say how much."""
    return new.amount is None or old.amount is None or new.amount == old.amount


def _rank(new: Trace, old: Trace) -> int:
    return 2 * answers(new, old) + bool(_shared(new, old))


def _contradict(new: Trace, old: Trace) -> bool:
    """Whether both name another invoice, order, customer or currency: then they are two stories."""
    if new.invoice and old.invoice:
        if new.invoice != old.invoice:
            return True
    elif new.order and old.order and new.order != old.order:
        return True
    if new.customer and old.customer and new.customer != old.customer:
        return True
    return bool(new.currency and old.currency and new.currency != old.currency)


def _shared(new: Trace, old: Trace) -> str:
    """The invoice or order that both are about."""
    if new.invoice and new.invoice == old.invoice:
        return new.invoice
    return new.order if new.order and new.order == old.order else ""


def _same_sender(new: Trace, old: Trace) -> bool:
    return bool((new.email and new.email == old.email) or (new.customer and new.customer == old.customer))


def _same_house(new: Trace, old: Trace) -> bool:
    return bool(new.domain and new.domain == old.domain)
