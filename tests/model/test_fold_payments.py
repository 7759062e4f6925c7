"""What was paid, and what became of it, is what the set of the events says: in any order, and past every gate."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from stories import ORG, Story

from refundkit.model.booking import Document
from refundkit.model.case import CaseView
from refundkit.model.fold import fold
from refundkit.model.paying import ways
from refundkit.rules.payments_due import due, slot

SEEN = {"source": "by hand", "text": "seen", "who": "carl"}


class Paying(Story):
    """A case that is approved and booked with 300.00, and what is said of its payments."""

    def __init__(self, *, booked: bool = True) -> None:
        super().__init__()
        self.approve("lena")
        self.paid = 0
        if booked:
            self.book("carl")

    def pay(self, method: str = "ach", amount: int = 30_000, by: str = "carl", cheque: int = 0) -> str:
        self.paid += 1
        number = f"RP-1-{self.paid:06d}"
        return self.write(
            by, "payment.issued", key=f"K{self.paid}", slot=f"pay-{self.paid}", number=number, method=method,
            amount=amount, currency="USD", on="2026-09-02", batch="P1", settles="CM-1", original="", payment_id="",
            cheque=cheque,
        )  # fmt: skip

    def said(self, word: str, payment: str, by: str = "carl", on: str = "2026-09-09") -> str:
        data: dict[str, Any] = {"ends": [payment], "on": on, "evidence": SEEN}
        if word in ("refused", "returned"):
            data |= {"code": "", "why": "seen"}
        if word == "uncertain":
            data = {"about": [payment], "why": "seen"}
        return self.write(by, f"payment.{word}", **data)

    def fee(self, payment: str, amount: int = 400, by: str = "carl", **other: Any) -> str:
        data = {"about": [payment], "amount": amount, "currency": "USD", "on": "2026-09-10", "evidence": SEEN, **other}
        return self.write(by, "payment.charged", **data)

    @property
    def stands(self) -> tuple[str, list[str]]:
        """Where the case and its payments stand."""
        view = self.view()
        return str(view.state), [str(p.state) for p in view.payments]


def waits(view: CaseView) -> list[str]:
    """What waits for the books."""
    return [one.slot for one in due(view.payments, view.booked, journal=True)]


def same_in_any_order(story: Paying) -> CaseView:
    """The case, when every order of its last events makes the same of it."""
    head, tail = story.events[:-4], story.events[-4:]
    views = [fold(story.key, [*head, *order], ORG) for order in itertools.permutations(tail)]
    assert all(view == views[0] for view in views)
    return views[0]


# -- the bank's fee -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["refused", "returned"])
def test_the_fee_of_a_payment_that_came_back_waits_for_the_books_beside_its_return(word):
    story = Paying()
    paid = story.pay()
    story.fee(paid)
    story.said(word, paid)
    view = same_in_any_order(story)
    (one,) = view.payments
    assert (one.fee.amount, one.fee.currency, view.unpaid) == (400, "USD", 30_000)
    assert waits(view) == ["payment/pay-1", "payment-returned/pay-1", "bank-fee/pay-1"]


@pytest.mark.parametrize("words", [(), ("confirmed",), ("uncertain",), ("confirmed", "refused")])
def test_a_fee_of_a_payment_that_has_not_come_back_is_not_booked(words):
    story = Paying()
    paid = story.pay()
    story.fee(paid)
    for word in words:
        story.said(word, paid)
    assert slot(story.view().payments[0], Document.BANK_FEE) not in waits(story.view())


@pytest.mark.parametrize(
    ("by", "other"),
    [("lena", {}), ("ann", {}), ("nobody", {}), ("carl", {"amount": 0}), ("carl", {"amount": -4}),
     ("carl", {"currency": "usd"}), ("carl", {"on": "soon"})],
)  # fmt: skip
def test_a_fee_past_the_gate_that_cannot_be_one_is_none(by, other):
    story = Paying()
    paid = story.pay()
    story.said("returned", paid)
    story.fee(paid, by=by, **other)
    assert story.view().payments[0].fee is None


@pytest.mark.parametrize("method", ["cash", "account"])
def test_no_bank_takes_a_fee_for_cash_or_for_what_is_kept(method):
    story = Paying()
    paid = story.pay(method)
    story.said("returned", paid)
    story.fee(paid)
    assert story.view().payments[0].fee is None


def test_two_fees_that_were_said_apart_are_one_and_an_anomaly_for_a_person():
    story = Paying()
    paid = story.pay()
    story.said("returned", paid)
    first, second = story.fee(paid), story.fee(paid, 900, by="ada")
    view = same_in_any_order(story)
    assert waits(view).count("bank-fee/pay-1") == 1
    assert view.payments[0].fee.event == min(first, second)
    assert (view.anomalies, view.evidence["charged-twice"]) == (["charged-twice"], sorted([first, second]))


# -- cheques that nobody cashes -------------------------------------------------------------------------------------

WORDS = ("confirmed", "refused", "returned", "uncertain", "unclaimed", "remitted")
AFTER = {
    (): "issued",
    ("unclaimed",): "unclaimed",
    ("unclaimed", "remitted"): "remitted",
    ("unclaimed", "confirmed"): "confirmed",
    ("unclaimed", "returned"): "returned",
    ("uncertain", "unclaimed"): "unclaimed",
    ("unclaimed", "refused"): "refused",
    ("unclaimed", "confirmed", "returned"): "returned",
    ("remitted",): "remitted",
    ("unclaimed", "remitted", "confirmed"): "uncertain",
    ("unclaimed", "remitted", "returned"): "uncertain",
    ("remitted", "refused"): "uncertain",
    ("confirmed", "refused"): "uncertain",
    ("confirmed", "refused", "unclaimed"): "uncertain",
}


def cheque(*words: str) -> Paying:
    story = Paying()
    paid = story.pay("cheque", cheque=2091)
    for word in words:
        story.said(word, paid)
    return story


@pytest.mark.parametrize("words", AFTER, ids=lambda words: " ".join(words) or "nothing")
def test_where_a_cheque_stands_by_what_was_said_of_it_in_any_order(words):
    view = same_in_any_order(cheque(*words))
    assert str(view.payments[0].state) == AFTER[words]
    assert ("remitted-and-not" in view.anomalies) == ("remitted" in words and AFTER[words] == "uncertain")


@pytest.mark.parametrize("words", [some for n in range(7) for some in itertools.combinations(WORDS, n)])
def test_a_refund_is_payable_again_only_where_neither_customer_nor_state_may_have_the_money(words):
    view = cheque(*words).view()
    free = "remitted" not in words and ("returned" in words or ("refused" in words and "confirmed" not in words))
    assert view.unpaid == (30_000 if free else 0)


@pytest.mark.parametrize(
    ("state", "possible"),
    [("issued", "confirmed refused returned uncertain unclaimed"), ("uncertain", "confirmed refused returned unclaimed"),
     ("unclaimed", "confirmed returned remitted"), ("remitted", ""), ("confirmed", "returned"), ("refused", ""),
     ("returned", "")],
)  # fmt: skip
def test_what_may_be_said_of_a_cheque_from_where_it_stands(state, possible):
    words = {"issued": (), "remitted": ("unclaimed", "remitted")}.get(state, (state,))
    (paid,) = cheque(*words).view().payments
    assert str(paid.state) == state
    assert " ".join(kind.partition(".")[2] for kind in ways(paid)) == possible


def test_the_case_of_an_unclaimed_cheque_is_on_its_way_and_of_a_remitted_one_paid():
    assert cheque("unclaimed").stands == ("paying", ["unclaimed"])
    assert cheque("unclaimed", "remitted").stands == ("paid", ["remitted"])
    assert cheque("unclaimed", "returned").stands == ("booked", ["returned"])


@pytest.mark.parametrize("method", ["ach", "card", "cash", "account", "transfer", "sepa"])
def test_only_a_cheque_is_unclaimed(method):
    story = Paying()
    paid = story.pay(method)
    story.said("unclaimed", paid)
    story.said("remitted", paid)
    (one,) = story.view().payments
    assert (str(one.state), one.unclaimed_on, one.remitted_on) == ("issued", "", "")
    assert not {"payment.unclaimed", "payment.remitted"} & set(ways(one))


@pytest.mark.parametrize("by", ["lena", "max", "ann", "nobody"])
def test_who_may_not_pay_says_nothing_of_a_cheque(by):
    story = Paying()
    paid = story.pay("cheque", cheque=2091)
    story.said("unclaimed", paid, by=by)
    story.said("remitted", paid, by=by)
    assert story.stands == ("paying", ["issued"])


@pytest.mark.parametrize(
    ("words", "wanted"),
    [(("unclaimed",), ["cheque-unclaimed"]), (("unclaimed", "remitted"), ["cheque-unclaimed", "unclaimed-remitted"]),
     (("remitted",), ["cheque-unclaimed", "unclaimed-remitted"]),
     (("unclaimed", "confirmed"), ["cheque-unclaimed", "cheque-cleared"]),
     (("unclaimed", "returned"), ["cheque-unclaimed", "payment-returned"])],
)  # fmt: skip
def test_what_becomes_of_a_cheque_waits_for_the_books_in_the_order_of_its_life(words, wanted):
    assert waits(cheque(*words).view()) == [f"{document}/pay-1" for document in ("payment", *wanted)]


@pytest.mark.parametrize("gone", ["cheque-cleared", "payment-returned"])
def test_a_cheque_that_has_left_the_books_does_not_leave_them_again(gone):
    story = cheque("unclaimed", "confirmed" if gone == "cheque-cleared" else "returned")
    story.book("carl", slot="payment/pay-1")
    story.book("carl", slot=f"{gone}/pay-1")
    assert waits(story.view()) == []


def test_money_that_goes_to_the_state_while_the_case_is_held_is_an_anomaly():
    story = cheque("unclaimed")
    view = story.view()
    story.hold("max", view.basis, view.line_event, *(a.event for a in view.approvals), view.payments[0].event)
    assert story.view().anomalies == []
    story.said("remitted", view.payments[0].event)
    assert story.view().anomalies == ["paid-while-held"]


# -- credits that customers keep ------------------------------------------------------------------------------------


class Keeping(Paying):
    """A case whose 300.00 the customer keeps as a credit."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = self.pay("account")
        self.said("confirmed", self.kept)
        self.uses = 0

    def use(self, amount: int, by: str = "carl", number: str = "", **other: Any) -> str:
        self.uses += 1
        data = {"about": [self.kept], "number": number or f"RA-1-{self.uses:06d}", "invoice": "INV-9", "amount": amount,
                "currency": "USD", "on": "2026-09-10", "why": "", **other}  # fmt: skip
        return self.write(by, "credit.used", **data)


