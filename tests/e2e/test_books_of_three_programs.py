"""Whatever happens to refunds, hledger, ledger and beancount take all their journals and owe what the report says, every day."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import command_line
import money_deeds
import money_shop
import programs
import pytest
import reading

from refundkit.exporters.journals.contract import JournalContext
from refundkit.exporters.pages import Drawn
from refundkit.exporters.payments import printing
from refundkit.model.booking import Booking, Document
from refundkit.model.money import DIGITS
from refundkit.model.payments import Method
from refundkit.model.words import State
from refundkit.workflow import accounts, booking, payment_ends, verifying

ACCOUNTS = {
    "refunds", "sales_tax", "refunds_payable", "goodwill", "customer_credits", "restocking_fees", "receivable",
    "realised_fx", "processor_clearing", "bank", "cash", "cheques_outstanding", "bank_fees", "unclaimed_property",
    "inventory", "cost_of_goods", "scrap",
}  # fmt: skip
"""What a history of sixty days must have had to do with, at least."""
CONTEXT = JournalContext("", {})
"""What a reader of plain text needs besides the files: nothing."""


@pytest.fixture(autouse=True)
def _no_paper(monkeypatch):
    """Cheques and receipts are not drawn: their sheets are proved elsewhere, and would take most of the time."""
    monkeypatch.setattr(printing, "draw", lambda page, css: Drawn(b"%PDF-1.7\n", 1, frozenset()))


class Books:
    """A history in the books of one program: the journals of all its batches, in one main file."""

    def __init__(self, history: money_deeds.History, folder: Path) -> None:
        self.history, self.name, self.folder = history, history.form, folder
        folder.mkdir()
        with history.shop.open() as shop:
            assert accounts.unbooked(shop) == []
            batches = [batch for batch in booking.listed(shop) if not batch["revised"]]
        self.files = [
            (file["name"], (history.books / file["name"]).read_bytes())
            for batch in batches
            for file in batch["files"]
            if file["name"].endswith(programs.ENDS[self.name])
        ]
        self.main = programs.books(self.name, folder, self.files)

    def owed(self) -> dict[date, Decimal]:
        """What `report liability` says at the end of every day, from the first document's, as Refunds payable has it."""
        first, last = min(d.posted_on for d in self.documents()), self.history.days[-1] + timedelta(2)
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        said = [command_line.inside(self.history.shop, "report", "liability", "--at", day, "--json") for day in days]
        return {day: -Decimal(json.loads(one.out)["total"]["amount"]) for day, one in zip(days, said, strict=True)}

    def account(self, key: str) -> str:
        with self.history.shop.open() as shop:
            return shop.policy.accounts.of(self.name).name(key)

    def documents(self) -> list[Booking]:
        """Every document of every case, as the ledger holds them."""
        with self.history.shop.open() as shop:
            views = [shop.find(case) for case in self.history.asked]
        return [Booking.from_data(line["booking"]) for view in views for line in view.booked.values()]


