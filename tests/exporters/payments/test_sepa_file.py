"""What stands where in a SEPA file, judged by the schema and by a reader that shares nothing with the writer."""

import random
import re
from dataclasses import replace
from datetime import date

import pain_file
import payment_samples as samples
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from refundkit.exporters.payments import registry
from refundkit.model.payments import Payee

EXPORTER = registry.load("sepa")


def write(payments, context, **figures):
    sepa = context.settings.sepa.model_copy(update=figures)
    context = replace(context, settings=context.settings.model_copy(update={"sepa": sepa}))
    ((suffix, content),) = EXPORTER.write(payments, context)
    assert suffix == ".xml"
    return content


def read(content):
    return pain_file.Reading(content, samples.TODAY)


def test_the_file_is_the_one_that_was_read_and_approved(golden, context):
    golden("payments/P-000007.xml", write(samples.european(), context).decode())


def test_every_payment_can_be_read_back(context):
    reading = read(write(samples.european(), context))
    assert reading.faults == []
    first, second, third = samples.european()

    def text(payment):
        return f"Refund {payment.case} credit memo {payment.settles} invoice {payment.invoice}"

    day, after_christmas = date(2026, 11, 25), date(2026, 12, 28)
    assert reading.paid == [
        (first.key, 12_550, "Muller + Sohne KG", first.payee.iban, "ABNANL2A", text(first), day, "", ""),
        (second.key, 1, "Jean d'Euso .", second.payee.iban, "", text(second), day, "Orleans", "FR"),
        (third.key, 99_999_999_999, "Lukasz Zolc", third.payee.iban, "", text(third), after_christmas, "", ""),
    ]


def test_the_same_payments_give_the_same_bytes_in_any_order(context):
    payments = samples.european()
    assert write(random.Random(3).sample(payments, 3), context) == write(payments, context) == write(payments, context)


def test_names_and_times_of_the_message_come_from_the_batch(context):
    content = write(samples.european(), context).decode()
    assert re.findall(r"<(?:MsgId|CreDtTm|PmtInfId)>(.*?)<", content) == [
        "P-000007-202611250930",
        "2026-11-25T09:30:00",
        "P-000007-1",
        "P-000007-2",
    ]
    assert content.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:')


def test_a_shop_without_a_bic_says_that_it_has_none(context):
    content = write(samples.european(), context, bic="")
    assert read(content).faults == []
    assert content.count(b"NOTPROVIDED") == 2


def test_the_shops_address_is_structured(context):
    content = write(samples.european(), context, town="Köln", country="DE")
    assert read(content).faults == []
    assert b"AdrLine" not in content
    assert content.count(b"<TwnNm>Koln</TwnNm>") == 2


def _sound(payments, context, opinion, folder):
    content = write(payments, context)
    reading = read(content)
    assert reading.faults == []
    assert {paid[0]: paid[1] for paid in reading.paid} == {p.key: p.amount for p in payments}
    if opinion is not None:
        path = folder / "file.xml"
        path.write_bytes(content)
        assert opinion.check(path, None, samples.TODAY) == []


@hypothesis_settings(max_examples=15, deadline=None)
@given(payments=samples.EUROPEAN_BATCHES)
def test_random_batches_are_sound(payments, context):
    _sound(payments, context, None, None)


@pytest.mark.slow
@hypothesis_settings(max_examples=500, deadline=None)
@given(payments=samples.EUROPEAN_BATCHES)
def test_500_random_batches_are_sound(payments, context):
    _sound(payments, context, None, None)


@pytest.mark.slow
@hypothesis_settings(max_examples=500, deadline=None)
@given(payments=samples.EUROPEAN_BATCHES)
def test_500_random_batches_are_sound_to_a_second_reader(payments, context, second_opinion, tmp_path_factory):
    _sound(payments, context, second_opinion("pain_check"), tmp_path_factory.getbasetemp())


def _swap(old, new):
    def change(text):
        assert old in text
        return text.replace(old, new, 1)

    return change