def test_what_is_used_of_a_credit_is_gone_in_any_order_and_waits_for_the_books():
    story = Keeping()
    story.use(10_000)
    story.use(20_000)
    view = same_in_any_order(story)
    (one,) = view.payments
    assert (one.used, one.left, view.anomalies, str(view.state)) == (30_000, 0, [], "paid")
    assert waits(view) == ["kept-on-account/pay-1", "credit-used/RA-1-000001", "credit-used/RA-1-000002"]


def test_a_credit_that_two_machines_used_apart_is_used_once_and_a_person_is_told():
    story = Keeping()
    both = [story.use(20_000), story.use(20_000, by="ada")]
    view = same_in_any_order(story)
    (one,) = view.payments
    assert (one.used, one.left) == (20_000, 10_000)
    assert next(u.event for u in one.uses if u.counts) == min(both)
    assert (view.anomalies, view.evidence["credit-used-twice"]) == (["credit-used-twice"], sorted(both))


def test_what_the_books_have_of_two_uses_is_the_one_that_counts():
    story = Keeping()
    both = [story.use(20_000), story.use(20_000, by="ada")]
    numbers = dict(zip(both, ("RA-1-000001", "RA-1-000002"), strict=True))
    story.book("carl", slot=f"credit-used/{numbers[max(both)]}")
    (one,) = same_in_any_order(story).payments
    assert [u.event for u in one.uses if u.counts] == [max(both)]


