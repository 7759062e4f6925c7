"""A stand-in decides for another while the dates hold: by that person's rights, outside the case both, and as one person."""

from __future__ import annotations

import pytest
import small_shop

from refundkit.errors import RefundkitError, RefusedError, UsageError
from refundkit.model.case import APPROVED, DENIED, OVERRIDDEN, REOPENED
from refundkit.workflow import auditing, care, decisions, people, reading, standing, verifying


def act(shop, by, command, *rest, **more):
    with shop.open(by) as opened:
        return command(opened, *rest, **more)


def listed_as_mine(shop):
    return [row["id"] for row in reading.listed(shop, {"mine": 1})]


@pytest.fixture
def stood(shop):
    """lena, a lead, decides for max, a manager, from the 1st to the 7th of September; today is the 1st."""
    act(shop, "max", standing.name, "lena", "2026-09-01", "2026-09-07")
    return shop


def approve(shop, by, case, **more):
    (outcome,) = act(shop, by, decisions.approve, [case], **more)
    return outcome


def said(outcome) -> str:
    return outcome.refused.message if outcome.refused else ""


def test_a_stand_in_decides_by_the_rights_of_who_is_away_and_it_is_said_everywhere(stood):
    (case,) = stood.take_in(small_shop.request(3))
    assert case in act(stood, "lena", listed_as_mine)
    assert case not in act(stood, "leo", listed_as_mine)
    done = approve(stood, "lena", case)
    assert (done.state, done.more) == ("approved", "by lena for max")
    with stood.open() as opened:
        found = reading.shown(opened, case)
        assert [(a["by"], a["for"]) for a in found["approvals"]] == [("lena", "max")]
        last = reading.history(opened, case)["events"][-1]
        assert (last["by"], "for max" in last["text"]) == ("lena", True)
        (decision,) = auditing.content(opened, opened.find(case)).decisions
        assert decision.who == "lena (lead) for max (manager)"
        assert care.differences(opened) == []
        assert verifying.verify(opened).problems == []
    assert stood.export().cases == (case,)


def test_who_may_by_themselves_decides_for_themselves_unless_they_say_otherwise(stood):
    one, two = stood.take_in(small_shop.request(2), small_shop.request(7))
    assert approve(stood, "lena", one).more == ""
    assert approve(stood, "lena", two, instead_of="max").more == "by lena for max"


def test_denying_and_overriding_are_done_for_another_too_and_stop_both_from_reopening(stood):
    one, two = stood.take_in(small_shop.request(3), small_shop.request(4, "other", "5.00"))
    (denied,) = act(stood, "lena", decisions.deny, [one], "no")
    assert (denied.state, denied.more) == ("denied", "by lena for max")
    for who in ("lena", "max"):
        (outcome,) = act(stood, who, decisions.reopen, [one], "after all")
        assert "has stopped" in said(outcome), who
    after = act(stood, "lena", decisions.override, two, "reason-manual", "agreed", instead_of="max")
    assert after.more == "by lena for max"
    with stood.open() as opened:
        finding = next(f for f in reading.shown(opened, two)["findings"] if f["code"] == "reason-manual")
    assert finding["overridden_by"] == "lena for max"


@pytest.mark.parametrize("day", [-1, 7])
def test_outside_the_dates_nobody_stands_in(shop, day):
    act(shop, "max", standing.name, "lena", "2026-09-02", "2026-09-07")
    (case,) = shop.take_in(small_shop.request(3))
    shop.later(days=day + 1 if day > 0 else 0)
    with shop.open("lena") as opened:
        assert "takes a manager" in said(decisions.approve(opened, [case])[0])
        with pytest.raises(RefusedError, match="does not stand in for max today"):
            decisions.approve(opened, [case], instead_of="max")
        assert case not in listed_as_mine(opened)


def test_the_days_are_those_of_the_shops_time_zone(tmp_path):
    shop = small_shop.make(tmp_path / "east", customers=4, time_zone="Pacific/Auckland")
    act(shop, "max", standing.name, "lena", "2026-09-01", "2026-09-02")
    (case,) = shop.take_in(small_shop.request(3))
    shop.now = shop.now.replace(day=2, hour=12)  # the 3rd in Auckland
    assert "takes a manager" in said(approve(shop, "lena", case))
    shop.now = shop.now.replace(hour=11)
    assert approve(shop, "lena", case).state == "approved"


def test_neither_may_stand_in_the_case(stood):
    by_max, by_lena = stood.take_in(
        small_shop.request(3, requested_by="max"), small_shop.request(4, "goodwill", "3000.00", requested_by="lena")
    )  # fmt: skip
    assert "max is named as its requester" in said(approve(stood, "lena", by_max))
    assert "lena is named as its requester" in said(approve(stood, "lena", by_lena))
    act(stood, "tom", standing.name, "leo", "2026-09-01", "2026-09-07")
    assert "tom was the technician" in said(approve(stood, "leo", by_lena, instead_of="tom"))  # of T-01


