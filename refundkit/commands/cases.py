"""`list`, `show`, `history`, `assess`: what there is, and why it is so."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from refundkit.commands import case_page, complete, context, show
from refundkit.commands.arguments import Case, DryRun
from refundkit.errors import UsageError
from refundkit.model.requests import NOTED
from refundkit.model.words import Level, Reason, State

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_SCREEN = 50


@app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[
        str, typer.Option("--state", help="Only cases in this state.", autocompletion=complete.states)
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Only this reason.", autocompletion=complete.reasons)] = "",
    level: Annotated[
        str,
        typer.Option(
            "--level", help="Only what waits for, or was decided at, this level.", autocompletion=complete.levels
        ),
    ] = "",
    customer: Annotated[str, typer.Option("--customer", help="Only this customer's.")] = "",
    since: Annotated[str, typer.Option("--since", help="Only received on or after this day, e.g. 2026-09-01.")] = "",
    noted: Annotated[
        str,
        typer.Option(
            "--noted",
            help="Only those with a message of this kind put on them, e.g. withdrawal.",
            autocompletion=complete.note_kinds,
        ),
    ] = "",
    *,
    held: Annotated[bool, typer.Option("--held", help="Only those on hold.")] = False,
    asked: Annotated[bool, typer.Option("--asked", help="Only those with a question that waits.")] = False,
    unsettled: Annotated[
        bool, typer.Option("--unsettled", help="Only those with an anomaly that nobody has settled.")
    ] = False,
    ready: Annotated[
        bool, typer.Option("--ready", help="Only what can be decided now: not held, no question waits.")
    ] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only what I may decide now.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All of them, not the first 50.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a case.")] = False,
) -> None:
    """List cases."""
    from refundkit.workflow import reading

    for option, value, known in (
        ("--state", state, State), ("--reason", reason, Reason), ("--level", level, Level),
        ("--noted", noted, sorted(NOTED)),
    ):  # fmt: skip
        if value and value not in list(known):
            what = option.removeprefix("--")
            raise UsageError(f"'{value}' is no {what}", hint=f"one of {', '.join(known)}", where=option)
    given = {"state": state, "reason": reason, "level": level, "customer": customer, "noted": noted}
    flags = {"held": held, "asked": asked, "unsettled": unsettled, "ready": ready, "mine": mine}
    filters: dict[str, Any] = {k: v for k, v in given.items() if v} | {k: 1 for k, v in flags.items() if v}
    with context.shop(ctx) as shop:
        chosen: dict[str, Any] = {**filters, **({"since": _since(since, shop.zone)} if since else {})}
        limit = None if everything or json_ or jsonl else _SCREEN
        rows = reading.listed(shop, chosen, limit)
        total = len(rows) if limit is None or len(rows) < limit else reading.counted(shop, chosen)
    if json_:
        show.as_json(rows)
    elif jsonl:
        show.as_jsonl(rows)
    else:
        _table(rows)
        if total > len(rows):
            show.note(f"the first {len(rows)} of {total}; --all shows the rest")


def _since(text: str, zone: tzinfo) -> int:
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a day", hint="write it like 2026-09-01", where="--since") from None
    return int((day if day.tzinfo else day.replace(tzinfo=zone)).timestamp()) * 1000


def _table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        show.note("no cases")
        return
    shown = []
    for row in rows:
        state = f"{row['state']} ({row['level']})" if row["level"] else row["state"]
        shown.append(
            (row["id"], state, case_page.money(row["payable"]), row["reason"], row["customer_id"] or "-",
             row["invoice"] or "-", row["received_at"][:10], " ".join(row["findings"]))
        )  # fmt: skip
    show.columns(
        ("case", "state", "payable", "reason", "customer", "invoice", "received", "findings"), shown, right=[2]
    )


@app.command("show")
def show_(
    ctx: typer.Context,
    case: Case,
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show a case with its whole calculation."""
    from refundkit.workflow import reading

    with context.shop(ctx) as shop:
        found = reading.shown(shop, case)
    if json_:
        show.as_json(found)
    else:
        case_page.tell(found)


@app.command("history")
def history(
    ctx: typer.Context,
    case: Case,
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what happened to a case, event by event."""
    from refundkit.workflow import reading

    with context.shop(ctx) as shop:
        found = reading.history(shop, case)
    if json_:
        show.as_json(found)
        return
    for event in found["events"]:
        typer.echo(f"{event['at']}  {event['by']:<12} {show.printable(event['text'])}\n{'':22}event {event['event']}")


@app.command("assess")
def assess(
    ctx: typer.Context,
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            help="Cases; without any, all in received or review (with --decided: all that are decided).",
            autocompletion=complete.case_ids,
        ),
    ] = None,
    *,
    decided: Annotated[
        bool, typer.Option("--decided", help="Only list decided cases that would come out differently now.")
    ] = False,
    dry_run: DryRun = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a case.")] = False,
) -> None:
    """Assess cases anew, after new records."""
    if decided:
        _decided(ctx, cases or [], jsonl=jsonl)
        return
    from refundkit.workflow import assessing

    with context.shop(ctx) as shop:
        done = assessing.run(shop, cases or [], dry_run=dry_run)
    if jsonl:
        show.as_jsonl({"case": d.case, "before": d.before, "after": d.after, "changed": d.changed} for d in done)
        return
    changed = [d for d in done if d.changed]
    for item in changed:
        typer.echo(f"{item.case}  {item.before} -> {item.after}")
    verb = "would change" if dry_run else "changed"
    show.note(f"{len(done)} assessed, {len(changed)} {verb}")


def _decided(ctx: typer.Context, cases: list[str], *, jsonl: bool) -> None:
    """What the policy and the records of now would say of decided cases. Nothing is written."""
    from refundkit.commands import ways
    from refundkit.workflow import otherwise

    with context.shop(ctx) as shop, show.progress() as tell:
        looked = otherwise.decided(shop, cases, tell)
    if jsonl:
        show.as_jsonl(ways.as_data(case) for case in looked.differ)
        return
    ways.table(looked.differ, "assessed as", "now")
    count, differ = looked.count, len(looked.differ)
    show.note(
        f"{count} decided case{'' if count == 1 else 's'} looked at, {differ} would come out differently now;"
        " nothing was changed"
    )
