"""NACHA files of ACH credits: 94 characters a record, whole cents, PPD for consumers and CCD for companies.

Layout and sums: Nacha Operating Rules as moov-io/ach documents and implements them (docs/file-structure.md). Nothing is
cut but names, to 22 characters, as banks do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from refundkit.exporters.payments.characters import ascii_text, remittance
from refundkit.exporters.payments.contract import PaymentContext, PaymentExporter, PaymentFile, in_order
from refundkit.exporters.payments.nacha_check import (
    ADDENDA_ROOM,
    MODIFIERS,
    effective_day,
    individual_id,
    problems,
)
from refundkit.exporters.refusing import refuse
from refundkit.model.payments import Payee, Payment
from refundkit.model.policy_payments import Ach

CREDITS_ONLY: Final = "220"
BLOCK: Final = 10
"""Lines of a block; the last one is filled with nines."""

Sums = tuple[int, int, int]
"""Entries and addenda, sum of the receiving banks' first eight digits, cents."""


class AchCredits:
    """The exporter; see PaymentExporter."""

    name = "ach"
    steps = (
        "Compare the number of payments and the total above with what the bank shows before you release the file.",
        "Upload the .ach file once, in the bank's ACH or file transfer page, and have a second person release it.",
        "Do it before the bank's cut-off on the business day before the effective date; same-day files on that day.",
        "The money of all batches leaves the account on their effective dates: see that it is there.",
        "Returns come within two business days: give the bank's return file or statement to `refundkit reconcile`.",
        "Never upload it a second time. After a failed upload ask the bank whether it has the file.",
    )

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:
        """See PaymentExporter."""
        return list(problems(payments, context))

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """See PaymentExporter."""
        refuse(self.check(payments, context))
        lines = _file(payments, context)
        end = "\r\n" if context.settings.ach.line_ends == "crlf" else "\n"
        return [(".ach", "".join(line + end for line in lines).encode("ascii"))]


def _file(payments: Sequence[Payment], context: PaymentContext) -> list[str]:
    ach = context.settings.ach
    lines = [_file_header(context)]
    sums: list[Sums] = []
    trace = 1
    batches = _batches(payments, context)
    for number, (day, kind, batch) in enumerate(batches, 1):
        lines.append(_batch_header(ach, kind, day, number))
        for sequence, payment in enumerate(batch, trace):
            lines.extend(_entry(payment, ach, sequence))
        trace += len(batch)
        sums.append(_sums(batch))
        lines.append(_batch_control(ach, sums[-1], number))
    lines.append(_file_control(len(batches), (len(lines) + BLOCK) // BLOCK, sums))
    lines.extend(["9" * 94] * (-len(lines) % BLOCK))
    return lines


def _batches(payments: Sequence[Payment], context: PaymentContext) -> list[tuple[date, str, list[Payment]]]:
    """One batch for each effective date and kind of account, payments by number."""

    def place(payment: Payment) -> tuple[date, str]:
        business = payment.payee is not None and payment.payee.business
        return effective_day(payment, context), "CCD" if business else "PPD"

    placed = sorted(in_order(payments), key=place)
    return [(day, kind, list(batch)) for (day, kind), batch in groupby(placed, key=place)]


def _file_header(context: PaymentContext) -> str:
    ach, batch = context.settings.ach, _upper(context.batch)
    return (
        "101 "
        + ach.destination
        + ach.origin.rjust(10)
        + context.created.strftime("%y%m%d%H%M")
        + MODIFIERS[context.modifier]
        + "094101"
        + _upper(ach.destination_name).ljust(23)
        + _upper(ach.origin_name).ljust(23)
        + (batch if batch.isascii() and len(batch) <= 8 else "").ljust(8)
    )


def _batch_header(ach: Ach, kind: str, day: date, number: int) -> str:
    return (
        f"5{CREDITS_ONLY}"
        + _upper(ach.company_name).ljust(16)
        + " " * 20
        + ach.company_id.ljust(10)
        + kind
        + _upper(ach.description).ljust(10)
        + " " * 6
        + day.strftime("%y%m%d")
        + "   1"
        + ach.odfi[:8]
        + f"{number:07}"
    )


def _entry(payment: Payment, ach: Ach, sequence: int) -> Iterator[str]:
    """An entry and its addenda."""
    payee = _payee(payment)
    yield (
        ("632" if payee.savings else "622")
        + payee.routing
        + payee.account.replace(" ", "").ljust(17)
        + f"{payment.amount:010}"
        + individual_id(payment).ljust(15)
        + _upper(payee.holder)[:22].ljust(22)
        + "  1"
        + ach.odfi[:8]
        + f"{sequence:07}"
    )
    yield f"705{_upper(remittance(payment, ADDENDA_ROOM)).ljust(ADDENDA_ROOM)}0001{sequence:07}"


def _sums(batch: Sequence[Payment]) -> Sums:
    return 2 * len(batch), sum(int(_payee(p).routing[:8]) for p in batch), sum(p.amount for p in batch)


def _batch_control(ach: Ach, sums: Sums, number: int) -> str:
    records, banks, cents = sums
    return (
        f"8{CREDITS_ONLY}{records:06}{banks % 10**10:010}{0:012}{cents:012}"
        + ach.company_id.ljust(10)
        + " " * 25
        + ach.odfi[:8]
        + f"{number:07}"
    )


def _file_control(batches: int, blocks: int, sums: Sequence[Sums]) -> str:
    records, banks, cents = (sum(column) for column in zip(*sums, strict=True))
    return f"9{batches:06}{blocks:06}{records:08}{banks % 10**10:010}{0:012}{cents:012}" + " " * 39


def _payee(payment: Payment) -> Payee:
    if payment.payee is None:  # pragma: no cover - refused before anything is written
        raise AssertionError(payment.number)
    return payment.payee


def _upper(text: str) -> str:
    return ascii_text(text).upper()


EXPORTER: Final[PaymentExporter] = AchCredits()
