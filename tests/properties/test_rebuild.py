"""Whatever is done to a shop in whatever order: its tables are what the ledger says, and no money goes out twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import small_shop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from refundkit.errors import RefundkitError
from refundkit.model.words import COUNTS_AS_REFUNDED, HoldKind
from refundkit.store import cases
from refundkit.workflow import (
    assessing,
    by_hand,
    care,
    decisions,
    intake,
    own_keys,
    pausing,
    people,
    records,
    reminders,
    standing,
    verifying,
)  # fmt: skip

CUSTOMERS = 8
ALL = ["ada", *small_shop.USERS]
DECIDERS = ["lena", "leo", "max", "mona", "tom", "ada"]
WHO = st.sampled_from(DECIDERS * 3 + ALL)
CHANGES = st.dictionaries(
    st.sampled_from(["invoice", "service_order", "customer_id", "amount", "reason", "currency", "requested_by"]),
    st.sampled_from(["", "INV-0", "INV-4", "SO-4", "C-4", "20.00", "7000.00", "goodwill", "other", "USD", "lena"]),
    min_size=1, max_size=3,
)  # fmt: skip


class ShopMachine(RuleBasedStateMachine):
    """Random commands by random people on one store, under a clock that only this test moves."""

    template: small_shop.SmallShop

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="refundkit-machine-"))
        self.shop = self.template.copy(self.folder / "shop")
        self.named: list[str] = []
        self.raised: set[str] = set()
        self.booked: dict[str, dict[str, str] | None] = {}
        self.seen = -1
        self.unchecked = 0

    def teardown(self) -> None:
        self._check()
        shutil.rmtree(self.folder)

    # -- what is done -----------------------------------------------------------------------------------------------

    def _do(self, by, command):
        """Run a use case. Refused: nothing may have been written. Anything but a refusal is a defect."""
        self.unchecked += 1
        with self.shop.open(by) as shop:
            before = shop.store.one("SELECT count(*) FROM event")[0]
            try:
                return command(shop)
            except RefundkitError as err:
                assert err.message
                assert err.hint
                assert shop.store.one("SELECT count(*) FROM event")[0] == before
                return None

    def _case(self, number: int) -> str:
        return self.named[number % len(self.named)]

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours):
        self.shop.later(hours=hours)

    @rule(draw=st.randoms(use_true_random=False), count=st.integers(1, 6), by=st.sampled_from(["carl", "lena", "ann"]))
    def import_a_list(self, draw, count, by):
        path = self.shop.write_list(small_shop.rows(draw, count, CUSTOMERS))
        report = self._do(by, lambda shop: intake.run(shop, [path]))
        if report:
            self.named += [line.case for line in report.lines if line.case and line.case not in self.named]

    @rule(
        n=st.integers(0, CUSTOMERS + 1), by=WHO, what=st.sampled_from(["order", "invoice", "customer"]),
        amount=st.sampled_from(["", "20", "7000.00"]), content=st.sampled_from([None, None, b"a photo", b"another"]),
    )  # fmt: skip
    def log_by_hand(self, n, by, what, amount, content):
        number = {"order": f"SO-{n}", "invoice": f"INV-{n}", "customer": f"customer {n}"}[what]
        files = ()
        if content is not None:
            files = (self.shop.folder / f"photo {n}.jpg",)
            files[0].write_bytes(content)
        note = by_hand.Note(**{what: number}, amount=amount, reason="not finished", files=files)
        logged = self._do(by, lambda shop: by_hand.log(shop, by_hand.read(shop, note)))
        if logged:
            self.named.append(logged.case)

    @precondition(lambda self: self.shop.lists)
    @rule(number=st.integers(1, 99))
    def import_a_list_again(self, number):
        path = self.shop.folder / f"list-{1 + number % self.shop.lists}.csv"
        known = len(self.shop.cases())
        if (report := self._do("carl", lambda shop: intake.run(shop, [path]))) and not report.states:
            assert len(self.shop.cases()) == known

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO, amount=st.sampled_from([None, None, None, "10.00", "5000.00", "0"]))
    def approve(self, number, by, amount):
        case = self._case(number)
        given = None if amount is None else Decimal(amount)
        found = self._do(by, lambda shop: decisions.approve(shop, [case], amount=given, note="because"))
        if found and not found[0].refused and amount == "5000.00":
            self.raised.add(self.shop.cases()[case]["invoice"])

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO)
    def approve_everything_that_waits(self, number, by):
        waiting = [i for i, row in self.shop.cases().items() if row["state"] == "awaiting"]
        if waiting:
            self._do(by, lambda shop: decisions.approve(shop, waiting))

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO)
    def deny(self, number, by):
        self._do(by, lambda shop: decisions.deny(shop, [self._case(number)], "not owed"))

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO, changes=CHANGES)
    def amend(self, number, by, changes):
        self._do(by, lambda shop: decisions.amend(shop, self._case(number), changes, "typing error"))

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO, which=st.integers(0, 3))
    def override(self, number, by, which):
        case = self._case(number)
        found = self.shop.cases()[case]["findings"] or ["window-passed"]
        self._do(by, lambda shop: decisions.override(shop, case, found[which % len(found)], "agreed by telephone"))

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO, act=st.sampled_from(["withdraw", "reopen", "reopen", "revoke"]))
    def withdraw_reopen_or_revoke(self, number, by, act):
        self._do(by, lambda shop: getattr(decisions, act)(shop, [self._case(number)], "asked for"))

    @precondition(lambda self: self.named)
    @rule(number=st.integers(0, 99), by=WHO, act=st.sampled_from(["hold", "hold", "ask", "answer", "release", "release"]),
          kind=st.sampled_from(list(HoldKind)))  # fmt: skip
    def pause_or_go_on(self, number, by, act, kind):
        rest = (kind, "asked for") if act == "hold" else ("asked for",)
        self._do(by, lambda shop: getattr(pausing, act)(shop, [self._case(number)], *rest))

    @rule(
        by=st.sampled_from(["ada", "ada", *ALL]), user=st.sampled_from(ALL), other=st.sampled_from(ALL),
        what=st.sampled_from(["give", "take", "rotate", "delegate", "end", "revoke"]),
        role=st.sampled_from(["lead", "manager", "accountant", "admin"]),
    )  # fmt: skip
    def people_change(self, by, user, other, what, role):
        """Somebody is always left who may manage people; what was booked and decided before stays."""
        if user == "ada" and what in ("take", "revoke"):
            return  # the checks below are made as ada
        commands = {
            "give": lambda shop: people.role(shop, user, give=[role]),
            "take": lambda shop: people.role(shop, user, take=[role]),
            "rotate": lambda shop: own_keys.rotate(shop, user, ""),
            "delegate": lambda shop: standing.name(shop, other, "", "2026-12-31", user=user),
            "end": lambda shop: standing.end(shop, other, user=user),
            "revoke": lambda shop: people.revoke(shop, user, "left"),
        }
        if what != "revoke" or role == "lead":
            self._do(by, commands[what])

    @rule(by=WHO)
    def assess(self, by):
        self._do(by, lambda shop: assessing.run(shop, []))

    @rule(n=st.integers(0, CUSTOMERS - 1), done=st.integers(0, 100))
    def records_change(self, n, done):
        path = self.shop.folder / "records" / "service_orders.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        cells = lines[n + 1].split(",")
        cells[7] = str(done)
        lines[n + 1] = ",".join(cells)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._do("carl", lambda shop: records.load(shop, [path]))

    @rule(by=st.sampled_from(["carl", "carl", "ada", "max"]), form=st.sampled_from(["hledger", "xero"]))
    def export(self, by, form):
        self._do(by, lambda shop: small_shop.booking.export(shop, form, self.shop.folder / "books"))

    @rule(by=st.sampled_from(["carl", "lena", "mona", "ann"]))
    def remind(self, by):
        self._do(by, reminders.escalate)

    # -- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def now_and_then_everything_is_checked(self):
        if self.unchecked >= 4:
            self._check()

    def _check(self):
        self.unchecked = 0
        with self.shop.open() as shop:
            assert care.differences(shop) == []
            assert verifying.verify(shop).problems == []
            lines = shop.store.rows("SELECT case_id FROM event WHERE type = 'export.line'")
            assert [n for n in Counter(lines).values() if n > 1] == [], "a case is booked twice"
            self._money(shop)
            self._reminders(shop)
        self._bookings_stay()

    def _money(self, shop):
        for invoice, given_back in shop.store.rows(
            "SELECT invoice, sum(payable_minor) FROM cases WHERE invoice <> '' AND state IN"
            f" ({','.join('?' * len(COUNTS_AS_REFUNDED))}) GROUP BY 1", sorted(COUNTS_AS_REFUNDED),
        ):  # fmt: skip
            paid = shop.store.one("SELECT sum(amount_minor) FROM rec_payments WHERE invoice = ?", (invoice,))[0]
            assert invoice in self.raised or given_back <= (paid or 0), f"{invoice} gives back {given_back} of {paid}"

    def _reminders(self, shop):
        for key, _, reminded in cases.waiting(shop.store):
            slots = [r.slot for r in shop.case(key).reminders if r.waiting == shop.case(key).waiting]
            assert slots == sorted(set(slots)), "a slot was reminded of twice"
            assert reminded == max(slots, default=0)

    def _bookings_stay(self):
        rows = self.shop.cases()
        for case, amount in self.booked.items():
            assert (rows[case]["state"], rows[case]["payable"]) == ("booked", amount)
        self.booked = {i: row["payable"] for i, row in rows.items() if row["state"] == "booked"}


def _run(template, examples, steps):
    machine = type("ShopMachine", (ShopMachine,), {"template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_tables_equal_a_rebuild_and_money_goes_out_once_whatever_is_done(template):
    _run(template, 6, 25)


@pytest.mark.slow
def test_tables_equal_a_rebuild_and_money_goes_out_once_in_long_histories(template):
    _run(template, 40, 50)
