"""`records`: loads the shop's own record files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from refundkit.commands import context, reading, show
from refundkit.commands.arguments import DateOrder, DecimalMark, DryRun, Map

if TYPE_CHECKING:
    from refundkit.workflow.records import FileReport

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_SHOWN = 20


@app.command("records")
def records(
    ctx: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(help="Native record CSVs or folders of them; exports of other systems.", exists=True)
    ],
    *,
    columns: Map = None,
    date_order: DateOrder = "",
    decimal: DecimalMark = "",
    dry_run: DryRun = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a file.")] = False,
) -> None:
    """Load the shop's record files.

    Billing and payment exports of other systems are read as records too.
    """
    from refundkit.workflow import records as loading

    choices = reading.choices(columns, date_order, decimal)
    with context.shop(ctx) as shop:
        ways = reading.ways(shop, paths, choices)
        with show.progress() as tell:
            reports = loading.load(shop, paths, dry_run=dry_run, progress=tell, ways=ways)
    if jsonl:
        show.as_jsonl(_object(r) for r in reports)
    else:
        _table(reports)
        if dry_run:
            show.note("nothing was written")
    for report in reports:
        _problems(report, quiet=jsonl)
    if any(r.rejects for r in reports):
        raise typer.Exit(1)


def _object(report: FileReport) -> dict[str, object]:
    return {
        "file": report.file, "kind": report.kind, "rows": report.rows, "new": report.new, "changed": report.changed,
        "unchanged": report.unchanged, "rejected": len(report.rejects),
        "rejects": [{"index": r[0], "column": r[1] or None, "problem": r[2], "words": r[3]} for r in report.rejects],
    }  # fmt: skip


def _table(reports: list[FileReport]) -> None:
    rows = [(r.kind, str(r.rows), str(r.new), str(r.changed), str(r.unchanged), str(len(r.rejects))) for r in reports]
    show.columns(("records", "rows", "new", "changed", "unchanged", "rejected"), rows, right=range(1, 6))


def _problems(report: FileReport, *, quiet: bool) -> None:
    for line in report.notes:
        show.note(f"{report.file}: {line}")
    if quiet:
        return
    for line_no, column, problem, _ in report.rejects[:_SHOWN]:
        where = f"{column}: " if column else ""
        show.note(f"{report.file}:{line_no}: {where}{show.printable(problem)}")
    if len(report.rejects) > _SHOWN:
        show.note(f"{report.file}: {len(report.rejects) - _SHOWN} more rejected rows; --jsonl lists them all")
    if report.rejects:
        show.note("hint: mend these rows in the file and load it again; the good rows are in")
