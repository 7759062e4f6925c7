"""What a NACHA file cannot say, named before anything is written: the policy's figures, then each payment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from refundkit.exporters.payments.bank_days import ONE_DAY, federal_holidays, first_open
from refundkit.exporters.payments.characters import ascii_text, holder_faults, remittance_faults
from refundkit.exporters.payments.contract import PaymentContext, shared_problems
from refundkit.model.bank_numbers import account_fault, routing_fault
from refundkit.model.payments import Payee, Payment
from refundkit.model.policy_payments import Ach

RESERVED: Final = frozenset({"PAYROLL", "PURCHASE", "REVERSAL"})
"""Descriptions that mean something else: wages, purchases over the web (both since 20 March 2026), money taken back."""
MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ADDENDA_ROOM: Final = 80
MOST_CENTS: Final = 9_999_999_999
MOST_SAME_DAY: Final = 100_000_000
MOST_TOTAL: Final = 999_999_999_999
MOST_ENTRIES: Final = 499_999
"""Six digits count entries and addenda together."""

_ORIGIN: Final = re.compile(r"[A-Z0-9 ]?[A-Z0-9]{9}\Z")
_COMPANY_ID: Final = re.compile(r"[A-Z0-9]{1,10}\Z")
_CASE: Final = re.compile(r"[A-Z0-9]{1,15}\Z")


def individual_id(payment: Payment) -> str:
    """The case as the 15 characters of an individual ID hold it: its id without dashes, as RF7K4M2QXPTR9B."""
    return payment.case.replace("-", "").upper()


def effective_day(payment: Payment, context: PaymentContext) -> date:
    """When the money is to arrive: the payment's day or the banks' next one; never today unless `same_day`."""
    earliest = context.today if context.settings.ach.same_day else context.today + ONE_DAY
    return first_open(max(payment.on, earliest), federal_holidays())


def problems(payments: Sequence[Payment], context: PaymentContext) -> Iterator[str]:
    """Every sentence of `PaymentExporter.check`."""
    yield from shared_problems(payments, "USD")
    yield from _settings(context.settings.ach)
    if not 0 <= context.modifier < len(MODIFIERS):
        yield (
            "the batch: modifier: the bank tells the files of a day apart by one letter or digit, and all"
            f" {len(MODIFIERS)} of {context.today} are used: put what is left into one file tomorrow"
        )
    if len(payments) > MOST_ENTRIES:
        yield f"the batch: payments: {len(payments)}; a file holds {MOST_ENTRIES}"
    if (total := sum(p.amount for p in payments)) > MOST_TOTAL:
        yield f"the batch: amount: {total // 100} dollars in all; a file holds {MOST_TOTAL // 100}"
    seen: set[str] = set()
    for payment in payments:
        yield from _payment(payment, context, seen)


def _settings(ach: Ach) -> Iterator[str]:
    for name, text in (("destination", ach.destination), ("odfi", ach.odfi)):
        if fault := routing_fault(text):
            yield f"payments.ach: {name}: {fault}"
    for name, text, room in (
        ("destination_name", ach.destination_name, 23),
        ("origin_name", ach.origin_name, 23),
        ("company_name", ach.company_name, 16),
        ("description", ach.description, 10),
    ):
        plain = ascii_text(text)
        if not plain or not plain.isascii() or len(plain) > room:
            yield f"payments.ach: {name}: 1 to {room} plain letters, digits and signs, not '{text[:40]}'"
    if words := RESERVED.intersection(re.findall("[A-Z]+", ascii_text(ach.description).upper())):
        yield f"payments.ach: description: {min(words)} means another kind of payment; REFUND says what this is"
    if not _ORIGIN.match(ach.origin):
        yield "payments.ach: origin: nine or ten digits or capital letters, as the bank gave it"
    if not _COMPANY_ID.match(ach.company_id):
        yield "payments.ach: company_id: 1 to 10 digits or capital letters, as the bank gave it"


def _payment(payment: Payment, context: PaymentContext, seen: set[str]) -> Iterator[str]:
    case, identity = payment.case, individual_id(payment)
    if not _CASE.match(identity):
        yield f"{case}: case: an individual ID has 15 letters and digits"
    if identity in seen:
        yield f"{case}: case: it is in the batch twice"
    seen.add(identity)
    if payment.amount > MOST_CENTS:
        yield f"{case}: amount: an entry holds at most 99999999.99"
    if context.settings.ach.same_day and payment.amount > MOST_SAME_DAY:
        yield f"{case}: amount: the same day takes at most 1000000.00; pay it with same_day = false"
    if payment.on < context.today:
        yield f"{case}: on: {payment.on} has passed"
    yield from remittance_faults(payment, ADDENDA_ROOM)
    if payment.payee is None:
        yield f"{case}: payee: no bank account is known"
    else:
        yield from _payee(case, payment.payee)


def _payee(case: str, payee: Payee) -> Iterator[str]:
    if fault := routing_fault(payee.routing):
        yield f"{case}: payee.routing: {fault}"
    if fault := account_fault(payee.account):
        yield f"{case}: payee.account: {fault}"
    yield from holder_faults(case, payee.holder)
