"""Habits of people who keep lists: columns of states, legends, ledgers' types, months in titles, lines at the foot."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.tabular.requests import read_requests
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Draft, Ignored

SHOP = TableShop("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 15, tzinfo=UTC))


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def requests(path):
    return list(read_requests(path, "list.csv", SHOP))


@pytest.mark.parametrize(
    ("heading", "over", "open_"),
    [
        ("pd?", "Y", "N"),
        ("erl.", "j, überw. 14.09.", "n"),
        ("Suite", "remboursé le 12/08", "à faire"),
        ("Where it stands", "refused by Pat", "to do"),
        ("Notes for us", "refunded 3/9", "waiting for Pat"),
        ("CN status", "VOIDED", "DRAFT"),
    ],
)
def test_what_a_column_says_of_settled_rows_leaves_them_out(file, heading, over, open_):
    cells = [open_, over, open_, over]
    rows = "".join(f"C-2{n:03};INV-2{n:04};{n}5,50;late;{cell}\n" for n, cell in enumerate(cells))
    found = requests(file(f"Customer;Invoice;Refund;Reason;{heading}\n{rows}"))
    assert [type(r) for r in found] == [Draft, Ignored, Draft, Ignored]
    assert not any(r.doubts for r in found if isinstance(r, Draft))


def test_a_cell_that_no_field_takes_may_say_that_a_row_was_settled(file):
    text = "Customer,Invoice,Refund,Reason,Shelf\nC-1,INV-20001,5.50,late,A4\nC-2,INV-20002,6.50,late,refunded 3/9\n"
    first, second = requests(file(text))
    assert first.doubts == ()
    assert second.doubts == ("Shelf: 'refunded 3/9' may say that it is settled",)


def test_a_cancelled_row_is_a_doubt_unless_its_column_is_about_the_visit(file):
    rows = "C-1,INV-20001,5.50,late,Cancelled\nC-2,INV-20002,6.50,late,Open\n"
    first, second = requests(file("Customer,Invoice,Refund,Reason,Status\n" + rows))
    assert (len(first.doubts), second.doubts) == (1, ())
    first, _ = requests(file("Customer,Invoice,Refund,Reason,Job status\n" + rows))
    assert first.doubts == ()
    first, _ = requests(file("Customer,Invoice,Refund,Reason,Refund status\n" + rows))
    assert isinstance(first, Ignored)


@pytest.mark.parametrize("cell", ["nil", "none", "nichts", "rien", "nada", "0.00"])
def test_a_row_that_asks_for_nothing_and_says_that_it_is_over_is_left_out(file, cell):
    (found,) = requests(file(f"Customer,Invoice,Refund,Query\nC-1,INV-20001,{cell},claim withdrawn\n"))
    assert isinstance(found, Ignored)
    (found,) = requests(file(f"Customer,Invoice,Refund,Query\nC-1,INV-20001,{cell},came late\n"))
    assert isinstance(found, Draft) and found.amount is None


def test_a_ledgers_own_entries_among_requests_are_left_out_by_their_type(file):
    head = "Customer,Txn type,Invoice,Amount,Memo\n"
    rows = [
        "C-1,Claim,INV-20001,5.50,late",
        "C-1,Payment,INV-20001,55.00,card",
        "C-2,Refund receipt,INV-20002,7.00,late",
    ]
    asked, booked, paid = requests(file(head + "\n".join(rows) + "\n"))
    assert (type(asked), type(booked), type(paid)) == (Draft, Ignored, Ignored)
    assert booked.why == "by its type it is an entry of the books, not a request: Payment"
    (alone,) = requests(file(head + rows[1] + "\n"))
    assert alone.doubts == ("Txn type: 'Payment' is no request",)


def test_lines_at_the_foot_are_no_requests_whatever_column_they_stand_in(file):
    text = "A/c,Doc,Refund,Query,Ref\nC-1,INV-20001,5.50,came late,q1\n"
    feet = ["Sub-total GBP,,5.50,,", "E&OE,,,,", ",Rows: 1,,,", "***,,,,", "Zwischensumme CHF,,5.50,,"]
    asked, *rest = requests(file(text + "\n".join(feet) + "\n"))
    assert isinstance(asked, Draft)
    assert [type(r) for r in rest] == [Ignored] * len(feet)


def test_two_names_of_one_thing_above_a_column_are_one_heading(file):
    text = "Date,Memo/Description,Amount\n3/14/2026,INV-20001 charged on two cards,5.50\n"
    for row in ("INV-20002 nobody came to the shop", "SO-2026-00003 the till was left half done"):
        text += f"3/14/2026,{row},6.50\n"
    found = requests(file(text + "3/15/2026,Router swap,7.00\n"))
    assert [(d.invoice, d.service_order) for d in found[:3]] == [
        ("INV-20001", ""), ("INV-20002", ""), ("", "SO-2026-00003"),
    ]  # fmt: skip
    assert found[0].description == "INV-20001 charged on two cards"
    assert not isinstance(found[3], Draft)


@pytest.mark.parametrize(
    "key",
    [
        ["D = paid twice  V = nobody came,,,,", "M = goods returned,,,,"],
        ["D = paid twice,V = nobody came,M = goods returned,,"],
        ["D,paid twice,,,", "V,nobody came,,,", "M,goods returned,,,"],
        ["key,,,,", "D,paid twice,,,", "V,nobody came,,,", "M,goods returned,,,"],
    ],
)
@pytest.mark.parametrize("heading", ["r", "why"])
def test_a_legend_at_the_foot_explains_short_words(file, heading, key):
    rows = [f"C-200{n},INV-2000{n},{n}5.50,{code},Pat" for n, code in enumerate("DVMDQ")]
    found = requests(file(f"cust,bill,refund,{heading},by\n" + "\n".join([*rows, *key]) + "\n"))
    assert [d.reason for d in found[:5]] == [
        "duplicate-payment", "cancelled-visit", "equipment-return", "duplicate-payment", "other",
    ]  # fmt: skip
    assert [type(r) for r in found[5:]] == [Ignored] * len(key)


def test_a_legend_may_stand_beside_the_rows(file):
    rows = ["C-1,INV-20001,5.50,D,,D = paid twice", "C-2,INV-20002,6.50,V,,V = nobody came", "C-3,INV-20003,7.50,D,,"]
    found = requests(file("cust,bill,refund,why,,\n" + "\n".join(rows) + "\n"))
    assert [d.reason for d in found] == ["duplicate-payment", "cancelled-visit", "duplicate-payment"]
    rows = ["C-1,INV-20001,5.50,D,,D,paid twice", "C-2,INV-20002,6.50,V,,V,nobody came", "C-3,INV-20003,7.50,D,,,"]
    found = requests(file("cust,bill,refund,why,,,\n" + "\n".join(rows) + "\n"))
    assert [d.reason for d in found] == ["duplicate-payment", "cancelled-visit", "duplicate-payment"]


def test_short_words_for_reasons_are_known_whatever_stands_above_them(file):
    rows = [
        "C-1,INV-20001,5.50,double payment,q1",
        "C-2,INV-20002,6.50,job never finished,q2",
        "C-3,INV-20003,7,late,q3",
    ]
    found = requests(file("A/c,Doc,Refund,Zz,Ref\n" + "\n".join(rows) + "\n"))
    assert [d.reason for d in found] == ["duplicate-payment", "incomplete-service", "sla-breach"]


def test_what_the_words_say_counts_before_a_category_that_says_nothing(file):
    rows = ["C-1,INV-20001,5.50,Misc,the cable was billed twice", "C-2,INV-20002,6.50,Misc,by post please"]
    found = requests(file("A/c,Doc,Refund,Category,Note\n" + "\n".join(rows) + "\n"))
    assert [d.reason for d in found] == ["duplicate-payment", "other"]


@pytest.mark.parametrize(
    ("title", "first"),
    [("Money back, September 2025", "2025-09-04"), ("Remboursements avril 2025", "2025-04-09"), ("Refunds", "")],
)
def test_a_month_in_the_title_says_which_number_of_a_day_it_is(file, title, first):
    (found,) = requests(file(f"{title},,,\n,,,\nDate in,Customer,Invoice,Refund\n9/4/25,C-1,INV-20001,5.50\n"))
    assert (found.received_at.date().isoformat() if found.received_at else "") == first
    assert bool(found.doubts) == (not first)


def test_days_without_a_month_are_of_the_month_in_the_title(file):
    text = "Van list August,,,\nday,cust,order,money back\nmon 3,C-1,SO-2026-00001,5.50\nthe 4th,C-2,SO-2026-00002,6\n"
    found = requests(file(text))
    assert [(d.received_at.date().isoformat(), d.doubts) for d in found] == [("2026-08-03", ()), ("2026-08-04", ())]


@pytest.mark.parametrize("title", ["Market stalls", "Refunds for Mar & May", "August and September"])
def test_a_title_that_names_no_single_month_says_nothing_of_days(file, title):
    (found,) = requests(file(f"{title},,,\nday,cust,order,money back\nmon 3,C-1,SO-2026-00001,5.50\n"))
    assert found.doubts == ("day: '3' is not a date",)


def test_a_name_among_customers_numbers_is_a_name_and_no_number(file):
    rows = ["C-1001,INV-20001,5.50,late", "C-1002,INV-20002,6.50,late", "jo from next door,,7.50,late"]
    *_, found = requests(file("cust,bill,refund,why\n" + "\n".join(rows) + "\n"))
    assert (found.customer_id, found.requested_by) == ("", "jo from next door")
    assert found.doubts == ("cust: nothing but the name 'jo from next door' says who asks",)


def test_a_closed_row_whose_words_say_that_it_is_over_is_left_out(file):
    rows = [
        "C-1,INV-20001,5.50,Closed,refund sent 2/10",
        "C-2,INV-20002,6.50,Closed,late",
        "C-3,INV-20003,7,Open,refund sent 2/10",
    ]
    over, closed, told = requests(file("Customer,Invoice,Refund,Status,Note\n" + "\n".join(rows) + "\n"))
    assert over.why == "the row is closed. By its words it may have been paid back already."
    assert len(closed.doubts) == len(told.doubts) == 1


def test_a_row_that_asks_for_a_paper_and_no_amount_is_left_out(file):
    rows = ["C-1,INV-20001,,asked for a copy of the bill", "C-2,INV-20002,6.50,asked for a copy of the bill"]
    paper, both = requests(file("Customer,Invoice,Refund,Note\n" + "\n".join(rows) + "\n"))
    assert isinstance(paper, Ignored)
    assert isinstance(both, Draft)


def test_a_column_of_states_is_one_though_some_of_its_cells_are_sentences(file):
    cells = [
        "sent e-transfer sep 9",
        "told me to forget about it",
        "she says that she will ring back when she has it refunded",
        "",
    ]
    rows = "".join(f"C-200{n},SO-2026-0000{n},{n}6.50,late,{cell}\n" for n, cell in enumerate(cells))
    found = requests(file("cust,order,money back,why,ok?\n" + rows))
    assert [type(r) for r in found] == [Ignored, Ignored, Draft, Draft]


def test_a_column_without_numbers_is_no_amount_though_its_heading_may_be_one(file):
    rows = 'K-01,C-2390,INV-31230,210.50,hours\nK-02,C-2390,INV-31233,75,handset back\nK-03,C-2391,INV-31236,"1,300.00",late\n'
    found = requests(file(f"Claim,Customer no,Invoice no,Claimed,Reason\n{rows}"))
    assert [str(draft.amount) for draft in found] == ["210.50", "75", "1300.00"]


def test_a_column_of_amounts_stays_one_though_a_person_is_to_be_asked_in_some_rows(file):
    rows = "INV-31230,see Tom,hours\nINV-31233,ask Ann,handset back\nINV-31236,tbc,late\n"
    found = requests(file(f"Invoice no,Claim,Reason\n{rows}"))
    assert all(isinstance(draft, Draft) and draft.amount is None and draft.doubts for draft in found)


def test_dates_beside_amounts_with_a_decimal_comma_begin_with_the_day(file):
    rows = '02/09/2026,INV-31001,"89,50",visite annulée\n03/09/2026,INV-31002,"120,00",payé deux fois\n'
    found = requests(file(f"date,facture,montant à rembourser (EUR),motif\n{rows}"))
    assert [draft.received_at.astimezone(SHOP.zone).day for draft in found] == [2, 3]
    assert not any(draft.doubts for draft in found)


def test_a_log_of_names_and_what_each_is_to_get_back_goes_to_a_person_row_by_row(file):
    rows = "Mrs Lane,555-0134,cancelled the night before and still charged,120,60\nKim,555-0190,keyboard returned,64.99,64.99\n"
    found = requests(file(f"Name,Phone,What's up,Total bill,Back\n{rows}"))
    assert [str(draft.amount) for draft in found] == ["60", "64.99"]
    assert all("nothing but the name" in draft.doubts[0] for draft in found)


@pytest.mark.parametrize("heading", ["reason_cd", "type", "rs"])
def test_a_column_of_hardly_anything_but_codes_tells_the_reasons_beside_words(file, heading):
    rows = ("PAID_TWICE,", "TECH_NO_SHOW,waited all day", "GOODWILL,long wait on the phone", "courtesy,")
    text = "".join(f"C-2{n:03},INV-2{n:04},{n}5.50,{row}\n" for n, row in enumerate(rows))
    found = requests(file(f"customer,invoice,amount,{heading},remarks\n{text}"))
    assert [r.reason for r in found] == ["duplicate-payment", "cancelled-visit", "goodwill", "goodwill"]


def test_a_column_of_types_that_names_few_reasons_tells_none(file):
    rows = ("Return,nobody came", "Credit,nobody came", "Refund,nobody came")
    text = "".join(f"C-2{n:03},INV-2{n:04},{n}5.50,{row}\n" for n, row in enumerate(rows))
    found = requests(file(f"customer,invoice,amount,type,remarks\n{text}"))
    assert {r.reason for r in found} == {"cancelled-visit"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("second rack never assembled", "incomplete-service"),
        ("Fault returned within a week", "faulty-work"),
        ("Error returned the next day", "faulty-work"),
        ("came on the wrong day", "sla-breach"),
        ("PAID_2X", "duplicate-payment"),
        ("billed for a disk that was never fitted", "billing-error"),
        ("panne revenue après trois jours", "faulty-work"),
    ],
)
def test_words_of_a_row_name_its_reason(file, words, reason):
    (found,) = requests(file(f"customer,invoice,amount,reason\nC-2001,INV-20001,5.50,{words}\n"))
    assert found.reason == reason


@pytest.mark.parametrize("number", ["WEB-5001", "K-01", "rq#77"])
def test_numbers_of_another_system_under_claim_are_no_sums(file, number):
    text = f"claim,acct,inv,value,cur\n{number},C-2063,INV-30321,110.00,CAD\n{number}2,C-2064,INV-30322,39.99,USD\n"
    assert [str(r.amount) for r in requests(file(text))] == ["110.00", "39.99"]


@pytest.mark.parametrize("words", ["nobody came on the 18th", "nobody turned up on Monday"])
def test_a_row_that_tells_what_happened_and_no_amount_is_kept(file, words):
    (found,) = requests(file(f"customer,order,amount,currency,details\nC-2257,SO-2026-01226,,USD,{words}\n"))
    assert isinstance(found, Draft)
    assert (found.amount, found.reason) == (None, "cancelled-visit")
