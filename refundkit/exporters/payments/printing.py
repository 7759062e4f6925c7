"""What cheques, receipts and worklists say alike: days in words, names as they are printed, reasons."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date
from typing import Any, Final

from refundkit.exporters.pages import Drawn, draw, template, text_of
from refundkit.exporters.payments.amounts import figures
from refundkit.exporters.payments.characters import ascii_text, unwritable
from refundkit.exporters.payments.contract import PaymentContext
from refundkit.exporters.text import one_line
from refundkit.model.payments import Payment

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SIZES: Final = {"letter": "8.5in 11in", "a4": "210mm 297mm"}
"""Width and height of a sheet."""


def day_in_words(day: date, paper: str) -> str:
    """A day that nobody can misread, as the readers of that paper write it."""
    month = _MONTHS[day.month - 1]
    return f"{month} {day.day}, {day.year}" if paper == "letter" else f"{day.day} {month} {day.year}"


def cut(text: str, room: int) -> str:
    """The text on one line, with an ellipsis where it is longer than its room."""
    line = one_line(text)
    return line if len(line) <= room else line[: room - 1].rstrip() + "…"


def reason(payment: Payment) -> str:
    """Why the money goes back, as people say it."""
    return payment.reason.replace("-", " ")


def printed_name(name: str) -> str:
    """A name as it stands on paper: one line, every letter in its common form."""
    return unicodedata.normalize("NFKC", one_line(name))


def name_faults(payment: Payment) -> Iterator[str]:
    """A customer's name that cannot be written a cheque to, since the bank must read it as the payee does."""
    name = printed_name(payment.customer_name)
    sign = next((c for c in name if not c.isascii() and ascii_text(c) in {"", "."}), "")
    if letter := unwritable(name):
        yield f"{payment.case}: customer_name: banks have no '{letter}'; write it in Latin letters in customers.csv"
    elif sign:
        yield f"{payment.case}: customer_name: U+{ord(sign):04X} cannot stand in a name that a bank reads"
    elif not any(c.isalnum() for c in name):
        yield f"{payment.case}: customer_name: '{name[:40]}' is no name to write a cheque to"


def sheets(name: str, context: PaymentContext, *, landscape: bool = False, **values: Any) -> Drawn:
    """A template of this package as PDF, on the policy's paper, with what templates need everywhere."""
    paper = context.settings.cheque.paper
    size = SIZES[paper] if not landscape else " ".join(reversed(SIZES[paper].split()))
    width, height = size.split()
    css = f"@page {{ size: {size}; }} :root {{ --width: {width}; --height: {height}; }}\n"
    shared: dict[str, Callable[..., str]] = {
        "figures": figures, "day": lambda on: day_in_words(on, paper), "cut": cut, "reason": reason,
    }  # fmt: skip

    def page(undrawable: frozenset[int]) -> str:
        made = template(__package__, f"{name}.html", undrawable)
        stamp = f"{context.created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return made.render(context=context, paper=paper, stamp=stamp, **shared, **values)

    return draw(page, css + text_of(__package__, "printing.css") + text_of(__package__, f"{name}.css"))
