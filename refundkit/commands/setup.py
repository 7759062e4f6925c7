"""`init`: begins a store."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import context, show

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("init")
def init(
    ctx: typer.Context,
    company: Annotated[str, typer.Option("--company", help="The shop's name, as documents show it.")],
    base: Annotated[str, typer.Option("--base", help="The currency of the books, e.g. USD.")],
    user: Annotated[str, typer.Option("--user", help="The id of the first user, who becomes admin.")],
    name: Annotated[str, typer.Option("--name", help="That user's full name.")] = "",
    time_zone: Annotated[str, typer.Option("--time-zone", help="The shop's, e.g. America/Chicago.")] = "UTC",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made; make nothing.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Begin a store: policy file, first user with a signing key."""
    from refundkit.workflow import setup

    begun = setup.init(
        context.call(ctx).settings(),
        company=company,
        base=base,
        user=user,
        name=name,
        time_zone=time_zone,
        dry_run=dry_run,
    )
    if json_:
        show.as_json(
            {
                "store": str(begun.store), "policy": str(begun.policy_file), "ledger": begun.ledger, "user": begun.user,
                "keys": begun.vault, "recovery_code": begun.recovery,
            }
        )  # fmt: skip
        return
    typer.echo(f"store    {begun.store}\npolicy   {begun.policy_file}\nkey of   {begun.user}, in {begun.vault}")
    if dry_run:
        show.note("nothing was made")
        return
    typer.echo(
        f"\nRecovery code, shown once and kept nowhere. Write it down and lock it away:\n  {begun.recovery}\n"
        "\nNext: load the shop's records with 'refundkit records FOLDER', then requests with 'refundkit import FILE'."
    )