def test_of_two_managers_a_stand_in_is_never_both(stood):
    (case,) = stood.take_in(small_shop.request(4))
    assert approve(stood, "lena", case).state == "awaiting"
    assert "lena for max has approved" in said(approve(stood, "max", case))
    assert "lena for max has approved" in said(approve(stood, "lena", case))
    act(stood, "mona", standing.name, "lena", "2026-09-01", "2026-09-07")
    assert "lena for max has approved" in said(approve(stood, "lena", case, instead_of="mona"))
    act(stood, "max", standing.name, "leo", "2026-09-01", "2026-09-07")
    assert "lena for max has approved" in said(approve(stood, "leo", case))
    assert approve(stood, "mona", case).state == "approved"


def test_two_stand_ins_of_two_managers_are_two_people(stood):
    act(stood, "mona", standing.name, "leo", "2026-09-01", "2026-09-07")
    (case,) = stood.take_in(small_shop.request(4))
    assert approve(stood, "lena", case).state == "awaiting"
    assert approve(stood, "leo", case).state == "approved"


def test_a_stand_in_cannot_pass_it_on(stood):
    act(stood, "lena", standing.name, "leo", "2026-09-01", "2026-09-07")
    (case,) = stood.take_in(small_shop.request(3))
    assert "takes a manager" in said(approve(stood, "leo", case))
    with stood.open("leo") as opened, pytest.raises(RefusedError, match="does not stand in for max"):
        decisions.approve(opened, [case], instead_of="max")
    with stood.open("lena") as opened, pytest.raises(RefusedError, match="may not manage people"):
        standing.name(opened, "leo", "", "2026-09-07", user="max")


def test_it_ends_early_by_either_of_the_two_or_an_admin(shop):
    (case,) = shop.take_in(small_shop.request(3))
    for by in ("max", "lena", "ada"):
        act(shop, "max", standing.name, "lena", "", "2026-09-07")
        with shop.open("leo") as opened, pytest.raises(RefusedError, match="may not manage people"):
            standing.end(opened, "lena", user="max")
        act(shop, by, standing.end, "lena", **({} if by == "max" else {"user": "max"}))
        assert "takes a manager" in said(approve(shop, "lena", case))
    with shop.open("max") as opened, pytest.raises(RefusedError, match="does not stand in"):
        standing.end(opened, "lena")


@pytest.mark.parametrize("how", ["end", "role", "revoke"])
def test_what_was_decided_for_another_stays_decided(stood, how):
    (case,) = stood.take_in(small_shop.request(3))
    approve(stood, "lena", case)
    match how:
        case "end":
            act(stood, "max", standing.end, "lena")
        case "role":
            act(stood, "ada", people.role, "max", take=["manager"])
        case _:
            act(stood, "ada", people.revoke, "max", "left")
    (other,) = stood.take_in(small_shop.request(4, "goodwill", "3000.00"))
    with stood.open() as opened:
        care.rebuild(opened)
        assert opened.find(case).state == "approved"
    assert said(approve(stood, "lena", other)) != ""


@pytest.mark.parametrize(
    ("by", "words", "kind"),
    [("max", ("max", "", "2026-09-07"), UsageError), ("max", ("nobody", "", "2026-09-07"), UsageError),
     ("max", ("ann", "", "2026-09-07"), RefusedError), ("max", ("lena", "2026-09-05", "2026-09-02"), UsageError),
     ("max", ("lena", "2026-08-05", "2026-08-09"), UsageError), ("max", ("lena", "soon", "2026-09-02"), UsageError),
     ("max", ("lena", "", ""), UsageError), ("carl", ("lena", "", "2026-09-07"), RefusedError)],
)  # fmt: skip
def test_what_is_no_stand_in_is_refused(shop, by, words, kind):
    before = shop.cases()
    with shop.open(by) as opened:
        count = opened.store.one("SELECT count(*) FROM event")[0]
        with pytest.raises(kind):
            standing.name(opened, *words)
        assert opened.store.one("SELECT count(*) FROM event")[0] == count
    assert shop.cases() == before


def test_an_admin_names_one_for_who_is_ill_and_only_for_who_decides(shop):
    act(shop, "ada", standing.name, "lena", "", "2026-09-07", user="max")
    with shop.open("ada") as opened:
        with pytest.raises(RefusedError, match="already"):
            standing.name(opened, "lena", "2026-09-07", "2026-09-09", user="max")
        with pytest.raises(RefusedError, match="decides nothing"):
            standing.name(opened, "lena", "", "2026-09-07", user="carl")
    (case,) = shop.take_in(small_shop.request(3))
    assert approve(shop, "lena", case).state == "approved"


# -- past the gate ----------------------------------------------------------------------------------------------------


def write(shop, by, type_, case, **data):
    """A decision signed by somebody's key, written past the gate. Return the state it leaves."""
    with shop.open(by) as opened, opened.write() as pen:
        view = opened.find(case)
        given = {"rev": view.rev, "basis": view.basis, "reason": "because", "note": "because", "amount": view.payable,
                 "cells": [], "beyond": 0, "needs": 1, "technician": "", "currency": "USD", "code": "reason-manual"}  # fmt: skip
        pen.append(type_, {**given, **data}, case=view.key, deps=[view.rev])
        return str(pen.project(opened.store, view.key, opened.org).state)


