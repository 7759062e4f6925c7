"""What every reader of statements promises: it tells its files by their content and yields each line or why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from refundkit.model.statements import StatementLine, UnreadLine

Line = StatementLine | UnreadLine


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file besides its content.

    `name`: what people call it, for messages. `currency`: of the account, for files that name none; '' when nobody
    said. `order`: 'dmy' or 'mdy' for dates that can be read in two ways; '' when nobody said. `own`: the folder of the
    person's own bank presets. `say` hears what was assumed.
    """

    name: str
    currency: str = ""
    order: str = ""
    own: Path | None = None
    say: Callable[[str], None] = _silent


class StatementReader(Protocol):
    """A format of statements."""

    @property
    def name(self) -> str:
        """As people know it: 'camt.053', 'OFX'."""
        ...

    def identify(self, head: bytes, facts: FileFacts) -> bool:
        """Whether a file that begins with these bytes (64 kB of it, or all) is of this format."""
        ...

    def read(self, path: Path, facts: FileFacts) -> Iterator[Line]:
        """Every line in the file's order; raise InputError, with the place, when the whole file cannot be read.

        That may be found out after lines were given (a file cut at its end): then none of them counts.
        """
        ...
