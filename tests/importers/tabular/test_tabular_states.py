"""What became of a request, as columns of states and the words of rows say it."""

import pytest

from refundkit.importers.tabular.headings import is_of_done, is_of_state
from refundkit.importers.tabular.legends import legend
from refundkit.importers.tabular.states import (
    _TOLD,
    Entry,
    State,
    _phrases,
    asks_for_paper,
    doubt_of,
    entry_of,
    is_test,
    state_of,
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Refunded 9/18", State.SETTLED),
        ("Closed (refunded)", State.SETTLED),
        (">Closed - credit raised", State.SETTLED),
        ("Issued 09/09", State.SETTLED),
        ("am 14.08. erstattet", State.SETTLED),
        ("Remboursé le 15/09 (PN)", State.SETTLED),
        ("ya devuelto", State.SETTLED),
        ("Paid out", State.SETTLED),
        ("sent e-transfer sep 9", State.SETTLED),
        ("Declined", State.DECLINED),
        ("Won't pay", State.DECLINED),
        ("Abgelehnt", State.DECLINED),
        ("Refusé, hors délai", State.DECLINED),
        ("Withdrawn by customer", State.WITHDRAWN),
        ("Customer withdrew", State.WITHDRAWN),
        ("said no - they dropped it", State.WITHDRAWN),
        ("VOID", State.VOIDED),
        ("voided 4/2 - keyed twice by us", State.VOIDED),
        ("entered by mistake", State.VOIDED),
        ("irrtümlich erfasst", State.VOIDED),
        ("saisi par erreur", State.VOIDED),
        ("ingresado por error", State.VOIDED),
        ("Cancelled", State.CANCELLED),
        ("storniert", State.CANCELLED),
        ("Annulé", State.CANCELLED),
        ("not voided", State.OPEN),
        ("Nothing due", State.DECLINED),
        ("kein Anspruch", State.DECLINED),
        ("rien à rembourser", State.DECLINED),
        ("sin derecho", State.DECLINED),
        ("rejetée par la direction", State.DECLINED),
        ("Überw. 3.9.", State.SETTLED),
        ("viré le 3/9", State.SETTLED),
        ("transferido 3/9", State.SETTLED),
        ("Solved", State.CLOSED),
        ("Archivé", State.CLOSED),
        ("Paid", State.CLOSED),
        ("Approved, not paid yet", State.OPEN),
        ("Awaiting approval", State.OPEN),
        ("À valider", State.OPEN),
        ("noch nicht erstattet", State.OPEN),
        ("waiting for refund", State.OPEN),
        ("In progress", State.OPEN),
        ("", State.OPEN),
    ],
)
def test_a_state_is_known_by_its_words(text, state):
    assert state_of(text) is state


@pytest.mark.parametrize("text", ["yes", "Ja", "x", "pd 7/20 ck 2291", "oui - 24 juil.", "7/20", "2026-07-20", "erl."])
def test_a_column_for_what_is_done_says_so_by_a_word_or_a_day(text):
    assert state_of(text, only_done=True) is State.SETTLED


@pytest.mark.parametrize("text", ["no", "nein", "non", "", "not yet", "half", "ask Kim"])
def test_nothing_else_in_it_says_that_a_row_is_done(text):
    assert state_of(text, only_done=True) is State.OPEN


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("changed her mind - forget it she said", "taken back"),
        ("Please drop my claim for the 38.00", "taken back"),
        ("wants 400, turned down by PN", "turned down"),
        ("Erledigt, am 14.08. erstattet (JK)", "paid back"),
        ("wrong toner, already refunded by Kim", "paid back"),
        ("credited 2025-03-02, no further action", "paid back"),
        ("refund received, thank you", "paid back"),
        ("got her money back by BACS", "paid back"),
        ("gutgeschrieben am 03.03., nichts mehr zu tun", "paid back"),
        ("crédité le 3 mars", "paid back"),
        ("abonado con la nota 88", "paid back"),
        ("put the 40 back on his card on Monday", "paid back"),
        ("vendor credit from the factory", "supplier"),
        ("Lieferantengutschrift", "supplier"),
        ("keyed in error", "mistake"),
        ("voided, other way round", "voided"),
    ],
)
def test_words_by_which_a_row_may_be_settled_are_a_doubt(said, word):
    assert word in doubt_of(said)


