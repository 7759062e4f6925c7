"""Opens the queue without a terminal, walks through it, and prints what each step took, as JSON.

open_queue.py STORE USER BEGUN      BEGUN: seconds since 1970 when the process was asked for
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from refundkit.tui.app import QueueApp
from refundkit.tui.lines import Lines
from refundkit.workflow.queue import PAGE
from refundkit.workflow.shop import Settings

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
CUSTOMER, TEXT = "@C-1004", "pos-support faulty"


def megabytes() -> float:
    """What the process has had at most. Linux counts for getrusage what whoever started it had, but not for VmHWM."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def until(holds: Callable[[], bool]) -> None:
    """Let the program run until something holds."""
    while not holds():  # noqa: ASYNC110 - what is waited for is on a screen
        await asyncio.sleep(0.0005)


def emptied(lines: Lines) -> Lines:
    """The same lines without their pages."""
    fresh = Lines()
    fresh.resize(lines.sizes)
    return fresh


async def walk(store: Path, user: str, begun: float) -> dict[str, float]:
    """Every step once; a page and a filter several times, and the median counts."""
    told: dict[str, float] = {}
    painted: list[float] = []
    app = QueueApp(Settings(store, user, NOW), painted=lambda: painted.append(time.time()))
    async with app.run_test(size=(120, 40)):
        await until(lambda: bool(painted))
        told["first paint"] = painted[0] - begun
        queue = app.screen
        await until(lambda: queue.pane.sheet is not None and queue.pane.sheet is not None)
        told["whole screen"] = time.time() - begun

        await until(lambda: queue.lines.count > PAGE)
        told["lines"] = queue.lines.count

        async def timed(name: str, act: Callable[[], None], holds: Callable[[], bool]) -> None:
            before = time.perf_counter()
            act()
            await until(holds)
            told.setdefault(name, []).append(time.perf_counter() - before)

        def shown() -> bool:
            return queue.cases.current is not None and not queue.lines.wishes(*queue.cases.window)

        for _ in range(6):
            await timed("next page", lambda: queue.cases.action_move(PAGE), shown)
        for _ in range(3):
            await timed("to the end", lambda: queue.cases.action_move_to(-1), shown)
            await timed("to the beginning", lambda: queue.cases.action_move_to(0), shown)
            queue.lines.take(emptied(queue.lines), found_too=True)
        field = queue.query_one("#filter")
        for name, typed in (("filter by customer", CUSTOMER), ("filter by text", TEXT)):
            for _ in range(3):

                def put(text: str = typed) -> None:
                    field.value = text

                await timed(name, put, lambda: queue.lines.is_filtered and shown())
                told[f"{name}: found"] = queue.lines.count
                field.value = ""
                await until(lambda: not queue.lines.is_filtered and shown())
        told["memory"] = megabytes()
    return {k: sorted(v)[len(v) // 2] if isinstance(v, list) else v for k, v in told.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(walk(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))))
