"""A shop whose numbers look different: their forms are learned from its records."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.forms import forms_of
from refundkit.importers.extract.ids import take_ids
from refundkit.importers.extract.phrases import plain

KNOWN = {
    "customer": [f"KD{n}" for n in range(4100, 4140)],
    "order": [f"{n}" for n in range(770100, 770140)],
    "invoice": [f"RE-2026/{n:04}" for n in range(97, 140)],
}
FORMS = forms_of(KNOWN)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("Rechnung RE-2026/0117", "invoice", "RE-2026/0117"),
        ("re 2026 117 is too high", "invoice", "RE-2026/0117"),
        ("for RE2026-0117, please", "invoice", "RE-2026/0117"),
        ("we are KD 4107", "customer", "KD4107"),
        ("kd4107", "customer", "KD4107"),
        ("job no. 770113", "order", "770113"),
    ],
)
def test_numbers_are_known_in_the_forms_people_give_them(text, kind, number):
    ids, _ = take_ids(plain(text), FORMS)
    assert getattr(ids, kind) == [number]


@pytest.mark.parametrize("text", ["call 770113 for help", "RE-20261/0117", "on 2026/0117"])
def test_other_numbers_are_not_taken_for_them(text):
    ids, _ = take_ids(plain(text), FORMS)
    assert (ids.customer, ids.invoice) == ([], [])
    assert ids.order != ["770113"]


def test_the_forms_everybody_uses_are_known_besides():
    ids, _ = take_ids(plain("C-1133, INV-20988"), FORMS)
    assert (ids.customer, ids.invoice) == (["C-1133"], ["INV-20988"])


def test_a_slip_in_the_records_is_no_form():
    assert [form.around for form in forms_of({"invoice": [*(f"RE{n}" for n in range(100, 140)), "RE--1x"]})] == [
        ("RE", "")
    ]
    assert forms_of({"invoice": ["none"], "order": []}) == ()


def test_a_request_is_read_with_them():
    (found,) = read_request("", "Please refund $20.00 on re 2026/117, KD4107.", "", "USD", forms=FORMS).requests
    assert (found.invoice, found.customer_id, found.doubts) == ("RE-2026/0117", "KD4107", [])


@pytest.mark.parametrize(
    "text",
    [
        ("your-email: ops@callowaytitle.example.com\nclient-code: C-2240\nbill: INV-20417\nhow-much: $310.00\n"
        "pick-one: Work not finished\nmessage: Six of the ten phones are still in their boxes.\n"),
        ("Customer          Gullwing Buses (C-2240)\nSubmitted by      ops@callowaytitle.example.com\nInvoice           INV-20417\n"
        "Amount requested  310.00 USD\nRemarks           Six of the ten phones are still in their boxes,\n"
        "                  unopened.\n"),
        ("  Account ......... C-2240\n  Concerns ........ INV-20417\n  Asked for ....... USD 310.00\n"
        "  Their words ..... Six of the ten phones are still\n                    in their boxes.\n"),
        ('The customer wrote:\n{"email": "ops@callowaytitle.example.com", "customer": "C-2240", "invoice": "INV-20417",\n "amount": '
        '310.00, "currency": "USD", "text": "six of the ten phones are still in their boxes"}\nReply to answer.\n'),
        "emailAddress: ops@callowaytitle.example.com\ncustomerNumber: C-2240\ninvoiceNumber: INV-20417\nrefundAmount: 310.00 USD\n",
    ],
)  # fmt: skip
def test_labels_are_read_however_a_form_writes_and_sets_them(text):
    (found,) = read_request("New form submission", text, "", "USD").requests
    assert (found.amount, found.customer_id, found.invoice) == (Decimal("310.00"), "C-2240", "INV-20417")
    assert found.doubts == []
