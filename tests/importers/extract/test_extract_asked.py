"""What a message asks for: intent, amounts, ids and reasons, in four languages. A wrong amount is worse than none."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.amounts import take_amounts
from refundkit.importers.extract.answer import FIRM, Asked
from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.chosen import Chosen, possible
from refundkit.importers.extract.clock import clock_spans
from refundkit.importers.extract.ids import take_ids
from refundkit.importers.extract.intent import intent
from refundkit.importers.extract.numbers import bare, counted, is_measure
from refundkit.importers.extract.phrases import compiled, plain
from refundkit.importers.extract.sentences import passage

LIKELY = "It is likely, and not certain, that this amount is asked back."


def one(text: str, base: str = "USD"):
    (found,) = read_request("", text, "", base).requests
    return found


@pytest.mark.parametrize(
    ("text", "amount", "currency", "reason"),
    [
        ("Please refund $89.50 for INV-20455. The technician never showed up.", "89.50", "USD", "cancelled-visit"),
        (
            "Your guy was here for 3 hours, the invoice says 5. Please credit the two hours at $95 each, i.e. $190.00.",
            "190.00",
            "USD",
            "billing-error",
        ),
        (
            "Could I get my money back for the router I returned last week? It was 129.99 EUR.",
            "129.99",
            "EUR",
            "equipment-return",
        ),
        ("You billed us twice for one visit. We'd like the extra £75 returned.", "75", "GBP", "duplicate-payment"),
        (
            "It broke down again on Wednesday. I expect a full refund of the $320.00 I paid.",
            "320.00",
            "USD",
            "faulty-work",
        ),
        (
            "It took 11 hours instead of 4. We are entitled to a 20% credit on the $500 labor charge.",
            "100.00",
            "USD",
            "sla-breach",
        ),
        (
            "Only two of the four cameras were installed. Please refund half of the $480.",
            "240.00",
            "USD",
            "incomplete-service",
        ),
        ("Would you consider a gesture of $50? We know it was not your fault.", "50", "USD", "goodwill"),
        (
            "The invoice came to $640 but you quoted $600. Please send back the difference.",
            "40",
            "USD",
            "billing-error",
        ),
        ("Kindly refund the sum of four hundred and twelve dollars and fifty cents.", "412.50", "USD", "other"),
        ("i wnat a refnud of 132 dolars, it went blak agian", "132", "USD", "faulty-work"),
        (
            "Bitte erstatten Sie uns 1.248,50 Euro. Der Techniker ist nicht erschienen.",
            "1248.50",
            "EUR",
            "cancelled-visit",
        ),
        (
            "Wir bitten um eine Gutschrift über zweihundertfünfzig Euro, Sie haben zu viel berechnet.",
            "250.00",
            "EUR",
            "billing-error",
        ),
        ("Vous m'avez prélevé deux fois 89,00 €. Merci de me rembourser.", "89.00", "EUR", "duplicate-payment"),
        (
            "Nous demandons un remboursement de 200,00 $ CA, le technicien est arrivé en retard.",
            "200.00",
            "CAD",
            "sla-breach",
        ),
        (
            "Solicito el reembolso de 1.032,40 euros porque la instalación quedó sin terminar.",
            "1032.40",
            "EUR",
            "incomplete-service",
        ),
    ],
)
def test_requests_are_read(text, amount, currency, reason):
    found = one(text)
    assert (found.amount, found.currency, found.reason) == (Decimal(amount), currency, reason)
    assert found.doubts == ([] if found.confidence["amount"] >= FIRM else [LIKELY])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("The invoice came to $640 but you quoted $600. Please send back the difference.", "40"),
        ("Only two of the four cameras were installed. Please refund half of the $480.", "240"),
        ("Our plan gives us 25 percent of labor when you are late. Labor was $640. Please credit it.", "160"),
        ("You billed 6 hours at $95 per hour and he was here for 4. Please refund the two hours too many.", "190"),
        ("Bitte erstatten Sie von den 540,00 EUR alles bis auf die 90,00 EUR Anfahrt.", "450"),
    ],
)
def test_what_is_left_to_be_worked_out_is_worked_out(text, amount):
    found = one(text)
    assert found.amount == Decimal(amount)
    assert found.doubts == ([] if found.confidence["amount"] >= FIRM else [LIKELY])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("We paid $332.50 for the visit. Please send back the rest.", None),
        ("The bill came to $372.50. I want the part over the quote put back.", None),
        ("It was $145 in all and worth it. Could you let me have 15 of it back?", 15),
    ],
)
def test_an_amount_told_elsewhere_is_no_case_where_less_of_it_is_asked(text, right):
    found = one(text)
    assert found.doubts or found.amount == right


def test_a_part_of_an_hour_is_no_part_of_the_money():
    found = one("You billed three quarters of an hour too much on INV-24118, that is $74.69. Please refund it.")
    assert (found.amount, found.doubts) == (Decimal("74.69"), [])


def test_a_number_without_a_currency_may_be_what_is_asked():
    found = one("Nobody came on Tuesday. I want my 65 back please.")
    assert (found.amount, found.currency) == (Decimal(65), "")


@pytest.mark.parametrize(
    "text",
    [
        "Please refund between 50 and 80 dollars.",
        "Please refund between $50 and $80.",
        "Please refund approx. $60.",
        "Please refund ca. 60 EUR.",
        "Please refund $180 for the hours. That's $118 in total by my reckoning.",
        "Please refund $45 or $50.",
        "I paid $300 for the visit. Please refund part of it.",
        "We want money back for this, please tell us how much we are due.",
        "The invoice total was $400.00. Please refund the travel line.",
    ],
)
def test_an_amount_that_is_not_single_and_definite_is_left_to_a_person(text):
    found = one(text)
    assert found.amount is None
    assert found.doubts


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for the quick refund, the $80 arrived today.",
        "Please don't refund me, just send someone.",
        "I don't want a refund, I want somebody here before Saturday.",
        "Please forget about the $74.50, I do not need anything back.",
        "Where is my refund? You confirmed it two weeks ago.",
        "What is your refund policy if a technician misses the response time?",
        "Please find attached our invoice 4711 for EUR 1,200.00, payable within 30 days.",
        "Page 1 in 30 days for 399 USD or we refund every cent.",
        "Your refund of $1,290.00 is on hold. Verify your account to receive it.",
        "We have credited USD 118.00 to your account.",
        "In der Berichterstattung vom Montag fehlt unser Name.",
        "Le remboursement de 64,00 € est bien arrivé, merci beaucoup.",
    ],
)
def test_messages_that_ask_for_nothing_are_no_requests(text):
    answer = read_request("", text, "", "USD")
    assert not answer.requests
    assert answer.why.endswith(".")


def test_a_bare_dollar_is_the_shops_own_kind():
    assert one("Please refund $5.00", "AUD").currency == "AUD"
    assert one("Please refund $5.00", "EUR").currency == "USD"
    assert one("Please refund CA$5.00", "AUD").currency == "CAD"
    assert one("Please refund 5.00").currency == ""


def test_ids_are_normalised_and_other_numbers_are_kept_out():
    ids, _ = take_ids(plain("customer 1133, order 2026/461, your inv no. 20988, RMA 55210, PO QG-1183, ticket #12345"))
    assert (ids.customer, ids.order, ids.invoice) == (["C-1133"], ["SO-2026-00461"], ["INV-20988"])
    assert take_ids(plain("auftrag 461/2026 von gestern, am 24/2026"))[0].order == ["SO-2026-00461"]
    found = one("Please refund $65 for inv. 26-1187, your order SO-2026-00911.")
    assert (found.invoice, found.service_order) == ("", "SO-2026-00911")
    assert "inv. 26-1187" in found.doubts[0]


def test_ids_of_older_turns_fill_in_but_their_amounts_do_not():
    (found,) = read_request("Re: INV-20902", "Please send it back.", "I want $300. Customer C-1188", "USD").requests
    assert (found.customer_id, found.invoice, found.amount) == ("C-1188", "INV-20902", None)


def test_several_invoices_with_an_amount_each_are_several_requests():
    answer = read_request("", "Please refund 45.00 USD for INV-20001. Also please refund $30 on INV-20002.", "", "USD")
    assert [(r.invoice, r.amount) for r in answer.requests] == [
        ("INV-20001", Decimal("45.00")),
        ("INV-20002", Decimal(30)),
    ]


def test_a_form_to_get_in_touch_is_read_by_its_words_and_names_who_sent_it():
    text = """New message from the contact form

