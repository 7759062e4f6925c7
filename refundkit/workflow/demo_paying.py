"""The demo's way from the books to the money: cards and a cheque paid, statements read, the books told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from refundkit.errors import OutsideError
from refundkit.model.money import Money, plain
from refundkit.model.payments import Method
from refundkit.store import payments
from refundkit.workflow import accounts, booking, paying, reconciling, ways_back
from refundkit.workflow.shop import Shop

CARDS: Final = 3
"""How many card refunds are paid; the others wait for whoever goes on from here."""
FIRST_CHEQUE: Final = 2090
_PROCESSOR: Final = "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description\n"
_BANK: Final = "Date,Description,Amount,Currency\n"

Carl = Callable[[int], AbstractContextManager[Shop]]
"""The shop as the accountant has it, so many minutes after the begin."""


def play(folder: Path, carl: Carl) -> tuple[list[str], str, list[tuple[Path, str]]]:
    """Pay, reconcile, book. Return what is told, the case that was paid by cheque ('' for none), and the files."""
    try:
        cards, cheque = _pay(folder, carl)
    except OutsideError as err:
        return [f"nothing is paid: {err.message}"], "", []
    said = [_sentence(cards), _sentence(cheque), *_reconcile(folder, carl)]
    with carl(68) as shop:
        done = booking.export(shop, "hledger", folder / "books")
        owed = sum(one.owed.minor for one in accounts.liability(shop, shop.today))
        said.append(f"batch {done.batch} books the payments; {Money(owed, shop.org.base)} are still owed")
    case = cheque.payments[0].case if cheque.payments else ""
    pages = [(path, "to enter, to print") for one in (cards, cheque) for path in one.files if path.suffix == ".pdf"]
    return said, case, [*((path, "for the accountant") for path in done.files if path.suffix == ".journal"), *pages]


def _pay(folder: Path, carl: Carl) -> tuple[paying.PaidOut, paying.PaidOut]:
    with carl(62) as shop:
        ways = ways_back.plan(shop)
        cards = [way.case for way in ways if way.method == Method.CARD][:CARDS]
        cheques = [way for way in ways if way.method == Method.CHEQUE]
        largest = max(cheques, key=lambda way: way.amount.minor).case
        return (
            paying.pay(shop, Method.CARD, folder / "pay", paying.Wanted(cards)),
            paying.pay(shop, Method.CHEQUE, folder / "pay", paying.Wanted([largest], first_cheque=FIRST_CHEQUE)),
        )


def _sentence(done: paying.PaidOut) -> str:
    count = len(done.payments)
    sums = ", ".join(map(str, done.totals))
    return f"batch {done.batch}: {count} payment{'' if count == 1 else 's'} by {done.method}, {sums}"


def _reconcile(folder: Path, carl: Carl) -> list[str]:
    """The processor tells of all cards but the last, the bank of the cheque; the same files again tell nothing new."""
    with carl(66) as shop:
        rows = payments.listed(shop.store, "open")
        paths = _statements(folder / "statements", rows)
        report = reconciling.reconcile(shop, paths, reconciling.HowRead())
        again = reconciling.reconcile(shop, paths, reconciling.HowRead())
    ended = [
        f"{one.payment} is {one.state}: {one.why} in {one.file}"
        for one in sorted(report.lines, key=lambda one: one.payment)
        if one.payment
    ]
    left = len(rows) - len(ended)
    return [*ended, f"{left} is on its way still; the same statements again end {again.counts[reconciling.MATCHED]}"]


def _statements(folder: Path, rows: Sequence[dict[str, Any]]) -> list[Path]:
    """What a processor and a bank would say a little later."""
    folder.mkdir(exist_ok=True)
    cards = [row for row in rows if row["method"] == Method.CARD][:-1]
    cheques = [row for row in rows if row["cheque"]]
    processor = _PROCESSOR + "".join(
        f"txn_{n},refund,re_{n},-{_plain(row)},0.00,-{_plain(row)},usd,{row['paid_on']} 15:04,{row['paid_on']} 00:00,"
        f"REFUND FOR CHARGE ({row['original']})\n"
        for n, row in enumerate(cards, 1)
    )
    bank = _BANK + "".join(f"{row['paid_on']},CHECK {row['cheque']},-{_plain(row)},USD\n" for row in cheques)
    paths = [folder / "processor.csv", folder / "bank.csv"]
    for path, text in zip(paths, (processor, bank), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def _plain(row: dict[str, Any]) -> str:
    return plain(row["amount_minor"], row["currency"])