def named(shop, signer="max", **data) -> str:
    with shop.open(signer) as opened, opened.write() as pen:
        return pen.append("stand_in.named", {"first": "2026-09-01", "last": "2026-09-07", **data}).id


@pytest.mark.parametrize(
    "changes",
    [{"for": "mona"}, {"on": "2026-08-31"}, {"on": "2026-09-08"}, {"on": ""}, {"stand_in": "nothing"}, {"for": 7}, {"on": None},
     {"stand_in": None}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("type_", [APPROVED, DENIED])
def test_a_decision_past_the_gate_that_no_stand_in_covers_does_not_count(shop, type_, changes):
    stand_in = named(shop, user="max", by="lena")
    (case,) = shop.take_in(small_shop.request(3))
    data = {"for": "max", "stand_in": stand_in, "on": "2026-09-01", **changes}
    assert write(shop, "lena", type_, case, **data) == "awaiting"
    assert write(shop, "leo", type_, case, **{**data, "for": "max", "on": "2026-09-01"}) == "awaiting"


def test_one_that_is_covered_counts_and_one_after_its_end_does_not(shop):
    stand_in = named(shop, user="max", by="lena")
    one, two = shop.take_in(small_shop.request(3), small_shop.request(4, "goodwill", "3000.00"))
    covered = {"for": "max", "stand_in": stand_in, "on": "2026-09-03"}
    assert write(shop, "lena", APPROVED, one, **covered) == "approved"
    act(shop, "ada", standing.end, "lena", user="max")
    assert write(shop, "lena", APPROVED, two, **covered) != "approved"


def test_who_stands_in_the_case_past_the_gate_decides_nothing_for_another_and_nobody_for_them(shop):
    stand_in = named(shop, user="max", by="lena")
    data = {"for": "max", "stand_in": stand_in, "on": "2026-09-01"}
    for requester, about in (("lena", (3,)), ("max", (4, "goodwill", "3000.00"))):
        (case,) = shop.take_in(small_shop.request(*about, requested_by=requester))
        assert write(shop, "lena", APPROVED, case, **data) == "awaiting"
        assert write(shop, "lena", DENIED, case, **data) == "awaiting"
    (case,) = shop.take_in(small_shop.request(2, "other", "5.00", requested_by="max"))
    write(shop, "lena", OVERRIDDEN, case, **data)
    with shop.open() as opened:
        assert opened.find(case).open_findings()


@pytest.mark.parametrize(("by", "state"), [("lena", "denied"), ("max", "denied"), ("mona", "awaiting")])
def test_neither_reopens_past_the_gate_what_one_denied_for_the_other(stood, by, state):
    (case,) = stood.take_in(small_shop.request(3))
    act(stood, "lena", decisions.deny, [case], "no")
    with stood.open() as opened:
        undoes = opened.find(case).denials
    assert write(stood, by, REOPENED, case, undoes=undoes, apart=[]) == state


def test_of_two_managers_past_the_gate_a_stand_in_is_never_both(shop):
    (case,) = shop.take_in(small_shop.request(4))
    first, third = named(shop, user="max", by="lena"), named(shop, user="max", by="leo")
    for by, data in (
        ("lena", {"for": "max", "stand_in": first}),
        ("max", {}),
        ("leo", {"for": "max", "stand_in": third}),
    ):
        assert write(shop, by, APPROVED, case, **data, on="2026-09-01") == "awaiting", by
    with shop.open() as opened:
        assert care.differences(opened) == []
    assert write(shop, "mona", APPROVED, case) == "approved"


def test_nobody_is_two_managers_by_standing_in_for_two(shop):
    (case,) = shop.take_in(small_shop.request(4))
    for manager in ("max", "mona"):
        data = {"for": manager, "stand_in": named(shop, manager, user=manager, by="lena"), "on": "2026-09-01"}
        assert write(shop, "lena", APPROVED, case, **data) == "awaiting"


@pytest.mark.parametrize("by", ["lena", "leo", "carl", "ann"])
def test_a_stand_in_named_past_the_gate_by_who_may_not_is_none(shop, by):
    stand_in = named(shop, by, user="max", by="lena")
    (case,) = shop.take_in(small_shop.request(3))
    data = {"for": "max", "stand_in": stand_in, "on": "2026-09-01"}
    assert write(shop, "lena", APPROVED, case, **data) == "awaiting"


def test_a_technician_stands_in_and_an_auditor_does_not_even_past_the_gate(shop):
    for by, state, about in (("ann", "awaiting", (3,)), ("tess", "approved", (4, "goodwill", "3000.00"))):
        stand_in = named(shop, user="max", by=by)
        (case,) = shop.take_in(small_shop.request(*about))
        data = {"for": "max", "stand_in": stand_in, "on": "2026-09-01"}
        assert write(shop, by, APPROVED, case, **data) == state


def test_every_refusal_says_what_to_do(stood):
    (case,) = stood.take_in(small_shop.request(3))
    with stood.open("leo") as opened:
        try:
            decisions.approve(opened, [case], instead_of="max")
        except RefundkitError as err:
            assert "user delegate leo --for max" in err.hint
