"""What every reader of statements promises: it tells its files by their content and yields each line or why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from refundkit.model.statements import StatementLine, UnreadLine

Line = StatementLine | UnreadLine


class StatementReader(Protocol):
    """A format of statements."""

    @property
    def name(self) -> str:
        """As people know it: 'camt.053', 'OFX'."""
        ...

    def identify(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes (64 kB of it, or all) is of this format."""
        ...

    def read(self, path: Path) -> Iterator[Line]:
        """Every line in the file's order; raise InputError, with the place, when the whole file cannot be read."""
        ...
