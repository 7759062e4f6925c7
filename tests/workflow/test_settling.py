"""What machines that met disagree on: a manager chooses between two edits, and says why an anomaly is no more a worry."""

from __future__ import annotations

import pytest
import small_shop

from refundkit.errors import RefusedError, UsageError
from refundkit.model.case import AMENDED, DENIED
from refundkit.workflow import care, decisions, overview, reading, settling, verifying


def act(shop, by, command, case, *rest, **more):
    with shop.open(by) as opened:
        (outcome,) = command(opened, [case], *rest, **more)
    if outcome.refused:
        raise outcome.refused
    return outcome


def shown(shop, case):
    with shop.open() as opened:
        return reading.shown(opened, case)


def write(shop, by, type_, case, **data):
    """An event as another machine may have written it."""
    with shop.open(by) as opened, opened.write() as pen:
        view = opened.find(case)
        pen.append(type_, {**({"rev": view.rev} if type_ == DENIED else {}), **data}, case=view.key, deps=[view.rev])
        pen.project(opened.store, view.key, opened.org)


@pytest.fixture
def torn(shop):
    """A case that lena and leo have amended apart."""
    (case,) = shop.take_in(small_shop.request(2, "other", "5.00"))
    with shop.open() as opened:
        view = opened.find(case)
    for by, amount in (("lena", "20.00"), ("leo", "30.00")):
        request = {**view.request, "amount": amount, "reason": "goodwill"}
        write(shop, by, AMENDED, case, bases=[view.rev], request=request, why="", assessment=None)
    assert shop.cases()[case]["state"] == "conflict"
    return case


def test_a_manager_keeps_one_of_two_edits_and_both_stay_on_record(shop, torn):
    found = {r["by"]: r for r in shown(shop, torn)["revisions"]}
    assert {by: r["differs"] for by, r in found.items()} == {"lena": {"amount": "20.00"}, "leo": {"amount": "30.00"}}
    revision = found["leo"]["revision"]
    assert act(shop, "max", settling.keep, torn, revision[:8], "leo rang the customer").state == "awaiting"
    after = shown(shop, torn)
    assert (after["payable"]["amount"], after["revisions"]) == ("30.00", [])
    with shop.open() as opened:
        events = reading.history(opened, torn)["events"]
        assert [e["by"] for e in events if e["type"] == "request.amended"] == ["lena", "leo", "max"]
        assert verifying.verify(opened).problems == []


@pytest.mark.parametrize("by", ["max", "leo"])
def test_neither_who_settled_nor_who_wrote_what_is_kept_decides_it(shop, torn, by):
    revision = next(r["revision"] for r in shown(shop, torn)["revisions"] if r["by"] == "leo")
    act(shop, "max", settling.keep, torn, revision, "why")
    with pytest.raises(RefusedError, match="logged or amended"):
        act(shop, by, decisions.approve, torn)
    assert act(shop, "lena", decisions.approve, torn).state == "approved"


def test_nothing_is_decided_about_a_conflict_before_it_is_settled(shop, torn):
    for command, rest in ((decisions.approve, ()), (decisions.deny, ("why",)), (decisions.withdraw, ("why",))):
        with pytest.raises(RefusedError, match="is conflict: "):
            act(shop, "mona", command, torn, *rest)


@pytest.mark.parametrize("by", ["lena", "carl", "tess", "ann"])
def test_only_a_manager_settles(shop, torn, by):
    revision = shown(shop, torn)["revisions"][0]["revision"]
    with pytest.raises(RefusedError, match="may not settle"):
        act(shop, by, settling.keep, torn, revision, "why")


@pytest.mark.parametrize("revision", ["", "x" * 43, "no such"])
def test_what_is_kept_is_one_of_the_live_edits(shop, torn, revision):
    with pytest.raises(RefusedError, match="no live revision") as caught:
        act(shop, "max", settling.keep, torn, revision, "why")
    assert all(r["revision"] in caught.value.hint for r in shown(shop, torn)["revisions"])


def test_a_case_with_one_edit_has_nothing_to_keep(shop):
    (case,) = shop.take_in(small_shop.request(2))
    with pytest.raises(RefusedError, match="one live revision"):
        act(shop, "max", settling.keep, case, "x", "why")


@pytest.fixture
def odd(shop):
    """A booked case that was denied on another machine."""
    (case,) = shop.take_in(small_shop.request(0))
    shop.export()
    write(shop, "lena", DENIED, case, reason="no")
    return case


def waiting(shop) -> dict[str, int]:
    with shop.open() as opened:
        return {todo.command: todo.count for todo in overview.now(opened)}


def test_an_anomaly_is_listed_until_a_manager_settles_it_and_stays_on_record(shop, odd):
    assert waiting(shop)["refundkit list --unsettled"] == 1
    assert act(shop, "max", settling.anomaly, odd, "booked-while-denied", "the customer keeps it").state == "booked"
    assert "refundkit list --unsettled" not in waiting(shop)
    found = shown(shop, odd)
    assert found["anomalies"] == ["booked-while-denied"]
    assert found["settled"] == [{"code": "booked-while-denied", "by": "max", "reason": "the customer keeps it"}]
    with shop.open() as opened:
        assert care.differences(opened) == []


def test_an_anomaly_that_grows_asks_again(shop, odd):
    act(shop, "max", settling.anomaly, odd, "booked-while-denied", "why")
    write(shop, "leo", DENIED, odd, reason="no!")
    assert waiting(shop)["refundkit list --unsettled"] == 1


def test_an_anomaly_is_settled_once_and_only_when_it_is_there(shop, odd):
    with pytest.raises(RefusedError, match="no anomaly 'booked-twice'"):
        act(shop, "max", settling.anomaly, odd, "booked-twice", "why")
    act(shop, "max", settling.anomaly, odd, "booked-while-denied", "why")
    with pytest.raises(RefusedError, match="to settle"):
        act(shop, "max", settling.anomaly, odd, "booked-while-denied", "why")


def test_settling_takes_a_reason(shop, odd):
    with pytest.raises(UsageError):
        act(shop, "max", settling.anomaly, odd, "booked-while-denied", " ")


def test_an_approved_case_with_an_anomaly_is_booked_once_it_is_settled(shop):
    """A key was revoked, and what it signed later does not count: somebody has to have looked."""
    (case,) = shop.take_in(small_shop.request(0))
    with shop.open("max") as opened:
        last = opened.store.one(
            "SELECT max(seq) FROM event e JOIN writer w ON w.n = e.writer WHERE w.id = ?", (opened.writer,)
        )[0]
    write(shop, "max", "case.held", case, kind="fraud", reason="why", after=[])
    with shop.open("max") as opened:
        writer = opened.org.writers
        mine = next(w for w in writer.values() if w.user == "max")
    with shop.open() as opened, opened.write() as pen:
        pen.append("key.revoked", {"writer": mine.id, "cut_seq": last or 0})
    with shop.open() as opened:
        care.rebuild(opened)
    found = shop.export()
    assert (found.cases, found.held) == ((), (f"{case}: quarantined",))
    act(shop, "mona", settling.anomaly, case, "quarantined", "the laptop was stolen; that was not max")
    assert shop.export().cases == (case,)
