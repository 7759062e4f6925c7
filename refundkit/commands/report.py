"""`report`: what is owed, what is not booked, which payments nobody answered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import day

if TYPE_CHECKING:
    from refundkit.model.money import Money

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, help="Reports: what is owed, what is not booked, what is uncertain."
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("liability")
def liability(
    ctx: typer.Context,
    at: Annotated[str, typer.Option("--at", metavar="DATE", help="At the end of this day; today without.")] = "",
    *,
    json_: Json = False,
) -> None:
    """What Refunds payable holds: booked and not paid, by case, age and currency."""
    from refundkit.model.money import Money
    from refundkit.workflow import accounts

    with context.shop(ctx) as shop:
        on = day(at, "--at") or shop.today
        found = accounts.liability(shop, on)
        base = shop.org.base
    total = Money(sum(row.owed.minor for row in found), base)
    ages: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    for row in found:
        ages[row.age] += row.owed.minor
        currencies[row.amount.currency] += row.amount.minor
    if json_:
        show.as_json(
            {
                "at": on.isoformat(), "total": total.as_json(),
                "by_age": {age: Money(minor, base).as_json() for age, minor in ages.items()},
                "by_currency": [Money(minor, c).as_json() for c, minor in sorted(currencies.items())],
                "cases": [
                    {"case": r.case, "customer_id": r.customer_id, "since": r.since.isoformat(), "age": r.age,
                     "amount": r.amount.as_json(), "owed": r.owed.as_json()}
                    for r in found
                ],
            }
        )  # fmt: skip
        return
    rows = [(r.case, r.customer_id, r.since.isoformat(), r.age, str(r.amount), str(r.owed)) for r in found]
    show.columns(("case", "customer", "since", "age", "amount", "owed"), rows, right=[4, 5])
    for age, minor in ages.items():
        typer.echo(f"{age}: {Money(minor, base)}")
    typer.echo(f"Refunds payable at the end of {on.isoformat()}: {total}")


@app.command("unbooked")
def unbooked(ctx: typer.Context, *, json_: Json = False) -> None:
    """What no batch of the journals holds yet."""
    from refundkit.workflow import accounts

    with context.shop(ctx) as shop:
        found = accounts.unbooked(shop)
    if json_:
        show.as_json(
            [{"case": u.case, "what": u.what, "amount": u.amount.as_json(), "on": u.on or None} for u in found]
        )
        return
    if not found:
        typer.echo("everything is booked")
        return
    show.columns(
        ("case", "what", "on", "amount"), [(u.case, u.what, u.on or "-", str(u.amount)) for u in found], right=[3]
    )
    typer.echo("the next 'refundkit export FORMAT' books them")


@app.command("uncertain")
def uncertain(ctx: typer.Context, *, json_: Json = False) -> None:
    """Payments whose end nobody knows: they count as paid until evidence ends them."""
    from refundkit.workflow import accounts

    with context.shop(ctx) as shop:
        found = accounts.open_payments(shop)
    if json_:
        names = ("number", "method", "state", "batch", "key", "cheque", "why", "days")
        show.as_json(
            [
                {"case": r["case_id"], "on": r["paid_on"], "amount": _money(r).as_json(), **{n: r[n] for n in names}}
                for r in found
            ]
        )
        return
    if not found:
        typer.echo("the end of every payment is known")
        return
    rows = [
        (
            r["number"],
            r["case_id"],
            r["method"],
            str(_money(r)),
            r["paid_on"],
            str(r["days"]),
            r["state"],
            r["why"] or "-",
        )
        for r in found
    ]
    show.columns(("payment", "case", "method", "amount", "on", "days", "state", "why"), rows, right=[3, 5])


def _money(row: dict[str, Any]) -> Money:
    from refundkit.model.money import Money

    return Money(row["amount_minor"], row["currency"])
