"""`payee`: where customers' money goes. Account numbers are typed without being shown, and never shown again whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DryRun
from refundkit.errors import UsageError

if TYPE_CHECKING:
    from refundkit.workflow.payees import Known

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="Where customers' money goes: enter it, confirm a change."
)

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("set")
def set_(
    ctx: typer.Context,
    customer: Customer,
    holder: Annotated[str, typer.Option("--holder", help="The account's holder, as the bank knows them.")] = "",
    iban: Annotated[str, typer.Option("--iban", help="'-' reads it from standard input, a line of its own.")] = "",
    bic: Annotated[str, typer.Option("--bic", help="Where the bank wants it.")] = "",
    routing: Annotated[str, typer.Option("--routing", help="An American bank's routing number.")] = "",
    account: Annotated[str, typer.Option("--account", help="'-' reads it from standard input.")] = "",
    town: Annotated[str, typer.Option("--town", help="Of the holder; banks refuse addresses without.")] = "",
    country: Annotated[str, typer.Option("--country", help="Of the holder, two letters.")] = "",
    *,
    savings: Annotated[bool, typer.Option("--savings", help="A savings account.")] = False,
    business: Annotated[bool, typer.Option("--business", help="A company's account.")] = False,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Enter where a customer's money goes. A change counts when a second person has confirmed it."""
    from refundkit.model.payments import Payee
    from refundkit.workflow import payees

    if not iban and not routing and not account:
        if not context.can_ask():
            raise UsageError(
                "an IBAN, or a routing and an account number?", hint="--iban -, or --routing N --account -"
            )
        holder = holder or typer.prompt("Holder of the account")
        iban = typer.prompt("IBAN (Enter for an American account)", default="", hide_input=True, show_default=False)
        if not iban:
            routing = typer.prompt("Routing number")
            account = typer.prompt("Account number", hide_input=True, confirmation_prompt=True)
    payee = Payee(
        holder.strip(), routing.strip(), _read(account), savings, business, _read(iban).replace(" ", "").upper(),
        bic.strip().upper(), town.strip(), country.strip().upper(),
    )  # fmt: skip
    with context.shop(ctx) as shop:
        done = payees.enter(shop, customer, payee, dry_run=dry_run)
    _tell([done], json_=json_)


@app.command("confirm")
def confirm(
    ctx: typer.Context,
    customer: Customer,
    ends: Annotated[str, typer.Option("--ends", metavar="1234", help="The account's last four, as the customer said.")],
    *,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Confirm a change as a second person, who has asked the customer."""
    from refundkit.workflow import payees

    with context.shop(ctx) as shop:
        done = payees.confirm(shop, customer, ends, dry_run=dry_run)
    _tell([done], json_=json_)


@app.command("list")
def list_(ctx: typer.Context, *, json_: Json = False) -> None:
    """List whose accounts are known, and which changes wait for a second person."""
    from refundkit.workflow import payees

    with context.shop(ctx) as shop:
        found = payees.known(shop)
    _tell(found, json_=json_, many=True)


@app.command("show")
def show_(ctx: typer.Context, customer: Customer, *, json_: Json = False) -> None:
    """Show where one customer's money goes, as far as it may be shown."""
    from refundkit.errors import RefusedError
    from refundkit.workflow import payees

    with context.shop(ctx) as shop:
        found = payees.known(shop, customer)
    if not found:
        raise RefusedError(f"no account of {customer[:40]} is known", hint=f"enter it: refundkit payee set {customer}")
    _tell(found, json_=json_)


def _read(value: str) -> str:
    """A value of the command line; '-' stands for a line of standard input, which no list of processes shows."""
    import sys

    return sys.stdin.readline().strip() if value == "-" else value.strip()


def _tell(found: list[Known], *, json_: bool, many: bool = False) -> None:
    if json_:
        data = [
            {"customer_id": k.customer_id, "holder": k.holder, "account": k.tail, "entered_by": k.by,
             "confirmed_by": k.confirmed_by or None, "waits": k.waits}
            for k in found
        ]  # fmt: skip
        show.as_json(data if many else data[0])
        return
    rows = [
        (k.customer_id, k.holder, k.tail, k.by, k.confirmed_by or ("waits for a second person" if k.waits else "-"))
        for k in found
    ]
    show.columns(("customer", "holder", "account", "entered by", "confirmed by"), rows)
