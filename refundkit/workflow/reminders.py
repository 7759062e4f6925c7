"""Reminds those who can decide of what waits: once for each slot, however often and wherever it is run.

The reminder of a slot is an event of its case; the digests that say so to people lie in this store's outbox. Both are
written in one transaction, so a run that is killed has done all of it or nothing.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from refundkit.errors import RefusedError
from refundkit.model import reminders
from refundkit.model.case import REMINDED, CaseEvent, CaseView
from refundkit.model.escalation import Terms, terms_of
from refundkit.model.money import Money
from refundkit.model.people import Act, Person
from refundkit.model.words import Level
from refundkit.rules.waiting import Clock
from refundkit.store import cases, outbox
from refundkit.workflow import digests
from refundkit.workflow.mine import deciders
from refundkit.workflow.outcomes import known
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop

_MESSAGE: Final = b"refundkit/message/v1\0"


@dataclass(frozen=True)
class Due:
    """A case that was reminded of. `raises`: it went up a level with this reminder; `to`: who can decide it."""

    case: str
    slot: int
    state: str
    level: str
    payable: Money | None
    reason: str
    customer: str
    since_ms: int
    due_ms: int
    raises: bool
    to: tuple[str, ...]
    key: str
    event: str


@dataclass(frozen=True)
class Digest:
    """What one person is told in one run."""

    id: str
    person: Person
    cases: tuple[Due, ...]


@dataclass(frozen=True)
class Escalated:
    """What one run came to."""

    at_ms: int
    digests: list[Digest] = field(default_factory=list)
    cases: list[Due] = field(default_factory=list)


def escalate(shop: Shop, *, dry_run: bool = False) -> Escalated:
    """Write every reminder that is due and was not written, and one digest for each person it goes to."""
    shop.require(Act.REMIND)
    done = Escalated(int(shop.now.timestamp() * 1000))
    keys = [key for key, _ in _overdue(shop, done.at_ms)]
    if not keys:
        return done
    with shop.write(keep=not dry_run) as pen:
        terms = _terms(shop)
        views = [view for view in map(shop.case, keys) if view.waits]  # somebody may have been faster
        clock = Clock(terms, min((v.waiting_since_ms for v in views), default=done.at_ms), done.at_ms)
        for view in views:
            slot = clock.slot(view.waiting_since_ms, done.at_ms)
            if slot > view.reminded:
                done.cases.append(_remind(shop, pen, view, slot, clock))
        done.digests.extend(_digests(shop, done.cases))
        for digest in done.digests:
            subject, body = digests.text(digest.person, digest.cases, shop.org.company, terms.zone)
            named = tuple((due.key, due.event) for due in digest.cases)
            outbox.put(pen.connection, outbox.Message(digest.id, digest.person.user, done.at_ms, subject, body, named))
    return done


def overdue(shop: Shop) -> int:
    """How many cases wait for a reminder that nobody has written yet."""
    return len(_overdue(shop, int(shop.now.timestamp() * 1000)))


@dataclass(frozen=True)
class Waiting:
    """A digest of this store that was not sent. `needless`: another machine reminded of all in it before."""

    message: outbox.Message
    needless: bool


def unsent(shop: Shop) -> list[Waiting]:
    """The digests that lie in this store's outbox."""
    found = outbox.unsent(shop.store)
    count = outbox.counted_events(shop.store, [event for message in found for _, event in message.reminders])
    return [Waiting(m, not any(event in count for _, event in m.reminders)) for m in found]


def zone(shop: Shop) -> str:
    """The shop's time zone, in which digests tell times."""
    return _terms(shop).zone


def _terms(shop: Shop) -> Terms:
    terms = terms_of(shop.org.policies[-1].text)
    if terms is None:
        raise RefusedError(
            "the policy in force says nothing of reminders that this program reads",
            hint="'refundkit policy check', then 'refundkit policy adopt'",
        )
    return terms


def _overdue(shop: Shop, now: int) -> list[tuple[str, int]]:
    """(key, slot) of the cases whose newest slot was not reminded of, as the table of cases says."""
    waiting = cases.waiting(shop.store)
    if not waiting:
        return []
    clock = Clock(_terms(shop), min(since for _, since, _ in waiting), now)
    slots = ((key, clock.slot(since, now), reminded) for key, since, reminded in waiting)
    return [(key, slot) for key, slot, reminded in slots if slot > reminded]


def _remind(shop: Shop, pen: Pen, view: CaseView, slot: int, clock: Clock) -> Due:
    """Write the reminder of a slot. Slots before it that nobody wrote are gone: a late run reminds once."""
    people = [p for p in deciders(shop, view) if p.user not in {a.user for a in view.approvals}]
    raises = slot >= clock.terms.raise_after and view.decide_level != Level.MANAGER
    due = clock.due(view.waiting_since_ms, slot)
    to = tuple(p.user for p in people)
    data = reminders.as_data(
        view, slot, to=to, due_ms=due, policy=shop.org.policy_hash, raises=str(Level.MANAGER) if raises else ""
    )
    written = pen.append(REMINDED, data, case=view.key, deps=known(view))
    return _due(pen.project(shop.store, view.key, shop.org), written, to, due, raises=raises)


def _due(view: CaseView, written: CaseEvent, to: tuple[str, ...], due_ms: int, *, raises: bool) -> Due:
    found, data = view.assessment or {}, written.data or {}
    currency = found.get("currency", "")
    payable = Money(view.payable, currency) if currency and view.payable is not None else None
    return Due(
        view.id, data["slot"], str(view.state), str(view.decide_level), payable, str(view.request["reason"]),
        found.get("customer_id", "") or str(view.request["customer_id"]), view.waiting_since_ms, due_ms, raises, to,
        data["key"], written.id,
    )  # fmt: skip


def _digests(shop: Shop, found: Iterable[Due]) -> list[Digest]:
    """One for each person, the longest wait first, of equal ones what came in first."""
    by_person: dict[str, list[Due]] = {}
    for due in sorted(found, key=lambda due: due.since_ms):
        for user in due.to:
            by_person.setdefault(user, []).append(due)
    return [Digest(_id(user, mine), shop.org.people[user], tuple(mine)) for user, mine in sorted(by_person.items())]


def _id(user: str, found: Iterable[Due]) -> str:
    """What names a digest: whom it tells of which reminders."""
    told = "\0".join([user, *sorted(due.event for due in found)])
    return b32encode(sha256(_MESSAGE + told.encode()).digest()[:20]).decode("ascii")
