"""`import`: brings requests in, and lists what was left over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DryRun
from refundkit.errors import UsageError

if TYPE_CHECKING:
    from refundkit.workflow.intake import Line, Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_SHOWN = 30


@app.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Lists, mails, mailboxes or folders of them.")] = None,
    *,
    ignored: Annotated[bool, typer.Option("--ignored", help="List the messages that ask for no refund.")] = False,
    rejected: Annotated[bool, typer.Option("--rejected", help="List the rows that could not be cases.")] = False,
    dry_run: DryRun = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a row or message.")] = False,
) -> None:
    """Bring requests in: lists, mails, mailboxes, folders of them."""
    from refundkit.workflow import intake, leftovers

    with context.shop(ctx) as shop:
        if ignored or rejected:
            _left_over(leftovers.listed(shop, "ignored" if ignored else "reject"), jsonl=jsonl)
            return
        if not paths:
            raise UsageError("nothing to import", hint="name files or folders: refundkit import requests.csv mails/")
        missing = [p for p in paths if not p.exists()]
        if missing:
            raise UsageError("there is no such file or folder", hint="check the path", where=str(missing[0]))
        with show.progress() as tell:
            report = intake.run(shop, paths, dry_run=dry_run, progress=tell, keep_lines=jsonl)
    for line in report.notes:
        show.note(show.printable(line))
    if jsonl:
        show.as_jsonl(_object(line, dry_run=dry_run) for line in report.lines)
    else:
        _summary(report, dry_run=dry_run)
    if report.counts.get("reject") or report.counts.get("review"):
        raise typer.Exit(1)


def _object(line: Line, *, dry_run: bool) -> dict[str, Any]:
    reading = line.reading
    made_now = dry_run and line.request is not None  # such an id would never be seen again
    return {
        "file": reading.file,
        "index": reading.index,
        "disposition": line.disposition,
        "case": None if made_now else line.case or None,
        "problem": _problem(line),
        "requests": [_request(line)] if line.request else [],
        "duplicate_of": line.place or None,
        "duplicate_case": None if dry_run else line.first or None,
    }


def _problem(line: Line) -> str | None:
    reading = line.reading
    column = getattr(reading, "column", "")
    doubts = line.request["doubts"] if line.request else ()
    text = getattr(reading, "problem", "") or getattr(reading, "why", "") or "; ".join(doubts)
    return (f"{column}: {text}" if column and not text.startswith(f"{column}:") else text) or None


def _request(line: Line) -> dict[str, Any]:
    asked = line.request or {}
    names = ("customer_id", "customer_email", "service_order", "invoice", "amount", "currency", "reason")
    return {**{n: asked[n] or None for n in names}, "evidence": asked["evidence"], "confidence": asked["confidence"]}


def _summary(report: Report, *, dry_run: bool) -> None:
    made = sum(report.states.values())
    states = ", ".join(f"{count} {state}" for state, count in sorted(report.states.items()))
    typer.echo(
        f"{made} case{'' if made == 1 else 's'} {'would be made' if dry_run else 'made'}{': ' + states if made else ''}"
    )
    chased = sum(1 for line in report.lines if line.disposition == "ignore" and line.case)
    again = report.counts.get("duplicate", 0) - report.states.get("duplicate", 0) - (report.noted - chased)
    if again:
        typer.echo(f"{again} came in before and added nothing")
    if report.noted:
        typer.echo(f"{report.noted} put on the case they are about: refundkit list --noted")
    if report.counts.get("ignore"):
        typer.echo(f"{report.counts['ignore']} left out, no refund is asked for: refundkit import --ignored")
    if report.counts.get("reject"):
        typer.echo(f"{report.counts['reject']} rejected: refundkit import --rejected")
    if made and not report.assessed:
        show.note("no records are loaded, so nothing was assessed: 'refundkit records FOLDER', then 'refundkit assess'")
    left = [line for line in report.lines if line.disposition in ("reject", "review")]
    for line in left[:_SHOWN]:
        place = f":{line.reading.index}" if line.reading.index is not None else ""
        what = "rejected" if line.disposition == "reject" else f"{line.case} must be completed"
        show.note(f"{line.reading.file}{place}: {what}: {show.printable(_problem(line) or 'no amount is named')}")
    if len(left) > _SHOWN:
        show.note(f"{len(left) - _SHOWN} more; --jsonl lists them all")
    if report.counts.get("reject"):
        show.note("hint: mend the rejected rows and import the file again; what is in stays as it is")
    if dry_run:
        show.note("nothing was written")


def _left_over(rows: list[dict[str, Any]], *, jsonl: bool) -> None:
    if jsonl:
        show.as_jsonl(rows)
        return
    for row in rows:
        place = f":{row['index']}" if row["index"] is not None else ""
        typer.echo(f"{row['file']}{place}  {show.printable(row['problem'])}")
    show.note(f"{len(rows)} in all")
