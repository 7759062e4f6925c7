"""`import`: brings requests in, takes mended rows back, and lists what was left over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import ask, complete, context, imported, reading, show
from refundkit.commands.arguments import DateOrder, DecimalMark, DryRun, Map
from refundkit.errors import UsageError
from refundkit.model.requests import place_in

if TYPE_CHECKING:
    from refundkit.workflow.intake import Report
    from refundkit.workflow.lists import Ways
    from refundkit.workflow.shop import Shop

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Lists, mails, mailboxes or folders of them.")] = None,
    on_duplicate: Annotated[
        str,
        typer.Option(
            "--on-duplicate", metavar="ask|review|link|keep", autocompletion=complete.on_duplicate,
            help="What becomes of a request that may be there already. Asked on a terminal; elsewhere exact repeats are"
            " linked and near ones left for a person (review).",
        ),
    ] = "",
    rejects: Annotated[
        Path | None, typer.Option("--rejects", metavar="FILE.csv", help="Write the rejected rows there, to be mended.")
    ] = None,
    from_rejects: Annotated[
        Path | None, typer.Option("--from-rejects", metavar="FILE.csv", help="Take the mended rows back in.")
    ] = None,
    *,
    ignored: Annotated[bool, typer.Option("--ignored", help="List the messages that ask for no refund.")] = False,
    rejected: Annotated[bool, typer.Option("--rejected", help="List the rows that could not be cases.")] = False,
    columns: Map = None,
    save_map: Annotated[
        str,
        typer.Option("--save-map", metavar="NAME", help="Keep how the list is read as a preset.", show_default=False),
    ] = "",
    date_order: DateOrder = "",
    decimal: DecimalMark = "",
    dry_run: DryRun = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a row or message.")] = False,
) -> None:  # fmt: skip
    """Bring requests in: lists, mails, mailboxes, folders of them."""
    from refundkit.workflow import leftovers, lists, mending

    choices = reading.choices(columns, date_order, decimal)

    with context.shop(ctx) as shop:
        if ignored or rejected:
            _left_over(leftovers.listed(shop, "ignored" if ignored else "reject"), jsonl=jsonl)
            return
        if rejects is not None and not dry_run:
            mending.refuse_existing(rejects)
        if from_rejects is not None:
            _refuse_missing([from_rejects])
            report = mending.take_back(shop, from_rejects, dry_run=dry_run, keep_lines=jsonl)
        elif paths:
            _refuse_missing(paths)
            if save_map:
                kept = lists.save_map(shop, paths, choices, save_map, dry_run=dry_run)
                show.note(f"{'would keep' if dry_run else 'kept'} how this list is read: {kept}")
            ways = reading.ways(shop, paths, choices)
            report = _import(shop, paths, ways, on_duplicate, dry_run=dry_run, jsonl=jsonl)
        elif rejects is None:
            raise UsageError("nothing to import", hint="name files or folders: refundkit import requests.csv mails/")
        else:
            report = None
        if rejects is not None and not dry_run:
            count = mending.write(shop, rejects)
            what = (
                f"{count} rejected rows are in {rejects}: mend them, then 'refundkit import --from-rejects {rejects}'"
            )
            show.note(what if count else "no row waits to be mended, so nothing was written")
    if report is not None:
        imported.tell(report, dry_run=dry_run, jsonl=jsonl)


def _import(shop: Shop, paths: list[Path], ways: Ways, on_duplicate: str, *, dry_run: bool, jsonl: bool) -> Report:
    from refundkit.commands.side_by_side import choose
    from refundkit.workflow import intake
    from refundkit.workflow.kinship import OnDuplicate

    known = ["ask", *OnDuplicate]
    if on_duplicate and on_duplicate not in known:
        raise UsageError(f"'{on_duplicate}' is no way", hint=f"one of {', '.join(known)}", where="--on-duplicate")
    asks = on_duplicate in ("", "ask") and not dry_run and not jsonl and ask.may_ask(yes=False)
    mode = OnDuplicate.REVIEW if on_duplicate in ("", "ask") else OnDuplicate(on_duplicate)
    with show.progress() as tell:
        return intake.run(
            shop, paths, dry_run=dry_run, progress=None if asks else tell, keep_lines=jsonl, on_duplicate=mode,
            choose=choose if asks else None, ways=ways,
        )  # fmt: skip


def _refuse_missing(paths: list[Path]) -> None:
    missing = [p for p in paths if not p.exists()]
    if missing:
        raise UsageError("there is no such file or folder", hint="check the path", where=str(missing[0]))


def _left_over(rows: list[dict[str, Any]], *, jsonl: bool) -> None:
    if jsonl:
        show.as_jsonl({**row, "sheet": row["sheet"] or None} for row in rows)
        return
    for row in rows:
        typer.echo(f"{row['id']}  {place_in(row).told(':')}  {show.printable(row['problem'])}")
    show.note(f"{len(rows)} in all")
