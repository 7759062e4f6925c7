"""Files as they come: encodings, delimiters, line numbers; and what is no list is refused with its place."""

import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.errors import InputError
from refundkit.importers.extract.forms import forms_of
from refundkit.importers.tabular.requests import identify, read_requests
from refundkit.importers.tabular.rows import BrokenRowError, open_table
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Draft, Ignored, Reject

SHOP = TableShop("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 15, tzinfo=UTC))
NATIVE = (
    "received_at,channel,customer_id,customer_email,service_order,invoice,amount,currency,reason,description,"
    "requested_by,external_ref\n"
)
REAL = Path(__file__).parents[3] / ".." / "shared" / "data" / "real"


@pytest.fixture
def file(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def table(path):
    return open_table(path, "list.csv")


def requests(path):
    return list(read_requests(path, "list.csv", SHOP))


def refusal(path):
    with pytest.raises(InputError) as caught:
        requests(path)
    assert caught.value.hint
    assert caught.value.where.startswith("list.csv")
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "cp1252"])
def test_one_list_gives_equal_rows_in_every_encoding(file, encoding):
    text = "Kunde;Rechnung;Grund\r\nC-1;INV-1;Verspätung – zu spät\r\n"
    raw = {
        "utf-16-le-bom": b"\xff\xfe" + text.encode("utf-16-le"),
        "utf-16-be-bom": b"\xfe\xff" + text.encode("utf-16-be"),
    }
    path = file(raw[encoding] if encoding in raw else text.encode(encoding))
    assert table(path).headings == ["Kunde", "Rechnung", "Grund"]
    assert list(table(path).rows()) == [(2, ["C-1", "INV-1", "Verspätung – zu spät"])]
    assert identify(path.read_bytes()) == pytest.approx(0.9)


