"""Transfers for entry by hand in the bank's own pages: account, amount, reference. Bank data is in the files only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from refundkit.exporters.payments.characters import remittance
from refundkit.exporters.payments.contract import (
    PaymentContext,
    PaymentExporter,
    PaymentFile,
    shared_problems,
)
from refundkit.exporters.payments.worklists import Columns, amount, as_csv, as_page, said
from refundkit.exporters.refusing import refuse
from refundkit.exporters.text import one_line
from refundkit.model.payments import Payee, Payment

ROOM: Final = 140
"""Characters of a reference: SEPA's, which is the longest that banks' pages commonly take."""
_NOBODY: Final = Payee("")


def _payee(payment: Payment) -> Payee:
    return payment.payee or _NOBODY


def _kind(payee: Payee) -> str:
    return "" if not payee.routing else "savings" if payee.savings else "checking"


def _account(payment: Payment) -> list[str]:
    """The account as people type it: an IBAN in groups of four, or routing number and account."""
    payee = _payee(payment)
    if payee.iban:
        iban = payee.iban.replace(" ", "")
        groups = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
        return [groups, f"IBAN, BIC {payee.bic}" if payee.bic else "IBAN"]
    return [payee.account, f"routing number {payee.routing}, {_kind(payee)}" if payee.routing else "account"]


_CSV: Final[Columns] = {
    "payment": lambda p: p.number,
    "holder": lambda p: _payee(p).holder,
    "iban": lambda p: _payee(p).iban,
    "bic": lambda p: _payee(p).bic,
    "routing": lambda p: _payee(p).routing,
    "account": lambda p: _payee(p).account,
    "kind": lambda p: _kind(_payee(p)),
    "amount": amount,
    "currency": lambda p: p.currency,
    "on": lambda p: p.on.isoformat(),
    "reference": lambda p: remittance(p, ROOM),
    "case": lambda p: p.case,
    "key": lambda p: p.key,
}
_PAGE: Final[Columns] = {
    "Payment": lambda p: (p.number, p.on.isoformat(), p.key),
    "Account's holder": lambda p: _payee(p).holder,
    "Account": _account,
    "Amount": said,
    "Reference": lambda p: remittance(p, ROOM),
}


class Transfers:
    """The exporter; see PaymentExporter."""

    name = "transfer"
    steps = (
        "Enter each line once in the bank's own pages: holder, account, amount and reference as they stand there.",
        "Type account numbers from the printed page. A spreadsheet that opens the CSV file drops zeros in front.",
        "Where the bank says that holder and account do not belong together, stop and ask the customer.",
        "Tick the line and write the bank's own number beside it. Have a second person release what was entered.",
        "No answer, or the page broke off? Do not enter it again before the account's movements show it missing.",
        "Done: give the bank's statement to `refundkit reconcile`; it finds each payment by its reference.",
        "These files hold bank accounts: keep them where only you can read them, and destroy them afterwards.",
    )

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:  # noqa: ARG002 - the contract's
        """See PaymentExporter."""
        return list(_problems(payments))

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """See PaymentExporter."""
        refuse(self.check(payments, context))
        return [as_csv(payments, _CSV), as_page(payments, _PAGE, "Transfers to enter at the bank", context)]


def _problems(payments: Sequence[Payment]) -> Iterator[str]:
    yield from shared_problems(payments)
    for payment in payments:
        payee = _payee(payment)
        if not (payee.iban or payee.account):
            yield f"{payment.case}: payee: no account of the customer is known"
        elif not any(c.isalnum() for c in one_line(payee.holder)):
            yield f"{payment.case}: payee.holder: the name of the account's holder is missing"


EXPORTER: Final[PaymentExporter] = Transfers()
