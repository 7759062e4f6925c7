"""Reminders as a shop lives with them: weeks of `escalate` write exactly what a table foresees, on however many machines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import small_shop
from command_line import inside, start

from refundkit.errors import RefusedError
from refundkit.model.case import APPROVED, DENIED, REMINDED
from refundkit.store import ledger, outbox
from refundkit.store.database import open_store
from refundkit.workflow import assessing, care, decisions, pausing, policy, reminders, setup, verifying


def adopt(shop, *, zone="UTC", **figures):
    """Adopt another time zone and other figures for reminders."""
    path = setup.policy_path(shop.store)
    text = path.read_text(encoding="utf-8").replace('time_zone = "UTC"', f'time_zone = "{zone}"')
    for key, value in figures.items():
        line = next(x for x in text.splitlines() if x.startswith(f"{key} = "))
        text = text.replace(line, f"{key} = {value}")
    path.write_text(text, encoding="utf-8")
    with shop.open() as opened:
        policy.adopt(opened, None)


def run(shop, by="carl", **options):
    with shop.open(by) as opened:
        return reminders.escalate(opened, **options)


def view(shop, case):
    with shop.open() as opened:
        return opened.find(case)


def written(shop, case):
    """Every event of a reminder that the ledger holds of a case: (slot, who wrote it, whom it went to)."""
    with shop.open() as opened:
        events = ledger.case_events(opened.store, opened.find(case).key)
        return [(e.data["slot"], opened.org.user_of(e.core.writer), tuple(e.data["to"]))
                for e in events if e.core.type == REMINDED]  # fmt: skip


def sound(shop):
    with shop.open() as opened:
        assert verifying.verify(opened).problems == []


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# -- weeks of it ------------------------------------------------------------------------------------------------------

BUSINESS = {"business_hours": '"09:00-17:00"', "hours": 8}
# Received at the first time; each reminder must be written by the first run at or after its time. Times are UTC.
TABLE = {
    "every hour, autumn in Berlin": (
        {"zone": "Europe/Berlin"}, "2026-10-23T10:00",
        ["10-24T10:00", "10-25T10:00", "10-26T10:00", "10-27T10:00", "10-28T10:00", "10-29T10:00", "10-30T10:00",
         "10-31T10:00"],
    ),
    "every hour, spring in New York": (
        {"zone": "America/New_York"}, "2027-03-12T18:00",
        ["03-13T18:00", "03-14T18:00", "03-15T18:00", "03-16T18:00", "03-17T18:00", "03-18T18:00", "03-19T18:00",
         "03-20T18:00"],
    ),
    # 12:00 in Berlin is 10:00 UTC in summer and 11:00 in winter; a weekend, and the clocks go back on its Sunday
    "business hours, autumn in Berlin": (
        {"zone": "Europe/Berlin", **BUSINESS}, "2026-10-23T10:00",
        ["10-26T11:00", "10-27T11:00", "10-28T11:00", "10-29T11:00", "10-30T11:00"],
    ),
    "business hours, spring in Berlin": (
        {"zone": "Europe/Berlin", **BUSINESS}, "2027-03-25T11:00",
        ["03-26T11:00", "03-29T10:00", "03-30T10:00", "03-31T10:00", "04-01T10:00"],
    ),
    "business hours, autumn in New York": (
        {"zone": "America/New_York", **BUSINESS}, "2026-10-30T16:00",
        ["11-02T17:00", "11-03T17:00", "11-04T17:00", "11-05T17:00", "11-06T17:00"],
    ),
    "business hours, spring in New York": (
        {"zone": "America/New_York", **BUSINESS}, "2027-03-11T17:00",
        ["03-12T17:00", "03-15T16:00", "03-16T16:00", "03-17T16:00", "03-18T16:00"],
    ),
    # Good Friday and Easter Monday do not count in Germany, and the clocks go forward between them
    "business hours and holidays, spring in Berlin": (
        {"zone": "Europe/Berlin", **BUSINESS, "country": '"DE"'}, "2027-03-25T11:00",
        ["03-30T10:00", "03-31T10:00", "04-01T10:00"],
    ),
    "Thanksgiving and the shop's own Friday, New York": (
        {"zone": "America/New_York", **BUSINESS, "country": '"US"', "closed_on": '["2026-11-27"]'}, "2026-11-24T19:00",
        ["11-25T19:00", "11-30T19:00", "12-01T19:00"],
    ),
    "on Sundays all day, when the clocks go back in Berlin": (
        {"zone": "Europe/Berlin", "business_hours": '"00:00-24:00"', "business_days": '["sun"]', "hours": 25},
        "2026-10-24T10:00", ["10-25T23:00", "11-08T00:00"],  # that Sunday has 25 hours, the next ones 24
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_a_thousand_runs_over_weeks_write_exactly_the_reminders_of_the_table(shop, what):
    figures, begin, foreseen = TABLE[what]
    begun = at(begin)
    adopt(shop, **figures)
    shop.now = begun
    (case,) = shop.take_in(small_shop.request(2, received_at=f"{begin[:10]}T00:00:00Z"))
    times = [at(f"{begun.year}-{text}") for text in foreseen]
    last = times[-1]
    step = (last - begun) / 1_000
    wrote: list[tuple[int, datetime]] = []
    with shop.open("carl") as opened:
        while opened.now < last:
            opened.now = min(last, opened.now + step)
            wrote += [(due.slot, opened.now) for due in reminders.escalate(opened).cases]
    assert [slot for slot, _ in wrote] == list(range(1, len(times) + 1))
    for (slot, when), expected in zip(wrote, times, strict=True):
        assert expected <= when < expected + step, f"reminder {slot}: {when}, not {expected}"
    assert [slot for slot, _, _ in written(shop, case)] == list(range(1, len(times) + 1))
    shop.now = last
    sound(shop)


# -- who is reminded, and when it goes up -----------------------------------------------------------------------------


def test_a_case_is_reminded_of_once_a_day_goes_up_after_the_third_and_then_reminds_managers(shop):
    (case,) = shop.take_in(small_shop.request(2))
    for _ in range(24 * 5 + 1):
        run(shop)
        run(shop, "lena")
        shop.later(hours=1)
    leads, managers = ("ada", "lena", "leo", "max", "mona", "tom"), ("ada", "max", "mona", "tom")
    assert written(shop, case) == [
        (1, "carl", leads), (2, "carl", leads), (3, "carl", leads), (4, "carl", managers), (5, "carl", managers)
    ]  # fmt: skip
    assert shop.cases()[case]["level"] == "manager"
    (low,) = shop.approve(case, by="lena")
    assert "takes a manager" in low.refused.message
    (high,) = shop.approve(case, by="max")
    assert high.state == "approved"
    shop.later(days=3)
    assert run(shop).cases == []
    sound(shop)


def test_one_person_gets_one_digest_a_run_with_all_of_it(shop):
    cases = shop.take_in(small_shop.request(2), small_shop.request(3), small_shop.request(7, requested_by="max"))
    shop.later(hours=25)
    done = run(shop)
    told = {digest.person.user: [due.case for due in digest.cases] for digest in done.digests}
    assert told["mona"] == cases
    assert told["lena"] == [cases[0], cases[2]]  # the one of 3 840.00 takes a manager
    assert told["max"] == cases[:2]  # never a request of his own
    assert len(done.digests) == len(told)
    with shop.open() as opened:
        lying = reminders.unsent(opened)
    assert {w.message.user for w in lying} == set(told)
    assert not any(w.needless for w in lying)


def test_of_two_managers_the_one_who_has_said_yes_is_not_reminded(shop):
    (case,) = shop.take_in(small_shop.request(4))
    shop.approve(case, by="max")
    shop.later(hours=25)
    assert {d.person.user for d in run(shop).digests} == {"ada", "mona"}  # tom was the technician
    assert [slot for slot, _, _ in written(shop, case)] == [1]


def test_a_late_run_reminds_once_of_the_newest_slot(shop):
    (case,) = shop.take_in(small_shop.request(2))
    shop.later(hours=24 * 5 + 3)
    done = run(shop)
    assert [(due.slot, due.raises) for due in done.cases] == [(5, True)]
    assert view(shop, case).decide_level == "manager"


def test_what_is_held_or_asked_is_not_reminded_of_and_waits_anew_afterwards(shop):
    held, asked = shop.take_in(small_shop.request(2), small_shop.request(7))
    shop.later(hours=20)
    with shop.open("lena") as opened:
        pausing.hold(opened, [held], "dispute", "the bank asks")
        pausing.ask(opened, [asked], "which visit?")
    shop.later(hours=100)
    assert run(shop).cases == []
    with shop.open("max") as opened:
        pausing.release(opened, [held], "the bank has its answer")
        pausing.answer(opened, [asked], "the first")
    shop.later(hours=23)
    assert run(shop).cases == []
    shop.later(hours=1)
    assert [(due.case, due.slot) for due in run(shop).cases] == [(c, 1) for c in [held, asked]]


def test_records_that_change_the_figures_every_day_do_not_put_reminders_off(shop):
    (case,) = shop.take_in(small_shop.request(2, "other", "50.00"))
    path = shop.folder / "records" / "service_orders.csv"
    for day in range(3):
        shop.later(hours=24)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f",{60 + day},150,", f",{61 + day},150,"), encoding="utf-8")
        with shop.open("carl") as opened:
            small_shop.records.load(opened, [path])
            assessing.run(opened, [])
        run(shop)
    assert [slot for slot, _, _ in written(shop, case)] == [1, 2, 3]


def test_another_policy_counts_for_the_slots_to_come_and_repeats_none(shop):
    (case,) = shop.take_in(small_shop.request(2))
    shop.later(hours=25)
    run(shop)
    adopt(shop, hours=12)
    run(shop)
    adopt(shop, hours=100)
    for _ in range(10):
        shop.later(hours=20)
        run(shop)
    assert [slot for slot, _, _ in written(shop, case)] == [1, 2]


def test_what_is_decided_withdrawn_or_never_assessed_is_not_reminded_of(shop):
    approved, denied, withdrawn = shop.take_in(small_shop.request(0), small_shop.request(2), small_shop.request(7))
    with shop.open("max") as opened:
        decisions.deny(opened, [denied], "no")
        decisions.withdraw(opened, [withdrawn], "no")
    shop.later(days=9)
    assert run(shop).cases == []
    assert shop.cases()[approved]["state"] == "approved"


# -- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ann", "tess"])
def test_who_may_not_remind_is_refused_and_past_the_gate_counts_for_nothing(shop, who):
    (case,) = shop.take_in(small_shop.request(2))
    shop.later(hours=80)
    with pytest.raises(RefusedError, match="may not write the reminders"):
        run(shop, who)
    with shop.open("carl") as opened, opened.write(keep=False) as pen:
        due = reminders.Clock(reminders._terms(opened), 0, 0)
        reminders._remind(opened, pen, opened.find(case), 3, due)
        (event,) = [e for e in ledger.case_events(opened.store, opened.find(case).key) if e.core.type == REMINDED]
    with shop.open(who) as opened, opened.write() as pen:
        pen.append(REMINDED, event.data, case=opened.find(case).key, deps=event.core.deps)
        pen.project(opened.store, opened.find(case).key, opened.org)
    assert (view(shop, case).reminders, view(shop, case).decide_level) == ([], "lead")
    assert shop.cases()[case]["level"] == "lead"
    sound(shop)


def test_a_lead_who_decides_past_the_gate_after_it_went_up_decides_nothing(shop):
    (case,) = shop.take_in(small_shop.request(2))
    shop.later(hours=80)
    run(shop)
    with shop.open("lena") as opened, opened.write() as pen:
        found = opened.find(case)
        given = {"rev": found.rev, "basis": found.basis, "reason": "no", "note": "", "amount": found.payable, "cells": [],
                 "beyond": 0, "needs": 1, "technician": "", "currency": "USD"}  # fmt: skip
        for type_ in (APPROVED, DENIED):
            pen.append(type_, given, case=found.key, deps=[found.rev])
            assert pen.project(opened.store, found.key, opened.org).state == "awaiting"


def test_a_dry_run_says_the_same_and_writes_nothing(shop):
    (case,) = shop.take_in(small_shop.request(2))
    shop.later(hours=25)
    said = run(shop, dry_run=True)
    assert (len(said.cases), written(shop, case)) == (1, [])
    with shop.open() as opened:
        assert reminders.unsent(opened) == []
    assert [d.slot for d in run(shop).cases] == [d.slot for d in said.cases]


def test_tables_written_by_hand_neither_repeat_a_reminder_nor_outlive_a_rebuild(shop):
    (case,) = shop.take_in(small_shop.request(2))
    shop.later(hours=25)
    run(shop)
    with shop.open() as opened, opened.store.write() as connection:
        connection.execute("UPDATE cases SET reminded = 0, waiting_since_ms = 0")
    assert run(shop).cases == []
    with shop.open() as opened:
        assert verifying.verify(opened).problems
        care.rebuild(opened)
    sound(shop)
    assert [slot for slot, _, _ in written(shop, case)] == [1]


# -- several machines -------------------------------------------------------------------------------------------------


def unite(here, there):
    """Bring into `here` what only `there` has, as machines that meet do, and make the tables anew."""
    theirs = open_store(there.store)
    rows = list(ledger.whole(theirs))
    theirs.close()
    with here.open() as opened, opened.store.write() as connection:
        for _, identity, writer, seq, _, case, type_, event, payload, sig in rows:
            if not ledger.holds(connection, writer, seq, identity):
                number = ledger.writer_number(connection, writer)
                ledger.insert(connection, [(identity, number, seq, case, type_, event, payload, sig)])
    with here.open() as opened:
        care.rebuild(opened)


@pytest.mark.parametrize("apart", [1, 3, 7])
def test_two_machines_that_remind_apart_and_meet_have_every_slot_exactly_once(shop, tmp_path, apart):
    """carl's machine and mona's do not see each other for some hours at a time."""
    cases = shop.take_in(small_shop.request(2), small_shop.request(7), small_shop.request(3))
    other = shop.copy(tmp_path / "other")
    for step in range(24 * 6 // apart):
        for machine, by in ((shop, "carl"), (other, "mona")):
            machine.later(hours=apart)
            run(machine, by)
        if step % 9 == 8:
            unite(shop, other)
            unite(other, shop)
    unite(shop, other)
    unite(other, shop)
    for case in cases:
        here, there = view(shop, case), view(other, case)
        assert here == there
        assert [r.slot for r in here.reminders] == list(range(1, here.reminded + 1))
        assert here.reminded >= 5
        assert len(written(shop, case)) > here.reminded  # apart they wrote some slots twice, and one of each counts
        assert here.decide_level == "manager"
    sound(shop)
    sound(other)
    shop.later(hours=24)
    assert {due.slot for due in run(shop).cases} == {here.reminded + 1}


def test_a_digest_of_what_another_machine_reminded_of_first_need_not_be_sent(shop, tmp_path):
    shop.take_in(small_shop.request(2))
    other = shop.copy(tmp_path / "other")
    shop.later(hours=24)
    other.later(hours=26)
    run(shop)
    run(other, "mona")
    unite(other, shop)
    with other.open() as opened:
        assert all(w.needless for w in reminders.unsent(opened))
    unite(shop, other)
    with shop.open() as opened:
        assert not any(w.needless for w in reminders.unsent(opened))


def test_two_programs_at_the_same_moment_remind_once(shop):
    cases = shop.take_in(small_shop.request(2), small_shop.request(7))
    shop.later(hours=24)
    running = [start(shop, "escalate", by=by) for by in ("carl", "lena", "max")]
    assert [p.wait(timeout=120) for p in running] == [0, 0, 0], [p.communicate() for p in running]
    said = [p.communicate()[0] for p in running]
    assert sorted("no reminder is due" in text for text in said) == [False, True, True]
    for case in cases:
        assert len(written(shop, case)) == 1


def test_a_digest_of_very_many_cases_names_the_longest_waiting_and_says_how_many_more(shop):
    shop.take_in(*(small_shop.request(2, "goodwill", f"{n}.00", external_ref=f"R{n}") for n in range(1, 131)))
    shop.later(hours=24)
    run(shop)
    with shop.open() as opened:
        body = reminders.unsent(opened)[0].message.body
    assert "130 refunds wait for a decision" in body
    assert "and 30 more" in body
    assert body.count("reminder 1") == 100


def test_an_older_store_gets_its_outbox(shop):
    with shop.open() as opened, opened.store.write() as connection:
        connection.execute("DROP TABLE message")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_messages'")
        connection.execute("PRAGMA user_version = 3")
    shop.take_in(small_shop.request(2))
    shop.later(hours=24)
    assert len(run(shop).cases) == 1
    with shop.open() as opened:
        assert outbox.unsent(opened.store)


def test_on_the_command_line_two_runs_of_one_moment_remind_once(shop):
    shop.take_in(small_shop.request(2))
    shop.later(hours=24)
    first, second = inside(shop, "escalate", by="carl"), inside(shop, "escalate", by="lena")
    assert (first.status, second.status) == (0, 0)
    assert "reminded of" in first.out
    assert second.out == "no reminder is due\n"
