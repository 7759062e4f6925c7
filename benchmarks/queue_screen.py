"""Measures the queue, list, show and approve on a store of 1,000 cases and on one of 1,000,000, in turn.

    .venv/bin/python benchmarks/queue_screen.py --work DIR [--times 1000] [--runs 5]

See benchmarks/README.md. It is not called queue.py: a script's folder comes first where Python looks for modules.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import many_cases
from contests import HERE, MAKE_SHOP, Ground, Program
from measure import PROJECT, run

CASES = 1_000
GOAL, MEGABYTES = 1.5, 150
FAST_ENOUGH = 0.005  # seconds: below this a ratio says nothing that a person could notice


def stores(work: Path, times: int) -> dict[str, Program]:
    """The two stores, made once and kept: a thousand imported cases, and the same repeated."""
    found = {}
    for name, repeats in (("small", 1), ("large", times)):
        ground = Ground(work, CASES)
        program = Program(ground)
        program.live = work / f"queue-{name}"
        program.environment["REFUNDKIT_KEYS"] = str(program.live / "keys")
        if not (program.live / "made").exists():
            ground.make()
            program.begin()
            environment = {**os.environ, **program.environment}
            for words in (["records", str(ground.shop)], ["import", str(ground.asked)]):
                subprocess.run(program.command(*words), env=environment, cwd=PROJECT, check=False, capture_output=True)
            many_cases.repeat(program.live / "shop.db", repeats)
            (program.live / "made").touch()
        found[name] = program
    return found


def screen(program: Program) -> dict[str, float]:
    """One walk through the queue."""
    command = [sys.executable, str(HERE / "open_queue.py"), str(program.live / "shop.db"), "ada", str(time.time())]
    environment = {**os.environ, **program.environment, "PYTHONPATH": str(PROJECT)}
    told = subprocess.run(command, env=environment, cwd=PROJECT, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout))


def commands(program: Program, work: Path) -> dict[str, float]:
    """list, show and approve as whole processes; the approval is tried and not kept, so every run does the same."""
    environment = {**os.environ, **program.environment}
    waits = program.command("list", "--state", "awaiting", "--level", "lead", "--jsonl")
    first = subprocess.Popen(waits, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    case = json.loads(first.stdout.readline())["id"]
    first.kill()
    first.communicate()
    told = {}
    for name, words in (("list", ["list"]), ("show", ["show", case]), ("approve", ["approve", case, "--dry-run"])):
        told[f"`{name}`"] = run(program.command(*words), program.environment, work).wall
    return told


def main() -> int:
    """Measure in turn, print a table."""
    cli = argparse.ArgumentParser(description="Measure the queue on a small and on a large store.")
    cli.add_argument("--work", type=Path, required=True, help="stores lie there; they are made once and kept")
    cli.add_argument("--times", type=int, default=1_000, help="how often each case is repeated in the large store")
    cli.add_argument("--runs", type=int, default=5)
    asked = cli.parse_args()
    if not MAKE_SHOP.is_file() and not (asked.work / f"shop-{CASES}" / "made").exists():
        print(f"nothing measured: the maker of sample shops is not there ({MAKE_SHOP})")
        return 0
    asked.work.mkdir(parents=True, exist_ok=True)
    programs = stores(asked.work.resolve(), asked.times)
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for _ in range(asked.runs):
        for name, program in programs.items():
            runs[name].append({**screen(program), **commands(program, asked.work)})
    print(f"| measured | {CASES:,} cases | {CASES * asked.times:,} cases | ratio | goal |\n|---|---|---|---|---|")
    for step in runs["small"][0]:
        small, large = (statistics.median(one[step] for one in runs[name]) for name in ("small", "large"))
        print(line(step, small, large))
    return 0


def line(step: str, small: float, large: float) -> str:
    """A line of the table."""
    if step == "memory":
        return (
            f"| queue: peak memory | {small:.0f} MB | {large:.0f} MB | | {_met(large <= MEGABYTES)}: {MEGABYTES} MB |"
        )
    if step.endswith((": found", "lines")):
        return f"| queue: {step} | {small:.0f} | {large:.0f} | | |"
    name = step if step.startswith("`") else f"queue: {step}"
    met = large <= max(small * GOAL, FAST_ENOUGH)
    return f"| {name} | {small * 1000:.0f} ms | {large * 1000:.0f} ms | {large / small:.2f} | {_met(met)}: {GOAL} |"


def _met(holds: object) -> str:
    return "met" if holds else "missed"


if __name__ == "__main__":
    sys.exit(main())
