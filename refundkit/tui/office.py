"""Does the work on the store away from the screen: one thread reads, one writes, each with a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from refundkit.errors import RefusedError
from refundkit.model.people import Act, Person
from refundkit.workflow import queue
from refundkit.workflow.shop import Settings, Shop, open_shop

T = TypeVar("T")


class Office:
    """Whose queue it is and what may be done in it; `look` reads, `act` decides, both off the event loop."""

    def __init__(self, settings: Settings, *, read_only: bool) -> None:
        self.settings = settings
        self.waiting: Callable[[], None] = lambda: None
        self._shop: Shop | None = None
        self._reader = ThreadPoolExecutor(1, "queue-reads")
        self._writer = ThreadPoolExecutor(1, "queue-writes")
        with open_shop(settings) as shop:
            self.company = shop.org.company
            self.person: Person = queue.reader(shop)
            self.rights = frozenset[Act]() if read_only else queue.rights_of(shop, self.person)
            if self.rights:
                queue.unlock(shop)
            self._first = shop
        # From here on the terminal belongs to the screen: nothing may ask on it, nothing may print on it.
        self.settings = replace(settings, interactive=False, waiting=self._tell_waiting, warn=None)

    def _tell_waiting(self) -> None:
        self.waiting()

    def now(self) -> datetime:
        """The time that is shown: the clock, or the time the program was called with."""
        return self.settings.now or datetime.now(UTC)

    async def look(self, read: Callable[[Shop], T]) -> T:
        """Read in the reading thread. The people and the policy are those of now."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._look, read)

    def _look(self, read: Callable[[Shop], T]) -> T:
        if self._shop is None:
            self._shop = open_shop(self.settings)
        self._shop.now = self.now()  # who stands in for whom goes by the day, and a queue stays open over night
        return read(self._shop)

    async def act(self, write: Callable[[Shop], T]) -> T:
        """Write in the writing thread, as a command of its own: the clock, people and policy of this moment."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._act, write)

    def _act(self, write: Callable[[Shop], T]) -> T:
        if not self.rights:
            raise RefusedError("this queue only reads", hint="open it without --read-only to decide")
        with open_shop(self.settings, self._first) as shop:
            return write(shop)

    def close(self) -> None:
        """Close the store when what runs has ended."""
        self._reader.submit(self._close)
        self._reader.shutdown()
        self._writer.shutdown()

    def _close(self) -> None:
        if self._shop is not None:
            self._shop.close()
