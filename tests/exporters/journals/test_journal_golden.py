"""The files of each journal format, byte for byte as somebody has read them."""

import random

import pytest

from refundkit.errors import UsageError
from refundkit.exporters.files import file_name
from refundkit.exporters.journals import registry
from refundkit.exporters.manifest import MANIFEST, READ_ME, manifest, read_me_first
from refundkit.model.words import Reason


@pytest.mark.parametrize("name", registry.FORMATS)
def test_the_files_are_those_that_were_read_and_approved(name, bookings, contexts, golden):
    exporter = registry.load(name)
    files = [(file_name(name, "B-0007", end), content) for end, content in exporter.write(bookings, contexts[name])]
    assert files
    for file, content in files:
        assert content == (golden / file).read_bytes()
    kept = manifest("B-0007", name, "2026-03-07T09:30:00Z", bookings, files)
    assert kept == (golden / file_name(name, "B-0007", MANIFEST)).read_bytes()
    read_me = read_me_first(exporter, bookings, contexts[name], files)
    assert read_me == (golden / file_name(name, "B-0007", READ_ME)).read_bytes()


def test_the_golden_bookings_hold_every_reason_and_a_currency_without_decimals(bookings):
    assert {b.reason for b in bookings} == set(Reason)
    assert {b.currency for b in bookings} == {"USD", "EUR", "JPY"}


@pytest.mark.parametrize("name", registry.FORMATS)
def test_the_order_in_which_bookings_come_changes_no_byte(name, bookings, write):
    mixed = random.Random(7).sample(bookings, len(bookings))
    assert mixed != bookings
    assert write(name, mixed) == write(name, bookings)


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(UsageError, match="choose one of: hledger, quickbooks-online, xero"):
        registry.load("abacus")


def test_another_package_can_join_but_not_replace_one_of_ours(monkeypatch):
    class Point:
        def __init__(self, name):
            self.name = name

        def load(self):
            return f"other {self.name}"

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point("abacus"), Point("xero")])
    assert registry.load("abacus") == "other abacus"
    assert registry.load("xero").name == "xero"
    assert registry.names() == ["abacus", "hledger", "quickbooks-online", "xero"]


def test_every_format_is_called_what_the_registry_calls_it():
    assert [registry.load(name).name for name in registry.FORMATS] == list(registry.FORMATS)
