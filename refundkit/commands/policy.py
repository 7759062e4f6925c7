"""`policy`: the figures the shop decides by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DryRun

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="Show, check and adopt the policy.", no_args_is_help=True
)
File = Annotated[Path | None, typer.Argument(help="A policy file; without one, the file beside the store.")]


@app.command("show")
def show_(ctx: typer.Context) -> None:
    """Print the policy in force, as it was adopted."""
    from refundkit.workflow import policy

    with context.shop(ctx) as shop:
        digest, text = policy.in_force(shop)
    typer.echo(text, nl=False)
    show.note(f"SHA-256 {digest}")


@app.command("check")
def check(ctx: typer.Context, file: File = None) -> None:
    """Prove that a policy file has no error and its bands no hole."""
    from refundkit.workflow import policy, setup

    path = file or setup.policy_path(context.call(ctx).path)
    digest = policy.check(path)
    typer.echo(f"{path}: sound; the bands leave no hole\nSHA-256 {digest}")


@app.command("adopt")
def adopt(
    ctx: typer.Context,
    file: File = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Put a policy file in force from now on."""
    from refundkit.workflow import policy

    with context.shop(ctx) as shop:
        adopted = policy.adopt(shop, file, dry_run=dry_run)
    verb = "would be in force" if dry_run else "in force"
    typer.echo(f"{verb}: {adopted.sha256}" if adopted.changed else f"already in force: {adopted.sha256}")
