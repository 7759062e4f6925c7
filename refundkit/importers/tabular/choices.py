"""What a person said about a list before it is read, and what reading may ask or tell; all of it may be left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def _silent(_: str) -> None:
    return None


def _nobody(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Choices:
    """How a list with headings of its own is to be read.

    `columns`: field -> heading, as a person named them. `order`: 'dmy' or 'mdy', the order of slashed dates; `mark`:
    '.' or ',', the decimal mark; '' leaves them to the list. `own`: the folder of the person's own presets.
    `say` hears what the columns were taken for. `customer` knows the id of the one customer who has a name, else ''.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    mark: str = ""
    own: Path | None = None
    say: Callable[[str], None] = _silent
    customer: Callable[[str], str] = _nobody
