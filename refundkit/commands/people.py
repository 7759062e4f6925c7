"""`user`: the people of the shop, their roles, keys and stand-ins."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from refundkit.commands import ask, complete, context, enrolling, show
from refundkit.commands.arguments import DryRun

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="Add people, change their roles, give and take keys.",
    no_args_is_help=True,
)  # fmt: skip
key = typer.Typer(rich_markup_mode=None, add_completion=False, help="Replace a key.", no_args_is_help=True)

User = Annotated[str, typer.Argument(help="The person.", autocompletion=complete.users)]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Why = Annotated[str, typer.Option("--reason", help="Why. It stays on record for ever.")]


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


app.add_typer(enrolling.app)


@app.command("rights")
def rights(*, json_: Json = False) -> None:
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
def list_(ctx: typer.Context, *, json_: Json = False) -> None:
    """List people with their roles and keys."""
    from refundkit.workflow import people

    with context.shop(ctx) as shop:
        found = people.listed(shop)
    if json_:
        show.as_json(found)
        return
    rows = [
        (p["user"], p["name"], ", ".join(p["roles"]) or "-", p["technician"] or "-",
         str(sum(not k["revoked"] for k in p["keys"])))
        for p in found
    ]  # fmt: skip
    show.columns(("user", "name", "roles", "technician", "keys"), rows, right=[4])


@app.command("show")
def show_(ctx: typer.Context, user: User, *, json_: Json = False) -> None:
    """Show a person: roles, keys, stand-ins, and how they came to be."""
    from refundkit.workflow import people

    with context.shop(ctx) as shop:
        found = people.shown(shop, user)
    if json_:
        show.as_json(found)
    else:
        _page(found)


def _page(found: dict[str, Any]) -> None:
    typer.echo(show.bold(show.printable(f"{found['user']}  {found['name']}  {_roles(found)}")))
    for name, text in (("address", found["email"]), ("technician", found["technician"])):
        if text:
            typer.echo(f"  {name:<11}{show.printable(text)}")
    _section("keys", [_key(k) for k in found["keys"]])
    _section("stand-ins", [_stand_in(s) for s in found["stand_ins"]])
    _section("roles", [f"{v['at'][:10]} {_roles(v)}, by {v['by']}" for v in found["history"]])


def _roles(found: dict[str, Any]) -> str:
    return ", ".join(found["roles"]) or "no role"


def _key(found: dict[str, Any]) -> str:
    ends = f"revoked; its first {found['counts_up_to']} events count" if found["revoked"] else "in use"
    books = ", this device books" if found["books"] else ""
    return f"{found['key']}  on {found['device']}, enrolled by {found['enrolled_by']}, {ends}{books}"


def _stand_in(found: dict[str, Any]) -> str:
    now = ", today" if found["today"] else ""
    return f"{found['by']} for {found['for']} from {found['from']} to {found['to']}, named by {found['named_by']}{now}"


def _section(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {show.printable(line)}")


@app.command("role")
def role(
    ctx: typer.Context,
    user: User,
    give: Annotated[
        list[str] | None,
        typer.Option("--give", metavar="ROLE", help="A role to give.", autocompletion=complete.roles),
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option("--take", metavar="ROLE", help="A role to take.", autocompletion=complete.roles),
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Give a person roles, and take others."""
    from refundkit.workflow import people

    with context.shop(ctx) as shop:
        done = people.role(shop, user, give=give or [], take=take or [], dry_run=dry_run)
    typer.echo(f"{done.user} {'would be' if dry_run else 'is'} {', '.join(done.roles) or 'without a role'}")


