"""Reminders in the fold: each slot counts once whoever wrote it, the third raises the level, and nothing lowers it."""

from __future__ import annotations

import pytest
from stories import HOUR, ORG, Waiting, assessment

from refundkit.model.canonical import b64
from refundkit.model.events import event_id
from refundkit.model.fold import fold


def test_a_case_waits_since_its_first_assessment_also_when_it_is_assessed_anew():
    story = Waiting()
    story.after(30).assess("lena", story.first, story.first, payable=20_000)
    assert (story.view().waiting, story.view().waiting_since_ms) == (story.first, 0)


def test_what_came_in_without_records_waits_from_when_it_was_assessed():
    story = Waiting()
    story.events[0].data["assessment"] = None
    story.after(30).assess("lena", story.first)
    assert (story.view().waiting, story.view().waiting_since_ms) == (story.first, 30 * HOUR)


@pytest.mark.parametrize("kind", ["question", "hold"])
def test_waiting_stops_with_a_question_or_a_hold_and_begins_anew_when_it_is_over(kind):
    story = Waiting()
    begin, end = (story.ask, story.answer) if kind == "question" else (story.hold, story.release)
    story.after(20)
    paused = begin("mona", story.first)
    assert not story.view().waits
    story.after(50)
    end("max", paused)
    view = story.view()
    assert view.waits
    assert (view.waiting, view.waiting_since_ms) == (paused, 50 * HOUR)


def test_two_answers_on_two_machines_begin_one_waiting_with_the_earlier_one():
    story = Waiting()
    asked = story.ask("mona", story.first)
    for hours in (40, 50):
        story.after(hours).answer("max", asked)
    assert (story.view().waiting, story.view().waiting_since_ms) == (asked, 40 * HOUR)


def test_an_amendment_a_revoked_approval_and_a_reopened_case_begin_anew():
    story = Waiting()
    approval = story.approve("lena")
    revoked = story.after(10).revoke("max", approval)
    assert story.view().waiting == revoked
    denial = story.after(20).deny("mona")
    reopened = story.after(30).reopen("lena", denial)
    assert story.view().waiting == reopened
    story.after(40).reopen("lena")  # undoes nothing
    assert story.view().waiting == reopened
    amended = story.after(50).amend("lena")
    assert (story.view().waiting, story.view().waiting_since_ms) == (amended, 50 * HOUR)


def test_a_slot_that_two_machines_wrote_apart_counts_once_and_the_first_is_shown():
    story = Waiting()
    story.remind("carl", 1, 26)
    first = story.remind("lena", 1, 25)
    story.remind("max", 2)
    view = story.view()
    assert [(r.slot, r.by) for r in view.reminders] == [(1, "lena"), (2, "max")]
    assert view.reminders[0].event == first
    assert view.reminded == 2


def test_a_new_waiting_counts_its_own_slots():
    story = Waiting()
    story.remind("carl", 1)
    asked = story.ask("mona", story.first)
    story.after(30).answer("max", asked)
    assert story.view().reminded == 0
    story.remind("carl", 1, 54, of=asked)
    assert (story.view().reminded, len(story.view().reminders)) == (1, 2)


def test_the_third_reminder_lets_a_manager_decide_and_a_lead_no_more():
    story = Waiting()
    for slot in (1, 2):
        story.remind("carl", slot)
        assert story.view().decide_level == "lead"
    story.remind("carl", 3)
    view = story.view()
    assert (view.state, view.level, view.decide_level) == ("awaiting", "manager", "manager")
    story.after(73).approve("lena")
    assert story.state == "awaiting"
    story.approve("max")
    assert (story.state, story.view().level) == ("approved", "manager")


def test_neither_does_a_lead_deny_what_went_up():
    story = Waiting()
    denied = story.remind("carl", 3)
    story.after(73).deny("lena")
    assert story.state == "awaiting", denied
    story.deny("max")
    assert story.state == "denied"


@pytest.mark.parametrize("order", [1, -1])
def test_a_yes_that_a_lead_gave_before_the_case_went_up_stays_a_yes_of_a_lead(order):
    story = Waiting()
    story.after(71).approve("lena")
    story.remind("carl", 3)
    view = fold(story.key, story.events[::order], ORG)
    assert (view.state, view.level) == ("approved", "lead")


