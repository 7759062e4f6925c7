"""Fields and tables: which label says what is asked back, and which sum, number or time of day is none of it."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.asked import read_request
from refundkit.importers.extract.form import named_addresses, read_form, sum_of
from refundkit.importers.extract.table import read_table
from refundkit.importers.extract.vocabulary import vocabulary


def asked(text, subject=""):
    (found,) = read_request(subject, text, "", "USD").requests
    return found


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("Amount to be credited", "asked"), ("How much should be returned?", "asked"), ("Credit requested", "asked"),
        ("Gutzuschreibender Betrag", "asked"), ("Reklamierter Teil", "asked"), ("Montant de l'avoir", "asked"),
        ("Somme réclamée", "asked"), ("Importe a devolver", "asked"), ("Difference", "asked"), ("Original amount", "billed"),
        ("Montant TTC facture", "billed"), ("Rechnungsbetrag Summe", "billed"), ("Importe facturado", "billed"), ("Total", "total"),
        ("Gesamtbetrag", "total"), ("Colour", ""),
    ],
)  # fmt: skip
def test_the_label_of_a_sum_says_what_it_is(label, meaning):
    assert sum_of(label) == meaning


@pytest.mark.parametrize(
    "lines",
    [
        "Original amount: USD 410.00\nAmount to be credited: USD 82.00",
        "Amount to be credited: USD 82.00\nInvoice total: USD 410.00",
        "Amount invoiced\t410.00\nRefund wanted\t82.00 USD",
        "Total billed: 410.00\nDifference to return (USD): 82.00",
    ],
)
def test_the_sum_whose_label_asks_is_taken_before_the_bills(lines):
    found = asked(f"Invoice: INV-20417\nCustomer number: C-2044\n{lines}\nReason: one unit was never fitted\n")
    assert (found.amount, found.currency, found.doubts) == (Decimal("82.00"), "USD", [])


def test_the_bills_sum_alone_is_not_what_is_asked():
    found = asked(
        "N° client: C-2044\nFacture: INV-20417\nMontant TTC facture: 1 248,00 EUR\nObjet: avoir\n"
        "Détails: Une heure de trop, soit 88 euros à nous restituer.\n"
    )
    assert (found.amount, found.currency) == (Decimal(88), "EUR")


def test_two_sums_that_are_asked_are_not_one_definite_amount():
    found = asked("Invoice: INV-20417\nCustomer number: C-2044\nRefund wanted: 82.00\nCredit due: 28.00\n")
    assert found.amount is None
    assert "not one definite amount" in found.doubts[0]


def test_the_total_of_a_claim_is_what_is_asked_in_the_currency_of_its_column():
    text = """DEBIT NOTE NO....: 51000488
OUR A/C WITH YOU.: C-2064
YOUR INVOICE.....: INV-31550
FROM.............: A WHOLESALER

POS  TEXT                       QTY    PRICE       GBP
010  LABOUR BILLED 9 H, DONE 8  1.0    72.00     72.00
                                NET              72.00
                                VAT 20%          14.40
                                TOTAL            86.40
