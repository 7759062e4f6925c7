"""`user invite`, `user accept`, `user enrol`: a key for a person on another machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refundkit.commands import complete, context, show
from refundkit.commands.arguments import DryRun

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("invite")
def invite(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(help="A new person, or one who is there.", autocompletion=complete.users)],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the invitation goes.")],
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help="What a new person is: technician, lead, manager, accountant, admin or auditor."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The full name of a new person.")] = "",
    email: Annotated[str, typer.Option("--email", help="The address.")] = "",
    technician: Annotated[str, typer.Option("--technician", help="How service orders name this person.")] = "",
    days: Annotated[int, typer.Option("--days", help="How long it holds.")] = 7,
    *,
    dry_run: DryRun = False,
) -> None:
    """Invite a person to make a key on another machine."""
    from refundkit.workflow import enrolling

    with context.shop(ctx) as shop:
        done = enrolling.invite(
            shop, user, role or [], out, name=name, email=email, technician=technician, days=days, dry_run=dry_run
        )
    would = "would be " if dry_run else ""
    typer.echo(f"{done.path}: {done.user} {would}invited until {done.expires}, signed with key {done.key}")
    show.note(f"next, on the other machine: refundkit user accept {done.path.name} --out answer.json")


@app.command("accept")
def accept(
    ctx: typer.Context,
    invitation: Annotated[Path, typer.Argument(help="The invitation, as it came.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the answer goes.")],
    *,
    dry_run: DryRun = False,
) -> None:
    """Make a key on this machine and answer an invitation. No store is needed."""
    from refundkit.workflow import enrolling

    done = enrolling.accept(context.call(ctx).settings(), invitation, out, dry_run=dry_run)
    if dry_run:
        typer.echo(f"{out}: a key of {done.user} for {show.printable(done.company)} would be made in {done.vault}")
        return
    typer.echo(f"{done.path}: {done.user} answers {show.printable(done.company)}; the key is in {done.vault}")
    typer.echo(f"your key           {done.key}")
    typer.echo(f"invited with key   {done.inviting_key} of {show.printable(done.invited_by)}")
    show.note("send the answer back; then compare both keys on the telephone. Neither file holds a secret")


@app.command("enrol")
def enrol(
    ctx: typer.Context,
    answer: Annotated[Path, typer.Argument(help="The answer, as it came back.")],
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", metavar="KEY", help="The key as the other person reads it out.")
    ] = "",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="The keys were compared: do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Enrol the key of an answer, after its fingerprint was compared."""
    from refundkit.model.case_id import fingerprint as of
    from refundkit.workflow import enrolling

    with context.shop(ctx) as shop:
        compared = yes
        if not (yes or fingerprint or dry_run) and context.can_ask():
            found = enrolling.look(shop, answer)
            asked = f"Does {found.invitation.user} see the key {of(found.writer)} on the other machine?"
            compared = typer.confirm(asked, default=False)
        done = enrolling.enrol(shop, answer, fingerprint, compared=compared, dry_run=dry_run)
    would = "would be enrolled" if dry_run else "enrolled"
    roles = f" as {', '.join(done.invitation.roles.split())}" if done.invitation.roles else ""
    typer.echo(f"{done.invitation.user}{roles}: key {of(done.writer)} on {show.printable(done.device_name)} {would}")
