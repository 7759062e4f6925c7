"""Every state, every step, every role: what is possible is the table of the domain page, and what is not names its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import small_shop

from refundkit.errors import RefusedError
from refundkit.model.case import AMENDED, ASKED, DENIED, HELD, ISSUED
from refundkit.model.people import RIGHTS, Act
from refundkit.model.transitions import ALLOWED, Step
from refundkit.model.words import Role, State
from refundkit.store import ledger
from refundkit.workflow import assessing, booking, decisions, pausing, paying, settling

# The domain page, sections 5 and 7, written out by hand. x: the state allows the step.
TABLE = """
step      received review awaiting approved booked paying paid denied withdrawn duplicate conflict | who
assess    x        x      x        -        -      -      -    -      -         -         -        | lead manager accountant admin
amend     -        x      -        -        -      -      -    -      -         -         -        | lead manager admin
override  -        x      -        -        -      -      -    -      -         -         -        | lead manager admin
approve   -        x      x        -        -      -      -    -      -         -         -        | lead manager admin
deny      -        x      x        -        -      -      -    -      -         -         -        | lead manager admin
ask       x        x      x        -        -      -      -    -      -         -         -        | lead manager admin
answer    x        x      x        -        -      -      -    -      -         -         -        | technician lead manager accountant admin
withdraw  x        x      x        -        -      -      -    -      -         -         -        | technician lead manager accountant admin
export    -        -      -        x        -      -      -    -      -         -         -        | accountant admin
pay       -        -      -        -        x      x      -    -      -         -         -        | accountant admin
revoke    -        -      -        x        -      -      -    -      -         -         -        | manager admin
reopen    -        -      -        -        -      -      -    x      x         x         -        | lead manager admin
hold      x        x      x        x        x      x      x    x      x         -         x        | technician lead manager accountant admin
release   x        x      x        x        x      x      x    x      x         x         x        | manager admin
settle    x        x      x        x        x      x      x    x      x         x         x        | manager admin
"""
HEAD, *ROWS = [line.replace("|", " ").split() for line in TABLE.strip().splitlines()]
STATES = HEAD[1:12]
IN_STATES = {row[0]: {s for s, mark in zip(STATES, row[1:12], strict=True) if mark == "x"} for row in ROWS}
BY_ROLES = {row[0]: set(row[12:]) for row in ROWS}
ACTS = {
    "assess": Act.ASSESS, "amend": Act.AMEND, "override": Act.OVERRIDE, "approve": Act.DECIDE, "deny": Act.DECIDE,
    "ask": Act.ASK, "answer": Act.ANSWER, "withdraw": Act.WITHDRAW, "export": Act.BOOK, "pay": Act.PAY, "revoke": Act.REVOKE,
    "reopen": Act.REOPEN, "hold": Act.HOLD, "release": Act.RELEASE, "settle": Act.SETTLE,
}  # fmt: skip
WHO = {"technician": "tess", "lead": "lena", "manager": "max", "accountant": "carl", "admin": "ada", "auditor": "ann"}
REACHED = list(STATES)


def test_the_table_names_every_state_every_step_and_every_role():
    assert set(STATES) == {str(s) for s in State}
    assert set(IN_STATES) == {str(s) for s in Step} == set(ACTS)
    assert set(WHO) == {str(r) for r in Role}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", IN_STATES)
def test_what_a_state_allows_and_who_may_do_it_is_the_table(state, step):
    for role in WHO:
        allowed = State(state) in ALLOWED[Step(step)] and Role(role) in RIGHTS[ACTS[step]]
        assert allowed == (state in IN_STATES[step] and role in BY_ROLES[step]), role


# -- the same through the use cases, tried without keeping anything ---------------------------------------------------


@dataclass
class Stage:
    """A shop with cases in one state. `special`: the case that a step needs where it is not the plain one."""

    shop: small_shop.SmallShop
    state: str
    plain: str = ""
    special: dict[str, str] = field(default_factory=dict)
    next: int = 0

    def case(self) -> str:
        """One more case in this state."""
        n, self.next = self.next, self.next + 1
        return MAKE[self.state](self, n)

    def do(self, by: str, command: Callable[..., Any], *rest: Any) -> None:
        with self.shop.open(by) as shop:
            command(shop, *rest)

    def event(self, case: str, type_: str, by: str = "leo", **data: Any) -> None:
        """An event past the front end; a pause knows of all that was said before."""
        with self.shop.open(by) as shop, shop.write() as pen:
            view = shop.find(case)
            after = [e.id for e in ledger.case_events(shop.store, view.key)]
            known = {"rev": view.rev} if type_ in (ASKED, DENIED) else {}
            pen.append(type_, {"after": after, **known, **data}, case=view.key, deps=[view.rev])
            pen.project(shop.store, view.key, shop.org)


def received(stage: Stage, n: int) -> str:
    """As a laptop without records logs it."""
    (case,) = stage.shop.take_in(small_shop.request(n, "other", "5.00"))
    with stage.shop.open("carl") as shop, shop.write() as pen:
        data = ledger.case_events(shop.store, shop.find(case).key)[0].data
        request = {**data["request"], "invoice": "", "service_order": "", "customer_id": "", "external_ref": f"R{n}"}
        view = pen.log({**data, "request": request, "assessment": None})
        return pen.project(shop.store, view.key, shop.org).id


def review(stage: Stage, n: int) -> str:
    case = approved(stage, n)
    stage.do("mona", decisions.revoke, [case], "why")
    return case


def awaiting(stage: Stage, n: int) -> str:
    return stage.shop.take_in(small_shop.request(n, "goodwill", "50.00"))[0]


def approved(stage: Stage, n: int) -> str:
    return stage.shop.take_in(small_shop.request((0, 1, 5, 6)[n]))[0]


def booked(stage: Stage, n: int) -> str:
    case = approved(stage, n)
    stage.shop.export()
    return case


def paying_(stage: Stage, n: int) -> str:
    """A payment is on its way, for one half: the other can be paid too."""
    case = booked(stage, n)
    issue(stage, case, lambda unpaid: unpaid // 2)
    return case


def issue(stage: Stage, case: str, part: Callable[[int], int]) -> None:
    with stage.shop.open("carl") as shop, shop.write() as pen:
        view = shop.find(case)
        data = {
            "key": f"K{case}",
            "slot": "pay-1",
            "number": f"RP-1-{len(shop.org.people):03}{stage.next:03}",
            "method": "card",
            "amount": part(view.unpaid),
            "currency": "USD",
            "on": "2026-09-01",
            "batch": "P1-0001",
            "settles": view.line["memo"],
            "original": "",
            "payment_id": "",
            "cheque": 0,
        }
        pen.append(ISSUED, data, case=view.key, deps=[view.line_event])
        pen.project(shop.store, view.key, shop.org)


def paid(stage: Stage, n: int) -> str:
    case = booked(stage, n)
    wanted = paying.Wanted((case,), instead="asked for")
    stage.do("carl", paying.pay, "account", stage.shop.folder, wanted)
    return case


def stopped(command: Callable[..., Any]) -> Callable[[Stage, int], str]:
    def make(stage: Stage, n: int) -> str:
        case = awaiting(stage, n)
        stage.do("mona", command, [case], "why")
        return case

    return make


def duplicate(stage: Stage, n: int) -> str:
    rows = [small_shop.request(n, "goodwill", "50.00", external_ref=f"A{n}")] * 2
    return stage.shop.take_in(rows[0], (*rows[1][:-3], "again", *rows[1][-2:]))[1]


def conflict(stage: Stage, n: int) -> str:
    case = awaiting(stage, n)
    with stage.shop.open() as shop:
        view = shop.find(case)
    for by in ("lena", "leo"):
        request = {**view.request, "description": by}
        stage.event(case, AMENDED, by, bases=[view.rev], request=request, why="", assessment=None)
    return case


MAKE: dict[str, Callable[[Stage, int], str]] = {
    "received": received, "review": review, "awaiting": awaiting, "approved": approved, "booked": booked,
    "paying": paying_, "paid": paid,
    "denied": stopped(decisions.deny), "withdrawn": stopped(decisions.withdraw), "duplicate": duplicate,
    "conflict": conflict,
}  # fmt: skip


def staged(shop: small_shop.SmallShop, state: str) -> Stage:
    stage = Stage(shop, state)
    stage.plain = stage.case()
    stage.special = {"release": stage.case(), "answer": stage.case()}
    stage.event(stage.special["release"], HELD, kind="fraud", reason="why")
    stage.event(stage.special["answer"], ASKED, question="why?")
    match state:
        case "review":
            stage.special["override"] = shop.take_in(small_shop.request(2, "other", "5.00"))[0]
        case "conflict":
            stage.special["settle"] = stage.plain
        case "booked":
            stage.special["settle"] = stage.case()
            stage.event(stage.special["settle"], DENIED, reason="no")
    return stage


def attempt(shop: Any, step: str, case: str) -> str:
    """Why a step is refused, '' when it is not; nothing of it is kept."""
    dry = {"dry_run": True}
    view = shop.find(case)
    try:
        match step:
            case "assess":
                (done,) = assessing.run(shop, [case], **dry)
                return "" if done.before in ("received", "review", "awaiting") else f"is {done.after}"
            case "export":
                done = booking.export(shop, "hledger", shop.store.path.parent / "books", **dry)
                return "" if case in done.cases else f"is {view.state}"
            case "pay":
                paying.pay(shop, "account", shop.store.path.parent, paying.Wanted((case,), instead="asked for"), **dry)
            case "amend":
                decisions.amend(shop, case, {"description": "more"}, "why", **dry)
            case "override":
                decisions.override(shop, case, "reason-manual", "why", **dry)
            case "settle" if view.rivals:
                return refused(settling.keep(shop, [case], view.revs[0], "why", **dry))
            case "settle":
                return refused(settling.anomaly(shop, [case], "booked-while-denied", "why", **dry))
            case "approve":
                return refused(decisions.approve(shop, [case], **dry))
            case "hold":
                return refused(pausing.hold(shop, [case], "legal", "why", **dry))
            case "ask" | "answer" | "release":
                return refused(getattr(pausing, step)(shop, [case], "why", **dry))
            case _:
                return refused(getattr(decisions, step)(shop, [case], "why", **dry))
    except RefusedError as err:
        return err.message
    return ""


def refused(outcomes: list[Any]) -> str:
    return outcomes[0].refused.message if outcomes[0].refused else ""


def rule(stage: Stage, step: str, role: str) -> str:
    """What the refusal must name; '' where the step is allowed."""
    if role not in BY_ROLES[step]:
        return f"may not {ACTS[step]}"
    if stage.state not in IN_STATES[step]:
        return f"is {stage.state}"
    if step == "settle" and step not in stage.special:
        return "no anomaly"
    return ""


@pytest.mark.parametrize("state", REACHED)
def test_every_step_by_every_role_is_possible_or_refused_as_the_table_says(shop, state):
    stage = staged(shop, state)
    states = {i: row["state"] for i, row in shop.cases().items()}
    assert {states[case] for case in (stage.plain, *stage.special.values())} == {state}
    wrong = []
    for role, user in WHO.items():
        with shop.open(user) as opened:
            before = opened.store.one("SELECT count(*) FROM event")[0]
            for step in IN_STATES:
                said, wanted = attempt(opened, step, stage.special.get(step, stage.plain)), rule(stage, step, role)
                if wanted not in said or bool(said) != bool(wanted):
                    wrong.append(f"{step} by {role}: '{said}', not '{wanted}'")
            assert opened.store.one("SELECT count(*) FROM event")[0] == before
    assert wrong == []
