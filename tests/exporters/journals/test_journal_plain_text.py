"""The plain text journals, judged by hledger, ledger and beancount themselves."""

import csv
import io
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import programs
import pytest
import reading
import samples

from refundkit.exporters.journals import registry
from refundkit.exporters.journals.plain_text import payee
from refundkit.model.booking import Document

EACH = programs.EACH


@pytest.fixture(scope="module")
def many():
    return samples.random_books(300)


@pytest.fixture
def judged(tmp_path, write):
    def judge(name, bookings):
        return programs.check(name, tmp_path, write(name, bookings, several=True))

    return judge


@EACH
@pytest.mark.parametrize("kind", ["awkward", "scenarios", "many"])
def test_its_own_program_takes_it_in_its_strictest_mode(name, kind, bookings, scenarios, many, judged):
    chosen = {"awkward": bookings, "scenarios": scenarios, "many": many}[kind]
    status, said, _ = judged(name, chosen)
    assert (status, said) == (0, "")


def test_the_random_books_hold_every_kind_of_document_and_six_currencies(many):
    assert len(many) == 300
    assert {b.document for b in many} == set(Document)
    assert {b.currency for b in many} == set(samples.PER_USD)
    assert {e.account for b in many for e in b.entries} >= {"receivable", "restocking_fees", "goodwill", "realised_fx"}


@EACH
def test_what_is_owed_is_our_own_sum_on_every_day_in_between(name, many, judged, contexts):
    wanted = samples.payable_by_day(many)
    assert len(wanted) > 60
    status, _, path = judged(name, many)
    assert status == 0
    account = contexts[name].accounts["refunds_payable"]
    assert programs.balances(name, path, account, wanted) == wanted


