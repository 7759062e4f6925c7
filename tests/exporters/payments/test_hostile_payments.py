"""Whatever stands in a payment, a payee or the policy: a file is refused with a sentence, or it is sound."""

from dataclasses import replace
from datetime import date

import ach_file
import pain_file
import payment_samples as samples
import pytest
from hypothesis import event, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from refundkit.exporters.payments import positive_pay, registry
from refundkit.model.policy_payments import Ach, Sepa

ODD = st.text(max_size=30) | st.text("AaZz09 -./&ßéŁ\u0301\u200e\r\n\t😀=+'\"<>]]", max_size=150)
FIRST = {"ach": samples.american()[0], "sepa": samples.european()[0]}


PAYEE = ("holder", "routing", "account", "iban", "bic", "town", "country")
TEXTS = ("key", "case", "settles", "invoice")


@st.composite
def batches(draw, kind, figures):
    """(payments, the policy's figures, batch): all sound but for two things, which may be anything."""
    things = [*PAYEE, *TEXTS, *(f"policy {name}" for name in figures), "batch", "amount", "on"]
    odd = {name: draw(ODD) for name in draw(st.sets(st.sampled_from(things), max_size=2))}
    first, second = FIRST[kind], samples.payment(2, 1, None)
    second = replace(first, key=second.key, number=second.number, case=second.case)
    first = replace(first, payee=replace(first.payee, **{n: t for n, t in odd.items() if n in PAYEE}))
    first = replace(first, **{n: t for n, t in odd.items() if n in TEXTS})
    if "amount" in odd:
        first = replace(first, amount=draw(st.integers(-1, 10**12)))
    if "on" in odd:
        first = replace(first, on=draw(st.dates(date(2026, 11, 20), date(2030, 1, 1))))
    figures = {name: odd.get(f"policy {name}", text) for name, text in figures.items()}
    return [first, second], figures, odd.get("batch", "P-000007")


ACH = {
    "destination": "091000019", "destination_name": "First Bank", "origin": "1123456789", "origin_name": "Acme",
    "odfi": "091000019", "company_id": "1123456789", "company_name": "Acme", "description": "REFUND",
}  # fmt: skip
SEPA = {"name": "Acme", "iban": "DE89370400440532013000", "bic": "", "town": "Köln", "country": "DE"}


def judge(kind, made, context, model, read):
    payments, figures, batch = made
    settings = context.settings.model_copy(update={kind: model.model_construct(**figures)})
    context = replace(context, settings=settings, batch=batch)
    exporter = registry.load(kind)
    told = exporter.check(payments, context)
    event("refused" if told else "written")
    if not told:
        assert read(exporter.write(payments, context)[0][1]) == []


@pytest.mark.slow
@hypothesis_settings(max_examples=1500, deadline=None)
@given(made=batches("ach", ACH))
def test_an_ach_file_is_refused_or_sound(made, context):
    judge("ach", made, context, Ach, lambda content: ach_file.Reading(content).faults)


@pytest.mark.slow
@hypothesis_settings(max_examples=1000, deadline=None)
@given(made=batches("sepa", SEPA))
def test_a_sepa_file_is_refused_or_sound(made, context):
    judge("sepa", made, context, Sepa, lambda content: pain_file.Reading(content, samples.TODAY).faults)


@pytest.mark.slow
@pytest.mark.parametrize("name", positive_pay.names())
@hypothesis_settings(max_examples=300, deadline=None)
@given(
    payee=st.text(max_size=60),
    number=st.integers(-1, 10**12),
    amount=st.integers(-1, 10**14),
    account=st.text("0123456789", max_size=22) | ODD,
    on=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_a_list_of_cheques_is_refused_or_has_its_width(name, payee, number, amount, account, on):
    layout = positive_pay.load(name)
    cheque = samples.payment(1, amount, None, cheque=number, customer_name=payee, on=on)
    if not positive_pay.check([cheque], [], layout, account):
        line = positive_pay.write([cheque], [], layout, account)[1].decode("ascii")
        assert line.endswith("\r\n")
        assert line.count("\n") == 1
        assert not layout.width or len(line) == layout.width + 2