"""
    found = asked(text, "DEBIT NOTE 51000488")
    assert (found.amount, found.currency, found.customer_id, found.invoice) == (
        Decimal("86.40"),
        "GBP",
        "C-2064",
        "INV-31550",
    )


@pytest.mark.parametrize(
    "table",
    [
        "Line   Billed   Correct   Difference (GBP)\nLabour for INV-20417   420.00   280.00   140.00\n",
        "Ref\tWhat\tInvoiced\tTo be credited\nINV-20417\tlabour\t£420.00\t£140.00\n",
        "Rechnung\tText\tBerechnet\tGutschrift\nINV-20417\tArbeit\t420,00 £\t140,00 £\n",
    ],
)
def test_in_a_table_the_column_that_asks_counts(table):
    found = asked(f"Please correct our bill and refund what is over.\n\n{table}")
    assert (found.amount, found.currency, found.invoice) == (Decimal("140.00"), "GBP", "INV-20417")


@pytest.mark.parametrize(
    "text",
    ["Date\tAmount\tInvoice\n1/2\t45.00\tINV-20001\n", "Item   Qty   Price\nSSD   2   61.00\n", "a refund\tis due"],
)
def test_other_tables_stay_as_they_are(text):
    assert read_table(text, "USD") is None


def test_the_total_of_a_single_row_is_no_second_request():
    table = (
        "Item\tInvoiced qty\tUnit price\tCredit amount\nUSB dock\t5\t45.00 USD\t45.00 USD\nTotal credit\t45.00 USD\n"
    )
    assert asked(f"Please credit INV-20417.\n\n{table}").amount == Decimal("45.00")


def test_a_time_of_day_is_no_label():
    form = read_form(
        "CALLER: Mr Low\nEMAIL: low@x.test\nMESSAGE TAKEN 24/07/2026 17:41 BY: Jo\nMESSAGE: wants £43 refunded\n"
    )
    assert form is not None
    assert form.get("comments") == "wants £43 refunded"


def test_numbers_named_in_the_words_of_a_form_count():
    found = asked(
        "Name: Pip\nEmail: pip@x.test\nMessage: For SO-2026-00788 and bill 31502 please give me the £30 back.\n"
    )
    assert (found.service_order, found.invoice, found.amount) == ("SO-2026-00788", "INV-31502", Decimal(30))


def test_a_purchase_order_is_no_number_of_ours_and_no_doubt():
    found = asked(
        "Document: Invoice INV-20417\nPurchase order: PO-45091177\nCredit wanted: 82.00 EUR\nName: A. Low\nEmail: a@low.test\n"
    )
    assert (found.invoice, found.service_order, found.doubts) == ("INV-20417", "", [])


def test_words_typed_into_several_fields_are_all_read():
    text = "* Your name?\nAoife\n\n* Your email?\naoife@x.test\n\n* Comments\nComplaint\n\n* Tell us more\nPlease credit the €85 surcharge, he came late.\n"
    assert asked(text).amount == Decimal(85)


def test_a_currency_is_found_in_its_field_however_it_is_named():
    text = "Invoice: INV-20417\nCustomer number: C-2044\nRefund wanted: 82.00\nCurrency: {}\n"
    assert [asked(text.format(c)).currency for c in ("US Dollar (USD)", "EUR - Euro", "Pounds", "CHF")] == [
        "USD",
        "EUR",
        "GBP",
        "CHF",
    ]


def test_addresses_are_told_with_the_names_beside_them():
    text = "Requester: Joan Reeve <joan@reeve.test>\nSachbearbeiter: J. Thal, thal@x.test\nSee http://x.test\nWrite to a@b.test\n"
    assert named_addresses(text) == [("Joan Reeve", "joan@reeve.test"), ("J. Thal", "thal@x.test")]


def test_every_language_names_sums_and_machines():
    words = vocabulary()
    assert set(words.sums) == {"asked", "any", "total", "billed"}
    assert {
        "above",
        "made",
        "carried",
        "note",
        "agent",
        "client",
        "asks",
        "settles",
        "taken",
        "survey",
        "claim",
        "remove",
    } == set(words.machine)


def test_a_number_in_its_own_field_goes_before_a_name_under_a_like_label():
    text = "Client ........... Oak & Ember\nClient ID ........ C-2138\nJob .............. SO-2026-01224\nSum claimed ...... 92.00 GBP\n"
    (found,) = read_request("#4471 Refund request", text, "", "USD").requests
    assert (found.customer_id, found.service_order, found.amount) == ("C-2138", "SO-2026-01224", Decimal(92))


def test_a_sum_wished_for_in_a_field_of_another_name_is_asked():
    text = "Name: Ivy Cole\nEmail: ivy@a.test\nCustomer number: 3160\nWhat would make it right?: Refund of $58.00\nTell us more: He came hours late.\n"
    (found,) = read_request("Something went wrong", text, "", "USD").requests
    assert (found.customer_id, found.amount, found.currency, found.doubts) == ("C-3160", Decimal(58), "USD", [])


def test_a_currency_in_words_of_one_is_known_in_its_field():
    text = "Email: d@a.test\nInvoice: 30193\nHow much?: 132.00\nCurrency: Australian dollar\nComments: refund please\n"
    (found,) = read_request("Form", text, "", "USD").requests
    assert (found.amount, found.currency) == (Decimal(132), "AUD")


@pytest.mark.parametrize("leader", [" ........: ", " ........ ", " .. "])
def test_dots_may_lead_from_a_label_to_its_value(leader):
    fields = {"Customer": "C-2150", "Reply address": "facilities@a.test", "Order": "SO-2026-01231", "Bill": "INV-23341",
              "Sum wanted back": "225.00 USD", "In your words": "half of the labs were never done"}  # fmt: skip
    text = "\n".join(f"{label}{leader}{value}" for label, value in fields.items())
    (found,) = read_request("Refund form", text, "", "USD").requests
    assert (found.customer_id, found.service_order, found.invoice) == ("C-2150", "SO-2026-01231", "INV-23341")
    assert (found.amount, found.reason, found.doubts) == (Decimal(225), "incomplete-service", [])


def test_a_question_is_the_label_of_what_stands_below_it():
    text = "Name: I. Boll\nE-mail: i@a.test\nOrder: SO-2026-01037\nAmount: 58.20\nWhat went wrong?\n  it stopped feeding again two days after you fixed it\n"
    (found,) = read_request("Refund form", text, "", "USD").requests
    assert (found.amount, found.reason) == (Decimal("58.20"), "faulty-work")


def test_a_sum_by_itself_is_asked_where_the_words_of_a_form_ask():
    form = "Your name: M. Hale\nYour mail: m@a.test\nInvoice: 30509\nSum: C$42.30\nYour message: {}\n"
    (found,) = read_request("", form.format("A lock that I never ordered. Please refund."), "", "USD").requests
    assert (found.invoice, found.amount, found.currency, found.doubts) == ("INV-30509", Decimal("42.30"), "CAD", [])
    assert not read_request("", form.format("Thank you, all is well."), "", "USD").requests


def test_what_happened_is_read_wherever_a_form_tells_it():
    text = "Name: D. Ray\nCustomer number: C-2090\nInvoice: 30170\nAmount wanted: 120.00\nWhat you saw: only one of two tills was ever connected\n"
    (found,) = read_request("", text, "", "USD").requests
    assert found.reason == "incomplete-service"
