"""What was paid, and what became of it, is what the set of the events says: in any order, and past every gate."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from stories import ORG, Story

from refundkit.model.booking import Document
from refundkit.model.case import CaseView
from refundkit.model.fold import fold
from refundkit.rules.payment_booking import due, slot

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
