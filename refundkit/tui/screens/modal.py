"""What stands in front of the queue ends once, however fast the keys come."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

T = TypeVar("T")


class Modal(ModalScreen[T]):
    """A screen in front of the queue. Textual takes away whatever is in front, each time a screen says it ends."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """End, unless it has ended: a second Enter may come before the first has taken it away."""
        return super().dismiss(result) if self.is_current else AwaitComplete()
