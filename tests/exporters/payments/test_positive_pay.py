"""The list of cheques in each bank's layout: what stands where, and what is refused because it does not fit."""

import csv
import io
import random
from dataclasses import replace
from datetime import date
from importlib.resources import files

import payment_samples as samples
import pytest

from refundkit.errors import PolicyError, RefusedError
from refundkit.exporters.payments import positive_pay
from refundkit.exporters.payments.positive_pay import Void

ALL = pytest.mark.parametrize("name", positive_pay.names())
FIXED = pytest.mark.parametrize("name", ["ascender", "first-american"])
ACCOUNT = "1234567890"
PLACES = {
    "first-american": {"account": (1, 11), "number": (12, 21), "day": (22, 29), "cents": (30, 39), "payee": (40, 69),
                       "code": (71, 71), "voided": (72, 79)},
    "ascender": {"account": (1, 12), "code": (13, 13), "number": (16, 25), "cents": (26, 37), "day": (38, 45),
                 "payee": (47, 100)},
}  # fmt: skip
"""As the banks' pages have them; not read from the layouts."""


def cheque(number, amount=12_345, name="Jane Doe", **more):
    whole = samples.payment(number - 1000, amount, None, method="cheque", cheque=number, customer_name=name)
    return replace(whole, **more)


def sample():
    issues = [cheque(1003, 1, "O'Neil Heating, Inc."), cheque(1001, 99_999_999, "Müller & Söhne"), cheque(1002)]
    return issues, [Void(cheque(1000, 5_000, on=date(2026, 11, 2)), date(2026, 11, 24))]


def write(name, issues, voids, account=ACCOUNT):
    return positive_pay.write(issues, voids, positive_pay.load(name), account)


def check(name, issues, voids=(), account=ACCOUNT):
    return positive_pay.check(issues, list(voids), positive_pay.load(name), account)


@ALL
def test_the_list_is_the_one_that_was_read_and_approved(name, golden):
    suffix, content = write(name, *sample())
    golden(f"payments/{name}{suffix}", content.decode("ascii"))


@FIXED
def test_a_line_of_fixed_positions_can_be_read_back(name):
    _, content = write(name, *sample())
    rows = content.decode("ascii").split("\r\n")
    assert rows.pop() == ""
    assert {len(row) for row in rows} == {79 if name == "first-american" else 100}
    read = [{k: row[a - 1 : b] for k, (a, b) in PLACES[name].items()} for row in rows]
    assert [int(r["number"]) for r in read] == [1001, 1002, 1003, 1000]
    assert [int(r["cents"]) for r in read] == [99_999_999, 12_345, 1, 5_000]
    assert [r["payee"].rstrip() for r in read] == ["Muller & Sohne", "Jane Doe", "O'Neil Heating, Inc.", "Jane Doe"]
    assert [r["code"] for r in read] == [" ", " ", " ", "V" if name == "first-american" else "2"]
    assert {r["account"].lstrip("0") for r in read} == {ACCOUNT}
    assert [r["day"] for r in read][2:] == (
        ["11252026", "11022026"] if name == "first-american" else ["20261125", "20261102"]
    )
    assert [r.get("voided", "").strip() for r in read][2:] == ["", "11242026" if name == "first-american" else ""]


def test_columns_can_be_read_back_and_are_quoted_where_needed():
    _, content = write("chase", *sample())
    rows = list(csv.reader(io.StringIO(content.decode("ascii"))))
    assert rows == [
        ["I", ACCOUNT, "1001", "112526", "999999.99", "Muller & Sohne"],
        ["I", ACCOUNT, "1002", "112526", "123.45", "Jane Doe"],
        ["I", ACCOUNT, "1003", "112526", "0.01", "O'Neil Heating, Inc."],
        ["C", ACCOUNT, "1000", "110226", "50.00", "Jane Doe"],
    ]


@ALL
def test_the_order_in_which_cheques_come_changes_no_byte(name):
    issues, voids = sample()
    assert write(name, random.Random(5).sample(issues, 3), voids) == write(name, issues, voids)


@ALL
def test_voids_alone_make_a_list_and_nothing_makes_none(name):
    assert write(name, [], sample()[1])
    assert check(name, []) == ["the batch: payments: there is none"]


@ALL
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cheque": 0}, "cheque: it has no number"),
        ({"cheque": 10**16}, "cheque: '1000"),
        ({"amount": 0}, "amount: a payment is above 0"),
        ({"amount": 10**15}, "amount: '1"),
        ({"currency": "CAD"}, "currency: this list is in USD"),
        ({"customer_name": ""}, "customer_name: '' is no name"),
        ({"customer_name": "王小明"}, "customer_name: banks have no '王'"),
        ({"customer_name": "A" * 55}, "customer_name: 'AAA"),
    ],
)
def test_what_does_not_fit_its_place_is_refused_and_not_cut(name, change, field):
    broken = replace(cheque(1001), **change)
    (told,) = check(name, [broken])
    assert told.startswith(f"{broken.case}: {field}")
    with pytest.raises(RefusedError):
        write(name, [broken], [])


