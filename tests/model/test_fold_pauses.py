"""Holds, questions, what a manager settles, and who may not: judged in the events themselves, whoever wrote them."""

from __future__ import annotations

import itertools

import pytest
from stories import FINDING, NOW, ORG, Story

from refundkit.model.fold import fold
from refundkit.model.words import HoldKind

# -- holds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause", ["hold", "ask"])
def test_a_yes_that_does_not_know_of_a_pause_does_not_count_before_and_after_it_ended(pause):
    """Both were given on machines that had not met: what was asked, or feared, was not weighed."""
    story = Story()
    stopped = getattr(story, pause)("lena", story.first)
    story.approve("max")
    assert story.state == "awaiting"
    (story.release if pause == "hold" else story.answer)("mona", stopped)
    assert story.state == "awaiting"
    story.approve("max", ended=[stopped])
    assert story.state == "approved"


@pytest.mark.parametrize("pause", ["hold", "ask"])
def test_a_yes_that_whoever_paused_the_case_knew_of_stands(pause):
    story = Story()
    approved = story.approve("max")
    stopped = getattr(story, pause)("lena", approved, story.first)
    view = story.view()
    assert view.state == "approved"
    assert [p.event for p in (view.holds if pause == "hold" else view.questions)] == [stopped]


def test_the_policy_alone_does_not_approve_what_was_paused_before():
    story = Story(state="approved", level="auto")
    held = story.hold("carl")
    assert story.state == "review"
    story.release("max", held)
    assert story.state == "review"
    story.approve("lena", ended=[held])
    assert story.state == "approved"


def test_what_the_policy_approved_stays_approved_and_held():
    story = Story(state="approved", level="auto")
    story.hold("tess", story.first)
    view = story.view()
    assert (view.state, [p.kind for p in view.holds]) == ("approved", ["fraud"])


@pytest.mark.parametrize("who", ["lena", "carl", "tess", "ann", "nobody"])
def test_only_a_manager_lifts_a_hold(who):
    story = Story()
    held = story.hold("tess", story.first)
    story.release(who, held)
    assert story.view().holds
    story.release("max", held)
    assert not story.view().holds


def test_nobody_lifts_the_hold_of_a_request_of_their_own():
    story = Story(asked="Max")
    held = story.hold("carl", story.first)
    story.release("max", held)
    assert story.view().holds
    story.release("mona", held)
    assert not story.view().holds


@pytest.mark.parametrize("who", ["ann", "nobody"])
def test_who_may_write_nothing_holds_nothing(who):
    story = Story()
    story.hold(who)
    assert story.view().pauses == []


def test_a_hold_is_lifted_by_a_release_and_a_question_ended_by_an_answer_and_never_the_other_way():
    story = Story()
    held, asked = story.hold("lena"), story.ask("max")
    story.answer("max", held, asked)
    view = story.view()
    assert ([p.event for p in view.holds], view.questions) == ([held], [])
    story.release("mona", held)
    assert story.view().holds == []


def test_a_hold_outlives_an_amendment_and_a_question_does_not():
    story = Story()
    story.hold("lena", story.first)
    story.ask("max")
    story.assess("lena", story.amend("leo"))
    view = story.view()
    assert (len(view.holds), len(view.questions)) == (1, 0)


@pytest.mark.parametrize("kind", HoldKind)
@pytest.mark.parametrize("state", ["review", "awaiting", "denied"])
def test_a_disputed_payment_counts_as_refunded_and_other_holds_do_not(kind, state):
    story = Story(state="review", level="", findings=[FINDING]) if state == "review" else Story()
    if state == "denied":
        story.deny("max")
    held = story.hold("carl", story.first, kind=kind)
    view = story.view()
    assert (view.state, view.counts) == (state, kind in ("dispute", "chargeback"))
    story.release("mona", held)
    assert not story.view().counts


def test_a_duplicate_never_counts_also_when_it_is_held():
    story = Story(state="duplicate", level="", first="RF-2")
    story.hold("carl", story.first, kind="dispute")
    assert not story.view().counts


# -- questions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["carl", "tess", "ann"])
def test_only_who_decides_sends_a_case_back(who):
    story = Story()
    story.ask(who)
    assert story.view().questions == []


@pytest.mark.parametrize("who", ["carl", "tess", "lena", "max"])
def test_anybody_who_writes_may_answer_and_both_names_are_kept(who):
    story = Story()
    asked = story.ask("lena", story.first)
    story.answer(who, asked)
    (pause,) = story.view().pauses
    assert (pause.who, pause.text, pause.is_open) == ("lena", "really?", False)
    assert [(end.who, end.text) for end in pause.ends] == [(who, "really")]


def test_an_auditor_answers_nothing():
    story = Story()
    story.answer("ann", story.ask("lena"))
    assert story.view().questions