@EACH
def test_a_wrong_balance_on_one_day_is_seen(name, many, judged, contexts):
    wanted = samples.payable_by_day(many)
    _, _, path = judged(name, many)
    day = list(wanted)[len(wanted) // 2]
    tampered = {**wanted, day: wanted[day] + Decimal("0.01")}
    account = contexts[name].accounts["refunds_payable"]
    assert programs.balances(name, path, account, tampered) != tampered


@EACH
def test_one_cent_more_in_any_place_is_refused(name, many, tmp_path, write):
    files = write(name, many, several=True)
    amounts = programs.amounts_in(files[0][1])
    assert len(amounts) > 900
    for place in amounts[:: len(amounts) // 6]:
        content = programs.one_cent_more(files[0][1], place)
        status, said, _ = programs.check(name, tmp_path, [(files[0][0], content), *files[1:]])
        assert status != 0
        assert said


@EACH
@pytest.mark.parametrize(
    "fault", ["another currency", "an account that is not declared", "a payee that is not declared"]
)
def test_one_fault_is_refused(name, fault, scenarios, tmp_path, write):
    first, *others = write(name, scenarios, several=True)
    where, content = others[0] if others else first
    if fault == "another currency":
        if name == "ledger":
            pytest.skip("ledger takes a price out of two currencies, even in its strictest mode")
        where, content = first
        content = re.sub(rb"(-433\.00|-273\.93) USD", rb"\1 EUR", content, count=1)
    elif fault == "a payee that is not declared":
        if name == "beancount":
            pytest.skip("beancount declares no payees")
        content = content.replace(b"payee Acme Ltd\n", b"")
    else:
        content = re.sub(
            rb"(?m)^(account|\S+ open) (liabilities:refunds payable|Liabilities:RefundsPayable).*\n", b"", content
        )
    assert content not in (first[1], *[c for _, c in others])
    files = [(where, content) if where == end else (end, old) for end, old in (first, *others)]
    status, said, _ = programs.check(name, tmp_path, files)
    assert status != 0
    assert said


@programs.needs("beancount")
def test_beancount_refuses_the_batch_twice(scenarios, write, tmp_path):
    files = write("beancount", scenarios, several=True)
    twice = [("-copy.beancount", files[0][1]), files[0],
             (files[1][0], files[1][1] + b'include "J-beancount-B-0007-copy.beancount"\n')]  # fmt: skip
    status, said, _ = programs.check("beancount", tmp_path, twice)
    assert status == 1
    assert "Duplicate entry" in said


@programs.needs("beancount")
def test_accounts_opened_for_one_batch_are_open_for_a_later_one_about_earlier_days(scenarios, contexts, tmp_path):
    day = scenarios[len(scenarios) // 2].posted_on
    files = []
    for batch, chosen in (("B-1", [b for b in scenarios if b.posted_on >= day]),
                          ("B-2", [b for b in scenarios if b.posted_on < day])):  # fmt: skip
        context = replace(contexts["beancount"], batch=batch)
        files += [(f"J-beancount-{batch}{end}", content)
                  for end, content in registry.load("beancount").write(chosen, context)]  # fmt: skip
    assert programs.judged("beancount", programs.books("beancount", tmp_path, files)) == (0, "")


@programs.needs("hledger")
def test_hledger_reads_back_the_totals_and_every_booking(bookings, judged, contexts):
    _, _, path = judged("hledger", bookings)
    rows = list(csv.DictReader(io.StringIO(programs.run("hledger", "-f", path, "bal", "-O", "csv", "-N").stdout)))
    read = {row["account"]: Decimal(row["balance"].removesuffix(" USD")) for row in rows}
    expected = defaultdict(Decimal)
    for booking in bookings:
        for entry in booking.entries:
            expected[contexts["hledger"].accounts[entry.account]] += Decimal(entry.amount) / 100
    assert read == expected
    cases = programs.run("hledger", "-f", path, "tags", "case", "--values").stdout.split()
    assert sorted(cases) == sorted(b.case for b in bookings)
    used = programs.run("hledger", "-f", path, "payees", "--used").stdout.splitlines()
    assert set(used) == {payee(b) for b in bookings}


@EACH
@pytest.mark.parametrize(
    "text",
    [
        "a;b",
        "a|b",
        '"quoted" then more',
        "* ! starred",
        "!",
        "",
        "line\n2026-01-01 * forged\n    a  1 USD\n    b",
        "tab\tand  two blanks",
        "vertical\x0btab\x85next\u2028line\u2029para",
        "date:2026-13-45, [2026-99-99], case:RF-FORGED",
        "key:: 1/0 :a:b: [=2026-99-99]",
        "(code) {x} @ 5 USD = 3",
        "half \ud800 pair \u202e turned",
        'back\\slash" ^link #tag\\',
        "=HYPERLINK(1)",
        "🔧🖨️",
        "é" * 300,
    ],
)  # fmt: skip
def test_hostile_text_stays_text_wherever_it_stands(name, text, scenarios, write, tmp_path, contexts):
    payment = next(b for b in scenarios if b.document == Document.PAYMENT)
    entries = tuple(replace(e, text=text) for e in payment.entries)
    hostile = replace(payment, customer_name=text, customer_id=text, invoice=text, reference=text, entries=entries)
    files = write(name, [hostile], several=True)
    status, said, path = programs.check(name, tmp_path, files)
    assert (status, said) == (0, "")
    rows = list(reading.READERS[name](files, contexts[name]))
    assert [(row.number, row.case) for row in rows] == [(payment.memo, payment.case)] * len(entries)
    if name == "hledger":
        assert programs.run(name, "-f", path, "tags", "case", "--values").stdout.split() == [payment.case]
        assert "Transactions             : 1 " in programs.run(name, "-f", path, "stats").stdout


@EACH
@pytest.mark.parametrize("base", ["JPY", "KWD"])
def test_books_without_and_with_three_decimals_pass_too(name, base, judged, contexts):
    made = samples.random_books(40, base=base)
    status, said, path = judged(name, made)
    assert (status, said) == (0, "")
    if name != "beancount":
        account = contexts[name].accounts["refunds_payable"]
        wanted = samples.payable_by_day(made)
        assert programs.balances(name, path, account, wanted) == wanted


@pytest.mark.parametrize("name", ["hledger", "ledger"])
def test_every_posting_says_its_amount_with_the_currencys_decimals(name, bookings, write):
    text = write(name, bookings).decode()
    postings = [line for line in text.splitlines() if line.startswith("    ") and not line.startswith("    ;")]
    assert len(postings) == sum(len(b.entries) for b in bookings)
    assert all(re.fullmatch(r"    \S.*?  +-?\d+\.\d\d USD  ; .+", line) for line in postings)
    assert "; original: 54321 JPY" in text


@pytest.mark.parametrize("name", ["hledger", "ledger"])
def test_it_is_in_order_of_date(name, bookings, write):
    days = re.findall(r"(?m)^(\d{4}-\d\d-\d\d) ", write(name, bookings).decode())
    assert len(days) == len(bookings)
    assert [date.fromisoformat(day) for day in days] == sorted(b.posted_on for b in bookings)


def test_a_payment_says_what_it_settles_how_and_by_which_number(scenarios, write):
    text = write("hledger", scenarios).decode()
    cheque = next(block for block in text.split("\n\n") if "(PM-7K4M-2QXP-H001-1)" in block)
    for tag in ("document: payment", "settles: CM-7K4M-2QXP-H001-1", "method: cheque", "reference: 2091"):
        assert f"    ; {tag}\n" in cheque
    text = write("beancount", scenarios).decode()
    cheque = next(block for block in text.split("\n\n") if '"PM-7K4M-2QXP-H001-1 ' in block)
    assert " ^CM-7K4M-2QXP-H001-1 " in cheque
    assert '  reference: "2091"\n' in cheque


def test_ledger_refuses_a_line_that_it_would_cut(bookings, contexts):
    for field in ("customer_name", "customer_id", "invoice", "reference"):
        found = registry.load("ledger").check([replace(bookings[0], **{field: "é" * 2001})], contexts["ledger"])
        assert [line.split(": ")[:2] for line in found] == [[bookings[0].case, field]]
    assert not registry.load("ledger").check([replace(bookings[0], customer_name="é" * 2000)], contexts["ledger"])


@pytest.mark.parametrize("name", ["hledger", "ledger", "beancount"])
def test_documents_of_one_day_stand_in_the_order_they_follow_from_each_other(name, write, contexts):
    books = samples.Books()
    memo = books.credit("RF-2", date(2026, 3, 2), [("refunds", 100)])
    paid = books.pay(memo, memo.posted_on, "cheques_outstanding", "cheque", "1")
    books.clear(paid, memo.posted_on)
    later = books.credit("RF-1", memo.posted_on + timedelta(1), [("refunds", 100)])
    rows = reading.READERS[name]([("", write(name, books.made[::-1]))], contexts[name])
    assert list(dict.fromkeys(row.number for row in rows)) == ["CM-2-1", "PM-2-1", "CC-2-1", later.memo]
