"""`invoice show`: an invoice's account, every document against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import context, show

if TYPE_CHECKING:
    from refundkit.workflow.accounts import InvoiceAccount

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="An invoice: what can be refunded, every document against it."
)


@app.callback()
def only() -> None:
    """An invoice: what can be refunded, every document against it."""


@app.command("show")
def show_(
    ctx: typer.Context,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number.")],
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what was invoiced, paid and refunded, what can be refunded now, and every document."""
    from refundkit.workflow import accounts

    with context.shop(ctx) as shop:
        found = accounts.invoice(shop, invoice)
        base = shop.org.base
    if json_:
        show.as_json(as_data(found, base))
        return
    typer.echo(f"{found.invoice} of {found.issued_on}, customer {found.customer_id}")
    lines = [
        ("invoiced", str(found.total)), ("paid", str(found.paid)), ("refunded before", str(found.refunded_before)),
        ("refunded here", str(found.refunded_here)), ("refundable now", str(found.refundable)),
        ("credit used", str(found.credit_used)), ("open", str(found.open)),
    ]  # fmt: skip
    show.columns(("", "amount"), lines, right=[1])
    documents(found.documents, base)


def documents(rows: tuple[dict[str, Any], ...], base: str) -> None:
    """The table of documents in the books."""
    from refundkit.model.money import Money
    from refundkit.workflow.accounts import in_words

    if not rows:
        typer.echo("nothing of it is in the books")
        return
    table = [
        (r["posted_on"], r["memo"], in_words(r["document"]), r["case"], str(Money(r["amount"], r["currency"])),
         str(Money(r["owed"], base)), r["batch"])
        for r in rows
    ]  # fmt: skip
    show.columns(("day", "number", "document", "case", "amount", "refunds payable", "batch"), table, right=[4, 5])


def as_data(found: InvoiceAccount, base: str) -> dict[str, Any]:
    """The account for `--json`."""
    from refundkit.model.money import Money

    return {
        "invoice": found.invoice, "customer_id": found.customer_id, "issued_on": found.issued_on,
        "total": found.total.as_json(), "paid": found.paid.as_json(),
        "refunded_before": found.refunded_before.as_json(), "refunded_here": found.refunded_here.as_json(),
        "refundable": found.refundable.as_json(), "credit_used": found.credit_used.as_json(),
        "open": found.open.as_json(),
        "cases": [
            {"case": c["case"], "state": c["state"], "amount": Money(c["amount"], c["currency"]).as_json()}
            for c in found.cases
        ],
        "documents": documents_data(found.documents, base),
    }  # fmt: skip


def documents_data(rows: tuple[dict[str, Any], ...], base: str) -> list[dict[str, Any]]:
    """The documents for `--json`."""
    from refundkit.model.money import Money

    return [
        {"number": r["memo"], "document": r["document"], "case": r["case"], "invoice": r["invoice"],
         "posted_on": r["posted_on"], "amount": Money(r["amount"], r["currency"]).as_json(),
         "refunds_payable": Money(r["owed"], base).as_json(), "batch": r["batch"]}
        for r in rows
    ]  # fmt: skip
