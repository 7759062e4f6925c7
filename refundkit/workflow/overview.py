"""What needs doing now, and the command for each."""

from __future__ import annotations

from dataclasses import dataclass

from refundkit.model.words import State
from refundkit.store import batches, cases, leftovers, payments, statements, stock
from refundkit.workflow import policy, reconciling, reminders, stale
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class ToDo:
    """One thing to do: how many, what, and the next command."""

    count: int
    what: str
    command: str


def now(shop: Shop) -> list[ToDo]:
    """Everything that waits, the most pressing first."""
    by_state: dict[str, int] = {}
    waiting: list[ToDo] = []
    for state, level, paused, count in cases.by_state(shop.store):
        if paused:
            continue  # among the held, or those with a question
        by_state[state] = by_state.get(state, 0) + count
        if state == State.AWAITING:
            waiting.append(ToDo(count, f"wait for a {level}", f"refundkit list --ready --level {level}"))
    rejects = leftovers.last_rejects(shop.store)
    found = [
        *_unwritten(shop),
        ToDo(by_state.get(State.CONFLICT, 0), "are in conflict: settle them", "refundkit list --state conflict"),
        ToDo(
            cases.counted(shop.store, {"unsettled": 1}),
            "have an anomaly that nobody has settled",
            "refundkit list --unsettled",
        ),
        ToDo(cases.counted(shop.store, {"held": 1}), "are held until a manager releases them", "refundkit list --held"),
        ToDo(cases.counted(shop.store, {"asked": 1}), "have a question to answer", "refundkit list --asked"),
        *waiting,
        ToDo(reminders.overdue(shop), "are due a reminder", "refundkit escalate"),
        ToDo(
            cases.counted(shop.store, {"withdrawn_by_mail": "withdrawal"}),
            "are taken back by a message: withdraw them",
            "refundkit list --noted withdrawal",
        ),
        ToDo(
            by_state.get(State.REVIEW, 0),
            "need a look: amend, override or deny",
            "refundkit list --ready --state review",
        ),
        ToDo(by_state.get(State.RECEIVED, 0), "were never assessed", "refundkit assess"),
        ToDo(
            cases.counted(shop.store, {"bookable": 1}), "are approved and not booked", "refundkit export hledger -o DIR"
        ),
        *_money(shop),
        ToDo(rejects, "rows of the last import were rejected", "refundkit import --rejected"),
        ToDo(
            int(policy.edited(shop)), "edited policy file is not adopted", "refundkit policy check, then policy adopt"
        ),
    ]
    return [todo for todo in found if todo.count]


def _unwritten(shop: Shop) -> list[ToDo]:
    """Batches that an interruption left without their files: the same command writes them."""
    methods = {b["batch"]: b["method"] for b in payments.batches(shop.store)}
    paying = [methods[batch] for batch, _ in payments.unwritten(shop.store)]
    return [
        ToDo(len(batches.unwritten(shop.store)), "batches whose files were not written yet",
             "refundkit export FORMAT -o DIR"),
        ToDo(len(paying), "batches of payments whose files were not written yet",
             f"refundkit pay {paying[0] if paying else 'METHOD'} -o DIR"),
    ]  # fmt: skip


def _money(shop: Shop) -> list[ToDo]:
    """What is booked and unpaid, paid and not proved, not in the books, or left open by a statement."""
    unbooked = "unbooked" if shop.policy.payments.journal else "unbooked-account"
    refused = [b["batch"] for b in batches.listed(shop.store) if b["outcome"] == "refused" and not b["revised"]]
    return [
        ToDo(len(refused), "batches that the accounting system refused",
             f"refundkit export revise {refused[0] if refused else 'BATCH'} -o DIR"),
        ToDo(cases.counted(shop.store, {"to_pay": 1}), "are booked and to be paid", "refundkit pay --plan"),
        ToDo(payments.counted(shop.store, "uncertain"), "payments are uncertain: only evidence ends them",
             "refundkit report uncertain"),
        ToDo(statements.counted(shop.store, reconciling.OPEN), "lines of statements wait for a person",
             "refundkit reconcile --open"),
        ToDo(payments.counted(shop.store, "issued"), "payments are on their way: statements say what became of them",
             "refundkit reconcile STATEMENT"),
        ToDo(len(stale.listed(shop)), "cheques that nobody cashes grow stale", "refundkit payment list --stale"),
        ToDo(len(stock.unbooked(shop.store)), "have returned parts that are not in the books yet",
             "refundkit export hledger -o DIR"),
        ToDo(payments.counted(shop.store, unbooked), "payments or their ends are not in the books yet",
             "refundkit export hledger -o DIR"),
    ]  # fmt: skip


def totals(shop: Shop) -> list[tuple[str, int]]:
    """(state, how many cases), for all states there are."""
    found: dict[str, int] = {}
    for state, _, _, count in cases.by_state(shop.store):
        found[state] = found.get(state, 0) + count
    return sorted(found.items())
