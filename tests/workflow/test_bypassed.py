"""The front end is bypassed: tables are written by hand, events past the gate. Duties stay apart, and it shows."""

from __future__ import annotations

import pytest
import small_shop

from refundkit.errors import IntegrityError, RefusedError
from refundkit.model.canonical import b64
from refundkit.model.case import APPROVED, DENIED, OVERRIDDEN, REFUSED, RELEASED, REOPENED
from refundkit.model.fold import fold
from refundkit.model.org import EXPORT_BATCH, PAYMENT_BATCH
from refundkit.store import ledger
from refundkit.workflow import care, decisions, pausing, paying, payment_ends, people, policy, verifying


def tables(shop, sql, *values):
    with shop.open() as opened, opened.store.write() as connection:
        connection.execute(sql, values)


def write(shop, by, type_, case, **data):
    """An event signed with a key of this shop, written past the gate. Return the state it leaves."""
    with shop.open(by) as opened, opened.write() as pen:
        view = opened.find(case)
        given = {"rev": view.rev, "basis": view.basis, "reason": "because", "note": "because", "amount": view.payable,
                 "cells": [], "beyond": 0, "needs": 1, "technician": "", "currency": "USD", "undoes": [], "apart": []}  # fmt: skip
        pen.append(type_, {**given, **data}, case=view.key, deps=[view.rev])
        return str(pen.project(opened.store, view.key, opened.org).state)


SCRIBBLES = {
    "a state": "UPDATE cases SET state = 'approved', level = 'auto'",
    "a level": "UPDATE cases SET decide_level = 'auto', dual = 0",
    "who logged it": "UPDATE cases SET logged_by = '', requested_by = ''",
    "an amount": "UPDATE cases SET payable_minor = 1, eligible_minor = 99999999",
    "what counts": "UPDATE cases SET counts = 0",
    "findings": "UPDATE cases SET findings = '[\"other\"]', anomalies = '[\"odd\"]', unsettled = '[]'",
    "a case": "DELETE FROM case_cell",
    "the order of the shop": "UPDATE org_event SET pos = pos + 1000",
}


@pytest.mark.parametrize("what", SCRIBBLES)
def test_what_is_written_into_the_tables_decides_nothing_is_reported_and_heals(shop, what):
    by_hand, high, _ = shop.take_in(
        small_shop.request(2, requested_by="max"), small_shop.request(3), small_shop.request(0)
    )
    before = shop.cases()
    tables(shop, SCRIBBLES[what])
    (own,) = shop.approve(by_hand, by="max")
    (low,) = shop.approve(high, by="lena")
    assert (own.refused is not None, low.refused is not None) == (True, True)
    with shop.open() as opened:
        problems = verifying.verify(opened).problems
        assert problems
        assert all("doctor --rebuild" in p for p in problems)
        care.rebuild(opened)
        assert verifying.verify(opened).problems == []
    assert shop.cases() == before


def test_an_approved_state_in_the_table_is_not_exported(shop):
    (case,) = shop.take_in(small_shop.request(3))
    tables(shop, "UPDATE cases SET state = 'approved'")
    assert shop.export().cases == ()
    with shop.open() as opened:
        care.rebuild(opened)
    assert shop.cases()[case]["state"] == "awaiting"


def test_a_table_that_gives_one_case_the_id_of_another_is_not_believed(shop):
    """Or a yes to the one that is shown would approve the other."""
    one, two = shop.take_in(small_shop.request(2), small_shop.request(3))
    tables(shop, "UPDATE cases SET id = 'away' WHERE id = ?", one)
    tables(shop, "UPDATE cases SET id = ? WHERE id = ?", one, two)
    with pytest.raises(IntegrityError, match="table cases"):
        shop.approve(one)


# -- events past the gate ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "n", "changes"),
    [("max", 2, {"requested_by": "Max"}), ("tom", 7, {}), ("lena", 3, {}), ("carl", 2, {}), ("tess", 2, {}), ("ann", 2, {}),
     ("max", 4, {})],
    ids=["requester", "technician", "below the level", "accountant", "technician's role", "auditor", "one of two"],
)  # fmt: skip
def test_an_approval_past_the_gate_by_who_may_not_approves_nothing(shop, by, n, changes):
    (case,) = shop.take_in(small_shop.request(n, **changes))
    assert write(shop, by, APPROVED, case) == "awaiting"
    assert shop.export().cases == ()
    with shop.open() as opened:
        assert verifying.verify(opened).problems == []  # signed and in order: it is on record, and counts for nothing


