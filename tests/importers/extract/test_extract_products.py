"""So many times a price, prices of an hour however shortened, percentages taken off: worked out where they stand."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.asked import read_request


def one(text, base="USD"):
    (found,) = read_request("", text, "", base).requests
    return found


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("We were billed for six hours and your job sheet says four. So that is 2 × €72 to come back to us. INV-20417", "144"),
        ("Please refund 1.5 hours at $96/hr on INV-20417, your man was there for two hours.", "144"),
        ("He was there 1.75 hrs and not 3. She wants the extra 1.25 hrs returned, at 96/hr. INV-20417", "120"),
        ("Please credit us 3 x $45 for the keyboards, INV-20417.", "135"),
        ("Two switches at 59.90 EUR each went back to you. Please credit both, INV-20417.", "119.80"),
        (("You took C$85.00 plus HST of C$11.05 on INV-20417 as a trip charge and no trip was made. Please reverse the "
          "full C$96.05."), "96.05"),
        ("The backup never got set up. Just knock half off the labor, it was $310 and I paid all of it. INV-20417", "155"),
        ("You were paid £390.00 for six offices, INV-20417. Three are done. So please refund us half.", "195"),
        ("Please refund the extra 2 hours at 85 per hour on INV-20417.", "170"),
        ("We were charged 4 x 45.00 USD on INV-20417, only two were fitted. Please refund 2 x 45.00 USD.", "90"),
        ("Bitte erstatten Sie 2 Stunden zu 85 EUR, Rechnung INV-20417.", "170"),
        ("Vous comptez 5 heures à 72 € l'heure. Merci de rembourser 2 heures à 72 €. Facture INV-20417", "144"),
        ("We pay for monitoring and you were gone. Please refund 4 months at $30/month. INV-20417", "120"),
        ("Please refund the 3 network cables at 12.50 USD each that we sent back, INV-20417.", "37.50"),
        ("Bitte um Gutschrift für 2 Kabel zu 12,50 EUR das Stück, INV-20417.", "25"),
        ("Please refund 1 x 95.00 USD, INV-20417: you billed two visits and there was one.", "95"),
        ("Could you credit us 3 hours at $95/hr = $285 on INV-20417?", "285"),
        ("I returned the docking station, $189 less the 10% restocking. Please refund accordingly. INV-20417", "170.10"),
        ("Please refund $189.00 minus 15% restocking fee for the monitor that went back, INV-20417.", "160.65"),
    ],
)  # fmt: skip
def test_what_is_asked_is_worked_out(text, amount):
    found = one(text)
    assert (found.amount, found.doubts) == (Decimal(amount), [])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Please refund 1 of the 3 hours at $95 on INV-20417.", "285"),
        ("Please refund all but 2 hours at 85 USD, INV-20417.", "170"),
        ("We paid two times 1240.00 USD for INV-20417. Please give the second back.", "2480"),
        ("INV-20417 went out with 7 x 45.00 USD setup, so credit him the ones that were not done.", "315"),
        ("Please credit 3 hrs @ 95.00 USD plus 8% tax, INV-20417.", "285"),
        ("Please reimburse us for the labor, which is $200.00, and for the 8% sales tax on it. INV-20417", "200"),
        (("We agreed that each of the three of us pays a third for the router. You sent me the whole $615 and it is paid. "
          "Would you send back the rest and bill the other two?"), "1230"),
        (("INV-20417 has 4 toners on it, 269.80 USD altogether. There were three in the box. We don't need the fourth any "
          "more so just refund the one."), "269.80"),
    ],
)  # fmt: skip
def test_nothing_else_is_taken_for_sure(text, wrong):
    found = one(text)
    assert found.amount != Decimal(wrong) or found.doubts


def test_a_day_among_amounts_with_a_decimal_comma_is_no_amount():
    found = one("I send it back 24.06 by courier. Please to give the money 389,90 EUR on our account, INV-20417.")
    assert (found.amount, found.doubts) == (Decimal("389.90"), [])


def test_a_number_of_their_purchase_order_is_no_doubt():
    found = one("Purchase Order 4401-22 / Invoice INV-20417. The District requests a refund of $187.40 for two drives.")
    assert (found.amount, found.service_order, found.doubts) == (Decimal("187.40"), "", [])


def test_as_soon_as_you_tell_me_does_not_ask_for_a_part():
    found = one("La factura 30528 se pagó dos veces, $1,850.00 pesos cada vez. Nos apoyan con el reembolso de uno? Les "
                "paso la CLABE en cuanto me digan.")  # fmt: skip
    assert (found.amount, found.currency, found.doubts) == (Decimal("1850.00"), "MXN", [])


@pytest.mark.parametrize(
    "text",
    [
        "The monitor went back to you on Monday. It was 249 EUR on INV-20417. When will the money be on our account?",
        "Das Netzteil (89,90 €) war defekt, ich habe es zurückgeschickt. Wann bekomme ich mein Geld?",
    ],
)
def test_who_asks_when_the_money_comes_and_begins_a_thread_is_heard(text):
    assert one(text).amount


@pytest.mark.parametrize(("price", "told"), [("$96/hr", "$96"), ("96,00 €/Std.", "96,00 €"), ("£12/ea", "£12")])
def test_the_price_of_one_alone_is_not_sure(price, told):
    found = one(f"Your bill INV-20417 says {price} and that is more than we agreed. Please refund us what is too much.")
    assert found.amount is None or found.doubts
