"""Shell completion: case ids, users, formats, reasons and states. It only reads, and it never complains."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from refundkit.commands import context
from refundkit.errors import RefundkitError
from refundkit.model.requests import NOTED
from refundkit.model.words import Channel, HoldKind, Level, Reason, Role, State

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


class _Anywhere(str):
    """A word that goes on from anything: Typer drops what does not begin with what was typed, and parts need not."""

    __slots__ = ()

    def startswith(self, *_: Any) -> bool:
        """Always."""
        return True


def customers(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Customers by any part of a name, address or number: the id, with the name beside it."""
    from refundkit.workflow import lookup

    with contextlib.suppress(RefundkitError), context.shop(ctx) as shop:
        return [(_Anywhere(c.customer), c.name) for c in lookup.customers(shop, incomplete)]
    return []


def orders(ctx: typer.Context, incomplete: str) -> list[str]:
    """Service orders by any part of their number."""
    return _numbers(ctx, "service_order", incomplete)


def invoices(ctx: typer.Context, incomplete: str) -> list[str]:
    """Invoices by any part of their number."""
    return _numbers(ctx, "invoice", incomplete)


def _numbers(ctx: typer.Context, column: str, incomplete: str) -> list[str]:
    from refundkit.workflow import lookup

    with contextlib.suppress(RefundkitError), context.shop(ctx) as shop:
        return [_Anywhere(number) for number in lookup.numbers(shop, column, incomplete, _SHOWN)]
    return []


def channels(incomplete: str) -> list[str]:
    """Channels by which a request that is noted by hand can have come."""
    return [str(c) for c in Channel if c != Channel.CSV and c.startswith(incomplete)]


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """People of the shop."""
    return _from_shop(ctx, lambda shop: sorted(shop.org.people), incomplete)


def policies(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Adopted policies by number or hash: the number, with the hash and the day beside it."""
    from refundkit.workflow import policy, reading

    with contextlib.suppress(RefundkitError), context.shop(ctx) as shop:
        words = [
            (str(past.number) if str(past.number).startswith(incomplete) else past.sha256, past)
            for past in reversed(policy.history(shop))
            if str(past.number).startswith(incomplete) or past.sha256.startswith(incomplete.lower())
        ]
        return [(word, f"{reading.utc(past.at_ms)} {past.sha256[:12]}") for word, past in words][:_SHOWN]
    return []


def formats(incomplete: str) -> list[str]:
    """Journal formats."""
    from refundkit.workflow import booking

    return [name for name in booking.formats() if name.startswith(incomplete)]


def reasons(incomplete: str) -> list[str]:
    """Reasons of requests."""
    return [str(reason) for reason in Reason if reason.startswith(incomplete)]


def on_duplicate(incomplete: str) -> list[str]:
    """What may become of a request that may be there already."""
    return [way for way in ("ask", "review", "link", "keep") if way.startswith(incomplete)]


def note_kinds(incomplete: str) -> list[str]:
    """Kinds of messages that are put on the case they are about."""
    return [kind for kind in sorted(NOTED) if kind.startswith(incomplete)]


def states(incomplete: str) -> list[str]:
    """States of cases."""
    return [str(state) for state in State if state.startswith(incomplete)]


def hold_kinds(incomplete: str) -> list[str]:
    """Kinds of holds."""
    return [str(kind) for kind in HoldKind if kind.startswith(incomplete)]


def roles(incomplete: str) -> list[str]:
    """What a person can be."""
    return [str(role) for role in Role if role.startswith(incomplete)]


def levels(incomplete: str) -> list[str]:
    """Levels of decisions."""
    return [str(level) for level in Level if level.startswith(incomplete)]