def test_what_went_up_stays_up_after_a_question_an_amendment_and_another_assessment():
    story = Waiting()
    story.remind("carl", 3)
    asked = story.ask("max", story.first)
    story.after(80).answer("tess", asked)
    assert story.view().decide_level == "manager"
    amended = story.amend("leo")
    story.assess("leo", amended)
    assert (story.state, story.view().decide_level) == ("awaiting", "manager")


def test_in_review_a_manager_decides_once_it_went_up():
    story = Waiting(assessed=assessment(state="review", level="", findings=[["window-passed", "review", "late"]]))
    story.remind("carl", 3)
    assert (story.state, story.view().level, story.view().decide_level) == ("review", "manager", "manager")


def test_there_is_no_level_above_a_manager():
    story = Waiting(decide_level="manager", level="manager")
    for slot in range(1, 9):
        story.remind("carl", slot, raises="")
    assert (story.view().level, story.view().decide_level, story.view().raised) == ("manager", "manager", "")


def test_the_policy_alone_may_still_approve_what_the_records_prove_now():
    story = Waiting()
    story.remind("carl", 3)
    story.assess("lena", story.first, story.first, state="approved", level="auto", decide_level="auto")
    assert (story.state, story.view().approved.user) == ("approved", "")


FORGED = {
    "too early": {"hours": 71},
    "a slot that is no number": {"slot": True},
    "a slot of none": {"slot": 0},
    "another slot's key": {"key": "A" * 32},
    "a key of another waiting": {"waiting": b64(event_id(b"x"))},
    "a policy that nobody adopted": {"policy": "q"},
    "a level below": {"raises": "lead"},
    "a level of nothing": {"raises": "auto"},
    "a level above": {"raises": "owner"},
    "no level": {"raises": ""},
    "a slot that is text": {"slot": "3"},
}


@pytest.mark.parametrize("what", FORGED)
@pytest.mark.parametrize("level", ["lead", "manager"])
def test_an_altered_reminder_neither_raises_nor_lowers_anything(what, level):
    story = Waiting(decide_level=level, level=level)
    changes = dict(FORGED[what])
    story.remind("carl", 3, changes.pop("hours", None), **changes)
    view = story.view()
    assert (view.raised, view.decide_level) == ("", level)
    assert view.state in ("awaiting", "conflict")  # conflict: a field that this program does not read


@pytest.mark.parametrize("kind", ["question", "hold"])
def test_a_reminder_of_a_case_that_was_asked_about_or_held_then_counts_for_nothing(kind):
    """Whoever wrote it on another machine had not heard of it."""
    story = Waiting()
    begin, end = (story.ask, story.answer) if kind == "question" else (story.hold, story.release)
    story.remind("carl", 2)
    story.after(60)
    paused = begin("mona", story.first)
    story.remind("carl", 3)
    assert (story.view().decide_level, [r.slot for r in story.view().reminders]) == ("lead", [2])
    story.after(80)
    end("max", paused)
    story.remind("carl", 4)
    assert story.view().decide_level == "lead"
    story.remind("carl", 3, 80 + 72, of=paused)
    assert story.view().decide_level == "manager"


def test_a_reminder_of_what_was_amended_before_counts_for_nothing():
    story = Waiting()
    story.ask("mona", story.first)
    amended = story.after(60).amend("lena")
    story.remind("carl", 3)
    assert (story.view().reminders, story.view().raised) == ([], "")
    story.remind("carl", 1, 84, of=amended)  # the question was about the request as it was
    assert [r.slot for r in story.view().reminders] == [1]


@pytest.mark.parametrize("who", ["tess", "ann", "nobody"])
def test_a_reminder_by_somebody_without_the_right_counts_for_nothing(who):
    story = Waiting()
    story.remind(who, 3)
    assert (story.view().reminders, story.view().decide_level) == ([], "lead")


def test_a_reminder_signed_after_the_key_was_revoked_counts_for_nothing():
    story = Waiting()
    story.remind("gone", 3, seq=99)
    assert story.view().decide_level == "lead"


def test_reminders_before_their_third_raise_nothing_by_saying_so():
    story = Waiting()
    story.remind("carl", 2, raises="manager")
    view = story.view()
    assert (view.decide_level, view.reminded) == ("lead", 2)
