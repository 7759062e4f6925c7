"""SEPA credit transfers: pain.001.001.09 through sepaxml, the same bytes always, everything the schema misses checked.

Rules: EPC132-08 (customer to bank), EPC217-08 (characters); what is checked besides the schema stands in
docs/reference/payment-files.md. Identifiers, times and dates come from the batch, none is made up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from refundkit.exporters.payments.bank_days import first_open, target_holidays
from refundkit.exporters.payments.characters import (
    holder_faults,
    remittance,
    remittance_faults,
    sepa_text,
    unwritable,
)
from refundkit.exporters.payments.contract import (
    PaymentContext,
    PaymentExporter,
    PaymentFile,
    in_order,
    shared_problems,
)
from refundkit.exporters.refusing import refuse
from refundkit.model.bank_numbers import OUTSIDE_EEA, bic_fault, iban_fault
from refundkit.model.payments import Payee, Payment
from refundkit.model.policy_payments import Sepa

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SCHEMA: Final = "pain.001.001.09"
NAMESPACE: Final = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
MOST_CENTS: Final = 99_999_999_999
NAME_ROOM: Final = 70
TOWN_ROOM: Final = 35
TEXT_ROOM: Final = 140

_KEY: Final = re.compile(r"[A-Za-z0-9]{1,35}\Z")
_BATCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}\Z")
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")


class SepaCreditTransfers:
    """The exporter; see PaymentExporter."""

    name = "sepa"
    steps = (
        "Compare the number of payments and the total above with what the bank shows before you release the file.",
        "Upload the .xml file once (SEPA credit transfer, pain.001.001.09), and have a second person release it.",
        "The bank compares names with IBANs (verification of payee). Release nothing that it says does not match.",
        "The bank answers with pain.002 or on the statement: give either to `refundkit reconcile`.",
        "Never upload it a second time. After a failed upload ask the bank whether it has the file.",
    )

    def check(self, payments: Sequence[Payment], context: PaymentContext) -> list[str]:
        """See PaymentExporter."""
        return list(_problems(payments, context))

    def write(self, payments: Sequence[Payment], context: PaymentContext) -> list[PaymentFile]:
        """See PaymentExporter."""
        refuse(self.check(payments, context))
        return [(".xml", _document(payments, context))]


def execution_day(payment: Payment) -> date:
    """The day on which the bank is to pay: the payment's own or the next on which TARGET is open."""
    return first_open(payment.on, target_holidays())


def _problems(payments: Sequence[Payment], context: PaymentContext) -> Iterator[str]:
    yield from shared_problems(payments, "EUR")
    yield from _settings(context.settings.sepa)
    if not _BATCH.match(context.batch):
        yield f"the batch: batch: '{context.batch[:40]}' is not 1 to 20 letters, digits, dots and dashes"
    for payment in payments:
        yield from _payment(payment, context)


def _settings(sepa: Sepa) -> Iterator[str]:
    name = sepa_text(sepa.name)
    if unwritable(sepa.name) or not any(c.isalnum() for c in name) or len(name) > NAME_ROOM:
        yield f"payments.sepa: name: 1 to {NAME_ROOM} Latin letters, as the bank knows the holder"
    if fault := iban_fault(sepa.iban):
        yield f"payments.sepa: iban: {fault}"
    if sepa.bic and (fault := bic_fault(sepa.bic)):
        yield f"payments.sepa: bic: {fault}"
    yield from _address("payments.sepa: ", sepa.town, sepa.country)


def _payment(payment: Payment, context: PaymentContext) -> Iterator[str]:
    case = payment.case
    if not _KEY.match(payment.key):
        yield f"{case}: key: an end-to-end id has 1 to 35 letters and digits"
    if payment.amount > MOST_CENTS:
        yield f"{case}: amount: a transfer holds at most 999999999.99"
    if payment.on < context.today:
        yield f"{case}: on: {payment.on} has passed"
    yield from remittance_faults(payment, TEXT_ROOM)
    if payment.payee is None:
        yield f"{case}: payee: no bank account is known"
    else:
        yield from _payee(case, payment.payee, context.settings.sepa)


