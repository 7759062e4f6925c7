"""New text is set apart from quotes, signatures and disclaimers, in several languages."""

import pytest

from refundkit.importers.mail.newtext import take_apart


@pytest.mark.parametrize(
    "text",
    [
        "Yes please.\n\nOn Mon, Jan 5, 2026 at 9:00 AM Kim <k@shop.test> wrote:\n> old",
        "Yes please.\n\nOn Mon, Jan 5, 2026 at 9:00 AM\nKim <k@shop.test>\nwrote:\n\n> old",
        "Yes please.\n\nAm 05.01.2026 um 09:00 schrieb Kim:\n> alt",
        "Yes please.\nLe 5 janv. 2026 à 09:00, Kim <k@shop.test> a écrit :\n\nancien",
        "Yes please.\n\n-----Original Message-----\nFrom: Kim\nold",
        "Yes please.\n\nVon: Kim <k@shop.test>\nGesendet: Montag, 5. Januar 2026 09:00\nAn: Ann\nBetreff: x\n\nalt",
        "> old line\n\nYes please.\n\n> another old line",
        "Yes please.\n\n-- \nAnn Lee\nACME",
        "Yes please.\n\nSent from my iPhone",
        'Yes please.\nOp 16 aug. 2026 05:13 schreef "Kim" <k@shop.test> het\nvolgende geschreven:\n\n> oud',
        "Yes please.\n\n" + "Sent from my phone, please excuse any typos.\n" * 12,
        "Yes please.\n\nVon meinem iPhone gesendet",
        "Yes please.\n\nThis e-mail and any files with it are confidential and intended only for you.",
    ],
)
def test_the_new_text_alone_is_left(text):
    assert take_apart(text).new == "Yes please."


def test_a_line_with_an_address_above_an_introduction_is_new_text():
    text = "The idea of ann@else.test is good, and I will try\nit in two weeks.\nOp 16 aug. 2026 schreef Kim het\nvolgende:\n> oud"
    assert take_apart(text).new == "The idea of ann@else.test is good, and I will try\nit in two weeks."


def test_a_forward_gives_its_sender_and_text():
    turn = take_apart(
        "FYI\n\nBegin forwarded message:\n\n> From: Bob <bob@else.test>\n> Date: 5 January 2026 09:00\n> Subject: x\n>\n> the words"
    )
    assert turn.new == "FYI"
    assert turn.forward is not None
    assert (turn.forward.sender, turn.forward.subject, turn.forward.text) == ("Bob <bob@else.test>", "x", "the words")


def test_a_form_is_no_header_block():
    form = "Request: PR-1\nSubmitted: 2026-07-30 08:00\nContact e-mail: a@b.test\nService order: SO-2026-00518"
    assert take_apart(form).new == form


def test_a_rule_above_the_header_block_of_a_forward_is_none_of_its_fields():
    turn = take_apart(
        "One for the refunds pile.\n\n________________________________\nFrom: Bob <bob@else.test>\nSent: 5 January 2026 09:00\n"
        "To: Kim <k@shop.test>\nSubject: x\n\nthe words",
        forwarded=True,
    )
    assert turn.new == "One for the refunds pile."
    assert turn.forward is not None
    assert (turn.forward.sender, turn.forward.subject, turn.forward.text) == ("Bob <bob@else.test>", "x", "the words")


def test_the_lines_of_a_form_with_a_sum_are_no_header_block():
    text = (
        "Customer: C-1476\nNotified: 06:30 by mail to nairi@bakery.example.com\nInvoice: INV-22528\nPaid: $110.00\n"
        "To refund: $110.00"
    )
    assert take_apart(text).new == text


@pytest.mark.parametrize(
    "signature",
    [
        "Kim Lee\nHead of Buying | Harbour Foods | orders up to $5,000",
        "Kim Lee | Harbour Foods | daily limit EUR 900",
        "K. Lee, buyer\nOffers from $12",
        "Thanks, Kim\nShares $125",
        "Kim\nHarbour Foods, lunch from CHF 19",
        "_______________________________________________\nTenants mailing list -- t@list.test\nTo unsubscribe write to x@list.test\nDues: $40.00",
    ],
)
def test_the_writers_name_begins_a_signature_and_a_list_puts_a_footer_below(signature):
    turn = take_apart(f"Please refund the visit, nobody came.\n\n{signature}", writer="Lee, Kim (Buying)")
    assert turn.new == "Please refund the visit, nobody came."
    assert turn.signature == signature


@pytest.mark.parametrize(
    "text",
    [
        "Please refund Kim Lee, who paid $45 twice.\n\nKim Lee paid on Monday and again on Tuesday by card, as the bank says.",
        "Hello,\n\nKim\nInvoice INV-20001 was paid twice.",
        "Mia Wong\npaid $45 twice.",
    ],
)
def test_a_name_in_the_words_ends_nothing(text):
    assert take_apart(text, writer="Kim Lee").new == text


def test_an_introduction_right_below_a_line_with_a_number_like_a_year_is_found():
    text = (
        "El técnico no vino. Pagué 80 dólares por la orden SO-2026-00911 y los quiero de vuelta.\n"
        "    El martes, 30 de junio de 2026, 11:03:21 GMT-5, Kim <k@shop.test> escribió:\n \n Estimada señora: son de 80 a 120."
    )
    turn = take_apart(text)
    assert turn.new.endswith("de vuelta.")
    assert "80 a 120" in turn.quoted


def test_fields_of_a_form_are_neither_a_signature_nor_an_older_message():
    text = "Customer area - refund form\n\nForm ........: 20417\nSent ........: 2026-03-16 14:21\nCustomer ....:\nCustomer ....: C-2150\nReply to ....: a@b.test\nOrder .......: SO-2026-01231"
    assert take_apart(text, forwarded=True, writer="Customer Area").new == text
