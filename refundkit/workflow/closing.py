"""Closes and opens months of the books: two people agree; a closed month takes no new entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from refundkit.errors import RefusedError, UsageError
from refundkit.model.org import BOOKS_SET
from refundkit.model.people import Act
from refundkit.store import closings
from refundkit.workflow import month_end
from refundkit.workflow.authors import had_the_right
from refundkit.workflow.shop import Shop

CLOSED: Final = "closed"
OPEN: Final = "open"
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True)
class Month:
    """Where a month stands. `waits_for`: who has asked for the other state, when a second person has not agreed.

    `asked`: the event in which they asked.
    """

    month: str
    state: str
    by: tuple[str, ...] = ()
    waits_for: str = ""
    wanted: str = ""
    reason: str = ""
    asked: str = ""


def close(shop: Shop, month: str, reason: str, *, anyway: bool = False, dry_run: bool = False) -> Month:
    """Ask for a month to be closed, or agree with another person who has. Only a month that is over can be closed.

    Each of the two must say that they want it `anyway` when something that happened is not in the month's books.
    """
    shop.require(Act.CLOSE)
    left = at_end(shop, month)
    if not anyway and not dry_run:
        month_end.refuse_unbooked(left)
    return _say(shop, month, CLOSED, reason, dry_run=dry_run)


def at_end(shop: Shop, month: str) -> month_end.MonthEnd:
    """What a month that is over lacks; RefusedError for one that is not."""
    _check(month)
    if month >= shop.today.strftime("%Y-%m"):
        raise RefusedError(f"{month} is not over yet", hint="a month is closed when its last day is past")
    return month_end.at_end_of(shop, month)


def reopen(shop: Shop, month: str, reason: str, *, dry_run: bool = False) -> Month:
    """Ask for a closed month to be opened again, or agree with another person who has."""
    if not reason.strip():
        raise UsageError("why is the month opened again?", hint="--reason TEXT", where="--reason")
    return _say(shop, month, OPEN, reason, dry_run=dry_run)


def months(shop: Shop) -> list[Month]:
    """Every month of which something was said, in order."""
    return [_stands(shop, month) for month in sorted({s.month for s in closings.said(shop.store)})]


def closed_months(shop: Shop) -> frozenset[str]:
    """The months that take no entry."""
    return frozenset(m.month for m in months(shop) if m.state == CLOSED)


def open_day(day: date, closed: frozenset[str]) -> date:
    """The day itself, or the first day after it whose month is not `closed`."""
    while day.strftime("%Y-%m") in closed:
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day


def _check(month: str) -> None:
    if not _MONTH.match(month):
        raise UsageError(f"'{month[:20]}' is no month", hint="a month is written as 2026-09")


def _say(shop: Shop, month: str, wanted: str, reason: str, *, dry_run: bool) -> Month:
    shop.require(Act.CLOSE)
    _check(month)
    with shop.write(keep=not dry_run) as pen:
        now = _stands(shop, month)
        if now.state == wanted:
            raise RefusedError(f"{month} is {wanted} already", hint="'refundkit books list' shows the months")
        if now.waits_for == shop.actor.user:
            raise RefusedError(
                f"{shop.actor.user} has asked for {month} to be {wanted}, and another person must agree",
                hint=f"they run the same command: refundkit books {'close' if wanted == CLOSED else 'reopen'} {month}",
            )
        pen.append(
            BOOKS_SET,
            {"month": month, "wanted": wanted, "who": shop.actor.user, "reason": reason, "seconds": now.asked},
            deps=[now.asked] if now.asked else (),
        )
        return _stands(shop, month)


def _stands(shop: Shop, month: str) -> Month:
    state, by = OPEN, tuple[str, ...]()
    waiting: closings.Said | None = None
    counted = [s for s in closings.said(shop.store, month) if had_the_right(shop, s.event, s.who, Act.CLOSE)]
    by_event = {s.event: s for s in counted}
    for said in counted:
        if said.wanted == state:
            continue
        first = by_event.get(said.seconds)
        if first is not None and first.who != said.who and first.wanted == said.wanted:
            state, by, waiting = said.wanted, (first.who, said.who), None
        elif not said.seconds:
            waiting = said
    if waiting is None:
        return Month(month, state, by)
    return Month(month, state, by, waiting.who, waiting.wanted, waiting.reason, waiting.event)
