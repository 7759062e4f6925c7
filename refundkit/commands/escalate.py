"""`escalate`: reminders that are due, once each; and the lines that let cron and its like run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from refundkit.commands import context, schedules, show
from refundkit.commands.arguments import DryRun

if TYPE_CHECKING:
    from refundkit.workflow.reminders import Due, Escalated, Waiting

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("escalate")
def escalate(
    ctx: typer.Context,
    *,
    outbox: Annotated[bool, typer.Option("--outbox", help="Show the digests that were written and not sent.")] = False,
    install: Annotated[
        bool, typer.Option("--install", help="Print the lines for cron, systemd and the Task Scheduler.")
    ] = False,
    dry_run: DryRun = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Remind those who can decide of what waits, once for each full day; for cron."""
    from refundkit.workflow import reminders

    with context.shop(ctx) as shop:
        if install:
            typer.echo(schedules.lines(shop.store.path.absolute(), shop.actor.user), nl=False)
            return
        if outbox:
            _unsent(reminders.unsent(shop), json_=json_)
            return
        done = reminders.escalate(shop, dry_run=dry_run)
        zone = reminders.zone(shop)
    _tell(done, zone, dry_run=dry_run, json_=json_)


def _unsent(found: list[Waiting], *, json_: bool) -> None:
    from refundkit.workflow.reading import utc

    if json_:
        show.as_json(
            [
                {"digest": w.message.id, "user": w.message.user, "made_at": utc(w.message.made_ms),
                 "subject": w.message.subject, "body": w.message.body, "needless": w.needless}
                for w in found
            ]
        )  # fmt: skip
        return
    for waiting in found:
        message = waiting.message
        needless = "  (another machine reminded of all this first)" if waiting.needless else ""
        typer.echo(show.bold(f"{utc(message.made_ms)}  to {message.user}: {message.subject}{needless}"))
        typer.echo("\n".join(f"  {show.printable(line)}".rstrip() for line in message.body.splitlines()))
    if not found:
        typer.echo("no digest waits to be sent")


def _tell(done: Escalated, zone: str, *, dry_run: bool, json_: bool) -> None:
    from refundkit.workflow import digests

    if json_:
        show.as_json(_document(done))
        return
    for digest in done.digests:
        typer.echo(show.bold(f"{digest.person.user}: {_count(len(digest.cases), 'case')}"))
        for line in digests.lines(digest.cases, zone):
            typer.echo(f"  {show.printable(line)}")
    for due in done.cases:
        if not due.to:
            show.note(f"{due.case}: nobody can decide it, since everybody at its level stands in it")
    if not done.cases:
        typer.echo("no reminder is due")
        return
    raised = sum(due.raises for due in done.cases)
    up = f", {raised} went up to a manager" if raised else ""
    would = "would be " if dry_run else ""
    typer.echo(f"{_count(len(done.cases), 'case')} {would}reminded of in {_count(len(done.digests), 'digest')}{up}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _document(done: Escalated) -> dict[str, Any]:
    from refundkit.workflow.reading import utc

    return {
        "at": utc(done.at_ms),
        "digests": [
            {
                "digest": digest.id, "user": digest.person.user, "name": digest.person.name or None,
                "email": digest.person.email or None, "cases": [due.case for due in digest.cases],
            }
            for digest in done.digests
        ],
        "reminders": [_due(due) for due in done.cases],
    }  # fmt: skip


def _due(due: Due) -> dict[str, Any]:
    from refundkit.workflow.reading import utc

    return {
        "case": due.case, "slot": due.slot, "due_at": utc(due.due_ms), "waiting_since": utc(due.since_ms),
        "state": due.state, "decide_level": due.level, "raises": due.raises, "to": list(due.to),
        "payable": due.payable.as_json() if due.payable else None, "reason": due.reason,
        "customer_id": due.customer or None, "event": due.event,
    }  # fmt: skip
