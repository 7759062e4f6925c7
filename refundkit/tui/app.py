"""The program on the terminal: the queue's screen, the commands of the palette, and a word when there is no room."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from refundkit.tui.deeds import NEEDS
from refundkit.tui.office import Office
from refundkit.tui.screens.queue import QueueScreen
from refundkit.tui.screens.told import SMALLEST, TooSmall
from refundkit.workflow.shop import Settings

_COMMANDS = (
    ("Approve", "what is payable on this case", "approve"),
    ("Deny", "this case, with a reason", "deny"),
    ("Less", "approve a lower amount, with a reason", "less"),
    ("Ask a question", "nothing is approved before the answer", "question"),
    ("Override a finding", "with a reason", "override"),
    ("Hold", "no money moves until a manager lifts it", "hold"),
    ("Mark", "this case, or take its mark back", "mark"),
    ("Approve all marked", "after one question with the sum", "approve_marked"),
    ("Undo", "take back the last decision made here", "take_back"),
    ("Assess anew", "after new records or another policy", "assess"),
    ("Filter", "by words in the request, or @customer", "filter"),
    ("Files", "show a document of this case outside", "files"),
    ("Help", "every key", "help"),
)


class QueueApp(App[None]):
    """The approval queue of one person. `painted` is called when the first lines are on the screen."""

    TITLE = "refundkit queue"
    CSS_PATH = "queue.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(
        self, settings: Settings, *, read_only: bool = False, painted: Callable[[], None] | None = None
    ) -> None:
        self.office = Office(settings, read_only=read_only)
        self._painted = painted or (lambda: None)
        # Textual makes everything grey where NO_COLOR is set; with the terminal's own colours it uses none at all.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)

    def get_default_screen(self) -> Screen[None]:
        """The queue."""
        return QueueScreen(self.office, self._painted)

    def on_mount(self) -> None:
        """Look at the room there is."""
        self.screen_stack[0].call_after_refresh(self._look_at_room)

    def on_unmount(self) -> None:
        """Let what runs finish, and close the store."""
        self.office.close()

    async def on_event(self, event: events.Event) -> None:
        """Textual's own way with events, except that a key has no effect when the queue quits and no screen is left."""
        if self.screen_stack or not isinstance(event, events.InputEvent):
            await super().on_event(event)

    def _look_at_room(self) -> None:
        width, height = self.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        there = isinstance(self.screen, TooSmall)
        if small and not there:
            self.push_screen(TooSmall())
        elif there and not small:
            self.pop_screen()

    def _check_resize(self) -> None:
        """Textual's own step after the terminal has got another size."""
        super()._check_resize()
        self.call_later(self._look_at_room)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: what this person may do, and the way out."""
        queue = self.screen_stack[0]
        if screen is not queue or not isinstance(queue, QueueScreen):
            return
        for title, text, action in _COMMANDS:
            needed = NEEDS.get(action)
            if needed is None or needed in self.office.rights:
                yield SystemCommand(title, text, getattr(queue, f"action_{action}"))
        yield SystemCommand("Colours", "choose another theme", self.action_change_theme)
        yield SystemCommand("Quit", "leave the queue (Ctrl+Q)", self.action_quit)