Name: Lucinda Marsh
E-mail: lucinda@example.com
Order no. (if you have it): 2026-388
Your message: My appointment was cancelled in time and you charged me $55 anyway. Please put it back on my card.
"""
    answer = read_request("Website enquiry", text, "", "USD")
    (found,) = answer.requests
    assert (found.amount, found.service_order, answer.email) == (Decimal(55), "SO-2026-00388", "lucinda@example.com")


def test_a_currency_in_the_label_of_a_form_counts():
    text = "Customer no.: C-1133\nInvoice: INV-20988\nRefund amount (GBP): 75\nComments: billed twice"
    assert one(text).currency == "GBP"


@pytest.mark.parametrize(
    "text",
    [
        "You have refunded us twice, the bank shows 96.00 GBP on the 20th and again on the 22nd. Where shall I pay it to?",
        "Our insurance refunds the switch, 742 dollars. Could you send us another copy of the bill for them?",
        "The refund button on the till is greyed out and a customer waits for her $24. Can somebody come today?",
        "Die Anzahlung von 50,00 EUR erstatten wir Ihnen, die bestellten Netzteile sind leider nicht lieferbar.",
        "You have paid us back twice: $85.00 by check on the 4th and $85.00 to the card. Should I void the check or send you the money?",
        "Sie haben uns doppelt erstattet, 85,00 EUR am 4. und noch einmal am 9. Wohin sollen wir die zweiten zurücküberweisen?",
        "Vous nous avez remboursé deux fois les 85,00 EUR. Comment devons-nous vous rendre la différence ?",
        "Nos han devuelto dos veces los 85,00 EUR. ¿Dónde debemos ingresarles la diferencia?",
        "We have today refunded $84.00 for INV-20001 to the card you paid with; it should show within five days.",
        "Wir haben Ihnen heute 84,00 EUR zu INV-20001 erstattet, das Geld ist in drei Tagen auf Ihrer Karte.",
        "A refund or credit can therefore not be granted. The two units can be returned to you for a freight of EUR 19.00.",
        "Avant de commander le lecteur à 89 € : s'il ne marche pas, puis-je le rendre et être remboursée ?",
        "Before ordering the reader for $89: if it does not fit, can I return it and be refunded?",
    ],
)
def test_money_that_is_not_asked_of_the_shop_makes_no_case(text):
    answer = read_request("", text, "", "USD")
    assert all(request.doubts for request in answer.requests)


@pytest.mark.parametrize(
    "text",
    [
        (
            "VENDOR RECOVERY NOTICE\n\nDocument: INV-20001\n\nOur audit found the above settled on two occasions.\n"
            "Remit the excess disbursement of USD 418.60 within thirty (30) calendar days."
        ),
        (
            "with the present we communicate that the bill INV-20001 has been payed two times from our part. The amount to"
            " restitute is of USD 418.60. We remain in attend of your kind confirm."
        ),
        "The committee paid for INV-20001 and asks, politely, that the second payment of USD 418.60 be returned.",
        "Buenas, la impresora sigue igual. Prefiero que me devolváis los 418,60 USD de la factura INV-20001 y listo.",
        (
            "TWICE I waited for your man on INV-20001 and TWICE nobody came. I want every cent of the USD 418.60 back or I put up"
            " a sign."
        ),
        "the till is dead again INV-20001. dont want another visit want my USD 418.60 back.",
        "Décision du bureau : la somme de 418,60 USD, payée pour INV-20001, est à restituer sous huitaine.",
        "Der Vorstand bittet darum, dass die zu INV-20001 gezahlten 418,60 USD erstattet werden.",
    ],
)
def test_what_asks_formally_or_in_its_own_words_for_a_sum_of_a_bill_is_a_request(text):
    found = one(text)
    assert (found.invoice, found.amount) == ("INV-20001", Decimal("418.60"))


def test_a_sum_is_asked_in_passing():
    text = """Register 1 will not boot, just a blue light. Register 2 is fine. We need someone before the rush at four,
    ask for Jaylen if I am out.

    Oh and the $60 for the Saturday call that nobody showed up to is still on my statement, that should come back."""
    assert one(text).amount == Decimal(60)


def test_who_has_paid_nothing_yet_makes_no_case():
    text = "Need to cancel Monday 9/14, we have the plumbers in. I havent paid anything yet so we should be square."
    assert all(request.doubts for request in read_request("cancel monday pls", text, "", "USD").requests)


def test_a_good_word_about_money_that_came_back_at_once_asks_for_none():
    text = "Charged me twice in May, I moaned and had my $64 back the same day with an apology. Would use them again."
    assert not read_request("", text, "", "USD").requests


def test_a_payment_services_words_on_how_to_refund_make_no_case():
    text = "You received a payment of $318.00 for INV-20001. Need to send some of it back? Open the payment and choose Refund."
    assert all(request.doubts for request in read_request("You received a payment", text, "", "USD").requests)


def test_a_list_with_a_column_of_what_is_asked_back_asks_for_it():
    text = """Hi, all in the sheet.

