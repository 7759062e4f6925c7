"""`doctor`: looks after the store."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import context, show

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("doctor")
def doctor(
    ctx: typer.Context,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make every table anew from the ledger.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare every table with the ledger, row for row.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Look after the store: check it, rebuild its tables."""
    from refundkit.workflow import care

    with context.shop(ctx) as shop:
        if rebuild:
            made = care.rebuild(shop)
            if json_:
                show.as_json({"rebuilt": made})
            else:
                typer.echo(f"rebuilt from the ledger: {made} cases")
            return
        if compare:
            differing = care.differences(shop)
            if json_:
                show.as_json({"differing": differing})
            if differing:
                show.note(f"error: these tables are not what the ledger says: {', '.join(differing)}")
                show.note("hint: 'refundkit doctor --rebuild' makes them anew")
                raise typer.Exit(4)
            if not json_:
                typer.echo("every table is what the ledger says")
            return
        found = care.health(shop)
    if json_:
        show.as_json(found.__dict__)
        return
    for name, value in found.__dict__.items():
        typer.echo(f"{name:<8}{value}")
