"""Cheques for stock that carries the bank's own line: one sheet a cheque, the remittance advice on the rest of it.

The machine-readable line (MICR) is never printed, and its band stays clear. A payee or an amount that a cheque cannot
say whole is refused. Where the policy names a layout, the list for the bank's positive pay lies beside the sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from refundkit.exporters.pages import Drawn
from refundkit.exporters.payments import positive_pay
from refundkit.exporters.payments.amounts import figures, in_words
from refundkit.exporters.payments.contract import (
    PaymentContext,
    PaymentExporter,
    PaymentFile,
    in_order,
    shared_problems,
)
from refundkit.exporters.payments.printing import name_faults, printed_name, sheets
from refundkit.exporters.refusing import refuse
from refundkit.model.payments import PaidLine, Payment

LINES: Final = 8
"""Lines of the credit memo on a stub; what is more stands in one line with its sum."""
WORDS: Final = (88, 108)
"""Characters on the line of the written amount: as it is, and in small type."""
STARS: Final = 4
"""Asterisks, at least, around the written amount, so that nothing can be added to it."""
NUMBERS: Final = 9_999_999_999
"""The highest number of a cheque: ten digits, as banks' lists have it."""

_LETTER: Final = (("0mm", "88.9mm"), ("88.9mm", "88.9mm"), ("177.8mm", "101.6mm"))
_PARTS: Final = {
    ("letter", "top"): _LETTER,
    ("letter", "middle"): _LETTER,
    ("letter", "bottom"): (("0mm", "88.9mm"), ("88.9mm", "101.6mm"), ("190.5mm", "88.9mm")),
    **dict.fromkeys(
        [("a4", "top"), ("a4", "middle"), ("a4", "bottom")], (("0mm", "99mm"), ("99mm", "99mm"), ("198mm", "99mm"))
    ),
}
"""Where the three parts of a sheet begin and how high they are; the cheque is the part that `position` names."""
_PLACES: Final = {"top": 0, "middle": 1, "bottom": 2}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One cheque with all that its sheet says. `whole`: the credit memo; `small`: the words stand in small type."""

    payment: Payment
    name: str
    words: str
    small: bool
    lines: tuple[PaidLine, ...]
    whole: int


class Cheques:
    """The exporter; see PaymentExporter."""

    name = "cheque"
    steps = (
        "Print the first page on plain paper at its actual size (100 %), and hold it against a sheet of the stock.",
        "See that the next sheet in the printer bears the first number above; each page's number is its sheet's.",
        "Print each page once, compare count and total above with the sheets, and have them signed.",
        "Give the bank its list (positive-pay), where there is one, before a cheque leaves the house.",
        (
            "A sheet was spoilt? Write VOID across it, keep it, and say that the cheque of its number was refused. The "
            "case can then be paid anew, with the next number; the next list tells the bank that the old one is void."
        ),
        "A cheque was lost, or is too old? Have the bank stop it first, then say that it was returned.",
        "Cashed: give the bank's statement to `refundkit reconcile`; it finds each cheque by its number.",
    )

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:
        """See PaymentExporter."""
        return list(_cheque_problems(payments, context)) or [
            *_list_problems(payments, context),
            *(_unfit(payments, context) if payments else ()),
        ]

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """See PaymentExporter."""
        refuse(self.check(payments, context))
        made: list[PaymentFile] = []
        if payments:
            made.append((".pdf", _drawn(tuple(in_order(payments)), context).pdf))
        if layout := context.settings.cheque.positive_pay:
            bank = positive_pay.load(layout)
            made.append(positive_pay.write(payments, context.voids, bank, context.settings.cheque.account))
        return made


def _cheque_problems(payments: Sequence[Payment], context: PaymentContext) -> Iterator[str]:
    """What no cheque can say."""
    if payments or not context.voids:
        yield from shared_problems(payments)
    numbers: set[int] = set()
    for payment in payments:
        yield from name_faults(payment)
        if not 0 < payment.cheque <= NUMBERS:
            yield f"{payment.case}: cheque: its number is one of 1 to {NUMBERS}"
        if payment.cheque in numbers:
            yield f"{payment.case}: cheque: number {payment.cheque} stands in the batch twice"
        numbers.add(payment.cheque)
        if (only := context.settings.cheque.currency) not in ("", payment.currency):
            yield f"{payment.case}: currency: the account of the cheques is in {only}, and this is {payment.currency}"
        if payment.on < context.today:
            yield f"{payment.case}: on: {payment.on} has passed; a cheque bears the day it is written or a later one"
        if payment.amount > 0 and (problem := _too_long(payment)):
            yield f"{payment.case}: amount: {problem}"


def _too_long(payment: Payment) -> str:
    try:
        length = len(in_words(payment.amount, payment.currency))
    except ValueError:
        return "it is more than a cheque can say"
    if length + 2 * STARS <= WORDS[1]:
        return ""
    return (
        f"{figures(payment.amount, payment.currency)} {payment.currency} written out has {length} characters; the "
        f"cheque's line takes {WORDS[1] - 2 * STARS}"
    )


def _list_problems(payments: Sequence[Payment], context: PaymentContext) -> list[str]:
    cheque = context.settings.cheque
    if not cheque.positive_pay:
        return []
    return positive_pay.check(payments, context.voids, positive_pay.load(cheque.positive_pay), cheque.account)


def _unfit(payments: Sequence[Payment], context: PaymentContext) -> Iterator[str]:
    """Texts that their place on the paper does not hold: measured, not guessed."""
    overfull = _drawn(tuple(in_order(payments)), context).overfull
    for place, payment in enumerate(in_order(payments)):
        if f"{place}-customer_name" in overfull:
            name = printed_name(payment.customer_name)
            said = name if len(name) <= 60 else f"{name[:60]}…"
            yield f"{payment.case}: customer_name: '{said}' does not fit the payee's line; shorten it in customers.csv"
        for field in sorted({f"{place}-amount", f"{place}-words", f"{place}-settles"} & overfull):
            yield f"{payment.case}: {field.partition('-')[2]}: it does not fit its place on the cheque"
        if any(f"{place}-lines{part}" in overfull for part in range(3)):
            yield f"{payment.case}: lines: the remittance advice does not fit its part of the sheet"


@lru_cache(maxsize=1)
def _drawn(payments: tuple[Payment, ...], context: PaymentContext) -> Drawn:
    """The sheets. What was measured to be judged is what is then written."""
    cheque = context.settings.cheque
    return sheets(
        "cheque", context, cheque=cheque, parts=_PARTS[cheque.paper, cheque.position], at=_PLACES[cheque.position],
        sheets=[_sheet(payment) for payment in payments],
        amount=lambda p: f"{figures(p.amount, p.currency)} {p.currency}",
    )  # fmt: skip


def _sheet(payment: Payment) -> Sheet:
    words = in_words(payment.amount, payment.currency)
    small = len(words) + 2 * STARS > WORDS[0]
    filled = f"{'*' * STARS}{words}".ljust(WORDS[small], "*")
    lines = payment.lines
    if len(lines) > LINES:
        rest = lines[LINES - 1 :]
        more = PaidLine(f"{len(rest)} more lines", sum(x.net for x in rest), sum(x.tax for x in rest))
        lines = (*lines[: LINES - 1], more)
    whole = sum(line.net + line.tax for line in lines)
    return Sheet(payment, printed_name(payment.customer_name), filled, small, lines, whole)


EXPORTER: Final[PaymentExporter] = Cheques()
