"""`policy`: the figures the shop decides by, what a change of them would do, and every one that was in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import complete, context, show
from refundkit.commands.arguments import DryRun

if TYPE_CHECKING:
    from refundkit.model.policy_changes import Change
    from refundkit.rules.examples import Tried
    from refundkit.workflow.policy import Past

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True,
    help="Show, check, try, compare and adopt the policy.",
)  # fmt: skip
File = Annotated[Path | None, typer.Argument(help="A policy file; without one, the file beside the store.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
_SCREEN = 50


@app.command("show")
def show_(
    ctx: typer.Context,
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar="HASH|N", help="An earlier one: its number, or the beginning of its hash.",
            autocompletion=complete.policies,
        ),
    ] = "",
    *,
    json_: Json = False,
) -> None:  # fmt: skip
    """Print the policy in force, or an earlier one, as it was adopted."""
    from refundkit.workflow import policy

    with context.shop(ctx) as shop:
        past = policy.at(shop, at)
    if json_:
        show.as_json({**_past(past), "text": past.text})
        return
    typer.echo(past.text, nl=False)
    show.note(
        f"policy {past.number}, {'in force' if past.in_force else 'not in force any more'}\nSHA-256 {past.sha256}"
    )


@app.command("check")
def check(ctx: typer.Context, file: File = None, *, json_: Json = False) -> None:
    """Prove that a policy file has no error and its bands no hole."""
    from refundkit.workflow import policy

    path = _path(ctx, file)
    digest, examples = policy.check(path)
    if json_:
        show.as_json({"file": str(path), "sha256": digest, "sound": True, "examples": examples})
    else:
        typer.echo(f"{path}: sound; the bands leave no hole\nSHA-256 {digest}")


@app.command("test")
def try_(ctx: typer.Context, file: File = None, *, json_: Json = False) -> None:
    """Try the examples of a policy file.

    Each is sent by the route of its own file, and must come out as it says.
    """
    from refundkit.workflow import policy

    path = _path(ctx, file)
    tried = policy.try_examples(path)
    failing = [one for one in tried if one.differs]
    if json_:
        show.as_json({"file": str(path), "failing": len(failing), "examples": [_example(one) for one in tried]})
    else:
        for one in tried:
            _tell(one)
        show.note(f"{len(tried)} examples, {len(failing)} come out differently" if tried else "there are no examples")
    if failing:
        raise typer.Exit(1)


@app.command("diff")
def diff(
    ctx: typer.Context,
    file: File = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All cases, not the first 50.")] = False,
    json_: Json = False,
) -> None:
    """Compare a policy file with the one in force.

    It names every figure that differs, and every case in review or awaiting that would come out differently.
    """
    from refundkit.commands import ways
    from refundkit.workflow import policy

    with context.shop(ctx) as shop, show.progress() as tell:
        found = policy.diff(shop, file, tell)
    differ, looked = found.cases.differ, found.cases.count
    if json_:
        show.as_json(
            {
                "file": str(found.path), "in_force": found.in_force, "sha256": found.sha256,
                "changes": [_change(c) for c in found.changes], "open_cases": looked,
                "cases": [ways.as_data(case) for case in differ],
            }
        )  # fmt: skip
        return
    for change in found.changes:
        typer.echo(show.printable(change.said))
    if not found.changes:
        show.note("it is the policy in force" if found.sha256 == found.in_force else "no figure differs, only the text")
        return
    if not any(change.judges for change in found.changes):
        show.note("no case is judged by these figures")
        return
    if differ:
        typer.echo("")
    ways.table(differ if everything else differ[:_SCREEN], "by the policy in force", "by this file")
    if len(differ) > _SCREEN and not everything:
        show.note(f"the first {_SCREEN} of {len(differ)}; --all shows the rest")
    show.note(f"{looked} open case{'' if looked == 1 else 's'} looked at, {len(differ)} would come out differently")


@app.command("adopt")
def adopt(
    ctx: typer.Context,
    file: File = None,
    *,
    anyway: Annotated[bool, typer.Option("--anyway", help="Adopt it though its own examples fail.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with it. --anyway takes one.")] = "",
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Put a policy file in force from now on."""
    from refundkit.workflow import policy

    with context.shop(ctx) as shop:
        adopted = policy.adopt(shop, file, anyway=anyway, reason=reason, dry_run=dry_run)
    if json_:
        show.as_json(
            {
                "number": adopted.number, "sha256": adopted.sha256, "adopted": adopted.changed and not dry_run,
                "changes": [_change(c) for c in adopted.changes],
                "failing_examples": [one.example.name for one in adopted.failing],
            }
        )  # fmt: skip
        return
    verb = "would be in force" if dry_run else "in force"
    typer.echo(f"{verb}: {adopted.sha256}" if adopted.changed else f"already in force: {adopted.sha256}")
    for change in adopted.changes:
        typer.echo(f"  {show.printable(change.said)}")
    for one in adopted.failing:
        show.note(f"warning: the example '{show.printable(one.example.name)}' does not come out as it says")


@app.command("history")
def history(ctx: typer.Context, *, json_: Json = False) -> None:
    """List the policies adopted so far.

    When, by whom, its hash, and what it changed.
    """
    from refundkit.workflow import policy, reading

    with context.shop(ctx) as shop:
        found = policy.history(shop)
    if json_:
        show.as_json([_past(past) for past in found])
        return
    for past in found:
        mark = "  in force" if past.in_force else ""
        typer.echo(f"{past.number:>3}  {reading.utc(past.at_ms)}  {past.by:<12} {past.sha256}{mark}")
        typer.echo(f"     {show.printable(_line(past))}")


def _path(ctx: typer.Context, file: Path | None) -> Path:
    from refundkit.workflow import setup

    return file or setup.policy_path(context.call(ctx).path)


def _line(past: Past) -> str:
    """What a policy changed, in a line."""
    if past.changes is None:
        said = "the first policy" if past.number == 1 else "it or the one before it cannot be read by this version"
    else:
        some = [change.said for change in past.changes[:3]]
        more = len(past.changes) - len(some)
        said = "; ".join([*some, *([f"{more} more"] if more else [])]) or "no figure, only the text"
    return f"{said} ({past.reason})" if past.reason else said


def _past(past: Past) -> dict[str, Any]:
    from refundkit.workflow import reading

    return {
        "number": past.number, "sha256": past.sha256, "adopted_at": reading.utc(past.at_ms), "by": past.by,
        "reason": past.reason or None, "in_force": past.in_force,
        "changes": None if past.changes is None else [_change(c) for c in past.changes],
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    from refundkit.model.policy_changes import as_json

    return {"key": change.key, "old": as_json(change.old), "new": as_json(change.new)}


def _example(tried: Tried) -> dict[str, Any]:
    way = tried.route
    return {
        "name": tried.example.name, "ok": not tried.differs,
        "expected": {"state": tried.example.state, "level": tried.example.level, "dual": tried.example.dual},
        "came_out": {"state": way.state, "level": way.decide_level, "dual": way.dual}, "why": way.text,
    }  # fmt: skip


def _tell(tried: Tried) -> None:
    """ok, or what came out instead, and why."""
    name = show.printable(tried.example.name)
    if not tried.differs:
        typer.echo(f"ok       {name}")
        return
    instead = ", ".join(f"{what} {was} instead of {expected}" for what, expected, was in tried.differs)
    typer.echo(f"differs  {name}: {instead}")
    for line in tried.route.text:
        typer.echo(f"         {show.printable(line)}")
