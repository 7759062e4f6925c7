"""Measures exporting bookings beside Python's csv writer writing the same bytes: exports.py [--bookings N].

Both run in this process, in turn, on what lies in memory: bookings for us; for the csv writer the finished rows, read
back from our file before (a line of a text journal is a row of one cell). Checks are counted: nothing is written
unchecked.
"""

from __future__ import annotations

import argparse
import csv
import gc
import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from refundkit.exporters.journals import generic, quickbooks_online, registry
from refundkit.exporters.journals.base import JournalFormat
from refundkit.exporters.journals.contract import JournalContext, in_order
from refundkit.exporters.refusing import refuse
from refundkit.model.booking import Booking, Document, Entry
from refundkit.model.policy import ACCOUNT_KEYS, default_policy_text, parse_policy

GOAL = 3.0
NAMES = (
    "Acme Ltd",
    "Müller & Söhne GmbH",
    "Société Générale d'Entretien",
    "O'Neill, Sons and Daughters",
    "株式会社サンプル",
)


def bookings(count: int) -> list[Booking]:
    """Half credit memos of two lines and tax, half their payments; in the books' currency, which every format takes."""
    made = []
    for number in range(count // 2):
        case, day = f"RF-{number:08X}", date(2026, 1, 1) + timedelta(number % 360)
        net, tax = 10_000 + number % 90_000, 1_050
        about = {
            "customer_id": f"C-{number % 5000:04}", "customer_name": f"{NAMES[number % 5]} {number % 5000}",
            "invoice": f"INV-{number:07}", "reason": "billing-error", "currency": "USD", "base": "USD",
        }  # fmt: skip
        amount = net + 2_500 + tax
        memo = (
            Entry("refunds", net, "Line 1 (labour)", "", net),
            Entry("refunds", 2_500, "Line 2 (part)", "", 2_500),
            Entry("sales_tax", tax, "Sales tax 8.25 %", "0.0825", tax),
            Entry("refunds_payable", -amount, "Owed to the customer", "", -amount),
        )
        paid = (
            Entry("refunds_payable", amount, "Owed to the customer", "", amount),
            Entry("cheques_outstanding", -amount, "Paid by cheque", "", -amount),
        )
        credit = Booking(case=case, memo=f"CM-{case[3:]}-1", posted_on=day, amount=amount, entries=memo, **about)
        payment = {"document": Document.PAYMENT, "settles": credit.memo, "method": "cheque", "reference": str(number)}
        day += timedelta(3)
        made.append(credit)
        made.append(
            Booking(case=case, memo=f"PM-{case[3:]}-1", posted_on=day, amount=amount, entries=paid, **about, **payment)
        )
    return made


def context(name: str) -> JournalContext:
    """What the default policy says about a system."""
    policy = parse_policy(default_policy_text("Acme", "USD", "UTC").encode(), "policy.toml")
    accounts = policy.accounts.of(name)
    settings = {**policy.settings_of(name), "tax_code 0.0825": "T8"}
    return JournalContext("B-0001", {key: accounts.name(key) for key in ACCOUNT_KEYS}, settings)


class Table:
    """The rows of one of our files, and how the csv writer must be told to write them."""

    def __init__(self, end: str, content: bytes) -> None:
        self.content, text = content, content.decode()
        if end.endswith(".csv"):
            self.rows, self.form = list(csv.reader(io.StringIO(text, newline=""))), {"lineterminator": "\r\n"}
        elif end.endswith(".iif"):
            self.rows = [line.split("\t") for line in text.split("\r\n")[:-1]]
            self.form = {"lineterminator": "\r\n", "delimiter": "\t"}
        else:  # a line of text is a row of one cell
            self.rows = [[line] if line else [] for line in text.split("\n")[:-1]]
            self.form = {"lineterminator": "\n", "delimiter": "\x1f", "quoting": csv.QUOTE_NONE, "quotechar": None}

    def written(self) -> bytes:
        """Python's csv writer and nothing else."""
        out = io.StringIO(newline="")
        csv.writer(out, **self.form).writerows(self.rows)
        return out.getvalue().encode()


def seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor for one run, with nothing of the run before in the way."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def writing(name: str, many: Sequence[Booking]) -> Callable[[], list[tuple[str, bytes]]]:
    """Checking and writing of a format; of those with a workbook the CSV file alone."""
    exporter, around = registry.load(name), context(name)
    module = {"generic": generic, "quickbooks-online": quickbooks_online}.get(name)
    if module is None or not isinstance(exporter, JournalFormat):
        return lambda: exporter.write(many, around)

    def table() -> list[tuple[str, bytes]]:
        refuse(exporter.check(many, around))
        return [(".csv", module.csv_file(in_order(many), around.accounts))]

    return table


def measure(name: str, many: Sequence[Booking], rounds: int) -> tuple[str, float, float, float]:
    """(format, median seconds of ours, of the csv writer, median ratio)."""
    chosen = [b for b in many if name != "sage-accounting" or b.document == Document.CREDIT_MEMO]
    work = writing(name, chosen)
    files = work()
    tables = [Table(end, content) for end, content in files]
    if any(table.written() != table.content for table in tables):
        raise SystemExit(f"{name}: the csv writer writes other bytes")
    pairs = [(seconds(work), seconds(lambda: [table.written() for table in tables])) for _ in range(rounds)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return name, ours, theirs, statistics.median(a / b for a, b in pairs)


def workbook(many: Sequence[Booking], rounds: int) -> tuple[float, float, float]:
    """QuickBooks Online's workbook beside openpyxl writing the same values: seconds of each, median ratio."""
    from openpyxl import Workbook

    ordered, around = in_order(many), context("quickbooks-online")
    lines = Table(".csv", quickbooks_online.csv_file(ordered, around.accounts)).rows

    def theirs() -> None:
        book = Workbook(write_only=True)
        page = book.create_sheet("x")
        for line in lines:
            page.append(line)
        book.save(io.BytesIO())

    pairs = [
        (seconds(lambda: quickbooks_online.workbook(ordered, around.accounts)), seconds(theirs)) for _ in range(rounds)
    ]
    ours, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours, other, statistics.median(a / b for a, b in pairs)


def main() -> int:
    """Measure every format and print the table."""
    cli = argparse.ArgumentParser(description="Measure exports beside Python's csv writer.")
    cli.add_argument("--bookings", type=int, default=100_000)
    cli.add_argument("--workbook", type=int, default=10_000, help="bookings of the workbook; 0 leaves it out")
    cli.add_argument("--rounds", type=int, default=3)
    cli.add_argument("--json", type=Path, help="write the figures to this file")
    asked = cli.parse_args()
    many = bookings(asked.bookings)
    print(f"{len(many):,} bookings, {sum(len(b.entries) for b in many):,} entries; goal ≤ {GOAL:g}")
    print(f"| {'format':18} | refundkit | csv writer | ratio |  |\n|{'-' * 20}|---:|---:|---:|---|")
    found = []
    for name in registry.FORMATS:
        _, ours, theirs, ratio = measure(name, many, asked.rounds)
        found.append({"format": name, "refundkit": ours, "csv_writer": theirs, "ratio": ratio})
        print(
            f"| {name:18} | {ours:.2f} s | {theirs:.2f} s | {ratio:.2f} | {'met' if ratio <= GOAL else 'missed'} |",
            flush=True,
        )
    if asked.workbook:
        ours, theirs, ratio = workbook(many[: asked.workbook], asked.rounds)
        found.append({"format": "quickbooks-online workbook", "refundkit": ours, "openpyxl": theirs, "ratio": ratio})
        print(f"| workbook, {asked.workbook:,} | {ours:.2f} s | openpyxl {theirs:.2f} s | {ratio:.2f} |  |")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
