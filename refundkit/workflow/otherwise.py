"""What would come out differently: open cases under another policy, decided ones under today's. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from refundkit.model.case import CaseView
from refundkit.model.events import hlc_milliseconds
from refundkit.model.fold import fold, judged
from refundkit.model.words import State
from refundkit.rules.routing import WHO
from refundkit.store import cases, ledger
from refundkit.store.facts import Facts
from refundkit.workflow.assessing import asked_of, dossier_of, found_by
from refundkit.workflow.shop import Shop

if TYPE_CHECKING:
    from refundkit.model.policy import Policy

OPEN: Final = (State.REVIEW, State.AWAITING)
DECIDED: Final = (State.APPROVED, State.BOOKED, State.PAYING, State.PAID, State.DENIED)
_AT_ONCE: Final = 500

Tell = Callable[[str, int], None] | None


class Way(NamedTuple):
    """Where a case goes: `level` is who must say yes at least; `payable` in minor units of `currency`."""

    state: str
    level: str
    dual: bool
    payable: int
    currency: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A case that comes out differently, and the sentence that says why. `stands`: its state, which stays."""

    case: str
    stands: str
    arrived: str
    before: Way
    after: Way
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How many cases were looked at, and those that come out differently, in the order they came in."""

    count: int
    differ: list[Otherwise]


def under(shop: Shop, policy: Policy, policy_hash: str, tell: Tell = None) -> Looked:
    """Judge every open case as of now by the policy in force and by another one.

    On each side the cases of one customer are judged in the order they came in, each seeing what those before it
    became: what one policy would approve by itself is gone from the invoice, and added up, for the next.
    """
    differ, count = [], 0
    with shop.store.reading():
        sides = (_Side(shop, shop.policy, shop.org.policy_hash), _Side(shop, policy, policy_hash))
        for views in _in_batches(shop, cases.by_customer(shop.store, OPEN)):
            for side in sides:
                side.gather(views)
            for view in views:
                before, after = (side.judge(view) for side in sides)
                differ += _compared(view, _way(before), _way(after), before.assessment, after.assessment)
            count += len(views)
            if tell:
                tell("open cases", count)
    return Looked(count, sorted(differ, key=lambda case: case.arrived))


def decided(shop: Shop, named: Sequence[str] = (), tell: Tell = None) -> Looked:
    """Judge decided cases once more, by the policy and the records of now; what is decided stays decided.

    Each is judged on the day of its own assessment, beside the cases that were there then: a later request, or time
    that passed, is no reason to come out differently.
    """
    differ, count = [], 0
    with shop.store.reading():
        pairs = [("", cases.find(shop.store, n)) for n in named] or cases.by_customer(shop.store, DECIDED)
        facts = Facts(shop.store.connection, shop.org.base, shop.today)
        for views in _in_batches(shop, pairs):
            judgeable = [v for v in views if v.state in DECIDED and v.assessment is not None]
            facts.gather([asked_of(v.request) for v in judgeable])
            for view in judgeable:
                dossier = dossier_of(
                    facts, shop.store.connection, view, until=view.assessed, today=_day(shop, view.assessed)
                )
                found = found_by(shop.policy, shop.org.policy_hash, view, dossier)
                differ += _compared(view, _said(view.assessment), _said(found), view.assessment, found)
            count += len(judgeable)
            if tell:
                tell("decided cases", count)
    return Looked(count, sorted(differ, key=lambda case: case.arrived))


class _Side:
    """The open cases as one policy judges them."""

    def __init__(self, shop: Shop, policy: Policy, policy_hash: str) -> None:
        self._policy, self._hash, self._connection = policy, policy_hash, shop.store.connection
        today = shop.now.astimezone(policy.shop.zone).date()
        self._facts = Facts(self._connection, shop.org.base, today)

    def gather(self, views: Sequence[CaseView]) -> None:
        self._facts.gather([asked_of(view.request) for view in views])

    def judge(self, view: CaseView) -> CaseView:
        dossier = dossier_of(self._facts, self._connection, view)
        after = judged(view, found_by(self._policy, self._hash, view, dossier))
        if after.counts:
            self._facts.add(after)
        return after


def _in_batches(shop: Shop, pairs: Iterable[tuple[str, str]]) -> Iterator[list[CaseView]]:
    """The cases in batches; those of one customer are in one batch."""
    keys: list[str] = []
    last = ""
    for customer, key in pairs:
        if len(keys) >= _AT_ONCE and (customer != last or not customer):
            yield _views(shop, keys)
            keys = []
        keys.append(key)
        last = customer
    if keys:
        yield _views(shop, keys)


def _views(shop: Shop, keys: Sequence[str]) -> list[CaseView]:
    events = ledger.events_of(shop.store, keys)
    return [fold(key, events[key], shop.org) for key in keys]


def _compared(view: CaseView, before: Way, after: Way, old: Any, new: Any) -> list[Otherwise]:
    """The case, when its way is another one."""
    if before == after:
        return []
    why = _why(old, new, by_route=before[:3] != after[:3])
    return [Otherwise(view.id, str(view.state), view.arrived, before, after, why)]


def _way(view: CaseView) -> Way:
    found = view.assessment or {}
    return Way(str(view.state), str(view.decide_level), view.dual, found["payable"], found["currency"])


def _said(found: Any) -> Way:
    """The way that an assessment says, whatever was decided after it."""
    return Way(found["state"], found["decide_level"], found["dual"], found["payable"], found["currency"])


def _why(old: Any, new: Any, *, by_route: bool) -> str:
    """The sentence of the new route (or, where only the amount moves, of the new calculation) that makes the change."""
    route = [sentence for sentence in new["route_text"] if sentence not in old["route_text"]]
    steps = [sentence for sentence in new["steps"] if sentence not in old["steps"]]
    if steps and not by_route:
        return str(steps[0])
    telling = [sentence for sentence in route if sentence not in WHO.values()] or route
    return str(telling[-1]) if telling else ""


def _day(shop: Shop, assessed: str) -> date:
    """The day in the shop's time zone on which an assessment was written."""
    written = datetime.fromtimestamp(hlc_milliseconds(assessed) // 1000, UTC)
    return written.astimezone(shop.zone).date()
