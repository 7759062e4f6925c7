"""Arguments that several commands take, said once."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from refundkit.commands import complete
from refundkit.errors import UsageError

Case = Annotated[str, typer.Argument(help="The case's id, or the beginning of it.", autocompletion=complete.case_ids)]
Cases = Annotated[
    list[str], typer.Argument(help="Case ids, or the beginnings of them.", autocompletion=complete.case_ids)
]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object a case.")]
Reason = Annotated[str, typer.Option("--reason", help="Why. It stays with the case for ever.")]
InsteadOf = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="USER",
        help="As the stand-in of this person. Without it you decide for yourself where you may, else for whom you stand"
        " in.",
        autocompletion=complete.users,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=HEADING", help='Which column a field is in, as "Amount=Refund due"; again and again.'
    ),
]
DateOrder = Annotated[
    str,
    typer.Option("--date-order", metavar="dmy|mdy", help="The order of dates such as 03/04/2026.", show_default=False),
]
DecimalMark = Annotated[
    str,
    typer.Option(
        "--decimal", metavar="point|comma", help="The decimal mark of amounts such as 1,234.", show_default=False
    ),
]


def day(text: str, where: str) -> date | None:
    """A day of the command line; None for ''. Raise UsageError for anything that is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise UsageError(f"'{text[:20]}' is no day", hint="a day is written as 2026-09-30", where=where) from err
