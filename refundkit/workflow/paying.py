"""Pays booked refunds: attempt, key and amount are in the ledger before a file exists; the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from refundkit.errors import RefusedError, UsageError
from refundkit.exporters import files as writing
from refundkit.exporters.payments import registry
from refundkit.exporters.payments.contract import PaymentContext, Void
from refundkit.exporters.payments.read_me import read_me_first
from refundkit.model.case import CONFIRMED, ISSUED, CaseView
from refundkit.model.money import Money
from refundkit.model.org import PAYMENT_BATCH
from refundkit.model.payments import TO_A_BANK, Method, Payee, Payment
from refundkit.model.people import Act
from refundkit.model.words import State
from refundkit.rules.paying import Part
from refundkit.store import cases, payments
from refundkit.workflow import cheques, payees
from refundkit.workflow.booking import line_key, owns_the_right, why_not
from refundkit.workflow.payment_files import batch_named, complete, opened, put, seal_files
from refundkit.workflow.pen import Pen
from refundkit.workflow.shop import Shop
from refundkit.workflow.ways_back import name_of, ways_of, wrong_currency

NO_FILE: Final = frozenset({Method.ACCOUNT})
"""Methods that need no file: the customer keeps the money with the shop."""


@dataclass(frozen=True)
class PaidOut:
    """A batch of payments: what went out and where its files lie. `left`: cases that could not be paid, and why.

    `voids`: numbers of cheques that the batch's list tells the bank are void.
    """

    batch: str
    method: str
    payments: tuple[Payment, ...]
    totals: tuple[Money, ...]
    files: tuple[Path, ...]
    completed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    voids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ready:
    """A payment about to be written, with the case it pays."""

    view: CaseView
    payment: Payment
    slot: str
    part: Part


@dataclass(frozen=True)
class Wanted:
    """What a person said: which cases ('' for all), the day, the first cheque's number, why another way is taken."""

    named: Sequence[str] = ()
    on: date | None = None
    first_cheque: int = 0
    instead: str = ""


def pay(shop: Shop, method: str, folder: Path, wanted: Wanted, *, dry_run: bool = False) -> PaidOut:
    """Pay what is booked and goes this way, and write the files that do it.

    Raise RefusedError, with nothing written, when a file cannot say something, when the right to pay is another
    machine's, or when a case that was named cannot be paid this way.
    """
    shop.require(Act.PAY)
    if method not in Method.__members__.values():
        raise UsageError(f"there is no way to pay called '{method[:40]}'", hint=f"one of: {', '.join(Method)}")
    completed = () if dry_run else complete(shop, folder)
    with shop.write(keep=not dry_run) as pen:
        owns_the_right(shop)
        ready, left = _ready(shop, pen, method, wanted)
        if wanted.named and left:
            raise RefusedError("; ".join(left[:3]), hint="nothing was paid; 'refundkit pay --plan' shows every way")
        voided = cheques.to_be_voided(shop) if method == Method.CHEQUE else []
        if not ready and not voided:
            return PaidOut("", method, (), (), (), completed, tuple(left))
        batch = f"P{shop.org.epoch}-{len(payments.batches(shop.store)) + 1:04d}"
        made = _files(shop, method, batch, [one.payment for one in ready], [one.void for one in voided])
        writing.check_places(folder, made)
        _record(shop, pen, method, batch, ready, voided, made)
        if made and not dry_run:
            seal_files(shop, pen, batch, folder, made)
    paid = tuple(one.payment for one in ready)
    paths = tuple(folder / name for name, _ in made) if dry_run else tuple(put(shop, batch, folder, made))
    numbers = tuple(one.void.payment.cheque for one in voided)
    return PaidOut(batch, method, paid, totals(paid), paths, completed, tuple(left), numbers)


def again(shop: Shop, batch: str, folder: Path) -> PaidOut:
    """Write the files of a batch once more: the very same bytes. Nothing is paid by it."""
    found = batch_named(shop, batch)
    paths = writing.safe_write(folder, opened(shop, found))
    amounts = tuple(Money(minor, currency) for currency, minor in found["totals"])
    return PaidOut(batch, found["method"], (), amounts, tuple(paths))


