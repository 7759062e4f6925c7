"""The list of waiting cases: draws the lines that are on the screen, whatever their number, and moves the cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from refundkit.model.inert import printable
from refundkit.tui.lines import Lines
from refundkit.tui.wording import amount, fit, needs, waited
from refundkit.workflow.queue import Waiting

_WIDE: Final = 64
_SHORT_ID: Final = 12
_LONG_ID: Final = 17


class CaseList(ScrollView, can_focus=True):
    """One line a case. `marked`: keys of cases that were marked; `busy`: those on which something is being done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home,g", "move_to(0)", "First", show=False),
        Binding("end,G", "move_to(-1)", "Last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "case-list--heading", "case-list--cursor", "case-list--other", "case-list--marked",
    }  # fmt: skip
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor stands on another line."""

    class Scrolled(Message):
        """Lines are on the screen that may not be there yet."""

    class Opened(Message):
        """Somebody wants to see the case under the cursor."""

    class Toggled(Message):
        """Somebody marks a case with the mouse, or takes the mark back."""

        def __init__(self, line: Waiting | None) -> None:
            super().__init__()
            self.line = line

    def __init__(self, lines: Lines, now: Callable[[], datetime]) -> None:
        super().__init__(id="cases")
        self.lines, self._now = lines, now
        self.marked: dict[str, str] = {}
        self.busy: set[str] = set()

    @property
    def rows(self) -> int:
        """How many lines of cases fit on the screen, below the heading."""
        return max(self.size.height - 1, 1)

    @property
    def window(self) -> tuple[int, int]:
        """The first and the last line on the screen."""
        first = round(self.scroll_y)
        return first, first + self.rows - 1

    @property
    def current(self) -> Waiting | None:
        """The line under the cursor."""
        return self.lines.at(self.cursor)

    def renew(self) -> None:
        """Draw anew: the lines have changed."""
        self.virtual_size = Size(self.size.width, self.lines.count + 1)
        self.cursor = max(min(self.cursor, self.lines.count - 1), 0)
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor on the screen, and ask for what came into view."""
        self.virtual_size = Size(self.size.width, self.lines.count + 1)
        self._show_cursor()
        self.post_message(self.Scrolled())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the lines that came into view."""
        super().watch_scroll_y(old_value, new_value)
        self.refresh()
        self.post_message(self.Scrolled())

    def validate_cursor(self, value: int) -> int:
        """Stay on the lines there are."""
        return max(min(value, self.lines.count - 1), 0)

    def watch_cursor(self, old: int, new: int) -> None:
        """Follow the cursor."""
        if old != new:
            self._show_cursor()
            self.refresh()
            self.post_message(self.Moved())

    def _show_cursor(self) -> None:
        self.scroll_to_region(
            Region(0, self.cursor, 1, 2), animate=False, force=True, immediate=True, x_axis=False
        )  # two high: the heading takes a line of the window

    def action_move(self, by: int) -> None:
        """Go so many lines down."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Go a screen down or up."""
        self.cursor += by * self.rows

    def action_move_to(self, index: int) -> None:
        """Go to a line; -1 is the last."""
        self.cursor = index if index >= 0 else self.lines.count - 1

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; at the left edge it marks, a second one opens the case."""
        if event.y < 1:
            return
        index = round(self.scroll_y) + event.y - 1
        if index >= self.lines.count:
            return
        self.cursor = index
        if event.x < 3:
            self.post_message(self.Toggled(self.current))
        elif event.chain > 1:
            self.post_message(self.Opened())

    def render_line(self, y: int) -> Strip:
        """A line of the screen: the heading, a case, or nothing."""
        width = self.size.width
        if y == 0:
            return self._strip(_columns(width, "  ", "case", "payable", "waits", "needs", "customer"), "heading")
        index = round(self.scroll_y) + y - 1
        if index >= self.lines.count:
            return Strip.blank(width, self.rich_style)
        line = self.lines.at(index)
        at_cursor = index == self.cursor
        if line is None:
            return self._strip(fit("> …" if at_cursor else "  …", width), "cursor" if at_cursor else "")
        mark = "*" if line.key in self.marked else "~" if line.key in self.busy else " "
        who = f"{printable(line.name or line.customer) or '-'}  {line.reason}"
        text = _columns(
            width, f"{'>' if at_cursor else ' '}{mark}", line.id, amount(line), waited(line.since_ms, self._now()),
            needs(line) if line.mine else f"({needs(line)})", who,
        )  # fmt: skip
        kind = "cursor" if at_cursor else "marked" if line.key in self.marked else "" if line.mine else "other"
        return self._strip(text, kind)

    def _strip(self, text: str, kind: str) -> Strip:
        style: Style = self.get_component_rich_style(f"case-list--{kind}") if kind else self.rich_style
        return Strip([Segment(text, style)], self.size.width)


def _columns(width: int, mark: str, name: str, payable: str, waits: str, need: str, who: str) -> str:
    """The columns side by side, to the width there is."""
    id_width = _LONG_ID if width >= _WIDE else _SHORT_ID
    head = f"{mark}{fit(name[:id_width], id_width)} {payable.rjust(13)} {waits.rjust(5)} {fit(need, 9)} "
    return head + fit(who, width - len(head)) if width > len(head) else fit(head, width)
