"""What people do in the shop of six currencies, day by day: a table of random deeds, and a history made of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import money_shop
import small_shop

from refundkit.errors import RefusedError
from refundkit.model.money import DIGITS
from refundkit.model.payments import Method
from refundkit.model.words import State
from refundkit.workflow import assessing, batch_ends, booking, closing, decisions, paying, payment_ends, reading
from refundkit.workflow.shop import Shop

A_DAY = 6
"""So many deeds are done on a day, twenty minutes to two hours apart: from the morning into the night."""
MORNING = time(15, tzinfo=UTC)
"""Ten in Chicago; what is done in the evening is done on the next day in UTC."""


class History:
    """What was done to a shop that exports in one format. `done`: how often each deed did something."""

    def __init__(self, shop: small_shop.SmallShop, records: money_shop.MoneyShop, form: str, seed: int) -> None:
        self.shop, self.records, self.form, self.draw = shop, records, form, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.refused: list[str] = []
        self.asked: dict[str, money_shop.Request] = {}
        self.days: list[date] = []

    @property
    def books(self) -> Path:
        """Where the journals go."""
        return self.shop.folder / "books"

    def make(self, first: date, days: int) -> None:
        """Live through so many days, the first half in a month that is closed soon after. Then all that waits is done."""
        for number in range(days):
            today = first + timedelta(number)
            self.days.append(today)
            self.shop.now = datetime.combine(today, MORNING)
            self._ask([r for r in self.records.requests if r.day == number])
            if number == days // 3:
                self.shop.adopt({"returns": {"tax_on_restocking": '"full"'}})
            if number == days // 2 + 2:
                for user in ("carl", "max"):
                    self.do(Deed(1, user, lambda _, shop: closing.close(shop, f"{first:%Y-%m}", "done")), "close")
            for name in self.draw.choices(list(DEEDS), [deed.share for deed in DEEDS.values()], k=A_DAY):
                self.shop.later(minutes=self.draw.randrange(20, 120))
                self.do(DEEDS[name], name)
        for name in (
            "ask which",
            "decide",
            "agree",
            "decide",
            "agree",
            "export",
            "answer",
            "revise",
            "revise",
            "export",
        ):
            self.do(DEEDS[name], name)

    def do(self, deed: Deed, name: str) -> None:
        """Do one deed; what the program refuses is part of the story."""
        with self.shop.open(deed.user) as opened:
            try:
                self.done[name] += bool(deed.do(self, opened))
            except RefusedError as err:
                self.refused.append(f"{name}: {err}")

    def _ask(self, requests: Sequence[money_shop.Request]) -> None:
        if not requests:
            return
        rows = [r.row(self.shop.now, len(self.asked) + n) for n, r in enumerate(requests)]
        self.asked.update(zip(self.shop.take_in(*rows), requests, strict=True))

    def cases(self, shop: Shop, *states: State) -> list[Any]:
        """The cases in these states, in the order in which they came in: the same in every copy of the shop."""
        there = {row["id"] for state in states for row in reading.listed(shop, {"state": state})}
        return [shop.find(case) for case in self.asked if case in there]

    def payments(self, shop: Shop, *states: str) -> list[dict[str, Any]]:
        """The payments in these states, in the order of their numbers."""
        return sorted((p for p in payment_ends.listed(shop) if p["state"] in states), key=lambda p: p["number"])

    def some(self, found: Sequence[Any], most: int) -> list[Any]:
        """A few of them, as drawn."""
        return self.draw.sample(found, min(len(found), self.draw.randrange(1, most + 1)))


def ask_which(history: History, shop: Shop) -> int:
    """Goodwill comes without an invoice: somebody asks which it is about."""
    found = [view for view in history.cases(shop, State.REVIEW) if not view.assessment["invoice"]]
    for view in found:
        decisions.amend(shop, view.id, {"invoice": history.asked[view.id].invoice}, "by telephone")
    return len(found)


def decide(history: History, shop: Shop) -> int:
    """A manager looks at what waits: sets findings aside; says yes to it, to less or to more, or no."""
    draw = history.draw
    waits = [
        v for v in history.cases(shop, State.REVIEW, State.AWAITING) if v.assessment["invoice"] and not v.approvals
    ]
    stopped = {view.id: draw.choice((decisions.deny, decisions.withdraw)) for view in waits if draw.random() < 0.04}
    for case, no in stopped.items():
        no(shop, [case], "not this time")
    history.done["stopped"] += len(stopped)
    named = [view.id for view in waits if view.id not in stopped]
    if named:
        assessing.run(shop, named)
    for case in named:
        for finding in shop.find(case).open_findings():
            decisions.override(shop, case, finding[0], "looked at")
    agreed = {case: _amount(history, shop.find(case)) for case in named}
    as_it_is = [case for case, amount in agreed.items() if amount is None]
    said = decisions.approve(shop, as_it_is) if as_it_is else []
    for case, amount in agreed.items():
        if amount is not None:
            said += decisions.approve(shop, [case], amount=amount, note="agreed by telephone")
    history.refused += [f"approve: {one.refused}" for one in said if one.refused]
    return sum(one.refused is None for one in said)


def _amount(history: History, view: Any) -> Decimal | None:
    """What a manager agrees to, None for what is payable."""
    draw, payable = history.draw, view.assessment["payable"]
    if not payable:  # nobody has paid the invoice, or nothing proves the reason
        return _exact(view, draw.randrange(500, 9_000))
    if (chance := draw.random()) < 0.1:
        return _exact(view, max(1, payable // 2))
    return _exact(view, payable + payable // 9 + 1) if chance < 0.18 else None


def _exact(view: Any, minor: int) -> Decimal:
    return Decimal(minor).scaleb(-DIGITS[view.assessment["currency"]])


def agree(history: History, shop: Shop) -> int:
    """A second manager says yes to what takes two."""
    count = 0
    for view in history.cases(shop, State.AWAITING, State.REVIEW):
        for approval in view.approvals:
            said = decisions.approve(shop, [view.id], amount=_exact(view, approval.amount), note="I agree")
            count += sum(one.refused is None for one in said)
    return count


def revoke(history: History, shop: Shop) -> object:
    """An approval is taken back before it is booked."""
    found = history.cases(shop, State.APPROVED)
    return found and decisions.revoke(shop, [history.draw.choice(found).id], "look again")


def export(history: History, shop: Shop) -> object:
    """What is approved and what was paid goes into the journal."""
    return booking.export(shop, history.form, history.books).batch


def answer(history: History, shop: Shop) -> int:
    """The accounting system has taken batches, or refused them."""
    open_ = [b for b in booking.listed(shop) if not b["outcome"] and not b["revised"]]
    for batch in open_:
        batch_ends.confirm(shop, batch["batch"], "account unknown" if history.draw.random() < 0.4 else "")
    return len(open_)


def revise(history: History, shop: Shop) -> int:
    """Batches that were refused are written anew."""
    found = [b["batch"] for b in booking.listed(shop) if b["outcome"] == batch_ends.REFUSED and not b["revised"]]
    for batch in found:
        batch_ends.revise(shop, batch, history.books)
    return len(found)


def pay(method: Method) -> Callable[[History, Shop], int]:
    """Everything that goes back this way by itself is paid, now and then for tomorrow."""

    def do(history: History, shop: Shop) -> int:
        on = shop.today + timedelta(1) if history.draw.random() < 0.2 else None
        return _paid(shop, history, method, paying.Wanted(on=on, first_cheque=_first(shop, method)))

    return do


def pay_otherwise(history: History, shop: Shop) -> int:
    """Some refunds go another way than the invoice was paid: the customer asked for it, or the first way was closed."""
    count = 0
    for view in history.some([v for v in history.cases(shop, State.BOOKED) if v.unpaid], 6):
        method = history.draw.choice((Method.ACCOUNT, Method.ACCOUNT, Method.CHEQUE, Method.CASH, Method.TRANSFER))
        wanted = paying.Wanted((view.id,), first_cheque=_first(shop, method), instead="asked for")
        count += _paid(shop, history, method, wanted)
    return count


def _paid(shop: Shop, history: History, method: Method, wanted: paying.Wanted) -> int:
    made = len(paying.pay(shop, method, shop.store.path.parent / "bank", wanted).payments)
    history.done[method] += made
    return made


def _first(shop: Shop, method: Method) -> int:
    return 2091 if method == Method.CHEQUE and not any(p["cheque"] for p in payment_ends.listed(shop)) else 0


def end(kind: str, most: int, *states: str) -> Callable[[History, Shop], int]:
    """Some payments in these states end so, today or on one of the days before."""

    def do(history: History, shop: Shop) -> int:
        found = [p for p in history.payments(shop, *states) if p["paid_on"] <= shop.today.isoformat()]
        for payment in history.some(found, most) if found else ():
            earliest = date.fromisoformat(payment["paid_on"])
            on = max(earliest, shop.today - timedelta(history.draw.randrange(12)))
            payment_ends.by_hand(shop, payment["number"], kind, evidence="the bank's letter", on=on)
            history.done[f"{payment['method']} {kind.removeprefix('payment.')}"] += 1
        return len(found)

    return do


@dataclass(frozen=True)
class Deed:
    """How often it is drawn beside the others, who does it, and what it does: something that is true if it did."""

    share: int
    user: str
    do: Callable[[History, Shop], object]


DEEDS = {
    "ask which": Deed(2, "ada", ask_which),
    "decide": Deed(4, "max", decide),
    "agree": Deed(2, "mona", agree),
    "revoke": Deed(2, "max", revoke),
    "export": Deed(6, "carl", export),
    "answer": Deed(2, "cleo", answer),
    "revise": Deed(2, "carl", revise),
    "pay by card": Deed(2, "carl", pay(Method.CARD)),
    "pay in cash": Deed(2, "carl", pay(Method.CASH)),
    "pay by cheque": Deed(2, "carl", pay(Method.CHEQUE)),
    "pay by transfer": Deed(2, "carl", pay(Method.TRANSFER)),
    "pay by ach": Deed(2, "carl", pay(Method.ACH)),
    "pay by sepa": Deed(2, "carl", pay(Method.SEPA)),
    "pay otherwise": Deed(3, "carl", pay_otherwise),
    "arrived": Deed(5, "carl", end("payment.confirmed", 9, "issued", "uncertain")),
    "refused": Deed(2, "carl", end("payment.refused", 3, "issued", "uncertain")),
    "came back": Deed(2, "carl", end("payment.returned", 3, "issued", "uncertain", "confirmed")),
    "nobody knows": Deed(1, "carl", end("payment.uncertain", 2, "issued")),
}
"""Whatever else can happen to a refund's books is a function and a line here."""
