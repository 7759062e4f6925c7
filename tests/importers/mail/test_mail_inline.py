"""Answers written between quoted questions are read together with them."""

from refundkit.importers.mail.inline import question
from refundkit.importers.mail.newtext import take_apart

ASKED = """Morning, answers below.

> Thank you for your message. So that we can look into it please let us have:
>
> 1. the invoice number
INV-31357
> 2. what was returned, and when
the card reader, it went back on the 20th
> 3. What do you ask for? Our usual voucher is 50 dollars.
no voucher, 132.20 please
> Kind regards
Thanks
"""


def test_each_answer_stands_behind_its_question():
    new = take_apart(ASKED).new
    assert "the invoice number: INV-31357" in new
    assert "what was returned, and when: the card reader, it went back on the 20th" in new
    assert "What do you ask for: no voucher, 132.20 please" in new
    assert "50 dollars" not in new


def test_one_answer_below_a_quote_is_told_alone():
    assert take_apart("> 1. the invoice number\nINV-31357\n").new.strip() == "INV-31357"


def test_what_is_no_question_or_holds_figures_is_left_out():
    assert question(["We could do 120."]) == ""
    assert question(["1. Is it 120?"]) == ""
    assert question(["Hi.", "", "Which invoice is it?"]) == "Which invoice is it"
