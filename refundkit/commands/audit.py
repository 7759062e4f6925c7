"""`audit`: documents an auditor can check without the shop, and the check of the ledger itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import Case, DryRun

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True,
    help="Issue and verify audit documents; verify the ledger.",
)  # fmt: skip


@app.command("pdf")
def pdf(
    ctx: typer.Context,
    case: Case,
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where the document goes.")] = Path(),
    *,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Write the audit document of a case: PDF/A-3 with its signed events attached."""
    from refundkit.workflow import auditing

    with context.shop(ctx) as shop:
        issued = auditing.issue(shop, case, folder, dry_run=dry_run)
    if json_:
        show.as_json({"case": issued.case, "file": str(issued.path), "size": issued.size})
    else:
        typer.echo(f"{issued.case}  {issued.path}")


@app.command("verify")
def verify(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="An audit document; without one, the whole ledger.")] = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Verify an audit document (no store needed), or the whole ledger."""
    if file is not None:
        _document(file, json_=json_)
    else:
        _ledger(ctx, json_=json_)


def _document(file: Path, *, json_: bool) -> None:
    from refundkit.workflow import auditing

    found = auditing.verify_file(file)
    if json_:
        show.as_json(found)
        return
    typer.echo(f"{file}: intact")
    for name in ("case", "company", "ledger", "events", "sealed_by"):
        typer.echo(f"  {name.replace('_', ' '):<10}{found[name]}")
    for person in found["writers"]:
        name = f" ({person['name']})" if person["name"] else ""
        typer.echo(f"  key of    {person['user']}{name}, fingerprint {person['fingerprint']}")
    for line in found["warnings"]:
        show.note(f"  note      {line}")


def _ledger(ctx: typer.Context, *, json_: bool) -> None:
    from refundkit.workflow import verifying

    with context.shop(ctx, damaged=True) as shop, show.progress() as tell:
        verdict = verifying.verify(shop, tell)
    if json_:
        show.as_json(
            {
                "verified": not verdict.problems, "events": verdict.events, "documents": verdict.documents,
                "writers": verdict.writers, "problems": verdict.problems, "notes": verdict.notes,
            }
        )  # fmt: skip
    elif not verdict.problems:
        typer.echo(
            f"the ledger verifies: {verdict.events} events of {verdict.writers} writers, {verdict.documents} documents"
        )
    for line in verdict.notes:
        show.note(f"note: {line}")
    for problem in verdict.problems:
        show.note(f"error: {problem}")
    if verdict.problems:
        show.note("hint: keep this copy as it is, and compare it with a backup or another machine's store")
        raise typer.Exit(4)
