"""What is told on top of the queue: help, one result per case, and that the terminal is too small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from refundkit.model.inert import printable
from refundkit.tui.screens.modal import Modal

SMALLEST: Final = (60, 16)

HELP: Final = """\
Enter    the case; in place of the list where there is no room
         beside it. Esc goes back
up down  the next case; also k j, Page up, Page down, Home, End
Tab      from the list to the case and back

a        approve what is payable: a question names it, Enter: yes
d        deny, with the reason that the customer will read
l        less: a lower amount, with a reason
q        question: nothing is approved before the answer
o        override a finding, with a reason
h        hold: no money moves until a manager lifts it
u        undo: take back the last decision made here, while it is
         not booked and where the rules allow it
r        assess anew, when records or the policy have changed since

Space    mark a case; A approves all marked after one question that
         names the sum
/        filter: words in the request, @ before a word for a
         customer; Esc shows all again
f        the documents of a case, opened outside
Ctrl+P   every command by name
Ctrl+Q   quit (q is for questions)

The order: first what you may decide, then, in brackets, the rest.
In both it is the money times the waiting: every doubling of the
amount counts as a week of waiting.

Signs: > the cursor, * marked, ~ being decided.
Every decision is bound to what you saw. When somebody was faster,
the queue says so and nothing is written."""


class Told(Modal[None]):
    """Some lines to read; any of the usual keys ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,question_mark,space", "dismiss(None)", "Back"),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """The title, the lines, how it ends."""
        with Vertical(classes="box"):
            yield Static(Content.styled(printable(self._title), "bold"), classes="title")
            with VerticalScroll(classes="details"):
                yield Static(Content("\n".join(printable(line) for line in self._lines)))
            yield Static("Esc or Enter: back; up and down scroll", classes="about")

    def action_scroll(self, by: int) -> None:
        """Move the text."""
        for text in self.query(VerticalScroll):  # a key may come before it is there, or while the queue quits
            text.scroll_relative(y=by, animate=False)


class TooSmall(Modal[None]):
    """Stands in front of everything while the terminal is too small, and goes by itself."""

    def compose(self) -> ComposeResult:
        """What is there, and what it takes."""
        yield Static(id="small")

    def on_mount(self) -> None:
        """Say it for the size of now."""
        self.tell()

    def on_resize(self) -> None:
        """Say it for the new size."""
        self.tell()

    def tell(self) -> None:
        """The sentence."""
        width, height = self.app.size
        need = " x ".join(map(str, SMALLEST))
        for said in self.query(Static):
            said.update(
                f"This terminal is too small: {width} x {height}. The queue needs {need}.\n"
                "Make it larger and it goes on where it was; nothing is lost. Ctrl+Q quits."
            )
