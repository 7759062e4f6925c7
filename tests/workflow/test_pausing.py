"""Holds and questions: no money moves on a case before a manager lifts the one and somebody answers the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
import small_shop

from refundkit.errors import RefusedError, UsageError
from refundkit.model.case import APPROVED, LINE
from refundkit.store import ledger
from refundkit.workflow import assessing, decisions, pausing, reading, verifying


def act(shop, by, command, *rest, **more):
    with shop.open(by) as opened:
        return command(opened, *rest, **more)


def one(shop, by, command, case, *rest, **more):
    (outcome,) = act(shop, by, command, [case], *rest, **more)
    if outcome.refused:
        raise outcome.refused
    return outcome


def shown(shop, case):
    with shop.open() as opened:
        return reading.shown(opened, case)


def proved(shop) -> None:
    with shop.open() as opened:
        assert verifying.verify(opened).problems == []


def payable(shop, case):
    return shop.cases()[case]["payable"]["amount"]


# -- holds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["tess", "lena", "carl", "max", "ada"])
def test_any_role_holds_a_case_and_a_manager_lifts_that(shop, by):
    (case,) = shop.take_in(small_shop.request(2))
    assert one(shop, by, pausing.hold, case, "fraud", "the card was stolen").state == "awaiting"
    with pytest.raises(RefusedError, match=rf"held \(fraud by {by}: the card was stolen\)"):
        one(shop, "max", decisions.approve, case)
    with pytest.raises(RefusedError, match="may not lift a hold"):
        one(shop, "lena", pausing.release, case, "it is not")
    assert one(shop, "max", pausing.release, case, "the bank says it is not").state == "awaiting"
    (hold,) = shown(shop, case)["holds"]
    assert (hold["by"], hold["open"], hold["ended"][0]["by"]) == (by, False, "max")
    assert one(shop, "mona", decisions.approve, case).state == "approved"
    proved(shop)


def test_an_export_passes_over_what_is_held_and_says_so(shop):
    held, other = shop.take_in(small_shop.request(0), small_shop.request(1))
    assert one(shop, "tess", pausing.hold, held, "legal", "a letter came").state == "approved"
    first = shop.export()
    assert [shop.cases()[c]["state"] for c in (held, other)] == ["approved", "booked"]
    assert (len(first.cases), first.held) == (1, (f"{held}: held (legal) by tess",))
    one(shop, "max", pausing.release, held, "settled")
    assert shop.export().cases == (held,)
    proved(shop)


def test_a_held_case_is_not_approved_by_the_policy_either(shop):
    (case,) = shop.take_in(small_shop.request(0, "other", "5.00"))
    one(shop, "carl", pausing.hold, case, "fraud", "looks odd")
    act(shop, "lena", decisions.amend, case, {"reason": "incomplete-service", "amount": ""}, "that is it")
    act(shop, "carl", assessing.run, [])
    assert shop.cases()[case]["state"] == "review"
    one(shop, "max", pausing.release, case, "it is fine")
    act(shop, "carl", assessing.run, [])
    assert shop.cases()[case]["state"] == "review"
    assert one(shop, "leo", decisions.approve, case).state == "approved"


def test_what_is_held_can_still_be_denied_and_taken_back(shop):
    one_, two = shop.take_in(small_shop.request(2), small_shop.request(3))
    for case in (one_, two):
        one(shop, "carl", pausing.hold, case, "fraud", "why")
    assert one(shop, "max", decisions.deny, one_, "it was fraud").state == "denied"
    assert one(shop, "carl", decisions.withdraw, two, "they ask no more").state == "withdrawn"


def test_several_holds_are_lifted_one_by_one_or_together(shop):
    (case,) = shop.take_in(small_shop.request(2))
    for kind in ("fraud", "legal", "dispute"):
        one(shop, "carl", pausing.hold, case, kind, "why")
    with pytest.raises(RefusedError, match="held for fraud already, by carl"):
        one(shop, "lena", pausing.hold, case, "fraud", "again")
    one(shop, "max", pausing.release, case, "why", kind="legal")
    assert [h["kind"] for h in shown(shop, case)["holds"] if h["open"]] == ["fraud", "dispute"]
    with pytest.raises(RefusedError, match=r"held \(fraud by carl: why, dispute by carl: why\)"):
        one(shop, "mona", decisions.approve, case)
    one(shop, "max", pausing.release, case, "why")
    with pytest.raises(RefusedError, match="is not held"):
        one(shop, "max", pausing.release, case, "why")


def test_nobody_lifts_the_hold_of_a_request_of_their_own(shop):
    (case,) = shop.take_in(small_shop.request(7))  # T-01 is tom, a manager
    one(shop, "carl", pausing.hold, case, "fraud", "why")
    with pytest.raises(RefusedError, match="technician of the visit"):
        one(shop, "tom", pausing.release, case, "it is fine")


@pytest.mark.parametrize(
    ("command", "rest"),
    [(pausing.hold, ("theft", "why")), (pausing.hold, ("fraud", " ")), (pausing.release, ("",)), (pausing.ask, (" ",)),
     (pausing.answer, ("",))],
)  # fmt: skip
def test_what_lacks_a_word_or_has_a_wrong_one_is_refused(shop, command, rest):
    (case,) = shop.take_in(small_shop.request(2))
    with pytest.raises(UsageError):
        one(shop, "max", command, case, *rest)


# -- what a disputed payment leaves -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dispute", "chargeback"])
def test_what_the_customer_disputes_cannot_be_given_back_to_them_by_another_case(shop, kind):
    """What is in dispute is not there to be given back, and is there again when the dispute is over."""
    (case,) = shop.take_in(small_shop.request(1, "goodwill", "433.00"))
    one(shop, "carl", pausing.hold, case, kind, "the bank rang")
    (other,) = shop.take_in(small_shop.request(1, "goodwill", "1000.00", received_at="2026-07-01T10:00:00Z"))
    paid = Decimal(shown(shop, other)["calculation"]["paid"]["amount"])
    assert Decimal(payable(shop, other)) == min(Decimal(1000), paid - 433)
    one(shop, "max", pausing.release, case, "it was withdrawn")
    act(shop, "carl", assessing.run, [other])
    assert Decimal(payable(shop, other)) == min(Decimal(1000), paid)
    proved(shop)


def test_a_hold_for_another_reason_takes_nothing_away(shop):
    (case,) = shop.take_in(small_shop.request(1, "goodwill", "433.00"))
    one(shop, "carl", pausing.hold, case, "legal", "a letter came")
    (other,) = shop.take_in(small_shop.request(1, "goodwill", "1000.00", received_at="2026-07-01T10:00:00Z"))
    assert payable(shop, other) == "1000.00"


def test_a_disputed_case_does_not_take_from_itself(shop):
    (case,) = shop.take_in(small_shop.request(2))
    before = payable(shop, case)
    one(shop, "carl", pausing.hold, case, "dispute", "why")
    act(shop, "carl", assessing.run, [case])
    assert payable(shop, case) == before
    one(shop, "max", pausing.release, case, "why")
    assert one(shop, "mona", decisions.approve, case).state == "approved"


def test_a_disputed_case_that_was_denied_still_counts(shop):
    (case,) = shop.take_in(small_shop.request(1, "goodwill", "433.00"))
    one(shop, "max", decisions.deny, case, "no")
    one(shop, "carl", pausing.hold, case, "chargeback", "so they went to their bank")
    with shop.open() as opened:
        assert opened.find(case).counts
    assert shop.cases()[case]["state"] == "denied"
    proved(shop)


def test_a_hold_of_a_booked_case_undoes_nothing_and_is_shown(shop):
    (case,) = shop.take_in(small_shop.request(0))
    shop.export()
    assert one(shop, "tess", pausing.hold, case, "dispute", "the bank rang").state == "booked"
    found = shown(shop, case)
    assert (found["anomalies"], found["holds"][0]["open"]) == ([], True)
    assert "release" in found["possible_now"]


# -- questions --------------------------------------------------------------------------------------------------------


def test_a_question_stops_an_approval_until_somebody_answers(shop):
    (case,) = shop.take_in(small_shop.request(2))
    assert one(shop, "lena", pausing.ask, case, "which device was it?").state == "awaiting"
    with pytest.raises(RefusedError, match="lena asks: which device was it"):
        one(shop, "lena", decisions.approve, case)
    assert one(shop, "tess", pausing.answer, case, "the router").state == "awaiting"
    (asked,) = shown(shop, case)["questions"]
    assert (asked["by"], asked["question"], asked["open"]) == ("lena", "which device was it?", False)
    assert [(a["by"], a["text"]) for a in asked["ended"]] == [("tess", "the router")]
    assert one(shop, "lena", decisions.approve, case).state == "approved"
    proved(shop)


def test_an_amendment_overtakes_a_question(shop):
    (case,) = shop.take_in(small_shop.request(2, "other", "5.00"))
    one(shop, "lena", pausing.ask, case, "what for?")
    act(shop, "leo", decisions.amend, case, {"reason": "incomplete-service", "amount": ""}, "for this")
    assert not shown(shop, case)["questions"][0]["open"]
    assert one(shop, "lena", decisions.approve, case).state == "approved"


def test_one_answer_ends_every_question_that_waits(shop):
    (case,) = shop.take_in(small_shop.request(2))
    one(shop, "lena", pausing.ask, case, "which device?")
    one(shop, "max", pausing.ask, case, "which day?")
    with pytest.raises(RefusedError, match="was asked about"):
        one(shop, "leo", pausing.ask, case, "which day?")
    one(shop, "carl", pausing.answer, case, "the router, on Monday")
    assert [q["open"] for q in shown(shop, case)["questions"]] == [False, False]
    with pytest.raises(RefusedError, match="no question about"):
        one(shop, "carl", pausing.answer, case, "more")


def test_a_case_with_an_open_question_can_be_denied(shop):
    (case,) = shop.take_in(small_shop.request(2))
    one(shop, "lena", pausing.ask, case, "which device?")
    assert one(shop, "leo", decisions.deny, case, "nobody answers").state == "denied"


def test_many_questions_about_one_case_do_no_harm(shop):
    """What an event depends on is limited; what it ends is not."""
    (case,) = shop.take_in(small_shop.request(2))
    for n in range(40):
        one(shop, "lena", pausing.ask, case, f"question {n}?")
    one(shop, "tess", pausing.answer, case, "yes to all")
    assert one(shop, "max", decisions.approve, case).state == "approved"
    proved(shop)


def test_the_list_finds_what_is_held_and_what_is_asked(shop):
    held, asked, _ = shop.take_in(*[small_shop.request(n) for n in (2, 3, 7)])
    one(shop, "carl", pausing.hold, held, "fraud", "why")
    one(shop, "max", pausing.ask, asked, "why?")
    with shop.open() as opened:
        assert [r["id"] for r in reading.listed(opened, {"held": 1})] == [held]
        assert [r["id"] for r in reading.listed(opened, {"asked": 1})] == [asked]


# -- past the front end -----------------------------------------------------------------------------------------------


def test_an_approval_written_past_the_gate_moves_nothing_while_a_case_is_held(shop):
    (case,) = shop.take_in(small_shop.request(2))
    one(shop, "carl", pausing.hold, case, "fraud", "why")
    with shop.open("max") as opened, opened.write() as pen:
        view = opened.find(case)
        data = {"rev": view.rev, "basis": view.basis, "amount": view.payable, "note": "", "cells": [], "beyond": 0, "needs": 1,
                "technician": "", "currency": "USD"}  # fmt: skip
        pen.append(APPROVED, data, case=view.key, deps=[view.rev])
        assert pen.project(opened.store, view.key, opened.org).state == "awaiting"
    assert shop.export().cases == ()
    one(shop, "mona", pausing.release, case, "why")
    assert shop.export().cases == ()


def test_a_table_that_forgets_a_hold_does_not_let_it_go(shop):
    (case,) = shop.take_in(small_shop.request(0))
    one(shop, "carl", pausing.hold, case, "fraud", "why")
    with shop.open() as opened, opened.store.write() as connection:
        connection.execute("UPDATE cases SET held = '[]', counts = 0")
    assert shop.export().held == (f"{case}: held (fraud) by carl",)
    with shop.open() as opened:
        assert not [e for e in ledger.case_events(opened.store, opened.find(case).key) if e.core.type == LINE]
        assert any("table cases" in p for p in verifying.verify(opened).problems)


def test_a_dry_run_of_a_pause_writes_nothing(shop):
    (case,) = shop.take_in(small_shop.request(2))
    with shop.open("max") as opened:
        before = opened.store.one("SELECT count(*) FROM event")[0]
        for command, rest in ((pausing.hold, ("fraud", "why")), (pausing.ask, ("why?",))):
            (outcome,) = command(opened, [case], *rest, dry_run=True)
            assert (outcome.state, outcome.refused) == ("awaiting", None)
        assert opened.store.one("SELECT count(*) FROM event")[0] == before
