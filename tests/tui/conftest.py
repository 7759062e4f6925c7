"""The queue on a screen of any size, driven by keys: a small shop with cases that wait, and pictures of it as text."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

import small_shop

CASE_ID = re.compile(r"RF(?:-[0-9A-Z]{4}){1,3}")


@pytest.fixture(scope="session")
def waiting_template(tmp_path_factory):
    """A shop in which eighteen cases wait, of all kinds; copy it, never write to it."""
    shop = small_shop.make(tmp_path_factory.mktemp("queue") / "template", customers=20)
    request = small_shop.request
    shop.take_in(*(request(n, "goodwill", f"{40 + 11 * n}.00", description=f"sorry {n}") for n in range(12)))
    shop.later(days=1)
    shop.take_in(
        request(12, description="forty per cent was not done"), request(13, description="nor here"), request(14),
        request(15, "other", "33.00", description="[bold red]not red[/] \u202egnorw\u202c {x} $1"),
        request(16, "goodwill", "21.00", requested_by="Lena"),
        request(17, "sla-breach", description="they came late"),
        request(19, "goodwill", "77.00", customer_id="C-99"),
    )  # fmt: skip
    shop.later(hours=5)
    return shop


@pytest.fixture
def shop(waiting_template, tmp_path):
    """A copy of it with a key file of its own."""
    return waiting_template.copy(tmp_path / "shop")


class Desk:
    """A queue that is open in this process."""

    def __init__(self, app: Any, pilot: Any, shop: small_shop.SmallShop) -> None:
        self.app, self.pilot, self.shop = app, pilot, shop

    @property
    def queue(self) -> Any:
        return self.app.screen_stack[0]

    @property
    def said(self) -> str:
        return str(self.queue.query_one("#said").content)

    def keep_the_store(self) -> int:
        """As another program would, until the handle is closed."""
        handle = os.open(self.shop.store.with_name(self.shop.store.name + ".lock"), os.O_RDWR | os.O_CREAT)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle

    async def settle(self) -> None:
        """Wait until nothing runs any more: everything read, written and drawn."""
        quiet = 0
        for _ in range(2_000):
            await asyncio.sleep(0.005)
            quiet = 0 if self._is_working() else quiet + 1
            if quiet == 4:
                return
        raise AssertionError("the queue does not come to rest")

    def _is_working(self) -> bool:
        waits_for_a_person = self.app.screen is not self.queue  # the action that asks is a worker too
        if self.app.workers._workers and not waits_for_a_person:
            return True
        if any(s._dirty_widgets or s._layout_required or s._repaint_required for s in self.app.screen_stack[-1:]):
            return True  # it is still to be drawn
        nodes = [self.app, *self.app.screen_stack, *self.app.screen.walk_children(with_self=False)]
        return any(node._message_queue is not None and node._message_queue.qsize() for node in nodes)

    async def keys(self, *keys: str) -> None:
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Into the field that has the focus, at once."""
        self.app.focused.insert_text_at_cursor(text)
        await self.settle()

    async def clear(self) -> None:
        self.app.focused.value = ""
        await self.settle()

    def screen(self) -> str:
        """What is on the screen, as text; ids in the order in which they are met."""
        width, height = self.app.size
        console = Console(width=width, height=height, file=io.StringIO(), record=True, legacy_windows=False)
        stack = self.app._background_screens
        console.print(self.app.screen._compositor.render_update(full=True, screen_stack=stack, simplify=False))
        text = "\n".join(line.rstrip() for line in console.export_text().splitlines())
        met: dict[str, str] = {}

        def plain(found: re.Match[str]) -> str:
            name = met.setdefault(found[0][:12], f"RF-{len(met) + 1:04}-0000-0000")
            return name[: len(found[0])]

        return CASE_ID.sub(plain, text).rstrip() + "\n"


@pytest.fixture
def at_desk(shop):
    """`at_desk(play, by=, size=)`: open the queue, let `play(desk)` use it, close it.

    The usual size is the smallest with both panes: most of a test's time goes into drawing.
    """
    from refundkit.tui.app import QueueApp
    from refundkit.workflow.shop import Settings

    def open_it(
        play: Callable[[Desk], Awaitable[None]], *, by: str = "max", size: tuple[int, int] = (110, 24),
        read_only: bool = False,
    ) -> None:  # fmt: skip
        async def run() -> None:
            app = QueueApp(Settings(shop.store, by, shop.now), read_only=read_only)
            async with app.run_test(size=size) as pilot:
                desk = Desk(app, pilot, shop)
                await desk.settle()
                await play(desk)

        with shop.keys():
            asyncio.run(run())

    return open_it