@pytest.mark.parametrize(("by", "n"), [("tom", 7), ("lena", 3), ("carl", 2), ("ann", 2)])
def test_a_denial_past_the_gate_by_who_may_not_denies_nothing(shop, by, n):
    (case,) = shop.take_in(small_shop.request(n))
    assert write(shop, by, DENIED, case) == "awaiting"


@pytest.mark.parametrize("change", [{"amount": 900_000}, {"amount": 10_000, "note": " "}, {"amount": 1_000_100}])
def test_another_amount_past_the_gate_takes_what_it_takes_in_front_of_it(shop, change):
    """A lead who raises, a lower amount without a reason, one manager above the limit for two."""
    (case,) = shop.take_in(small_shop.request(2))
    by = "max" if change["amount"] > 1_000_000 else "lena"
    assert write(shop, by, APPROVED, case, **change) == "awaiting"


def test_who_denied_does_not_reopen_past_the_gate_either(shop):
    (case,) = shop.take_in(small_shop.request(2))
    with shop.open("max") as opened:
        decisions.deny(opened, [case], "no")
        denial = opened.find(case).denials
        assert decisions.reopen(opened, [case], "after all")[0].refused is not None
    assert write(shop, "max", REOPENED, case, undoes=denial) == "denied"
    with shop.open("lena") as opened:
        assert decisions.reopen(opened, [case], "after all")[0].state == "awaiting"


def test_who_noted_that_a_request_is_taken_back_does_not_reopen_it(shop):
    (case,) = shop.take_in(small_shop.request(2))
    with shop.open("lena") as opened:
        decisions.withdraw(opened, [case], "they said so")
        with pytest.raises(RefusedError, match="lena has stopped"):
            raise decisions.reopen(opened, [case], "after all")[0].refused


def test_a_hold_is_not_lifted_past_the_gate_by_who_may_not(shop):
    (case,) = shop.take_in(small_shop.request(7))
    with shop.open("carl") as opened:
        pausing.hold(opened, [case], "fraud", "why")
        held = [p.event for p in opened.find(case).holds]
    for by in ("lena", "carl", "tom"):
        write(shop, by, RELEASED, case, ends=held)
        with shop.open() as opened:
            assert opened.find(case).holds, by


def test_a_finding_is_not_overridden_past_the_gate_by_who_stands_in_the_case(shop):
    (case,) = shop.take_in(small_shop.request(2, "other", "5.00", requested_by="max"))
    write(shop, "max", OVERRIDDEN, case, code="reason-manual")
    with shop.open() as opened:
        assert opened.find(case).open_findings()


# -- people and keys past the gate ------------------------------------------------------------------------------------


def shape(small, by, type_, **data):
    """An event that shapes the shop, signed with a key of it, written past the gate."""
    with small.open(by) as opened, opened.write() as pen:
        return pen.append(type_, data).id


def writer_of(shop, user):
    with shop.open() as opened:
        return opened.org.keys_of(user)[0].id


LENA = {"user": "lena", "name": "lena", "email": "", "technician": ""}


@pytest.mark.parametrize("by", ["lena", "max", "carl", "ann"])
def test_roles_keys_and_rights_past_the_gate_by_who_may_not_manage_people_are_none(shop, by):
    with shop.open() as opened:
        before = (opened.org.people, opened.org.writers, opened.org.holder)
    shape(shop, by, "user.set", **LENA, roles=["admin"])
    shape(shop, by, "user.set", **{**LENA, "user": "eve"}, roles=["admin"])
    shape(shop, by, "key.enrolled", public=b64(b"e" * 32), user="ada", device="d", device_name="d")
    shape(shop, by, "key.revoked", writer=writer_of(shop, "ada"), cut_seq=0)
    shape(shop, by, "exporter.granted", shop="Small Shop", epoch=2, holder="mine")
    with shop.open() as opened:
        assert (opened.org.people, opened.org.writers, opened.org.holder) == before
        assert verifying.verify(opened).problems == []
    (case,) = shop.take_in(small_shop.request(3))
    assert shop.approve(case, by="lena")[0].refused is not None


def test_the_last_admin_past_the_gate_stays_one(shop):
    shape(shop, "ada", "user.set", user="ada", name="Ada", email="", technician="", roles=["lead"])
    with shop.open() as opened:
        assert opened.org.people["ada"].roles == {"admin"}


