"""A case is what the set of its events adds up to: no order changes it, and what protects the money wins."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import BLOCK, CUT, FINDING, NOW, ORG, PEOPLE, WRITER, Story, Waiting, assessment, core, shop

from refundkit.model.canonical import b64
from refundkit.model.case import CaseEvent
from refundkit.model.events import event_id
from refundkit.model.fold import fold, fresh

# -- any order ------------------------------------------------------------------------------------------------------

WHO = st.sampled_from([*PEOPLE, "gone", "nobody"])
AMOUNTS = st.sampled_from([30_000, 20_000])
ACTS = [
    "approve",
    "deny",
    "amend",
    "assess",
    "override",
    "withdraw",
    "reopen",
    "revoke",
    "book",
    "new",
    "pause",
    "end",
    "settle",
    "remind",
]


@st.composite
def told_stories(draw: st.DrawFn) -> Story:
    """Random events about one case, as several machines may have written them without seeing each other."""
    story = Waiting(
        draw(st.sampled_from(["carl", "lena", "gone"])), by_hand=draw(st.booleans()),
        asked=draw(st.sampled_from(["", "Max", "leo"])),
        assessed=draw(st.sampled_from([
            assessment(), assessment(state="approved", level="auto", decide_level="lead"),
            assessment(state="review", level="", findings=[FINDING]), assessment(1_200_000, dual=True,
            decide_level="manager", level="manager"), assessment(state="duplicate", level="", first="RF-2"),
        ])),
    )  # fmt: skip
    revisions, opinions, assessments, paused = [story.first], [], [story.first], []
    for _ in range(draw(st.integers(0, 7))):
        by, rev, story.at = draw(WHO), draw(st.sampled_from(revisions)), draw(st.sampled_from([0, 0, 30, 80]))
        seq = draw(st.sampled_from([0, 0, CUT + 7])) if by == "gone" else 0
        match draw(st.sampled_from(ACTS)):
            case "approve":
                needs = draw(st.sampled_from([1, 2]))
                ended = draw(st.lists(st.sampled_from(paused), max_size=2, unique=True)) if paused else []
                given_up = draw(st.lists(st.sampled_from(opinions), max_size=1)) if opinions else []
                opinions.append(
                    story.approve(by, draw(AMOUNTS), rev=rev, seq=seq, needs=needs, note=draw(st.sampled_from(["", "x"])),
                                  ended=ended, replaces=given_up)
                )  # fmt: skip
            case "deny":
                opinions.append(story.deny(by, rev=rev, seq=seq))
            case "amend":
                bases = draw(st.lists(st.sampled_from(revisions), min_size=1, max_size=2, unique=True))
                revisions.append(story.amend(by, *bases))
            case "assess":
                replaced = draw(st.lists(st.sampled_from(assessments), max_size=2, unique=True))
                level = draw(st.sampled_from(["lead", "manager"]))
                assessments.append(
                    story.assess(by, rev, *replaced, payable=draw(AMOUNTS), decide_level=level, level=level)
                )
            case "override":
                story.override(by, rev=rev)
            case "withdraw":
                opinions.append(story.withdraw(by))
            case "reopen":
                undone = draw(st.lists(st.sampled_from(opinions), max_size=2, unique=True)) if opinions else []
                story.reopen(by, *undone, apart=draw(st.sampled_from([(), ("x",), ("y",)])))
            case "revoke":
                undone = draw(st.lists(st.sampled_from(opinions), max_size=2, unique=True)) if opinions else []
                story.revoke(by, *undone, rev=rev)
            case "book":
                story.book(by, draw(AMOUNTS), seq=seq, slot=draw(st.sampled_from(["refund-1", "refund-2"])))
            case "pause":
                after = draw(st.lists(st.sampled_from([*assessments, *opinions]), max_size=3, unique=True))
                asked, kind = draw(st.booleans()), draw(st.sampled_from(["dispute", "fraud"]))
                paused.append(story.ask(by, *after, rev=rev) if asked else story.hold(by, *after, kind=kind))
            case "end" if paused:
                getattr(story, draw(st.sampled_from(["answer", "release"])))(by, draw(st.sampled_from(paused)))
            case "settle":
                code = draw(st.sampled_from(["booked-twice", "booked-while-denied", "quarantined"]))
                story.settle(by, code, *(e.id for e in story.events if draw(st.booleans())))
            case "remind":
                of, raises = (
                    draw(st.sampled_from([*revisions, *paused])),
                    draw(st.sampled_from(["", "manager", "lead"])),
                )
                story.remind(
                    by, draw(st.integers(1, 4)), draw(st.sampled_from([None, 90])), of=of, seq=seq, raises=raises
                )
            case "new":
                story.write(by, "dispute.opened", seq=seq, tv=draw(st.sampled_from([1, 2])))
    return story


@settings(max_examples=100)
@given(told_stories(), st.data())
def test_any_order_of_a_cases_events_gives_the_same_case(story, data):
    expected = story.view()
    for _ in range(3):
        assert fold(story.key, data.draw(st.permutations(story.events)), ORG) == expected


@settings(max_examples=100)
@given(told_stories(), st.data())
def test_what_a_revoked_key_wrote_after_its_end_decides_nothing_in_any_order(story, data):
    """Requests and bookings are facts; everything else is as if it had not been written."""
    late = [e for e in story.events if e.core.writer == WRITER["gone"] and e.core.seq > CUT and e.is_readable
            and e.core.type not in ("request.logged", "export.line")]  # fmt: skip
    order = data.draw(st.permutations(story.events))
    found, without = (fold(story.key, [e for e in order if e not in gone], ORG) for gone in ([], late))
    assert not late or "quarantined" in found.anomalies
    for view in (found, without):
        view.anomalies = [a for a in view.anomalies if a != "quarantined"]
        view.evidence.pop("quarantined", None)
        view.settled.pop("quarantined", None)
    assert found == without


@settings(max_examples=60)
@given(told_stories())
def test_no_set_of_events_makes_a_case_approved_and_denied_or_approved_by_nobody(story):
    view = story.view()
    if view.state == "approved":
        assert view.approved is not None
        assert not view.denials
        assert not view.withdrawals
        assert len(view.revs) == 1
        assert view.approved.user in {"", "ada", "lena", "leo", "max", "mona", "tom", "gone"}
        assert view.approved.user not in view.barred
    elif view.line is None:
        assert view.approved is None


@settings(max_examples=60)
@given(told_stories())
def test_a_booking_is_never_undone_whatever_else_is_known(story):
    lines = [e for e in story.events if e.core.type == "export.line"]
    view = story.view()
    assert (view.line is not None) == bool(lines)
    if lines:
        assert view.payable in {e.data["amount"] for e in lines if e.data}
        assert view.state == "booked"


def test_two_overrides_of_one_finding_made_apart_read_the_same_in_any_order():
    story = Story(state="review", level="", findings=[FINDING])
    story.override("max")
    story.override("mona")
    one, two = story.view(), fold(story.key, [story.events[0], *reversed(story.events[1:])], ORG)
    assert one == two


def test_two_denials_made_apart_read_the_same_in_any_order():
    story = Story()
    story.deny("max")
    story.deny("mona")
    story.deny("lena")
    views = [fold(story.key, [story.events[0], *rest], ORG) for rest in itertools.permutations(story.events[1:])]
    assert all(view == views[0] for view in views)


# -- which opinion wins ---------------------------------------------------------------------------------------------


def test_an_approval_by_somebody_entitled_approves():
    story = Story()
    story.approve("lena")
    view = story.view()
    assert (view.state, view.payable, view.approved and view.approved.user) == ("approved", 30_000, "lena")


def test_deny_beats_approve_whoever_came_first():
    story = Story()
    story.approve("max")
    story.approve("mona")
    story.deny("lena")
    assert story.state == "denied"


def test_a_denial_that_was_undone_no_longer_beats_an_approval():
    story = Story()
    denied = story.deny("lena")
    story.approve("max")
    story.reopen("mona", denied)
    assert story.state == "approved"


def test_a_denial_beats_a_withdrawal_and_both_beat_an_approval():
    story = Story()
    story.approve("max")
    story.withdraw("carl")
    assert story.state == "withdrawn"
    story.deny("lena")
    assert story.state == "denied"


def test_an_approval_of_an_old_revision_does_not_count():
    story = Story()
    story.approve("max")
    revision = story.amend("lena", story.first)
    story.assess("lena", revision)
    assert story.state == "awaiting"
    story.approve("max", rev=revision)
    assert story.state == "approved"


def test_a_denial_of_an_old_revision_does_not_count():
    story = Story()
    story.deny("max")
    revision = story.amend("lena", story.first)
    story.assess("lena", revision)
    assert story.state == "awaiting"


def test_two_live_edits_are_a_conflict_until_a_third_merges_them():
    story = Story()
    one, two = story.amend("lena", story.first), story.amend("leo", story.first)
    story.assess("lena", one)
    story.approve("max", rev=one)
    story.approve("max", rev=two)
    assert story.state == "conflict"
    assert story.view().approved is None
    merged = story.amend("max", one, two)
    story.assess("max", merged)
    assert story.state == "awaiting"


def test_a_revoked_approval_does_not_count_and_the_policy_alone_cannot_approve_again():
    story = Story(state="approved", level="auto")
    assert story.state == "approved"
    story.revoke("max")
    assert story.state == "review"
    story.approve("lena")
    assert story.state == "approved"


def test_two_approvals_of_different_amounts_are_not_one_agreement():
    story = Story(payable=1_200_000, dual=True, decide_level="manager", level="manager")
    story.approve("max", 1_200_000, level="manager", needs=2)
    story.approve("mona", 1_100_000, level="manager", needs=2, note="less")
    assert story.state == "awaiting"
    story.approve("max", 1_100_000, level="manager", needs=2, note="less")
    view = story.view()
    assert (view.state, view.payable) == ("approved", 1_100_000)


def test_of_two_approved_amounts_the_lower_counts():
    story = Story()
    story.approve("max", 30_000)
    story.approve("mona", 10_000, note="less")
    assert story.view().payable == 10_000


def test_of_two_assessments_made_apart_the_one_that_asks_more_people_counts():
    story = Story(state="approved", level="auto")
    story.assess("carl", story.first, story.first, state="awaiting", level="manager", decide_level="manager")
    story.assess("lena", story.first, story.first, state="approved", level="auto")
    assert (story.state, story.view().level) == ("awaiting", "manager")


# -- what happened ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", ["deny", "withdraw", "amend", "revoke"])
def test_what_comes_after_a_booking_is_an_anomaly_and_undoes_nothing(late):
    story = Story()
    approved = story.approve("max")
    story.book("carl")
    match late:
        case "deny":
            story.deny("lena")
        case "withdraw":
            story.withdraw("lena")
        case "amend":
            story.amend("lena", story.first)
        case _:
            story.revoke("mona", approved)
    view = story.view()
    assert (view.state, view.payable) == ("booked", 30_000)
    assert view.anomalies


def test_a_booking_of_a_denied_case_is_an_anomaly():
    story = Story()
    story.deny("lena")
    story.book("carl")
    view = story.view()
    assert (view.state, view.anomalies) == ("booked", ["booked-while-denied"])


def test_two_bookings_of_one_slot_are_an_anomaly():
    story = Story()
    story.approve("max")
    story.book("carl")
    story.book("ada")
    assert story.view().anomalies == ["booked-twice"]


def test_another_amount_than_the_booked_one_is_an_anomaly():
    story = Story()
    story.approve("max", 20_000, note="less")
    story.book("carl", 30_000)
    view = story.view()
    assert (view.state, view.payable, view.anomalies) == ("booked", 30_000, ["amount-changed-after-booking"])


def test_a_booking_by_a_revoked_key_is_still_a_fact():
    story = Story()
    story.approve("max")
    story.book("gone", seq=CUT + 1)
    view = story.view()
    assert view.state == "booked"
    assert "quarantined" not in view.anomalies


def test_an_event_of_a_newer_program_blocks_the_case():
    for change in ({"type_": "dispute.opened"}, {"type_": "note.added"}, {"type_": "decision.approved", "tv": 2}):
        story = Story()
        story.write("max", change["type_"], tv=change.get("tv", 1), rev=story.first, amount=1, note="", cells=[],
                    beyond=0, needs=1, level="lead", technician="")  # fmt: skip
        story.approve("lena")
        view = story.view()
        assert (view.state, view.anomalies) == ("conflict", ["needs-newer-version"])
        assert view.approved is None


def test_a_request_logged_by_a_newer_program_is_not_decided_by_this_one():
    story = Story(state="approved", level="auto")
    first = story.events[0]
    newer = CaseEvent(first.id, core(first.core.writer, 1, "request.logged", deps=NOW, tv=2), first.data)
    assert fold(story.key, [newer], ORG).state == "conflict"


def test_a_booked_case_with_an_event_of_a_newer_program_stays_booked():
    """Or its amount would no longer count as refunded, and could be given back again."""
    story = Story()
    story.approve("max")
    story.book("carl")
    story.write("max", "dispute.opened")
    view = story.view()
    assert (view.state, view.anomalies) == ("booked", ["needs-newer-version"])


# -- keys that do not count ---------------------------------------------------------------------------------------


def test_what_a_key_signed_after_its_revocation_does_not_count_and_is_shown():
    story = Story()
    story.approve("gone", seq=CUT + 1)
    view = story.view()
    assert (view.state, view.anomalies) == ("awaiting", ["quarantined"])
    story = Story()
    story.approve("gone", seq=CUT)
    assert story.state == "approved"


def test_a_key_that_was_never_enrolled_decides_nothing():
    for act in ("approve", "deny", "withdraw"):
        story = Story()
        getattr(story, act)("nobody")
        assert story.state == "awaiting", act


# -- nobody decides a request of their own, also when the event is written past the front end -----------------------


def test_who_logged_a_request_by_hand_cannot_approve_it():
    story = Story("max", by_hand=True)
    story.approve("max", level="manager")
    assert story.state == "awaiting"
    story.approve("lena")
    assert story.state == "approved"


def test_who_imported_a_list_may_approve_what_stands_in_it():
    story = Story("lena")
    story.approve("lena")
    assert story.state == "approved"


def test_who_amended_a_request_cannot_approve_that_revision():
    story = Story()
    revision = story.amend("max", story.first)
    story.assess("max", revision)
    story.approve("max", rev=revision)
    assert story.state == "awaiting"


@pytest.mark.parametrize("asked", ["max", "Max", " MAX ", "Lena", "lena@shop.example"])
def test_who_is_named_as_requester_cannot_approve(asked):
    story = Story(asked=asked)
    story.approve("max" if "ax" in asked.lower() else "lena", level="lead")
    assert story.state == "awaiting"


def test_who_sent_the_request_from_their_own_address_cannot_approve():
    story = Story(customer_email="lena@shop.example")
    story.approve("lena")
    assert story.state == "awaiting"


def test_the_technician_of_the_visit_cannot_approve():
    story = Story()
    story.approve("tom", technician="T-01")
    assert story.state == "awaiting"


@pytest.mark.parametrize("who", ["carl", "ann", "tess"])
def test_a_role_that_decides_nothing_approves_nothing(who):
    story = Story()
    story.approve(who)
    assert story.state == "awaiting"


def test_a_lead_cannot_approve_what_takes_a_manager_by_saying_that_a_lead_is_enough():
    story = Story(payable=500_000, decide_level="manager", level="manager")
    story.approve("lena", 500_000, level="lead")
    assert story.state == "awaiting"
    story.approve("max", 500_000, level="manager")
    assert story.state == "approved"


def test_a_lead_cannot_raise_an_amount_above_the_eligible_one():
    story = Story()
    story.approve("lena", 700_000, level="lead", note="why not")
    assert story.state == "awaiting"


def test_one_manager_cannot_approve_for_two_by_saying_that_one_is_enough():
    story = Story(payable=1_200_000, dual=True, decide_level="manager", level="manager")
    story.approve("max", 1_200_000, level="manager", needs=1)
    assert story.state == "awaiting"


def test_dual_control_takes_two_different_people_not_two_approvals_of_one():
    story = Story(payable=1_200_000, dual=True, decide_level="manager", level="manager")
    story.approve("max", 1_200_000, level="manager", needs=2)
    story.approve("max", 1_200_000, level="manager", needs=2)
    assert story.state == "awaiting"
    story.approve("mona", 1_200_000, level="manager", needs=2)
    assert story.state == "approved"


def test_a_case_with_a_standing_finding_is_not_approved_by_an_event_alone():
    story = Story(state="review", level="", findings=[FINDING])
    story.approve("max", level="manager")
    assert story.state == "review"


def test_a_lead_cannot_override_what_blocks():
    story = Story(state="review", level="", findings=[BLOCK])
    story.override("lena", "nothing-paid")
    assert story.view().overridden == {}
    story.override("max", "nothing-paid")
    assert set(story.view().overridden) == {"nothing-paid"}


@pytest.mark.parametrize("who", ["ann", "tess", "carl"])
@pytest.mark.parametrize("act", ["deny", "amend", "override", "reopen", "revoke", "assess", "remind"])
def test_an_event_of_somebody_without_the_right_changes_nothing(who, act):
    """Every right of people.RIGHTS holds for events too, as it does for the commands."""
    if who == "carl" and act in ("assess", "remind"):
        return  # an accountant may
    story = Waiting(state="review", level="", findings=[FINDING])
    if act == "reopen":
        denied = story.deny("max")
    if act == "revoke":
        story = Story(state="approved", level="auto")
    before = story.view()
    match act:
        case "deny":
            story.deny(who)
        case "amend":
            story.amend(who, story.first)
        case "override":
            story.override(who)
        case "reopen":
            story.reopen(who, denied)
        case "revoke":
            story.revoke(who)
        case "remind":
            story.remind(who, 3)
        case _:
            story.assess(who, story.first, story.first, payable=900_000, state="approved", level="auto")
    after = story.view()
    seen = ("state", "rev", "payable", "overridden", "denials", "basis", "decide_level", "reminders", "waiting")
    assert {n: getattr(after, n) for n in seen} == {n: getattr(before, n) for n in seen}


def test_roles_count_as_the_author_knew_them():
    """A lead who was made an auditor later has decided; a lead who was one before has not."""
    org, names = shop()
    later = b64(event_id(b"later"))
    org.apply(later, core(WRITER["ada"], 99, "user.set", deps=NOW),
              {"user": "lena", "name": "Lena", "email": "", "technician": "", "roles": ["auditor"]})  # fmt: skip
    for deps, state in (((names[-1],), "approved"), ((names[-1], later), "awaiting")):
        story = Story()
        story.write("lena", "decision.approved", deps=deps, rev=story.first, amount=30_000, level="lead", needs=1,
                    technician="", note="", cells=[], beyond=0)  # fmt: skip
        assert fold(story.key, story.events, org).state == state


# -- the short way for what was just written -----------------------------------------------------------------------


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize(
    "assessed",
    [None, assessment(), assessment(state="approved", level="auto"), assessment(state="review", findings=[FINDING]),
     assessment(state="duplicate", level="", first="RF-2"), assessment(1_200_000, dual=True, decide_level="manager")],
    ids=lambda a: "unassessed" if a is None else f"{a['state']}-{a['decide_level']}",
)  # fmt: skip
def test_a_case_just_written_is_what_the_fold_makes_of_its_event(by_hand, assessed):
    story = Story("lena", by_hand=by_hand, assessed=assessed or {"none": True})
    event = story.events[0]
    data = {**(event.data or {}), "assessment": assessed}
    logged = CaseEvent(event.id, event.core, data)
    short = fresh(story.key, event.id, event.core.hlc, data, "lena" if by_hand else "")
    assert short == fold(story.key, [logged], ORG)


# -- events that are not what this program writes ----------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, -1, -30_000])
def test_an_approval_of_nothing_or_less_does_not_count(amount):
    story = Story()
    story.approve("max", amount)
    assert story.state == "awaiting"


@pytest.mark.parametrize(
    "type_",
    ["request.amended", "case.assessed", "finding.overridden", "decision.approved", "decision.denied",
     "request.withdrawn", "case.reopened", "approval.revoked", "export.line", "case.reminded"],
)  # fmt: skip
def test_an_event_without_its_fields_approves_nothing_and_stops_no_rebuild(type_):
    """One such event of another machine must not take all the tables of this one with it."""
    story = Story()
    story.write("max", type_)
    assert story.state != "approved"
