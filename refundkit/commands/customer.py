"""`customer`: a customer's account with the shop, and the credit on it used on an invoice."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import context, outcomes, show
from refundkit.commands.arguments import DryRun, day
from refundkit.commands.invoice import as_data, documents, documents_data
from refundkit.errors import UsageError

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="A customer: invoiced, paid, refunded, credit on account."
)
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]


@app.command("apply")
def apply(
    ctx: typer.Context,
    customer: Customer,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="An open invoice of the customer.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="How much, e.g. 50.00 or '50.00 EUR'.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day on which it happened; today without.")] = "",
    note: Annotated[str, typer.Option("--note", help="What is to be remembered of it.")] = "",
    *,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Use what a customer keeps as a credit on an open invoice; the oldest credit first."""
    from refundkit.workflow import kept

    figure, currency = outcomes.amount_of(amount, "AMOUNT")
    if figure is None:
        raise UsageError("how much of the credit?", hint="an amount, e.g. 50.00", where="AMOUNT")
    with context.shop(ctx) as shop:
        done = kept.apply(shop, customer, invoice, figure, currency, on=day(on, "--on"), note=note, dry_run=dry_run)
    if json_:
        show.as_json(
            {"customer_id": done.customer_id, "invoice": done.invoice,
             "parts": [{"number": p.number, "case": p.case, "amount": p.amount.as_json()} for p in done.parts],
             "credit": done.credit.as_json(), "open": done.open.as_json()}
        )  # fmt: skip
        return
    would = "would be used" if dry_run else "used"
    for part in done.parts:
        typer.echo(f"{part.number}: {part.amount} of the credit of {part.case} {would} on {done.invoice}")
    typer.echo(f"credit left: {done.credit}; open on {done.invoice}: {done.open}")


@app.command("show")
def show_(
    ctx: typer.Context,
    customer: Customer,
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what was invoiced, paid, refunded, is owed, and is kept as a credit, by currency."""
    from refundkit.workflow import accounts

    with context.shop(ctx) as shop:
        found = accounts.customer(shop, customer)
        base = shop.org.base
    figures = {
        "invoiced": found.invoiced, "paid": found.paid, "refunded": found.refunded, "owed": found.owed,
        "credit": found.credit,
    }  # fmt: skip
    if json_:
        show.as_json(
            {"customer_id": found.customer_id, "name": found.name,
             **{name: [m.as_json() for m in amounts] for name, amounts in figures.items()},
             "invoices": [as_data(i, base) for i in found.invoices],
             "documents": documents_data(found.documents, base)}
        )  # fmt: skip
        return
    typer.echo(f"{found.name} ({found.customer_id})")
    words = {"owed": "booked, to be paid", "credit": "credit on account"}
    rows = [(words.get(name, name), ", ".join(map(str, amounts)) or "-") for name, amounts in figures.items()]
    show.columns(("", "amount"), rows)
    documents(found.documents, base)
