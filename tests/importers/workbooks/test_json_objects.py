"""Requests as JSON: a list of objects with the names of requests.csv, read as strictly as its rows."""

import json
from decimal import Decimal

import pytest

from refundkit.model.requests import Draft, Reject

GOOD = {"customer_id": "C-1", "invoice": "INV-1", "amount": "168.10", "currency": "USD", "reason": "sla-breach"}


def test_a_list_of_objects_is_a_list_of_requests(read):
    first, second = read(json.dumps([GOOD, GOOD | {"amount": None, "received_at": "2026-08-19T15:12:00Z"}]).encode())
    assert (first.index, first.amount, first.currency, first.reason) == (1, Decimal("168.10"), "USD", "sla-breach")
    assert (second.index, second.amount) == (2, None)


def test_a_number_keeps_the_digits_it_was_written_with(read):
    (draft,) = read(b'[{"invoice": "INV-1", "amount": 9007199254740.10, "currency": "USD"}]')
    assert str(draft.amount) == "9007199254740.10"


def test_objects_may_stand_one_after_the_other(read):
    found = read(b"\n".join(json.dumps(GOOD | {"invoice": f"INV-{n}"}).encode() for n in range(3)), "x.csv")
    assert [draft.invoice for draft in found] == ["INV-0", "INV-1", "INV-2"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_understood(read, encoding):
    (draft,) = read(json.dumps([GOOD]).encode(encoding))
    assert isinstance(draft, Draft)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sum": "5"}, "has a field 'sum'"),
        ({"amount": ["5"]}, "amount: is neither text nor a number"),
        ({"amount": True}, "amount: is neither text nor a number"),
        ({"amount": "5,00"}, "amount"),
        ({"description": "a\x00b"}, "control characters"),
        ({"description": "\ud800"}, "half a character"),
        ({"reason": "whim"}, "reason"),
    ],
)
def test_an_object_that_is_no_request_is_rejected_and_the_others_are_read(read, wrong, says):
    bad, good = read(json.dumps([GOOD | wrong, GOOD]).encode())
    assert isinstance(bad, Reject)
    assert says in bad.problem
    assert "INV-1" in bad.words
    assert isinstance(good, Draft)


def test_a_field_given_twice_is_rejected(read):
    (bad,) = read(b'[{"invoice": "INV-1", "amount": "5", "amount": "50"}]')
    assert "twice" in bad.problem


@pytest.mark.parametrize(
    "data",
    [b'[{"invoice": "INV-1"}', b'[{"invoice": "INV-1"}] x', b'{"invoice" "x"}', b"[" * 100_000, b'[{"a":' * 50_000,
     b'[{"invoice": "\xff"}]'],
)  # fmt: skip
def test_what_is_no_json_is_one_reject_with_the_reason(read, data):
    (bad,) = read(data, "x.json")
    assert isinstance(bad, Reject)
    assert "JSON" in bad.problem
