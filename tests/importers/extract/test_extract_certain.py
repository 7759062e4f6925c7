"""Amounts that the shape of a text settles: shares, reckoned sums, the only amount there is; and those it does not."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.asked import read_request


def one(text, base="USD"):
    (found,) = read_request("", text, "", base).requests
    return found


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        (("The charge for June was $640.00, paid in full. Clause 7 gives us 15 per cent of it for being late. Please return "
         "the sum due under the clause. INV-20417"), "96.00"),
        ("Nous demandons le remboursement de la majoration urgence, 60 € + TVA 20 %, soit 72 €. Facture INV-20417", "72.00"),
        (("We paid C$240.00 for the scanner and sent it back. Your terms keep 15 % for restocking, so please refund the "
         "C$204.00 owing to us. INV-20417"), "204.00"),
        (("You billed the holiday rate of $210.00 on INV-20417, and it was an ordinary Wednesday. The day rate is $140.00. "
         "Please refund the difference."), "70.00"),
        (("Your invoice INV-20417 of €1,137.60 lists two access points at €218.75 each, but only one was fitted. Please "
         "send back the price of the second one."), "218.75"),
        ("INV-20417: the three switches cost 129.00 EUR each, and two went back to you unopened. Please refund the two.",
         "258.00"),
        (("SO-2026-00417, C-2240: only 4 of the 6 PCs are done. They prepaid 6 x $55.00. Please refund the director for the "
                "two I did not do."), "110.00"),
        ("Nobody came on Friday. We prepaid 90.00 USD for the visit, SO-2026-00417. Please refund it.", "90.00"),
        ("The card was charged twice for INV-20417, 134.80 EUR each time. Please give one of the two back.", "134.80"),
        (("Estimate 7714, signed by both of us, says $540.00. INV-20417 then came in at $612.50 and was paid before anybody "
          "looked. Please refund the difference."), "72.50"),
        (("The written estimate reads $275.00 for the two printers. INV-20417 came to $342.50 and was taken off our card. "
          "Please refund what you took over the estimate."), "67.50"),
        ("You quoted $60 an hour and billed $85 an hour for two hours on INV-20417. Refund the difference.", "50"),
        (("If the technician is later than the window, a quarter of the call-out charge comes back. He was five hours late. "
          "The charge on INV-20417 was $220.00. Please refund the quarter."), "55"),
        (("Sur la facture INV-20417 (768,00 €, réglée) les heures sont comptées au tarif de nuit. L'écart s'élève à 158,40 €. "
          "Merci de procéder au remboursement de cette somme."), "158.40"),
        ("Nobody came for two days. Kindly credit $1,250.00 per the contract's schedule B, INV-20417.", "1250"),
        ("INV-20417 was drafted twice: $318.75 on March 4 and $318.75 on March 6. Kindly return one of the two.", "318.75"),
        ("Wegen der drei Tage Ausfall bitten wir Sie um 310 Euro Erstattung zu INV-20417.", "310"),
        ("You put it right on the tenth and it failed again. Please refund $142.50 for INV-20417.", "142.50"),
        ("You charged VAT at 20% on a zero-rated item. Please refund £13.40, INV-20417.", "13.40"),
        (("Done: 5 of 8 lamps changed. The other 3 had no fittings. INV-20417 has 8 x $22. The customer asks us to refund the 3 "
          "not done."), "66"),
        (("INV-20417 bills five and a half hours ($440.00 at $80 per hour). He was here for four. Please refund the hour and a "
          "half that nobody worked."), "120"),
        ("We were booked for 9 to 11 on Friday and prepaid $95.00, INV-20417. Nobody came. Please refund it.", "95"),
        (("Clause 4 grants us a credit of USD 120.00 per late arrival, and you were late on INV-20417. Please arrange for that "
          "amount to be repaid."), "120"),
        (("Ordered: 9 phones, set up at 30 USD each. Done: 5. The other four had no chargers. INV-20417 was paid for all 9. She "
          "wants the missing ones refunded."), "120"),
        (("The plan takes one third off the labor when you are late, and the labor on INV-20417 is $240. Please refund that "
          "third."), "80"),
        (("Für den Auftrag SO-2026-00417 war 8 Uhr vereinbart, gekommen ist er um 13 Uhr. Laut Vertrag stehen uns 10 Prozent des "
          "Preises zu; gezahlt haben wir 450 Euro. Bitte erstatten Sie diesen Anteil."), "45"),
        (("Billed: 12 smoke detectors @ £35 fitted, INV-20417. Done: 8. Not done: 4. The client asks for the money for those "
          "four."), "140"),
        ("Please refund the $48.75 of INV-20417: you added a $48.75 fuel surcharge nobody told us of.", "48.75"),
        ("INV-20417 over 1,230.00 was paid twice. Please return the 1,230.00.", "1230.00"),
        (("Two of the six cables were never laid, $65.00 apiece on INV-20417; the rest is fine. Please refund the two."), "130"),
        (("Five lamps were on SO-2026-00417 and three could be hung. They prepaid $80 a lamp, please pay them back for the two."),
         "160"),
        (("INV-20417 shows 6.5 hours at 80.00 per hour. The sheet has him here from 9:00 until 13:30, which I make 4.5. Please "
          "refund the two hours that were not worked."), "160"),
        (("The job was 7 kiosks, 4 are done. Readers for the other 3 are the wrong model. Per kiosk was $65, INV-20417. So please "
          "refund the three."), "195"),
        (("Your offer says \"fixed price 275 USD all in\" for the two printers (SO-2026-00417). INV-20417 came to 322.50 USD. I'd "
          "appreciate the difference back."), "47.50"),
        (("The estimate was $275 flat. INV-20417, which my wife paid, says $349. I want what is between the two refunded."), "74"),
        (("Your written offer came to $615.00, and INV-20417 that we have paid is for $688.00. Please return what we paid over "
          "the offer."), "73"),
    ],
)  # fmt: skip
def test_what_the_text_leaves_no_doubt_of_is_a_case(text, amount):
    found = one(text)
    assert (found.amount, found.doubts) == (Decimal(amount), [])


@pytest.mark.parametrize(
    "text",
    [
        "The plan gives back 15% of the job when you are late. The job was $620 on SO-2026-00417, so work it out and send it over.",
        "A new hinge is 60 dollars, they say. I paid $205 for SO-2026-00417. I don't want 60, I want ALL of it back!",
        "I would say somewhere between $80 and $120 back is right for the 10 of 16 sockets on SO-2026-00417.",
        "One fifth of the call-out of $120.00 is waived when you are late, INV-20417. Please pay that amount back.",
        "The tills cost $140 per day, we paid three days, $420, INV-20417. Please pay us back the money for the Friday.",
        "You charged $90 an hour for four hours on INV-20417; the rate we agreed was lower. Please refund the difference.",
    ],
)
def test_a_price_a_total_or_a_whole_is_not_taken_for_what_is_asked(text):
    found = one(text)
    assert found.amount is None or found.doubts


@pytest.mark.parametrize(
    "text",
    [
        ("The technician waited all day for a download and we paid the $760.00 of INV-20417. Something ought to come back. "
        "You tell me what is fair."),
        "We paid $332.50 for the visit on INV-20417. Please send back the rest.",
        "The invoice total was $400.00. Please refund the travel line. INV-20417",
        "Half the visit was wasted. The bill was $90. Please give us the money back.",
        "We paid the $165 of INV-20417. Could you give a little bit back on the $165?",
        "The June and the July payment of our $79 plan went out after we cancelled. Please send both payments back.",
        "Your price is $60/h and you billed $90/h for two hours on INV-20417. Refund the difference.",
        "The toner on INV-20417 is billed at 94.00 USD each, your quote says 79.00. We had some. I'd like the difference.",
        ("You charged us for nine sockets and there are seven. So that is 84.00 USD too much on INV-20417, I want it back. "
        "Please make sure the whole 94.00 USD reaches us before month end."),
        "Please refund $72.00 for INV-20417. PS: it is $48.00 you need to refund? Or $72.00 after all?",
    ],
)  # fmt: skip
def test_the_only_amount_is_not_what_is_asked_where_less_of_it_may_be(text):
    found = one(text)
    assert found.amount is None or found.doubts


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("Nous demandons le remboursement de 137 euros et 60 centimes, facture INV-20417.", "137.60", "EUR"),
        ("Please refund 42 dollars and 5 cents for INV-20417.", "42.05", "USD"),
        ("Please refund the KES 6,500/= we paid for the UPS, SO-2026-00417.", "6500", "KES"),
        ("No vino nadie. Por favor devuélvanme los U$S 55 de la visita, SO-2026-00417.", "55", "USD"),
        ("ur guy fixd it tuesday an its ded agen. i payd 85 bux for inv 20417 an i whant it bak", "85", "USD"),
    ],
)
def test_sums_are_read_as_people_write_them(text, amount, currency):
    found = one(text)
    assert (found.amount, found.currency) == (Decimal(amount), currency)


def test_the_end_of_a_number_as_people_say_it_is_no_doubt():
    found = one("The till is dead again. Please refund the $85.00 we paid for job 1271, order 1271.")
    assert (found.amount, found.service_order, found.doubts) == (Decimal("85.00"), "", [])


def test_an_item_that_only_tells_something_is_no_request():
    text = """Less perfect:

* SO-2026-00417, the copier. Nobody came and you had already taken the $85.00 deposit. Please refund it.
* INV-20418: three keyboards billed, two delivered. $42.50 back, please.
* INV-20419 I paid $118.20 yesterday, just so you know. Nothing to do there.
"""
    found = read_request("Statement", text, "", "USD").requests
    assert [request.amount for request in found] == [Decimal("85.00"), Decimal("42.50")]


def test_a_remittance_advice_asks_nothing():
    text = (
        "We have paid you GBP 874.20 today:\n\nINV-20417   402.00\nINV-20418   472.20\n\nPlease allocate accordingly."
    )
    assert read_request("Remittance advice 28/08/2026", text, "", "USD").requests == []


def test_both_of_a_monthly_payment_are_proposed_together():
    found = one(
        "You repaired the till twice at $65 and both times it failed within the week. I want both charges refunded."
    )
    assert found.amount in (None, Decimal(130)) and found.doubts