Store\tInvoice\tBack to us (USD)\tWhat happened
3\tINV-31061\t96.50\tPaid the stand twice, once by check and once through the link
9\tINV-31063\t144.00\tWifi died again the day after your tech left"""
    found = read_request("refund sheet stores 3 and 9", text, "", "USD").requests
    assert [(r.invoice, r.amount, r.doubts) for r in found] == [
        ("INV-31061", Decimal("96.50"), []),
        ("INV-31063", Decimal("144.00"), []),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SO-2026-01262 done, 2 h on site. Old drive returned to us faulty. Billed 2 h and the drive, $164. Signed, happy.",
        "Day report. SO-2026-01281: was due 9, got there 10:40, she was fine about it. SO-2026-01282: toner, no charge.",
        "SO-2026-00796 closed 2.25 h, customer signed. SO-2026-00798 closed, swapped the battery, $88, old one to recycling.",
    ],
)
def test_a_report_of_ones_own_people_in_which_nothing_is_asked_is_no_request(text):
    assert not read_request("done", text, "", "USD", staff=True).requests


def test_a_list_of_requests_is_read_without_its_total_and_without_what_is_settled():
    text = """Please refund the following to our clients:

Quay Books    INV-22170   paid by card and again by transfer      318.20 USD
Bell & Son    INV-22166   the PC failed again within the week     140.00 USD
Total                                                             458.20 USD
"""
    answer = read_request("", text, "", "USD")
    assert [(r.invoice, r.amount) for r in answer.requests] == [
        ("INV-22170", Decimal("318.20")),
        ("INV-22166", Decimal("140.00")),
    ]


def test_a_statement_in_which_one_line_is_wrong_is_one_request():
    text = """This is how our statement compares; one was paid twice, please send that back.