def test_one_odd_byte_late_in_the_file_decides_its_encoding(file):
    path = file(b"customer;invoice\n" + b"C-1;INV-1\n" * 60_000 + b"M\xfcller;INV-2\n")
    *_, last = table(path).rows()
    assert last == (60_002, ["Müller", "INV-2"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_cuts_the_headings(file, delimiter):
    path = file(delimiter.join(["customer", "invoice", "note, or; so"]) + "\n" + delimiter.join("abc") + "\n")
    if delimiter == "\t":
        assert table(path).headings == ["customer", "invoice", "note, or; so"]
    assert table(path).delimiter == delimiter


def test_a_first_line_sep_names_the_delimiter_and_is_no_heading(file):
    path = file('sep=;\r\ncustomer;invoice;note\r\n"C,1";INV-1;x\r\n')
    found = table(path)
    assert (found.delimiter, found.header_line, found.titles) == (";", 2, ())
    assert list(found.rows()) == [(3, ["C,1", "INV-1", "x"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_is_numbered_by_the_line_on_which_it_begins(file, end):
    lines = ["", "customer,invoice,note", '1,a,"one', "", 'two"', "", ",,", "2,b,", '3,"c', 'd",']
    path = file(end.join(lines) + end)
    found = table(path)
    assert found.header_line == 2
    assert [(line, row[0]) for line, row in found.rows()] == [(3, "1"), (8, "2"), (9, "3")]


def test_the_last_line_may_lack_its_end(file):
    assert list(table(file("customer,invoice\n1,2\n3,4")).rows()) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_headings_below_titles_are_found_and_their_line_is_said(file):
    found = table(file("Shop Ltd,2026\nRefunds,\n\nCustomer No,Invoice,Amount\nC-1,INV-1,5\n"))
    assert (found.headings, found.header_line) == (["Customer No", "Invoice", "Amount"], 4)
    assert found.titles == ("Shop Ltd 2026", "Refunds")


def test_an_empty_file_says_so(file):
    assert refusal(file("")).message == "is empty"
    assert "blank lines" in refusal(file("\n\r\n \n")).message


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        open_table(tmp_path / "none.csv", "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_table(tmp_path, "here")


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04\x14\x00", "a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old Excel workbook"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\n <!DOCTYPE html><table>", "a web page"),
    ],
)
def test_what_is_no_text_is_refused_by_its_name(file, head, named):
    path = file(head + b"customer,invoice\n" * 9)
    assert named in refusal(path).message
    assert identify(path.read_bytes()) == 0


def test_nul_bytes_are_refused_with_their_line(file):
    assert refusal(file(b"customer,invoice\nC-1,INV\x00-1\n")).where == "list.csv, line 2"


def test_text_in_no_known_encoding_is_refused_with_the_line(file):
    assert refusal(file(b"customer,invoice\nC-1,INV\xe9\x81\n")).where == "list.csv, line 2"


def test_one_line_of_fifty_megabytes_is_refused_without_reading_it_into_memory(file):
    path = file(b"customer,invoice\nC-1," + b"x" * 50_000_000)
    tracemalloc.start()
    try:
        error = refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert (error.message, error.where) == ("has a line longer than 1 MB", "list.csv, line 2")


def test_a_cell_over_one_megabyte_ends_the_list_with_its_line(file):
    path = file('customer,invoice,note\nC-1,INV-1,a\nC-2,INV-2,"' + "many words\n" * 110_000 + '"\n')
    rows = table(path).rows()
    assert next(rows)[0] == 2
    with pytest.raises(BrokenRowError, match="begins on line 3 is over 1 MB"):
        next(rows)
    first, last = requests(path)
    assert isinstance(first, Draft)
    assert isinstance(last, Reject)
    assert last.index == 3


def test_a_quote_that_is_never_closed_is_reported_where_it_opened_and_the_rows_before_are_kept(file):
    path = file('customer,invoice,note,more\n1,a,b,c\n2,"x\ny",b,"open\n3,c\n4,d\n')
    sound, broken = requests(path)
    assert (sound.index, sound.customer_id) == (2, "1")
    assert broken.index == 3
    assert "the quote opened on line 4 is never closed (row began at line 3)" in broken.problem


def test_a_list_without_any_known_heading_names_those_found_and_those_needed(file):
    error = refusal(file("colour,size\nred,4\n"))
    assert '"colour", "size"' in error.message
    assert "customer_id" in error.hint


def test_a_list_that_names_nobody_is_refused(file):
    path = file("amount,currency,reason\n5,USD,late\n")
    assert "no column that names a customer, order or invoice" in refusal(path).message
    assert identify(path.read_bytes()) < Decimal("0.5")


def test_the_shops_own_records_are_not_taken_for_requests(file):
    path = file("payment_id,invoice,paid_on,amount,currency,method,reference\nP-1,INV-1,2026-01-01,5,USD,card,\n")
    error = refusal(path)
    assert "payments" in error.message
    assert "refundkit records" in error.hint
    assert identify(path.read_bytes()) == 0


def test_a_list_of_payments_is_not_taken_for_requests(file):
    path = file("Customer Email,Invoice,Amount,Fee,Net,Amount Refunded\na@example.com,INV-1,5,1,4,0\n")
    assert "invoices or payments" in refusal(path).message
    path = file("Customer Email,Invoice,Refund amount,Fee,Net,Amount Refunded\na@example.com,INV-1,5,1,4,0\n")
    assert len(requests(path)) == 1


def test_mails_and_json_are_not_taken_for_lists():
    assert identify(b"From: Ann, the customer <ann@example.com>\nSubject: invoice, order\n\nhello, there\n") == 0
    assert identify(b'[{"customer": "C-1", "invoice": "INV-1"}]') == 0
    assert identify(NATIVE.encode()) == 1


def test_control_characters_in_ids_reject_the_row_and_in_words_of_others_become_spaces(file):
    ours, *_ = requests(file(NATIVE + ",,C-\x1b[31m1,,,,5,USD,other,,,\n"))
    assert isinstance(ours, Reject)
    assert ours.column == "customer_id"
    theirs, *_ = requests(file("Customer No,Invoice,Refund,Note\nC-1,INV-1,5,red \x1b[31malert\n"))
    assert theirs.description == "red  [31malert"


def test_a_row_of_endless_words_is_kept_up_to_a_bound(file):
    (draft,) = requests(file("Customer No,Invoice,Refund,Note\nC-1,INV-1,5," + "late " * 20_000 + "\n"))
    assert len(draft.words) == len(draft.description) == 8_000
    assert "its end is not kept" in draft.doubts[0]


def test_hostile_cells_do_not_take_long(file):
    cell = "1" * 200_000
    rows = "".join(f"C-1,INV-1,{c},{c},{c}\n" for c in (cell, "1 " * 90_000, "a@" * 90_000, "." * 200_000))
    path = file("Customer No,Invoice,Refund,Logged,E-Mail\n" + rows)
    begin = time.process_time()
    assert len(requests(path)) == 4
    assert time.process_time() - begin < 2


@pytest.mark.slow
def test_a_hundred_thousand_native_rows_take_seconds_not_minutes(file):
    row = "2026-08-{:02}T10:00:00Z,portal,C-{},a{}@example.com,SO-{},INV-{},{}.50,USD,goodwill,some words,Ann,PR-{}\n"
    path = file(NATIVE + "".join(row.format(i % 28 + 1, *[i] * 6) for i in range(100_000)))
    begin = time.process_time()
    assert sum(isinstance(r, Draft) for r in read_requests(path, "list.csv", SHOP)) == 100_000
    assert time.process_time() - begin < 5


@pytest.mark.skipif(not REAL.is_dir(), reason="needs the public files beside the repository")
@pytest.mark.parametrize(
    "path", sorted(REAL.glob("csv/**/*.*")) + sorted(REAL.glob("headings/**/*.csv")), ids=lambda p: p.name
)
def test_public_files_are_read_or_refused_with_a_sentence(path):
    head = path.read_bytes()[:65536]
    assert 0 <= identify(head) <= 1
    begin = time.process_time()
    for use in (lambda: list(open_table(path, path.name).rows()), lambda: list(read_requests(path, path.name, SHOP))):
        try:
            use()
        except InputError as error:
            assert error.message
            assert error.where
    assert time.process_time() - begin < 10


WHO = "Who,Job,Bill,How much,Why,Notes\n"


def test_a_customers_number_beside_the_name_is_taken_from_it(file):
    rows = [
        "Blackthorn Garage C-2019,,INV-31801,84.00,till came back with same fault,",
        "c2077 (Lido cafe),SO-2026-01405,,120.00,we cancelled the whole fit out,",
        "2066,SO-2026-01430,,72.00,engineer never came,sorry card",
        "Hotel Brisas,SO-2026-01409,,60.00,turned up late,",
    ]
    found = requests(file(WHO + "\n".join(rows) + "\n"))
    assert [d.customer_id for d in found] == ["C-2019", "C-2077", "C-2066", ""]


def test_ids_are_taken_from_the_words_where_a_help_desks_list_has_no_column_for_them(file):
    rows = [
        "a@example.com,Camera dead again,it was job SO-2026-01702,72.00",
        "b@example.com,INV-31708,one of the two should not be there,10.00",
        "c@example.com,both wrong,INV-31709 and INV-31710 please,20.00",
        "d@example.com,,no number at hand but call 0113 4960 000,30.00",
    ]
    found = requests(file("Requester email,Subject,Description,Refund amount\n" + "\n".join(rows) + "\n"))
    assert [(d.service_order, d.invoice, d.customer_id) for d in found] == [
        ("SO-2026-01702", "", ""), ("", "INV-31708", ""), ("", "", ""), ("", "", ""),
    ]  # fmt: skip


def test_an_order_may_have_its_year_behind(file):
    rows = "C-2019,01541/2026,84.00,late\nC-2020,SO-2026-01542,60.00,late\n"
    assert [d.service_order for d in requests(file("Customer,Job,How much,Why\n" + rows))] == [
        "SO-2026-01541", "SO-2026-01542",
    ]  # fmt: skip


def test_an_amount_cut_in_two_at_its_comma_rejects_the_row(file):
    row = "C-2044,SO-2026-01421,INV-31819,1,050.00,only half the cameras up"
    (found,) = requests(file("Customer,Job,Bill,How much,Why,Notes\n" + row + ",\n"))
    assert isinstance(found, Reject)
    assert found.problem == "the amount is cut in two at a comma: '1' and '050.00'; it must stand in quotes"


def test_a_currency_beside_the_amount_counts_before_that_of_the_title(file):
    text = (
        "Refunds (all in GBP)\n,,,,,\n"
        + WHO.replace("Who", "Customer")
        + "C-1,,INV-31801,60 EUR,late,\nC-2,,INV-31802,45,late,\n"
    )
    found = requests(file(text))
    assert [(d.amount, d.currency, d.doubts) for d in found] == [(Decimal(60), "EUR", ()), (Decimal(45), "GBP", ())]


def test_initials_under_a_heading_that_may_mean_a_day_are_no_dates(file):
    rows = (
        "13/9,Lobster Pot,INV-30640,24.00,charged for 2 leads,PV\n4 Sept,Nautical Gifts,INV-30643,35.50,gone again,OM\n"
    )
    found = requests(file("When,Who,Inv,Back,Why,Logged\n" + rows))
    assert [d.doubts for d in found] == [(), ()]
    assert [d.received_at.date().isoformat() for d in found] == ["2026-09-13", "2026-09-04"]


def test_a_heading_that_may_mean_a_day_gives_way_to_a_column_of_days(file):
    rows = "".join(f"2026-09-0{n} 08:12\tC-310{n}\t58.00\tPAID_2X\n" for n in range(1, 6))
    drafts = requests(file(f"opened\tacct\tback\ttag\n{rows}"))
    assert [d.received_at.day for d in drafts] == [1, 2, 3, 4, 5]
    assert not any(d.doubts for d in drafts)


def test_a_title_may_name_a_dollar_by_its_sign(file):
    titles = 'Book of money back,,\n"August 2026, US$ unless the cell says otherwise",,\n\n'
    text = f"{titles}Acct no.,Wants back,What happened\nC-3204,48.00,late\n"
    (draft,) = requests(file(text))
    assert draft.currency == "USD"


def test_a_row_of_a_help_desk_that_asks_for_no_money_is_left_out_with_the_reason(file):
    path = file(
        "Ticket;Requester e-mail;Customer no;Order;Invoice;Refund wanted;Category;Comment\n"
        "1;a@c.test;C-1001;SO-2026-00411;INV-20111;60,00;Late;engineer came a day late\n"
        "2;b@spam.test;;;;;Other;Hi, I was looking at your site and it does not rank for IT repair in your town\n"
        "3;c@c.test;C-1003;;;;Other;Printer offline AGAIN since the update, need someone today\n"
    )
    asked, spam, call = requests(path)
    assert isinstance(asked, Draft)
    assert isinstance(spam, Ignored) and isinstance(call, Ignored)
    assert spam.why and call.why


@pytest.mark.parametrize(
    ("heading", "cells", "field", "wanted"),
    [
        ("Customer No.", ("4102", "c1404", "C 1421"), "customer_id", ("C-4102", "C-1404", "C-1421")),
        ("Invoice No.", ("26310", "#30137", "bill 25011"), "invoice", ("INV-26310", "INV-30137", "INV-25011")),
        ("AuftrNr", ("2026-01602", "so 2026/1401", "2026/1802"), "service_order",
         ("SO-2026-01602", "SO-2026-01401", "SO-2026-01802")),
    ],
)  # fmt: skip
def test_loose_numbers_get_the_usual_form_where_no_records_show_another(file, heading, cells, field, wanted):
    rows = "".join(f"{cell},a{n}@b.test,{n}5.00\n" for n, cell in enumerate(cells, start=1))
    found = requests(file(f"{heading},E-mail,Refund\n{rows}"))
    assert tuple(getattr(d, field) for d in found) == wanted


@pytest.mark.parametrize(
    ("known", "wanted"),
    [("1001", ["4102"]), ("K-1001", ["K-4102"]), ("KD/7/1001", ["4102"])],
)
def test_loose_numbers_get_the_form_of_the_records(file, known, wanted):
    shop = replace(SHOP, forms=forms_of({"customer": [known], "order": [], "invoice": []}))
    path = file("Customer No.,E-mail,Refund\n4102,a@b.test,15.00\n")
    assert [d.customer_id for d in read_requests(path, "list.csv", shop)] == wanted


def test_a_number_in_brackets_and_an_address_beside_a_name_say_who_asks(file):
    text = (
        "who,which job,paper,quid back,whats up\n"
        "Ashdown Dental (1207),so 2026/1401,,45,we never showed\n"
        "Greta Finch <greta@finch.example.com>,so 2026/1403,bill 25011,12.50,lead that was not left there\n"
        "altogether so far,,,57.50,\n"
    )
    first, second, total = requests(file(text))
    assert (first.customer_id, first.service_order, first.currency) == ("C-1207", "SO-2026-01401", "GBP")
    assert (second.customer_email, second.invoice) == ("greta@finch.example.com", "INV-25011")
    assert isinstance(total, Ignored)


def test_an_address_of_the_shops_own_people_is_no_customers(file):
    rows = "".join(f"2026090{n},desk@shop.test,C-310{n},1{n}.00\n" for n in range(1, 5))
    found = requests(file(f"logged_on,logged_by,acct,back\n{rows}"))
    assert {d.customer_email for d in found} == {""}
    assert [(d.received_at.day, d.doubts) for d in found] == [(n, ()) for n in range(1, 5)]


def test_headings_may_be_questions(file):
    text = (
        'Timestamp,Email Address,What is your customer number?,Which job was it? (the SO number),"Invoice number, if you'
        ' have it","How much would you like back, in pounds?",What happened?\n'
        "9/14/2026 10:14:22,moira@t.example.org,1404,SO-2026-02401,30112,35,came at half past four\n"
    )
    (found,) = requests(file(text))
    assert (found.customer_id, found.service_order, found.invoice) == ("C-1404", "SO-2026-02401", "INV-30112")
    assert (found.amount, found.currency) == (Decimal(35), "GBP")


@pytest.mark.parametrize(
    ("title", "currency"), [("all figures New Zealand dollars", "NZD"), ("everything in Hong Kong dollars", "HKD")]
)
def test_a_title_may_name_a_currency_in_words(file, title, currency):
    (found,) = requests(file(f"Credits\n{title}\n\nAcct,Invoice,Credit\n8420,INV-29702,135\n"))
    assert (found.customer_id, found.currency) == ("C-8420", currency)


def test_a_number_before_a_name_a_weekday_and_a_subtotal(file):
    text = (
        "Client;Our job;Their bill;Day;Give back €;Story\n"
        "5133 Harrow & Finch;SO 2026/1822;;Mon 7 Sep;42,50;an hour and a half late\n"
        "wk 34;;;;42,50;\n"
    )
    first, subtotal = requests(file(text))
    assert (first.customer_id, first.service_order, first.doubts) == ("C-5133", "SO-2026-01822", ())
    assert first.received_at.date().isoformat() == "2026-09-07"
    assert isinstance(subtotal, Ignored)


def test_bars_part_the_cells_and_an_order_may_have_no_signs(file):
    (found,) = requests(file("RQ#|CUST|DOC|JOB|CCY|CR AMT\n0072|C5214|INV30514|SO202601260|USD|1,460.00-\n"))
    assert (found.customer_id, found.invoice, found.service_order) == ("C-5214", "INV-30514", "SO-2026-01260")
    assert (found.amount, found.currency) == (Decimal("1460.00"), "USD")


def test_a_reference_that_is_an_order_is_one(file):
    text = "Contact,Invoice Number,Amount To Credit,Currency,Reference\n"
    rows = "".join(f"Larkspur [C-510{n}],INV-3110{n},15{n}.00,USD,SO-2026-0180{n}\n" for n in range(1, 5))
    assert [d.service_order for d in requests(file(text + rows))] == [f"SO-2026-0180{n}" for n in range(1, 5)]


def test_a_withdrawn_row_is_none_and_a_dollar_in_the_heading_is_the_shops(file):
    text = "Cust,Want back ($),State\n5601,40,open\n5602,50.00,withdrawn\n"
    first, second = requests(file(text))
    assert (first.customer_id, first.currency) == ("C-5601", "USD")
    assert isinstance(second, Ignored)


def test_the_only_column_of_numbers_is_the_amount_where_some_have_decimals(file):
    text = "Acct #,What we got told\n6101,screen froze again\n"
    assert "no column for the amount" in requests(file(text))[0].doubts[0]
    text = "Acct #,Bleeds us\n6101,75\n6104,120.5\n6107,44.25\n"
    assert [d.amount for d in requests(file(text))] == [Decimal(75), Decimal("120.5"), Decimal("44.25")]


def test_names_and_words_are_a_log_of_calls_only_when_they_name_somebody_to_pay(file):
    assert "no column that names a customer" in refusal(file("Name,Description\nfast,it must start at once\n")).message
    (found,) = requests(file('who,what\nAnn C-1001,"nobody came, she wants the $45.00 fee back"\n'))
    assert (found.customer_id, found.amount) == ("C-1001", Decimal("45.00"))
