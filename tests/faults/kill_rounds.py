"""Kills a command with SIGKILL at random moments of its run, runs it again, and checks the store after each.

    python kill_rounds.py import|export|escalate|pay|reconcile FOLDER ROUNDS SEED

The command line runs in forked children, so that all of the time is the command's own and none the interpreter's
start. Prints what happened; leaves with 1 at the first thing that is wrong.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

import small_shop
from command_line import arguments

from refundkit.cli import run
from refundkit.workflow import paying, payment_ends, reminders, verifying


def forked(shop: small_shop.SmallShop, *words: object) -> int:
    """Start a command line by carl in a child of its own; its process id."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            quiet = os.open(shop.folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            status = run(arguments(shop, *words, by="carl"))
            sys.stdout.flush()
        finally:
            os._exit(status)
    return child


def ended(child: int) -> int:
    """The exit status of a child; -9 when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def finished(shop: small_shop.SmallShop, *words: object) -> None:
    status = ended(forked(shop, *words))
    assert status == 0, f"run again, it left with {status}: {(shop.folder / 'said.txt').read_text()}"


def killed(shop: small_shop.SmallShop, after: float, *words: object) -> bool:
    """Start a command and kill it after so many seconds; whether it was still running."""
    child = forked(shop, *words)
    time.sleep(after)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    status = ended(child)
    assert status in (0, -9), f"left with {status}: {(shop.folder / 'said.txt').read_text()}"
    return status == -9


def counts(shop: small_shop.SmallShop) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(shop.store)) as connection:
        one = {
            "cases": "SELECT count(*) FROM cases", "logged": "SELECT count(*) FROM event WHERE type = 'request.logged'",
            "marks": "SELECT count(DISTINCT fingerprint) FROM cases",
            "lines": "SELECT count(*) FROM event WHERE type = 'export.line'",
            "booked": "SELECT count(DISTINCT case_id) FROM event WHERE type = 'export.line'",
            "approved": "SELECT count(*) FROM cases WHERE state = 'approved'",
            "unwritten": "SELECT count(*) FROM outbox WHERE written = 0",
        }  # fmt: skip
        return {name: connection.execute(sql).fetchone()[0] for name, sql in one.items()}


def check_files(shop: small_shop.SmallShop, folder: Path) -> None:
    """Every batch's files are there and are what its manifest and the ledger say; no case stands in two batches."""
    with shop.open() as opened:
        batches = small_shop.booking.listed(opened)
    cases: Counter[str] = Counter()
    for batch in batches:
        for file in batch["files"]:
            assert sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"], file["name"]
        (name,) = [f["name"] for f in batch["files"] if f["name"].endswith("manifest.json")]
        manifest = json.loads((folder / name).read_text(encoding="utf-8"))
        for file in manifest["files"]:
            assert sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"], file["name"]
        cases.update(c["case"] for c in manifest["cases"])
    assert all(n == 1 for n in cases.values()), cases.most_common(3)


def verify(shop: small_shop.SmallShop) -> None:
    with shop.open() as opened:
        problems = verifying.verify(opened).problems
    assert not problems, problems


def measured(shop: small_shop.SmallShop, *words: object) -> float:
    begun = time.monotonic()
    finished(shop, *words)
    return time.monotonic() - begun


def imports(shop: small_shop.SmallShop, rounds: int, draw: random.Random) -> tuple[int, float]:
    def new_list() -> Path:
        rows = [small_shop.request(draw.randrange(50), "goodwill", f"{draw.randrange(1, 90)}.00",
                                   external_ref=f"R-{shop.lists}-{n}") for n in range(5)]  # fmt: skip
        return shop.write_list(rows)

    took = max(measured(shop, "import", new_list()) for _ in range(3))
    stopped = 0
    for number in range(rounds):
        path = new_list()
        stopped += killed(shop, draw.uniform(0, took), "import", path)
        found = counts(shop)
        assert found["cases"] % 5 == 0, f"half an import: {found}"
        finished(shop, "import", path)
        found = counts(shop)
        assert {found["cases"], found["logged"], found["marks"]} == {5 * (3 + number + 1)}, found
        if number % 20 == 19:
            verify(shop)
    return stopped, took


def exports(shop: small_shop.SmallShop, rounds: int, draw: random.Random) -> tuple[int, float]:
    folder = shop.folder / "books"

    def new_case(number: int) -> None:
        shop.take_in(small_shop.request(5 * number))
        (waits,) = shop.take_in(small_shop.request(5 * number + 2))
        shop.approve(waits, by="max")

    times = []
    for number in range(3):
        new_case(number)
        times.append(measured(shop, "export", "hledger", "-o", folder))
    took = max(times)
    stopped = 0
    for number in range(3, 3 + rounds):
        new_case(number)
        stopped += killed(shop, draw.uniform(0, took), "export", "hledger", "-o", folder)
        finished(shop, "export", "hledger", "-o", folder)
        found = counts(shop)
        assert found["lines"] == found["booked"] == 2 * (number + 1), found
        assert found["approved"] == found["unwritten"] == 0, found
        check_files(shop, folder)
        if number % 20 == 19:
            verify(shop)
    return stopped, took