2 Jul    INV-30138    64.00 GBP
9 Jul    INV-30147    118.00 GBP
30 Jul   INV-30147    118.00 GBP
"""
    (found,) = read_request("", text, "", "USD").requests
    assert found.doubts or found.amount == Decimal("118.00")


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("CHF 2'510.00", "2510.00", "CHF"),
        ("CHF 358.–", "358", "CHF"),
        ("1\u202f116,00 €", "1116.00", "EUR"),
        ("EUR 1.000", "1000", "EUR"),
        ("$1,250.00", "1250.00", "USD"),
        ("190,- EUR", "190", "EUR"),
        ("2.5k USD", "2500", "USD"),
        ("deux cents euros", "200", "EUR"),
        ("doscientos euros", "200", "EUR"),
        ("Can$ 70", "70", "CAD"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, value, currency):
    (found,), _ = take_amounts(plain(text), "USD", 0)
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text", ["on 12.08. and 19.08.2026", "at 9:00", "4.50 h", "555-0114", "version 3.11", "6 ports", "INV-20001"]
)
def test_dates_times_and_measures_are_no_amounts(text):
    assert passage(text, "USD").mentions == []


def test_a_phrase_of_the_word_files_means_what_the_page_says():
    phrase = compiled("please|pls refund* .. {money}")
    assert phrase.search("pls refunding us the money0 now")
    assert phrase.search("please refund money0 of money1").group(1) == "money0"
    assert not compiled("refund").search("refundkit")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Your bill for the scanner was $96.40, and you quoted $80.00. Please send us back the difference.", "16.40"),
        ("The router costs $240 and never worked on one floor of two. Please return half of it.", "120"),
    ],
)
def test_what_was_worked_out_in_the_way_that_the_asking_words_name_is_no_doubt(text, amount):
    found = one(text)
    assert (found.amount, found.doubts) == (Decimal(amount), [])


@pytest.mark.parametrize(
    "text",
    [
        "Nobody called for the printer on Tuesday, and the deposit of $45.00 was taken. Please return it within 14 days.",
        "Nobody came on Tuesday. The deposit of $45.00 was taken all the same. Please return it by Friday 12.",
        "Nobody came on Tuesday. The deposit of $45 was taken all the same. I want the 45 back.",
        "You took $45.00 for one visit twice, by card and in cash. Kindly return the excess.",
    ],
)
def test_days_and_the_same_amount_again_cast_no_doubt_on_an_amount_told_elsewhere(text):
    found = one(text)
    assert (found.amount, found.doubts) == (Decimal(45), [])


def test_a_part_that_somewhere_is_spoken_of_leaves_the_whole_to_a_person():
    found = one("Half the visit was wasted. The bill was $90. Please give us the money back.")
    assert found.doubts


def test_a_price_is_no_rival_of_what_so_many_of_them_cost():
    found = one("We returned three of the monitors, they cost $180 each. Please refund the three monitors.")
    assert found.amount == Decimal(540)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("we paid 1,260 up front and 2 590 later", ["1260", "2590"]),
        ("ring me on 0722 555 010 or (555) 010 0117 or +44 20 7946 0018", []),
        ("in 14 days, on friday 17 or september 21, for 45 minutes", []),
        ("i want every cent of it", []),
        ("i paid a hundred and twenty", ["120"]),
        ("r6 400 for two of them, r12 850 for the rest", []),
    ],
)
def test_numbers_that_may_be_sums_are_no_telephone_numbers_days_or_coins(text, numbers):
    assert [str(found.value) for found in bare(text)] == numbers


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("in at 9:05 and out at 11:05", ["2"]),
        ("arrivee 14h00, depart 17h30", ["3.5"]),
        ("from 11:30 to 1:30", ["2"]),
        ("at 9:02 and 12:17 and 12:20", ["3.25"]),
        ("at 9:05", []),
        ("he came at 10am and was gone by noon", ["2"]),
        ("on site 9.15am to 11.45am, paid 9.15", ["2.5"]),
        ("he came at ten past nine and left at twenty to twelve", ["2.5"]),
        ("from quarter past one to half past three", ["2.25"]),
        ("von halb zehn bis viertel nach elf", ["1.75"]),
        ("9 uhr bis 11 uhr", ["2"]),
        ("11 am to 1 pm", ["2"]),
        ("he came at 9:10 / he left at 11:40", ["2.5"]),
        ("he came at 9:10 / he was nice / he left at 11:40", []),
        ("half of the ten to five they kept", []),
    ],
)
def test_two_times_of_day_tell_how_many_hours_it_took(text, hours):
    found = [f"{count.value:f}" for count, _ in clock_spans(text.split(" / "))]
    assert [value.rstrip("0").rstrip(".") if "." in value else value for value in found] == hours


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Please refund the 450 naira.", "NGN"),
        ("Please refund RM 90.", "MYR"),
        ("Por favor, devuélvanme los 9000 pesos chilenos.", "CLP"),
        ("Merci de me rembourser les 15000 francs CFA.", "XOF"),
    ],
)
def test_currencies_of_further_countries_are_known(text, currency):
    assert [m.currency for m in passage(text, "USD").mentions] == [currency]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("We were charged R850 for a drive in the country, pay back the R850.", ["850 ZAR", "850 ZAR"]),
        ("R6 400 for both PCs, and R349 each for the keys.", ["6400 ZAR", "349 ZAR"]),
        ("The R730 server sits beside the R640.", []),
        ("That's eighty five dollars and eighty five dollars.", ["85.00 USD", "85.00 USD"]),
        ("It was eighty five dollars and forty cents.", ["85.40 USD"]),
    ],
)
def test_rands_are_known_by_a_text_that_speaks_of_them_and_two_spoken_sums_are_two(text, read):
    assert [f"{m.value} {m.currency}" for m in passage(text, "USD").mentions] == read


@pytest.mark.parametrize(
    "text",
    ["am 17.06. um 7:20 Uhr gemeldet", "she rang 9.40 about it", "he was here from 10.05 until 11.20", "um 9.15 Uhr"],
)
def test_a_day_with_a_full_stop_and_a_time_with_one_are_no_amounts(text):
    assert passage(text, "EUR").mentions == []


@pytest.mark.parametrize(
    ("text", "vague"), [("$40.00 and $50.00 back", True), ("$189.50 and $189.50 on the same day", False)]
)
def test_the_same_sum_twice_is_no_range(text, vague):
    assert any(m.vague for m in passage(text, "USD").mentions) == vague


def test_the_only_sum_of_a_payment_made_twice_is_what_comes_back():
    found = one("You've taken the money twice for INV-31430, 72 quid each time. One back please. Lee", "GBP")
    assert (found.amount, found.currency, found.reason, found.doubts) == (72, "GBP", "duplicate-payment", [])


def test_an_order_named_without_its_year_is_left_out_and_a_letter_may_stand_apart_from_a_customers_number():
    found = one("Please refund $45.00, nobody came for order 03199. Customer number C 2304.")
    assert (found.customer_id, found.service_order, found.doubts) == ("C-2304", "", [])


def test_who_wants_no_refund_makes_no_case_though_money_is_told_of():
    text = """Your man has been out twice on SO-2026-03110 and we have paid $290.

    Now let me be plain. I don't want a refund. I don't want a discount. I want somebody who knows what they are doing to
    stand next to me on Sunday at 9:30 and see it with his own eyes. Can you do that?"""
    requests = read_request("Sound desk computer", text, "", "USD").requests
    assert all(request.doubts for request in requests)


def test_a_form_whose_labels_stand_above_their_values_is_read():
    text = """Name