def listed(shop: Shop) -> list[dict[str, Any]]:
    """All batches of payments, oldest first."""
    return payments.batches(shop.store)


def totals(paid: Sequence[Payment]) -> tuple[Money, ...]:
    """The sum of some payments in each currency."""
    sums: dict[str, int] = {}
    for payment in paid:
        sums[payment.currency] = sums.get(payment.currency, 0) + payment.amount
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _ready(shop: Shop, pen: Pen, method: str, wanted: Wanted) -> tuple[list[Ready], list[str]]:
    """The payments that can be made this way, in the order of their cases, and what cannot with the reason."""
    keys = [cases.find(shop.store, name) for name in wanted.named]
    candidates = keys or cases.keys_in(shop.store, {State.BOOKED, State.PAYING})
    number, cheque = payments.last_number(pen.connection, shop.org.epoch), wanted.first_cheque
    if method == Method.CHEQUE:
        cheque = cheques.first_number(pen, wanted.first_cheque)
    ready: list[Ready] = []
    left: list[str] = []
    taken: dict[str, int] = {}
    for key in dict.fromkeys(candidates):
        view = shop.case(key)
        parts, reason = _parts(shop, pen, view, method, wanted, taken)
        if reason and (wanted.named or parts):
            left.append(f"{view.id}: {reason}")
        for part in parts if not reason else ():
            payee, problem = _payee(shop, view, method)
            if problem:
                left.append(f"{view.id}: {problem}")
                break
            number += 1
            slot = f"pay-{len(view.payments) + sum(r.view.key == key for r in ready) + 1}"
            ready.append(_one(shop, view, part, slot, number, cheque, payee, wanted))
            cheque += 1 if cheque else 0
            if part.payment_id:
                taken[part.payment_id] = taken.get(part.payment_id, 0) + part.amount
    return ready, left


def _parts(
    shop: Shop, pen: Pen, view: CaseView, method: str, wanted: Wanted, taken: dict[str, int]
) -> tuple[list[Part], str]:
    """The parts of a case that go this way, and why they cannot ('' when they can)."""
    if view.state not in (State.BOOKED, State.PAYING) or not view.unpaid:
        return [], f"it is {view.state}, and nothing of it waits to be paid"
    parts = ways_of(shop, pen.connection, view, taken)
    mine = [part for part in parts if part.method == method]
    if not mine and wanted.named:
        beyond = sum(part.amount for part in parts if not part.method)
        free = _another_way_is_free(shop, view, parts)
        if not (free or beyond):
            ways = ", ".join(sorted({part.method for part in parts}))
            return [], f"the policy pays it back as it was paid ({ways}); another way needs a refused payment first"
        if shop.policy.payments.method != "free" and not wanted.instead.strip():
            return [], "it goes back another way; say why not: --instead REASON"
        amount = view.unpaid if free else beyond
        mine = [Part(method, amount, "", "", wanted.instead or "the person who pays chooses")]
    return mine, why_not(view) if mine else "no part of it goes this way"


def _another_way_is_free(shop: Shop, view: CaseView, parts: Sequence[Part]) -> bool:
    """Whether all that is unpaid may go another way than the planned one, when a person says why.

    A policy that forces the original way opens another when that one has failed or no file can say its currency.
    """
    forced = shop.policy.payments.method == "force"
    return not forced or _was_refused(view) or any(wrong_currency(shop, view, part.method) for part in parts)


def _was_refused(view: CaseView) -> bool:
    return any(not p.counts for p in view.payments)


def _payee(shop: Shop, view: CaseView, method: str) -> tuple[Payee | None, str]:
    if problem := wrong_currency(shop, view, method):
        return None, problem
    if method not in TO_A_BANK:
        return None, ""
    return payees.usable(shop, (view.assessment or {}).get("customer_id", ""))


