"""Exports of other systems and lists with columns of their own, as `import` and `records` meet them."""

from __future__ import annotations

import json

import pytest
from own_terminal import talk

STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status,Mode,PaymentIntent ID,Refunded date (UTC),"
    "Payment Source Type,Invoice Number\n"
    "ch_1,2026-10-02 15:30:00,120.00,0.00,usd,true,Paid,Live,pi_1,,card,INV-24105\n"
    "ch_2,2026-10-03 15:30:00,80.00,30.00,usd,true,Paid,Live,pi_2,2026-10-09 12:00:00,card,INV-24106\n"
    "ch_3,2026-10-03 15:30:00,80.00,0.00,usd,true,Failed,Live,pi_3,,card,INV-24106\n"
    "ch_4,2026-10-03 15:30:00,80.00,0.00,usd,true,Paid,Live,pi_4,,card,\n"
)
CONNECTWISE = (
    "TicketNbr,Board_Name,status_description,Summary,Detail_Description,company_name,contact_name,date_entered,date_closed\n"
    "88120,Service,New,Overcharged,Please refund 15.00 USD of INV-24105.,Halloran Family Dentistry,Peg,2026-10-18 15:04:00,\n"
    "88121,Service,New,Printer jam,The printer jams.,Halloran Family Dentistry,Peg,2026-10-18 16:04:00,\n"
)
LIST = "Cust no;Rechnung;Refund due;Net;When;Why it is asked\nC-1002;INV-24105;1,234;9;03/04/2026;late\n"
PAYOUTS = (
    "id,Amount,Created (UTC),Currency,Livemode,Arrival Date (UTC),Source Type,Destination,Balance Transaction,"
    "Failure Code,Destination Name\npo_1,9.00,2026-10-02 00:10,usd,true,2026-10-05,card,ba_1,txn_1,,Bank\n"
)


def test_tickets_become_cases_by_their_words_and_customers_by_their_names(shop) -> None:
    said = shop("import", shop.write("tickets.csv", CONNECTWISE), "--jsonl")
    asked, other = said.jsonl
    assert (asked["disposition"], other["disposition"]) == ("case", "ignore")
    request = asked["requests"][0]
    assert (request["customer_id"], request["invoice"], request["amount"]) == ("C-1002", "INV-24105", "15.00")
    assert "tickets.csv: read as ConnectWise PSA - service tickets (preset connectwise-tickets)" in said.err
    assert 'tickets.csv: took "Detail_Description" for description' in said.err
    assert shop("import", shop.write("again.csv", CONNECTWISE), "--jsonl").jsonl[0]["disposition"] == "duplicate"


def test_a_payment_export_is_named_and_sent_to_records(shop) -> None:
    said = shop("import", shop.write("unified_payments.csv", STRIPE))
    assert said.status == 1
    assert "is Stripe - payments, and there are no requests in it" in said.err
    assert "refundkit records unified_payments.csv" in said.err


def test_payments_and_refunds_come_out_of_one_export_once(shop) -> None:
    said = shop("records", shop.write("payments.csv", STRIPE), "--jsonl")
    payments, refunds = said.jsonl
    assert said.status == 1
    assert (payments["kind"], payments["rows"], payments["new"], payments["rejected"]) == ("payments", 3, 2, 1)
    assert (refunds["kind"], refunds["new"], refunds["rejected"]) == ("refunds", 1, 0)
    assert payments["rejects"][0]["index"] == 5
    assert "names no invoice" in payments["rejects"][0]["problem"]
    assert "left out 1 row: no money came in with it (line 4)" in said.err
    again = shop("records", "payments.csv", "--jsonl").jsonl
    assert [(r["new"], r["unchanged"]) for r in again] == [(0, 2), (0, 1)]


def test_a_refund_finds_its_invoice_by_a_payment_that_is_in_the_records(shop) -> None:
    text = (
        "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Reference Txn ID,Invoice Number\n"
        "2026-10-14,09:12:01,PDT,A,Payment Refund,Completed,USD,-5.00,0.00,-5.00,R1,P-5001,\n"
        "2026-10-14,09:12:01,PDT,A,Payment Refund,Completed,USD,-6.00,0.00,-6.00,R2,ch_7781,\n"
        "2026-10-14,09:12:01,PDT,A,Payment Refund,Completed,USD,-7.00,0.00,-7.00,R3,nobody,\n"
    )
    payments, refunds = shop("records", shop.write("paypal.csv", text), "--jsonl").jsonl
    assert payments["rows"] == 0
    assert (refunds["new"], refunds["rejected"]) == (2, 1)


