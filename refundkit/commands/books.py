"""`books`: closes and opens months; two people agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import ask, context, show
from refundkit.commands.arguments import DryRun

if TYPE_CHECKING:
    from refundkit.workflow.closing import Month as Stands
    from refundkit.workflow.month_end import Lack, MonthEnd

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Close and open months of the books.")

Month = Annotated[str, typer.Argument(metavar="MONTH", help="As 2026-09.")]
Why = Annotated[str, typer.Option("--reason", help="Why. It stays for ever.")]
Yes = Annotated[bool, typer.Option("--yes", help="Close it although its books lack something.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("close")
def close(
    ctx: typer.Context,
    month: Month,
    reason: Why = "",
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Ask for a month to be closed, or agree as the second person. Later entries are dated the first open day.

    Says first what happened by then and is not in the books, and which payments nobody has seen end. While the
    books lack something, the month is closed with --yes only.
    """
    from refundkit.workflow import closing

    with context.shop(ctx) as shop:
        left = closing.at_end(shop, month)
        if not json_:
            _tell_left(left)
        anyway = yes or bool(left.unbooked and ask.may_ask(yes=yes) and _wanted(month))
        done = closing.close(shop, month, reason, anyway=anyway, dry_run=dry_run)
    _tell([done], json_=json_, left=left)


def _wanted(month: str) -> bool:
    said = ask.line(f"Close {month} without them? yes or no:", "no")
    return said.casefold() in ("y", "yes")


def _tell_left(left: MonthEnd) -> None:
    from refundkit.workflow.month_end import summed

    for heading, lacks in ((f"not in the books of {left.month}", left.unbooked), ("not reconciled", left.open)):
        if not lacks:
            continue
        rows = [(x.about, x.what, x.on, str(x.amount) if x.amount else "-") for x in lacks]
        show.columns((heading, "what", "on", "amount"), rows, right=[3])
        typer.echo(f"together {', '.join(map(str, summed(lacks))) or '-'}\n")


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


def _tell(months: list[Stands], *, json_: bool, many: bool = False, left: MonthEnd | None = None) -> None:
    if json_:
        data = [
            {"month": m.month, "state": m.state, "agreed_by": list(m.by), "asked_by": m.waits_for or None,
             "wanted": m.wanted or None, "reason": m.reason}
            for m in months
        ]  # fmt: skip
        lacks = {name: [_data(one) for one in getattr(left, name)] for name in ("unbooked", "open")} if left else {}
        show.as_json(data if many else data[0] | lacks)
        return
    if not months:
        typer.echo("no month was ever closed")
    for m in months:
        agreed = f" ({' and '.join(m.by)})" if m.by else ""
        waits = f"; {m.waits_for} wants it {m.wanted}, and a second person must agree" if m.waits_for else ""
        typer.echo(f"{m.month} is {m.state}{agreed}{waits}")


def _data(one: Lack) -> dict[str, Any]:
    return {
        "about": one.about, "what": one.what, "on": one.on, "amount": one.amount.as_json() if one.amount else None,
    }  # fmt: skip