def test_one_number_is_used_once():
    story = Keeping()
    story.use(100, number="RA-1-000007")
    story.use(200, number="RA-1-000007")
    view = story.view()
    assert len([u for u in view.payments[0].uses if u.counts]) == 1
    assert view.anomalies == ["credit-used-twice"]


@pytest.mark.parametrize(
    ("by", "other"),
    [("lena", {}), ("ann", {}), ("nobody", {}), ("carl", {"amount": 0}), ("carl", {"amount": -5}),
     ("carl", {"amount": 30_001}), ("carl", {"on": "soon"}), ("carl", {"invoice": ""})],
)  # fmt: skip
def test_a_use_past_the_gate_that_cannot_be_one_takes_nothing(by, other):
    story = Keeping()
    story.use(**{"amount": 100, "by": by, **other})
    assert (story.view().payments[0].used, [s for s in waits(story.view()) if "used" in s]) == (0, [])


def test_what_was_paid_out_is_no_credit():
    story = Paying()
    paid = story.pay("ach")
    story.write("carl", "credit.used", about=[paid], number="RA-1-000001", invoice="INV-9", amount=5, currency="USD",
                on="2026-09-10", why="")  # fmt: skip
    assert (story.view().payments[0].used, story.view().anomalies) == (0, ["credit-used-twice"])


def test_a_credit_that_was_used_and_returned_apart_is_not_paid_twice():
    story = Keeping()
    story.said("returned", story.kept)
    story.use(10_000)
    view = same_in_any_order(story)
    assert (str(view.payments[0].state), view.unpaid, view.anomalies) == ("confirmed", 0, ["credit-used-and-returned"])
    assert "payment-returned/pay-1" not in waits(view)


def test_a_credit_whose_return_is_in_the_books_is_used_no_more():
    story = Keeping()
    story.said("returned", story.kept)
    story.book("carl", slot="kept-on-account/pay-1")
    story.book("carl", slot="payment-returned/pay-1")
    story.use(10_000)
    view = same_in_any_order(story)
    assert (view.payments[0].used, view.unpaid, view.anomalies) == (0, 30_000, ["credit-used-twice"])


def test_a_credit_that_is_used_while_the_case_is_held_is_an_anomaly():
    story = Keeping()
    view = story.view()
    story.hold("max", view.basis, view.line_event, *(a.event for a in view.approvals), story.kept)
    assert story.view().anomalies == []
    story.use(5)
    assert story.view().anomalies == ["paid-while-held"]