def history(folder: Path, name: str, seed: int, *, cases: int, days: int) -> money_deeds.History:
    """Make a shop and live through so many days, half of them before a month's end."""
    records = money_shop.MoneyShop(seed, cases, days)
    made = money_deeds.History(money_shop.make(folder / "shop", records), records, name, seed)
    made.make(date(2026, 10, 1) - timedelta(days // 2), days)
    print(dict(made.done), *made.refused, sep="\n")
    return made


def check(books: Books, seed: int) -> None:
    """Hold a history against its books in the program."""
    assert programs.judged(books.name, books.main) == (0, "")
    owed = books.owed()
    assert len(owed) > len(books.history.days) // 2
    assert programs.balances(books.name, books.main, books.account("refunds_payable"), owed) == owed
    _every_document_once(books)
    _one_cent_is_seen(books, random.Random(seed))


def _every_document_once(books: Books) -> None:
    """What the files say, read by code that shares nothing with their writers, is what the ledger holds of each case."""
    documents = books.documents()
    written = Counter(
        row
        for name, content in books.files
        if not name.endswith("-alone.beancount")
        for row in reading.READERS[books.name]([(name, content)], CONTEXT)
    )
    assert written == Counter(
        reading.Row(d.posted_on, d.memo, d.case, books.account(e.account), Decimal(e.amount).scaleb(-DIGITS[d.base]))
        for d in documents
        for e in d.entries
    )
    kinds = Counter(d.document for d in documents)
    assert len({d.memo for d in documents}) == len(documents)
    with books.history.shop.open() as shop:
        assert verifying.verify(shop).problems == []
        payments = payment_ends.listed(shop)
        credited = books.history.cases(shop, State.BOOKED, State.PAYING, State.PAID)
    ended = Counter(payment["state"] for payment in payments)
    assert Counter(d.case for d in documents if d.document == Document.CREDIT_MEMO) == Counter(v.id for v in credited)
    assert {d.memo for d in documents if d.document in (Document.PAYMENT, Document.KEPT_ON_ACCOUNT)} == {
        payment["number"] for payment in payments
    }
    assert kinds[Document.PAYMENT_RETURNED] == ended["refused"] + ended["returned"]
    assert kinds[Document.CHEQUE_CLEARED] == books.history.done["cheque confirmed"]


def _one_cent_is_seen(books: Books, draw: random.Random) -> None:
    """One cent more in any posting of any batch."""
    name, content = draw.choice([f for f in books.files if programs.amounts_in(f[1])])
    place = draw.choice(programs.amounts_in(content))
    (books.folder / name).write_bytes(programs.one_cent_more(content, place))
    status, said = programs.judged(books.name, books.main)
    assert status != 0
    assert said
    (books.folder / name).write_bytes(content)


INSTALLED = [name for name in programs.ENDS if programs.WHERE[name]]


@pytest.mark.skipif(not INSTALLED, reason="; ".join(programs.INSTALL.values()))
def test_a_short_history_is_in_the_books_on_every_day(tmp_path, seed):
    name = random.Random(seed).choice(INSTALLED)
    made = history(tmp_path, name, seed, cases=6, days=4)
    check(Books(made, tmp_path / "books"), seed)


@pytest.mark.slow
@programs.EACH
def test_three_hundred_refunds_of_sixty_days_are_in_the_books_on_every_day(name, tmp_path, seed):
    made = history(tmp_path, name, seed, cases=345, days=60)
    books = Books(made, tmp_path / "books")
    check(books, seed)
    _everything_happened(books)


def _everything_happened(books: Books) -> None:
    """The history was worth the name: every scenario, way, end and deed, in six currencies, and a month closed."""
    documents, done = books.documents(), books.history.done
    memos = [d for d in documents if d.document == Document.CREDIT_MEMO]
    assert len(memos) >= 300
    assert {d.document for d in documents} == set(Document)
    assert {e.account for d in documents for e in d.entries} >= ACCOUNTS
    assert {d.currency for d in memos} == set(money_shop.PER_USD)
    assert {d.reason for d in memos} == set(money_shop.WRONG)
    deeds = [deed for deed in money_deeds.DEEDS if not deed.startswith("pay by")]  # there may be nobody to be paid so
    assert [deed for deed in [*deeds, "stopped", "close", *Method] if not done[deed]] == []
    opens, moved = books.history.days[0].replace(month=10, day=1), 0
    with books.history.shop.open() as shop:
        ends = {p["number"][2:]: p["ended_on"] for p in payment_ends.listed(shop)}
    for document in documents:
        if document.document in (Document.PAYMENT_RETURNED, Document.CHEQUE_CLEARED) and document.posted_on == opens:
            moved += ends[document.memo[2:]] < opens.isoformat()
    assert moved, "nothing was heard of a month that was closed"
