"""The IIF file, judged by an independent check and line by line."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import samples

from refundkit.exporters.journals import registry
from refundkit.model.booking import Document

CHECKER = Path(__file__).parents[3] / ".." / "shared" / "tools" / "checks" / "iif_check.py"
needs_checker = pytest.mark.skipif(
    not CHECKER.is_file() or shutil.which("hledger") is None,
    reason="the independent IIF check (../shared/tools/checks) or hledger is not here",
)
NAME = "quickbooks-desktop"


def judged(content, tmp_path):
    path = tmp_path / "o.iif"
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, str(CHECKER), str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def documents(content):
    """Each document as its rows, each row as name -> cell."""
    lines = content.decode("ascii").split("\r\n")
    heads = {line.split("\t")[0][1:]: line.split("\t")[1:] for line in lines[:3]}
    found, rows = [], []
    for line in lines[3:-1]:
        kind, *cells = line.split("\t")
        if kind == "ENDTRNS":
            found.append(rows)
            rows = []
        else:
            rows.append({"": kind, **{head: cell for head, cell in zip(heads[kind], cells, strict=True) if head}})
    return found


@needs_checker
@pytest.mark.parametrize("kind", ["awkward", "scenarios", "random", "credit memos"])
def test_an_independent_check_finds_it_sound(kind, bookings, scenarios, contexts, tmp_path):
    made = {"awkward": bookings, "random": samples.random_books(900, seed=3)}.get(kind, scenarios)
    context = contexts[NAME]
    if kind == "credit memos":
        named = {"receivables": "credit-memo", "tax_agency": "CA Dept of Tax", "tax_item": "CA Tax"}
        context = replace(context, settings={**context.settings, **named})
    content = registry.load(NAME).write(samples.sayable(NAME, made), context)[0][1]
    assert judged(content, tmp_path) == (0, "o.iif: sound\n")


@needs_checker
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\t-273.93\t", b"\t-273.94\t"),
        (b"\t03/02/2026\t", b"\t2026-03-02\t"),
        (b"\r\nENDTRNS", b"\r\nENDTRANS"),
        (b"\t2091\t", b"\t209100000000\t"),
        (b"\tZoe Lang\t", b"\t\t"),
        (b"Acme Ltd", b"Acme; Ltd"),
        (b"\r\n", b"\n"),
    ],
)
def test_one_fault_fails_the_independent_check(old, new, scenarios, write, tmp_path):
    content = write(NAME, scenarios)
    assert old in content
    assert judged(content.replace(old, new, 1), tmp_path)[0] == 1


def test_every_row_has_the_same_fields_and_each_document_is_closed(scenarios, write):
    content = write(NAME, scenarios)
    assert len({line.count(b"\t") for line in content.split(b"\r\n")[:-1]}) == 1
    assert content.count(b"\nTRNS\t") == content.count(b"\nENDTRNS\t") == len(samples.sayable(NAME, scenarios))


def test_a_cheque_is_a_check_under_its_own_number_drawn_on_the_cheques_account(scenarios, write, contexts):
    checks = [rows for rows in documents(write(NAME, scenarios)) if rows[0]["TRNSTYPE"] == "CHECK"]
    assert [rows[0]["DOCNUM"] for rows in checks] == ["2091", "2093", "2092"]
    first, second = checks[0]
    assert (first["ACCNT"], first["AMOUNT"], first["NAME"]) == ("Cheques Outstanding", "-120.00", "Acme Ltd")
    assert (second["ACCNT"], second["AMOUNT"]) == ("Refunds Payable", "120.00")
    assert "RF-7K4M-2QXP-H001 PM-7K4M-2QXP-H001-1" in first["MEMO"]


def test_every_other_document_is_a_general_journal_and_says_what_it_settles(scenarios, write):
    for rows in documents(write(NAME, scenarios)):
        assert len({row["TRNSTYPE"] for row in rows}) == 1
        if rows[0]["TRNSTYPE"] != "CHECK":
            assert rows[0]["TRNSTYPE"] == "GENERAL JOURNAL"
            assert all((row["NAME"] != "") == (row["ACCNT"] == "Accounts Receivable") for row in rows)
    text = write(NAME, scenarios).decode()
    assert "CC-7K4M-2QXP-H001-1 cheque 2091 cleared for PM-7K4M-2QXP-H001-1" in text


def test_where_the_policy_wants_it_a_credit_on_an_unpaid_invoice_is_a_credit_memo(scenarios, contexts):
    named = {"receivables": "credit-memo", "tax_agency": "CA Dept of Tax", "tax_item": "CA Tax 8.25%"}
    context = replace(contexts[NAME], settings={**contexts[NAME].settings, **named})
    unpaid = [b for b in scenarios if samples.lowers(b) and b.currency == b.base]
    (rows,) = documents(registry.load(NAME).write(unpaid, context)[0][1])
    head, line, tax = rows
    assert (head["TRNSTYPE"], head["ACCNT"], head["AMOUNT"], head["NAMEISTAXABLE"]) == (
        "CREDIT MEMO", "Accounts Receivable", "-433.00", "Y",
    )  # fmt: skip
    assert (line["AMOUNT"], line["QNTY"], line["PRICE"], line["INVITEM"], line["TAXABLE"]) == (
        "400.00", "1", "400.00", "Service Refund", "Y",
    )  # fmt: skip
    assert (tax["NAME"], tax["AMOUNT"], tax["PRICE"], tax["INVITEM"], tax["TAXABLE"], tax["EXTRA"]) == (
        "CA Dept of Tax", "33.00", "8.25%", "CA Tax 8.25%", "N", "AUTOSTAX",
    )  # fmt: skip
    needs = registry.load(NAME).needs(unpaid, context)
    assert needs == ["customer: Zoe Lang", "item: CA Tax 8.25%", "item: Service Refund",
                     "vendor: CA Dept of Tax (the tax agency)"]  # fmt: skip


def test_numbers_too_long_for_the_field_keep_their_end_and_say_which_document_they_are(scenarios, write):
    numbers = {rows[0]["MEMO"].split()[1]: rows[0]["DOCNUM"] for rows in documents(write(NAME, scenarios))}
    assert numbers["CM-7K4M-2QXP-H001-1"] == "MM2QXPH0011"
    assert numbers["CC-7K4M-2QXP-H001-1"] == "CM2QXPH0011"
    assert len(set(numbers.values())) == len(numbers)
    assert all(len(number) <= 11 for number in numbers.values())


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Müller & Søn", "Muller & Son"),
        ("Straße", "Strasse"),
        ("a;b\tc\nd", "a,b c d"),
        ('"q"', "'q'"),
        ("株", ""),
        ("A:B", ""),
    ],
)
def test_a_payee_is_in_ascii_or_left_out(name, written, scenarios, contexts):
    cheque = next(b for b in scenarios if b.method == "cheque" and b.document == Document.PAYMENT)
    content = registry.load(NAME).write([replace(cheque, customer_name=name)], contexts[NAME])[0][1]
    assert documents(content)[0][0]["NAME"] == written
