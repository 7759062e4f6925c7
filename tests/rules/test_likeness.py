"""Which request a message may repeat, told without records: the table of what is the same, near, and another story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.model.requests import Place
from refundkit.rules.likeness import Likeness, Trace, concerned, likest

WINDOW = timedelta(days=30)
OLD = Trace(
    "key", "RF-2222-2222-2222", "review", "email", "", ("m1@a.test",), "dana@a.test", "a.test", "", "SO-1", "INV-1",
    Decimal(120), "USD", "cancelled-visit", "visit on thursday", "nobody came on thursday, please refund the 120 dollars",
    datetime(2026, 10, 5, tzinfo=UTC), Place("1.eml", None),
)  # fmt: skip
NEW = replace(
    OLD,
    key="",
    case="",
    state="",
    message_ids=("m2@a.test",),
    place=Place("2.eml", None),
    words="other words",
    received_at=OLD.received_at + timedelta(days=2),
)


@pytest.mark.parametrize(
    ("change", "likeness"),
    [
        ({}, Likeness.SAME),
        ({"order": ""}, Likeness.SAME),
        ({"email": "", "domain": "", "customer": "", "words": OLD.words}, Likeness.NEAR),
        ({"invoice": "", "order": "", "words": OLD.words}, Likeness.SAME),
        ({"reason": "other"}, Likeness.NEAR),
        ({"amount": None}, Likeness.NEAR),
        ({"email": "sam@a.test"}, Likeness.NEAR),
        ({"email": "sam@b.test", "domain": "b.test"}, Likeness.NEAR),
        ({"invoice": "", "order": ""}, Likeness.NEAR),
        ({"invoice": "", "order": "", "email": "sam@a.test"}, Likeness.NEAR),
        ({"invoice": "INV-2"}, None),
        ({"invoice": "", "order": "SO-2"}, None),
        ({"currency": "EUR"}, None),
        ({"amount": Decimal(60)}, None),
        ({"amount": Decimal(60), "chases": True}, None),
        ({"amount": None, "invoice": "", "order": "", "chases": True}, Likeness.NEAR),
        ({"received_at": OLD.received_at + timedelta(days=31)}, Likeness.NEAR),
        (
            {"received_at": OLD.received_at + timedelta(days=90), "email": "sam@b.test", "domain": "b.test"},
            Likeness.NEAR,
        ),
        ({"received_at": OLD.received_at + timedelta(days=90), "invoice": "", "order": ""}, None),
        (
            {"received_at": OLD.received_at + timedelta(days=90), "invoice": "", "order": "", "chases": True},
            Likeness.NEAR,
        ),
        ({"received_at": OLD.received_at + timedelta(days=90), "amount": None}, None),
        ({"received_at": OLD.received_at + timedelta(days=90), "amount": None, "chases": True}, Likeness.NEAR),
        ({"received_at": OLD.received_at + timedelta(days=90), "message_ids": ()}, None),
        ({"received_at": OLD.received_at + timedelta(days=366)}, None),
        ({"place": Place("1.eml", None)}, None),
        ({"place": Place("1.eml", None, "May")}, Likeness.SAME),
        ({"email": "x@c.test", "domain": "c.test", "invoice": "", "order": ""}, None),
    ],
)
def test_what_is_the_same_what_is_near_and_what_is_another_story(change, likeness) -> None:
    found = likest(replace(NEW, **change), [OLD], WINDOW)
    assert (found.likeness if found else None) == likeness


def test_rows_of_lists_are_not_alike_by_customer_and_price_alone() -> None:
    row = replace(OLD, message_ids=(), customer="C-1", invoice="", order="")
    assert likest(replace(row, key="", place=Place("list.csv", 3), words="x"), [row], WINDOW) is None


def test_a_reference_of_one_channel_is_the_same_at_any_distance() -> None:
    old = replace(OLD, external_ref="T-9")
    new = replace(NEW, external_ref="T-9", invoice="INV-7", received_at=OLD.received_at + timedelta(days=400))
    assert likest(new, [old], WINDOW).likeness is Likeness.SAME
    assert likest(replace(new, channel="phone"), [old], WINDOW) is None


def test_the_message_answered_wins_over_one_that_is_merely_alike() -> None:
    other = replace(OLD, key="other", message_ids=("m0@a.test",), received_at=OLD.received_at - timedelta(days=1))
    new = replace(NEW, amount=None, thread=("m1@a.test",))
    assert likest(new, [other, OLD], WINDOW).case.key == "key"


def test_a_message_is_about_the_case_it_answers_names_or_of_whose_sender_there_is_no_other() -> None:
    said = replace(NEW, amount=None, invoice="", order="", subject="thanks")
    second = replace(OLD, key="second", invoice="INV-2", order="SO-2", subject="router", message_ids=("m5@a.test",))
    assert concerned(replace(said, thread=("m5@a.test",)), [OLD, second], WINDOW).key == "second"
    assert concerned(replace(said, invoice="INV-2"), [OLD, second], WINDOW).key == "second"
    assert concerned(replace(said, subject="router"), [OLD, second], WINDOW).key == "second"
    assert concerned(said, [OLD], WINDOW).key == "key"
    assert concerned(said, [OLD, replace(second, state="denied")], WINDOW).key == "key"
    assert concerned(said, [OLD, second], WINDOW) is None
    assert concerned(replace(said, email="x@b.test", domain="b.test"), [OLD], WINDOW) is None
    later = replace(said, received_at=OLD.received_at + timedelta(days=60))
    assert concerned(later, [OLD], WINDOW) is None
    assert concerned(replace(later, order="SO-1"), [OLD], WINDOW).key == "key"


WORDS = st.sampled_from(["", "a", "b"])
TRACES = st.builds(
    Trace, key=st.uuids().map(str), case=st.just("RF"), state=st.sampled_from(["review", "denied"]),
    channel=st.sampled_from(["email", "csv"]), external_ref=WORDS, message_ids=st.sampled_from([(), ("m1",), ("m2",)]),
    email=WORDS, domain=WORDS, customer=WORDS, order=WORDS, invoice=WORDS,
    amount=st.sampled_from([None, Decimal(1), Decimal(2)]), currency=st.sampled_from(["", "USD"]),
    reason=st.sampled_from(["other", "goodwill"]), subject=WORDS, words=WORDS,
    received_at=st.integers(0, 60).map(lambda d: OLD.received_at + timedelta(days=d)), place=st.uuids().map(lambda u: Place(str(u), None)),
    thread=st.sampled_from([(), ("m1",)]), chases=st.booleans(),
)  # fmt: skip


@given(TRACES, st.lists(TRACES, max_size=5))
def test_the_order_in_which_cases_are_looked_at_changes_nothing(new, others) -> None:
    one, two = likest(new, others, WINDOW), likest(new, others[::-1], WINDOW)
    assert (one and (one.likeness, one.case.received_at)) == (two and (two.likeness, two.case.received_at))


@given(TRACES, TRACES)
def test_nothing_is_alike_that_names_another_invoice_or_without_an_answer_another_amount(new, old) -> None:
    found = likest(replace(new, external_ref=""), [old], WINDOW)
    if found:
        assert not (new.invoice and old.invoice and new.invoice != old.invoice)
        sure = new.email and new.email == old.email and new.words == old.words
        answer = found.likeness is Likeness.NEAR and set(new.thread) & set(old.message_ids)
        assert sure or answer or new.amount is None or old.amount is None or new.amount == old.amount
