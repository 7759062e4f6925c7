"""Makes dossiers: for a batch of requests, what the records and the other cases of this store say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from refundkit.model.case import CaseView
from refundkit.model.dossier import Asked, Dossier
from refundkit.store.casebook import CaseBook
from refundkit.store.cases import cell_rows, received_ms
from refundkit.store.recordbook import RecordBook


class Facts:
    """Answers for the requests it was last asked to `gather`; new cases of the same command are added with `add`."""

    def __init__(self, connection: Any, base: str, today: date) -> None:
        self._base, self._today = base, today
        self._records = RecordBook(connection, today)
        self._cases = CaseBook(connection)

    def gather(self, asked: Sequence[Asked]) -> None:
        """Fetch what a batch of requests needs. Everything gathered before is forgotten."""
        self._records.gather(asked)
        self._cases.gather(asked, self._records.customer_ids)

    def dossier(
        self, asked: Asked, *, own: str = "", arrived: str = "", apart: frozenset[str] = frozenset(),
        overridden: frozenset[str] = frozenset(), until: str = "", today: date | None = None,
    ) -> Dossier:  # fmt: skip
        """What one assessment sees. `own`: the case's key, `arrived`: its place, when it is there already.

        A case does not count itself: what it took while it is disputed is there for it, until `add` takes it again.
        `until`: what this case and those that came in after that place took is put back, as if they were not there yet.
        `today`: the day of the assessment, when it is another.
        """
        records = self._records
        customer, with_address = records.customer(asked)
        invoice, order, of_order = records.references(asked)
        if until and invoice:
            invoice = records.before(invoice, own, until)
        elif own:
            records.give_back(own)
        who = customer.customer_id if customer else ""
        visit = order.service_order if order else ""
        return Dossier(
            asked,
            today or self._today,
            self._base,
            customer,
            order,
            invoice,
            with_address,
            of_order,
            records.terms.get((customer.tier, order.priority)) if customer and order else None,
            records.later_orders(customer, order),
            records.parts(visit),
            self._cases.others(
                asked,
                who,
                visit,
                invoice.invoice if invoice else "",
                own=own,
                arrived=arrived,
                apart=apart,
                until=until,
            ),
            self._cases.auto_approved(who, own, until) if who else (),
            records.rate(invoice.currency, today) if invoice and invoice.currency != self._base else None,
            overridden,
        )

    def add(self, view: CaseView) -> None:
        """Let the requests that follow see a case of this command, and what it took from its invoice."""
        self._cases.add(view, received_ms(view.request["received_at"]))
        invoice = self._records.invoices.get((view.assessment or {}).get("invoice", ""))
        rows = cell_rows(view)
        if invoice is None or not view.counts:
            return
        invoice.refunded_here += view.payable or 0
        for _, line_no, _, net, tax in rows:
            invoice.take(line_no, net, tax)
