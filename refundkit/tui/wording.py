"""How amounts, times and lists are said on the screen: short, the same everywhere, and safe to show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rich.cells import cell_len, set_cell_size

from refundkit.model.money import Money, plain
from refundkit.workflow.queue import Waiting

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def waited(since_ms: int, now: datetime) -> str:
    """How long a case has waited: '45m', '7h', '3d', '12w'."""
    seconds = max(int(now.timestamp()) - since_ms // 1000, 0)
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR}h"
    return f"{seconds // _DAY}d" if seconds < 100 * _DAY else f"{seconds // (7 * _DAY)}w"


def amount(line: Waiting) -> str:
    """What would be given back; a dash where it is not known."""
    return "-" if line.payable is None or not line.currency else f"{plain(line.payable, line.currency)} {line.currency}"


def money(value: dict[str, str] | None) -> str:
    """An amount of a document; a dash for none."""
    return f"{value['amount']} {value['currency'] or ''}".rstrip() if value else "-"


def needs(line: Waiting) -> str:
    """What a case waits for, in a word."""
    if line.holds:
        return "held"
    if line.asked:
        return "asked"
    if line.state == "review":
        return "review"
    return "2 mgrs" if line.dual else line.level


def sums(amounts: Iterable[Money]) -> str:
    """Sums by currency: '120.00 USD + 40.00 EUR'."""
    found: dict[str, int] = {}
    for value in amounts:
        found[value.currency] = found.get(value.currency, 0) + value.minor
    return " + ".join(str(Money(minor, currency)) for currency, minor in sorted(found.items())) or "nothing"


def fit(text: str, width: int) -> str:
    """A text cut or filled to exactly so many cells; what is cut is shown by an ellipsis."""
    if cell_len(text) > width > 1:
        return (
            set_cell_size(text, width - 1).rstrip()
            + "…"
            + " " * (width - 1 - cell_len(set_cell_size(text, width - 1).rstrip()))
        )
    return set_cell_size(text, width)


def wrapped(text: str, width: int) -> list[str]:
    """A text as lines of at most so many cells, broken at blanks where there are any."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        grown = f"{line} {word}" if line else word
        if cell_len(grown) <= width:
            line = grown
            continue
        if line:
            lines.append(line)
        while cell_len(word) > width:
            head = _head(word, width)
            lines.append(head)
            word = word[len(head) :]  # noqa: PLW2901 - the rest of the same word
        line = word
    return [*lines, line]


def _head(word: str, width: int) -> str:
    end = len(word)
    while end > 1 and cell_len(word[:end]) > width:
        end = max(1, min(end - 1, width))
    return word[:end]
