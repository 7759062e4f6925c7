"""`list`, `show`, `history`, `assess`: what there is, and why it is so."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from refundkit.commands import complete, context, show
from refundkit.commands.arguments import Case, DryRun
from refundkit.errors import UsageError
from refundkit.model.requests import NOTED, NoRequest
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
            (row["id"], state, _money(row["payable"]), row["reason"], row["customer_id"] or "-", row["invoice"] or "-",
             row["received_at"][:10], " ".join(row["findings"]))
        )  # fmt: skip
    show.columns(
        ("case", "state", "payable", "reason", "customer", "invoice", "received", "findings"), shown, right=[2]
    )


def _money(value: dict[str, str] | None) -> str:
    return f"{value['amount']} {value['currency'] or ''}".rstrip() if value else "-"


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
        _page(found)


def _page(found: dict[str, Any]) -> None:
    level = f" ({found['level']})" if found["level"] else ""
    typer.echo(show.bold(f"{found['id']}  {found['state']}{level}  payable {_money(found['payable'])}"))
    asked = found["request"]
    who = " ".join(x for x in (found["customer_id"], asked["requested_by"], asked["customer_email"]) if x)
    source = f"{found['source']['file']} {found['source']['index'] or ''}".strip()
    facts = {
        "received": f"{found['received_at']} by {found['channel']}, {source}",
        "customer": who,
        "order": found["service_order"],
        "invoice": found["invoice"],
        "reason": found["reason"],
        "requested": _money(found["requested"]),
        "says": asked["description"],
    }
    for name, text in facts.items():
        if text:
            typer.echo(f"  {name:<10}{show.printable(text)}")
    _section("doubts", found["doubts"])
    _section("files", [f"{f['name']}  {f['media_type']}, {f['size']} bytes{_called(f)}" for f in found["files"]])
    _section("findings", [_finding(f) for f in found["findings"]])
    _section("messages about it", [_note(found, note) for note in found["notes"]])
    calculation = found["calculation"]
    _section("calculation", calculation["steps"] if calculation else ["not assessed yet: run 'refundkit assess'"])
    _section("route", [*found["route"]["why"], *_raised(found), *_by_policy(found["policy_adopted"])])
    _section("reminders", [_reminded(r) for r in found["reminders"]])
    _section("approvals", [_approval(a) for a in found["approvals"]])
    booking = found["booking"]
    _section("booking", [f"{booking['memo']} on {booking['posted_on']} in batch {booking['batch']}"] if booking else [])
    _section("holds", [_pause(p, f"{p['kind']}: {p['reason']}") for p in found["holds"]])
    _section("questions", [_pause(p, p["question"]) for p in found["questions"]])
    _section("live edits: settle with --keep", [_rival(r) for r in found["revisions"]])
    settled = {s["code"]: f"  [settled by {s['by']}: {s['reason']}]" for s in found["settled"]}
    _section("anomalies", [f"{code}{settled.get(code, '')}" for code in found["anomalies"]])
    ways = ", ".join(found["possible_now"]) or "nothing"
    typer.echo(f"\npossible now: {ways}")


def _raised(found: dict[str, Any]) -> list[str]:
    at = found["raised_at"]
    return [f"nobody decided by {at[:10]}: it went up a level, and a manager decides"] if at else []


def _reminded(found: dict[str, Any]) -> str:
    return f"{found['at'][:10]} {found['by']}: reminder {found['slot']} to {', '.join(found['to']) or 'nobody'}"


def _approval(found: dict[str, Any]) -> str:
    who = f"{found['by']} for {found['for']}" if found["for"] else found["by"]
    return f"{who}: {_money(found['amount'])} {found['note']}"


def _by_policy(adopted: dict[str, Any] | None) -> list[str]:
    """Which policy a case was judged by."""
    if adopted is None:
        return []
    since = "in force" if adopted["in_force"] else "replaced since; what is decided keeps it"
    return [f"judged by policy {adopted['number']}, adopted {adopted['adopted_at'][:10]}, {since}"]


def _pause(found: dict[str, Any], said: str) -> str:
    """A hold or a question with what ended it, on one line."""
    ends = "".join(f"  [{end['by']} {end['at'][:10]}: {end['text']}]" for end in found["ended"])
    over = "" if found["open"] or found["ended"] else "  [the request was amended since]"
    return f"{found['at'][:10]} {found['by']}: {said}{ends}{over}"


def _rival(found: dict[str, Any]) -> str:
    differs = ", ".join(f"{name} {value!r}" for name, value in found["differs"].items())
    return f"{found['revision']}  by {found['by']}: {differs}"


def _called(file: dict[str, Any]) -> str:
    return f", was called {file['original']}" if file["original"] != file["name"] else ""


def _finding(found: dict[str, Any]) -> str:
    over = f"  [overridden by {found['overridden_by']}: {found['override_reason']}]" if found["overridden_by"] else ""
    return f"{found['severity']:<7} {found['code']}: {found['text']}{over}"


def _note(found: dict[str, Any], note: dict[str, Any]) -> str:
    """A message on the case; one that takes the request back with the command that does so."""
    said = f"{note['at'][:10]} {note['kind']} from {note['sender'] or 'nobody known'}: {note['why']}"
    takes_back = note["kind"] == NoRequest.WITHDRAWAL and "withdraw" in found["possible_now"]
    return f"{said}  -> refundkit withdraw {found['id']}" if takes_back else said


def _section(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {show.printable(line)}")


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
