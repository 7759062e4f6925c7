"""One of several people at work on one store: presses the keys of a queue, or runs command lines, at random.

    python crowd.py queue|commands FOLDER USER,USER.. NOW SECONDS SEED

A queue is the program `refundkit queue` without a terminal, command lines run as `refundkit` would; the clock given to
both goes five days forward in the time there is. Says `ready` and begins when told to; at the end prints one JSON
object: `steps`, and everything that was `said`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

import small_shop
from command_line import Ended, arguments, inside

Press = Callable[..., Awaitable[None]]


class Worker:
    """Somebody at work until the time is up."""

    def __init__(self, folder: Path, users: list[str], now: datetime, seconds: float, seed: int) -> None:
        self.shop = small_shop.SmallShop(folder, now)
        self.users, self.begin, self.seconds = users, now, seconds
        self.draw = random.Random(seed)
        self.started = 0.0
        self.steps: Counter[str] = Counter()
        self.said: Counter[str] = Counter()

    def wait(self) -> None:
        """Until the others are there too."""
        os.write(1, b"ready\n")  # print may be the program's own by now, which does not flush
        sys.stdin.readline()
        self.started = time.monotonic()

    @property
    def passed(self) -> float:
        """Which part of the time is over."""
        return (time.monotonic() - self.started) / self.seconds

    def tick(self) -> None:
        self.shop.now = self.begin + timedelta(days=5 * self.passed)


class AtTheQueue(Worker):
    """Presses the keys of a queue, sometimes faster than it can follow."""

    def run(self) -> None:
        from refundkit.cli import run
        from refundkit.tui.app import QueueApp
        from refundkit.tui.screens.browse import Browse
        from refundkit.tui.screens.told import HELP, Told

        say, told, begin = Browse.say, Told.__init__, QueueApp.run

        def noted(screen: Any, text: str) -> None:
            self.said[text] += 1
            say(screen, text)

        def noted_lines(screen: Any, title: str, lines: list[str]) -> None:
            self.said.update(lines if lines != HELP.splitlines() else [])
            told(screen, title, lines)

        def headless(app: Any) -> None:
            self.painted = asyncio.Event()
            app._painted = self.painted.set
            begin(app, headless=True, size=(120, 40), auto_pilot=self._play)

        Browse.say, Told.__init__, QueueApp.run = noted, noted_lines, headless
        os.environ["TEXTUAL_DRIVER"] = "textual.drivers.headless_driver:HeadlessDriver"
        with self.shop.keys():
            status = run(arguments(self.shop, "queue", by=self.users[0]))
        assert status == 0, f"the queue left with {status}"

    async def _play(self, pilot: Any) -> None:
        app = pilot.app
        deeds = [getattr(self, name) for name in dir(type(self)) if name.startswith("do_")] + [self.do_approve] * 4

        async def press(*keys: str) -> None:
            for key in keys:
                app.simulate_key(key)
                await asyncio.sleep(self.draw.choice([0, 0.02, 0.1, 0.3]))

        await self.painted.wait()
        await asyncio.to_thread(self.wait)
        while self.passed < 1:
            self.tick()
            app.office.settings = replace(app.office.settings, now=self.shop.now)
            if self.draw.random() < 0.7:
                await press("escape", *["down"] * self.draw.randrange(4), *["up"] * self.draw.randrange(3))
            deed = self.draw.choice(deeds)
            self.steps[deed.__name__.removeprefix("do_")] += 1
            await deed(press)
            if self.draw.random() < 0.2:
                await press("escape", "escape", "home")
        app.simulate_key("ctrl+q")  # whatever is under way or open

    async def do_approve(self, press: Press) -> None:
        await press("a", "enter")

    async def do_deny(self, press: Press) -> None:
        await press("d", *"no", "enter")

    async def do_less(self, press: Press) -> None:
        await press("l", *"1.50", "enter", *"so", "enter")

    async def do_ask(self, press: Press) -> None:
        await press("q", *"why", "enter")

    async def do_override(self, press: Press) -> None:
        await press("o", "enter", *"fine", "enter")

    async def do_hold(self, press: Press) -> None:
        await press("h", *["down"] * self.draw.randrange(4), "enter", *"odd", "enter")

    async def do_mark(self, press: Press) -> None:
        await press(*["space"] * self.draw.randrange(1, 4))

    async def do_approve_marked(self, press: Press) -> None:
        await press("space", "space", "A", "enter", "escape")

    async def do_take_back(self, press: Press) -> None:
        await press("u", *"oops", "enter")

    async def do_assess(self, press: Press) -> None:
        await press("r")

    async def do_filter(self, press: Press) -> None:
        await press("slash", *self.draw.choice(["@c-1", "goodwill", "nothing at all"]), "enter")
        await press(self.draw.choice(["a", "space", "down"]), "enter", "escape", "escape")

    async def do_look_around(self, press: Press) -> None:
        await press(self.draw.choice(["end", "pagedown", "pageup", "question_mark", "tab"]), "escape")


class AtTheCommandLine(Worker):
    """Runs one command after the other, mostly on the cases that are at the top of everybody's list."""

    def run(self) -> None:
        with self.shop.open(self.users[0]) as opened:
            opened.signer()  # the passphrase is derived once, here
        waits: list[str] = []
        rest: list[str] = []
        self.wait()
        while self.passed < 1:
            self.tick()
            by = self.draw.choice(self.users)
            if self.draw.random() < 0.15 or not waits:
                waits = [row["id"] for row in self._listed(by, "--mine")]
                rest = [row["id"] for row in self._listed(by) if row["state"] != "booked"]
            first = waits[: self.draw.choice([3, 10, 100])]
            case = self.draw.choice(first if first and self.draw.random() < 0.7 else rest)
            act = self.draw.choice(self._acts(case))
            self.steps[act[0]] += 1
            self._hear(inside(self.shop, *act, by=by))

    def _listed(self, by: str, *filters: str) -> list[dict[str, Any]]:
        ended = inside(self.shop, "list", *filters, "--json", by=by)
        assert ended.status == 0, ended.said
        return json.loads(ended.out)

    def _acts(self, case: str) -> list[tuple[str, ...]]:
        why = ("--reason", "as agreed")
        code = self.draw.choice(["reason-manual", "reason-unproven", "possible-duplicate", "window-passed"])
        kind = self.draw.choice(["fraud", "legal", "dispute", "chargeback"])
        return [
            *[("approve", case, "--yes")] * 5, ("approve", case, "--amount", "2.50", "--note", "so"),
            ("deny", case, *why), ("deny", case, *why), ("hold", case, "--kind", kind, *why),
            ("release", case, *why), ("release", case, *why), ("ask", case, "--question", "why?"),
            ("answer", case, "--text", "because"), ("answer", case, "--text", "because"), ("override", case, code, *why),
            ("reopen", case, *why), ("reopen", case, *why), ("revoke", case, *why), ("withdraw", case, *why),
            ("assess", case), ("escalate",),
        ]  # fmt: skip

    def _hear(self, ended: Ended) -> None:
        lines = ended.said.splitlines()
        refused = [line for line in lines if line.startswith("error: ")]
        assert ended.status in (0, 1, 3), ended.said
        assert ended.status != 3 or refused, ended.said
        self.said.update(refused)
        self.said["done"] += ended.status != 3


def main() -> None:
    what, folder, users, now, seconds, seed = sys.argv[1:]
    kind = {"queue": AtTheQueue, "commands": AtTheCommandLine}[what]
    worker = kind(Path(folder), users.split(","), datetime.fromisoformat(now), float(seconds), int(seed))
    worker.run()
    print(json.dumps({"steps": worker.steps, "said": worker.said}))


if __name__ == "__main__":
    main()
