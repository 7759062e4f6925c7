"""Receipts for refunds in cash: one sheet a payment, a copy for the customer and one for the shop, to be signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from refundkit.exporters.payments.amounts import in_words
from refundkit.exporters.payments.contract import (
    PaymentContext,
    PaymentExporter,
    PaymentFile,
    in_order,
    shared_problems,
)
from refundkit.exporters.payments.printing import sheets
from refundkit.exporters.refusing import refuse
from refundkit.model.payments import Payment


class CashReceipts:
    """The exporter; see PaymentExporter."""

    name = "cash"
    steps = (
        "Print each page once: the upper half is the customer's, the lower half the shop's.",
        "Count the money out before the customer signs, on both halves; have whoever pays it out sign too.",
        "Cut the sheet, give the customer the upper half, and keep the lower one with the till's papers.",
        "Compare the total above with what is missing from the till.",
        (
            "Say for each that it was paid; the evidence is the signed receipt. Where the customer did not come for "
            "the money, say that it was refused, and destroy the receipt."
        ),
    )

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:  # noqa: ARG002 - the contract's
        """See PaymentExporter."""
        return list(_problems(payments))

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """See PaymentExporter."""
        refuse(self.check(payments, context))
        receipts = [(payment, in_words(payment.amount, payment.currency)) for payment in in_order(payments)]
        return [(".pdf", sheets("cash", context, receipts=receipts).pdf)]


def _problems(payments: Sequence[Payment]) -> Iterator[str]:
    yield from shared_problems(payments)
    for payment in payments:
        try:
            in_words(max(0, payment.amount), payment.currency)
        except ValueError:
            yield f"{payment.case}: amount: it is more than a receipt can say"


EXPORTER: Final[PaymentExporter] = CashReceipts()
