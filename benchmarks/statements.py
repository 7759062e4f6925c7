"""Measures what a line of a statement costs: statements.py [--work DIR] [--small N] [--large N] [--runs N].

`refundkit reconcile` reads a bank's list of so many lines as whole processes, in turn, on a store in which 10 000
payments are on their way (rows beside the ledger, written here). The lines are of other things, so every one is
compared by its words and its amount, kept as read, and ends nothing. Processor time, the median of the rounds.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

GOAL = 1.15
PAYMENTS = 10_000
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=said.work) as folder:
        work = Path(folder)
        environment = {
            **os.environ, "REFUNDKIT_KEYS": str(work / "keys"), "REFUNDKIT_KEYRING_PASSPHRASE": "x",
            "PYTHONPATH": str(ROOT), "REFUNDKIT_STORE": str(work / "shop.db"),
        }  # fmt: skip
        refundkit(environment, "init", "--company", "T", "--base", "USD", "--user", "ada")
        on_their_way(work / "shop.db")
        shutil.copy(work / "shop.db", work / "kept.db")
        shutil.copytree(work / "keys", work / "kept-keys")  # with the marks against old copies
        found: dict[int, list[float]] = {said.small: [], said.large: []}
        for _ in range(said.runs):
            for count, costs in found.items():
                path = work / f"statement-{count}.csv"
                path.write_text(statement(count), encoding="utf-8")
                for left in work.glob("shop.db*"):
                    left.unlink()
                shutil.copy(work / "kept.db", work / "shop.db")
                shutil.copytree(work / "kept-keys", work / "keys", dirs_exist_ok=True)
                costs.append(refundkit(environment, "reconcile", str(path)) / count * 1e6)
        small, large = (statistics.median(costs) for costs in found.values())
        ratio = large / small
        print(f"{said.small:,} lines: {small:.0f} µs a line; {said.large:,} lines: {large:.0f} µs a line")
        print(f"ratio {ratio:.2f}, goal {GOAL}: {'met' if ratio <= GOAL else 'missed'}")


def refundkit(environment: dict[str, str], *words: str) -> float:
    """Run a command; its processor seconds, helpers included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "refundkit", *words], env=environment, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def statement(count: int) -> str:
    """A bank's list: purchases and fees, a few amounts that payments have too, on days when none of them was made."""
    lines = ["Date,Description,Amount,Currency"]
    lines += [f"2026-06-{n % 28 + 1:02},CARD PURCHASE {n} STORE,-{n % 900}.{n % 100:02},USD" for n in range(count)]
    return "\n".join(lines) + "\n"


def on_their_way(store: Path) -> None:
    with sqlite3.connect(store) as connection:
        connection.executemany(
            "INSERT INTO payment VALUES (?, ?, ?, ?, 'pay-1', ?, 'ach', ?, 'USD', '2026-10-01', 'P1-0001', ?, '', '',"
            " 0, 'issued', 1, '', '', '', '', ?, ?, 0)",
            [
                (f"e{n}", f"K{n:031}", f"k{n}", f"RF-{n:04}-0000-0000", f"RP-1-{n:06}", n * 37 % 90_000 + 1,
                 f"CM-1-{n:06}", f"C-{n}", f"INV-{n}")
                for n in range(PAYMENTS)
            ],
        )  # fmt: skip


if __name__ == "__main__":
    main()