def escalations(shop: small_shop.SmallShop, rounds: int, draw: random.Random) -> tuple[int, float]:
    cases = shop.take_in(*(small_shop.request(5 * n + 2) for n in range(8)))

    def a_day_passes() -> tuple[str, ...]:
        shop.later(hours=24)
        return ("escalate",)

    took = max(measured(shop, *a_day_passes()) for _ in range(3))
    stopped = 0
    for number in range(rounds):
        stopped += killed(shop, draw.uniform(0, took), *a_day_passes())
        finished(shop, "escalate")
        with shop.open() as opened:
            views = [opened.find(case) for case in cases]
            told = Counter(key for waiting in reminders.unsent(opened) for key, _ in waiting.message.reminders)
        to = {r.key: len(r.to) for view in views for r in view.reminders}
        assert {tuple(r.slot for r in view.reminders) for view in views} == {tuple(range(1, 5 + number))}
        assert told == to, "the outbox is not what the ledger says"
        if number % 20 == 19:
            verify(shop)
    return stopped, took


def booked_case(shop: small_shop.SmallShop, number: int) -> None:
    """One more booked refund, and where its money goes."""
    n = 5 * number
    shop.take_in(small_shop.request(n))
    shop.export()
    shop.payee(n)


def payment_rows(shop: small_shop.SmallShop) -> list[dict[str, Any]]:
    with shop.open() as opened:
        return payment_ends.listed(opened)


def check_payment_files(shop: small_shop.SmallShop, folder: Path) -> None:
    """Every batch's files are there and are what the ledger says; every payment stands in exactly one of them."""
    with shop.open() as opened:
        batches = paying.listed(opened)
    written = b""
    for batch in batches:
        for file in batch["files"]:
            content = (folder / file["name"]).read_bytes()
            assert sha256(content).hexdigest() == file["sha256"], file["name"]
            written += content if file["name"].endswith(".ach") else b""
    for row in payment_rows(shop):
        named = row["case_id"].replace("-", "").encode()
        assert sum(line[39:54].rstrip() == named for line in written.splitlines()) == 1, row


def payments(shop: small_shop.SmallShop, rounds: int, draw: random.Random) -> tuple[int, float]:
    shop.pays_by_bank()
    folder = shop.folder / "bank"
    times = []
    for number in range(3):
        booked_case(shop, number)
        times.append(measured(shop, "pay", "ach", "-o", folder))
    stopped = 0
    for number in range(3, 3 + rounds):
        shop.later(hours=2)  # a day has 36 files
        booked_case(shop, number)
        stopped += killed(shop, draw.uniform(0, max(times)), "pay", "ach", "-o", folder)
        finished(shop, "pay", "ach", "-o", folder)
        rows = payment_rows(shop)
        assert len(rows) == len({r["key"] for r in rows}) == len({r["case_id"] for r in rows}) == number + 1, rows
        assert len({r["number"] for r in rows}) == number + 1
        if number % 20 == 19:
            verify(shop)
    check_payment_files(shop, folder)
    return stopped, max(times)


def statements(shop: small_shop.SmallShop, rounds: int, draw: random.Random) -> tuple[int, float]:
    shop.pays_by_bank()
    for number in range(3 + rounds):
        booked_case(shop, number)
    finished(shop, "pay", "ach", "-o", shop.folder / "bank")
    shop.later(days=3)
    waiting = payment_rows(shop)

    def statement() -> Path:
        row = waiting.pop()
        amount = f"{row['amount_minor'] // 100}.{row['amount_minor'] % 100:02}"
        path = shop.folder / f"statement-{len(waiting)}.csv"
        text = f"Date,Description,Amount,Currency\n{shop.now.date()},ACH {row['number']},-{amount},USD\n"
        path.write_text(text, encoding="utf-8")
        return path

    took = max(measured(shop, "reconcile", statement()) for _ in range(3))
    stopped = 0
    for number in range(rounds):
        path = statement()
        stopped += killed(shop, draw.uniform(0, took), "reconcile", path)
        finished(shop, "reconcile", path)
        ends = Counter(row["state"] for row in payment_rows(shop))
        assert ends["confirmed"] == 4 + number, ends
        with contextlib.closing(sqlite3.connect(shop.store)) as connection:
            said = connection.execute("SELECT count(*) FROM event WHERE type = 'payment.confirmed'").fetchone()[0]
        assert said == 4 + number, "a payment was confirmed twice"
        if number % 20 == 19:
            verify(shop)
    return stopped, took


WHAT = {
    "import": imports, "export": exports, "escalate": escalations, "pay": payments, "reconcile": statements,
}  # fmt: skip


def main() -> None:
    what, folder, rounds, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    shop = small_shop.SmallShop(folder)
    with shop.open("carl") as opened:
        opened.signer()  # the passphrase is derived once, here
    stopped, took = WHAT[what](shop, rounds, random.Random(seed))
    verify(shop)
    print(f"{what}: {stopped} of {rounds} runs were killed under way, of {took:.3f} s each")
    assert rounds < 20 or stopped >= rounds // 3, "too few runs were killed: the test is blind"


if __name__ == "__main__":
    main()
