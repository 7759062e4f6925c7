"""Shows what an import did: a line a row for scripts, a summary for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from refundkit.commands import show

if TYPE_CHECKING:
    from refundkit.workflow.intake import Line, Report

_SHOWN = 30


def tell(report: Report, *, dry_run: bool, jsonl: bool) -> None:
    """Show the report; leave with 1 when something was rejected or is left for a person."""
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
        "sheet": reading.sheet or None,
        "disposition": line.disposition,
        "case": None if made_now else line.case or None,
        "problem": _problem(line),
        "requests": [_request(line)] if line.request else [],
        "duplicate_of": str(line.place) if line.place else None,
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
    if report.again:
        typer.echo(f"{report.again} came in before and added nothing")
    if report.noted:
        typer.echo(f"{report.noted} put on the case they are about: refundkit history CASE")
    if report.counts.get("ignore"):
        typer.echo(f"{report.counts['ignore']} left out, no refund is asked for: refundkit import --ignored")
    if report.counts.get("reject"):
        typer.echo(f"{report.counts['reject']} rejected: refundkit import --rejected")
    if made and not report.assessed:
        show.note("no records are loaded, so nothing was assessed: 'refundkit records FOLDER', then 'refundkit assess'")
    left = [line for line in report.lines if line.disposition in ("reject", "review")]
    for line in left[:_SHOWN]:
        what = "rejected" if line.disposition == "reject" else f"{line.case} must be completed"
        show.note(f"{line.reading.place.told(':')}: {what}: {show.printable(_problem(line) or 'no amount is named')}")
    if len(left) > _SHOWN:
        show.note(f"{len(left) - _SHOWN} more; --jsonl lists them all")
    if report.counts.get("reject"):
        show.note("hint: mend the rejected rows and import the file again, or use --rejects FILE.csv; what is in stays")
    if dry_run:
        show.note("nothing was written")
