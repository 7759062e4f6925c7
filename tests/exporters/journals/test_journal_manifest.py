"""The manifest proves the files, READ-ME-FIRST tells a person what to do."""

import json
from decimal import Decimal
from hashlib import sha256

import pytest
import samples

from refundkit.exporters.journals import registry
from refundkit.exporters.manifest import manifest, read_me_first

FILES = [("J-x-1.csv", b"one"), ("J-x-2.csv", b"")]


@pytest.fixture
def document(bookings):
    return json.loads(manifest("B-1", "xero", "2026-03-07T09:30:00Z", bookings, FILES))


def test_it_names_size_and_hash_of_each_file(document):
    assert document["files"] == [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()} for name, content in FILES
    ]


def test_its_totals_are_those_of_its_cases(document, bookings):
    for total in document["totals"]:
        amounts = [
            Decimal(c["amount"]["amount"]) for c in document["cases"] if c["amount"]["currency"] == total["currency"]
        ]
        assert sum(amounts) == Decimal(total["amount"])
    base = sum(Decimal(c["base"]["amount"]) for c in document["cases"])
    assert document["totals_base"] == [{"amount": str(base), "currency": "USD"}]
    assert len(document["cases"]) == len(bookings)


def test_its_accounts_balance_and_the_owed_ones_are_the_total(document):
    accounts = {key: Decimal(totals[0]["amount"]) for key, totals in document["accounts"].items()}
    assert sum(accounts.values()) == 0
    assert -(accounts["refunds_payable"] + accounts["receivable"]) == Decimal(document["totals_base"][0]["amount"])


def test_it_is_indented_sorted_and_ends_with_a_line_end(bookings):
    content = manifest("B-1", "xero", "2026-03-07T09:30:00Z", bookings, FILES)
    assert content.endswith(b"}\n")
    assert list(json.loads(content)) == sorted(json.loads(content))
    assert content == manifest("B-1", "xero", "2026-03-07T09:30:00Z", bookings[::-1], FILES[::-1])


def read_me(name, bookings, contexts):
    return read_me_first(registry.load(name), samples.sayable(name, bookings), contexts[name], FILES).decode()


@pytest.mark.parametrize("name", registry.FORMATS)
def test_the_read_me_names_files_and_every_account_that_must_exist(name, bookings, contexts):
    text = read_me(name, bookings, contexts)
    assert all(file in text for file, _ in FILES)
    used = {e.account for b in samples.sayable(name, bookings) for e in b.entries}
    assert all(f"  {contexts[name].accounts[key]}  ({key.replace('_', ' ')})" in text for key in used)
    assert text.count("  (") == len(used) + text.count("\n  item: ")


def test_the_read_me_keeps_the_duplicate_warning_of_quickbooks_on(bookings, contexts):
    assert "'Warn me if duplicate journal number is used' ON" in read_me("quickbooks-online", bookings, contexts)


@pytest.mark.parametrize("name", ["quickbooks-online", "xero"])
def test_the_read_me_names_what_must_be_linked_by_hand_and_nothing_else(name, bookings, contexts):
    unpaid = [b for b in bookings if b.on_receivable]
    assert len(unpaid) == 1
    text = read_me(name, bookings, contexts)
    assert text.count("  - ") == 1
    assert f"  - {unpaid[0].memo}: " in text
    assert unpaid[0].invoice in text
    paid = [b for b in bookings if not b.on_receivable]
    assert "To do by hand\n  Nothing.\n" in read_me(name, paid, contexts)
