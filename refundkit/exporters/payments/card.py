"""Refunds to cards, for entry by hand at the processor: the payment to give back, the amount, the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from refundkit.exporters.payments.contract import (
    PaymentContext,
    PaymentExporter,
    PaymentFile,
    shared_problems,
)
from refundkit.exporters.payments.worklists import Columns, amount, as_csv, as_page, said
from refundkit.exporters.refusing import refuse
from refundkit.exporters.text import one_line
from refundkit.model.payments import Payment

_CSV: Final[Columns] = {
    "payment": lambda p: p.number,
    "processor_reference": lambda p: p.original,
    "amount": amount,
    "currency": lambda p: p.currency,
    "customer_id": lambda p: p.customer_id,
    "customer": lambda p: p.customer_name,
    "invoice": lambda p: p.invoice,
    "case": lambda p: p.case,
    "credit_memo": lambda p: p.settles,
    "key": lambda p: p.key,
}
_PAGE: Final[Columns] = {
    "Payment": lambda p: (p.number, p.case, p.key),
    "Processor's reference": lambda p: p.original,
    "Amount": said,
    "Customer": lambda p: (p.customer_name, p.customer_id),
    "Invoice": lambda p: (p.invoice, p.settles),
}


class CardRefunds:
    """The exporter; see PaymentExporter."""

    name = "card"
    steps = (
        "At the processor, open the payment that the list names by its reference; never make a refund without one.",
        "Compare customer and invoice, and refund exactly the amount of the list.",
        "Write the key into the processor's field for a note or reference: by it the refund is found again.",
        "Tick the line and write the day and the processor's own number of the refund beside it.",
        (
            "No answer, or the page broke off? Never enter it again unseen: look the payment up. While nobody knows, "
            "say that it is uncertain."
        ),
        "Declined? Say that it was refused, and with which words. Then it may go back another way.",
        "Done: give the processor's export to `refundkit reconcile`, or confirm each with the processor's number.",
    )

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:  # noqa: ARG002 - the contract's
        """See PaymentExporter."""
        return list(_problems(payments))

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """See PaymentExporter."""
        refuse(self.check(payments, context))
        title = "Card refunds to enter at the processor"
        return [as_csv(payments, _CSV), as_page(payments, _PAGE, title, context)]


def _problems(payments: Sequence[Payment]) -> Iterator[str]:
    yield from shared_problems(payments)
    for payment in payments:
        if not one_line(payment.original):
            yield (
                f"{payment.case}: original: the payment of {payment.invoice} has no reference of the processor; add "
                "it to its row of payments.csv, or pay another way"
            )


EXPORTER: Final[PaymentExporter] = CardRefunds()
