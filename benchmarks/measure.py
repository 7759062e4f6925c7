"""Runs whole processes and says what they cost; runs contestants in turn, so that all of them meet the same noise."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Command = list[str]
MANY = 5  # more rounds than this are of short commands, and are not told one by one
PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    """What a run cost: seconds on the clock, seconds of processors (helper processes too), peak megabytes of one."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Contestant:
    """Something measured: `prepare` makes the ground ready (not counted) and gives the commands to run one by one."""

    name: str
    prepare: Callable[[], Sequence[Command]]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Result:
    """The runs of one contestant, in the order of the rounds."""

    name: str
    runs: list[Cost]

    def median(self, of: str) -> float:
        """The median of `wall`, `cpu` or `memory`."""
        return float(statistics.median(getattr(run, of) for run in self.runs))

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return {"name": self.name, "runs": [asdict(run) for run in self.runs]}


def run(command: Command, environment: dict[str, str], folder: Path) -> Cost:
    """Run one process to its end, in the project's folder. Raise RuntimeError with what it said when it fails."""
    with (folder / "output.txt").open("w+", encoding="utf-8", errors="replace") as said:
        every = {**_plain_environment(folder), **environment}
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=every, cwd=PROJECT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.read()[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _plain_environment(folder: Path) -> dict[str, str]:
    """This environment, with this project's modules in reach of helper processes, and with Python compiling modules
    once as in any installation: a variable that forbids it would make every start a compilation."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONPATH": str(PROJECT)}


def once(contestant: Contestant, folder: Path) -> Cost:
    """One run of a contestant: the sum of its commands, the highest of their peaks."""
    commands = contestant.prepare()
    os.sync()  # what was written before is nobody's cost here
    costs = [run(command, contestant.environment, folder) for command in commands]
    return Cost(sum(c.wall for c in costs), sum(c.cpu for c in costs), max(c.memory for c in costs))


def in_turn(contestants: Sequence[Contestant], rounds: int, folder: Path, tell: Callable[[str], None]) -> list[Result]:
    """Run all contestants one after the other, so many times: A B C A B C."""
    results = [Result(c.name, []) for c in contestants]
    for number in range(1, rounds + 1):
        for contestant, result in zip(contestants, results, strict=True):
            cost = once(contestant, folder)
            result.runs.append(cost)
            if rounds <= MANY:
                figures = f"{cost.wall:.2f} s, {cost.cpu:.2f} s of processor, {cost.memory:.0f} MB"
                tell(f"  round {number} of {rounds}: {contestant.name}: {figures}")
    return results


def ratio(one: Result, other: Result, of: str) -> float:
    """The median of the rounds' ratios: each run against the one that was made beside it."""
    pairs = zip(one.runs, other.runs, strict=True)
    return float(statistics.median(getattr(a, of) / getattr(b, of) for a, b in pairs))