@pytest.mark.parametrize(("name", "most"), [("chase", 40), ("first-american", 30), ("ascender", 54)])
def test_a_name_fits_to_the_last_character(name, most):
    assert check(name, [cheque(1001, name="A" * most)]) == []
    (told,) = check(name, [cheque(1001, name="A" * (most + 1))])
    assert told.endswith(f"has {most + 1} characters; {positive_pay.load(name).bank} takes {most}")


@ALL
@pytest.mark.parametrize("account", ["", "12-34", "1" * 21, "١٢٣"])
def test_the_account_is_digits_that_fit(name, account):
    found = check(name, [cheque(1001)], account=account)
    assert [line.startswith("payments.cheque: account") for line in found] == [True]


@ALL
def test_a_cheque_stands_in_the_list_once_and_is_voided_after_it_was_written(name):
    twice = check(name, [cheque(1001), replace(cheque(1002), cheque=1001)])
    assert len(twice) == 1
    assert "cheque: number 1001 stands in the list twice" in twice[0]
    early = check(name, [], [Void(cheque(1001), date(2026, 11, 24))])
    assert early == [f"{cheque(1001).case}: voided: 2026-11-24 is before the cheque's own day, 2026-11-25"]


def test_a_name_that_a_spreadsheet_would_run_is_refused_in_columns():
    assert "is no name to write a cheque to" in check("chase", [cheque(1001, name="=1+1")])[0]


def test_an_unknown_layout_names_those_there_are():
    with pytest.raises(PolicyError, match="'swamp', and there is no such layout") as told:
        positive_pay.load("swamp")
    assert "ascender, chase, first-american" in told.value.hint


def test_every_layout_says_where_it_comes_from():
    for name in positive_pay.names():
        layout = positive_pay.load(name)
        assert layout.source
        assert layout.bank


BANK = """
bank = "B"
source = "s"
seen = 2026-01-01
suffix = ".txt"
separator = "|"
heading = ["what", "account", "cheque", "day", "amount", "note"]
line_ends = "lf"
places = [
    { take = "kind", width = 4, issue = "IA", void = "VA" },
    { take = "account", width = 10 },
    { take = "number", width = 10 },
    { take = "issued", width = 10, form = "MM/DD/YYYY" },
    { take = "amount", width = 12, form = "cents" },
    { take = "text", width = 3, text = "usd" },
]
"""


def test_a_bank_more_is_a_file_more():
    content = positive_pay.write(*sample(), positive_pay.parse(BANK), ACCOUNT)[1]
    assert content.decode().splitlines() == [
        "what|account|cheque|day|amount|note",
        "IA|1234567890|1001|11/25/2026|99999999|usd",
        "IA|1234567890|1002|11/25/2026|12345|usd",
        "IA|1234567890|1003|11/25/2026|1|usd",
        "VA|1234567890|1000|11/02/2026|5000|usd",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('take = "number"', 'take = "cheque"', "Input should be"),
        ('take = "number", ', 'take = "payee", ', "takes no number"),
        ('form = "cents"', 'form = "MMDDYY"', "amount cannot have the form 'MMDDYY'"),
        ('form = "MM/DD/YYYY"', 'form = ""', "issued cannot have the form ''"),
        ("width = 3, ", 'width = 3, form = "cents", ', "text cannot have the form 'cents'"),
        ('separator = "|"', "width = 50", "places stand one after the other"),
        ('separator = "|"', 'separator = "|"\nwidth = 50', "either a width or a separator"),
        ('bank = "B"', 'bank = "B"\ncolour = "red"', "Extra inputs"),
    ],
)
def test_a_layout_that_does_not_hold_together_is_refused(old, new, told):
    assert old in BANK
    with pytest.raises(ValueError, match=told):
        positive_pay.parse(BANK.replace(old, new))


def test_places_of_fixed_positions_cannot_overlap():
    text = (files("refundkit.data") / "positive_pay" / "ascender.toml").read_text("utf-8")
    positive_pay.parse(text)
    for broken in (
        text.replace("at = 16", "at = 13"),
        text.replace("at = 47", "at = 48"),
        text.replace("at = 1\n", ""),
    ):
        with pytest.raises(ValueError, match="one after the other"):
            positive_pay.parse(broken)