def test_a_question_of_the_second_manager_does_not_undo_the_yes_of_the_first():
    story = Story(payable=1_200_000, dual=True, decide_level="manager", level="manager")
    first = story.approve("max", 1_200_000)
    asked = story.ask("mona", story.first, first)
    story.answer("carl", asked)
    story.approve("mona", 1_200_000, ended=[asked])
    assert story.state == "approved"


# -- two managers ---------------------------------------------------------------------------------------------------


def test_two_keys_of_one_manager_are_one_manager():
    story = Story(payable=1_200_000, dual=True, decide_level="manager", level="manager")
    story.approve("max", 1_200_000)
    story.approve("max-2", 1_200_000)
    assert story.state == "awaiting"
    story.approve("mona", 1_200_000)
    assert story.state == "approved"


def test_a_raise_above_the_limit_for_two_takes_two_whatever_its_author_says():
    story = Story()
    story.approve("max", 1_000_001, note="settled in court", policy="p", needs=1)
    assert story.state == "awaiting"
    story.approve("mona", 1_000_001, note="settled in court", policy="p", needs=1)
    assert story.state == "approved"


def test_a_raise_up_to_the_limit_takes_one_manager():
    story = Story()
    story.approve("max", 1_000_000, note="settled in court", policy="p")
    assert story.state == "approved"


@pytest.mark.parametrize("changes", [{"policy": "unknown"}, {"policy": "p", "assessed": "eur"}])
def test_where_the_limit_or_the_rate_is_not_to_be_had_a_raise_takes_two(changes):
    story = Story(currency="EUR") if changes.pop("assessed", "") else Story()
    story.approve("max", 40_000, note="agreed", **changes)
    assert story.state == "awaiting"


def test_a_raise_in_another_currency_is_held_against_the_limit_at_the_rate_of_the_assessment():
    for amount, state in ((800_000, "approved"), (800_001, "awaiting")):
        story = Story(currency="EUR", rate="0.8")
        story.approve("max", amount, note="agreed", policy="p")
        assert story.state == state, amount


def test_a_later_yes_of_one_manager_takes_the_place_of_the_earlier_one():
    """Or the second manager could agree to the amount that the first has lowered since."""
    story = Story(payable=1_200_000, dual=True, decide_level="manager", level="manager")
    first = story.approve("max", 1_200_000)
    story.approve("max", 900_000, note="less", replaces=[first])
    story.approve("mona", 1_200_000)
    assert story.state == "awaiting"
    story.approve("mona", 900_000, note="less")
    assert (story.state, story.view().payable) == ("approved", 900_000)


def test_nobody_replaces_the_yes_of_another():
    story = Story()
    first = story.approve("max")
    story.approve("mona", 10_000, note="", replaces=[first])
    assert story.view().payable == 30_000
    story.approve("lena", 10_000, note="less", replaces=[first])
    assert [a.user for a in story.view().approvals].count("max") == 1


@pytest.mark.parametrize("amount", [10_000, 40_000])
@pytest.mark.parametrize("note", ["", "  "])
def test_another_amount_without_a_reason_does_not_count(amount, note):
    story = Story()
    story.approve("max", amount, note=note, policy="p")
    assert story.state == "awaiting"


# -- who stopped it, and who stands inside --------------------------------------------------------------------------


@pytest.mark.parametrize("stop", ["deny", "withdraw"])
def test_who_stopped_a_case_does_not_reopen_it(stop):
    story = Story()
    stopped = getattr(story, stop)("max")
    before = story.state
    story.reopen("max", stopped)
    assert story.state == before
    story.reopen("mona", stopped)
    assert story.state == "awaiting"


def test_a_reopening_takes_back_denials_and_withdrawals_only():
    story = Story()
    approved = story.approve("max")
    story.reopen("lena", approved)
    assert story.state == "approved"


def test_a_revocation_takes_back_approvals_only():
    story = Story()
    denied = story.deny("lena")
    story.revoke("max", denied)
    assert story.state == "denied"


@pytest.mark.parametrize(("who", "changes"), [("lena", {"asked": "Lena"}), ("tom", {"technician": "T-01"})])
def test_who_stands_in_a_case_denies_and_overrides_nothing(who, changes):
    story = Story(state="review", level="", findings=[FINDING], **changes)
    story.deny(who)
    story.override(who)
    view = story.view()
    assert (view.state, view.overridden) == ("review", {})


def test_a_lead_does_not_deny_what_takes_a_manager():
    story = Story(payable=500_000, decide_level="manager", level="manager")
    story.write("lena", "decision.denied", rev=story.first, basis=story.first, assessment="", reason="no")
    assert story.state == "awaiting"
    story.write("max", "decision.denied", rev=story.first, basis=story.first, assessment="", reason="no")
    assert story.state == "denied"