Gwen Hatfield
Email
gwen@physio.test
Invoice number (if known)
48359
Amount
72.00 CAD
Message
You came on the third day. The priority fee should come back."""
    answer = read_request("New submission", text, "", "USD")
    (found,) = answer.requests
    assert (answer.email, answer.name) == ("gwen@physio.test", "Gwen Hatfield")
    assert (found.invoice, found.amount, found.currency) == ("INV-48359", Decimal("72.00"), "CAD")


def test_a_letter_with_the_words_of_labels_in_it_is_no_form():
    text = "Invoice\nPlease look at it again.\nName\nof the technician was Bob.\nEmail\nme when it is done."
    assert read_request("", text, "", "USD").email == ""


def test_a_day_of_a_month_is_no_sum_and_no_count():
    text = "Ihre Rechnung wurde zweimal bezahlt (Valuta 30.07. und 13.08.), jeweils CHF 1'284.50. Bitte eine erstatten."
    assert [m.value for m in passage(text, "CHF").mentions] == [Decimal("1284.50")]
    assert [n.value for n in counted("le 29 juillet, trois postes")] == [3]
    assert [b.value for b in bare("within fourteen (14) days, about forty")] == [40]


def test_an_invoice_number_alone_is_no_sum_beside_real_ones():
    found = one("I paid the 240 euro on the 3rd and again on the 9th. Please send one back. It's 31388 on the invoice.")
    assert (found.amount, found.invoice) == (Decimal(240), "INV-31388")


@pytest.mark.parametrize("text", ["wo 2026-7188", "job 2026 07188", "work order 2026-07188"])
def test_an_order_is_named_by_a_year_and_a_number(text):
    assert take_ids(f"{text}, please refund $60.")[0].order == ["SO-2026-07188"]


def test_items_below_a_customer_are_that_customers():
    text = (
        "Kindly refund these:\n\nSonnmatt AG (C-4160)\n - INV-55162: paid twice. CHF 96.00\n - INV-55166: 10 hours too many."
        " CHF 124.00\n\nPhysio am See (C-4163)\n - SO-2026-07260: nobody came. CHF 145.50"
    )
    found = read_request("", text, "", "CHF").requests
    assert [(r.customer_id, r.amount) for r in found] == [
        ("C-4160", Decimal("96.00")),
        ("C-4160", Decimal("124.00")),
        ("C-4163", Decimal("145.50")),
    ]


def test_stretches_below_a_colon_that_asks_are_requests_of_their_own():
    text = (
        "I keep the books for the following and should be obliged if you would refund:\n\n"
        "Harbour Lights (C-2151) - INV-30177 settled by cheque on 1 Oct and by BACS on 5 Oct - £142.00\n\n"
        "Trelawney Antiques (C-2152) - SO-2026-01239, docking station handed back unused - £89.95\n\n"
        "Harbour Lights (C-2151) - INV-30183, charged for a Sunday, visit was on a Friday - £35.00\n\n"
        "Each to its own account please."
    )
    found = read_request("Three items", text, "", "GBP").requests
    assert [(r.customer_id, r.service_order or r.invoice, r.amount) for r in found] == [
        ("C-2151", "INV-30177", Decimal(142)), ("C-2152", "SO-2026-01239", Decimal("89.95")), ("C-2151", "INV-30183", Decimal(35)),
    ]  # fmt: skip


def test_a_customer_named_first_with_its_number_in_brackets_is_that_of_the_items_with_its_name():
    text = (
        "I do the books for Bluestem Veterinary (your C-2120) and Main Street Bakery (your C-2033). Please refund:\n\n"
        "* Bluestem: INV-30463 charged Mar 5 and once more Mar 9, $58.75\n"
        "* Bluestem: SO-2026-00190, the loaner tablet was sent back on the 20th, deposit $150.00\n"
        "* Main Street Bakery: INV-30464, overtime billed for a 10 a.m. visit, $41.00\n"
    )
    found = read_request("March", text, "", "USD").requests
    assert [(r.customer_id, r.amount) for r in found] == [
        ("C-2120", Decimal("58.75")), ("C-2120", Decimal(150)), ("C-2033", Decimal(41)),
    ]  # fmt: skip


def test_a_few_words_and_a_sum_of_its_own_are_a_request():
    (found,) = read_request("INV-30488", "Refund INV-30488. $64.00. Card on file.\n\nJBW", "", "USD").requests
    assert (found.invoice, found.amount, found.currency, found.doubts) == ("INV-30488", Decimal(64), "USD", [])


def test_a_reminder_names_what_its_subject_names():
    text = "Hate to nag, but it has been over a month since I asked about the refund. Have you worked out a figure?"
    answer = read_request("Re: SO-2026-00251", text, "", "USD", answers=True)
    assert (answer.requests, answer.named.service_order) == ([], "SO-2026-00251")


def test_days_before_a_dash_and_the_rate_of_a_tax_leave_the_sums_of_items_alone():
    text = (
        "Please refund to the clients:\n\n"
        "(a) Bakery, C-4045 - INV-30455, charged on both 3/4 and 3/5 - USD 91.40\n"
        "(b) Bakery, C-4045 - INV-30471, VAT charged at 20% on a zero-rated item, USD 13.40\n"
    )
    found = read_request("Two refunds", text, "", "USD").requests
    assert [(r.amount, r.doubts) for r in found] == [(Decimal("91.40"), []), (Decimal("13.40"), [])]


def test_what_is_left_of_two_items_is_one_request():
    text = (
        "Here is where we are:\n\n - the visit on Sept 3 (SO-2026-03262): prepaid $180, nobody came\n - INV-31214: $65,"
        " which I owe you\n\nPlease keep the 65 out of the 180 and send me what's left."
    )
    (found,) = read_request("", text, "", "USD").requests
    assert found.amount in (None, Decimal(115)) or found.doubts


@pytest.mark.parametrize(
    "text",
    [
        "Travel was charged at £45 and we are inside the free zone. Please could the £45 plus VAT come back to us.",
        "I paid $260.00 and you credited $100.00 in August. Refund the balance of the $260 please.",
        "Fitting is listed at £45 per screen, so please refund us for the two you never fitted.",
    ],
)
def test_an_amount_that_is_only_reckoned_with_goes_to_a_person(text):
    found = one(text, "GBP")
    assert found.amount is None or found.doubts or found.amount not in (Decimal(45), Decimal(260))


def test_the_share_of_so_many_is_worked_out():
    found = possible_values("We paid $480 for twelve drops; four of the twelve drops were never made. Refund those.")
    assert Decimal("160.00") in found


def test_tax_on_top_and_a_dearer_hour_are_worked_out():
    assert Decimal("54.00") in possible_values("Please refund the £45 plus the VAT (20%).")
    assert Decimal(120) in possible_values("You billed 3 hours at $140 an hour. It should be $100 an hour.")


def possible_values(text: str) -> set[Decimal]:
    body = passage(text, "USD")
    return {c.value for c in possible(body, intent(body), range(len(body.sentences)))}


def test_a_likely_amount_is_proposed_and_a_person_decides():
    sure, unsure = Asked(), Asked()
    sure.of(Chosen(Decimal(5), "USD", "", sure=FIRM))
    unsure.of(Chosen(Decimal(5), "USD", "", sure=40))
    assert (sure.doubts, unsure.amount) == ([], Decimal(5))
    assert unsure.doubts == ["It may be this amount that is asked back; the words do not make it clear."]


def test_hours_and_sizes_are_no_sums():
    text = "between 8 and 10 on saturday, at 11 o clock, the 27-inch screen, 8 to 12, and the 118 i paid"
    assert [b.value for b in bare(text)] == [Decimal(118)]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Wants the 110 back, US$, she was quite firm.", "USD"),
        ("Credits for my client, in EUR: please refund the 40.00 for the cable.", "EUR"),
        ("Refund (CHF)\n\nPlease refund 160.00 for the second room.", "CHF"),
        ("We paid $90 for two cables and got one. Please refund 45.00 for it.", "USD"),
        ("Please refund 45.00 for INV-20455, nobody came.\n\nAmounts USD.", "USD"),
        ("Bitte erstatten Sie 45,00 für INV-20455, niemand kam. Alle Preise in CHF.", "CHF"),
        ("All in pounds sterling, please repay: 45.00 for INV-20455, nobody came.", "GBP"),
        ("Nous avons payé 90,00 $ CA. Remboursez-nous la moitié, soit 45,00 $.", "CAD"),
        ("Please refund 160.00 for the room. I ordered in EUR, I paid in USD, ask my bank.", ""),
    ],
)
def test_a_currency_named_apart_from_the_amount_is_its(text, currency):
    assert one(text).currency == currency


def test_a_currency_may_stand_in_the_older_turns():
    (found,) = read_request(
        "", "Fine. Please refund ninety, by transfer.", "I can offer $90 as a gesture.", "USD"
    ).requests
    assert (found.amount, found.currency) == (Decimal(90), "USD")


def test_an_abbreviation_does_not_part_a_number_from_its_word():
    found = one("G'day, cust. no 3180, your job 2026/1266, inv# 40406. We want AU$165 back, thanks.")
    assert (found.customer_id, found.service_order, found.invoice) == ("C-3180", "SO-2026-01266", "INV-40406")


def test_a_form_with_dots_between_label_and_value():
    text = (
        "Claim CLR-2044\n\nAccount .............. C-3140\nClaimant ............. Yannick Thorne, y@thorne.example.net\n"
        "Work order ........... SO-2026-01149\nClaimed .............. $212.75\nType of problem ...... Job not finished\n"
        "In your own words .... The terminals were done but not the two\n                       kitchen displays.\n"
    )
    answer = read_request("Claim", text, "", "USD")
    assert answer.email == "y@thorne.example.net"
    assert (answer.requests[0].customer_id, answer.requests[0].amount) == ("C-3140", Decimal("212.75"))


def test_a_form_whose_labels_stand_apart_above_their_values():
    text = (
        "Full name\nDermot Achter\n\nWork e-mail\ndermot@achter.example.org\n\nInvoice\n22417\n\nInvoice total\n£144.00\n\n"
        "How much would you like back?\n£54.00\n\nTell us more\nYou have charged two hours for one.\n"
    )
    answer = read_request("New response", text, "", "GBP")
    assert answer.email == "dermot@achter.example.org"
    assert (answer.requests[0].invoice, answer.requests[0].amount) == ("INV-22417", Decimal("54.00"))


@pytest.mark.parametrize(
    "lines",
    [
        "Customer: C-1395\nE-mail: mo@arkwright.example.org\nInvoice: INV-22390\nRefund requested: No\nComment: He was late.",
        "Case: R-0331\nCustomer: C-1402\nCustomer e-mail: till@d.example.com\nInvoice: INV-22388\nAmount refunded: $76.25",
    ],
)
def test_a_form_that_wants_nothing_or_tells_of_a_refund_asks_for_none(lines):
    answer = read_request("Form", lines, "", "USD")
    assert answer.requests == []
    assert answer.why == "The form says that no refund is wanted, or that it was made."


def test_the_subject_of_a_form_may_name_the_invoice():
    text = (
        "Name: Hedwig Ü\nE-Mail-Adresse: h@tanz.test\nKundennummer: 1430\nBetreff: Rechnung 22453\n"
        "Nachricht: Der Termin war abgesagt. Bitte überweisen Sie mir die 89,- € wieder zurück."
    )
    (found,) = read_request("Kontakt", text, "", "EUR").requests
    assert (found.customer_id, found.invoice, found.amount) == ("C-1430", "INV-22453", Decimal(89))


def test_a_time_behind_a_date_is_no_sum():
    assert passage("Scan 2026-09-22 10.04, and 30/08/2026 9.15", "USD").mentions == []


def test_the_last_line_of_a_list_without_a_number_is_its_sum():
    text = (
        "Could you return the ones marked open.\n\nClient   Doc        Status     Sum       Remark\n"
        "C-1470   INV-22515  OPEN       46.20     one hour too many\n"
        "C-1472   INV-22521  OPEN       132.00    visit cancelled\n"
        "         open                  178.20\n"
    )
    assert [r.amount for r in read_request("", text, "", "GBP").requests] == [Decimal("46.20"), Decimal("132.00")]


def test_two_invoices_named_together_first_and_then_each_with_its_amount_are_two_requests():
    text = (
        "Two things please.\n\nINV-20861: the $55 emergency surcharge. It was a visit booked a week ahead.\n\n"
        "INV-20862: the visit of July 20. You cancelled that same morning and it still went through, $98.\n\n"
        "Both were charged to our card and should be refunded."
    )
    found = read_request("INV-20861 and INV-20862", text, "", "USD").requests
    assert [(r.invoice, r.amount) for r in found] == [("INV-20861", Decimal(55)), ("INV-20862", Decimal(98))]


def test_an_order_and_its_invoice_are_one_matter():
    found = one(
        "The call for SO-2026-00871 was answered after seven hours fifty instead of four.\n\nOur contract gives us 25 % of the labour for "
        "that. Labour on INV-20871 is $312.00. Please refund accordingly."
    )
    assert (found.service_order, found.invoice) == ("SO-2026-00871", "INV-20871")
    assert found.amount in (None, Decimal("78.00"))


def test_a_list_of_which_one_amount_apart_is_asked_is_one_request():
    text = (
        "These were settled:\n\n- INV-20881  $310.00\n- INV-20882  $188.00\n- INV-20883  $250.00\n\n"
        "The last one has a weekend rate on it though the technician came on a Monday. Please refund the $60.00."
    )
    assert one(text).amount == Decimal("60.00")


def test_of_several_invoices_the_one_beside_the_amount_is_meant():
    text = (
        "In the last run these were settled.\n\nINV-20891    GBP 96.00\nINV-20892    GBP 412.80\nINV-20892    GBP 412.80\n\n"
        "INV-20892 was keyed twice. Please return GBP 412.80 for it."
    )
    found = one(text)
    assert (found.amount, found.invoice) == (Decimal("412.80"), "INV-20892")


def test_the_number_of_an_order_alone_is_no_invoice_and_that_of_an_invoice_is_no_sum():
    found = read_request("re 01427", "SO-2026-01427: one of two drives fitted, $54 back please.", "", "USD").requests[0]
    assert (found.service_order, found.invoice) == ("SO-2026-01427", "")
    found = one("Third week. Either somebody comes on Friday or I want what we paid on 20895 back in full.")
    assert (found.invoice, found.amount) == ("INV-20895", None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ext. 14", 14),
        ("option 33", 33),
        ("the till in store 14", 14),
        ("poste 22", 22),
        ("durchwahl 17", 17),
        ("24 seconds", 24),
    ],
)
def test_numbers_that_name_a_thing_are_no_sums(text, number):
    assert is_measure(Decimal(number), [text])


def test_a_word_that_is_a_number_in_another_language_is_none():
    assert not list(bare("certificate attached once more"))


def test_two_days_are_no_counts():
    assert [n.value for n in counted("am 11.06. und am 12.06. je 2 stunden")] == [Decimal(2)]


def test_what_a_sum_is_worked_out_from_in_the_same_line_is_no_rival_of_it():
    assert one("No voucher for INV-20897. An hour and a half at 110 = 165 back on our card please.").amount == Decimal(
        165
    )


def test_an_order_and_an_invoice_with_a_sum_each_are_two_requests():
    text = (
        "Two corrections, please.\n\nOn INV-20911 we are down for three hours and it was two, so $80.00 back.\n\n"
        "And the card reader is still on SO-2026-00912 at $129.95, though it was taken away again. Please refund that too."
    )
    assert [(r.service_order, r.invoice, r.amount) for r in read_request("", text, "", "USD").requests] == [
        ("", "INV-20911", Decimal("80.00")),
        ("SO-2026-00912", "", Decimal("129.95")),
    ]


def test_a_sum_and_its_tax_are_no_range():
    found, _ = take_amounts("the net sum was £192.00 and £38.40 of VAT was added", "GBP", 0)
    assert [m.vague for m in found] == ["", ""]
    found, _ = take_amounts("it is 40 and 60 euros", "EUR", 0)
    assert found[0].vague


def test_the_only_sum_where_money_is_asked_is_sure_beside_many_told_elsewhere():
    found = one(
        "Our budget is $4,200 and we use $3,100 of it. On INV-20921 ($1,038.50) there is a second call-out of $47.50, and there was "
        "one visit. It is paid, so please send the $47.50 back by the same route. You quoted us $6.20 for a lead."
    )
    assert (found.amount, found.doubts) == (Decimal("47.50"), [])


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("its invoice three one one two two uh thanks", "invoice", "INV-31122"),
        ("account number two two one six", "customer", "C-2216"),
        ("the order two zero two six zero zero four six one", "order", "SO-2026-00461"),
        ("die Rechnung Nummer drei null vier eins eins", "invoice", "INV-30411"),
        ("bill one, two and three", "invoice", None),
        ("we are customer twenty one thirty three that's it", "customer", "C-2133"),
        ("client twelve forty-five", "customer", "C-1245"),
        ("the bill forty-five fifty", "invoice", None),
        ("our number with you is 2266", "customer", "C-2266"),
        ("Kd.-Nr. 2458", "customer", "C-2458"),
        ("Kunden-Nr.: 2458", "customer", "C-2458"),
    ],
)
def test_a_number_said_figure_by_figure_is_an_id(text, kind, number):
    assert getattr(take_ids(text)[0], kind) == ([number] if number else [])


def test_a_share_that_stands_there_is_asked_and_not_a_share_of_it():
    text = "You charged us $180 for INV-20096. Could you give a third of it back? That would be sixty dollars."
    (found,) = read_request("A small favour", text, "", "USD").requests
    assert found.amount == Decimal(60)


def test_a_short_form_of_an_orders_number_beside_it_is_no_doubt():
    text = "Nobody came for job 1207. Please refund the $45 call-out fee, job SO-2026-01207."
    (found,) = read_request("", text, "", "USD").requests
    assert (found.service_order, found.doubts) == ("SO-2026-01207", [])


@pytest.mark.parametrize(
    ("shape", "counts"),
    [
        ("a hundred and twenty-nine in all", []),
        ("twenty-five cables", [Decimal(25)]),
        ("booked for 8 to 10 on friday", []),
        ("you billed 2 to 4 hours", [Decimal(2), Decimal(4)]),
        ("half an hour too much", [Decimal("0.5")]),
        ("die viertelstunde", [Decimal("0.25")]),
        ("une heure et demie de trop", [Decimal("1.5")]),
        ("hora y media de mas", [Decimal("1.5")]),
    ],
)
def test_counts_of_several_words_are_one_and_hours_of_a_day_are_none(shape, counts):
    assert [found.value for found in counted(shape)] == counts


@pytest.mark.parametrize(("base", "currency"), [("USD", "USD"), ("CAD", "CAD")])
def test_a_currency_that_is_told_apart_is_that_of_the_sum(base, currency):
    found = one("The bank shows 164.35 twice for INV-20417. Please return one of them. It is dollars, of course.", base)
    assert (found.amount, found.currency) == (Decimal("164.35"), currency)


def test_a_customer_named_with_its_number_is_that_of_a_later_item_with_its_name():
    text = """Please pay back:

