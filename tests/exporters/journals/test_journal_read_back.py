"""Every format, read back by code of its own: what was booked is there, account by account and case by case."""

import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
import reading
import samples

from refundkit.exporters.journals import registry
from refundkit.model.booking import OWED, Document

ALL = pytest.mark.parametrize("name", registry.FORMATS)
TABLES = ["generic", "netsuite", "quickbooks-online", "sage-50", "sage-accounting", "xero"]


def expected(name, bookings, context):
    """What each case moves on each account; Sage Accounting puts what is owed on the customer."""
    sums = defaultdict(Decimal)
    for booking in bookings:
        for entry in booking.entries:
            customer = name == "sage-accounting" and entry.account in OWED
            account = "the customer" if customer else context.accounts[entry.account]
            sums[booking.case, booking.memo, booking.posted_on, account] += Decimal(entry.amount) / 100
    return {key: total for key, total in sums.items() if total}


def moved(rows):
    sums = defaultdict(Decimal)
    for row in rows:
        sums[row.case, row.number, row.day, row.account] += row.amount
    return {key: total for key, total in sums.items() if total}


def chosen(name, kind, bookings, scenarios):
    made = {"awkward": bookings, "scenarios": scenarios}.get(kind) or samples.random_books(300, seed=11)
    # What NetSuite makes of a foreign credit memo is rounded there; its own test looks at the document's currency.
    local = [b for b in made if name != "netsuite" or b.currency == b.base or not b.on_receivable]
    return samples.sayable(name, local)


@ALL
@pytest.mark.parametrize("kind", ["awkward", "scenarios", "random"])
def test_every_account_and_case_adds_up_to_what_was_booked(name, kind, bookings, scenarios, contexts):
    made = chosen(name, kind, bookings, scenarios)
    files = registry.load(name).write(made, contexts[name])
    assert moved(reading.READERS[name](files, contexts[name])) == expected(name, made, contexts[name])


@ALL
def test_every_document_balances_and_a_cent_more_is_seen(name, scenarios, contexts):
    made = chosen(name, "scenarios", None, scenarios)
    rows = list(reading.READERS[name](registry.load(name).write(made, contexts[name]), contexts[name]))
    sums = defaultdict(Decimal)
    for row in rows:
        sums[row.number] += row.amount
    assert set(sums) == {b.memo for b in made}
    assert not any(sums.values())
    rows[0] = rows[0]._replace(amount=rows[0].amount + Decimal("0.01"))
    assert moved(rows) != expected(name, made, contexts[name])


@ALL
@pytest.mark.parametrize("text", [*samples.SHORT, "=1+1", "＝1", "\t=1", "\r=1", " =1", "\u202e=1", "'", "a;b"])
def test_hostile_text_moves_no_amount_and_runs_nowhere(name, text, scenarios, contexts):
    sayable = samples.sayable(name, [b for b in scenarios if b.currency == b.base])
    made = []
    for booking in sayable:
        listed = booking.on_receivable and name == "quickbooks-desktop"
        reference = booking.reference if booking.document == Document.PAYMENT and booking.method == "cheque" else text
        entries = tuple(replace(e, text=text) for e in booking.entries)
        hostile = replace(booking, invoice=text, reference=reference, entries=entries)
        made.append(hostile if listed else replace(hostile, customer_name=text))
    files = registry.load(name).write(made, contexts[name])
    assert moved(reading.READERS[name](files, contexts[name])) == expected(name, made, contexts[name])
    for end, content in files:
        if end.endswith(".csv"):
            cells = [(key, cell) for row in reading.rows_of(content) for key, cell in row.items()]
            assert not [cell for key, cell in cells if re.match(r"[=+@＝＋－＠\t\r\n]|-(?![\d.]+$)", cell)]
            assert not [cell for key, cell in cells if any(ord(c) < 32 or c in "\u202e\u200f" for c in cell)]


@pytest.mark.parametrize("name", TABLES)
def test_tables_end_their_lines_as_windows_wants_them_without_a_byte_order_mark(name, scenarios, write):
    for end, content in write(name, scenarios, several=True):
        if end.endswith(".csv"):
            assert content.count(b"\n") == content.count(b"\r\n") > 1
            assert not content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", TABLES)
def test_a_negative_amount_stays_a_number(name, scenarios, write):
    negative = [
        cell
        for end, content in write(name, scenarios, several=True)
        if end.endswith(".csv")
        for row in reading.rows_of(content)
        for key, cell in row.items()
        if key in ("*Amount", "original", "Rate") and cell.startswith("-")
    ]
    assert bool(negative) is (name in ("xero", "generic"))
    assert all(Decimal(cell) < 0 for cell in negative)