def _payee(case: str, payee: Payee, sepa: Sepa) -> Iterator[str]:
    yield from holder_faults(case, payee.holder)
    if len(sepa_text(payee.holder)) > NAME_ROOM:
        yield f"{case}: payee.holder: longer than {NAME_ROOM} characters; write it as short as the bank knows it"
    if fault := iban_fault(payee.iban):
        yield f"{case}: payee.iban: {fault}"
    elif payee.iban[:2] in OUTSIDE_EEA and not (sepa.town and sepa.country):
        yield f"payments.sepa: town: {case} goes outside the EEA, and banks want the shop's town and country then"
    if payee.bic and (fault := bic_fault(payee.bic)):
        yield f"{case}: payee.bic: {fault}"
    yield from _address(f"{case}: payee.", payee.town, payee.country)


def _address(place: str, town: str, country: str) -> Iterator[str]:
    """Town and country together or neither: an address without them has been refused since 15 November 2026."""
    if bool(town) != bool(country):
        yield f"{place}{'country' if town else 'town'}: an address has both town and country"
    if town and (unwritable(town) or len(sepa_text(town)) > TOWN_ROOM or not any(c.isalnum() for c in sepa_text(town))):
        yield f"{place}town: 1 to {TOWN_ROOM} Latin letters"
    if country and not _COUNTRY.match(country):
        yield f"{place}country: two capital letters, as DE"


def _document(payments: Sequence[Payment], context: PaymentContext) -> bytes:
    from sepaxml import SepaTransfer

    sepa = context.settings.sepa
    config: dict[str, Any] = {"name": sepa_text(sepa.name), "IBAN": sepa.iban, "batch": True, "currency": "EUR"}
    config |= _optional(sepa.bic, sepa.town, sepa.country)
    transfer = SepaTransfer(config, schema=SCHEMA, clean=False)
    for payment in sorted(in_order(payments), key=execution_day):
        transfer.add_payment(_entry(payment))
    return _settled(transfer.export(validate=False), context)


def _entry(payment: Payment) -> dict[str, Any]:
    payee = payment.payee
    if payee is None:  # pragma: no cover - refused before anything is written
        raise AssertionError(payment.number)
    return {
        "name": sepa_text(payee.holder),
        "IBAN": payee.iban,
        "amount": payment.amount,
        "execution_date": execution_day(payment),
        "description": sepa_text(remittance(payment, TEXT_ROOM)),
        "endtoend_id": payment.key,
    } | _optional(payee.bic, payee.town, payee.country)


def _optional(bic: str, town: str, country: str) -> dict[str, Any]:
    found: dict[str, Any] = {"BIC": bic} if bic else {}
    if town:
        found["address"] = {"town": sepa_text(town), "country": country}
    return found


def _settled(made: bytes, context: PaymentContext) -> bytes:
    """The document of sepaxml with the batch's own identifiers and time in place of random ones and the clock's."""
    from xml.etree.ElementTree import indent, register_namespace, tostring

    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(made)
    stamp = context.created.strftime("%Y%m%d%H%M")
    _set(root, "GrpHdr/MsgId", f"{context.batch}-{stamp}")
    _set(root, "GrpHdr/CreDtTm", context.created.strftime("%Y-%m-%dT%H:%M:%S"))
    for number, block in enumerate(root.iter(f"{{{NAMESPACE}}}PmtInf"), 1):
        block[0].text = f"{context.batch}-{number}"
        _name_missing_bank(block)
    register_namespace("", NAMESPACE)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _set(root: Element, path: str, text: str) -> None:
    node = root.find(".//" + "/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))
    if node is None:  # pragma: no cover - the schema demands these elements
        raise AssertionError(path)
    node.text = text


def _name_missing_bank(block: Element) -> None:
    """The payer's bank without a BIC is 'NOTPROVIDED', never an empty element (EPC132-08)."""
    from xml.etree.ElementTree import SubElement

    bank = block.find(f"{{{NAMESPACE}}}DbtrAgt/{{{NAMESPACE}}}FinInstnId")
    if bank is not None and not len(bank):
        other = SubElement(bank, f"{{{NAMESPACE}}}Othr")
        SubElement(other, f"{{{NAMESPACE}}}Id").text = "NOTPROVIDED"


EXPORTER: Final[PaymentExporter] = SepaCreditTransfers()
