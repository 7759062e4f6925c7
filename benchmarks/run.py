"""Measures refundkit against baselines run beside it, in turn, and prints the ratios with their goals.

    .venv/bin/python benchmarks/run.py [--work DIR] [--json FILE] [--runs 3] [--large-runs 1] [--large 0]

See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contests import HERE, MAKE_SHOP, Ground, Program, bare_loop, plain, sqlite_utils
from measure import Contestant, Result, in_turn
from report import Line, beside, markdown, peak, per_row

RECORDS, IMPORT, IMPORT_WISH, MEGABYTES, HELP, LIST, GROWTH = 0.7, 2.5, 1.5, 400, 1.3, 2.0, 1.15
SHORT_RUNS = 15
WARM_UP = 100


@dataclass
class Measured:
    """One size of shop: rows, and the results of both contests (refundkit, sqlite-utils, bare loop)."""

    requests: int
    record_rows: int
    records: list[Result]
    imports: list[Result]


def tell(text: str) -> None:
    """Progress, for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def load_and_import(ground: Ground, record_rounds: int, import_rounds: int) -> Measured:
    """Both contests on a shop of one size. The live store is left with the shop's cases in it."""
    tell(f"shop of {ground.requests} requests")
    ground.make()
    program = Program(ground)
    program.begin()
    load = [program.after("begun", "records", str(ground.shop)), *_others(ground, ground.records)]
    records = in_turn(load, record_rounds, ground.work, tell)
    program.keep("loaded")
    take = [program.after("loaded", "import", str(ground.asked)), *_others(ground, [ground.asked])]
    imports = in_turn(take, import_rounds, ground.work, tell)
    return Measured(ground.rows([ground.asked]), ground.rows(ground.records), records, imports)


def _others(ground: Ground, files: Sequence[Path]) -> list[Contestant]:
    return [sqlite_utils(ground, files), bare_loop(ground, files)]


def lines_of(measured: Measured) -> list[Line]:
    """The lines of one size."""
    lines = []
    records = f"records, {measured.record_rows:,} rows"
    imported = f"import with assessment, {measured.requests:,} requests"
    for name, results, goal, wish in (
        (records, measured.records, RECORDS, None),
        (imported, measured.imports, IMPORT, IMPORT_WISH),
    ):
        ours, theirs, bare = results
        lines += [
            beside(name, ours, theirs, goal, wish),
            beside(name, ours, bare),
            peak(f"{name}: peak memory", ours, [theirs, bare], MEGABYTES),
        ]
    return lines


def growth(small: Measured, large: Measured) -> list[Line]:
    """Whether a row costs the same in both sizes."""
    one, other = small.records[0], large.records[0]
    asked, many = small.imports[0], large.imports[0]
    return [
        per_row("records: a row of the large shop", one, small.record_rows, other, large.record_rows, GROWTH),
        per_row("import: a row of the large shop", asked, small.requests, many, large.requests, GROWTH),
    ]


def starts(ground: Ground, cases: int) -> tuple[list[Line], list[Result]]:
    """How long small commands take, against the smallest program of the same kind."""
    tell("starting up")
    program = Program(ground)
    one = str(HERE / "one_command.py")
    helps = [plain("refundkit --help", "-m", "refundkit", "--help"), plain("one Typer command, --help", one, "--help")]
    lists = [program.here("list"), plain("one Typer command", one)]
    helped = in_turn(helps, SHORT_RUNS, ground.work, tell)
    listed = in_turn(lists, SHORT_RUNS, ground.work, tell)
    lines = [
        beside("`refundkit --help`", helped[0], helped[1], HELP),
        beside(f"`refundkit list`, {cases:,} cases", listed[0], listed[1], LIST),
    ]
    return lines, [*helped, *listed]


def machine() -> dict[str, str | int]:
    """What it was measured on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count() or 0,
    }


def keep(path: Path, lines: Sequence[Line], results: Sequence[Result]) -> None:
    """Write every run's figures to a file."""
    document = {
        "machine": machine(),
        "table": [line.as_json() for line in lines],
        "results": [result.as_json() for result in results],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def measure_all(work: Path, asked: argparse.Namespace) -> tuple[list[Line], list[Result]]:
    """Every contest, in one run. A tiny shop goes first and is not counted: it leaves every module compiled."""
    load_and_import(Ground(work, WARM_UP), 1, 1)
    ground = Ground(work, asked.small)
    small = load_and_import(ground, asked.runs, asked.runs)
    lines, results, last = lines_of(small), [*small.records, *small.imports], small
    if asked.large:
        ground = Ground(work, asked.large)
        last = load_and_import(ground, asked.large_runs, asked.runs)
        lines += [*lines_of(last), *growth(small, last)]
        results += [*last.records, *last.imports]
    started, short = starts(ground, last.requests)
    return lines + started, results + short


def arguments() -> argparse.Namespace:
    """The command line."""
    cli = argparse.ArgumentParser(description="Measure refundkit against baselines, as ratios.")
    cli.add_argument("--work", type=Path, help="a folder for shops and stores; kept, so the shops are made once")
    cli.add_argument("--json", type=Path, help="write every run's figures to this file")
    cli.add_argument("--small", type=int, default=10_000, metavar="REQUESTS")
    cli.add_argument("--large", type=int, default=100_000, metavar="REQUESTS", help="0 leaves the large shop out")
    cli.add_argument("--runs", type=int, default=3, help="rounds of everything but the large records")
    cli.add_argument("--large-runs", type=int, default=1, help="rounds of the large shop's records")
    return cli.parse_args()


def main() -> int:
    """Measure, print the table, write the figures."""
    asked = arguments()
    if not MAKE_SHOP.is_file():
        print(f"nothing measured: the maker of sample shops is not there ({MAKE_SHOP})")
        return 0
    with tempfile.TemporaryDirectory() as fresh:
        work = (asked.work or Path(fresh)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        lines, results = measure_all(work, asked)
    print(markdown(lines))
    if asked.json:
        keep(asked.json, lines, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
