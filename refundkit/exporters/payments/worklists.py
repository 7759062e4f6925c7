"""Lists for payments that a person enters by hand: a CSV file to take from, and a page to tick off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from refundkit.exporters.payments.amounts import figures
from refundkit.exporters.payments.contract import PaymentContext, PaymentFile, in_order
from refundkit.exporters.payments.printing import cut, sheets
from refundkit.exporters.text import cell_text
from refundkit.model.money import plain
from refundkit.model.payments import Payment

Columns = Mapping[str, Callable[[Payment], str | Sequence[str]]]
"""Heading -> what stands under it: a text in the CSV file, lines one under the other on the page."""
WIDTHS: Final = {"Payment": "45mm", "Account": "58mm", "Amount": "31mm", "Reference": "47mm"}
"""Columns of the page whose texts are not to be broken; the others share what is left."""
ROOM: Final = 120
"""Characters of a text on the page; the CSV file has it whole."""


def as_csv(payments: Sequence[Payment], columns: Columns) -> PaymentFile:
    """The list as CSV, every text cell made harmless; UTF-8, since names are of any script."""
    from refundkit.exporters.journals.csv_lines import csv_bytes

    rows = [[_cell(take(payment)) for take in columns.values()] for payment in in_order(payments)]
    return ".csv", csv_bytes(list(columns), rows)


def as_page(payments: Sequence[Payment], columns: Columns, title: str, context: PaymentContext) -> PaymentFile:
    """The list as a printable page with a box to tick and room for the result."""
    rows = [
        [(name, [cut(line, ROOM) for line in _lines(take(payment)) if line]) for name, take in columns.items()]
        for payment in in_order(payments)
    ]
    drawn = sheets(
        "worklist", context, landscape=True, title=title, columns=list(columns), rows=rows, totals=totals(payments),
        widths=WIDTHS,
    )  # fmt: skip
    return ".pdf", drawn.pdf


def totals(payments: Sequence[Payment]) -> list[str]:
    """The sum in each currency, with thousands."""
    sums: dict[str, int] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, 0) + payment.amount
    return [f"{figures(minor, currency)} {currency}" for currency, minor in sorted(sums.items())]


def amount(payment: Payment) -> str:
    """The amount as a CSV file has it: no grouping, the currency's decimals."""
    return plain(payment.amount, payment.currency)


def said(payment: Payment) -> str:
    """The amount as a page has it."""
    return f"{figures(payment.amount, payment.currency)} {payment.currency}"


def _lines(found: str | Sequence[str]) -> Sequence[str]:
    return [found] if isinstance(found, str) else found


def _cell(found: str | Sequence[str]) -> str:
    return cell_text(" ".join(_lines(found)))
