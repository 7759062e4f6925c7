"""What the approval queue shows: pages of waiting cases, one case whole, who may decide it, what a yes would pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from refundkit.errors import RefundkitError
from refundkit.model.case import CaseView
from refundkit.model.money import Money
from refundkit.model.opinions import why_inside
from refundkit.model.people import Act, Person, may_decide_at
from refundkit.model.records import folded
from refundkit.model.transitions import Step, possible
from refundkit.model.words import COUNTS_AS_REFUNDED
from refundkit.store import documents, lookup, waiting, waiting_text
from refundkit.store.waiting import Place, Waiting
from refundkit.workflow import parties, reading, standing
from refundkit.workflow.mine import eyes_of, reader
from refundkit.workflow.seen import digest
from refundkit.workflow.shop import Shop

__all__ = ["MOST", "MOST_FOUND", "PAGE", "Page", "Place", "Ready", "Sheet", "Sizes", "Waiting", "reader"]

PAGE: Final = 100
MOST: Final = 10_000
"""The most urgent lines of each part are enough: as they are decided, the next ones come up."""
MOST_FOUND: Final = 200
"""A filter shows no more than this many: whoever sees so many says more."""
_ACTS: Final = (Act.DECIDE, Act.OVERRIDE, Act.ASK, Act.HOLD, Act.REVOKE, Act.REOPEN, Act.RELEASE, Act.ASSESS)
_HISTORY: Final = 6
_MANY_CUSTOMERS: Final = 200


@dataclass(frozen=True)
class Sizes:
    """How many cases wait for this person, and how many for others or for an answer."""

    mine: int
    others: int

    @property
    def total(self) -> int:
        """All that wait."""
        return self.mine + self.others


@dataclass(frozen=True)
class Page:
    """Lines of one part of the queue; `last` is where the next page begins."""

    lines: tuple[Waiting, ...]
    last: Place | None


@dataclass(frozen=True)
class Sheet:
    """One case whole: the document of `show`, and what an approver wants beside it.

    `deciders`: who may decide it. `others`: who has the role and may not, with why. `why_not`: why not whoever looks.
    `earlier`: the customer's other cases, newest first, of `count`; `given`: what the customer got back.
    """

    key: str
    case: dict[str, Any]
    customer: str
    earlier: tuple[dict[str, Any], ...]
    count: int
    given: tuple[str, ...]
    deciders: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    why_not: str
    waits: bool

    @property
    def id(self) -> str:
        """The case's id."""
        return str(self.case["id"])


@dataclass(frozen=True)
class Ready:
    """A case as it stands before a yes: what would be given back, and the digest of what was seen; or why it cannot."""

    case: str
    payable: Money | None
    seen: str
    problem: str = ""


def rights_of(shop: Shop, person: Person) -> frozenset[Act]:
    """What a person may do in the queue, also for others; nothing makes it a queue that only reads."""
    people = standing.levels(shop, person)
    return frozenset(act for act in _ACTS if any(each.may(act) for each in people))


def unlock(shop: Shop) -> None:
    """Open the signing key now where a person must be asked for a passphrase; else when it is first needed.

    Raise RefusedError when this machine has no key of whoever acts.
    """
    if not shop.key_entry or shop.vault.asks:
        shop.signer()


def sizes(shop: Shop) -> Sizes:
    """How many cases wait."""
    return Sizes(*waiting.sizes(shop.store, eyes_of(shop, reader(shop)), MOST))


def renewed(shop: Shop) -> tuple[Sizes, int]:
    """How many cases wait, by the people and the policy of now; and the number of `changes` this is true for."""
    changed = changes(shop)
    shop.refresh()
    return sizes(shop), changed


def page(shop: Shop, *, mine: bool, after: Place | None = None, skip: int = 0, limit: int = PAGE) -> Page:
    """A page of the cases that this person may decide now, or of all others, in the order that matters."""
    eyes = eyes_of(shop, reader(shop))
    places = waiting.page(shop.store, eyes, mine=mine, after=after, skip=skip, limit=limit)
    lines = waiting.lines(shop.store, eyes, [p.key for p in places])
    return Page(tuple(lines), places[-1] if places else None)


def line(shop: Shop, key: str) -> Waiting | None:
    """The line of one case; None when it waits no more."""
    return next(iter(waiting.lines(shop.store, eyes_of(shop, reader(shop)), [key])), None)


def found(shop: Shop, typed: str) -> tuple[Waiting, ...]:
    """The waiting cases with every typed word somewhere in them; '@' before a word looks for a customer instead.

    With both, the words are looked for in the cases of those customers.
    """
    eyes = eyes_of(shop, reader(shop))
    words = typed.split()
    wanted = " ".join(w[1:] for w in words if w.startswith("@")).strip()
    said = " ".join(w for w in words if not w.startswith("@"))
    theirs = waiting.of_customers(shop.store, eyes, _customers(shop, wanted), MOST_FOUND) if wanted else None
    keys = waiting.with_words(shop.store, eyes, said, MOST_FOUND) if said else theirs or []
    if said and theirs is not None:
        having = waiting_text.having(shop.store, said, theirs)
        keys = [key for key in theirs if key in having]
    return tuple(waiting.lines(shop.store, eyes, keys))


