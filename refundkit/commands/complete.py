"""Shell completion: case ids, users, formats, reasons and states. It only reads, and it never complains."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from refundkit.commands import context
from refundkit.errors import RefundkitError
from refundkit.model.words import Level, Reason, State

if TYPE_CHECKING:
    from refundkit.workflow.shop import Shop

_SHOWN = 60


def _from_shop(ctx: typer.Context, found: Callable[[Shop], list[str]], incomplete: str) -> list[str]:
    """What the shop has that goes on from what was typed; nothing when there is no shop to ask."""
    with contextlib.suppress(RefundkitError), context.shop(ctx) as shop:
        typed = incomplete.upper()
        return [word for word in found(shop) if word.upper().startswith(typed)][:_SHOWN]
    return []


def case_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Ids of cases."""
    from refundkit.workflow import reading

    return _from_shop(ctx, lambda shop: reading.ids(shop, incomplete), incomplete)


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """People of the shop."""
    return _from_shop(ctx, lambda shop: sorted(shop.org.people), incomplete)


def formats(incomplete: str) -> list[str]:
    """Journal formats."""
    from refundkit.workflow import booking

    return [name for name in booking.formats() if name.startswith(incomplete)]


def reasons(incomplete: str) -> list[str]:
    """Reasons of requests."""
    return [str(reason) for reason in Reason if reason.startswith(incomplete)]


def states(incomplete: str) -> list[str]:
    """States of cases."""
    return [str(state) for state in State if state.startswith(incomplete)]


def levels(incomplete: str) -> list[str]:
    """Levels of decisions."""
    return [str(level) for level in Level if level.startswith(incomplete)]