- Oakhurst Mill, C-2025: INV-20001 was settled twice, $58.00 over.
- Wren & Daughter, C-2090: INV-20002, you called the visit off and kept the fee, $75.00.
- Wren & Daughter again: INV-20003 bills travel, and they are across the road. $26.40.
"""
    found = read_request("Refunds due to my clients", text, "", "USD").requests
    assert [request.customer_id for request in found] == ["C-2025", "C-2090", "C-2090"]


def test_a_customers_number_at_the_head_of_an_item_is_that_items():
    text = """On behalf of two clients:

  1)  Ashdown Cellars, C-2290.  INV-22083 settled by check and again
      by ACH.  $340.00 to be returned.
  2)  Hale Ceramics, C-2294.  SO-2026-00097: called off by her three
      days before, yet the fee of $48.00 was kept.
"""
    found = read_request("Refunds due to my clients", text, "", "USD").requests
    assert [(r.customer_id, r.amount) for r in found] == [("C-2290", Decimal(340)), ("C-2294", Decimal(48))]


def test_lines_from_a_number_to_a_sum_are_rows_though_nothing_sets_them_apart():
    text = """I claim on their behalf:

Gilt & Thread (C-2055)
INV-30144 settled by cheque and by transfer $91.25
INV-30150 a cable that nobody ever got $30.00

