"""Measures what bringing requests in costs: a mailbox, a list with foreign headings, a workbook; as ratios.

    .venv/bin/python benchmarks/intake.py [--work DIR] [--json FILE] [--runs 3]

The first goes beside the standard library merely parsing the same mailbox, the second beside the same requests as
requests.csv, the third beside openpyxl merely reading the same workbook. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

from contests import HERE, MAKE_SHOP, Ground, Program, plain
from measure import Contestant, Result, in_turn
from report import Line, beside, markdown
from run import keep, tell

MAILS, ROWS, SHEET_ROWS = 5_000, 100_000, 50_000
MAIL_GOAL, LIST_GOAL, BOOK_GOAL = 2.5, 1.2, 1.3
FOREIGN = (
    "Eingegangen am", "Kanal", "Kundennummer", "E-Mail", "Auftrag", "Rechnungsnummer", "Betrag", "Währung", "Grund",
    "Beschreibung", "Ansprechpartner", "Ticketnummer",
)  # fmt: skip


def mailbox(work: Path) -> Path:
    """The mailbox; made once and kept."""
    path = work / f"{MAILS}.mbox"
    if not path.exists():
        subprocess.run([sys.executable, str(HERE / "make_mails.py"), str(path), str(MAILS)], check=True)
    return path


def foreign(native: Path) -> Path:
    """The same requests with German headings, semicolons and decimal commas."""
    path = native.with_name("foreign.csv")
    if not path.exists():
        with native.open(encoding="utf-8", newline="") as file, path.open("w", encoding="utf-8", newline="") as out:
            rows, writer = csv.reader(file), csv.writer(out, delimiter=";")
            next(rows)
            writer.writerow(FOREIGN)
            for row in rows:
                row[6] = row[6].replace(".", ",")
                writer.writerow(row)
    return path


def workbook(native: Path) -> Path:
    """The first requests as a workbook, amounts as numbers."""
    path = native.with_name("requests.xlsx")
    if not path.exists():
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("requests")
        with native.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file)):
                if number > SHEET_ROWS:
                    break
                sheet.append(
                    [float(cell) if number and place == 6 and cell else cell for place, cell in enumerate(row)]
                )
        book.save(path)
    return path


def contests(work: Path) -> list[tuple[str, float, list[Contestant]]]:
    """What is measured, its goal, and the two that run in turn."""
    ground = Ground(work, ROWS)
    ground.make()
    program = Program(ground)
    program.begin()
    mails, book = mailbox(work), workbook(ground.asked)

    def ours(path: Path) -> Contestant:
        # Status 1 says that something was left for a person: done all the same.
        found = program.after("begun", "import", str(path))

        def prepare() -> list[list[str]]:
            return [["sh", "-c", '"$@" || test $? -eq 1', "sh", *command] for command in found.prepare()]

        return Contestant(f"refundkit import {path.name}", prepare, found.environment)

    return [
        (
            f"import, {MAILS:,} mails",
            MAIL_GOAL,
            [ours(mails), plain("standard library, parse only", str(HERE / "only_parse.py"), str(mails))],
        ),
        (f"import, {ROWS:,} rows with foreign headings", LIST_GOAL, [ours(foreign(ground.asked)), ours(ground.asked)]),
        (
            f"import, a workbook of {SHEET_ROWS:,} rows",
            BOOK_GOAL,
            [ours(book), plain("openpyxl, read only", str(HERE / "only_openpyxl.py"), str(book))],
        ),
    ]


def main() -> int:
    """Measure, print the table, write the figures."""
    cli = argparse.ArgumentParser(description="Measure what bringing requests in costs, as ratios.")
    cli.add_argument("--work", type=Path, help="a folder for shops and stores; kept, so they are made once")
    cli.add_argument("--json", type=Path, help="write every run's figures to this file")
    cli.add_argument("--runs", type=int, default=3, help="rounds")
    asked = cli.parse_args()
    if not MAKE_SHOP.is_file():
        print(f"nothing measured: the maker of sample shops is not there ({MAKE_SHOP})")
        return 0
    lines: list[Line] = []
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as fresh:
        work = (asked.work or Path(fresh)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        for name, goal, two in contests(work):
            tell(name)
            found = in_turn(two, asked.runs, work, tell)
            lines.append(beside(name, found[0], found[1], goal))
            results += found
    print(markdown(lines))
    if asked.json:
        keep(asked.json, lines, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
