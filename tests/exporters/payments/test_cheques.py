"""Cheques as they come out of the printer: what stands on the face, what on the stubs, and what is refused."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import payment_samples as samples
import printed
import pytest
from test_amount_words import minor_units

from refundkit.errors import PolicyError, RefusedError
from refundkit.exporters.payments import registry
from refundkit.exporters.payments.contract import Void
from refundkit.exporters.payments.read_me import read_me_first
from refundkit.model.payments import PaidLine
from refundkit.model.policy_payments import Cheque

LINES = (
    PaidLine("On-site repair of the access control panel", 12_000, 990),
    PaidLine("PSU-450 power supply", 8_000, 660),
    PaidLine("Emergency surcharge", 2_500, 206),
)
SHEETS = [(paper, position) for paper in ("letter", "a4") for position in ("top", "middle", "bottom")]
HEIGHT = {"letter": 279.4, "a4": 297.0}
FACES = {  # millimetres from the upper edge: where the cheque begins and ends
    ("letter", "top"): (0, 88.9), ("letter", "middle"): (88.9, 177.8), ("letter", "bottom"): (190.5, 279.4),
    ("a4", "top"): (0, 99), ("a4", "middle"): (99, 198), ("a4", "bottom"): (198, 297),
}  # fmt: skip
CLEAR = 15.9
"""The band at a cheque's lower edge that belongs to the bank's own line: 5/8 inch."""
MM = 72 / 25.4
EXPORTER = registry.load("cheque")
HOSTILE = '<img src="http://127.0.0.1/x"><b>bold</b>{{ 7 * 7 }}'


def cheque(number=2091, name="Halloran Family Dentistry", lines=LINES, **more):
    amount = sum(line.net + line.tax for line in lines)
    whole = samples.payment(
        number - 2000, amount, None, method="cheque", cheque=number, customer_name=name, lines=lines
    )
    return replace(whole, **more)


@pytest.fixture
def shop(context):
    """`shop(paper="a4", ...)`: the context with other figures in payments.cheque."""

    def with_figures(voids=(), **figures):
        own = {"bank": ("First National Bank", "Springfield, Illinois"), "payer": ("400 Harbor Street",), **figures}
        settings = context.settings.model_copy(update={"cheque": Cheque(**own)})
        return replace(context, settings=settings, voids=tuple(voids))

    return with_figures


def pdf(payments, context):
    return dict(EXPORTER.write(payments, context))[".pdf"]


@pytest.mark.parametrize(("paper", "position"), SHEETS)
def test_the_page_is_what_was_looked_at(paper, position, shop, tmp_path, golden):
    made = pdf([cheque()], shop(paper=paper, position=position))
    printed.is_sound(made, tmp_path)
    (page,) = printed.laid_out(made, tmp_path)
    golden(f"payments/cheque-{paper}-{position}.txt", page + "\n")


@pytest.mark.parametrize(("paper", "position"), SHEETS)
def test_everything_of_the_cheque_stands_on_it_and_the_banks_band_stays_clear(paper, position, shop, tmp_path):
    upper, lower = FACES[paper, position]
    lines = tuple(PaidLine(f"Position {n} of a long invoice", 1_000, 80) for n in range(9))
    words = printed.words(pdf([cheque(lines=lines)], shop(paper=paper, position=position)), tmp_path)
    on_it = [(x / MM, y / MM, text) for _, x, _, y, text in words if upper < y / MM <= lower]
    said = " ".join(text for _, _, text in on_it)
    for wanted in ("November", "Halloran Family Dentistry", "**97.20**", "Ninety-seven", "Memo", "Authorised"):
        assert wanted in said
    assert [text for _, y, text in on_it if y > lower - CLEAR] == []
    outside = " ".join(text for _, _, _, y, text in words if not upper < y / MM <= lower)
    assert outside.count("NON-NEGOTIABLE") == 2
    assert ("NON-NEGOTIABLE" in said, "Authorised" in outside) == (False, False)
    assert all(0 < y / MM < HEIGHT[paper] for _, _, _, y, _ in words)


def test_the_bank_s_own_line_is_never_printed(shop, tmp_path):
    (page,) = printed.text(pdf([cheque()], shop(account="000123456789")), tmp_path)
    assert "000123456789" not in page
    assert not re.search("[⑆-⑉]", page)


@pytest.mark.parametrize("count", [8, pytest.param(40, marks=pytest.mark.slow)])
def test_figures_words_and_stub_say_the_same_amount(shop, tmp_path, count):
    draw = random.Random(5)
    currencies = ("USD", "EUR", "GBP", "JPY", "KWD", "CHF", "CLP", "INR")
    made = []
    for number in range(2091, 2091 + count):
        minor = draw.randrange(1, 10 ** draw.randrange(1, 9))
        made.append(cheque(number, lines=(PaidLine("Repair", minor),), currency=draw.choice(currencies)))
    pages = printed.text(pdf(made, shop()), tmp_path, "-layout")
    assert len(pages) == len(made)
    for payment, page in zip(made, pages, strict=True):
        assert f"No. {payment.cheque}" in page
        (figures,) = re.findall(rf"{payment.currency} \*\*([\d.,]+)\*\*", page)
        assert int(re.sub("[.,]", "", figures)) == payment.amount
        (words,) = re.findall(r"\*{4}([A-Z][^*]+)\*{4,}", page)
        assert minor_units(words, payment.currency) == payment.amount
        assert page.count(f"{figures} {payment.currency}") == 2


def test_the_written_amount_is_filled_up_so_that_nothing_can_be_added(shop, tmp_path):
    for cents in (1, 77_777, 9_999_999, 77_777_777):
        (page,) = printed.text(pdf([cheque(lines=(PaidLine("x", cents),))], shop()), tmp_path, "-layout")
        (line,) = [line.strip() for line in page.splitlines() if "/100 dollars" in line]
        assert len(line) in (88, 108)
        assert re.fullmatch(r"\*{4}[A-Z].* dollars\*{4,}", line)


def test_stock_with_words_of_its_own_gets_none_of_ours(shop, tmp_path):
    own = shop(labels=False, bank=(), payer=())
    words = printed.words(pdf([cheque()], own), tmp_path)
    face = " ".join(text for _, _, _, y, text in words if y / MM <= FACES["letter", "top"][1])
    for label in ("Pay to the", "Memo", "Authorised", "Date", "No.", "2091", "First National", "Acme"):
        assert label not in face
    for value in ("November 25, 2026", "Halloran Family Dentistry", "**243.56**", "Two hundred forty-three"):
        assert value in face


def test_a_refund_paid_in_parts_says_what_this_cheque_is_of_it(shop, tmp_path):
    (page,) = printed.laid_out(pdf([cheque(amount=10_000)], shop()), tmp_path)
    assert len(re.findall(r"Paid another way, or by another cheque +143\.56", page)) == 2
    assert len(re.findall(r"This cheque +100\.00", page)) == 2


def test_more_lines_than_a_stub_holds_are_summed_in_the_last(shop, tmp_path):
    lines = tuple(PaidLine(f"Position {n}", 1_000, 80) for n in range(30))
    (page,) = printed.laid_out(pdf([cheque(lines=lines)], shop()), tmp_path)
    assert re.search(r"Position 6 +10\.00 +0\.80 +10\.80\n *23 more lines +230\.00 +18\.40 +248\.40", page)


@pytest.mark.parametrize("field", ["invoice", "reason", "customer_id"])
def test_hostile_texts_are_only_text(field, shop, tmp_path):
    made = pdf([cheque(**{field: HOSTILE}, lines=(PaidLine(HOSTILE * 20, 24_356),))], shop())
    printed.is_sound(made, tmp_path)
    (page,) = printed.text(made, tmp_path, "-layout")
    assert '<img src="http://127.0.0.1/x">' in page
    assert b"/URI" not in made
    assert "49" not in page.replace("249", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "banks have no '\u05e9'"),
        ("Иван Петров", "banks have no 'И'"),
        ("李雷", "banks have no '李'"),
        ("Jane \U0001f389 Doe", "U+1F389 cannot stand in a name"),
        ("", "'' is no name"),
        (" *** ", "'***' is no name"),
        ("W" * 300, "does not fit the payee's line"),
        ("Grundstücksverwaltungsgesellschaft der vereinigten Handwerksbetriebe Nord", "does not fit the payee's line"),
    ],
)  # fmt: skip
def test_a_name_that_the_bank_cannot_read_or_the_line_cannot_hold_is_refused(name, said, shop):
    (problem,) = EXPORTER.check([cheque(name=name)], shop())
    assert problem.startswith("RF-")
    assert "customer_name: " in problem
    assert said in problem
    with pytest.raises(RefusedError, match="cannot be written"):
        EXPORTER.write([cheque(name=name)], shop())


@pytest.mark.parametrize(
    "name",
    ["José Álvarez-Montañés & Søn", "O'Neil Heating, Inc.", "Ｊａｎｅ Doe", "<b>Jane</b> Doe", "Jane\u202eeoD\u202c"],
)
def test_a_name_in_latin_letters_is_printed_as_it_is_written(name, shop, tmp_path):
    (page,) = printed.text(pdf([cheque(name=name)], shop()), tmp_path)
    assert {"Ｊａｎｅ Doe": "Jane Doe", "Jane\u202eeoD\u202c": "JaneeoD"}.get(name, name) in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cheque": 0}, "cheque: its number is one of 1 to 9999999999"),
        ({"cheque": 10_000_000_000}, "cheque: its number is one of 1 to 9999999999"),
        ({"on": date(2026, 11, 24)}, "on: 2026-11-24 has passed"),
        ({"amount": 0}, "amount: a payment is above 0"),
        ({"amount": 77_777_777_777}, "amount: 777,777,777.77 USD written out has 1"),
        ({"amount": 10**19}, "amount: it is more than a cheque can say"),
        ({"settles": "CM-" + "9" * 80}, "settles: it does not fit its place on the cheque"),
    ],
)
def test_what_a_cheque_cannot_say_is_refused(change, said, shop):
    (problem,) = EXPORTER.check([cheque(**change)], shop())
    assert said in problem


def test_a_refund_in_another_currency_than_the_account_is_refused(shop):
    assert EXPORTER.check([cheque()], shop(currency="USD")) == []
    (said,) = EXPORTER.check([cheque()], shop(currency="EUR"))
    assert said.endswith("currency: the account of the cheques is in EUR, and this is USD")


def test_a_number_or_a_payment_that_stands_twice_is_refused(shop):
    assert any(
        "number 2091 stands in the batch twice" in p
        for p in EXPORTER.check([cheque(), cheque(2092, cheque=2091)], shop())
    )
    assert any("stands in the batch twice" in p for p in EXPORTER.check([cheque(), cheque()], shop()))
    assert EXPORTER.check([], shop()) == ["the batch: payments: there is none"]


def test_the_same_cheques_are_the_same_bytes_in_any_process_and_order(shop, tmp_path):
    own = shop()
    made = pdf([cheque(2092), cheque()], own)
    assert pdf([cheque(), cheque(2092)], own) == made
    code = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parent)]!r}\n"
        "import conftest, test_cheques as t\nfrom dataclasses import replace\nfrom datetime import UTC, date, datetime\n"
        "from refundkit.exporters.payments.contract import PaymentContext\nfrom refundkit.model.policy_payments import *\n"
        "own = Cheque(bank=('First National Bank', 'Springfield, Illinois'), payer=('400 Harbor Street',))\n"
        "context = PaymentContext('P-000007', 'Acme Field Service', datetime(2026, 11, 25, 9, 30, tzinfo=UTC),"
        " date(2026, 11, 25), Payments(cheque=own))\n"
        f"open({str(tmp_path / 'other.pdf')!r}, 'wb').write(t.pdf([t.cheque(2092), t.cheque()], context))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "7", "PATH": ""})
    assert (tmp_path / "other.pdf").read_bytes() == made


def test_the_list_for_the_bank_lies_beside_the_cheques_with_issues_and_voids(shop):
    void = Void(cheque(2090, "Old Payee"), date(2026, 11, 25))
    own = shop(positive_pay="chase", account="123456", voids=[void])
    made = dict(EXPORTER.write([cheque()], own))
    assert made["-positive-pay.csv"].decode().splitlines() == [
        "I,123456,2091,112526,243.56,Halloran Family Dentistry",
        "C,123456,2090,112526,243.56,Old Payee",
    ]
    assert list(dict(EXPORTER.write([], own))) == ["-positive-pay.csv"]


def test_what_the_list_cannot_say_stops_the_cheques_too(shop):
    own = shop(positive_pay="chase", account="123456")
    assert "this list is in USD" in EXPORTER.check([cheque(currency="EUR")], own)[0]
    with pytest.raises(PolicyError, match="there is no such layout"):
        EXPORTER.check([cheque()], shop(positive_pay="nobody"))


def test_what_to_do_is_told_in_plain_words(shop, golden):
    void = Void(cheque(2090, "Old Payee"), date(2026, 11, 25))
    own = shop(positive_pay="chase", account="123456", voids=[void])
    payments = [cheque(2092), cheque()]
    names = [f"P-cheque-P-000007{end}" for end, _ in EXPORTER.write(payments, own)]
    end, text = read_me_first(EXPORTER, payments, own, names)
    golden(f"payments/cheque{end}", text.decode())