def test_a_denial_stands_when_another_machine_raises_the_level():
    story = Story()
    story.write("lena", "decision.denied", rev=story.first, basis=story.first, assessment="", reason="no")
    story.assess("carl", story.first, decide_level="manager", level="manager")
    assert story.state == "denied"


# -- what a manager settles -----------------------------------------------------------------------------------------


def test_a_manager_merges_two_edits_and_a_lead_does_not():
    story = Story()
    one, two = story.amend("lena"), story.amend("leo")
    story.amend("lena", one, two)
    view = story.view()
    assert (view.state, {r.who for r in view.rivals.values()}) == ("conflict", {"lena", "leo"})
    story.assess("max", story.amend("max", one, two))
    assert (story.state, story.view().rivals) == ("awaiting", {})


def test_neither_who_settled_nor_who_wrote_what_is_kept_approves_it():
    story = Story()
    kept, two = story.amend("lena"), story.amend("leo")
    request = next(e for e in story.events if e.id == kept).data["request"]
    merged = story.write("max", "request.amended", bases=[kept, two], request=request, why="", assessment=None)
    story.assess("max", merged)
    assert story.view().barred == {"max", "lena"}
    for who in ("max", "lena"):
        story.approve(who, rev=merged)
        assert story.state == "awaiting"
    story.approve("leo", rev=merged)
    assert story.state == "approved"


def test_whoever_wrote_any_part_of_a_merge_of_several_does_not_approve_it():
    story = Story()
    one, two = story.amend("lena"), story.amend("leo")
    story.assess("max", story.amend("max", one, two))
    assert story.view().barred == {"max", "lena", "leo"}


def denied_and_booked() -> Story:
    story = Story()
    story.deny("lena")
    story.book("carl")
    return story


def test_a_settled_anomaly_stays_and_asks_for_nothing_more():
    story = denied_and_booked()
    view = story.view()
    story.settle("max", "booked-while-denied", *view.evidence["booked-while-denied"])
    view = story.view()
    assert (view.anomalies, view.unsettled) == (["booked-while-denied"], [])
    assert view.settled == {"booked-while-denied": ("max", "talked about")}


def test_a_settled_anomaly_asks_again_when_something_new_adds_to_it():
    story = denied_and_booked()
    story.settle("max", "booked-while-denied", *story.view().evidence["booked-while-denied"])
    story.deny("leo")
    assert story.view().unsettled == ["booked-while-denied"]


@pytest.mark.parametrize("who", ["lena", "carl", "tess", "ann"])
def test_only_a_manager_settles_an_anomaly(who):
    story = denied_and_booked()
    story.settle(who, "booked-while-denied", *story.view().evidence["booked-while-denied"])
    assert story.view().unsettled


def test_what_only_a_newer_program_reads_is_not_settled():
    story = Story()
    newer = story.write("max", "dispute.opened")
    story.settle("mona", "needs-newer-version", newer)
    assert story.view().unsettled == ["needs-newer-version"]


def test_a_booking_that_crossed_a_hold_is_an_anomaly_and_a_hold_after_it_is_none():
    story = Story()
    approved = story.approve("max")
    line = story.book("carl")
    held = story.hold("lena", approved, line)
    assert (story.view().anomalies, story.view().counts) == ([], True)
    story.release("mona", held)
    story.hold("lena", approved)
    assert story.view().anomalies == ["booked-while-held"]


# -- any order, and events that are not what this program writes ------------------------------------------------------


def test_pauses_and_what_was_settled_read_the_same_in_any_order():
    story = Story()
    held, asked = story.hold("carl", kind="dispute"), story.ask("max")
    story.release("mona", held)
    story.answer("tess", asked)
    story.approve("max", ended=[held, asked])
    assert story.state == "approved"
    for rest in itertools.permutations(story.events[1:]):
        assert fold(story.key, [story.events[0], *rest], ORG) == story.view()


@pytest.mark.parametrize(
    ("type_", "data"),
    [("case.held", {"kind": "fraud", "reason": "x", "after": [[], 7, None]}), ("case.released", {"ends": [{}], "reason": ""}),
     ("question.asked", {"rev": "x", "question": "", "after": [1]}), ("question.answered", {"ends": [[]], "text": ""}),
     ("anomaly.settled", {"code": "", "evidence": [[]], "reason": ""}), ("case.reopened", {"undoes": [[]], "apart": [[]], "reason": ""}),
     ("approval.revoked", {"rev": "", "undoes": [{}], "reason": ""})],
)  # fmt: skip
def test_lists_of_what_is_no_id_stop_no_rebuild(type_, data):
    story = Story()
    story.write("max", type_, **data)
    assert story.state == "awaiting"


def test_roles_count_as_the_author_knew_them_for_a_release_too():
    story = Story()
    held = story.hold("carl")
    story.write("max", "case.released", deps=(), ends=[held], reason="")
    assert story.view().holds
    story.write("max", "case.released", deps=NOW, ends=[held], reason="")
    assert not story.view().holds