def _customers(shop: Shop, typed: str) -> list[str]:
    """Ids of the customers somebody means by an id, or by any part of a name or an address."""
    ids = sorted({typed, typed.upper(), typed.lower()})
    exact = lookup.clients_named(shop.store.connection, ids, typed)
    found = exact or lookup.clients_with(shop.store.connection, folded(typed), _MANY_CUSTOMERS)
    return [client.customer for client in found] or ids


def changes(shop: Shop) -> int:
    """A number that is another one as soon as somebody else has written to the store."""
    return waiting.changes(shop.store)


def sheet(shop: Shop, typed: str) -> Sheet:
    """One case whole, all of one moment."""
    with shop.store.reading():
        case = reading.shown(shop, typed)
        view = shop.find(typed)
        technician = parties.technician(shop.store.connection, view)
        customer = case["customer_id"] or ""
        earlier, count = waiting.of_customer(shop.store, customer, _HISTORY + 1) if customer else ([], 0)
        given = waiting.given_back(shop.store, customer, sorted(COUNTS_AS_REFUNDED)) if customer else []
        names = lookup.clients_named(shop.store.connection, [customer], "") if customer else []
    people = [person for _, person in sorted(shop.org.people.items())]
    able = [(p, why_not(shop, p, view, technician)) for p in people if Act.DECIDE in rights_of(shop, p)]
    return Sheet(
        view.key,
        case,
        names[0].name if names else "",
        tuple(_past(row) for row in earlier if row["id"] != view.id)[:_HISTORY],
        max(count - 1, 0),
        tuple(
            f"{Money(minor, currency)} in {cases} case{'' if cases == 1 else 's'}" for currency, minor, cases in given
        ),
        tuple(p.user for p, why in able if not why),
        tuple((p.user, why) for p, why in able if why),
        why_not(shop, reader(shop), view, technician),
        str(Step.DENY) in possible(view),
    )


def _past(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"], "state": row["state"], "reason": row["reason"],
        "payable": reading.money(row["payable_minor"], row["currency"]), "received_at": reading.utc(row["received_ms"]),
    }  # fmt: skip


def why_not(shop: Shop, person: Person, view: CaseView, technician: str = "") -> str:
    """Why a person may not decide a case whatever its state, as in 'max ...'; '' when nothing stands in the way.

    Whoever stands in for others may where it holds in one of their names.
    """
    own = _why_not((person,), person, view, technician)
    others = [each for each in standing.levels(shop, person) if each.user != person.user]
    return "" if any(not _why_not((person, each), each, view, technician) for each in others) else own


def _why_not(people: Sequence[Person], judged: Person, view: CaseView, technician: str) -> str:
    roles = ", ".join(sorted(judged.roles)) or "no role"
    if not judged.may(Act.DECIDE):
        return f"({roles}) may not approve or deny"
    inside = next((why for person in people if (why := why_inside(person, view, technician))), "")
    if inside:
        return inside
    if not may_decide_at(judged.roles, view.decide_level):
        return f"is {roles}; it takes a {view.decide_level}"
    if {user for a in view.approvals for user in a.people} & {person.user for person in people}:
        return "has approved it; a second manager must"
    return ""


def document(shop: Shop, sha256: str) -> bytes:
    """The content of a document of a case; raise IntegrityError when it is gone or was changed."""
    return documents.read(shop.store, sha256)


def ready(shop: Shop, named: list[str]) -> list[Ready]:
    """What a yes to each of these cases would give back now, bound to the assessment that says so."""
    return [_ready(shop, typed) for typed in named]


def _ready(shop: Shop, typed: str) -> Ready:
    try:
        view = shop.find(typed)
    except RefundkitError as err:
        return Ready(typed, None, "", err.message)
    found, person = view.assessment, reader(shop)
    if found is None or not found["currency"]:
        return Ready(view.id, None, "", "nothing is known to be payable")
    payable, seen = Money(found["payable"], found["currency"]), digest(found)
    problem = why_not(shop, person, view, parties.technician(shop.store.connection, view))
    if str(Step.APPROVE) not in possible(view):
        problem = "is held" if view.holds else "a question waits" if view.questions else f"is {view.state}"
    elif view.open_findings():
        problem = f"findings stand: {', '.join(f[0] for f in view.open_findings())}"
    elif problem:
        problem = f"{person.user} {problem}"
    return Ready(view.id, payable, seen, problem)
