"""`ask`, `answer`, `hold`, `release`: what keeps a case from money for a while. `settle`: what machines disagree on."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import complete, context, outcomes
from refundkit.commands.arguments import Cases, DryRun, Jsonl, Reason
from refundkit.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("ask")
def ask(
    ctx: typer.Context,
    cases: Cases,
    question: Annotated[str, typer.Option("--question", help="What must be known first.")],
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Ask about cases: no approval before the answer."""
    from refundkit.workflow import pausing

    with context.shop(ctx) as shop:
        done = pausing.ask(shop, cases, question, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("answer")
def answer(
    ctx: typer.Context,
    cases: Cases,
    text: Annotated[str, typer.Option("--text", help="The answer.")],
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Answer the questions about cases."""
    from refundkit.workflow import pausing

    with context.shop(ctx) as shop:
        done = pausing.answer(shop, cases, text, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("hold")
def hold(
    ctx: typer.Context,
    cases: Cases,
    kind: Annotated[
        str, typer.Option("--kind", help="dispute, chargeback, fraud or legal.", autocompletion=complete.hold_kinds)
    ],
    reason: Reason,
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Hold cases: no money moves until a manager releases them."""
    from refundkit.workflow import pausing

    with context.shop(ctx) as shop:
        done = pausing.hold(shop, cases, kind, reason, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("release")
def release(
    ctx: typer.Context,
    cases: Cases,
    reason: Reason,
    kind: Annotated[
        str, typer.Option("--kind", help="Only the hold of this kind.", autocompletion=complete.hold_kinds)
    ] = "",
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Lift the holds of cases."""
    from refundkit.workflow import pausing

    with context.shop(ctx) as shop:
        done = pausing.release(shop, cases, reason, kind=kind, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("settle")
def settle(
    ctx: typer.Context,
    cases: Cases,
    reason: Reason,
    keep: Annotated[
        str, typer.Option("--keep", metavar="REVISION", help="Of two live edits keep this one; see 'show'.")
    ] = "",
    anomaly: Annotated[
        str, typer.Option("--anomaly", metavar="CODE", help="This stays on record and asks for nothing more.")
    ] = "",
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Settle a conflict of two edits, or an anomaly."""
    from refundkit.workflow import settling

    if bool(keep) == bool(anomaly):
        raise UsageError(
            "what is settled: --keep REVISION, or --anomaly CODE",
            hint="'refundkit show CASE' has both; give one of them",
        )
    with context.shop(ctx) as shop:
        if keep:
            done = settling.keep(shop, cases, keep, reason, dry_run=dry_run)
        else:
            done = settling.anomaly(shop, cases, anomaly, reason, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)
