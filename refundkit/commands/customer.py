"""`customer show`: a customer's account with the shop."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.invoice import as_data, documents, documents_data

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="A customer: invoiced, paid, refunded, credit on account."
)


@app.callback()
def only() -> None:
    """A customer: invoiced, paid, refunded, credit on account."""


@app.command("show")
def show_(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
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