def test_a_revoked_key_with_an_altered_program_decides_nothing(shop):
    """What it decided before stays decided."""
    kept, other = shop.take_in(small_shop.request(2), small_shop.request(7))
    shop.approve(kept, by="max")
    apart = shop.copy(shop.folder.parent / "apart")  # a machine that does not hear of it
    with shop.open() as opened:
        people.revoke(opened, "max", "the laptop was stolen")
    apart.approve(other, by="max")
    with apart.open() as opened:
        theirs = ledger.case_events(opened.store, opened.find(other).key)
    with shop.open() as opened:
        assert opened.find(kept).state == "approved"
        view = fold(opened.find(other).key, theirs, opened.org)
        assert (view.state, view.anomalies) == ("awaiting", ["quarantined"])


def test_what_has_not_the_shape_of_its_type_counts_for_nothing_and_stops_nobody(shop):
    """One such event of another machine must not lock everybody out."""
    for type_ in ("user.set", "key.enrolled", "key.revoked", "policy.set", "exporter.granted", "stand_in.named",
                  "stand_in.ended"):  # fmt: skip
        shape(shop, "tess", type_, roles=7, public="x", ends=3)
    (case,) = shop.take_in(small_shop.request(2))
    assert shop.approve(case)[0].state == "approved"
    with shop.open() as opened:
        care.rebuild(opened)
        assert care.differences(opened) == []


# -- batches of payments ----------------------------------------------------------------------------------------------


def spoilt_cheque(shop):
    """A cheque that the bank was told of, and that came to nothing: its event."""
    with shop.open("max") as opened:
        text = opened.org.policies[-1].text.replace('method = "prefer"', 'method = "free"')
        head, cheque = text.split("[payments.cheque]")
        cheque = cheque.replace('account = ""', 'account = "123456789"').replace(
            'positive_pay = ""', 'positive_pay = "chase"'
        )
        path = shop.folder / "cheques.toml"
        path.write_text(f"{head}[payments.cheque]{cheque}", encoding="utf-8")
        policy.adopt(opened, path)
    (case,) = shop.take_in(small_shop.request(2))
    shop.approve(case)
    shop.export()
    with shop.open("carl") as opened:
        paying.pay(opened, "cheque", shop.folder / "out", paying.Wanted(first_cheque=2091))
        payment_ends.by_hand(opened, "2091", REFUSED, evidence="spoilt in the printer")
        return opened.find(case).payments[0].event


def test_a_batch_past_the_gate_under_a_name_in_use_breaks_nothing_and_the_first_stays(shop):
    (case,) = shop.take_in(small_shop.request(2))
    shop.approve(case)
    shop.export()
    with shop.open() as opened:
        ((name, first),) = opened.store.rows("SELECT batch, event FROM export_batch")
    with shop.open("lena") as opened, opened.write() as pen:
        pen.append(
            EXPORT_BATCH, {"batch": name, "format": "generic", "who": "lena", "cases": 7, "base_minor": 7, "files": []}
        )
    with shop.open() as opened:
        care.rebuild(opened)
        assert opened.store.rows("SELECT batch, event FROM export_batch") == [(name, first)]
        verdict = verifying.verify(opened)
    assert verdict.problems == []
    assert [f"has the name of an older one, event {first}" in note for note in verdict.notes] == [True]


@pytest.mark.parametrize(("by", "counts"), [("lena", False), ("ann", False), ("carl", True)])
def test_a_batch_past_the_gate_by_who_may_not_pay_tells_the_bank_of_no_void(shop, by, counts):
    event = spoilt_cheque(shop)
    with shop.open(by) as opened, opened.write() as pen:
        pen.append(PAYMENT_BATCH, {"batch": "P1-0001", "method": "cheque", "who": by, "payments": 0, "totals": [],
                                   "files": [], "layout": "chase", "voids": [event]})  # fmt: skip
    with shop.open("carl") as opened:
        verdict = verifying.verify(opened)
        assert verdict.problems == []
        assert [f"was written by {by}, who might not pay then" in note for note in verdict.notes] == [True] * (
            not counts
        )
        done = paying.pay(opened, "cheque", shop.folder / "out", paying.Wanted())
        assert (done.voids, done.batch) == (() if counts else (2091,), "P1-0003")  # P1-0002 stays used
