"""Notes a request by hand: completes it from the records where there are any, and writes it as one event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from refundkit.errors import UsageError
from refundkit.importers.attached.files import shown_name, told_size
from refundkit.model.case import CaseView
from refundkit.model.money import Money, to_minor
from refundkit.model.people import Act
from refundkit.model.requests import Draft
from refundkit.model.words import Channel, Role
from refundkit.workflow import case_files, lookup
from refundkit.workflow.kinship import OnDuplicate
from refundkit.workflow.lookup import Client, Job
from refundkit.workflow.mine import deciders
from refundkit.workflow.shop import Shop
from refundkit.workflow.taking import Taker
from refundkit.workflow.typed import amount_of, currency_named, fitting, ident_of, reason_named, received, text_of

SOURCE: Final = "refundkit log"
_NAMED: Final = 4
# What people call ids: letters, digits and the signs between them, with a digit in it and no blank.
_ID: Final = re.compile(r"(?=\S*\d)[\w.#/+-]{1,80}")

Found = Client | Job


@dataclass(slots=True)
class Note:
    """What somebody notes, as typed; '' where nothing was said. `customer`, `order`, `invoice`: any part of them."""

    channel: str = ""
    customer: str = ""
    order: str = ""
    invoice: str = ""
    amount: str = ""
    currency: str = ""
    reason: str = ""
    description: str = ""
    requested_by: str = ""
    email: str = ""
    received: str = ""
    reference: str = ""
    files: tuple[Path, ...] = ()

    @property
    def is_about_somebody(self) -> bool:
        """Whether anything says whose request it is."""
        named = (self.customer, self.order, self.invoice, self.email, self.requested_by)
        return any(text.strip() for text in named)


@dataclass(frozen=True)
class Logged:
    """A case that was noted. `deciders`: who may decide it, empty when nobody need. `first`: the case it repeats."""

    case: str
    state: str
    level: str
    request: dict[str, Any]
    payable: Money | None = None
    findings: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    deciders: list[tuple[str, str]] = field(default_factory=list)
    files: list[case_files.Listed] = field(default_factory=list)
    first: str = ""


def _only(what: str, typed: str, found: Sequence[Found]) -> Found | None:
    """The one that was found; an error that lists them when there are several."""
    if len(found) < 2:
        return found[0] if found else None
    some = ", ".join(_named(item, what) for item in found[:_NAMED])
    more = "" if len(found) <= _NAMED else f" and {'many' if len(found) >= lookup.MANY else len(found) - _NAMED} more"
    raise UsageError(
        f"'{typed[:40]}' fits several {what}s: {some}{more}", hint="give more of it, or the id", where=f"--{what}"
    )


def _named(item: Found, what: str) -> str:
    if isinstance(item, Client):
        return f"{item.customer} {item.name}".strip()
    return f"{item.invoice if what == 'invoice' else item.order} of {item.day}"


def check(shop: Shop, note: Note) -> None:
    """Raise what is wrong with the options alone, before anything is asked: the right, and each that was given."""
    shop.require(Act.LOG)
    if note.channel not in ("", Channel.TECHNICIAN, Channel.PHONE, Channel.PORTAL, Channel.EMAIL):
        raise UsageError(
            f"'{note.channel[:40]}' is no channel", hint="one of technician, phone, portal, email", where="--channel"
        )
    amount_of(shop, note.amount, currency_named(shop, note.currency))
    reason_named(note.reason)
    received(shop, note.received)
    case_files.check(note.files)


def refuse_nobody(note: Note) -> None:
    """Raise UsageError when nothing says whose request it is."""
    if not note.is_about_somebody:
        raise UsageError(
            "nothing says whose request this is",
            hint="give --customer, --order or --invoice (any part of a name, address or number), or --requested-by",
        )


def read(shop: Shop, note: Note) -> Draft:
    """The request a note says, completed from the records. Raise UsageError naming the option that cannot be read."""
    check(shop, note)
    by_role = Channel.TECHNICIAN if Role.TECHNICIAN in shop.actor.roles else Channel.PHONE
    refuse_nobody(note)
    made = _Completed(shop, note)
    currency = currency_named(shop, note.currency)
    amount, said = amount_of(shop, note.amount, currency)
    return Draft(
        file=SOURCE,
        index=None,
        channel=note.channel or by_role,
        received_at=received(shop, note.received),
        customer_id=made.customer,
        customer_email=made.email,
        service_order=made.order,
        invoice=made.invoice,
        amount=amount,
        currency=currency if amount is None else fitting(amount, currency or said or made.currency or shop.org.base),
        reason=reason_named(note.reason),
        description=text_of("\n".join(filter(None, (note.description.strip(), made.told)))),
        requested_by=made.requested_by,
        external_ref=ident_of(note.reference, "--ref"),
        words=_as_typed(note),
        evidence=made.evidence,
        doubts=tuple(made.doubts),
        files=case_files.read(note.files),
    )


def summary(shop: Shop, draft: Draft) -> list[tuple[str, str]]:
    """What would be written, for a person to look at once more: (what, how it reads)."""
    clients = lookup.customers(shop, draft.customer_id) if draft.customer_id else []
    name = next((client.name for client in clients if client.customer == draft.customer_id), "")
    jobs = lookup.jobs(shop, draft.invoice or draft.service_order) if draft.invoice or draft.service_order else []
    job = next((j for j in jobs if draft.invoice in ("", j.invoice) and draft.service_order in ("", j.order)), None)
    amount = "" if draft.amount is None else str(Money(to_minor(draft.amount, draft.currency), draft.currency))
    found = [
        ("customer", f"{draft.customer_id} {name}".strip()),
        ("asked by", " ".join(filter(None, (draft.requested_by, draft.customer_email)))),
        ("order", f"{draft.service_order} {job.equipment if job else ''}".strip()),
        ("invoice", f"{draft.invoice} of {job.day}, {lookup.total(job)}" if job and job.invoice else draft.invoice),
        ("reason", draft.reason),
        ("amount", amount),
        ("says", draft.description),
        *(("file", f"{shown_name(file.name)}, {told_size(len(file.content))}") for file in draft.files),
        *(("note", doubt) for doubt in draft.doubts),
    ]
    return [(what, text) for what, text in found if text]


def log(shop: Shop, draft: Draft, *, dry_run: bool = False) -> Logged:
    """Write the request and, when there are records, its assessment: one event, or nothing."""
    person = shop.require(Act.LOG)
    with shop.write(keep=not dry_run) as pen:
        assessed = lookup.has_records(shop)
        taker = Taker(shop, pen, assessed=assessed, on_duplicate=OnDuplicate.REVIEW, choices={})
        taker.gather([(draft, "")])
        files = case_files.keep(pen.connection, case_files.taken(draft.files))
        view = taker.take(draft, "", {"files": files}, person.user).case
        taker.save()
    assert view is not None  # only what presses for another request is put on that one's case
    return _told(shop, view)


def _told(shop: Shop, view: CaseView) -> Logged:
    found = view.assessment or {}
    return Logged(
        case=view.id,
        state=str(view.state),
        level=str(view.level),
        request=view.request,
        payable=Money(found["payable"], found["currency"]) if found.get("currency") else None,
        findings=[(code, text) for code, _, text in view.open_findings()],
        doubts=list(view.request["doubts"]),
        deciders=[(person.user, person.name) for person in deciders(shop, view)],
        files=case_files.of(view),
        first=view.first,
    )


class _Completed:
    """Who and what a note is about, as far as the records know it."""

    def __init__(self, shop: Shop, note: Note) -> None:
        self._shop = shop
        self._known = lookup.has_records(shop)
        self.evidence: dict[str, str] = {}
        self.doubts: list[str] = []
        self.told = ""
        self.currency = ""
        self.email = ident_of(note.email, "--email").lower()
        self.requested_by = ident_of(note.requested_by, "--requested-by")
        self.customer = self._customer(note.customer.strip()) if note.customer.strip() else ""
        self.order = self._job("order", note.order.strip())
        self.invoice = self._job("invoice", note.invoice.strip())
        self._complete(unnamed=not note.customer.strip())

    def _customer(self, typed: str) -> str:
        found = lookup.customers(self._shop, typed) if self._known else []
        client = _only("customer", typed, found)
        if isinstance(client, Client):
            if client.customer != typed:
                self.evidence["customer_id"] = typed
            self.currency = client.currency
            return client.customer
        if _ID.fullmatch(typed):
            return ident_of(typed, "--customer")
        if "@" in typed and " " not in typed:
            self.email = self.email or ident_of(typed, "--customer").lower()
        elif not self.requested_by:
            self.requested_by = ident_of(typed, "--customer")
        else:
            self.told = f"Customer: {ident_of(typed, '--customer')}"
        if self._known:
            self.doubts.append(f"No customer of the records is called '{typed}'.")
        return ""

    def _job(self, what: str, typed: str) -> str:
        if not typed:
            return ""
        look = lookup.orders if what == "order" else lookup.invoices
        found = look(self._shop, typed, self.customer) if self._known else []
        job = _only(what, typed, found)
        if isinstance(job, Job):
            number = job.order if what == "order" else job.invoice
            if number != typed:
                self.evidence["service_order" if what == "order" else "invoice"] = typed
            return number
        if _ID.fullmatch(typed):
            return ident_of(typed, f"--{what}")
        self.told = " ".join(filter(None, (self.told, f"{what.capitalize()}: {ident_of(typed, f'--{what}')}")))
        if self._known:
            self.doubts.append(f"No {what} of the records fits '{typed}'.")
        return ""

    def _complete(self, *, unnamed: bool) -> None:
        """Fill in what follows: the visit of the invoice, the only invoice of the visit, the customer of both."""
        if not self._known:
            return
        found = [
            job
            for number in (self.invoice, self.order)
            for job in (lookup.jobs(self._shop, number) if number else ())
            if number in (job.invoice, job.order)
        ]
        if self.invoice:
            found = [job for job in found if job.invoice == self.invoice] or found
        if len({(job.order, job.invoice) for job in found}) == 1:
            self.order = self.order or found[0].order
            self.invoice = self.invoice or found[0].invoice
        currencies = {job.currency for job in found if job.currency}
        self.currency = currencies.pop() if len(currencies) == 1 else self.currency
        if unnamed and not self.email and len({job.customer for job in found}) == 1:
            self.customer = found[0].customer


def _as_typed(note: Note) -> str:
    """What was typed, word for word: the request in its own words."""
    given = {
        "customer": note.customer, "order": note.order, "invoice": note.invoice, "amount": note.amount,
        "currency": note.currency, "reason": note.reason, "requested by": note.requested_by, "address": note.email,
        "received": note.received, "reference": note.reference,
    }  # fmt: skip
    lines = [f"{name}: {text.strip()}" for name, text in given.items() if text.strip()]
    return "\n".join(filter(None, (note.description.strip(), *lines)))
