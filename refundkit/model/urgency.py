"""The order in which waiting cases matter, and the marks that say for whom a case is not: both fit into an index.

A case weighs its money times its waiting: every doubling of the amount counts as a week of waiting. Said like this, two
cases never change places while the clock runs, so that the order can be kept instead of being worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from refundkit.model.case import CaseView
from refundkit.model.people import Person

DOUBLING_MS: Final = 7 * 24 * 60 * 60 * 1000


def urgent_ms(waiting_since_ms: int, minor: int | None) -> int:
    """Where a case stands among the waiting ones; the smallest first. `minor`: payable in the currency of the books.

    Between two powers of two the logarithm is taken as a straight line: whole numbers, the same on every machine.
    """
    money = max(minor or 1, 1)
    doublings = money.bit_length() - 1
    part = DOUBLING_MS * (money - (1 << doublings)) >> doublings
    return waiting_since_ms - DOUBLING_MS * doublings - part


def insiders(view: CaseView) -> Iterator[str]:
    """Marks of everybody who stands in a case or has had a say already: see `own_marks`."""
    yield from (f"u:{user}" for user in sorted(view.barred))
    yield from (f"a:{user}" for user in sorted({user for a in view.approvals for user in a.people}))
    known = (view.assessment or {}).get("technician", "")
    for said in (view.request["requested_by"], view.request["customer_email"], known):
        text = " ".join(str(said).casefold().split())
        if text:
            yield f"n:{text}"


def own_marks(person: Person) -> list[str]:
    """The marks by which a person is found among the insiders of a case."""
    names = {" ".join(w.casefold().split()) for w in (person.name, person.email, person.technician, person.user) if w}
    return [f"u:{person.user}", f"a:{person.user}", *(f"n:{name}" for name in sorted(names))]