def _one(
    shop: Shop, view: CaseView, part: Part, slot: str, number: int, cheque: int, payee: Payee | None, wanted: Wanted
) -> Ready:
    found, line = view.assessment or {}, view.line or {}
    payment = Payment(
        key=line_key(shop.org.ledger, view.key, slot), number=f"RP-{shop.org.epoch}-{number:06d}", case=view.id,
        settles=line["memo"], customer_id=found["customer_id"],
        customer_name=name_of(shop, found["customer_id"]), invoice=found["invoice"], reason=view.request["reason"],
        method=part.method, amount=part.amount, currency=found["currency"], on=wanted.on or shop.today,
        original=part.original if part.method == Method.CARD else "", payee=payee,
        cheque=cheque if part.method == Method.CHEQUE else 0,
        lines=cheques.stub_lines(shop, view) if part.method == Method.CHEQUE else (),
    )  # fmt: skip
    return Ready(view, payment, slot, part)


def _files(
    shop: Shop, method: str, batch: str, paid: Sequence[Payment], voids: Sequence[Void]
) -> list[tuple[str, bytes]]:
    """The files of a batch; RefusedError naming case and field when one cannot be written."""
    if method in NO_FILE:
        return []
    exporter = registry.load(method)
    today = sum(1 for b in payments.batches(shop.store) if b["method"] == method and _day(shop, b) == shop.today)
    context = PaymentContext(
        batch, shop.policy.shop.company, shop.now.astimezone(shop.zone), shop.today, shop.policy.payments, today,
        tuple(voids),
    )  # fmt: skip
    problems = exporter.check(paid, context)
    if problems:
        raise RefusedError(
            f"these payments cannot be written for {method}:\n  " + "\n  ".join(problems),
            hint="mend the policy, the payee or the record and pay again; nothing was paid",
        )
    made = [(f"P-{method}-{batch}{end}", content) for end, content in exporter.write(paid, context)]
    end, text = read_me_first(exporter, paid, context, [name for name, _ in made])
    return [*made, (f"P-{method}-{batch}{end}", text)]


def _day(shop: Shop, batch: dict[str, Any]) -> date:
    return datetime.fromtimestamp(batch["at_ms"] / 1000, UTC).astimezone(shop.zone).date()


def _record(
    shop: Shop, pen: Pen, method: str, batch: str, ready: Sequence[Ready], voided: Sequence[cheques.Voided],
    made: Sequence[tuple[str, bytes]],
) -> None:  # fmt: skip
    """The batch and each of its payments, as events. Nothing in them says where the money goes.

    A batch of cheques says by which `layout` the bank was told of them, '' when it was not, and which it was told are
    void: the next list then names neither again.
    """
    sums = [[money.currency, money.minor] for money in totals([one.payment for one in ready])]
    kept = [{"name": name, "sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in made]
    pen.append(
        PAYMENT_BATCH,
        {"batch": batch, "method": method, "who": shop.actor.user, "payments": len(ready), "totals": sums,
         "files": kept, "layout": shop.policy.payments.cheque.positive_pay if method == Method.CHEQUE else "",
         "voids": [one.event for one in voided]},
    )  # fmt: skip
    for one in ready:
        payment, basis = one.payment, one.view.line_event
        event = pen.append(
            ISSUED,
            {
                "key": payment.key, "slot": one.slot, "number": payment.number, "method": method,
                "amount": payment.amount, "currency": payment.currency, "on": payment.on.isoformat(), "batch": batch,
                "settles": payment.settles, "original": payment.original, "payment_id": one.part.payment_id,
                "cheque": payment.cheque, "epoch": shop.org.epoch, "policy": shop.org.policy_hash, "why": one.part.why,
            },
            case=one.view.key, deps=[basis],
        )  # fmt: skip
        if method in NO_FILE:
            evidence = {"source": "refundkit", "text": "the customer keeps it as a credit with the shop"}
            data = {"ends": [event.id], "on": payment.on.isoformat(), "evidence": evidence}
            pen.append(CONFIRMED, data, case=one.view.key, deps=[event.id])
        pen.project(shop.store, one.view.key, shop.org)
