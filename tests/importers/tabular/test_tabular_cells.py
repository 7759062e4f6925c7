"""Cells as people write them: amounts, days, reasons, headings. A figure is exact or it is none."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.importers.tabular.amounts import currency_of, mark_of, read_amount
from refundkit.importers.tabular.dates import UnclearDayError, read_time
from refundkit.importers.tabular.headings import assign, meaning
from refundkit.importers.tabular.reasons import reason_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$1,149.00 ", "1149.00", "USD"),
        ("1.310,20 EUR", "1310.20", "EUR"),
        ("($33.62)", "33.62", "USD"),
        ("-$0.95", "0.95", "USD"),
        ("$(250.00)", "250.00", "USD"),
        ("<60.00>", "60.00", ""),
        ("1.250,--", "1250.00", ""),
        ("CHF 1'250.-", "1250.00", "CHF"),
        ("U$S 84", "84", "USD"),
        ("18 bucks", "18", "USD"),
        ("112,00 $ US", "112.00", "USD"),
        ("half of $180", "90", "USD"),
        ("die Hälfte von 85 EUR", "42.5", "EUR"),
        ("'-12.50", "12.50", ""),
        ('="45"', "45", ""),
        ("1'250.50 CHF", "1250.50", "CHF"),
        ("₹1,25,000.00", "125000.00", "INR"),
        ("45,-", "45", ""),
        ("45.– Fr.", "45", "CHF"),
        ("45.00−", "45.00", ""),
        ("1\u202f034,50 €", "1034.50", "EUR"),
        ("USD 45", "45", "USD"),
        ("CA$45", "45", "CAD"),
        ("R 640,00", "640.00", "ZAR"),
        ("0,99", "0.99", ""),
        ("1.234.567", "1234567", ""),
        ("４５.00", "45.00", ""),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text, amount, currency):
    found = read_amount(text, "", "USD")
    assert (found.amount, found.currency, found.doubt) == (Decimal(amount), currency, "")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("twenty-five", "25", ""),
        ("Two hundred euros", "200", "EUR"),
        ("EUR vierzig", "40", "EUR"),
        ("fünfundachtzig", "85", ""),
        ("Zweitausendfünfhundertdreißig CHF", "2530", "CHF"),
        ("ciento veinte", "120", ""),
        ("treinta y cinco euros con veinte céntimos", "35.20", "EUR"),
        ("quatre-vingt-dix", "90", ""),
        ("soixante et onze", "71", ""),
        ("quatre-vingt-dix-sept euros", "97", "EUR"),
        ("deux cents", "200", ""),
        ("vingt euros cinquante", "20.50", "EUR"),
        ("twelve hundred dollars", "1200", "USD"),
        ("fifty cents", "0.50", ""),
        ("€ fifty", "50", "EUR"),
        ("one thousand two hundred and thirty-four dollars and fifty-six cents", "1234.56", "USD"),
    ],
)
def test_an_amount_all_in_words_is_read(text, amount, currency):
    found = read_amount(text, "", "USD")
    assert (found.amount, found.currency, found.doubt) == (Decimal(amount), currency, "")


@pytest.mark.parametrize(
    "text",
    [
        "one fifty",  # 150 to whoever says so, or 1.50
        "fifteen five",
        "two three",
        "cinquante et un vingt",
        "one hundred two hundred",
        "two thousand three thousand",
        "twenty or thirty",
        "about fifty",
        "fifty euros or so",
        "twenty euros five",
        "fifty dollars euros",
        "EUR fifty dollars",
        "fifty each",
        "half of fifty",
        "minus fifty",
        "dollars",
        "=fifty",
        "fifty " * 12,
        "ein" * 100,
    ],
)
def test_words_that_are_not_one_number_and_nothing_else_are_no_amount(text):
    with pytest.raises(ValueError, match="is not an amount"):
        read_amount(text, "", "USD")


def test_words_that_two_languages_read_in_two_ways_are_a_doubt():
    found = read_amount("six cents", "", "EUR")  # 600 in French
    assert (found.amount, found.doubt) == (None, "'six cents' is not one definite amount")


@pytest.mark.parametrize(
    "text",
    [
        "12k",
        "1,250,00",
        "3.8.00",
        "#REF!",
        "#N/A",
        "=2*45",
        "45.00²",
        "1.00 USD/EUR",
        "12 50",
        "INV-2044 $45.00",
        "((5)",
        "abc",
    ],
)
def test_what_is_no_amount_is_refused_with_its_words(text):
    with pytest.raises(ValueError, match=r"amount|number|currenc"):
        read_amount(text, ".", "USD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "?",
        "$??",
        "TBD",
        "n/a",
        "à voir",
        "to be calculated",
        "ca. 100",
        "about $50",
        "~50",
        "50-60",
        "50 or 60",
        "45?",
        "10%",
        "25 percent",
        "ask Ines",
        "see her mail",
        "per contract",
        "noch offen",
        "Frau Unger fragen",
        "siehe Mail",
        "voir Luc",
        "à confirmer",
        "preguntar a Luz",
        "half",
        "the lot",
        "den vollen Betrag",
        "la moitié",
        "todo",
    ],
)
def test_what_is_no_definite_amount_is_a_doubt(text):
    found = read_amount(text, ".", "USD")
    assert found.amount is None
    assert found.doubt


@pytest.mark.parametrize("text", ["nil", "None", "nothing due", "nichts", "rien", "néant", "nada", "Zero", "no refund"])
def test_nothing_in_words_is_no_money(text):
    assert read_amount(text, ".", "USD").amount == 0


@pytest.mark.parametrize("text", ["too much", "zu viel", "trop", "asked Ines nicely", "perhaps"])
def test_other_words_are_no_amount(text):
    with pytest.raises(ValueError, match="is not an amount"):
        read_amount(text, ".", "USD")


def test_a_single_mark_before_three_digits_is_decided_by_the_column_or_not_at_all():
    assert read_amount("1,234", ".", "USD").amount == Decimal(1234)
    assert read_amount("1,234", ",", "USD").amount == Decimal("1.234")
    assert read_amount("1,234", "", "USD").amount is None
    assert read_amount("1,234", "", "USD", "JPY").amount == Decimal(1234)
    assert (mark_of("1,234"), mark_of("12,50"), mark_of("1,234.5"), mark_of("1.234.567")) == ("", ",", ".", ",")


@given(st.integers(0, 10**12), st.sampled_from([".", ","]), st.booleans())
def test_a_written_amount_is_never_read_as_another_one(minor, mark, grouped):
    whole = f"{minor // 100:,}".replace(",", ";" if mark == "." else ":")
    whole = whole.replace(";", "," if grouped else "").replace(":", "." if grouped else "")
    found = read_amount(f"{whole}{mark}{minor % 100:02}", "", "USD")
    assert found.amount == Decimal(minor).scaleb(-2)


@given(st.text(alphabet="0123456789.,' -()$€kx²", max_size=14))
def test_any_cell_is_an_amount_a_doubt_or_a_sentence(text):
    try:
        found = read_amount(text, "", "USD")
    except ValueError as err:
        assert str(err)
    else:
        assert (found.amount is None) == bool(found.doubt)


def test_a_bare_dollar_is_the_shops_own():
    assert (currency_of("$", "CAD"), currency_of("$", "EUR"), currency_of("kr", "SEK"), currency_of("kr", "EUR")) == (
        "CAD",
        "USD",
        "SEK",
        "",
    )


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-08-03", "", "2026-08-02T22:00"),
        ("2026-08-03T10:00:00Z", "", "2026-08-03T10:00"),
        ("2026-08-03 10:00:00 UTC", "", "2026-08-03T10:00"),
        ("3.8.26 14:30 Uhr", "", "2026-08-03T12:30"),
        ("12/Mar/24 9:41 AM", "", "2024-03-12T08:41"),
        ("Nov 20, 2025", "", "2025-11-19T23:00"),
        ("8/3/2026 4pm", "mdy", "2026-08-03T14:00"),
        ("8/3/2026 9.15", "mdy", "2026-08-03T07:15"),
        ("3 de agosto de 2026", "", "2026-08-02T22:00"),
        ("1er août 2026", "", "2026-07-31T22:00"),
        ("08/25/2026 4:05 PM", "", "2026-08-25T14:05"),
        ("03/04/2026", "dmy", "2026-04-02T22:00"),
        ("03/04/2026", "mdy", "2026-03-03T23:00"),
    ],
)
def test_a_day_is_read_in_the_shops_zone(text, order, day):
    assert read_time(text, order, BERLIN) == datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_a_day_that_can_be_read_twice_is_not_read():
    with pytest.raises(UnclearDayError, match="day first or month first"):
        read_time("03/04/2026", "", BERLIN)


@pytest.mark.parametrize(
    "text", ["yesterday", "31.02.2026", "2026-13-01", "46237", "0001-01-01", "13/13/2026", "3 Foo 2026"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a date|day first"):
        read_time(text, "", BERLIN)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SLA_BREACH", "sla-breach"),
        ("Verspätung", "sla-breach"),
        ("Fault came back after two days", "faulty-work"),
        ("We sent the scale back", "equipment-return"),
        ("paid the invoice twice", "duplicate-payment"),
        ("zweimal überwiesen", "duplicate-payment"),
        ("two stations not done", "incomplete-service"),
        ("personne n'est venu", "cancelled-visit"),
        ("erreur de facturation", "billing-error"),
        ("por cortesía", "goodwill"),
        ("MISC", "other"),
        ("see letter", ""),
        ("latest plates", ""),
    ],
)
def test_a_reason_is_known_by_its_words(text, reason):
    assert reason_of(text) == reason


@pytest.mark.parametrize(
    ("heading", "field", "unit"),
    [
        ("Kd.-Nr.", "customer_id", ""),
        ("INVOICE  #", "invoice", ""),
        ("*InvoiceNo", "invoice", ""),
        ("N° de facture", "invoice", ""),
        ("Amount (USD)", "amount", "USD"),
        ("Betrag EUR", "amount", "EUR"),
        ("Betrag in €", "amount", "EUR"),
        ("Montant [num]", "amount", ""),
        ("número de orden", "service_order", ""),
        ("Order (USD)", "", ""),
        ("colour", "", ""),
    ],
)
def test_a_heading_is_known_however_it_is_written(heading, field, unit):
    assert (meaning(heading)[0], meaning(heading)[2]) == (field, unit)


def test_the_stronger_heading_wins_and_the_other_is_named_as_unused():
    columns = assign(["Amount", "Customer", "Refund amount", "Customer ID", "Customer ID"])
    assert columns.places == {"amount": 2, "customer_id": 3}
    assert columns.unused == (0, 1, 4)
