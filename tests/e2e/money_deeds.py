"""What people do in the shop of six currencies, day by day: a table of random deeds, and a history made of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import money_shop
import small_shop

from refundkit.errors import RefusedError
from refundkit.model.money import DIGITS
from refundkit.model.paying import WITHOUT_FEES
from refundkit.model.payments import Method
from refundkit.model.stock import brings_back
from refundkit.model.words import State
from refundkit.workflow import (
    accounts,
    assessing,
    batch_ends,
    booking,
    closing,
    decisions,
    kept,
    paying,
    payment_ends,
    reading,
    stale,
    stocking,
)
from refundkit.workflow.shop import Shop

A_DAY = 6
"""So many deeds are done on a day, twenty minutes to two hours apart: from the morning into the night."""
_A_MONTH: Final = 31
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
                    self.do(
                        Deed(1, user, lambda _, shop: closing.close(shop, f"{first:%Y-%m}", "done", anyway=True)),
                        "close",
                    )
            if number > days // 2 + 2 and not self.done["heard late"]:
                self.do(Deed(1, "carl", heard_late), "heard late")
            for name in self.draw.choices(list(DEEDS), [deed.share for deed in DEEDS.values()], k=A_DAY):
                self.shop.later(minutes=self.draw.randrange(20, 120))
                self.do(DEEDS[name], name)
        if days > _A_MONTH:
            self._what_was_not_drawn()
            self.days.append(self.days[-1] + timedelta(_A_MONTH + 1))  # when nobody has cashed the last cheques
            self.shop.now = datetime.combine(self.days[-1], MORNING)
        for name in AT_LAST:
            self.do(DEEDS[name], name)

    def _what_was_not_drawn(self) -> None:
        """Everything is done at least once, as far as there is something to do it to; some of it takes some tries."""
        for name in ("export", "cheques asked for", "part back", "part back"):
            self.do(DEEDS[name], name)
        for name in 5 * tuple(DEEDS):
            if not self.done[name]:
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
        other = (Method.CHEQUE,) * 5 if view.assessment["currency"] == "USD" else (Method.CASH, Method.TRANSFER)
        method = history.draw.choice((Method.ACCOUNT, Method.ACCOUNT, *other))
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
        if history.draw.random() < 0.5:
            found = [p for p in found if p["method"] != Method.CHEQUE]  # a cheque may lie in a drawer for long
        for payment in history.some(found, most) if found else ():
            earliest = date.fromisoformat(payment["paid_on"])
            on = max(earliest, shop.today - timedelta(history.draw.randrange(12)))
            payment_ends.by_hand(shop, payment["number"], kind, evidence="the bank's letter", on=on)
            history.done[f"{payment['method']} {kind.removeprefix('payment.')}"] += 1
        return len(found)

    return do


def bank_fee(history: History, shop: Shop) -> int:
    """What the bank took for a payment that was refused or came back is told later; for each once."""
    found = [p for p in history.payments(shop, "refused", "returned") if p["method"] not in WITHOUT_FEES]
    for payment in history.some(found, 1) if found else ():
        fee = (Decimal(history.draw.randrange(1, 9)), payment["currency"])
        payment_ends.fee_by_hand(shop, payment["number"], fee, evidence="the statement")
    return len(found)


def cheques_asked_for(history: History, shop: Shop) -> int:
    """Some customers in the books' own currency want cheques."""
    waits = [v for v in history.cases(shop, State.BOOKED) if v.unpaid and v.assessment["currency"] == shop.org.base][:4]
    wanted = paying.Wanted(
        tuple(view.id for view in waits), first_cheque=_first(shop, Method.CHEQUE), instead="asked for"
    )  # fmt: skip
    return _paid(shop, history, Method.CHEQUE, wanted) if waits else 0


def cashed(history: History, shop: Shop) -> int:
    """A cheque is cashed."""
    found = [p for p in history.payments(shop, "issued") if p["method"] == Method.CHEQUE][:1]
    for payment in found:
        payment_ends.by_hand(shop, payment["number"], "payment.confirmed", evidence="the statement")
        history.done["cheque confirmed"] += 1
    return len(found)


