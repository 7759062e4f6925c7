"""The pane with one case: scrolls, and says it anew when the width changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from refundkit.tui.widgets import sheet_text
from refundkit.workflow.queue import Sheet


class SheetPane(VerticalScroll):
    """Shows a Sheet, or a sentence where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
    ]

    def __init__(self, me: str, now: Callable[[], datetime]) -> None:
        super().__init__(id="sheet")
        self._me, self._now = me, now
        self.sheet: Sheet | None = None
        self._said = ""
        self._text = Static(id="sheet-text")

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def show(self, sheet: Sheet | None, said: str = "") -> None:
        """Show a case; the place in it is kept when it is the same one."""
        same = sheet is not None and self.sheet is not None and sheet.key == self.sheet.key
        self.sheet, self._said = sheet, said
        self._draw()
        if not same:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._draw()

    def _draw(self) -> None:
        width = max(self.scrollable_content_region.width - 1, 20)
        text = sheet_text.content(self.sheet, self._me, self._now(), width) if self.sheet else Content(self._said)
        self._text.update(text)
