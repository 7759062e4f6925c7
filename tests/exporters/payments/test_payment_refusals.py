"""What a bank's file cannot say is refused before anything is written, with case or figure and field."""

from dataclasses import replace
from datetime import date

import payment_samples as samples
import pytest

from refundkit.errors import RefusedError, UsageError
from refundkit.exporters.payments import registry
from refundkit.model.payments import Payee

KINDS = pytest.mark.parametrize("name", ["ach", "sepa"])


def sound(name):
    return samples.american() if name == "ach" else samples.european()


def check(kind, payments, context, /, **figures):
    part = getattr(context.settings, kind).model_copy(update=figures)
    changed = replace(context, settings=context.settings.model_copy(update={kind: part}))
    return registry.load(kind).check(payments, changed)


def first(name, context, **change):
    """What is said when the first payment is changed; of its payee: payee_holder and so on."""
    payments = sound(name)
    inside = {key.removeprefix("payee_"): change.pop(key) for key in list(change) if key.startswith("payee_")}
    payee = replace(payments[0].payee, **inside)
    payments[0] = replace(payments[0], **{"payee": payee, **change})
    return check(name, payments, context)


@KINDS
def test_sound_payments_have_no_problem(name, context):
    assert check(name, sound(name), context) == []


@KINDS
def test_every_kind_is_called_what_the_registry_calls_it_and_says_what_to_do(name):
    assert registry.load(name).name == name
    assert len(registry.load(name).steps) > 3


def test_an_unknown_kind_names_those_there_are():
    with pytest.raises(UsageError, match="choose one of: ach, card, cash, cheque, sepa, transfer") as told:
        registry.load("wire")
    assert "there is no payment file 'wire'" in str(told.value)


def test_another_package_can_join_but_not_replace_one_of_ours(monkeypatch):
    class Point:
        def __init__(self, name):
            self.name = name

        def load(self):
            return f"other {self.name}"

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point("bacs"), Point("ach")])
    assert registry.load("bacs") == "other bacs"
    assert registry.load("ach").name == "ach"
    assert {"ach", "bacs", "sepa"} <= set(registry.names())


@KINDS
def test_writing_what_does_not_check_is_refused(name, context):
    with pytest.raises(RefusedError, match=r"batch cannot be written.*more\)"):
        registry.load(name).write([replace(p, amount=0) for p in [*sound(name), *sound(name)]], context)


@KINDS
def test_an_empty_batch_is_refused(name, context):
    assert check(name, [], context) == ["the batch: payments: there is none"]


@KINDS
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount: a payment is above 0"),
        ({"amount": -5}, "amount: a payment is above 0"),
        ({"amount": 100_000_000_000}, "amount: "),
        ({"currency": "GBP"}, "currency: this file pays "),
        ({"on": date(2026, 11, 24)}, "on: 2026-11-24 has passed"),
        ({"settles": ""}, "settles: there is no credit memo"),
        ({"settles": "CM-" + "9" * 140}, "settles: 'CM-9999"),
        ({"settles": "CM-ü"}, "settles: 'CM-ü'"),
        ({"settles": "CM\n1"}, "settles: 'CM"),
        ({"payee": None}, "payee: no bank account is known"),
        ({"payee_holder": ""}, "payee.holder: the name of the account's holder is missing"),
        ({"payee_holder": " .-\u200e"}, "payee.holder: the name of the account's holder is missing"),
        ({"payee_holder": "王小明"}, "payee.holder: banks have no '王'"),
        ({"payee_holder": "Елена"}, "payee.holder: banks have no 'Е'"),
    ],
)
def test_each_fault_of_a_payment_is_named_with_its_case(name, change, field, context):
    found = first(name, context, **change)
    assert [line for line in found if line.startswith(f"{sound(name)[0].case}: {field}")], found
    assert all(line.startswith(f"{sound(name)[0].case}: ") for line in found)


