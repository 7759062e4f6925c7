"""`case`: what lies with a case, parts that came back with it, and a case made by hand of a message."""

from __future__ import annotations

from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

from refundkit.commands import context, outcomes, show
from refundkit.commands.arguments import Case, DryRun, day
from refundkit.errors import UsageError

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Files of a case; parts that came back; a case from a message.",
)


@app.callback()
def group() -> None:
    """Files of a case; parts that came back; a case from a message."""


@app.command("from")
def from_(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(help="Its number in 'import --ignored', its Message-ID, or its file.")],
    *,
    dry_run: DryRun = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a request.")] = False,
) -> None:
    """Make a case of a message that seemed to ask for no refund."""
    from refundkit.commands import imported
    from refundkit.workflow import rescue

    with context.shop(ctx) as shop:
        report = rescue.case_from(shop, message, dry_run=dry_run)
    imported.tell(report, dry_run=dry_run, jsonl=jsonl)


@app.command("stock")
def stock(
    ctx: typer.Context,
    case: Case,
    cost: Annotated[str, typer.Option("--cost", metavar="AMOUNT", help="What the part cost, as 260.00.")],
    evidence: Annotated[str, typer.Option("--evidence", metavar="TEXT", help="What shows it; stays for ever.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day it came back; today without.")] = "",
    *,
    scrap: Annotated[bool, typer.Option("--scrap", help="It cannot be sold again.")] = False,
    corrects: Annotated[
        bool, typer.Option("--corrects", help="In place of what was said before; a cost of 0 takes it back.")
    ] = False,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say that a refunded part came back: its cost goes into stock, or to scrap."""
    from refundkit.workflow import stocking

    amount, currency = outcomes.amount_of(cost, "--cost")
    with context.shop(ctx) as shop:
        if amount is None or currency not in ("", shop.org.base):
            raise UsageError("what did the part cost?", hint=f"an amount in {shop.org.base}", where="--cost")
        done = stocking.stock_back(
            shop, case, amount, scrap=scrap, evidence=evidence, on=day(on, "--on"), corrects=corrects, dry_run=dry_run
        )
    if json_:
        show.as_json(
            {"number": done.number, "case": done.case, "cost": done.cost.as_json(), "scrap": scrap,
             "corrects": done.corrects or None}
        )  # fmt: skip
        return
    would, goal = ("would go" if dry_run else "goes"), ("to scrap" if scrap else "into stock")
    instead = f", in place of {done.corrects}" if done.corrects else ""
    typer.echo(f"{done.number}: a part of {done.case} {would} {goal} at {done.cost}{instead}")


@app.command("files")
def files(
    ctx: typer.Context,
    case: Case,
    folder: Annotated[Path | None, typer.Option("-o", "--output", metavar="DIR", help="Save them there.")] = None,
    *,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List the files of a case, or save them; nothing is ever overwritten."""
    from refundkit.workflow import case_files

    with context.shop(ctx) as shop:
        found = case_files.listed(shop, case)[1]
        saved = case_files.save(shop, case, folder, dry_run=dry_run) if folder is not None else []
    if json_:
        show.as_json(
            [asdict(file) | {"saved": str(path) if path else None} for file, path in zip_longest(found, saved)]
        )
    elif saved:
        for path in saved:
            typer.echo(f"{path}{' (not written)' if dry_run else ''}")
    elif found:
        rows = [(f.name, f.media_type, f.told, f.original if f.original != f.name else "") for f in found]
        show.columns(("file", "kind", "size", "was called"), rows, right=[2])
    else:
        show.note("no files")
