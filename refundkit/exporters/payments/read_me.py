"""READ-ME-FIRST of a batch of payments, in plain words: what to do, what to compare, where to say that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from refundkit.exporters.payments.contract import PaymentContext, PaymentExporter, PaymentFile, Void, in_order
from refundkit.exporters.payments.worklists import said, totals
from refundkit.exporters.text import one_line
from refundkit.model.payments import Payment

END: Final = "-READ-ME-FIRST.txt"
"""The end of its name."""
WIDTH: Final = 100


def read_me_first(
    exporter: PaymentExporter, payments: Sequence[Payment], context: PaymentContext, names: Sequence[str]
) -> PaymentFile:
    """The text. `names`: the files of the batch. Nothing of where the money goes stands in it."""
    ordered = in_order(payments)
    lines = [
        f"Refunds to be paid by {exporter.name}, batch {context.batch}, {one_line(context.company)}",
        "",
        f"Payments: {len(ordered)}",
        *([f"Together: {', '.join(totals(ordered))}"] if ordered else []),
        *_cheques(ordered, context),
        "",
        "Files",
        *(f"  {name}" for name in sorted(names)),
        "",
        "What to do",
        *(line for number, step in enumerate(exporter.steps, 1) for line in _step(number, step)),
        "",
        "What to compare",
        *(f"  {_line(payment)}" for payment in ordered),
        *(f"  void: {_line(void.payment)}, since {void.on.isoformat()}" for void in _voids(context)),
        "",
        "Where to say how it ended",
        '  done:         refundkit payment confirm NUMBER --evidence "what shows it"',
        '  not paid:     refundkit payment refused NUMBER --evidence "what shows that no money moved"',
        '  came back:    refundkit payment returned NUMBER --evidence "what shows it"',
        '  not known:    refundkit payment uncertain NUMBER --evidence "what happened"',
        "  all at once:  refundkit reconcile STATEMENT",
        "  still open:   refundkit payment list --open",
        "",
        "These payments count as on their way already. Do what the files say once; running `refundkit pay` again never",
        f"pays them twice. To get the same files again: refundkit pay --again {context.batch}",
    ]  # fmt: skip
    return END, ("\n".join(lines) + "\n").encode()


def _step(number: int, step: str) -> list[str]:
    return wrap(step, WIDTH, initial_indent=f"  {number}. ", subsequent_indent="     ", break_on_hyphens=False)


def _line(payment: Payment) -> str:
    cheque = f", cheque {payment.cheque}" if payment.cheque else ""
    return f"{payment.number}  {said(payment)}  {payment.case}, credit memo {payment.settles}{cheque}"


def _cheques(ordered: Sequence[Payment], context: PaymentContext) -> list[str]:
    numbers = sorted(payment.cheque for payment in ordered if payment.cheque)
    found = []
    if numbers:
        first, last = numbers[0], numbers[-1]
        found.append(f"Cheques: {first}" if first == last else f"Cheques: {first} to {last}")
    if voids := _voids(context):
        found.append(f"Void, for the bank's list: {', '.join(str(void.payment.cheque) for void in voids)}")
    return found


def _voids(context: PaymentContext) -> list[Void]:
    return sorted(context.voids, key=lambda void: void.payment.cheque)