@pytest.mark.parametrize(
    "said",
    [
        "charged twice, please refund one",
        "devuelto el 9/9 sin abrir",
        "paid in advance, nobody came",
        "zweimal überwiesen am 3.3.",
        "nobody credited it",
    ],
)
def test_words_that_only_ask_are_none(said):
    assert doubt_of(said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "Could you send me a copy of all July invoices?",
        "needs a VAT receipt for March",
        "braucht eine Rechnungskopie",
        "demande un devis pour deux caméras",
        "pide presupuesto para la alarma",
    ],
)
def test_words_may_ask_for_a_paper(said):
    assert asks_for_paper(said)


@pytest.mark.parametrize(
    "said", ["send a corrected invoice and refund the fee", "wants her money back, has the receipt", "late", ""]
)
def test_words_that_ask_for_money_too_do_not(said):
    assert not asks_for_paper(said)


@pytest.mark.parametrize(
    "cell", ["test", "asdf asdf", "TEST - new form, please ignore", "essai formulaire", "prueba prueba"]
)
def test_a_form_that_was_only_tried_out_is_known(cell):
    assert is_test(["", cell])


@pytest.mark.parametrize("cell", ["test page was never printed", "tests failed again", "Test Valley Council", ""])
def test_a_test_somebody_tells_of_is_none(cell):
    assert not is_test([cell])


def test_a_legend_above_a_list_explains_its_short_words():
    said = legend(["Credits, C. Bell", "DP dbl pmt / NS no-show / RT goods rtnd"])
    assert said == {"dp": "duplicate-payment", "ns": "cancelled-visit", "rt": "equipment-return"}


@pytest.mark.parametrize(
    "title",
    [
        "codes: D = paid twice / V = nobody came / M = goods returned",
        "D = paid twice  V = nobody came  M = goods returned",
        "Key (D=paid twice, V=nobody came, M=goods returned)",
        "d = doppelt bezahlt; v = niemand gekommen; m = Rückgabe",
    ],
)
def test_words_set_equal_to_codes_explain_them(title):
    assert legend([title]) == {"d": "duplicate-payment", "v": "cancelled-visit", "m": "equipment-return"}


@pytest.mark.parametrize("title", ["Refunds to do - Kev - Aug / Sept", "POS CREDITS / Summer late", "Q3 late visits"])
def test_a_title_is_no_legend(title):
    assert legend([title]) == {}


@pytest.mark.parametrize(
    "heading", ["Board Status", "Suite donnée", "Ergebnis", "CreditStatus", "Étape", "Stage", "Refund outcome [list]"]
)
def test_a_column_of_states_is_known_by_a_word_of_its_heading(heading):
    assert is_of_state(heading)


@pytest.mark.parametrize("heading", ["pd?", "Erl.", "Sent?", "Paid / sent?", "Überw.", "remb. le", "Abonado?", "Pd on"])
def test_a_column_for_what_is_done_is_known_by_a_word_of_its_heading(heading):
    assert is_of_done(heading)


@pytest.mark.parametrize("heading", ["Amount paid", "Sent by", "Job done by", "Date", ""])
def test_a_heading_that_has_more_to_say_is_none(heading):
    assert not is_of_done(heading)


@pytest.mark.parametrize("heading", ["Statement no", "Stages Ltd", "Owner", "Book", ""])
def test_other_headings_are_none(heading):
    assert not is_of_state(heading)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Refund request", Entry.ASKED),
        ("Demande de remboursement", Entry.ASKED),
        ("Invoice", Entry.BOOKED),
        ("Zahlungseingang", Entry.BOOKED),
        ("Journal entry", Entry.BOOKED),
        ("Refund receipt", Entry.PAID_BACK),
        ("Question", Entry.UNKNOWN),
        ("Invoice dispute", Entry.UNKNOWN),
        ("", Entry.UNKNOWN),
    ],
)
def test_the_type_of_an_entry_is_the_whole_cell(text, entry):
    assert entry_of(text) is entry


def test_every_phrase_of_a_row_that_is_over_is_found_at_a_glance():
    for name in _TOLD:
        for phrase in _phrases()[name]:
            first = " ".join(
                word.split("|")[-1].strip("?").replace("*", "x") for word in phrase.split() if word != ".."
            )
            assert doubt_of(first.replace("{day}", "12").replace("{n}", "3")), phrase


def test_what_two_sentences_say_is_not_read_together():
    assert not doubt_of("Two of the jobs never got touched.\n\nMoney back for those please.")
    assert doubt_of("She got her money back in May.")
