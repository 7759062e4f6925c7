"""The credit memo step: which accounts an approved refund moves, in the books' currency, to the last minor unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from refundkit.errors import IntegrityError, RefusedError
from refundkit.model.booking import (
    CUSTOMER_CREDITS,
    GOODWILL,
    REALISED_FX,
    RECEIVABLE,
    REFUNDS,
    REFUNDS_PAYABLE,
    RESTOCKING_FEES,
    SALES_TAX,
    Approved,
    Booking,
    Entry,
    MemoCell,
)
from refundkit.model.money import convert, half_up, parse_decimal
from refundkit.model.words import Reason

_WITHOUT_CELLS: Final[dict[str, tuple[str, str]]] = {
    Reason.GOODWILL: (GOODWILL, "Goodwill"),
    Reason.DUPLICATE_PAYMENT: (CUSTOMER_CREDITS, "Paid twice"),
    Reason.OTHER: (REFUNDS, "Refund"),
}
"""Reasons that take from no line of the invoice: the account of their amount, and its text."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A debit (positive) or credit in the document's currency. `new`: it did not exist before the memo's day."""

    account: str
    amount: int
    text: str
    tax_rate: str = ""
    new: bool = False


def credit_memo(approved: Approved) -> Booking:
    """The booking of an approved refund: debits by line, tax by rate, credit to Refunds payable (or receivables).

    In another currency than the books': revenue, tax and the receivable stand at the invoice's rate; the liability and
    what is granted on the memo's day (goodwill) at that day's; each entry is rounded half-up by itself, and what is
    left goes to realised exchange differences. Raise IntegrityError when cells and `beyond` do not add up to the
    amount, RefusedError when a rate that is needed is missing or the amount is below the books' smallest unit.
    """
    parts = [*_debits(approved)]
    if approved.amount <= 0 or sum(part.amount for part in parts) != approved.amount:
        raise _inconsistent(approved, "its lines do not add up to the approved amount")
    owed = _owed(approved)
    if not _in_base(approved, owed):
        raise RefusedError(
            f"the amount is less than the smallest unit of {approved.base}",
            hint="the books cannot say it: revoke the approval, or approve a larger amount",
            where=approved.case,
        )
    entries = [
        Entry(part.account, amount, part.text, part.tax_rate, part.amount)
        for part in [*parts, owed]
        if (amount := _in_base(approved, part))
    ]
    if approved.currency != approved.base and (difference := -sum(entry.amount for entry in entries)):
        entries.append(Entry(REALISED_FX, difference, "Exchange difference"))
    return Booking(
        case=approved.case,
        memo=approved.memo,
        posted_on=approved.posted_on,
        customer_id=approved.customer_id,
        customer_name=approved.customer_name,
        invoice=approved.invoice,
        reason=approved.reason,
        currency=approved.currency,
        amount=approved.amount,
        base=approved.base,
        entries=tuple(entries),
        rate_text=_rate_text(approved),
        rate=format(approved.memo_rate, "f") if approved.memo_rate and approved.currency != approved.base else "",
    )


def _debits(approved: Approved) -> Iterator[_Part]:
    """Everything but what the customer gets."""
    own = _WITHOUT_CELLS.get(approved.reason)
    if own is None or approved.cells:
        yield from _lines(approved)
        beyond = approved.beyond
    else:
        account, text = own
        # Where nothing was calculated, the reason itself says what the whole amount is.
        beyond = 0 if approved.beyond == approved.amount else approved.beyond
        yield _Part(account, approved.amount - beyond, text, new=account == GOODWILL)
    yield _Part(GOODWILL, beyond, "Granted beyond what was calculated", new=True)


def _lines(approved: Approved) -> Iterator[_Part]:
    """Refunds & allowances by line, restocking kept back, then the tax of all lines, one part a rate."""
    taxes: dict[Decimal, int] = {}
    kept: list[_Part] = []
    for cell in approved.cells:
        line_no, kind, net, tax, restocking, rate_text = cell
        rate = _rate(approved, rate_text)
        reversed_tax = _reversed_tax(approved, cell, rate)
        taxes[rate] = taxes.get(rate, 0) + reversed_tax
        yield _Part(REFUNDS, net + restocking, f"Line {line_no} ({kind})")
        kept.append(_Part(RESTOCKING_FEES, -(restocking + reversed_tax - tax), f"Restocking kept back, line {line_no}"))
    for rate, amount in taxes.items():
        text = format(rate.normalize(), "f")
        yield _Part(SALES_TAX, amount, f"Sales tax {format((rate * 100).normalize(), 'f')} %", text)
    yield from kept


def _reversed_tax(approved: Approved, cell: MemoCell, rate: Decimal) -> int:
    """The tax that leaves Sales tax payable: what is given back, or by policy that of the whole net."""
    _, _, net, tax, restocking, _ = cell
    if not restocking or approved.tax_on_restocking == "net":
        return tax
    top, bottom = rate.as_integer_ratio()
    return max(tax, half_up((net + restocking) * top, bottom))


def _owed(approved: Approved) -> _Part:
    """What the customer gets: a liability of the memo's day, or less on the invoice that nobody has paid."""
    if approved.nothing_paid:
        return _Part(RECEIVABLE, -approved.amount, "Credit on the unpaid invoice")
    return _Part(REFUNDS_PAYABLE, -approved.amount, "Owed to the customer", new=True)


def _in_base(approved: Approved, part: _Part) -> int:
    """A part in minor units of the books."""
    if approved.currency == approved.base or not part.amount:
        return part.amount
    # Goodwill on an unpaid invoice meets a receivable at the invoice's rate: no exchange difference is realised.
    at_memo = part.new and not approved.nothing_paid
    rate = approved.memo_rate if at_memo else approved.invoice_rate
    if rate is None or rate <= 0:
        day = "the credit memo's" if at_memo else "the invoice's"
        raise RefusedError(
            f"there is no rate from {approved.currency} to {approved.base} for {day} day",
            hint="add it to rates.csv, load it with 'refundkit records rates.csv', and run the same command again",
            where=approved.case,
        )
    return convert(part.amount, approved.currency, approved.base, rate)


def _rate(approved: Approved, text: str) -> Decimal:
    try:
        return parse_decimal(text)
    except ValueError as err:
        raise _inconsistent(approved, f"a tax rate cannot be read: {err}") from err


def _rate_text(approved: Approved) -> str:
    """The rates as people read them: '0.9091 EUR for 1 USD on the invoice; 0.9174 EUR for 1 USD on the credit memo'."""
    if approved.currency == approved.base:
        return ""
    said = [
        f"{format(rate, 'f')} {approved.currency} for 1 {approved.base} on the {document}"
        for rate, document in ((approved.invoice_rate, "invoice"), (approved.memo_rate, "credit memo"))
        if rate is not None
    ]
    return "; ".join(said)


def _inconsistent(approved: Approved, problem: str) -> IntegrityError:
    return IntegrityError(
        f"credit memo {approved.memo} cannot be booked: {problem}",
        hint="nothing was written; run 'refundkit doctor' and keep its output",
        where=approved.case,
    )
