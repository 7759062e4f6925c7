"""`pay`: pays booked refunds, one batch a method; shows which way each would go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import complete, context, show
from refundkit.commands.arguments import DryRun, day
from refundkit.errors import UsageError
from refundkit.model.payments import Method

if TYPE_CHECKING:
    from refundkit.workflow.paying import PaidOut
    from refundkit.workflow.shop import Shop

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("pay")
def pay(
    ctx: typer.Context,
    method: Annotated[
        str, typer.Argument(metavar="METHOD", help="ach, sepa, cheque, card, cash, transfer or account.")
    ] = "",
    cases: Annotated[
        list[str] | None,
        typer.Argument(help="Only these cases; all that go this way without.", autocompletion=complete.case_ids),
    ] = None,
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where the files go.")] = Path(),
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day of the payments; today without.")] = "",
    first_cheque: Annotated[
        int, typer.Option("--first-cheque", metavar="N", help="Number of the first cheque in the printer.", min=0)
    ] = 0,
    instead: Annotated[
        str, typer.Option("--instead", metavar="REASON", help="Why a named case goes another way than it was paid.")
    ] = "",
    again: Annotated[str, typer.Option("--again", metavar="BATCH", help="Write the same files of a batch again.")] = "",
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Show which way each booked refund goes; pay nothing.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the batches.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Pay booked refunds: bank files, cheques, worklists."""
    from refundkit.workflow import paying

    with context.shop(ctx) as shop:
        if plan or list_:
            (_plan if plan else _list)(shop, json_=json_)
            return
        if again:
            _tell(paying.again(shop, again, folder), dry_run=False, json_=json_)
            return
        if not method:
            raise UsageError("pay which way?", hint="'refundkit pay --plan' shows which way each booked refund goes")
        wanted = paying.Wanted(tuple(cases or ()), day(on, "--on"), first_cheque, instead)
        if context.can_ask() and not (dry_run or yes or json_):
            would = paying.pay(shop, method, folder, wanted, dry_run=True)
            sums = ", ".join(str(total) for total in would.totals)
            if would.payments and not context.confirmed(f"Pay {len(would.payments)} refund(s), {sums}?", yes=yes):
                raise typer.Exit(0)
        done = paying.pay(shop, method, folder, wanted, dry_run=dry_run)
    _tell(done, dry_run=dry_run, json_=json_)
    if done.left:
        raise typer.Exit(1)


def _plan(shop: Shop, *, json_: bool) -> None:
    from refundkit.workflow import ways_back

    found = ways_back.plan(shop)
    if json_:
        show.as_json(
            [
                {"case": w.case, "method": w.method or None, "amount": w.amount.as_json(), "original": w.original,
                 "why": w.why, "stopped": w.stopped}
                for w in found
            ]
        )  # fmt: skip
        return
    if not found:
        typer.echo("nothing waits to be paid")
        return
    rows = [(w.case, w.customer, w.method or "no way", str(w.amount), w.stopped or w.why) for w in found]
    show.columns(("case", "customer", "method", "amount", "why"), rows, right=[3])


def _list(shop: Shop, *, json_: bool) -> None:
    from refundkit.model.money import Money
    from refundkit.workflow import paying
    from refundkit.workflow.reading import utc

    found = paying.listed(shop)
    if json_:
        show.as_json([_batch(b) for b in found])
        return
    rows = [
        (b["batch"], b["method"], utc(b["at_ms"]), b["who"], str(b["payments"]),
         ", ".join(str(Money(minor, currency)) for currency, minor in b["totals"]))
        for b in found
    ]  # fmt: skip
    show.columns(("batch", "method", "made", "by", "payments", "total"), rows, right=[4, 5])


def _batch(batch: dict[str, Any]) -> dict[str, Any]:
    from refundkit.workflow.reading import utc

    return {
        "batch": batch["batch"], "method": batch["method"], "at": utc(batch["at_ms"]), "by": batch["who"],
        "payments": batch["payments"], "totals": [_money(m, c).as_json() for c, m in batch["totals"]],
        "files": batch["files"],
    }  # fmt: skip


def _tell(done: PaidOut, *, dry_run: bool, json_: bool) -> None:
    if json_:
        show.as_json(_data(done))
        return
    for batch in done.completed:
        show.note(f"batch {batch} was interrupted before its files were written: they are written now")
    for line in done.left:
        show.note(f"not paid: {line}")
    if not done.batch:
        typer.echo("nothing to pay this way: 'refundkit pay --plan' shows which way each booked refund goes")
        return
    sums = ", ".join(str(total) for total in done.totals)
    count = f"{len(done.payments)} payment{'' if len(done.payments) == 1 else 's'} " if done.payments else ""
    way = ("would go out", "on the way") if done.method != Method.ACCOUNT else ("would be kept", "kept on account")
    would = way[0] if dry_run else way[1] if done.payments else "written again"
    if done.payments or not done.voids:
        typer.echo(f"batch {done.batch}: {count}{would}, {sums}")
    if done.voids:
        numbers = ", ".join(map(str, done.voids))
        typer.echo(f"batch {done.batch}: the list for the bank says that these cheques are void: {numbers}")
    for path in done.files:
        typer.echo(f"  {path}")


def _data(done: PaidOut) -> dict[str, Any]:
    return {
        "batch": done.batch or None,
        "method": done.method,
        "payments": [
            {"number": p.number, "case": p.case, "key": p.key, "on": p.on.isoformat(),
             "amount": {"amount": total.as_json()["amount"], "currency": p.currency}, "cheque": p.cheque or None}
            for p in done.payments
            for total in [_money(p.amount, p.currency)]
        ],
        "totals": [total.as_json() for total in done.totals],
        "files": [str(path) for path in done.files],
        "completed": list(done.completed),
        "left": list(done.left),
        "voids": list(done.voids),
    }  # fmt: skip


def _money(minor: int, currency: str) -> Any:
    from refundkit.model.money import Money

    return Money(minor, currency)
