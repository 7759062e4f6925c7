"""The plain text journal, judged by hledger itself."""

import csv
import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from refundkit.exporters.journals.hledger import payee
from refundkit.model.booking import Entry

needs_hledger = pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")
STRICT = ("check", "-s", "accounts", "commodities", "payees", "ordereddates")


def hledger(path, *command):
    return subprocess.run(
        ["hledger", "-f", str(path), *command],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=60,
        check=False,
    )


@pytest.fixture
def judged(tmp_path, write):
    def judge(content):
        path = tmp_path / "o.journal"
        path.write_bytes(content)
        return hledger(path, *STRICT)

    return judge


@needs_hledger
def test_it_passes_the_strictest_check(bookings, write, judged):
    result = judged(write("hledger", bookings))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("ledger") is None, reason="ledger is not installed")
def test_ledger_takes_it_in_its_strictest_mode_and_refuses_a_cent(bookings, write, tmp_path):
    content = write("hledger", bookings)
    path = tmp_path / "o.journal"
    command = ["ledger", "--args-only", "--pedantic", "--explicit", "--check-payees", "-f", str(path), "bal"]
    for written, good in ((content, True), (content.replace(b"-153.63", b"-153.64"), False)):
        path.write_bytes(written)
        result = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert (result.returncode == 0) is good, result.stderr


@needs_hledger
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"-153.63 USD", b"-153.64 USD"),
        (b"  -153.63 USD", b"  -153.63 EUR"),
        (b"account revenues:restocking fees\n", b""),
        (b"payee Acme Ltd\n", b""),
        (b"2026-03-06 * (CM-7K4M-2QXP-12)", b"2026-01-06 * (CM-7K4M-2QXP-12)"),
    ],
)
def test_one_fault_fails_the_check(bookings, write, judged, old, new):
    content = write("hledger", bookings)
    assert content.count(old) == 1
    assert judged(content.replace(old, new)).returncode != 0


@needs_hledger
def test_hledger_reads_back_the_totals_and_every_booking(bookings, write, tmp_path, contexts):
    path = tmp_path / "o.journal"
    path.write_bytes(write("hledger", bookings))
    rows = list(csv.DictReader(io.StringIO(hledger(path, "bal", "-O", "csv", "-N").stdout)))
    read = {row["account"]: Decimal(row["balance"].removesuffix(" USD")) for row in rows}
    expected = {}
    for booking in bookings:
        for entry in booking.entries:
            name = contexts["hledger"].accounts[entry.account]
            expected[name] = expected.get(name, Decimal(0)) + Decimal(entry.amount) / 100
    assert read == expected
    cases = hledger(path, "tags", "case", "--values").stdout.split()
    assert sorted(cases) == sorted(b.case for b in bookings)
    assert set(hledger(path, "payees", "--used").stdout.splitlines()) == {payee(b) for b in bookings}


@needs_hledger
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
        "(code) {x} @ 5 USD = 3",
        "half \ud800 pair \u202e turned",
        "é" * 300,
    ],
)
def test_hostile_text_stays_text_wherever_it_stands(bookings, write, judged, text, tmp_path):
    first = bookings[0]
    entries = tuple(replace(e, text=text) for e in first.entries)
    hostile = replace(first, customer_name=text, customer_id=text, invoice=text, entries=entries)
    result = judged(write("hledger", [hostile]))
    assert (result.returncode, result.stderr) == (0, "")
    path = tmp_path / "o.journal"
    assert hledger(path, "tags", "case", "--values").stdout.split() == [first.case]
    assert hledger(path, "stats").stdout.count("Transactions             : 1 ") == 1


@needs_hledger
@pytest.mark.parametrize(("base", "amount", "said"), [("JPY", 1234567, "1234567 JPY"), ("KWD", 1234, "1.234 KWD")])
def test_books_without_and_with_three_decimals_pass_too(bookings, write, judged, base, amount, said):
    entries = (Entry("refunds", amount, "x"), Entry("refunds_payable", -amount, "y"))
    content = write("hledger", [replace(bookings[0], base=base, currency=base, amount=amount, entries=entries)])
    assert said.encode() in content
    assert judged(content).returncode == 0


def test_every_posting_says_its_amount_with_the_currencys_decimals(bookings, write):
    text = write("hledger", bookings).decode()
    postings = [line for line in text.splitlines() if line.startswith("    ") and not line.startswith("    ;")]
    assert len(postings) == sum(len(b.entries) for b in bookings)
    assert all(re.fullmatch(r"    \S.*?  +-?\d+\.\d\d USD  ; .+", line) for line in postings)
    assert "; original: 54321 JPY" in text


def test_it_is_in_order_of_date(bookings, write):
    days = re.findall(r"(?m)^(\d{4}-\d\d-\d\d) ", write("hledger", bookings).decode())
    assert len(days) == len(bookings)
    assert [date.fromisoformat(day) for day in days] == sorted(b.posted_on for b in bookings)
