"""A booking: one document as the books take it, always in balance, in whole minor units of the books' currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal

from refundkit.errors import IntegrityError
from refundkit.model.money import DIGITS

REFUNDS: Final = "refunds"
SALES_TAX: Final = "sales_tax"
REFUNDS_PAYABLE: Final = "refunds_payable"
GOODWILL: Final = "goodwill"
CUSTOMER_CREDITS: Final = "customer_credits"
RESTOCKING_FEES: Final = "restocking_fees"
RECEIVABLE: Final = "receivable"
REALISED_FX: Final = "realised_fx"
PROCESSOR_CLEARING: Final = "processor_clearing"
BANK: Final = "bank"
CASH: Final = "cash"
CHEQUES_OUTSTANDING: Final = "cheques_outstanding"
BANK_FEES: Final = "bank_fees"
UNCLAIMED_PROPERTY: Final = "unclaimed_property"
INVENTORY: Final = "inventory"
COST_OF_GOODS: Final = "cost_of_goods"
SCRAP: Final = "scrap"


class Document(StrEnum):
    """What a booking stands for (domain page, section 8)."""

    CREDIT_MEMO = "credit-memo"
    """A refund becomes a liability, or lowers what the customer owes."""
    PAYMENT = "payment"
    """The liability is paid: by card, transfer, cash or cheque."""
    CHEQUE_CLEARED = "cheque-cleared"
    """The bank has paid a cheque."""
    PAYMENT_RETURNED = "payment-returned"
    """A payment was refused, came back or was made void: its entry reversed."""
    KEPT_ON_ACCOUNT = "kept-on-account"
    """The customer keeps the refund as a credit with the shop."""
    CHEQUE_UNCLAIMED = "cheque-unclaimed"
    """A cheque that nobody cashes: its money waits to be handed to the state, and is never the shop's."""
    UNCLAIMED_REMITTED = "unclaimed-remitted"
    """The money of such a cheque has gone to the state."""
    CREDIT_USED = "credit-used"
    """A credit that a customer kept pays an invoice of theirs."""
    STOCK_RETURNED = "stock-returned"
    """A part came back with a refund: its cost goes into stock or to scrap."""
    STOCK_CORRECTED = "stock-corrected"
    """Such a booking turned round, since its figure was wrong."""
    BANK_FEE = "bank-fee"
    """What the bank took for a payment that it refused or sent back."""


OWED: Final = frozenset({REFUNDS_PAYABLE, RECEIVABLE})
"""The accounts that say what the customer gets: to be paid out, or off what the customer owes."""

MemoCell = tuple[int, str, int, int, int, str]
"""line_no, kind, net, tax, restocking (minor units of the document's currency), tax rate as a fraction's text."""


@dataclass(frozen=True, slots=True)
class Approved:
    """What a credit memo is made of. Amounts: minor units of `currency`, positive is given back to the customer.

    `cells`: what each invoice line gives back; `restocking` is what was kept back of its net. `beyond`: what was
    approved above the cells. `invoice_rate`, `memo_rate`: units of `currency` for 1 unit of `base` on the invoice's
    and on the memo's day, None when the two currencies are one. `nothing_paid`: nobody has paid the invoice, so the
    credit lowers what the customer owes. `tax_on_restocking`: reverse the tax on what is given back ("net") or on
    the whole net ("full").
    """

    case: str
    memo: str
    posted_on: date
    reason: str
    customer_id: str
    customer_name: str
    invoice: str
    currency: str
    amount: int
    base: str
    cells: tuple[MemoCell, ...] = ()
    beyond: int = 0
    invoice_rate: Decimal | None = None
    memo_rate: Decimal | None = None
    nothing_paid: bool = False
    tax_on_restocking: Literal["net", "full"] = "net"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a booking. `account` is the policy's key; `amount` minor units of the books, debit positive.

    `tax_rate`: the fraction ("0.0825") on sales tax entries, '' on all others. `original`: the same in minor units of
    the document's currency, None for what exists in the books only (exchange differences) and in old bookings.
    """

    account: str
    amount: int
    text: str
    tax_rate: str = ""
    original: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A document in the books. Making one whose entries do not balance raises IntegrityError.

    `case`: the id as shown. `memo`: the document's own number. `amount`: minor units of `currency`, the document's,
    always positive; the entries are in `base`. `rate_text`: the rates used, as people read them, '' when both
    currencies are one; `rate`: units of `currency` for 1 of `base` on the document's own day, '' then too.
    Of payments: `settles` is the number of the credit memo that is paid, `method` how, `reference` what the other side
    knows it by (a cheque's number, the processor's or the bank's reference), '' where there is none.
    """

    case: str
    memo: str
    posted_on: date
    customer_id: str
    customer_name: str
    invoice: str
    reason: str
    currency: str
    amount: int
    base: str
    entries: tuple[Entry, ...]
    rate_text: str = ""
    document: str = Document.CREDIT_MEMO
    rate: str = ""
    settles: str = ""
    method: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        for code in (self.currency, self.base):
            if code not in DIGITS:
                raise self._broken(f"'{code[:10]}' is no currency")
        if len(self.entries) < 2:
            raise self._broken("it has fewer than two entries")
        if any(entry.amount == 0 for entry in self.entries):
            raise self._broken("an entry is 0")
        if total := sum(entry.amount for entry in self.entries):
            raise self._broken(f"its entries are out of balance by {total} minor units of {self.base}")

    @property
    def base_amount(self) -> int:
        """What the document adds to what the customer is owed, in minor units of the books; payments take away."""
        return -sum(entry.amount for entry in self.entries if entry.account in OWED)

    @property
    def on_receivable(self) -> bool:
        """Whether the credit lowers what the customer owes, so that nothing is to be paid out."""
        return any(entry.account == RECEIVABLE for entry in self.entries)

    def as_data(self) -> dict[str, Any]:
        """The document that is kept and exported from; the inverse of `from_data`. What says nothing is left out."""
        said = {
            "case": self.case,
            "memo": self.memo,
            "posted_on": self.posted_on.isoformat(),
            "customer_id": self.customer_id,
            "customer_name": self.customer_name,
            "invoice": self.invoice,
            "reason": self.reason,
            "currency": self.currency,
            "amount": self.amount,
            "base": self.base,
            "entries": [
                {
                    "account": e.account,
                    "amount": e.amount,
                    "text": e.text,
                    "tax_rate": e.tax_rate,
                    "original": e.original,
                }
                for e in self.entries
            ],
            "rate_text": self.rate_text,
        }
        more = {"document": str(self.document), "rate": self.rate, "settles": self.settles, "method": self.method,
                "reference": self.reference}  # fmt: skip
        return said | {name: text for name, text in more.items() if text}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Booking:
        """Read back what `as_data` wrote; raise IntegrityError for anything else."""
        try:
            values = dict(data)
            values["posted_on"] = date.fromisoformat(data["posted_on"])
            values["entries"] = tuple(Entry(**entry) for entry in data["entries"])
            made = cls(**values)
        except (KeyError, TypeError, ValueError) as err:
            raise IntegrityError(f"a kept booking cannot be read: {err}", hint="restore it from a backup") from err
        if any(type(amount) is not int for amount in (made.amount, *(e.amount for e in made.entries))):
            raise made._broken("an amount is not a whole number of minor units")
        return made

    def _broken(self, problem: str) -> IntegrityError:
        return IntegrityError(
            f"{self.document} {self.memo} cannot be booked: {problem}",
            hint="nothing was written; run 'refundkit doctor' and keep its output",
            where=self.case,
        )