@KINDS
def test_a_payment_that_stands_in_the_batch_twice_is_refused(name, context):
    payments = sound(name)
    found = check(name, [*payments, payments[0]], context)
    assert f"{payments[0].case}: payment: RP-1-000001 stands in the batch twice" in found


@KINDS
def test_bank_data_stands_in_no_sentence(name, context):
    secret = Payee(
        "Hilda Secretholder", routing="123123123", account="9" * 40, iban="DE00SECRET" + "9" * 30, bic="SECRET"
    )
    said = " ".join(check(name, [replace(sound(name)[0], payee=secret)], context))
    assert said
    assert not any(word in said for word in ("Secretholder", "123123123", "9999", "SECRET"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payee_routing": ""}, "payee.routing: a routing number has nine digits"),
        ({"payee_routing": "09100001"}, "payee.routing: a routing number has nine digits"),
        ({"payee_routing": "09100001٩"}, "payee.routing: a routing number has nine digits"),
        ({"payee_routing": "091000018"}, "payee.routing: its last digit does not fit"),
        ({"payee_routing": "000000000"}, "payee.routing: no routing number begins with 00"),
        ({"payee_routing": "500000005"}, "payee.routing: no routing number begins with 50"),
        ({"payee_account": ""}, "payee.account: "),
        ({"payee_account": "123456789012345678"}, "payee.account: "),
        ({"payee_account": "12.34"}, "payee.account: "),
        ({"payee_account": "ab12"}, "payee.account: "),
        ({"payee_account": "000"}, "payee.account: an account number is more than zeros"),
        ({"amount": 10_000_000_000}, "amount: an entry holds at most 99999999.99"),
        ({"case": "RF-7K4M-2QXP-TR9B-XX"}, "case: an individual ID has 15"),
        ({"case": "RF-É"}, "case: an individual ID has 15"),
        ({"case": samples.american()[1].case.replace("-", "")}, "case: it is in the batch twice"),
    ],
)
def test_ach_names_what_its_record_cannot_hold(change, field, context):
    found = first("ach", context, **change)
    assert [line for line in found if f": {field}" in line], found


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("destination", ""),
        ("destination", "091000018"),
        ("odfi", "0910000"),
        ("odfi", "990000000"),
        ("destination_name", ""),
        ("destination_name", "B" * 24),
        ("origin", ""),
        ("origin", "12345678"),
        ("origin", "12345678901"),
        ("origin", "1-23456789"),
        ("origin_name", "王"),
        ("company_name", "A" * 17),
        ("company_name", ""),
        ("company_id", ""),
        ("company_id", "12-3456789"),
        ("description", ""),
        ("description", "Payroll"),
        ("description", "PURCHASE"),
        ("description", "A REVERSAL"),
    ],
)
def test_ach_names_the_figure_of_the_policy_that_the_bank_would_not_take(figure, value, context):
    found = check("ach", samples.american(), context, **{figure: value})
    assert len(found) == 1
    assert found[0].startswith(f"payments.ach: {figure}: ")


def test_a_policy_that_says_nothing_of_the_bank_is_told_every_figure_that_is_missing(context):
    empty = dict.fromkeys(("destination", "destination_name", "origin", "origin_name", "odfi", "company_id"), "")
    found = check("ach", samples.american(), context, **empty, company_name="")
    assert {line.split(": ")[1] for line in found} == {*empty, "company_name"}


def test_the_same_day_takes_a_million_and_no_cent_more(context):
    payee = samples.american()[0].payee
    for amount, problems in ((100_000_000, 0), (100_000_001, 1)):
        found = check("ach", [samples.payment(1, amount, payee)], context, same_day=True)
        assert len(found) == problems
        assert check("ach", [samples.payment(1, amount, payee)], context) == []