def unclaimed(history: History, shop: Shop) -> int:
    """Cheques that nobody has cashed for a month are set aside for the state, and some handed over."""
    found = [p for p in stale.listed(shop) if p.unclaimed_from <= shop.today and p.state != "unclaimed"]
    for payment in history.some(found, 3) if found else ():
        payment_ends.by_hand(shop, payment.number, "payment.unclaimed", evidence="no answer to the letter")
        history.done["cheque unclaimed"] += 1
    return len(found)


def handed_over(history: History, shop: Shop) -> int:
    """The state has got the money of a cheque."""
    found = history.payments(shop, "unclaimed")[:1]
    for payment in found:
        payment_ends.by_hand(shop, payment["number"], "payment.remitted", evidence="the state's receipt")
    return len(found)


def use_credit(history: History, shop: Shop) -> int:
    """Customers who keep a credit pay an open invoice with it, in whole or in part."""
    count = 0
    for customer in sorted({p["customer_id"] for p in history.payments(shop, "confirmed") if p["method"] == "account"}):
        known = accounts.customer(shop, customer)
        credit = {money.currency: money.minor for money in known.credit}
        for invoice in known.invoices:
            most = min(credit.get(invoice.open.currency, 0), invoice.open.minor)
            if most > 0:
                part = most if history.draw.random() < 0.5 else max(1, most // 2)
                amount = Decimal(part).scaleb(-DIGITS[invoice.open.currency])
                kept.apply(shop, customer, invoice.invoice, amount)
                count += 1
                break
    return count


def part_back(history: History, shop: Shop) -> int:
    """Parts that came back go into stock or, one in three, to scrap."""
    found = [view for view in _with_parts(history, shop) if not any(s.counts for s in view.stock)]
    for view in history.some(found, 3) if found else ():
        scrap = history.done["part"] % 3 == 0
        stocking.stock_back(shop, view.id, _cost(history), scrap=scrap, evidence="on the shelf")
        history.done["part"] += 1
    return len(found)


def part_corrected(history: History, shop: Shop) -> int:
    """Another cost is said of a part that came back."""
    found = [view for view in _with_parts(history, shop) if any(s.counts for s in view.stock)]
    for view in history.some(found, 1) if found else ():
        stocking.stock_back(shop, view.id, _cost(history), scrap=False, evidence="counted again", corrects=True)
    return len(found)


def _with_parts(history: History, shop: Shop) -> list[Any]:
    states = (State.APPROVED, State.BOOKED, State.PAYING, State.PAID)
    return [view for view in history.cases(shop, *states) if brings_back(view)]


def _cost(history: History) -> Decimal:
    return Decimal(history.draw.randrange(500, 40_000)) / 100


def heard_late(history: History, shop: Shop) -> int:
    """A payment came back on the last day of a month that is closed by now."""
    closed = closing.closed_months(shop)
    found = [
        p for p in history.payments(shop, "issued", "uncertain", "confirmed")
        if p["paid_on"][:7] in closed and p["method"] not in WITHOUT_FEES
    ][:1]  # fmt: skip
    for payment in found:
        last = max(date.fromisoformat(f"{month}-01") for month in closed).replace(day=30)
        payment_ends.by_hand(shop, payment["number"], "payment.returned", evidence="a letter, found late", on=last)
    return len(found)


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
    "cheques asked for": Deed(1, "carl", cheques_asked_for),
    "cashed": Deed(1, "carl", cashed),
    "bank fee": Deed(1, "carl", bank_fee),
    "unclaimed": Deed(2, "carl", unclaimed),
    "handed over": Deed(1, "carl", handed_over),
    "credit used": Deed(2, "carl", use_credit),
    "part back": Deed(2, "carl", part_back),
    "part corrected": Deed(1, "carl", part_corrected),
    "nobody knows": Deed(1, "carl", end("payment.uncertain", 2, "issued")),
}
"""Whatever else can happen to a refund's books is a function and a line here."""
AT_LAST = (
    "unclaimed", "handed over", "cashed", "ask which", "decide", "agree", "decide", "agree", "export", "answer", "revise", "revise",
    "export",
)  # fmt: skip
