"""How lists are to be read, as a person says it: in options, or when asked on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from refundkit.commands import ask, show
from refundkit.errors import UsageError

if TYPE_CHECKING:
    from refundkit.importers.tabular.choices import Choices
    from refundkit.importers.tabular.plan import Proof
    from refundkit.workflow.lists import Ways
    from refundkit.workflow.shop import Shop

_ORDERS: Final = {"dmy": "dmy", "mdy": "mdy", "": ""}
_MARKS: Final = {"point": ".", "comma": ",", "": ""}


def choices(columns: Sequence[str] | None, date_order: str, decimal: str) -> Choices:
    """What the options say; raise UsageError for words that mean nothing."""
    from refundkit.workflow.lists import choices_of

    if date_order not in _ORDERS:
        hint = "dmy: the day first; mdy: the month first"
        raise UsageError(f"'{date_order}' is no order of dates", hint=hint, where="--date-order")
    if decimal not in _MARKS:
        raise UsageError(f"'{decimal}' is no decimal mark", hint="point or comma", where="--decimal")
    return choices_of(columns or (), date_order, _MARKS[decimal])


def ways(shop: Shop, paths: Sequence[Path], said: Choices) -> Ways:
    """How each file is read: as the options say, and as a person at a terminal answers what a list leaves open."""
    from refundkit.workflow.lists import Ways, asked

    return asked(shop, paths, said, _ask) if ask.may_ask(yes=False) else Ways(said)


def _ask(path: Path, left: Proof) -> tuple[str, str]:
    """Ask for the order of dates and the decimal mark; no answer leaves the rows to a person later."""
    order = mark = ""
    name = show.printable(str(path))
    if left.date:
        answer = _answer(
            f"{name}: is '{show.printable(left.date)}' day first or month first? (d/m, Enter: leave open)", "dm"
        )
        order = {"d": "dmy", "m": "mdy", "": ""}[answer]
    if left.amount:
        said = show.printable(left.amount)
        answer = _answer(f"{name}: is the mark in '{said}' a decimal one? (y/n, Enter: leave open)", "yn")
        own = "." if "." in left.amount else ","
        mark = {"y": own, "n": "," if own == "." else ".", "": ""}[answer]
    return order, mark


def _answer(question: str, letters: str) -> str:
    while True:
        said = ask.line(question).casefold()[:1]
        if not said or said in letters:
            return said