def _without(tag):
    return lambda text: re.sub(rf"<{tag}>.*?</{tag}>", "", text, count=1, flags=re.DOTALL)


FAULTS = {
    "IBAN check digits": _swap("NL91ABNA", "NL92ABNA"),
    "letters as check digits": _swap("NL91ABNA", "NL9AABNA"),
    "lower-case IBAN": _swap("NL91ABNA", "nl91abna"),
    "three decimals": _swap(">125.50<", ">125.505<"),
    "zero": _swap('EUR">125.50<', 'EUR">0.00<'),
    "negative": _swap('EUR">125.50<', 'EUR">-1.00<'),
    "comma": _swap('EUR">125.50<', 'EUR">1,25<'),
    "one cent more": _swap('EUR">125.50<', 'EUR">125.51<'),
    "too much": _swap(">999999999.99<", ">1000000000.99<"),
    "count": _swap("<NbOfTxs>3", "<NbOfTxs>7"),
    "sum": _swap("<CtrlSum>", "<CtrlSum>1"),
    "dollars": _swap('Ccy="EUR"', 'Ccy="USD"'),
    "key of 36": _swap(f"{1:032X}", "A" * 36),
    "key twice": _swap(f"{1:032X}", f"{2:032X}"),
    "no key": _swap(f"{1:032X}", "NOTPROVIDED"),
    "name of 71": _swap("Lukasz Zolc", "A" * 71),
    "empty name": _swap("Lukasz Zolc", ""),
    "text of 141": _swap("Refund RF", "R" * 141),
    "umlaut": _swap("Muller", "Müller"),
    "emoji": _swap("Muller", "M😀ller"),
    "ampersand": _swap("Muller +", "Muller &amp;"),
    "30 February": _swap("<Dt>2026-11-25", "<Dt>2026-02-30"),
    "a day that has passed": _swap("<Dt>2026-11-25", "<Dt>2026-11-24"),
    "a Saturday": _swap("<Dt>2026-11-25", "<Dt>2026-11-28"),
    "Christmas": _swap("<Dt>2026-12-28", "<Dt>2026-12-25"),
    "BIC of 7": _swap("ABNANL2A", "ABNANL2"),
    "BIC of the other version": lambda text: text.replace("BICFI>", "BIC>"),
    "another version": _swap("pain.001.001.09", "pain.001.001.03"),
    "unknown element": _swap("<PmtMtd>", "<Foo/><PmtMtd>"),
    "no account": _without("CdtrAcct"),
    "no day": _without("ReqdExctnDt"),
    "no amount": _without("Amt"),
    "address of lines alone": lambda text: re.sub(
        r"<TwnNm>.*?</Ctry>", "<AdrLine>1 rue X</AdrLine>", text, flags=re.DOTALL
    ),
    "not XML": _swap("</Document>", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_in_the_file_is_noticed(fault, context):
    content = write(samples.european(), context).decode()
    broken = FAULTS[fault](content)
    assert broken != content
    assert read(broken.encode()).faults


def test_the_faults_of_the_collection_are_noticed_too(second_opinion):
    tried = [(fault, raw) for fault, _, raw in second_opinion("selftest").mutants("pain") if fault[:3] == "09:"]
    good = second_opinion("selftest").GOOD / "good.pain.09.xml"
    assert len(tried) > 25
    assert pain_file.Reading(good.read_bytes(), date(2026, 11, 24)).faults == []
    assert [fault for fault, raw in tried if not pain_file.Reading(raw, date(2026, 11, 24)).faults] == []


def test_many_payments_on_many_days_have_a_block_a_day(context):
    payee = Payee("Alice", iban="NL91ABNA0417164300")
    days = [date(2026, 12, 1 + n % 4) for n in range(40)]
    payments = [samples.payment(n, n, payee, "EUR", "sepa", day) for n, day in enumerate(days, 1)]
    content = write(payments, context)
    assert read(content).faults == []
    assert content.count(b"<PmtInf>") == 4
