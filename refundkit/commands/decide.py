"""`approve`, `deny`, `amend`, `override`, `withdraw`, `reopen`, `revoke`: decisions, signed by whoever acts."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import complete, context, outcomes
from refundkit.commands.arguments import Case, Cases, DryRun, InsteadOf, Jsonl, Reason
from refundkit.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("approve")
def approve(
    ctx: typer.Context,
    cases: Cases,
    amount: Annotated[
        str,
        typer.Option(
            "--amount", help="Another amount than the payable one, e.g. 120.00 or '120.00 EUR'; takes --note."
        ),
    ] = "",
    note: Annotated[str, typer.Option("--note", help="Why; needed with --amount.")] = "",
    expect_payable: Annotated[
        str, typer.Option("--expect-payable", help="Refuse when another amount is payable.")
    ] = "",
    seen: Annotated[str, typer.Option("--seen", help="Refuse unless this is the hash of its assessment.")] = "",
    *,
    instead_of: InsteadOf = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Approve cases."""
    from refundkit.workflow import decisions, reading

    wanted, currency = outcomes.amount_of(amount, "--amount")
    expected, also = outcomes.amount_of(expect_payable, "--expect-payable")
    if currency and also and currency != also:
        raise UsageError(f"--amount is in {currency}, --expect-payable in {also}", hint="say both in one currency")
    with context.shop(ctx) as shop:
        if context.can_ask() and not dry_run and not yes and not jsonl:
            sums = [reading.shown(shop, c)["payable"] for c in cases]
            named = f"{amount} each" if amount else ", ".join(f"{s['amount']} {s['currency']}" for s in sums if s)
            if not context.confirmed(f"Approve {len(cases)} case(s): {named}?", yes=yes):
                raise typer.Exit(0)
        done = decisions.approve(
            shop, cases, amount=wanted, note=note, seen=seen, expect_payable=expected, currency=currency or also,
            instead_of=instead_of, dry_run=dry_run,
        )  # fmt: skip
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("deny")
def deny(
    ctx: typer.Context,
    cases: Cases,
    reason: Reason,
    seen: Annotated[str, typer.Option("--seen", help="Refuse unless this is the hash of its assessment.")] = "",
    *,
    instead_of: InsteadOf = "",
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Deny cases, with a reason."""
    from refundkit.workflow import decisions

    with context.shop(ctx) as shop:
        done = decisions.deny(shop, cases, reason, seen=seen, instead_of=instead_of, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("amend")
def amend(
    ctx: typer.Context,
    case: Case,
    customer_id: Annotated[str | None, typer.Option("--customer", help="The customer's id.")] = None,
    customer_email: Annotated[str | None, typer.Option("--email", help="The requester's address.")] = None,
    service_order: Annotated[str | None, typer.Option("--order", help="The service order.")] = None,
    invoice: Annotated[str | None, typer.Option("--invoice", help="The invoice.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="What is asked back, e.g. 120.00.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Its currency.")] = None,
    reason: Annotated[
        str | None,
        typer.Option("--for", help="The request's reason, e.g. sla-breach.", autocompletion=complete.reasons),
    ] = None,
    description: Annotated[str | None, typer.Option("--description", help="What happened.")] = None,
    received_at: Annotated[str | None, typer.Option("--received", help="When the request came.")] = None,
    why: Annotated[str, typer.Option("--reason", help="Why it is corrected.")] = "",
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Correct a request; it is assessed anew. An empty value ('') empties a field."""
    from refundkit.workflow import decisions

    given = {
        "customer_id": customer_id, "customer_email": customer_email, "service_order": service_order,
        "invoice": invoice, "amount": amount, "currency": currency, "reason": reason, "description": description,
        "received_at": received_at,
    }  # fmt: skip
    changes = {k: v for k, v in given.items() if v is not None}
    with context.shop(ctx) as shop:
        done = decisions.amend(shop, case, changes, why, dry_run=dry_run)
    outcomes.tell([done], dry_run=dry_run, jsonl=jsonl)


@app.command("override")
def override(
    ctx: typer.Context,
    case: Case,
    code: Annotated[str, typer.Argument(help="The finding's code, e.g. window-passed.")],
    reason: Reason,
    *,
    instead_of: InsteadOf = "",
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Set one finding aside, with a reason."""
    from refundkit.workflow import decisions

    with context.shop(ctx) as shop:
        done = decisions.override(shop, case, code, reason, instead_of=instead_of, dry_run=dry_run)
    outcomes.tell([done], dry_run=dry_run, jsonl=jsonl)


@app.command("withdraw")
def withdraw(
    ctx: typer.Context,
    cases: Cases,
    reason: Annotated[str, typer.Option("--reason", help="What the requester said.")] = "",
    *,
    dry_run: DryRun = False,
    jsonl: Jsonl = False,
) -> None:
    """Note that the requester takes a request back."""
    from refundkit.workflow import decisions

    with context.shop(ctx) as shop:
        done = decisions.withdraw(shop, cases, reason, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("reopen")
def reopen(ctx: typer.Context, cases: Cases, reason: Reason, *, dry_run: DryRun = False, jsonl: Jsonl = False) -> None:
    """Take up a denied, withdrawn or duplicate case again."""
    from refundkit.workflow import decisions

    with context.shop(ctx) as shop:
        done = decisions.reopen(shop, cases, reason, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)


@app.command("revoke")
def revoke(ctx: typer.Context, cases: Cases, reason: Reason, *, dry_run: DryRun = False, jsonl: Jsonl = False) -> None:
    """Take an approval back before it is booked."""
    from refundkit.workflow import decisions

    with context.shop(ctx) as shop:
        done = decisions.revoke(shop, cases, reason, dry_run=dry_run)
    outcomes.tell(done, dry_run=dry_run, jsonl=jsonl)
