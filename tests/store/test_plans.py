"""What is asked for one customer, invoice or line of a statement comes off an index, however large the store is."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest

from refundkit.store import accounts, payees, payments
from refundkit.store.schema import LEDGER, PROJECTIONS


class Plans:
    """A store that keeps how SQLite would go about each question."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(LEDGER + PROJECTIONS)
        self.scans: list[str] = []

    def rows(self, sql, values=()):
        for _, _, _, step in self.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values):
            if step.startswith("SCAN") and "VIRTUAL TABLE" not in step:
                self.scans.append(step)
        return self.connection.execute(sql, values).fetchall()

    def execute(self, sql, values=()):
        self.rows(sql, values)
        return self.connection.execute(sql, values)


ASKED = {
    "what is owed to a customer": lambda s: accounts.owed(s, "2026-11-01", "C-1"),
    "the bookings of a customer": lambda s: accounts.booked(s, "customer_id", "C-1"),
    "the bookings of an invoice": lambda s: accounts.booked(s, "invoice", "I-1"),
    "the invoices of a customer": lambda s: accounts.invoices(s, "customer_id", "C-1"),
    "an invoice": lambda s: accounts.invoices(s, "invoice", "I-1"),
    "what was taken of an invoice": lambda s: accounts.taken(s, "I-1"),
    "what a customer keeps": lambda s: accounts.kept(s, "C-1"),
    "what was given back of a payment": lambda s: payments.given_back(s, ["P-1"]),
    "where a customer's money goes": lambda s: payees.said(s, "C-1"),
    "payments that are named": lambda s: payments.named_by(s, ["RP-1-000001", "2091"]),
    "payments of an amount": lambda s: payments.open_of(
        s, [(100, "USD")], (date(2026, 10, 22), date(2026, 11, 1)), 201
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_no_table_is_read_through_for_one_of_its_rows(what):
    store = Plans()
    ASKED[what](store)
    assert store.scans == []