def test_new_customers_are_added_and_those_of_the_records_are_left_as_they_are(shop) -> None:
    text = (
        "Invoice #,Client name,Client email,Client phone,Issued date,Due date,Job #s,Status,Total ($),Balance ($)\n"
        "1,Halloran Family Dentistry,new@halloran.example,-,Oct 1 2026,-,-,Paid,5.00,0.00\n"
        "2,Acme Tooling,office@acme.example,555-1,Oct 1 2026,-,-,Paid,5.00,0.00\n"
    )
    said = shop.done("records", shop.write("jobber.csv", text), "--jsonl")
    assert (said.jsonl[0]["rows"], said.jsonl[0]["new"]) == (1, 1)
    assert "gives customers only" in said.err
    assert "tier standard" in said.err
    assert shop.done("records", "jobber.csv", "--jsonl").jsonl[0]["rows"] == 0


def test_exports_that_hold_nothing_say_why_in_both_commands(shop) -> None:
    path = shop.write("payouts.csv", PAYOUTS)
    for command in ("import", "records"):
        said = shop(command, path)
        assert said.status == 1
        assert "transfers to your bank, no requests and no payments of customers" in said.err


def test_a_list_of_tickets_is_refused_by_records_with_the_way_to_go(shop) -> None:
    said = shop("records", shop.write("tickets.csv", CONNECTWISE))
    assert said.status == 1
    assert "is ConnectWise PSA - service tickets, and there are no records in it" in said.err
    assert "requests go through: refundkit import tickets.csv" in said.err


def test_a_mapping_names_columns_and_options_settle_what_can_be_read_in_two_ways(shop) -> None:
    path = shop.write("list.csv", LIST)
    open_ = shop("import", path, "--dry-run", "--jsonl", "--map", "Amount=Refund due", "--map", "received_at=When")
    assert open_.jsonl[0]["disposition"] == "review"
    assert "nothing decides the decimal mark of '1,234': say --decimal point or --decimal comma" in open_.err
    assert "day first: say --date-order dmy or --date-order mdy" in open_.err
    said = shop(
        "import", path, "--jsonl", "--map", "Amount=Refund due", "--map", "received_at=when",
        "--map", "reason=Why it is asked", "--decimal", "point", "--date-order", "dmy",
    )  # fmt: skip
    row = said.jsonl[0]
    assert (row["disposition"], row["requests"][0]["amount"]) == ("case", "1234")
    assert shop.done("show", row["case"], "--json").json["received_at"] == "2026-04-03T00:00:00Z"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("Amount=Refund", "list.csv has no heading 'Refund'"),
        ("Amount=Refund", '"Cust no", "Rechnung", "Refund due"'),
        ("Colour=Refund due", "'Colour' is no field of a request"),
        ("Amount", 'write it like "Amount=Refund due"'),
    ],
)
def test_a_mapping_to_what_is_not_there_is_2_and_says_what_is(shop, mapping, said) -> None:
    found = shop("import", shop.write("list.csv", LIST), "--map", mapping)
    assert found.status == 2
    assert said in found.err


@pytest.mark.parametrize(("option", "word"), [("--date-order", "ymd"), ("--decimal", "dot")])
def test_answers_that_mean_nothing_are_2(shop, option, word) -> None:
    assert shop("import", shop.write("list.csv", LIST), option, word).status == 2


def test_a_kept_mapping_reads_the_next_list_by_itself(shop) -> None:
    path = shop.write("list.csv", LIST)
    options = ("--map", "Amount=Refund due", "--map", "received_at=When", "--decimal", "point", "--date-order", "dmy")
    shop("import", path, *options, "--save-map", "desk", "--dry-run")
    assert not (shop.folder / "shop.presets").exists()
    kept = shop("import", path, *options, "--save-map", "desk")
    assert "kept how this list is read: shop.presets/desk.toml" in kept.err
    again = shop("import", shop.write("next.csv", LIST.replace("1,234", "2,345")), "--jsonl")
    assert "next.csv: read as own list - desk (preset desk)" in again.err
    assert again.jsonl[0]["requests"][0]["amount"] == "2345"
    assert shop("import", path, *options, "--save-map", "desk").status == 2
    assert shop("import", path, *options, "--save-map", "../desk").status == 2


