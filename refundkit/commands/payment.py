"""`payment`: lists payments; says by hand, with evidence, how one ended."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from refundkit.commands import context, outcomes, show
from refundkit.commands.arguments import DryRun, day
from refundkit.errors import UsageError

if TYPE_CHECKING:
    from refundkit.workflow.payment_ends import Ended

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Payments: list them, say how one ended.")

Payment = Annotated[str, typer.Argument(metavar="PAYMENT", help="Its number (RP-1-000001), its cheque's, or its case.")]
Evidence = Annotated[str, typer.Option("--evidence", metavar="TEXT", help="What shows it; stays for ever.")]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="The day on which it happened; today without.")]
Code = Annotated[str, typer.Option("--code", help="The bank's code of the reason, as R03 or AC04.")]
Fee = Annotated[
    str, typer.Option("--fee", metavar="AMOUNT", help="What the bank took for it, e.g. 4.00 or '4.00 USD'.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Only those whose end is not known.")] = False,
    stale: Annotated[
        bool, typer.Option("--stale", help="Only cheques that nobody cashes, with what is to be done now.")
    ] = False,
    json_: Json = False,
) -> None:
    """List payments."""
    from refundkit.model.money import Money
    from refundkit.workflow import payment_ends

    if stale:
        _stale(ctx, json_=json_)
        return
    with context.shop(ctx) as shop:
        rows = payment_ends.listed(shop, where="open" if open_ else "all")
    if json_:
        names = ("number", "method", "state", "batch", "key", "cheque", "original", "settles", "code", "why")
        show.as_json(
            [
                {"case": r["case_id"], "amount": Money(r["amount_minor"], r["currency"]).as_json(), "on": r["paid_on"],
                 "ended_on": r["ended_on"] or None, **{name: r[name] for name in names}}
                for r in rows
            ]
        )  # fmt: skip
        return
    table = [
        (r["number"], r["case_id"], r["method"] + (f" {r['cheque']}" if r["cheque"] else ""),
         str(Money(r["amount_minor"], r["currency"])), r["paid_on"], r["state"], r["ended_on"] or "-")
        for r in rows
    ]  # fmt: skip
    show.columns(("payment", "case", "method", "amount", "on", "state", "ended"), table, right=[3])


def _stale(ctx: typer.Context, *, json_: bool) -> None:
    from refundkit.workflow import stale

    with context.shop(ctx) as shop:
        found = stale.listed(shop)
    if json_:
        show.as_json(
            [
                {"payment": s.number, "case": s.case, "customer_id": s.customer_id, "cheque": s.cheque,
                 "amount": s.amount.as_json(), "on": s.on, "months": s.months, "state": s.state,
                 "unclaimed_from": s.unclaimed_from.isoformat(), "next": s.next}
                for s in found
            ]
        )  # fmt: skip
        return
    if not found:
        typer.echo("no cheque grows stale")
        return
    rows = [(str(s.cheque), s.case, s.customer_id, str(s.amount), s.on, str(s.months), s.state, s.next) for s in found]
    show.columns(("cheque", "case", "customer", "amount", "on", "months", "state", "next"), rows, right=[3, 5])


@app.command("confirm")
def confirm(
    ctx: typer.Context,
    payment: Payment,
    evidence: Evidence,
    on: On = "",
    *,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Say that a payment has arrived, or a cheque was cashed, and what shows it."""
    _end(ctx, payment, "payment.confirmed", evidence, on, "", dry_run=dry_run, json_=json_)


@app.command("refused")
def refused(
    ctx: typer.Context, payment: Payment, evidence: Evidence, on: On = "", code: Code = "", fee: Fee = "",
    *, dry_run: DryRun = False, json_: Json = False,
) -> None:  # fmt: skip
    """Say that a payment was refused and no money moved, or that a cheque was made void, and what shows it."""
    _end(ctx, payment, "payment.refused", evidence, on, code, fee, dry_run=dry_run, json_=json_)


@app.command("returned")
def returned(
    ctx: typer.Context, payment: Payment, evidence: Evidence, on: On = "", code: Code = "", fee: Fee = "",
    *, dry_run: DryRun = False, json_: Json = False,
) -> None:  # fmt: skip
    """Say that the money of a payment came back, and what shows it."""
    _end(ctx, payment, "payment.returned", evidence, on, code, fee, dry_run=dry_run, json_=json_)


@app.command("unclaimed")
def unclaimed(
    ctx: typer.Context, payment: Payment, evidence: Evidence, on: On = "", *, dry_run: DryRun = False,
    json_: Json = False,
) -> None:  # fmt: skip
    """Say that nobody cashes a cheque: its money is set aside for the state, never the shop's, and not paid anew."""
    _end(ctx, payment, "payment.unclaimed", evidence, on, "", dry_run=dry_run, json_=json_)


@app.command("remitted")
def remitted(
    ctx: typer.Context, payment: Payment, evidence: Evidence, on: On = "", *, dry_run: DryRun = False,
    json_: Json = False,
) -> None:  # fmt: skip
    """Say that the money of an unclaimed cheque has gone to the state, and what shows it."""
    _end(ctx, payment, "payment.remitted", evidence, on, "", dry_run=dry_run, json_=json_)


@app.command("fee")
def fee_(
    ctx: typer.Context,
    payment: Payment,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What the bank took, e.g. 4.00 or '4.00 USD'.")],
    evidence: Evidence,
    on: On = "",
    *,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Say what the bank took for a payment that was refused or came back; the refund stays as it is."""
    from refundkit.workflow import payment_ends

    fee = _amount(amount, "AMOUNT")
    with context.shop(ctx) as shop:
        done = payment_ends.fee_by_hand(shop, payment, fee, evidence=evidence, on=day(on, "--on"), dry_run=dry_run)
    _tell(done, dry_run=dry_run, json_=json_)


@app.command("uncertain")
def uncertain(
    ctx: typer.Context, payment: Payment, evidence: Evidence, *, dry_run: DryRun = False, json_: Json = False
) -> None:
    """Say that nobody knows whether a payment went through: it counts as paid until evidence ends it."""
    _end(ctx, payment, "payment.uncertain", evidence, "", "", dry_run=dry_run, json_=json_)


def _end(
    ctx: typer.Context, payment: str, kind: str, evidence: str, on: str, code: str, fee: str = "",
    *, dry_run: bool, json_: bool,
) -> None:  # fmt: skip
    from refundkit.workflow import payment_ends

    taken = _amount(fee, "--fee") if fee else None
    with context.shop(ctx) as shop:
        done = payment_ends.by_hand(
            shop, payment, kind, evidence=evidence, code=code, on=day(on, "--on"), fee=taken, dry_run=dry_run
        )
    _tell(done, dry_run=dry_run, json_=json_)


def _amount(text: str, where: str) -> tuple[Decimal, str]:
    amount, currency = outcomes.amount_of(text, where)
    if amount is None:
        raise UsageError("what did the bank take?", hint="an amount, e.g. 4.00 or '4.00 USD'", where=where)
    return amount, currency


def _tell(done: Ended, *, dry_run: bool, json_: bool) -> None:
    if json_:
        show.as_json(
            {"payment": done.number, "case": done.case, "amount": done.amount.as_json(), "state": done.payment_state,
             "fee": done.fee.as_json() if done.fee else None, "case_state": done.case_state}
        )  # fmt: skip
        return
    would = "would be" if dry_run else "is"
    fee = f", fee {done.fee}" if done.fee else ""
    typer.echo(f"{done.number}, {done.amount}: {would} {done.payment_state}{fee}; {done.case} is {done.case_state}")