def test_a_37th_file_of_a_day_and_a_sum_beyond_twelve_digits_are_refused(context):
    (said,) = registry.load("ach").check(samples.american(), replace(context, modifier=36))
    assert said.endswith(f"and all 36 of {context.today} are used: put what is left into one file tomorrow")
    payee = samples.american()[0].payee
    many = [samples.payment(n, 9_999_999_999, payee) for n in range(1, 102)]
    assert check("ach", many, context) == ["the batch: amount: 10099999998 dollars in all; a file holds 9999999999"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payee_iban": ""}, "payee.iban: an IBAN is two capital letters"),
        ({"payee_iban": "NL92ABNA0417164300"}, "payee.iban: its check digits do not fit"),
        ({"payee_iban": "GB8BMIDL40051512345674"}, "payee.iban: an IBAN is two capital letters"),
        ({"payee_iban": "nl91abna0417164300"}, "payee.iban: an IBAN is two capital letters"),
        ({"payee_iban": "NL91 ABNA 0417 1643 00"}, "payee.iban: an IBAN is two capital letters"),
        ({"payee_iban": "NL91ABNA041716430"}, "payee.iban: an IBAN of NL has 18 characters, not 17"),
        ({"payee_iban": samples.iban("US", "123456789012")}, "payee.iban: US is no country of SEPA"),
        ({"payee_bic": "ABNANL2"}, "payee.bic: a BIC has 8 or 11"),
        ({"payee_bic": "abnanl2a"}, "payee.bic: a BIC has 8 or 11"),
        ({"payee_bic": "ABNANL2AXX"}, "payee.bic: a BIC has 8 or 11"),
        ({"payee_holder": "A" * 71}, "payee.holder: longer than 70"),
        ({"payee_town": "Köln"}, "payee.country: an address has both"),
        ({"payee_country": "DE"}, "payee.town: an address has both"),
        ({"payee_town": "K" * 36, "payee_country": "DE"}, "payee.town: 1 to 35"),
        ({"payee_town": "Αθήνα", "payee_country": "GR"}, "payee.town: 1 to 35"),
        ({"payee_town": "Köln", "payee_country": "de"}, "payee.country: two capital letters"),
        ({"key": "K" * 36}, "key: an end-to-end id"),
        ({"key": ""}, "key: an end-to-end id"),
        ({"key": "a/b"}, "key: an end-to-end id"),
        ({"amount": 100_000_000_000}, "amount: a transfer holds at most 999999999.99"),
    ],
)
def test_sepa_names_what_the_schema_would_let_through(change, field, context):
    found = first("sepa", context, **change)
    assert [line.startswith(f"{samples.european()[0].case}: {field}") for line in found] == [True], found


@pytest.mark.parametrize("bad", ["00", "01", "99"])
def test_check_digits_that_no_bank_gives_out_are_refused(bad, context):
    """00, 01 and 99 can have the right remainder too."""
    for rest in range(1000):
        text = f"NL{bad}ABNA0417{rest:06}"
        if int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1:
            break
    assert first("sepa", context, payee_iban=text)


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("name", ""),
        ("name", "A" * 71),
        ("name", "王"),
        ("iban", ""),
        ("iban", "DE88370400440532013000"),
        ("bic", "COBADEFFX"),
        ("town", "Berlin"),
        ("country", "DE"),
    ],
)
def test_sepa_names_the_figure_of_the_policy_that_the_bank_would_not_take(figure, value, context):
    found = check("sepa", samples.european(), context, **{figure: value})
    assert len(found) == 1
    assert found[0].startswith("payments.sepa: ")


def test_a_payment_outside_the_eea_wants_the_shops_address(context):
    payee = Payee("Heidi", iban="CH9300762011623852957")
    payments = [samples.payment(1, 5, payee, "EUR", "sepa")]
    (told,) = check("sepa", payments, context)
    assert told.startswith(f"payments.sepa: town: {payments[0].case} goes outside the EEA")
    assert check("sepa", payments, context, town="Berlin", country="DE") == []


def test_a_batch_that_cannot_name_a_message_is_refused(context):
    for batch in ("", "P" * 21, "P/7", "Ü1"):
        assert len(registry.load("sepa").check(samples.european(), replace(context, batch=batch))) == 1