def test_a_kept_mapping_of_an_export_is_the_preset_with_the_columns_changed(shop) -> None:
    text = CONNECTWISE.replace("date_closed\n", "date_closed,Inv\n").replace("15:04:00,", "15:04:00,,INV-24105")
    path = shop.write("tickets.csv", text.replace("16:04:00,", "16:04:00,,"))
    shop("import", path, "--map", "invoice=Inv", "--save-map", "cw")
    written = (shop.folder / "shop.presets" / "cw.toml").read_text()
    assert 'invoice = "Inv"' in written
    assert 'description = "Detail_Description"' in written
    assert "(preset cw)" in shop("import", path).err


def test_a_preset_of_ones_own_that_is_wrong_is_2_with_file_line_and_key(shop) -> None:
    shop.write("shop.presets/mine.toml", 'system = "S"\nexport = "E"\nkey = ["A", "B"]\n[requests]\nsum = "A"\n')
    said = shop("import", shop.write("list.csv", LIST))
    assert said.status == 2
    assert "shop.presets/mine.toml" in said.err
    assert "line 5: requests.sum means nothing here" in said.err


def test_a_person_at_a_terminal_is_asked_what_a_list_leaves_open(shop) -> None:
    path = shop.write("list.csv", LIST)
    front = ["--store", "shop.db", "--as", "ada", "--now", shop.now, "import", path, "--dry-run", "--jsonl"]
    options = ["--map", "Amount=Refund due", "--map", "received_at=When"]
    typed = [("is '03/04/2026' day first or month first?", "d\n"), ("is the mark in '1,234' a decimal one?", "n\n")]
    status, screen = talk(shop.folder, [*front, *options], typed)
    assert '"amount": "1234"' in screen
    assert '"disposition": "case"' in screen
    assert status == 0
    _, screen = talk(shop.folder, [*front, *options], [(question, "\n") for question, _ in typed])
    assert '"disposition": "review"' in screen


def test_records_of_the_shop_under_other_headings_are_read_by_a_mapping(shop) -> None:
    text = "Nr,invoice,paid_on,amount,currency,method,reference\nP-9,INV-24105,2026-10-01,5.00,USD,card,x\n"
    path = shop.write("export.csv", text)
    assert shop("records", path).status == 1
    said = shop.done("records", path, "--map", "payment_id=Nr", "--jsonl")
    assert (said.jsonl[0]["kind"], said.jsonl[0]["new"]) == ("payments", 1)
    wrong = shop("records", path, "--map", "payment=Nr")
    assert wrong.status == 2
    assert "payment_id" in wrong.err


def test_records_that_can_be_read_in_two_ways_are_rejected_until_somebody_says_how(shop) -> None:
    text = (
        "payment_id,type,state,original_payment_id,order_id,amount,currency,refunded_amount,created_date,"
        "merchant_order_ext_ref,payment_method\np1,payment,completed,,o1,5.00,USD,0.00,03/04/2026,INV-24105,card\n"
    )
    path = shop.write("revolut.csv", text)
    said = shop("records", path)
    assert said.status == 1
    assert "'03/04/2026' can be read day first or month first" in said.err
    assert shop.done("records", path, "--date-order", "dmy", "--jsonl").jsonl[0]["new"] == 1


def test_an_export_in_a_workbook_is_read_below_its_titles_and_groups(shop, tmp_path) -> None:
    import openpyxl

    heads = ["Job #", "Job Type", "Business Unit", "Status", "Scheduled Date", "Completion Date", "Primary Technician",
             "Jobs Total Revenue", "Customer Name", "Invoice #"]  # fmt: skip
    book = openpyxl.Workbook()
    for row in (["Job report"], [], ["Jobs", None, None, None, None, None, None, "Invoices"], heads,
                ["2001", "No Cool", "HVAC", "Completed", None, None, "Kim", 189.0, "Acme Tooling", "2001"],
                ["Total", None, None, None, None, None, None, 189.0]):  # fmt: skip
        book.active.append(row)
    book.save(shop.folder / "jobs.xlsx")
    customers, orders = shop.done("records", "jobs.xlsx", "--jsonl").jsonl
    assert (customers["new"], orders["new"]) == (1, 1)


def test_what_a_preset_yields_is_json_only_on_stdout(shop) -> None:
    said = shop("records", shop.write("payments.csv", STRIPE), "--jsonl")
    assert [json.loads(line)["kind"] for line in said.out.splitlines()] == ["payments", "refunds"]
