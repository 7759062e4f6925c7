"""Who may do what holds for every use case, whatever calls it; and what is refused writes nothing."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
import small_shop

from refundkit.errors import ChangedError, RefundkitError, RefusedError, UsageError
from refundkit.model.people import RIGHTS, Act
from refundkit.model.policy import parse_policy, policy_hash
from refundkit.workflow import (
    assessing,
    booking,
    care,
    decisions,
    intake,
    own_keys,
    people,
    policy,
    records,
    standing,
    verifying,
)  # fmt: skip
from refundkit.workflow.setup import policy_path

ROLE = {"ada": "admin", **{user: role for user, (role, _) in small_shop.USERS.items()}}


def events(shop) -> int:
    with shop.open() as opened:
        return opened.store.one("SELECT count(*) FROM event")[0]


def states(shop) -> dict[str, str]:
    return {i: row["state"] for i, row in shop.cases().items()}


def act(shop, by, command):
    with shop.open(by) as opened:
        return command(opened)


COMMANDS = {
    Act.IMPORT: lambda shop, s, c: intake.run(s, [shop.write_list([small_shop.request(4, "other")])]),
    Act.RECORDS: lambda shop, s, c: records.load(s, [shop.folder / "records"]),
    Act.ASSESS: lambda shop, s, c: assessing.run(s, []),
    Act.AMEND: lambda shop, s, c: decisions.amend(s, c, {"amount": "3.00"}, "why"),
    Act.OVERRIDE: lambda shop, s, c: decisions.override(s, c, "reason-manual", "why"),
    Act.DECIDE: lambda shop, s, c: decisions.deny(s, [c], "why"),
    Act.WITHDRAW: lambda shop, s, c: decisions.withdraw(s, [c], "why"),
    Act.REOPEN: lambda shop, s, c: decisions.reopen(s, [c], "why"),
    Act.REVOKE: lambda shop, s, c: decisions.revoke(s, [c], "why"),
    Act.BOOK: lambda shop, s, c: booking.export(s, "hledger", shop.folder / "books"),
    Act.POLICY: lambda shop, s, c: policy.adopt(s, None),
    Act.PEOPLE: lambda shop, s, c: people.add(s, "zoe", ["lead"]),
    Act.OWN_KEY: lambda shop, s, c: own_keys.rotate(s, "", "", dry_run=True),
    Act.STAND_IN: lambda shop, s, c: standing.name(s, "tess", "", "2026-12-01", dry_run=True),
}


@pytest.mark.parametrize("right", COMMANDS, ids=lambda r: r.name.lower())
def test_a_person_without_the_right_is_refused_and_nothing_is_written(shop, right):
    (case,) = shop.take_in(small_shop.request(0, "other", "5.00"))
    for user, role in ROLE.items():
        before = events(shop)
        try:
            act(shop, user, lambda s: COMMANDS[right](shop, s, case))
        except RefundkitError as err:
            refused = "may not" in err.message
            assert events(shop) == before
        else:
            refused = False
        assert refused == (role not in RIGHTS[right]), f"{user} ({role})"


def test_an_auditor_writes_nothing_at_all(shop):
    (case,) = shop.take_in(small_shop.request(0, "other", "5.00"))
    before = events(shop)
    for right, command in COMMANDS.items():
        with contextlib.suppress(RefusedError):
            act(shop, "ann", lambda s, c=command: c(shop, s, case))
            pytest.fail(f"an auditor could {right}")
    assert events(shop) == before


# -- nobody decides a request of their own ----------------------------------------------------------------------------


def decided(shop, by, case, **more):
    (outcome,) = act(shop, by, lambda s: decisions.approve(s, [case], **more))
    return outcome


def is_refused(outcome, word: str) -> bool:
    return outcome.refused is not None and word in outcome.refused.message


def test_who_is_named_as_requester_decides_nothing_about_it(shop):
    (case,) = shop.take_in(small_shop.request(2, requested_by="MAX"))
    assert is_refused(decided(shop, "max", case), "requester")
    assert is_refused(act(shop, "max", lambda s: decisions.deny(s, [case], "no"))[0], "requester")
    assert decided(shop, "mona", case).state == "approved"


def test_the_technician_of_the_visit_decides_nothing_about_it(shop):
    (case,) = shop.take_in(small_shop.request(7))  # T-01, who is tom, a manager
    assert is_refused(decided(shop, "tom", case), "technician")
    assert is_refused(act(shop, "tom", lambda s: decisions.deny(s, [case], "no"))[0], "technician")
    assert decided(shop, "max", case).state == "approved"


def test_who_amended_a_request_does_not_approve_it(shop):
    (case,) = shop.take_in(small_shop.request(2, "other"))
    after = act(shop, "max", lambda s: decisions.amend(s, case, {"reason": "incomplete-service"}, "that is it"))
    assert after.state == "awaiting"
    assert is_refused(decided(shop, "max", case), "amended")
    assert is_refused(act(shop, "max", lambda s: decisions.deny(s, [case], "no"))[0], "amended")
    assert decided(shop, "mona", case).state == "approved"


def test_a_lead_does_not_decide_what_takes_a_manager(shop):
    (case,) = shop.take_in(small_shop.request(3))
    assert is_refused(decided(shop, "lena", case), "manager")
    assert states(shop)[case] == "awaiting"
    assert decided(shop, "max", case).state == "approved"


def test_above_the_limit_it_takes_two_different_managers(shop):
    (case,) = shop.take_in(small_shop.request(4))
    first = decided(shop, "max", case)
    assert (first.state, bool(first.more)) == ("awaiting", True)
    assert is_refused(decided(shop, "max", case), "already")
    assert is_refused(decided(shop, "lena", case), "manager")
    assert decided(shop, "mona", case).state == "approved"


def test_two_managers_who_name_different_amounts_have_not_agreed(shop):
    (case,) = shop.take_in(small_shop.request(4))
    decided(shop, "max", case)
    assert decided(shop, "mona", case, amount=Decimal(11_000), note="less").state == "awaiting"
    assert decided(shop, "max", case, amount=Decimal(11_000), note="less").state == "approved"
    assert shop.cases()[case]["payable"]["amount"] == "11000.00"


def test_raising_an_amount_takes_a_manager_and_a_reason(shop):
    (case,) = shop.take_in(small_shop.request(2, amount="600.00"))
    assert decided(shop, "lena", case, amount=Decimal(2_000), note="because").refused
    assert decided(shop, "max", case, amount=Decimal(2_000)).refused
    assert states(shop)[case] == "awaiting"
    assert decided(shop, "max", case, amount=Decimal(2_000), note="agreed with the customer").state == "approved"


def test_a_lower_amount_takes_a_reason(shop):
    (case,) = shop.take_in(small_shop.request(2))
    assert decided(shop, "lena", case, amount=Decimal(100)).refused
    assert decided(shop, "lena", case, amount=Decimal(100), note="half was done").state == "approved"


@pytest.mark.parametrize("amount", ["0", "-5", "0.001"])
def test_an_amount_that_is_none_is_refused(shop, amount):
    (case,) = shop.take_in(small_shop.request(2))
    with pytest.raises(RefundkitError):
        raise decided(shop, "max", case, amount=Decimal(amount), note="x").refused
    assert states(shop)[case] == "awaiting"


# -- what was seen ------------------------------------------------------------------------------------------------------


def test_a_decision_about_figures_that_have_moved_since_is_refused(shop):
    (case,) = shop.take_in(small_shop.request(2))
    orders = shop.folder / "records" / "service_orders.csv"
    orders.write_text(orders.read_text(encoding="utf-8").replace("partial,60,", "partial,80,"), encoding="utf-8")
    act(shop, "carl", lambda s: records.load(s, [orders]))
    assert isinstance(decided(shop, "max", case).refused, ChangedError)
    act(shop, "carl", lambda s: assessing.run(s, [case]))
    assert decided(shop, "max", case).state == "approved"


def test_an_expected_amount_that_is_not_the_payable_one_is_refused(shop):
    (case,) = shop.take_in(small_shop.request(2))
    assert isinstance(decided(shop, "max", case, expect_payable=Decimal("1558.79")).refused, ChangedError)
    assert decided(shop, "max", case, expect_payable=Decimal("1558.80")).state == "approved"


def test_the_hash_of_another_assessment_is_refused(shop):
    (case,) = shop.take_in(small_shop.request(2))
    assert isinstance(decided(shop, "max", case, seen="00" * 32).refused, ChangedError)


def test_a_case_with_findings_that_stand_is_not_approved(shop):
    (case,) = shop.take_in(small_shop.request(2, "other", "5.00"))
    assert is_refused(decided(shop, "max", case), "findings")
    act(shop, "lena", lambda s: decisions.override(s, case, "reason-manual", "talked to the customer"))
    assert decided(shop, "max", case).state == "approved"


def test_a_finding_that_blocks_takes_a_manager_to_override(shop):
    (case,) = shop.take_in(small_shop.request(2, amount="-1"))
    with pytest.raises(RefusedError, match="manager"):
        act(shop, "lena", lambda s: decisions.override(s, case, "amount-invalid", "typing error"))
    act(shop, "max", lambda s: decisions.override(s, case, "amount-invalid", "typing error"))


@pytest.mark.parametrize("command", [decisions.deny, decisions.reopen, decisions.revoke])
def test_what_takes_a_reason_is_refused_without_one(shop, command):
    (case,) = shop.take_in(small_shop.request(2))
    with pytest.raises(UsageError):
        act(shop, "max", lambda s: command(s, [case], "  "))


# -- states ---------------------------------------------------------------------------------------------------------

STEPS = {
    "approve": lambda s, c: decisions.approve(s, [c])[0], "deny": lambda s, c: decisions.deny(s, [c], "why")[0],
    "withdraw": lambda s, c: decisions.withdraw(s, [c], "why")[0],
    "reopen": lambda s, c: decisions.reopen(s, [c], "why")[0], "revoke": lambda s, c: decisions.revoke(s, [c], "why")[0],
    "amend": lambda s, c: decisions.amend(s, c, {"description": "more"}, "why"),
    "override": lambda s, c: decisions.override(s, c, "reason-manual", "why"),
}  # fmt: skip
POSSIBLE = {
    "review": {"deny", "withdraw", "amend", "override"}, "awaiting": {"approve", "deny", "withdraw"},
    "approved": {"revoke"}, "denied": {"reopen"}, "withdrawn": {"reopen"}, "duplicate": {"reopen"}, "booked": set(),
}  # fmt: skip


def brought_to(shop, state: str) -> str:
    match state:
        case "review":
            return shop.take_in(small_shop.request(0, "other", "5.00"))[0]
        case "approved":
            return shop.take_in(small_shop.request(0))[0]
        case "booked":
            (case,) = shop.take_in(small_shop.request(0))
            shop.export()
            return case
        case "duplicate":
            return shop.take_in(small_shop.request(0, external_ref="A"), small_shop.request(0, external_ref="A"))[1]
        case _:
            (case,) = shop.take_in(small_shop.request(2))
            if state != "awaiting":
                act(shop, "max", lambda s: STEPS[{"denied": "deny", "withdrawn": "withdraw"}[state]](s, case))
            return case


@pytest.mark.parametrize("state", POSSIBLE)
@pytest.mark.parametrize("step", STEPS)
def test_a_state_allows_its_steps_and_refuses_every_other_with_what_is_possible(shop, state, step):
    case = brought_to(shop, state)
    assert states(shop)[case] == state
    before = events(shop)
    try:
        outcome = act(shop, "mona", lambda s: STEPS[step](s, case))
        refused = outcome.refused
    except RefusedError as err:
        refused = err
    if step in POSSIBLE[state]:
        assert refused is None
        assert events(shop) > before
    else:
        assert refused is not None
        assert refused.hint
        assert events(shop) == before
        assert states(shop)[case] == state
    with shop.open() as opened:
        assert verifying.verify(opened).problems == []


def test_one_refused_case_does_not_stop_the_others(shop):
    ids = shop.take_in(*[small_shop.request(n) for n in (0, 2, 7)])
    outcomes = shop.approve(*ids, by="lena")
    assert [bool(o.refused) for o in outcomes] == [True, False, False]


@pytest.mark.parametrize("step", ["approve", "deny", "withdraw"])
def test_a_dry_run_says_the_same_and_writes_nothing(shop, step):
    (case,) = shop.take_in(small_shop.request(2))
    before = shop.cases(), events(shop)
    command = getattr(decisions, step)
    more = () if step == "approve" else ("why",)
    (outcome,) = act(shop, "max", lambda s: command(s, [case], *more, dry_run=True))
    assert outcome.state == {"approve": "approved", "deny": "denied", "withdraw": "withdrawn"}[step]
    assert (shop.cases(), events(shop)) == before


def test_a_denial_stays_until_somebody_reopens_the_case(shop):
    (case,) = shop.take_in(small_shop.request(2))
    act(shop, "lena", lambda s: decisions.deny(s, [case], "no"))
    act(shop, "carl", lambda s: assessing.run(s, [case]))
    assert states(shop)[case] == "denied"
    act(shop, "max", lambda s: decisions.reopen(s, [case], "new facts"))
    assert states(shop)[case] == "awaiting"


def test_a_revoked_case_is_approved_again_only_by_a_person(shop):
    (case,) = shop.take_in(small_shop.request(0))
    assert states(shop)[case] == "approved"
    act(shop, "max", lambda s: decisions.revoke(s, [case], "wait"))
    act(shop, "carl", lambda s: assessing.run(s, []))
    assert states(shop)[case] == "review"
    assert shop.export().cases == ()
    assert decided(shop, "lena", case).state == "approved"


def test_a_second_export_books_nothing_and_a_repeated_one_writes_the_same_bytes(shop):
    shop.take_in(small_shop.request(0), small_shop.request(1))
    first = shop.export()
    assert len(first.cases) == 2
    assert shop.export().cases == ()
    with shop.open("carl") as opened:
        again = booking.again(opened, first.batch, shop.folder / "again")
    assert [p.read_bytes() for p in again.files] == [p.read_bytes() for p in first.files]


def test_the_same_list_again_adds_nothing(shop):
    shop.take_in(small_shop.request(0), small_shop.request(1), small_shop.request(1))
    before = events(shop)
    with shop.open("carl") as opened:
        report = intake.run(opened, [shop.folder / "list-1.csv"])
    assert report.counts == {"duplicate": 3}
    assert events(shop) == before


# -- who may put a policy in force is judged where events are read, too -----------------------------------------------


def test_a_policy_of_somebody_who_may_not_adopt_one_is_not_in_force(shop):
    text = policy_path(shop.store).read_text(encoding="utf-8").replace("auto_below = 500 ", "auto_below = 9999 ")
    with shop.open("lena") as opened:  # a lead, whose program was altered to ask nobody
        force = opened.org.policies[-1]
        with opened.write() as pen:
            data = {"prev": force.event, "sha256": policy_hash(text.encode()), "text": text}
            pen.append("policy.set", data, deps=[force.event])
    with shop.open() as opened:
        assert [p.sha256 for p in opened.org.policies] == [force.sha256]
        assert opened.policy == parse_policy(force.text.encode(), "p")
        assert care.differences(opened) == []


def test_what_a_revoked_key_adopted_after_its_end_is_not_in_force(shop):
    with shop.open("max") as opened:
        writer, seq = opened.org.policies[0].writer, opened.org.policies[0].seq
    text = '[shop]\ncompany = "Small Shop"\nbase = "USD"\n'
    (shop.folder / "other.toml").write_text(text, encoding="utf-8")
    act(shop, "max", lambda s: policy.adopt(s, shop.folder / "other.toml"))
    with shop.open() as opened:
        last = opened.org.policies[-1]
        assert (last.by, last.writer != writer) == ("max", True)
        with opened.write() as pen:
            pen.append("key.revoked", {"writer": last.writer, "cut_seq": last.seq - 1})
    with shop.open() as opened:
        assert [p.seq for p in opened.org.policies] == [seq]
