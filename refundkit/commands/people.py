"""`user`: the people of the shop."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DryRun

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Add and list people.", no_args_is_help=True)


@app.command("add")
def add(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(help="A short id, e.g. lena.")],
    role: Annotated[list[str], typer.Option("--role", help="technician, lead, manager, accountant, admin or auditor.")],
    name: Annotated[str, typer.Option("--name", help="The full name.")] = "",
    email: Annotated[str, typer.Option("--email", help="The address.")] = "",
    technician: Annotated[str, typer.Option("--technician", help="How service orders name this person.")] = "",
    *,
    dry_run: DryRun = False,
) -> None:
    """Add a person, with a signing key on this machine."""
    from refundkit.workflow import people

    with context.shop(ctx) as shop:
        added = people.add(shop, user, role, name=name, email=email, technician=technician, dry_run=dry_run)
    would = "would be added" if dry_run else "added"
    typer.echo(f"{added.user} {would} as {', '.join(added.roles)}; the key is in {added.vault}")


@app.command("rights")
def rights(
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what each role may do."""
    from refundkit.model.people import RIGHTS
    from refundkit.model.words import Role

    if json_:
        show.as_json(
            [
                {"right": a.name.lower(), "may": str(a), "roles": [str(r) for r in Role if r in RIGHTS[a]]}
                for a in RIGHTS
            ]
        )
        return
    rows = [(str(act), *("yes" if role in roles else "-" for role in Role)) for act, roles in RIGHTS.items()]
    show.columns(("may", *Role), rows)


@app.command("list")
def list_(
    ctx: typer.Context, *, json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """List people with their roles and keys."""
    from refundkit.workflow import people

    with context.shop(ctx) as shop:
        found = people.listed(shop)
    if json_:
        show.as_json(found)
        return
    rows = [(p["user"], p["name"], ", ".join(p["roles"]), p["technician"] or "-", str(len(p["keys"]))) for p in found]
    show.columns(("user", "name", "roles", "technician", "keys"), rows, right=[4])
