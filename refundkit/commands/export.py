"""`export`: writes batches of bookings for accounting systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from refundkit.commands import complete, context, show
from refundkit.commands.arguments import DryRun
from refundkit.errors import UsageError
from refundkit.exporters.journals import registry
from refundkit.model.money import Money
from refundkit.workflow.reading import utc

if TYPE_CHECKING:
    from refundkit.exporters.journals.contract import Readiness
    from refundkit.workflow.batch_ends import Answer
    from refundkit.workflow.booking import Exported

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("export")
def export(
    ctx: typer.Context,
    format_: Annotated[
        str,
        typer.Argument(metavar="FORMAT", help=f"{', '.join(registry.names())}.", autocompletion=complete.formats),
    ] = "",
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Of 'confirm' and 'revise'.")] = "",
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where the files go.")] = Path(),
    again: Annotated[str, typer.Option("--again", metavar="BATCH", help="Write the same files of a batch again.")] = "",
    refused: Annotated[
        str, typer.Option("--refused", metavar="MESSAGE", help="With 'confirm': what the accounting system said.")
    ] = "",
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Say which accounts must exist and what is missing; book nothing.")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the batches.")] = False,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Write a batch of bookings for the accounting system.

    'export confirm BATCH' says that it is in the books, with --refused that it was not taken; 'export revise BATCH'
    writes a refused one anew under the same numbers.
    """
    from refundkit.workflow import batch_ends, booking

    with context.shop(ctx) as shop:
        if format_ == "confirm":
            answer = batch_ends.confirm(shop, batch or again, refused, dry_run=dry_run)
            _answer(answer, json_=json_)
            return
        if list_:
            _list(booking.listed(shop), shop.org.base, json_=json_)
            return
        if check:
            _ready(booking.ready(shop, format_), format_, json_=json_)
            return
        if format_ == "revise":
            done = batch_ends.revise(shop, batch, folder, dry_run=dry_run)
        elif again:
            done = booking.again(shop, again, folder)
        elif not format_:
            raise UsageError(
                "which format?", hint=f"one of {', '.join(booking.formats())}: refundkit export hledger -o DIR"
            )
        else:
            done = booking.export(shop, format_, folder, dry_run=dry_run)
    _tell(done, dry_run=dry_run, json_=json_)


def _list(batches: list[dict[str, object]], base: str, *, json_: bool) -> None:
    from refundkit.workflow.reading import money

    found = [
        {
            "batch": b["batch"],
            "format": b["format"],
            "at": utc(int(str(b["at_ms"]))),
            "by": b["who"],
            "cases": b["cases"],
            "total": money(int(str(b["base_minor"])), base),
            "files": b["files"],
            "revises": b["revises"] or None,
            "outcome": b["outcome"] or None,
            "message": b["message"],
        }
        for b in batches
    ]
    if json_:
        show.as_json(found)
        return
    rows = [
        (str(b["batch"]), str(b["format"]), utc(int(str(b["at_ms"]))), str(b["who"]), str(b["cases"]),
         _owed(Money(int(str(b["base_minor"])), base)), str(b["outcome"] or "-"))
        for b in batches
    ]  # fmt: skip
    show.columns(("batch", "format", "made", "by", "cases", "to customers", "in the books"), rows, right=[4, 5])
    if rows:
        typer.echo("credit memos add to what is owed to customers, payments take away")


def _ready(found: Readiness, format_: str, *, json_: bool) -> None:
    if json_:
        show.as_json(
            {"format": format_, "accounts": [{"key": key, "name": name} for name, key in found.accounts],
             "needs": list(found.needs), "problems": list(found.problems)}
        )  # fmt: skip
    else:
        typer.echo(f"[accounts.{format_}]")
        for name, key in sorted(found.accounts, key=lambda pair: pair[1]):
            typer.echo(f'{key} = "{name}"')
        for need in found.needs:
            typer.echo(f"needed: {need}")
        for problem in found.problems:
            typer.echo(f"problem: {problem}")
        if not found.problems:
            typer.echo("the next batch can be written; the accounts above must exist under these names")
    if found.problems:
        raise typer.Exit(1)


def _answer(answer: Answer, *, json_: bool) -> None:
    if json_:
        show.as_json({"batch": answer.batch, "outcome": answer.outcome, "message": answer.message,
                      "cases": list(answer.cases)})  # fmt: skip
        return
    typer.echo(f"batch {answer.batch}: {answer.outcome}, {len(answer.cases)} cases")
    if answer.outcome != "landed":
        show.note(f"mend what it said, then: refundkit export revise {answer.batch}")


def _tell(done: Exported, *, dry_run: bool, json_: bool) -> None:
    if json_:
        total = done.total.as_json() if done.total else None
        show.as_json(
            {"batch": done.batch or None, "format": done.format, "cases": list(done.cases), "total": total,
             "files": [str(p) for p in done.files], "completed": list(done.completed), "held": list(done.held)}
        )  # fmt: skip
        return
    for batch in done.completed:
        show.note(f"batch {batch} was interrupted before its files were written: they are written now")
    for line in done.held:
        show.note(f"held back: {line}")
    if not done.cases:
        typer.echo("nothing to export: neither an approved case nor a payment waits to be booked")
        return
    would = "would be booked" if dry_run else "booked"
    cases = f"{len(done.cases)} case{'' if len(done.cases) == 1 else 's'}"
    typer.echo(f"batch {done.batch}: {cases} {would}, {_moved(done)}")
    for path in done.files:
        typer.echo(f"  {path}")


def _moved(done: Exported) -> str:
    """What a batch does to what is owed; one that adds to it says its total."""
    if done.total is None or done.total.minor > 0:
        return str(done.total)
    return _owed(done.total) if done.total.minor else "what is owed stays the same"


def _owed(total: Money) -> str:
    """What a batch does to what is owed: credit memos add to it, payments take away."""
    if not total.minor:
        return "the same"
    return f"{Money(abs(total.minor), total.currency)} {'more' if total.minor > 0 else 'less'} owed"
