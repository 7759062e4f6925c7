"""Who and what somebody means by any part of a name, an address or a number."""

from __future__ import annotations

from typing import Final

from refundkit.model.money import Money
from refundkit.model.records import folded
from refundkit.store import lookup
from refundkit.store.lookup import Client, Job
from refundkit.workflow.shop import Shop

__all__ = ["MANY", "Client", "Job", "customers", "has_records", "invoices", "jobs", "numbers", "orders", "total"]

MANY: Final = 21
"""No more than this many are ever looked for: whoever sees so many gives more of the name."""


def has_records(shop: Shop) -> bool:
    """Whether there are customers, visits or invoices to look for: a laptop in a basement has none."""
    return lookup.has_any(shop.store.connection)


def customers(shop: Shop, typed: str) -> list[Client]:
    """The customer with this very id, address or name; else those in whom every typed word stands somewhere."""
    exact = lookup.clients_named(shop.store.connection, _as_ids(typed), typed.strip())
    if exact:
        return [client for client in exact if client.customer == typed.strip()] or exact
    found = lookup.clients_with(shop.store.connection, typed, MANY)
    same = [client for client in found if folded(client.name) == folded(typed.strip())]
    return same or found


def jobs(shop: Shop, typed: str, customer: str = "") -> list[Job]:
    """The visits or invoices with this very number; else those with it in number or device, the newest first.

    With a customer, only that customer's are looked at for a part; with nothing typed, these are all of them.
    """
    exact = lookup.jobs_named(shop.store.connection, _as_ids(typed)) if typed else []
    if exact or not (typed or customer):
        return [job for job in exact if typed.strip() in (job.order, job.invoice)] or exact
    if not customer:
        return lookup.jobs_with(shop.store.connection, typed, MANY)
    words = folded(typed).split()
    return [
        job
        for job in lookup.jobs_of(shop.store.connection, customer)
        if all(word in folded(f"{job.order} {job.invoice} {job.equipment}") for word in words)
    ]


def orders(shop: Shop, typed: str, customer: str = "") -> list[Job]:
    """Visits by number or device, each once, with its invoice when it has exactly one."""
    low = folded(typed.strip())
    found: dict[str, Job] = {}
    for job in jobs(shop, typed, customer):
        if job.order and (low in folded(job.order) or low in folded(job.equipment)):
            known = found.get(job.order)
            found[job.order] = job if known is None else Job(job.order, "", job.customer, job.day, job.equipment)
    exact = [job for job in found.values() if folded(job.order) == low]
    return exact or list(found.values())


def invoices(shop: Shop, typed: str, customer: str = "") -> list[Job]:
    """Invoices by number."""
    low = folded(typed.strip())
    found = {job.invoice: job for job in jobs(shop, typed, customer) if job.invoice and low in folded(job.invoice)}
    exact = [job for job in found.values() if folded(job.invoice) == low]
    return exact or list(found.values())


def numbers(shop: Shop, column: str, part: str, limit: int) -> list[str]:
    """Numbers of `service_order`s or `invoice`s with this part."""
    return lookup.ids_with(shop.store.connection, column, part, limit)


def total(job: Job) -> str:
    """What an invoice comes to, as people read it; '' without an invoice."""
    return str(Money(job.total, job.currency)) if job.invoice else ""


def _as_ids(typed: str) -> list[str]:
    text = typed.strip()
    return sorted({text, text.upper(), text.lower()})
