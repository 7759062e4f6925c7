"""A short answer in a thread: the sum it settles for, and the request it presses for, are read from what it quotes."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import reader
from refundkit.model.requests import Draft, Ignored, NoRequest

PLAINT = "Your man left and an hour later the till was dead again, just as before. I want the whole $240.00 on INV-20001 back."
OFFER = "Dear Ann, the full amount is not possible, the board was fine. We could do $120.00."


def thread(new, *older, sender="Ann Lee <ann@customer.test>"):
    quoted, depth = [], 1
    for turn in older:
        quoted += ["> " * (depth - 1) + "On Mon, 5 Jan 2026 at 10:00, someone wrote:"] + [
            "> " * depth + line for line in turn.split("\n")
        ]
        depth += 1
    head = f"From: {sender}\nTo: refunds@shop.test\nSubject: Re: till\nDate: Tue, 20 Jan 2026 10:00:00 +0100\nMessage-ID: <9@customer.test>\n"
    data = f"{head}In-Reply-To: <8@shop.test>\n\n{new}\n\n" + "\n".join(quoted) + "\n"
    (found,) = reader.read_mail("a.eml", data.encode(), "eml", ShopWords(staff=("shop.test",)))
    return found


@pytest.mark.parametrize(
    "new",
    [
        "ok, 120 then and we leave it at that",
        "Fine. Make it the 120 and I will say no more.",
        "All right, call it $120.",
        "The 120 and we are quits.",
        "120 and that is the end of it. Same card please.",
        "I cannot be doing with this any longer. $120 it is, pay it and we shake hands.",
        "Fair enough, 120. Same card.",
        "I asked my partner. We can live with $120.00 for the board, so please go ahead and refund that amount.",
        "Ben, fine. Let's do $120 and I will drop the rest.",
        "120 it is, Sian",
        "Fine. 120 US it is, send it to the same card. I still say it is wired wrong.",
        "One hundred and twenty it is. Same card as before.",
        "Right, $120 and we shake hands. Same card.",
    ],
)
def test_who_settles_asks_for_the_sum_of_the_last_word(new):
    found = thread(new, OFFER, PLAINT)
    assert isinstance(found, Draft), found
    assert (found.amount, found.currency, found.invoice, found.doubts) == (Decimal(120), "USD", "INV-20001", ())


@pytest.mark.parametrize(
    ("new", "offer", "plaint"),
    [
        (
            "Na gut, dann eben 120 und die Sache ist erledigt.",
            "Sehr geehrte Frau Lee, mehr als 120,00 € ist leider nicht drin.",
            "Die Kasse war nach einer Stunde wieder tot, genau wie vorher. Bitte erstatten Sie mir die 240,00 € aus RE INV-20001.",
        ),
        (
            "D'accord pour 120 et on n'en parle plus.",
            "Bonjour, nous pourrions aller jusqu'à 120,00 €.",
            "La caisse est retombée en panne une heure après. Merci de me rembourser les 240,00 € de la facture INV-20001.",
        ),
        (
            "Bueno, lo dejamos en 120 y no se hable más.",
            "Buenos días, podríamos ofrecerle 120,00 €.",
            "La caja volvió a fallar una hora después. Les pido que me devuelvan los 240,00 € de la factura INV-20001.",
        ),
    ],
)
def test_who_settles_in_another_language_asks_for_that_sum(new, offer, plaint):
    found = thread(new, offer, plaint)
    assert isinstance(found, Draft), found
    assert (found.amount, found.currency) == (Decimal(120), "EUR")


@pytest.mark.parametrize(
    "new",
    [
        "Room 120 is free at 10 then, see you.",
        "120? You must be joking.",
        "Call me on 5550120 then.",
        "ok 900 then",
        "Forget about the 120, it was my own mistake.",
        "Forget it, keep your 120.",
    ],
)
def test_a_number_that_settles_nothing_makes_no_sure_request(new):
    found = thread(new, OFFER, PLAINT)
    assert isinstance(found, Ignored) or found.doubts


@pytest.mark.parametrize(
    "new",
    [
        "Any news on this?",
        "Three weeks now and still nothing on my statement. Where is my money?",
        "toujours rien sur mon compte, où en est mon remboursement ?",
        "Vier Wochen um. Wo bleibt mein Geld?",
        (
            "SECOND REQUEST. No response has been received to the notice below. If the credit is not received by 31 August the"
            " amount will be deducted from the next remittance."
        ),
        "¿Hay alguna novedad? Sigo esperando el reembolso.",
    ],
)
def test_what_a_reminder_quotes_is_what_it_presses_for(new):
    found = thread(new, PLAINT)
    assert isinstance(found, Draft), found
    assert (found.amount, found.invoice, found.chases) == (Decimal(240), "INV-20001", True)
    assert any("presses for a request" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "new",
    [
        "Eight days, not a word. Are my $240 coming, or shall I drive over and collect them?",
        "Is my 240 quid on its way or do I fetch it in sausages?",
    ],
)
def test_who_asks_after_the_sum_in_what_is_quoted_asks_nothing_new(new):
    found = thread(new, PLAINT)
    assert isinstance(found, Draft), found
    assert (found.invoice, bool(found.doubts)) == ("INV-20001", True)


def test_a_question_after_a_refund_that_the_quote_grants_asks_for_nothing_new():
    granted = "Dear Ann, your refund of $240.00 was approved today and will be sent to your card this week."
    found = thread("Which card did you send it to? Nothing has arrived yet.", granted, PLAINT)
    assert isinstance(found, Ignored), found


@pytest.mark.parametrize(
    "new",
    [
        "120? no way",
        "What would I do with 120?",
    ],
)
def test_an_answer_that_names_the_sum_offered_is_left_to_a_person_where_it_is_not_clear(new):
    found = thread(new, OFFER, PLAINT)
    assert isinstance(found, Draft), found
    assert found.doubts


@pytest.mark.parametrize(
    "new", ["Thanks, received the 120 today, we're square.", "The $120 has arrived, thank you, we are quits."]
)
def test_who_has_received_the_sum_asks_for_it_no_more(new):
    found = thread(new, OFFER, PLAINT)
    assert isinstance(found, Ignored) or found.doubts


def test_a_reminder_that_quotes_no_request_is_one_by_itself():
    found = thread("Any news on this?", "We have your message and will come back to you.")
    assert isinstance(found, Ignored), found
    assert found.kind is NoRequest.CHASER


@pytest.mark.parametrize(
    "new",
    [
        "You are quite right and I am sorry for the delay. The $240.00 went back to your card today.",
        "forget the money thing, your boss rang and was very nice about it. we are all square, please close it",
    ],
)
def test_what_ends_a_matter_does_not_press_for_what_it_quotes(new):
    assert isinstance(thread(new, PLAINT), Ignored)


def test_thanks_above_a_request_ask_for_nothing():
    assert isinstance(thread("Thank you, the money has arrived.", PLAINT), Ignored)


def test_what_somebody_sends_on_to_a_second_address_is_the_request_it_quotes():
    head = "From: Ann <ann@customer.test>\nTo: hello@shop.test\nSubject: Fwd: till\nDate: Tue, 20 Jan 2026 10:00:00 +0100\nMessage-ID: <7@customer.test>\n\n"
    text = "Not sure that this reached you, so I try the other address.\n\n" + "\n".join(
        f"> {line}" for line in PLAINT.split("\n")
    )
    (found,) = reader.read_mail("a.eml", (head + text).encode(), "eml", ShopWords(staff=("shop.test",)))
    assert isinstance(found, Draft), found
    assert (found.amount, found.invoice) == (Decimal(240), "INV-20001")
    assert found.doubts


def test_a_sum_named_for_a_bill_to_people_who_asked_for_one_is_left_to_a_person():
    found = thread(
        "No more visits, please. $80, and I will hold my peace. INV-20001.",
        "We could come once more, or would you sooner name a sum? The bill was $240.",
    )
    assert isinstance(found, Draft), found
    assert (found.amount, found.invoice) == (Decimal(80), "INV-20001")
    assert found.doubts
