"""Stories of one case: events as several machines may have written them, for a shop of a few people."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any

from refundkit.model.canonical import b64
from refundkit.model.case import CaseEvent, CaseView
from refundkit.model.events import Core, case_key, event_id, hlc_text, writer_id
from refundkit.model.fold import fold
from refundkit.model.org import Org
from refundkit.model.reminders import reminder_key

PEOPLE = {
    "ada": (["admin"], "", ""),
    "lena": (["lead"], "lena@shop.example", ""),
    "leo": (["lead"], "", ""),
    "max": (["manager"], "", ""),
    "mona": (["manager"], "", ""),
    "carl": (["accountant"], "", ""),
    "tom": (["technician", "manager"], "", "T-01"),
    "ann": (["auditor"], "", ""),
    "tess": (["technician"], "", "T-02"),
}
KEYS = {**{user: user for user in [*PEOPLE, "gone"]}, "max-2": "max"}  # max has two
PUBLIC = {key: key.encode().ljust(32, b".") for key in KEYS}
WRITER = {key: b64(writer_id(public)) for key, public in PUBLIC.items()}
POLICY = (files("refundkit.data") / "policy.toml").read_text(encoding="utf-8")
HOUR = 3_600_000
CUT = 50  # events of "gone" up to this seq count, later ones are quarantined


def core(writer: str, seq: int, type_: str, case: str = "", deps: tuple[str, ...] = (), tv: int = 1) -> Core:
    return Core("", writer, seq, bytes(32), case, type_, tv, hlc_text(seq << 16), deps, b"")


def shop() -> tuple[Org, list[str]]:
    org = Org()
    events: list[tuple[str, dict[str, Any]]] = [
        ("org.genesis", {"company": "T", "base": "USD", "shop": "T", "device": "d", "device_name": "d",
                         "recovery": "", "owner": {"user": "ada", "name": "Ada", "public": b64(PUBLIC["ada"])}}),
    ]  # fmt: skip
    for user, (roles, email, technician) in PEOPLE.items():
        person = {"user": user, "name": user.title(), "email": email, "technician": technician, "roles": roles}
        events.append(("user.set", person))
    events.append(("user.set", {"user": "gone", "name": "", "email": "", "technician": "", "roles": ["manager"]}))
    for key, public in PUBLIC.items():
        if key != "ada":
            enrolled = {"public": b64(public), "user": KEYS[key], "device": "d", "device_name": "d"}
            events.append(("key.enrolled", enrolled))
    events.append(("policy.set", {"sha256": "p", "text": POLICY}))
    events.append(("key.revoked", {"writer": WRITER["gone"], "cut_seq": CUT}))
    names = []
    for number, (type_, data) in enumerate(events):
        names.append(b64(event_id(f"{number}".encode())))
        org.apply(names[-1], core(WRITER["ada"], number + 1, type_, deps=tuple(names[-2:-1])), data)
    return org, names


ORG, ORG_EVENTS = shop()
NOW = (ORG_EVENTS[-1],)


def assessment(payable: int = 30_000, **changes: Any) -> dict[str, Any]:
    """What the rules said: awaiting a lead unless changed."""
    return {
        "policy": "p", "customer_id": "C-1", "service_order": "SO-1", "invoice": "INV-1", "currency": "USD",
        "requested": payable, "paid": 900_000, "refunded": 0, "refundable": 900_000, "formula": payable,
        "eligible": payable, "payable": payable, "findings": [], "cells": [], "steps": [], "state": "awaiting",
        "level": "lead", "decide_level": "lead", "dual": False, "base_amount": payable, "added_up": 0, "rate": "",
        "rate_on": "", "route_text": [], "first": "", **changes,
    }  # fmt: skip


FINDING = ["window-passed", "review", "The request came 112 days later."]
BLOCK = ["nothing-paid", "block", "Nothing was paid."]


class Story:
    """Events of one case, each with an id and a writer of its own position."""

    def __init__(self, by: str = "carl", *, by_hand: bool = False, asked: str = "", **changes: Any) -> None:
        self.events: list[CaseEvent] = []
        self.seqs: dict[str, int] = {}
        self.key = ""
        request = {
            "requested_by": asked, "customer_email": changes.pop("customer_email", ""),
            "service_order": "SO-1", "invoice": "INV-1",
        }  # fmt: skip
        self.first = self.write(
            by, "request.logged", request=request, source={"file": "a.csv"}, by_hand=by_hand, epoch=1,
            assessment=changes.pop("assessed", None) or assessment(**changes),
        )  # fmt: skip

    def write(self, by: str, type_: str, *, deps: tuple[str, ...] = NOW, tv: int = 1, seq: int = 0, **data: Any) -> str:
        self.seqs[by] = number = seq or self.seqs.get(by, 0) + 1
        raw = event_id(f"{by} {number} {type_} {len(self.events)}".encode())
        if not self.events:
            self.key = case_key(raw)
        case = "" if not self.events else self.key
        written = core(WRITER.get(by, b64(bytes(16))), number, type_, case, deps, tv)
        self.events.append(CaseEvent(b64(raw), written, data))
        return b64(raw)

    def approve(self, by: str, amount: int = 30_000, *, rev: str = "", seq: int = 0, **data: Any) -> str:
        given = {"level": "lead", "needs": 1, "technician": "T-01", "note": "", "cells": [], "beyond": 0, "basis": "",
                 "assessment": "", "policy": "", "currency": "USD", **data}  # fmt: skip
        return self.write(by, "decision.approved", seq=seq, rev=rev or self.first, amount=amount, **given)

    def deny(self, by: str, *, rev: str = "", seq: int = 0) -> str:
        return self.write(by, "decision.denied", seq=seq, rev=rev or self.first, basis="", assessment="", reason="no")

    def amend(self, by: str, *bases: str, **changes: Any) -> str:
        request = {"requested_by": "", "customer_email": "", "service_order": "SO-1", "invoice": "INV-1", "amount": by}
        return self.write(by, "request.amended", bases=list(bases or (self.first,)), request=request, why="",
                          assessment=changes or None)  # fmt: skip

    def assess(self, by: str, rev: str, *replaces: str, **changes: Any) -> str:
        return self.write(by, "case.assessed", rev=rev, assessment=assessment(**changes), replaces=list(replaces))

    def override(self, by: str, code: str = "window-passed", *, rev: str = "") -> str:
        return self.write(by, "finding.overridden", rev=rev or self.first, code=code, reason=f"{by} says", finding="")

    def withdraw(self, by: str) -> str:
        return self.write(by, "request.withdrawn", rev=self.first, reason="")

    def ask(self, by: str, *after: str, rev: str = "") -> str:
        return self.write(by, "question.asked", rev=rev or self.first, question="really?", after=list(after))

    def answer(self, by: str, *ends: str) -> str:
        return self.write(by, "question.answered", ends=list(ends), text="really")

    def hold(self, by: str, *after: str, kind: str = "fraud") -> str:
        return self.write(by, "case.held", kind=kind, reason="the bank rang", after=list(after))

    def release(self, by: str, *ends: str) -> str:
        return self.write(by, "case.released", ends=list(ends), reason="it is clear")

    def settle(self, by: str, code: str, *evidence: str) -> str:
        return self.write(by, "anomaly.settled", code=code, evidence=list(evidence), reason="talked about")

    def reopen(self, by: str, *undoes: str, apart: tuple[str, ...] = ()) -> str:
        return self.write(by, "case.reopened", undoes=list(undoes), apart=list(apart), reason="")

    def revoke(self, by: str, *undoes: str, rev: str = "") -> str:
        return self.write(by, "approval.revoked", rev=rev or self.first, undoes=list(undoes), reason="")

    def book(self, by: str, amount: int = 30_000, *, slot: str = "refund-1", seq: int = 0) -> str:
        return self.write(by, "export.line", seq=seq, line_key="K", slot=slot, amount=amount, cells=[], batch="1-0001",
                          currency="USD", memo="CM-1")  # fmt: skip

    def view(self) -> CaseView:
        return fold(self.key, self.events, ORG)

    @property
    def state(self) -> str:
        return str(self.view().state)


class Waiting(Story):
    """A story with a clock: `at` hours after the request."""

    at = 0

    def write(self, by, type_, **rest):
        before = len(self.events)
        written = super().write(by, type_, **rest)
        event = self.events[before]
        timed = replace(event.core, hlc=hlc_text((self.at * HOUR << 16) + before))
        self.events[before] = CaseEvent(event.id, timed, event.data)
        return written

    def remind(self, by, number, hours=None, *, of="", seq=0, **changes):
        """A reminder as `escalate` writes it, when its slot is full; with some fields changed."""
        self.at = number * 24 if hours is None else hours
        waiting = of or self.first
        data = {"key": reminder_key(self.key, waiting, number), "waiting": waiting, "slot": number, "due_ms": 0,
                "to": ["lena"], "policy": "p", "raises": "manager" if number >= 3 else ""}  # fmt: skip
        return self.write(by, "case.reminded", seq=seq, **{**data, **changes})

    def after(self, hours):
        self.at = hours
        return self
