"""A digest in words: what waits for one person, since when, and what went up because nobody decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from refundkit.model.people import Person, may_decide_at

MOST: Final = 100
"""Nobody reads a longer digest; the list has them all."""

if TYPE_CHECKING:
    from refundkit.workflow.reminders import Due


def text(person: Person, found: Sequence[Due], company: str, zone: str) -> tuple[str, str]:
    """(subject, body) of the digest that a person gets. Nothing that a customer wrote stands in it."""
    parts: tuple[list[Due], list[Due]] = ([], [])
    for due in found:
        parts[due.raises and not may_decide_at(person.roles, due.level)].append(due)
    mine, gone = parts
    said = []
    if mine:
        said.append((f"{_refunds(mine)} for you", f"{_refunds(mine)} for a decision that you can take:", mine))
    if gone:
        said.append((f"{_refunds(gone)} for a manager now", f"{_refunds(gone)} for a manager from now on:", gone))
    told = [f"{title}\n\n" + "\n".join(lines(listed, zone)) for _, title, listed in said]
    body = "\n\n".join([f"{person.name or person.user},", *told, "refundkit list --mine"])
    return f"{company}: {', '.join(subject for subject, _, _ in said)}", f"{body}\n"


def _refunds(found: Sequence[Due]) -> str:
    return "1 refund waits" if len(found) == 1 else f"{len(found)} refunds wait"


def lines(found: Sequence[Due], zone: str) -> list[str]:
    """One line a case, of many the first: what, since when, the how-manieth reminder, whether it went up with it."""
    rows = [_cells(due, zone) for due in found[:MOST]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*told, *([f"and {len(found) - MOST} more"] if len(found) > MOST else [])]


def _cells(due: Due, zone: str) -> list[str]:
    local = datetime.fromtimestamp(due.since_ms // 1000, UTC).astimezone(ZoneInfo(zone))
    up = ", a manager decides now" if due.raises else ""
    return [
        due.case, str(due.payable or "-"), due.reason, due.customer or "-", f"since {local:%Y-%m-%d %H:%M}",
        f"reminder {due.slot}{up}",
    ]  # fmt: skip
