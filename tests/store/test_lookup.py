"""Look-ups by any part of a name or number: what is found, in what order, and how long a large store takes."""

from __future__ import annotations

import time

import pytest

from refundkit.model.records import kinds
from refundkit.store import lookup, records
from refundkit.store.database import sqlite
from refundkit.store.schema import PROJECTIONS

KINDS = kinds(None)
CUSTOMERS = [
    ("C-1", "Café Müller", "Office@Mueller.example", "+49 30 5550101", "gold", "EUR", "de-DE"),
    ("C-2", "Muller & Sons 100% Tools", "sons@example.org", "", "standard", "USD", "en-US"),
    ("C-3", "Чайка", "a_b@example.org", "", "standard", "USD", ""),
]


def store(customers):
    connection = sqlite.connect(":memory:")
    connection.executescript(PROJECTIONS)
    kind = KINDS["customers"]
    records.save(connection, kind, [kind.read(row) for row in customers])
    return connection


def bill(connection, order, invoice, customer, day, device):
    if order:
        kind = KINDS["service_orders"]
        row = (order, customer, "", "", device, "standard", "completed", "", "", f"{day}T08:00:00Z", "", "", "", "", "")
        records.save(connection, kind, [kind.read(row)])
    if invoice:
        kind = KINDS["invoices"]
        for line in ("1", "2"):
            row = (invoice, order, customer, day, "EUR", line, "labour", "", "", "1", "10.00", "0.19")
            records.save(connection, kind, [kind.read(row)])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("muller", ["C-1", "C-2"]), ("MÜLLER", ["C-1", "C-2"]), ("cafe", ["C-1"]), ("sons mull", ["C-2"]), ("100%", ["C-2"]),
        ("чай", ["C-3"]), ("a_b", ["C-3"]), ("a.b", []), ("%", ["C-2"]), ("5550101", ["C-1"]), ("office@", ["C-1"]), (" ", []),
    ],
)  # fmt: skip
def test_every_typed_word_stands_somewhere_without_regard_to_case_and_accents(typed, found) -> None:
    assert sorted(c.customer for c in lookup.clients_with(store(CUSTOMERS), typed, 9)) == found


def test_the_shortest_names_come_first_and_no_more_than_asked_for() -> None:
    many = [(f"C-{n}", "Bar" + "x" * (20 - n), "", "", "gold", "EUR", "") for n in range(20)]
    assert [c.customer for c in lookup.clients_with(store(many), "bar", 3)] == ["C-19", "C-18", "C-17"]


def test_a_customers_visits_and_invoices_come_newest_first_with_their_totals() -> None:
    connection = store(CUSTOMERS)
    bill(connection, "SO-1", "INV-1", "C-1", "2026-08-01", "till 4")
    bill(connection, "SO-1", "INV-2", "C-1", "2026-08-03", "till 4")
    bill(connection, "SO-2", "", "C-1", "2026-08-02", "printer")
    bill(connection, "", "INV-3", "C-1", "2026-08-04", "")
    bill(connection, "SO-4", "INV-4", "C-2", "2026-08-05", "till 5")
    found = lookup.jobs_of(connection, "C-1")
    assert [(j.order, j.invoice, j.total) for j in found] == [
        ("", "INV-3", 2380), ("SO-1", "INV-2", 2380), ("SO-2", "", 0), ("SO-1", "INV-1", 2380),
    ]  # fmt: skip
    assert {j.invoice for j in lookup.jobs_with(connection, "till", 9)} == {"INV-1", "INV-2", "INV-4"}
    assert [j.order for j in lookup.jobs_with(connection, "NV-4", 9)] == ["SO-4"]
    assert [j.invoice for j in lookup.jobs_named(connection, ["SO-1"])] == ["INV-2", "INV-1"]
    assert lookup.jobs_with(connection, "_", 9) == []
    assert sorted(lookup.ids_with(connection, "invoice", "nv-", 9)) == ["INV-1", "INV-2", "INV-3", "INV-4"]
    assert len(lookup.ids_with(connection, "invoice", "nv-", 2)) == 2


def test_a_hundred_thousand_customers_are_searched_in_a_tenth_of_a_second() -> None:
    kind = KINDS["customers"]
    rows = (
        (f"C-{n}", f"{('Café', 'Nordwind', 'Müller', 'Harbor')[n % 4]} Bakery {n}", f"office{n}@example.com", f"555 {n}",
         "gold", "EUR", "")
        for n in range(100_000)
    )  # fmt: skip
    connection = store([])
    records.save(connection, kind, (kind.read(row) for row in rows))
    for typed in ("muller 777", "harb", "nobody has this", "e"):
        spent = []
        for _ in range(5):
            begun = time.process_time()
            lookup.clients_with(connection, typed, 21)
            spent.append(time.process_time() - begun)
        assert min(spent) < 0.1, typed
