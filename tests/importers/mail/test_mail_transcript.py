"""Conversations that are passed on: who is the customer, what the others say, and which of several sums counts."""

from decimal import Decimal
from time import monotonic

import pytest

from refundkit.importers.extract.form import read_form
from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import reader
from refundkit.importers.mail.transcript import conversation
from refundkit.model.requests import Draft

CHATS = {
    "clock before the name": "10:01 Nora: the printer is dead again\n10:02 Tim: How can I help?\n10:03 Nora: send my money back\n",
    "name and clock": "Nora (10:01): the printer is dead again\nTim (10:02): How can I help?\nNora (10:03): send my money back\n",
    "in brackets": "[10:01:22] Nora: the printer is dead again\n[10:02:00] Tim: How can I help?\n[10:03:10] Nora: send my money back\n",
    "with days": "07.07.26, 18:22 - Nora: the printer is dead again\n07.07.26, 18:24 - Tim: oh\n07.07.26, 18:25 - Nora: send my money back\n",
    "american": "[7/7/26, 6:22:10 PM] Nora: the printer is dead again\n[7/7/26, 6:24:00 PM] Tim: oh\n[7/7/26, 6:25:00 PM] Nora: send my money back\n",
    "a bot begins": "9:00 AM Helper (bot): Hello, how can we help?\n9:01 AM Nora: the printer is dead again\n9:02 AM Nora: send my money back\n",
    "somebody joins": "10:00 Tim joined the chat\n10:00 Tim: thanks for contacting us\n10:01 Nora: the printer is dead again\n10:03 Nora: send my money back\n",
    "roles": "Agent: How can I help you?\nCustomer: the printer is dead again\nAgent: Sorry to hear that\nCustomer: send my money back\n",
    "roles in German": "Mitarbeiter: Wie kann ich helfen?\nKunde: the printer is dead again\nMitarbeiter: oh\nKunde: send my money back\n",
    "posts": "Nora Quist, Jun 18, 2:17 PM\n\nthe printer is dead again\n\n-----\nTim Low (Shop), Jun 18, 3:17 PM\n\nsorry\n\n-----\nNora Quist, Jun 18, 4:17 PM\n\nsend my money back\n",
    "name and time in two lines": "Nora Quist (Quist Ltd)\nJan 4, 2026, 2:17 PM EST\n\nthe printer is dead again\n\nTim Low (Shop)\nJan 4, 2026, 3:00 PM EST\n\nsorry\n\nNora Quist (Quist Ltd)\nJan 4, 2026, 4:00 PM EST\n\nsend my money back\n",
    "one who speaks once": "Nora: the printer is dead again\nTom: oh dear\nNora: send my money back\n",
    "posts, the newest first": "Nora Quist, Aug 11, 2026, 4:44 PM\n\nsend my money back\n\n-----\nTim Low (Shop support), Aug 11, 2026, 2:10 PM\n\nsorry\n\n-----\nNora Quist, Aug 10, 2026, 9:31 AM\n\nthe printer is dead again\n",
}


@pytest.mark.parametrize("text", CHATS.values(), ids=CHATS)
def test_the_customers_words_are_set_apart_in_order_of_time(text):
    found = conversation(text, ["tim", "shop"])
    assert found is not None
    assert found.turns == ("the printer is dead again", "send my money back")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100 + ", " + "b" * 100 + "\n",
        "Ann Lee\n10:01 " + "a" * 90 + "!\n",
        "10:01 A: " + "x " * 40_000 + "\n",
        "-" * 50_000 + "!" * 50 + "\n",
        ("Ann, " + "abc " * 25 + "!\n") * 20,
        "Ann " * 20_000 + "\n10:01\n",
        (" " * 5_000 + "a:" + " " * 5_000 + "b\n"),
    ],
)
def test_hostile_texts_are_taken_apart_within_seconds(text):
    began = monotonic()
    conversation(text * 20)
    read_form(text * 20)
    assert monotonic() - began < 5


def test_private_notes_are_no_word_of_the_customers():
    text = (
        "Joan Reeve, 13. Aug., 11:36 MESZ\n\nIch habe zu viel bezahlt.\n\nTim Low, 13. Aug., 11:39 MESZ (interne Notiz)\n"
        "stimmt\n"
    )
    found = conversation(text)
    assert found is not None
    assert (found.turns, found.others) == (("Ich habe zu viel bezahlt.",), "stimmt")
    note = "Tim Low added a private note\n\nwe could give her 40\n\nLatest reply from requester (19 Jun 2026, 11:20):\nI want my 55 back\n"
    found = conversation(note)
    assert found is not None
    assert found.turns == ("I want my 55 back",)


@pytest.mark.parametrize(
    "text",
    [
        "Please refund $45.\n\nThanks,\nAnn\n",
        "Came at 10:15, left at 11:20.\nMrs Low (acct 2144) rang 11.15\nShe wants money back.\n",
        "Invoice: INV-20001\nAmount: 45.00\nReason: late\n",
    ],
)
def test_other_texts_are_no_conversation(text):
    assert conversation(text) is None


def ask(*lines):
    body = "\n".join(f"10:{n:02} {line}" for n, line in enumerate(lines))
    data = f"From: Chat <transcripts@chat.test>\nTo: hello@shop.test\nSubject: Chat transcript\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n\nVisitor email: nora@quist.test\n\n{body}\n"
    (found,) = reader.read_mail("a.eml", data.encode(), "eml", ShopWords(staff=("shop.test",)))
    assert isinstance(found, Draft), found
    return found


PLAINT = "Nora: your man came five hours late and I lost the day. I want the whole $200 back"


@pytest.mark.parametrize(
    "last",
    [
        "ok, $90 and we forget it",
        "fine, I'd settle for $90",
        "then please refund just $90",
        "let's say $90",
        "call it 90 then, $90",
    ],
)
def test_the_last_word_counts_when_the_customer_settles(last):
    found = ask(
        PLAINT, "Tim: I doubt they will do all of it", f"Nora: {last}", "Tim: I'll pass that on as $90", "Nora: thanks"
    )
    assert (found.amount, found.customer_email, found.doubts) == (Decimal(90), "nora@quist.test", ())


def test_a_sum_that_is_only_told_later_makes_the_request_doubtful():
    found = ask(PLAINT.replace("the whole $200", "$80"), "Tim: How much did you pay?", "Nora: I paid $200 that day")
    assert found.amount in (None, Decimal(80))
    assert found.doubts


def test_what_an_agent_offers_is_not_what_is_asked():
    found = ask(PLAINT, "Tim: I could do $50", "Nora: no")
    assert found.amount == Decimal(200)
