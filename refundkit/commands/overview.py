"""`refundkit` alone: what needs doing now, or how to begin."""

from __future__ import annotations

import typer

from refundkit.commands import context, show


def overview(ctx: typer.Context) -> None:
    """Show what waits and the command for each; on an empty machine, how to begin."""
    path = context.call(ctx).path
    if not path.is_file():
        typer.echo(
            f"There is no store yet ({path}).\n\n"
            "See it work:     refundkit demo ./demo\n"
            "Begin your own:  refundkit init --company 'Your Shop' --base USD --user you\n"
            "All commands:    refundkit --help"
        )
        return
    from refundkit.workflow import overview as looking

    with context.shop(ctx) as shop:
        todo, totals, company = looking.now(shop), looking.totals(shop), shop.org.company
    typer.echo(show.bold(company))
    typer.echo(", ".join(f"{count} {state}" for state, count in totals) or "no cases yet")
    if not totals:
        typer.echo("\nBring requests in:  refundkit import requests.csv mails/")
    if not todo:
        typer.echo("\nnothing waits")
        return
    typer.echo("")
    show.columns(("", "what waits", "next"), [(str(t.count), t.what, t.command) for t in todo], right=[0])
