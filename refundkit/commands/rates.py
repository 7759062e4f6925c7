"""`rates import`: takes the European Central Bank's file of exchange rates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DryRun, day

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Exchange rates from the ECB's own file.")


@app.callback()
def only() -> None:
    """Exchange rates from the ECB's own file."""


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="eurofxref-hist.zip, its CSV, or the daily file.")],
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="From this day on; 400 days back without.")
    ] = "",
    currency: Annotated[
        list[str] | None, typer.Option("--currency", metavar="CODE", help="Only this one; again and again.")
    ] = None,
    *,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Take rates into the shop's records, as units for 1 of the books' currency."""
    from refundkit.workflow import rates

    codes = [code.upper() for code in currency or ()]
    with context.shop(ctx) as shop:
        report = rates.load(shop, file, since=day(since, "--since"), currencies=codes, dry_run=dry_run)
    if json_:
        show.as_json(
            {"file": report.file, "kind": report.kind, "rows": report.rows, "new": report.new,
             "changed": report.changed, "unchanged": report.unchanged}
        )  # fmt: skip
        return
    would = "would be " if dry_run else ""
    typer.echo(f"{report.rows} rates: {report.new} {would}new, {report.changed} changed, {report.unchanged} unchanged")