def test_a_netsuite_credit_memo_is_in_the_currency_of_its_invoice_and_applied_in_full(scenarios, write):
    files = dict(write("netsuite", scenarios, several=True))
    foreign = next(b for b in scenarios if b.on_receivable and b.currency != b.base)
    heads = {row["External ID"]: row for row in reading.rows_of(files["-CreditMemo.csv"])}
    assert sorted(heads) == sorted(b.memo for b in scenarios if b.on_receivable)
    head = heads[foreign.memo]
    assert (head["Currency"], head["Customer"], head["Date"]) == ("EUR", "Acme Ltd", "03/09/2026")
    assert (Decimal(head["Exchange Rate"]) * foreign.amount).quantize(Decimal(1)) == foreign.base_amount
    items = [row for row in reading.rows_of(files["-CreditMemoItems.csv"]) if row["External ID"] == foreign.memo]
    assert sum(Decimal(row["Amount"]) for row in items) * 100 == foreign.amount
    (applied,) = (row for row in reading.rows_of(files["-CreditMemoApply.csv"]) if row["External ID"] == foreign.memo)
    assert (applied["Apply"], Decimal(applied["Payment"]) * 100) == (foreign.invoice, foreign.amount)
    numbers = {row["External ID"] for row in reading.rows_of(files["-journal.csv"])}
    assert numbers == {b.memo for b in scenarios} - set(heads)


def test_netsuite_dates_and_subsidiary_are_the_policys(scenarios, contexts):
    settings = {**contexts["netsuite"].settings, "date_format": "DD/MM/YYYY", "subsidiary": "=Parent : UK"}
    context = replace(contexts["netsuite"], settings=settings)
    for end, content in registry.load("netsuite").write(scenarios, context):
        for row in reading.rows_of(content):
            if end in ("-journal.csv", "-CreditMemo.csv"):
                assert re.fullmatch(r"\d\d/03/2026", row["Date"])
                assert row["Subsidiary"] == "'=Parent : UK"


def test_files_are_cut_between_documents_where_an_importer_takes_no_more(scenarios, contexts):
    one = next(b for b in scenarios if b.document == Document.CREDIT_MEMO)
    many = [replace(one, case=f"RF-{n}", memo=f"CM-{n}") for n in range(9000)]
    files = registry.load("netsuite").write(many, contexts["netsuite"])
    assert [end for end, _ in files] == ["-journal-1-of-2.csv", "-journal-2-of-2.csv"] or len(files) == 2
    assert all(len(reading.rows_of(content)) <= 25_000 for _, content in files)
    files = registry.load("sage-accounting").write(many, contexts["sage-accounting"])
    assert len(files) > 1
    assert all(len(content) <= 500_000 for _, content in files)
    assert sum(len(reading.rows_of(content)) for _, content in files) == 9000


def test_sage_50_says_which_document_it_is_in_sixty_characters(scenarios, write):
    rows = reading.rows_of(write("sage-50", scenarios))
    assert all(len(row["Details"]) <= 60 and len(row["Extra Ref"]) <= 30 for row in rows)
    said = {row["Reference"]: (row["Details"], row["Extra Ref"]) for row in rows}
    assert said["PM-7K4M-2QXP-H001-1"][0].startswith("RF-7K4M-2QXP-H001, pays CM-7K4M-2QXP-H001-1")
    assert said["PM-7K4M-2QXP-H001-1"][1] == "2091"
    assert said["PR-7K4M-2QXP-J001-1"][0].startswith("RF-7K4M-2QXP-J001, PM-7K4M-2QXP-J001-1 came back")


def test_a_kept_credit_is_a_credit_memo_of_netsuite_on_the_invoice_that_it_pays(scenarios, write):
    files = dict(write("netsuite", scenarios, several=True))
    used = next(b for b in scenarios if b.document == Document.CREDIT_USED)
    rows = [row for end in ("", "Items", "Apply") for row in reading.rows_of(files[f"-CreditMemo{end}.csv"])]
    head, item, applied = (row for row in rows if row["External ID"] == used.memo)
    assert (head["Customer"], item["Item"], item["Amount"]) == ("Acme Ltd", "Customer Credit", "50.00")
    assert (applied["Apply"], applied["Payment"]) == ("INV-1020", "50.00")


def test_sage_50_gives_credit_on_the_customers_account_with_its_tax(scenarios, write):
    rows = [row for row in reading.rows_of(write("sage-50", scenarios)) if row["Type"] == "SC"]
    assert [(r["Account Ref"], r["Net"], r["Tax Code"], r["Tax Amount"]) for r in rows] == [
        ("C-1", "400.00", "T1", "33.00"), ("C-1", "50.00", "T9", "0.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["sage-50", "sage-accounting"])
def test_what_is_kept_back_of_a_credit_is_a_line_of_its_own_above_zero(name, contexts):
    books = samples.Books()
    books.credit("RF-1", samples.date(2026, 3, 2), [("refunds", 40000)], restocking=6000, owed="receivable")
    rows = reading.rows_of(registry.load(name).write(books.made, contexts[name])[0][1])
    kinds = {"sage-50": ["SC", "SI"], "sage-accounting": ["Cr Note", "Bill"]}[name]
    assert [(row["Type"], row["Net"]) for row in rows] == [(kinds[0], "400.00"), (kinds[1], "60.00")]
