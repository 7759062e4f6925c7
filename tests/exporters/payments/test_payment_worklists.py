"""Cards, transfers and cash: lists to enter by hand and receipts to sign, harmless whatever a customer is called."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import payment_samples as samples
import printed
import pytest

from refundkit.errors import RefusedError
from refundkit.exporters.payments import registry
from refundkit.exporters.payments.read_me import read_me_first
from refundkit.model.payments import Payee
from refundkit.model.policy_payments import Cheque

KINDS = pytest.mark.parametrize("kind", ["card", "transfer", "cash"])
NAMES = [
    "Halloran Family Dentistry", '=HYPERLINK("http://127.0.0.1/x")', "@SUM(A1)", "\u05e9\u05dc\u05d5\u05dd \U0001f389",
    '<img src="http://127.0.0.1/x"> {{ 7 * 7 }}', "W" * 300, "two\nlines",
]  # fmt: skip
PAYEES = [
    Payee("Müller & Söhne", iban="DE89370400440532013000", bic="COBADEFFXXX"),
    Payee("Jane Doe", routing="021000021", account="000123456789", savings=True),
]


def payments(kind):
    if kind == "transfer":
        made = [replace(PAYEES[n % 2], holder=name) for n, name in enumerate(NAMES)]
        return [samples.payment(n, 12_345 * n, payee, method=kind) for n, payee in enumerate(made, 1)]
    return [
        samples.payment(
            n, 12_345 * n, None, method=kind, customer_name=name, original=f"ch_{n}" if kind == "card" else ""
        )
        for n, name in enumerate(NAMES, 1)
    ]


def table(made):
    return list(csv.DictReader(io.StringIO(dict(made)[".csv"].decode(), newline="")))


@KINDS
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_page_is_what_was_looked_at(kind, paper, context, tmp_path, golden):
    own = replace(context, settings=context.settings.model_copy(update={"cheque": Cheque(paper=paper)}))
    made = dict(registry.load(kind).write(payments(kind)[:2], own))
    printed.is_sound(made[".pdf"], tmp_path)
    golden(f"payments/{kind}-{paper}.txt", "\n\f\n".join(printed.laid_out(made[".pdf"], tmp_path)) + "\n")
    if ".csv" in made:
        golden(f"payments/{kind}.csv", made[".csv"].decode())


@KINDS
def test_the_same_payments_are_the_same_bytes_in_any_order(kind, context):
    exporter = registry.load(kind)
    assert exporter.write(payments(kind), context) == exporter.write(payments(kind)[::-1], context)


@KINDS
def test_hostile_names_are_only_text(kind, context, tmp_path):
    made = dict(registry.load(kind).write(payments(kind), context))
    printed.is_sound(made[".pdf"], tmp_path)
    page = "".join("".join(printed.text(made[".pdf"], tmp_path, "-raw")).split())
    assert "[U+1F389]" in page
    assert ("{{" in page, "}}" in page) == (True, True)
    assert b"/URI" not in made[".pdf"]
    if kind != "cash":
        column = "holder" if kind == "transfer" else "customer"
        names = [row[column] for row in table(made.items())]
        assert [name[:1] for name in names[1:3]] == ["'", "'"]
        assert names[6] == "two lines"


@pytest.mark.parametrize("kind", ["card", "transfer"])
def test_the_list_names_each_payment_once_with_amount_and_key(kind, context):
    found = payments(kind)
    rows = table(registry.load(kind).write(found, context))
    assert [(r["payment"], r["amount"], r["currency"], r["key"], r["case"]) for r in rows] == [
        (p.number, f"{p.amount // 100}.{p.amount % 100:02}", "USD", p.key, p.case) for p in found
    ]


def test_the_card_list_says_which_payment_is_given_back(context, tmp_path):
    made = registry.load("card").write(payments("card"), context)
    assert [row["processor_reference"] for row in table(made)] == [f"ch_{n}" for n in range(1, 8)]
    page = "".join(printed.text(dict(made)[".pdf"], tmp_path))
    assert "7 payments, 3,456.60 USD" in page


def test_a_card_payment_without_the_processor_s_reference_is_refused(context):
    missing = replace(payments("card")[0], original="  ")
    (problem,) = registry.load("card").check([missing], context)
    assert "has no reference of the processor; add it to its row of payments.csv" in problem
    with pytest.raises(RefusedError):
        registry.load("card").write([missing], context)


def test_accounts_are_shown_as_people_type_them_and_keep_their_zeros(context, tmp_path):
    made = registry.load("transfer").write(payments("transfer")[:2], context)
    page = "".join(printed.text(dict(made)[".pdf"], tmp_path))
    for wanted in ("DE89 3704 0044 0532 0130 00", "IBAN, BIC COBADEFFXXX", "000123456789", "021000021, savings"):
        assert wanted in page
    first, second = table(made)
    assert (first["iban"], second["routing"], second["account"]) == (
        "DE89370400440532013000", "021000021", "000123456789",
    )  # fmt: skip
    assert first["reference"].startswith("Refund RF-")


@pytest.mark.parametrize(
    ("payee", "said"),
    [(None, "no account of the customer"), (Payee(" ", iban="DE89370400440532013000"), "payee.holder")],
)
def test_a_transfer_to_nobody_is_refused_without_showing_the_account(payee, said, context):
    (problem,) = registry.load("transfer").check([samples.payment(1, 100, payee, method="transfer")], context)
    assert said in problem
    assert "DE89" not in problem


def test_a_receipt_has_two_copies_with_words_and_places_to_sign(context, tmp_path):
    made = registry.load("cash").write([replace(payments("cash")[0], currency="KWD")], context)
    (page,) = printed.text(dict(made)[".pdf"], tmp_path, "-layout")
    for wanted in ("Twelve and 345/1000 Kuwaiti dinars", "12.345 KWD", "Received: name, date, signature", "Paid out:"):
        assert page.count(wanted) == 2, wanted
    assert (page.count("Customer's copy"), page.count("Shop's copy")) == (1, 1)


@KINDS
def test_what_to_do_is_told_in_plain_words_and_without_accounts(kind, context, golden):
    exporter = registry.load(kind)
    own = payments(kind)[:2]
    end, text = read_me_first(
        exporter, own, context, [f"P-{kind}-P-000007{e}" for e, _ in exporter.write(own, context)]
    )
    golden(f"payments/{kind}{end}", text.decode())
    assert b"DE89" not in text
    assert b"123456789" not in text
