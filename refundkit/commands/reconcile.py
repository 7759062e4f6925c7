"""`reconcile`: reads statements and ends the payments they prove; lists what a person must look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import context, show
from refundkit.commands.arguments import DateOrder, DryRun
from refundkit.errors import UsageError

if TYPE_CHECKING:
    from refundkit.workflow.reconciling import Told
    from refundkit.workflow.shop import Shop

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("reconcile")
def reconcile(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="camt.053, OFX, bank CSV, NACHA returns, pain.002 ...")
    ] = None,
    currency: Annotated[str, typer.Option("--currency", help="The account's, for a file that names none.")] = "",
    date_order: DateOrder = "",
    line: Annotated[str, typer.Option("--line", metavar="NAME", help="An open line, by the name --open shows.")] = "",
    payment: Annotated[str, typer.Option("--payment", metavar="PAYMENT", help="The payment that the line is.")] = "",
    *,
    open_: Annotated[bool, typer.Option("--open", help="List the lines that a person must look at.")] = False,
    dry_run: DryRun = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
) -> None:
    """Read bank and processor statements; end the payments they prove."""
    from refundkit.workflow import reconciling

    with context.shop(ctx) as shop:
        if open_:
            _open(shop, jsonl=jsonl)
            return
        if line or payment:
            if not (line and payment):
                raise UsageError("which line is which payment?", hint="--line NAME --payment RP-1-000001")
            _tell([reconciling.assign(shop, line, payment, dry_run=dry_run)], jsonl=jsonl)
            return
        if not files:
            raise UsageError("which statement?", hint="refundkit reconcile STATEMENT.xml; --open lists what is left")
        said = reconciling.HowRead(currency.upper(), date_order, show.note)
        report = reconciling.reconcile(shop, files, said, dry_run=dry_run)
    _tell(report.lines, jsonl=jsonl)
    if report.counts["open"] or report.counts["unread"]:
        raise typer.Exit(1)


def _open(shop: Shop, *, jsonl: bool) -> None:
    from refundkit.model.money import Money
    from refundkit.workflow import reconciling

    found = reconciling.still_open(shop)
    if jsonl:
        show.as_jsonl({"line": x.fingerprint, "file": x.file, "index": x.idx, "why": x.why, **x.line} for x in found)
        return
    if not found:
        typer.echo("no line of a statement waits for a person")
        return
    rows = [
        (x.fingerprint[:8], f"{x.file}#{x.idx}", x.line["on"],
         str(Money(x.line["amount"], x.line["currency"])) if x.line["currency"] else "-", x.line["name"], x.why)
        for x in found
    ]  # fmt: skip
    show.columns(("line", "where", "on", "amount", "name", "why"), rows, right=[3])


def _tell(lines: list[Told], *, jsonl: bool) -> None:
    from collections import Counter

    if jsonl:
        show.as_jsonl(_data(told) for told in lines)
        return
    shown = [told for told in lines if told.found in ("matched", "open", "unread")]
    rows = [
        (f"{t.file}#{t.index}", t.on.isoformat() if t.on else "-", str(t.amount) if t.amount else "-", t.found,
         f"{t.payment} {t.case} {t.state}".strip() or "-", t.why)
        for t in shown
    ]  # fmt: skip
    if rows:
        show.columns(("where", "on", "amount", "found", "payment", "why"), rows, right=[2])
    counts = Counter(told.found for told in lines)
    words = {"matched": "matched", "open": "for a person", "other": "of other things", "known": "read before",
             "unread": "not readable"}  # fmt: skip
    typer.echo(
        f"{len(lines)} line{'' if len(lines) == 1 else 's'}: "
        + (", ".join(f"{counts[k]} {w}" for k, w in words.items() if counts[k]) or "none")
    )


def _data(told: Told) -> dict[str, Any]:
    return {
        "file": told.file, "index": told.index, "found": told.found, "payment": told.payment or None,
        "case": told.case or None, "amount": told.amount.as_json() if told.amount else None,
        "on": told.on.isoformat() if told.on else None, "state": told.state or None, "why": told.why,
    }  # fmt: skip
