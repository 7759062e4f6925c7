"""The files of each journal format, byte for byte as somebody has read them: one folder a format under tests/golden/journals."""

import random
from dataclasses import replace

import pytest
import reading
import samples

from refundkit.errors import UsageError
from refundkit.exporters.files import file_name
from refundkit.exporters.journals import registry
from refundkit.exporters.manifest import MANIFEST, READ_ME, manifest, read_me_first
from refundkit.model.words import Reason

ALL = pytest.mark.parametrize("name", registry.FORMATS)


def kept(golden, name, file, content):
    """Workbooks are kept as the text of their cells, all else as it is."""
    if file.endswith(".xlsx"):
        rows = ["\t".join("" if v is None else f"{v!r}" for v, _, _ in row) for row in reading.sheet(content)]
        golden(f"journals/{name}/{file}.txt", "\n".join(rows) + "\n")
    else:
        golden(f"journals/{name}/{file}", content.decode())


@ALL
@pytest.mark.parametrize("batch", ["B-0007", "B-0008"])
def test_the_files_are_those_that_were_read_and_approved(name, batch, bookings, scenarios, contexts, golden):
    """B-0007: names that bite and every reason. B-0008: every kind of document, as a shop has them."""
    chosen = samples.sayable(name, bookings if batch == "B-0007" else scenarios)
    exporter, context = registry.load(name), replace(contexts[name], batch=batch)
    files = [(file_name(name, batch, end), content) for end, content in exporter.write(chosen, context)]
    assert files
    files_read = [*files, (file_name(name, batch, READ_ME), read_me_first(exporter, chosen, context, files))]
    if name == "hledger":
        listing = manifest(batch, name, "2026-03-07T09:30:00Z", chosen, files)
        files_read.append((file_name(name, batch, MANIFEST), listing))
    for file, content in files_read:
        kept(golden, name, file, content)
    if batch == "B-0008":
        rows = reading.READERS[name](exporter.write(chosen, context), context)
        golden(f"journals/{name}/page.md", reading.page(name, rows))


def test_the_golden_bookings_hold_every_reason_and_a_currency_without_decimals(bookings):
    assert {b.reason for b in bookings} == set(Reason)
    assert {b.currency for b in bookings} == {"USD", "EUR", "JPY"}


@ALL
def test_the_order_in_which_bookings_come_changes_no_byte(name, scenarios, write):
    mixed = random.Random(7).sample(scenarios, len(scenarios))
    assert mixed != scenarios
    assert write(name, mixed, several=True) == write(name, scenarios, several=True)


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(UsageError, match=r"choose one of: beancount, generic, hledger, .*, xero"):
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
    assert registry.names() == ["abacus", *sorted(registry.FORMATS)]


def test_every_format_is_called_what_the_registry_and_the_policy_call_it(contexts):
    assert [registry.load(name).name for name in registry.FORMATS] == list(registry.FORMATS)
    assert all(len(set(context.accounts.values())) == len(context.accounts) for context in contexts.values())
