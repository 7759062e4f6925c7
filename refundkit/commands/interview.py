"""The questions of `log`: who, what, why, how much, in which words; only what is missing, Enter skips each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import typer

from refundkit.commands import ask, show
from refundkit.errors import UsageError
from refundkit.model.words import Reason
from refundkit.workflow import by_hand, lookup, typed
from refundkit.workflow.by_hand import Note
from refundkit.workflow.lookup import Client, Job
from refundkit.workflow.shop import Shop

Item = TypeVar("Item", Client, Job)
_LISTED: Final = 9
_REASONS: Final = list(Reason)


def fill(shop: Shop, note: Note) -> None:
    """Ask for what the note does not say yet, in the order in which people tell it."""
    known = lookup.has_records(shop)
    if not known:
        show.note("no records on this machine: what you type is kept as it is")
    _who(shop, note, known=known)
    _what(shop, note, known=known)
    if not note.is_about_somebody:
        note.requested_by = ask.line("Then who asks? A name:")
    by_hand.refuse_nobody(note)
    said = _why(note)
    _how_much(shop, note)
    if not note.description:
        note.description, _ = ask.until_read("What happened?", said, typed.text_of)


def _who(shop: Shop, note: Note, *, known: bool) -> None:
    said = note.customer
    if not (said or note.order or note.invoice or note.email):
        said = ask.line("Who? Part of a name, address or number:")
    note.customer = said
    if not (said and known):
        return
    client = _one_of(said, lambda part: lookup.customers(shop, part), _client)
    if isinstance(client, Client):
        note.customer = client.customer
        typer.echo(f"  {show.printable(_client(client))}")
    else:
        note.customer = client


def _what(shop: Shop, note: Note, *, known: bool) -> None:
    if not known:
        note.order = note.order or ask.line("Which visit? Its order number:")
        note.invoice = note.invoice or ask.line("Which invoice?")
        return
    clients = lookup.customers(shop, note.customer) if note.customer else []
    customer = clients[0].customer if len(clients) == 1 else ""
    if note.order:
        visit = _one_of(note.order, lambda part: lookup.orders(shop, part, customer), _job)
        note.order = visit.order if isinstance(visit, Job) else visit
    if note.invoice:
        bill = _one_of(note.invoice, lambda part: lookup.invoices(shop, part, customer), _job)
        note.invoice = bill.invoice if isinstance(bill, Job) else bill
    if not (note.order or note.invoice):
        _visit_or_invoice(shop, note, customer)


def _visit_or_invoice(shop: Shop, note: Note, customer: str) -> None:
    newest = lookup.jobs(shop, "", customer)
    ask.listed([_job(job) for job in newest[:_LISTED]])
    if len(newest) > _LISTED:
        typer.echo(f"     and {len(newest) - _LISTED} older ones")
    how = "A number above, or part of it:" if newest else "Part of its number or device:"
    said = ask.line(f"Which visit or invoice? {how}", "1" if len(newest) == 1 else "")
    place = ask.chosen(said, len(newest[:_LISTED]))
    if not said:
        return
    job = newest[place] if place is not None else _one_of(said, lambda part: lookup.jobs(shop, part, customer), _job)
    if isinstance(job, Job):
        note.order, note.invoice = job.order, job.invoice
        if place is None:
            typer.echo(f"  {show.printable(_job(job))}")
        return
    if ask.line("Is that an order or an invoice?", "order")[:1].lower() == "i":
        note.invoice = job
    else:
        note.order = job


def _why(note: Note) -> str:
    """Ask for the reason; return the words it was given in, for the next question but one."""
    if note.reason:
        return ""
    for row in range(0, len(_REASONS), 3):
        typer.echo(
            "  " + "".join(f"{n + 1} {_REASONS[n]:<20}" for n in range(row, min(row + 3, len(_REASONS)))).rstrip()
        )
    said, note.reason = ask.until_read("Why? A number, or in words:", Reason.OTHER, _reason)
    if said in (note.reason, Reason.OTHER) or ask.chosen(said, len(_REASONS)) is not None:
        return ""
    typer.echo(f"  {note.reason}")
    return said


def _reason(said: str) -> str:
    place = ask.chosen(said, len(_REASONS))
    if place is not None:
        return _REASONS[place]
    try:
        return typed.reason_named(said)
    except UsageError as err:
        raise UsageError(err.message, hint="a number, other words, or Enter") from err


def _how_much(shop: Shop, note: Note) -> None:
    if not note.amount:
        question = "How much? Enter for what the records bear out:"
        note.amount, _ = ask.until_read(
            question, "", lambda said: typed.amount_of(shop, said, typed.currency_named(shop, note.currency))
        )


def _one_of(said: str, look: Callable[[str], Sequence[Item]], shown: Callable[[Item], str]) -> Item | str:
    """The one that is meant, found and chosen; what was typed last when none of them is."""
    while True:
        found = look(said)
        if len(found) == 1:
            return found[0]
        if not found:
            again = ask.line("  Not in the records. Another part; Enter keeps what you typed:")
            if not again:
                return said
            said = again
            continue
        ask.listed([shown(item) for item in found[:_LISTED]])
        if len(found) > _LISTED:
            typer.echo("     and more: type more of it")
        again = ask.line("Which? A number, or more of it; Enter for none of these:")
        place = ask.chosen(again, min(len(found), _LISTED))
        if place is not None:
            return found[place]
        if not again:
            return said
        said = again


def _client(client: Client) -> str:
    return "  ".join(filter(None, (client.customer, client.name, client.email, client.phone)))


def _job(job: Job) -> str:
    return "  ".join(filter(None, (job.invoice or "not billed", job.day, job.order, job.equipment, lookup.total(job))))
