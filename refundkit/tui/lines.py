"""The lines of the queue as far as they were looked at: pages come when shown, and leave when many are there."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

from refundkit.workflow.queue import PAGE, Page, Place, Sizes, Waiting

_KEPT: Final = 40


class Wish(NamedTuple):
    """A page that is to be shown: of which part, its number, and from where it is quickest reached.

    `reading`: the number of times everything had been read anew when it was wished for.
    """

    mine: bool
    number: int
    after: Place | None = None
    skip: int = 0
    reading: int = 0


class Lines:
    """What the list shows: all that waits, in two parts (mine, others), or what a filter found."""

    def __init__(self) -> None:
        self._sizes, self._reading = Sizes(0, 0), 0
        self._pages: OrderedDict[tuple[bool, int], Page] = OrderedDict()
        self._found: tuple[Waiting, ...] | None = None

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._sizes.total if self._found is None else len(self._found)

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is on."""
        return self._found is not None

    @property
    def sizes(self) -> Sizes:
        """How many wait, whatever the filter."""
        return self._sizes

    def resize(self, sizes: Sizes) -> None:
        """Take the number of lines of both parts."""
        self._sizes = sizes

    def filter(self, found: tuple[Waiting, ...] | None) -> None:
        """Show these lines only; None shows everything again."""
        self._found = found

    def take(self, fresh: Lines, *, found_too: bool) -> None:
        """Become what was read anew. Without `found_too` what a filter found stays: it is another filter by now."""
        self._sizes, self._pages, self._reading = fresh._sizes, fresh._pages, self._reading + 1
        if found_too:
            self._found = fresh._found

    def put(self, wish: Wish, page: Page) -> None:
        """Keep a page; the ones not looked at for longest go. One of an earlier reading has no place here."""
        if wish.reading != self._reading:
            return
        self._pages[wish.mine, wish.number] = page
        self._pages.move_to_end((wish.mine, wish.number))
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def at(self, index: int) -> Waiting | None:
        """The line at an index; None where there is none, or not yet."""
        if self._found is not None:
            return self._found[index] if 0 <= index < len(self._found) else None
        if not 0 <= index < self.count:
            return None
        mine, number, offset = self._where(index)
        page = self._pages.get((mine, number))
        if page is None or offset >= len(page.lines):
            return None
        return page.lines[offset]

    def index_of(self, key: str) -> int | None:
        """Where a case stands, when it is on a page that is there."""
        if self._found is not None:
            return next((i for i, line in enumerate(self._found) if line.key == key), None)
        for (mine, number), page in self._pages.items():
            for offset, line in enumerate(page.lines):
                if line.key == key:
                    return (0 if mine else self._sizes.mine) + number * PAGE + offset
        return None

    def wishes(self, first: int, last: int) -> list[Wish]:
        """The pages that lines `first` to `last` are on and that are not there yet."""
        if self._found is not None or not self.count:
            return []
        ends = (max(first, 0), min(last, self.count - 1))
        wanted = dict.fromkeys(self._where(index)[:2] for index in range(ends[0], ends[1] + 1))
        return [self._wish(mine, number) for mine, number in wanted if (mine, number) not in self._pages]

    def _where(self, index: int) -> tuple[bool, int, int]:
        mine = index < self._sizes.mine
        number, offset = divmod(index if mine else index - self._sizes.mine, PAGE)
        return mine, number, offset

    def _wish(self, mine: bool, number: int) -> Wish:  # noqa: FBT001 - a part of the place
        for near in range(number - 1, -1, -1):
            page = self._pages.get((mine, near))
            if page is not None and page.last is not None:
                return Wish(mine, number, page.last, (number - near - 1) * PAGE, self._reading)
            if number - near > _KEPT:
                break
        return Wish(mine, number, None, number * PAGE, self._reading)
