"""`books`: closes and opens months; two people agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DryRun

if TYPE_CHECKING:
    from refundkit.workflow.closing import Month as Stands

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Close and open months of the books.")

Month = Annotated[str, typer.Argument(metavar="MONTH", help="As 2026-09.")]
Why = Annotated[str, typer.Option("--reason", help="Why. It stays for ever.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("close")
def close(ctx: typer.Context, month: Month, reason: Why = "", *, dry_run: DryRun = False, json_: Json = False) -> None:
    """Ask for a month to be closed, or agree as the second person. Later entries are dated the first open day."""
    from refundkit.workflow import closing

    with context.shop(ctx) as shop:
        done = closing.close(shop, month, reason, dry_run=dry_run)
    _tell([done], json_=json_)


@app.command("reopen")
def reopen(ctx: typer.Context, month: Month, reason: Why, *, dry_run: DryRun = False, json_: Json = False) -> None:
    """Ask for a closed month to be opened again, or agree as the second person."""
    from refundkit.workflow import closing

    with context.shop(ctx) as shop:
        done = closing.reopen(shop, month, reason, dry_run=dry_run)
    _tell([done], json_=json_)


@app.command("list")
def list_(ctx: typer.Context, *, json_: Json = False) -> None:
    """List the months that were closed, or are asked to be."""
    from refundkit.workflow import closing

    with context.shop(ctx) as shop:
        found = closing.months(shop)
    _tell(found, json_=json_, many=True)


def _tell(months: list[Stands], *, json_: bool, many: bool = False) -> None:
    if json_:
        data = [
            {"month": m.month, "state": m.state, "agreed_by": list(m.by), "asked_by": m.waits_for or None,
             "wanted": m.wanted or None, "reason": m.reason}
            for m in months
        ]  # fmt: skip
        show.as_json(data if many else data[0])
        return
    if not months:
        typer.echo("no month was ever closed")
    for m in months:
        agreed = f" ({' and '.join(m.by)})" if m.by else ""
        waits = f"; {m.waits_for} wants it {m.wanted}, and a second person must agree" if m.waits_for else ""
        typer.echo(f"{m.month} is {m.state}{agreed}{waits}")