@app.command("revoke")
def revoke(
    ctx: typer.Context,
    user: User,
    reason: Why,
    key: Annotated[str, typer.Option("--key", help="Only this key: its fingerprint, or the beginning of it.")] = "",
    *,
    dry_run: DryRun = False,
) -> None:
    """Take a person's keys and roles, or one key. What was decided before stays decided."""
    from refundkit.model.case_id import fingerprint
    from refundkit.workflow import people

    with context.shop(ctx) as shop:
        done = people.revoke(shop, user, reason, key=key, dry_run=dry_run)
    would = "would be revoked" if dry_run else "revoked"
    for writer in done.revoked:
        typer.echo(f"{done.user}: key {fingerprint(writer.id)} on {show.printable(writer.device_name)} {would}")
    if not key:
        typer.echo(f"{done.user} {'would be' if dry_run else 'is'} {', '.join(done.roles) or 'without a role'}")
    if done.nobody_books:
        show.note("warning: no key is left on the device that books\nhint: 'refundkit user key rotate' there makes one")


@app.command("delegate")
def delegate(
    ctx: typer.Context,
    by: Annotated[str, typer.Argument(metavar="USER", help="Who decides instead.", autocompletion=complete.users)],
    first: Annotated[
        str, typer.Option("--from", metavar="DATE", help="The first day, in the shop's time zone; today without it.")
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")] = "",
    user: Annotated[
        str,
        typer.Option("--for", metavar="USER", help="For whom; without it for you.", autocompletion=complete.users),
    ] = "",
    *,
    end: Annotated[bool, typer.Option("--end", help="End it now.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Let somebody decide for you for some days, or end that."""
    from refundkit.workflow import standing

    would = "would " if dry_run else ""
    with context.shop(ctx) as shop:
        if end:
            for s in standing.end(shop, by, user=user, dry_run=dry_run):
                typer.echo(f"{s.by} {would}no longer decide{'' if would else 's'} for {s.user}")
            return
        done = standing.name(shop, by, first, last, user=user, dry_run=dry_run)
    typer.echo(f"{done.by} {would}decide{'' if would else 's'} for {done.user} from {done.first} to {done.last}")


@key.command("rotate")
def rotate(
    ctx: typer.Context,
    user: Annotated[
        str, typer.Argument(help="Whose key; without it yours.", autocompletion=complete.users, show_default=False)
    ] = "",
    old: Annotated[str, typer.Option("--key", help="The old key, where there are several: its fingerprint.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why. It stays on record for ever.")] = "",
    *,
    dry_run: DryRun = False,
) -> None:
    """Make a new key here and revoke the old one, lost or not."""
    from refundkit.workflow import own_keys

    with context.shop(ctx) as shop:
        done = own_keys.rotate(shop, user, reason, key=old, dry_run=dry_run)
    if dry_run:
        typer.echo(f"{done.user} would get a new key{f'; {done.before} would be revoked' if done.before else ''}")
        return
    gone = f"; {done.before} is revoked" if done.before else ""
    typer.echo(f"{done.user} has the new key {done.key}, in {done.vault}{gone}")


@key.command("recover")
def recover(
    ctx: typer.Context,
    user: Annotated[
        str,
        typer.Argument(
            help="Who gets the key, and is an admin then; without it the only admin.",
            autocompletion=complete.users,
            show_default=False,
        ),
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why. It stays on record for ever.")] = "",
    *,
    dry_run: DryRun = False,
) -> None:
    """Make an admin's key here with the recovery code of 'init', and revoke the lost ones.

    The code is asked for on a terminal; a script gives it as one line of standard input.
    """
    from refundkit.model.case_id import fingerprint
    from refundkit.workflow import recovering

    with context.shop(ctx) as shop:
        done = recovering.recover(shop, ask.secret("Recovery code: "), user, reason, dry_run=dry_run)
    would, named = "would get" if dry_run else "has", "" if dry_run else f" {done.key}, in {done.vault}"
    typer.echo(f"{done.user} {would} {'a' if dry_run else 'the'} new key{named}")
    for lost in done.revoked:
        typer.echo(
            f"  key {fingerprint(lost.id)} of {lost.user} on {show.printable(lost.device_name)}"
            f" {'would be' if dry_run else 'is'} revoked"
        )
    others = sorted({lost.user for lost in done.revoked} - {done.user})
    if others and not dry_run:
        show.note(
            f"note: {', '.join(others)} had keys here too; 'refundkit user key rotate {others[0]}' makes a new one"
        )


app.add_typer(key, name="key")
