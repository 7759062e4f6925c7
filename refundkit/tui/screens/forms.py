"""Questions on top of the queue: a yes or no, and a form of a few fields that refuses what is left blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from refundkit.model.inert import printable
from refundkit.tui.screens.modal import Modal


@dataclass(frozen=True)
class Field:
    """Something to be typed, or chosen when there are `choices` (value, what is shown). `why`: said when left blank."""

    name: str
    label: str
    why: str = ""
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()


Answers = dict[str, str]


class Form(Modal[Answers | None]):
    """Asks for some fields; Enter goes on to the next and, from the last one, sends. Escape sends nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]
    AUTO_FOCUS = ""

    def __init__(self, title: str, lines: Sequence[str], fields: Sequence[Field], send: str) -> None:
        super().__init__()
        self._title, self._lines, self._fields, self._send = title, lines, fields, send
        self._entries = {field.name: self._entry(field) for field in fields}
        self._problem = Static("", id="problem")

    @staticmethod
    def _entry(field: Field) -> Input | OptionList:
        if not field.choices:
            return Input(field.value, id=field.name, max_length=500, compact=True)
        options = (Option(Content(printable(shown)), id=value) for value, shown in field.choices)
        return OptionList(*options, id=field.name, compact=True)

    def compose(self) -> ComposeResult:
        """The title, what it is about, the fields, and two buttons for the mouse."""
        with Vertical(classes="box"):
            yield Static(Content.styled(printable(self._title), "bold"), classes="title")
            yield Static(Content("\n".join(printable(line) for line in self._lines)), classes="about")
            for field in self._fields:
                yield Label(Content(field.label))
                yield self._entries[field.name]
            yield self._problem
            with Horizontal(classes="buttons"):
                yield Button(f"{self._send} (Enter)", id="send", compact=True)
                yield Button("Back (Esc)", id="back", compact=True)

    def on_mount(self) -> None:
        """The first choice is chosen, and the first field is asked that leaves something to say."""
        for entry in self._entries.values():
            if isinstance(entry, OptionList):
                entry.highlighted = 0
        open_ = (field.name for field in self._fields if len(field.choices) != 1)
        self._entries[next(open_, self._fields[0].name)].focus()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _next(self, event: Input.Submitted | OptionList.OptionSelected) -> None:
        event.stop()
        entries = list(self._entries.values())
        at = entries.index(event.input if isinstance(event, Input.Submitted) else event.option_list)
        if at + 1 < len(entries):
            entries[at + 1].focus()
        else:
            self._finish()

    @on(Button.Pressed, "#send")
    def _finish(self) -> None:
        answers = {field.name: self._answer(field) for field in self._fields}
        for field in self._fields:
            if field.why and not answers[field.name].strip():
                self._problem.update(Content.styled(field.why, "bold $text-error"))
                self._entries[field.name].focus()
                return
        self.dismiss(answers)

    def _answer(self, field: Field) -> str:
        entry = self._entries[field.name]
        if isinstance(entry, Input):
            return entry.value
        chosen = entry.highlighted_option
        return (chosen.id or "") if chosen else ""

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)


class Confirm(Modal[bool]):
    """Asks for a yes: Enter or y; anything else that ends it is a no. The keys answer, no button has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(False)", "No"),
        Binding("enter,y", "dismiss(True)", "Yes"),
    ]
    AUTO_FOCUS = ""

    def __init__(self, title: str, lines: Sequence[str], yes: str) -> None:
        super().__init__()
        self._title, self._lines, self._yes = title, lines, yes

    def compose(self) -> ComposeResult:
        """The question with its sum, the details, two buttons for the mouse."""
        with Vertical(classes="box"):
            yield Static(Content.styled(printable(self._title), "bold"), classes="title")
            with VerticalScroll(classes="details", can_focus=False):
                yield Static(Content("\n".join(printable(line) for line in self._lines)))
            with Horizontal(classes="buttons"):
                yield Button(f"{self._yes} (Enter)", id="yes", compact=True)
                yield Button("Back (Esc)", id="back", compact=True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
