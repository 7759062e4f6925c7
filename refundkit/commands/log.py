"""`log`: a technician or a receptionist notes a request by hand; asked on a terminal, by options elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from refundkit.commands import ask, complete, context, show
from refundkit.commands.arguments import DryRun

if TYPE_CHECKING:
    from refundkit.workflow.by_hand import Logged

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_NAMED: Final = 8


@app.command("log")
def log(
    ctx: typer.Context,
    customer: Annotated[
        str,
        typer.Option(
            "--customer", help="Any part of a name, address or number.", autocompletion=complete.customers
        ),
    ] = "",
    order: Annotated[
        str,
        typer.Option("--order", help="Any part of the visit's number or device.", autocompletion=complete.orders),
    ] = "",
    invoice: Annotated[
        str, typer.Option("--invoice", help="Any part of its number.", autocompletion=complete.invoices)
    ] = "",
    amount: Annotated[str, typer.Option("--amount", help="What is asked back, e.g. 120.00 or '45,50 EUR'.")] = "",
    currency: Annotated[
        str, typer.Option("--currency", help="Its code or sign; else the invoice's, the customer's, or the books'.")
    ] = "",
    reason: Annotated[
        str,
        typer.Option("--for", help="The reason, by its code or in words: late.", autocompletion=complete.reasons),
    ] = "",
    description: Annotated[str, typer.Option("--description", "-m", help="What happened.")] = "",
    requested_by: Annotated[str, typer.Option("--requested-by", help="Who asks.")] = "",
    email: Annotated[str, typer.Option("--email", help="The requester's address.")] = "",
    files: Annotated[
        list[Path] | None, typer.Option("--file", help="A photo or another file; several times for several.")
    ] = None,
    received: Annotated[str, typer.Option("--received", help="When it came; now, when left out.")] = "",
    reference: Annotated[str, typer.Option("--ref", help="What it is called elsewhere.")] = "",
    channel: Annotated[
        str,
        typer.Option(
            "--channel", help="technician, phone, portal or email; by your role when left out.",
            autocompletion=complete.channels,
        ),
    ] = "",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document; nothing is asked.")] = False,
) -> None:  # fmt: skip
    """Note a request by hand; on a terminal it asks for what is missing."""
    from refundkit.workflow import by_hand

    note = by_hand.Note(
        channel, customer, order, invoice, amount, currency, reason, description, requested_by, email, received,
        reference, tuple(files or ()),
    )  # fmt: skip
    asking = ask.may_ask(yes=yes or json_)
    with context.shop(ctx) as shop:
        by_hand.check(shop, note)
        if asking:
            from refundkit.commands import interview

            interview.fill(shop, note)
        draft = by_hand.read(shop, note)
        if asking:
            typer.echo("")
            for what, text in by_hand.summary(shop, draft):
                typer.echo(f"  {what:<10}{show.printable(text)}")
            if not dry_run and not ask.yes_or_no("Log it?"):
                show.note("nothing was written")
                raise typer.Exit(0)
        logged = by_hand.log(shop, draft, dry_run=dry_run)
    if json_:
        show.as_json(_document(logged, dry_run=dry_run))
    else:
        _tell(logged, dry_run=dry_run, aloud=asking)
    if logged.doubts:
        raise typer.Exit(1)


def _document(logged: Logged, *, dry_run: bool) -> dict[str, Any]:
    return {
        "case": None if dry_run else logged.case,  # such an id would never be seen again
        "state": logged.state,
        "level": logged.level or None,
        "payable": logged.payable.as_json() if logged.payable else None,
        "findings": [code for code, _ in logged.findings],
        "doubts": logged.doubts,
        "deciders": [user for user, _ in logged.deciders],
        "duplicate_of": logged.first or None,
        "request": {k: v for k, v in logged.request.items() if k not in ("evidence", "doubts")},
        "evidence": logged.request["evidence"],
        "files": [{"name": f.name, "original": f.original, "sha256": f.sha256, "size": f.size} for f in logged.files],
    }


def _tell(logged: Logged, *, dry_run: bool, aloud: bool) -> None:
    from refundkit.model.case_id import spoken

    level = f" ({logged.level})" if logged.level else ""
    payable = f" {logged.payable}" if logged.payable and logged.state == "approved" else ""
    if dry_run:
        typer.echo(f"it would be {logged.state}{level}{payable}")
    elif aloud:
        typer.echo(f"\n  {show.bold(logged.case)}\n  {spoken(logged.case)}\n\n{logged.state}{level}{payable}")
    else:
        typer.echo(f"{logged.case}  {logged.state}{level}{payable}")
    for line in _next(logged):
        show.note(show.printable(line))
    if dry_run:
        show.note("nothing was written")


def _next(logged: Logged) -> list[str]:
    """What keeps it, and who decides."""
    who = (
        ", ".join(name or user for user, name in logged.deciders)
        or "nobody else of this shop may, see 'refundkit user list'"
    )
    match logged.state:
        case "received":
            return ["no records are loaded here: it is assessed when they are there, by 'refundkit assess'"]
        case "approved":
            return ["nobody need decide: the policy approves it"]
        case "duplicate":
            return [f"repeats {logged.first}"]
        case _:
            why = [f"{code}: {text}" for code, text in logged.findings] + logged.doubts
            return [*why, f"who decides: {who}"]
