"""Looking through the queue: the waiting cases left, the case right; on a narrow terminal one of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar, Final, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from refundkit.errors import RefundkitError
from refundkit.model.inert import printable
from refundkit.tui.lines import Lines, Wish
from refundkit.tui.office import Office
from refundkit.tui.widgets.case_list import CaseList
from refundkit.tui.widgets.sheet import SheetPane
from refundkit.workflow import queue
from refundkit.workflow.queue import Sheet, Waiting
from refundkit.workflow.shop import Shop

T = TypeVar("T")
WIDE: Final = 110
_POLL_SECONDS: Final = 1
_RIGHT: Final = "? help  ^P all  ^Q quit"


class Browse(Screen[None]):
    """Everything of the queue that writes nothing."""

    AUTO_FOCUS = "CaseList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("enter", "open", "Open", show=False),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self, office: Office, painted: Callable[[], None]) -> None:
        super().__init__()
        self.office, self._painted = office, painted
        self.lines = Lines()
        self.cases = CaseList(self.lines, office.now)
        self.pane = SheetPane(office.person.user, office.now)
        hint = "words in the request, @customer. Enter: keep it, Esc: show all"
        self._words = Input(placeholder=hint, id="filter", compact=True)
        self.own: set[str] = set()  # cases that were decided here: nobody else was faster
        self._changes = -1
        self._renewing = asyncio.Lock()
        self._filter = ""

    def compose(self) -> ComposeResult:
        """A line on top, the two panes, what was just said, the keys."""
        yield Static(id="top")
        with Horizontal(id="panes"):
            yield self.cases
            yield self.pane
        yield self._words
        yield Static(id="said")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the first page, and look every second whether somebody else has written."""
        self._begin()
        self.set_interval(_POLL_SECONDS, self._poll)

    def on_resize(self) -> None:
        """Two panes where there is room."""
        self.set_class(self.app.size.width < WIDE, "narrow")
        self._top()

    def say(self, text: str) -> None:
        """Say what was done or why not; it stays until the next thing is said."""
        self._write("#said", printable(text))

    def _write(self, where: str, text: str) -> None:
        for widget in self.query(where).results(Static):  # there is none while the screen is taken down
            widget.update(Content(text))

    def _top(self) -> None:
        sizes, person = self.lines.sizes, self.office.person
        roles = ", ".join(sorted(person.roles)) or "no role"
        mine, others = (f"{n:,}{'+' if n >= queue.MOST else ''}" for n in (sizes.mine, sizes.others))
        left = f"{person.user} ({roles})  {mine} yours, {others} other{'' if sizes.others == 1 else 's'}"
        left = left if self.office.rights else f"READ ONLY  {left}"
        if self.lines.is_filtered:
            most = " or more" if self.lines.count >= queue.MOST_FOUND else ""
            left += f"  filter: {self._filter} ({self.lines.count}{most})"
        elif self.app.size.width >= WIDE:
            left = f"{self.office.company}  {left}"
        room = max(self.app.size.width - len(_RIGHT) - 3, 0)
        self._write("#top", f" {printable(left)[:room]:<{room}} {_RIGHT} ")

    async def look(self, read: Callable[[Shop], T]) -> T | None:
        """Read; what goes wrong is said, and None comes back."""
        try:
            return await self.office.look(read)
        except RefundkitError as err:
            self.say(f"{err.message}. {err.hint}.")
            return None

    # Pages

    @work(exclusive=True, group="renew")
    async def _begin(self) -> None:
        """The first page, then how many there are, then the first case."""
        first = await self.look(lambda shop: queue.page(shop, mine=True))
        rest = await self.look(lambda shop: queue.page(shop, mine=False)) if first and not first.lines else None
        if first is None:
            return
        self.lines.resize(queue.Sizes(len(first.lines), len(rest.lines) if rest else 0))
        self.lines.put(Wish(not rest, 0), rest or first)
        self.cases.renew()
        self.call_after_refresh(self._painted)
        await self._renew()

    @on(CaseList.Scrolled)
    def _scrolled(self) -> None:
        self._fetch()

    @work(group="fetch", exclusive=True)
    async def _fetch(self) -> None:
        """Bring the pages that are on the screen."""
        while wishes := self.lines.wishes(*self.cases.window):
            wish = wishes[0]
            page = await self.look(lambda shop, w=wish: queue.page(shop, mine=w.mine, after=w.after, skip=w.skip))  # type: ignore[misc]
            if page is None:
                return
            self.lines.put(wish, page)
            self.cases.refresh()
        await self.sheet()

    # The case

    @on(CaseList.Moved)
    @work(group="sheet", exclusive=True)
    async def _load_sheet(self) -> None:
        await self.sheet()

    async def sheet(self, *, anew: bool = False) -> Sheet | None:
        """The case under the cursor, as it is shown now."""
        line = self.cases.current
        if line is None:
            empty = "Nothing is found." if self.lines.is_filtered else "Nothing waits for a decision."
            self.pane.show(None, "" if self.lines.count else empty)
            return None
        if not anew and self.pane.sheet is not None and self.pane.sheet.key == line.key:
            return self.pane.sheet
        sheet = await self.look(lambda shop: queue.sheet(shop, line.id))
        if self.cases.current is not None and self.cases.current.key == line.key:
            self.pane.show(sheet, "" if sheet else f"{line.id} cannot be shown.")
        return sheet

    # What others do meanwhile

    @work(group="poll", exclusive=True)
    async def _poll(self) -> None:
        changes = await self.look(queue.changes)
        if changes is not None and self._changes not in (-1, changes) and not self._renewing.locked():
            self.renew()  # one that runs is let finish: on a busy store no other would ever get further

    @work(group="renew", exclusive=True)
    async def renew(self) -> None:
        """Read anew what is on the screen; say so when the case under the cursor waits no more."""
        await self._renew()

    async def _renew(self) -> None:
        async with self._renewing:
            await self._renew_alone()

    async def _renew_alone(self) -> None:
        if (read := await self._read_anew()) is None:
            return
        fresh, typed = read
        here = self.cases.current  # where the cursor stands now, however long the reading took
        self.lines.take(fresh, found_too=typed == self._filter)
        gone = here if here is not None and not self._follow(here) else None
        self.cases.renew()
        self._top()
        if gone is not None and gone.id not in self.own and not self.lines.is_filtered:
            await self._tell_gone(gone.id)
        if unmarked := await self._forget_marks():
            self.say(f"No longer marked, because it waits no more: {', '.join(unmarked)}.")
        self.cases.refresh()
        await self.sheet(anew=True)

    def _follow(self, here: Waiting) -> bool:
        """Keep the cursor on its case; False where the case is not to be seen any more."""
        index = self.lines.index_of(here.key)
        now = self.lines.at(index) if index is not None else None
        if index is None or now is None:
            return False
        if now.mine or here.id not in self.own:  # what was put aside here does not take the cursor along
            self.cases.cursor = index
        return True

    async def _read_anew(self) -> tuple[Lines, str] | None:
        """The lines on the screen and how many there are, all of now, and the filter they were found by."""
        counted = await self.look(queue.renewed)
        if counted is None:
            return None
        sizes, changes = counted
        fresh, typed = Lines(), self._filter
        fresh.resize(sizes)
        if typed:
            found = await self.look(lambda shop: queue.found(shop, typed))
            if found is None:
                return None
            fresh.filter(found)
        first, last = self.cases.window
        for wish in fresh.wishes(first - 1, last + 1):
            page = await self.look(lambda shop, w=wish: queue.page(shop, mine=w.mine, skip=w.skip))  # type: ignore[misc]
            if page is None:
                return None
            fresh.put(wish, page)
        self._changes = changes
        return fresh, typed

    async def _tell_gone(self, case: str) -> None:
        sheet = await self.look(lambda shop: queue.sheet(shop, case))
        if sheet is not None and not sheet.waits:
            self.say(f"Somebody was faster: {case} is {sheet.case['state']} now.")

    async def _forget_marks(self) -> list[str]:
        gone = []
        for key, case in list(self.cases.marked.items()):
            if await self.look(lambda shop, k=key: queue.line(shop, k)) is None:  # type: ignore[misc]
                self.cases.marked.pop(key, None)
                gone.append(case)
        return [case for case in gone if case not in self.own]

    # Ways around

    def action_filter(self) -> None:
        """Type what is looked for."""
        self.add_class("filtering")
        self._words.focus()

    @on(Input.Changed, "#filter")
    @work(group="filter", exclusive=True)
    async def _find(self, event: Input.Changed) -> None:
        typed = self._filter = event.value.strip()
        found = await self.look(lambda shop: queue.found(shop, typed)) if typed else None
        self.lines.filter(found)
        self.cases.cursor = 0
        self.cases.renew()
        self._top()
        self._fetch()  # and the case under the cursor, once its line is there

    @on(Input.Submitted, "#filter")
    def _keep_filter(self) -> None:
        self.cases.focus()
        if not self._filter:
            self.remove_class("filtering")

    @on(CaseList.Opened)
    def action_open(self) -> None:
        """The case, in front of the list where there is no room for both."""
        self.add_class("opened")
        self.pane.focus()

    def action_back(self) -> None:
        """From the case to the list; from the list to all cases without a filter."""
        if self.focused is not self.cases:
            self.remove_class("opened")
            self.cases.focus()
            if self.focused is self.cases and not self._filter:
                self.remove_class("filtering")
        elif self.lines.is_filtered or self.has_class("filtering"):
            self._words.value = ""
            self.remove_class("filtering")