Saltbox Bakery (C-2059)
SO-2026-00127 screen mounted, but its player never hooked up $58.00
"""
    found = read_request("Refunds due to my clients", text, "", "USD").requests
    assert [(r.customer_id, r.amount) for r in found] == [
        ("C-2055", Decimal("91.25")),
        ("C-2055", Decimal(30)),
        ("C-2059", Decimal(58)),
    ]


def test_items_below_a_subject_that_speaks_of_refunds_ask_though_one_of_them_says_so():
    text = """here is what I found when I closed the month:

a) Pine Motel (C-2071) - INV-31258 paid on the 2nd and once more on the 9th,
   please return $226.40
b) Yard Tools (C-2083) - SO-2026-01165, you cancelled the morning of, the $50
   deposit is still with you
c) Pine Motel (C-2071) again - INV-31260 has a $19.90 keyboard that nobody ordered
"""
    found = read_request("Refunds for my clients, May", text, "", "USD").requests
    assert [(r.customer_id, r.amount) for r in found] == [
        ("C-2071", Decimal("226.40")),
        ("C-2083", Decimal(50)),
        ("C-2071", Decimal("19.90")),
    ]


def test_a_note_that_promises_a_sum_for_an_order_is_no_reminder():
    text = "SO-2026-01121 Kessler, C-2060. Only did 4 of the 7 drops, the rest is not wanted now. They paid up front. Told her she gets 3 x $48 = $144 back."
    (found,) = read_request("1121 kessler", text, "", "USD", staff=True).requests
    assert found.amount == Decimal(144)


@pytest.mark.parametrize("forced", [False, True])
def test_a_message_without_a_word_is_read(forced):
    assert len(read_request("", "", "", "USD", forced=forced).requests) == forced


def test_two_bills_in_one_item_are_two_requests():
    text = "1) C-2001. INV-20001 $50.00 back. INV-20002 $60.00 back.\n2) C-2002. INV-20003 $70.00 back."
    found = read_request("Refunds for May", text, "", "USD").requests
    assert [(r.customer_id, r.invoice, r.amount) for r in found] == [
        ("C-2001", "INV-20001", Decimal(50)),
        ("C-2001", "INV-20002", Decimal(60)),
        ("C-2002", "INV-20003", Decimal(70)),
    ]
