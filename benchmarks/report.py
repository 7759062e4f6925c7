"""What was measured as a table people read, each goal beside what was reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from measure import Result, ratio

HEADINGS = ("measured", "refundkit", "beside it", "ratio", "ratio of processor time", "goal", "")


@dataclass(frozen=True)
class Line:
    """One line of the table. `value` is what the goal is about; `goal` its upper bound, None where there is none."""

    measured: str
    ours: str
    theirs: str
    value: float
    unit: str
    cpu: float | None
    goal: float | None
    wish: float | None = None

    @property
    def verdict(self) -> str:
        """'met' or 'missed', '' without a goal."""
        if self.goal is None:
            return ""
        return "met" if self.value <= self.goal else "missed"

    def cells(self) -> tuple[str, ...]:
        """The line as the table shows it."""
        goal = "" if self.goal is None else f"≤ {self.goal:g}{self.unit}"
        if self.wish is not None:
            goal += f" (wish {self.wish:g})"
        shown = f"{self.value:.0f}{self.unit}" if self.unit else f"{self.value:.2f}"
        cpu = "" if self.cpu is None else f"{self.cpu:.2f}"
        return self.measured, self.ours, self.theirs, shown, cpu, goal, self.verdict

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return {**asdict(self), "verdict": self.verdict}


def beside(measured: str, ours: Result, theirs: Result, goal: float | None = None, wish: float | None = None) -> Line:
    """How many times as long as something else, on the clock."""
    value, cpu = ratio(ours, theirs, "wall"), ratio(ours, theirs, "cpu")
    return Line(measured, _spent(ours), f"{theirs.name}: {_spent(theirs)}", value, "", cpu, goal, wish)


def _spent(result: Result) -> str:
    wall = result.median("wall")
    return f"{wall:.2f} s" if wall >= 1 else f"{wall * 1000:.0f} ms"


def peak(measured: str, ours: Result, theirs: Sequence[Result], goal: float) -> Line:
    """Peak memory of the largest process."""
    others = ", ".join(f"{r.name}: {r.median('memory'):.0f} MB" for r in theirs)
    value = ours.median("memory")
    return Line(measured, f"{value:.0f} MB", others, value, " MB", None, goal)


def per_row(measured: str, small: Result, few: int, large: Result, many: int, goal: float) -> Line:
    """Whether a row of a large file costs what one of a small file costs: in processor time, for the two were not
    measured at the same moment."""
    one, other = large.median("cpu") / many, small.median("cpu") / few
    ours, theirs = f"{one * 1e6:.0f} µs a row", f"the small shop: {other * 1e6:.0f} µs a row"
    return Line(measured, ours, theirs, one / other, "", None, goal)


def markdown(lines: Sequence[Line]) -> str:
    """The table, columns set."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(3, *(len(row[i]) for row in rows)) for i in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_row(row, widths) for row in (rows[0], rule, *rows[1:]))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
