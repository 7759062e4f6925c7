"""`queue`: the waiting cases on a screen, decided by keys."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from refundkit.commands import context
from refundkit.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("queue")
def queue(
    ctx: typer.Context,
    *,
    read_only: Annotated[bool, typer.Option("--read-only", help="Look, decide nothing; no key is needed.")] = False,
) -> None:
    """Decide what waits, on a screen of its own."""
    if not context.can_ask() and "TEXTUAL_DRIVER" not in os.environ:  # set by who shows it in a browser
        raise UsageError(
            "the queue needs a terminal", hint="'refundkit list --mine' is for scripts, 'refundkit approve' decides"
        )
    from refundkit.tui.app import QueueApp

    QueueApp(context.call(ctx).settings(), read_only=read_only).run()
