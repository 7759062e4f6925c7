"""Arguments that several commands take, said once."""

from __future__ import annotations

from typing import Annotated

import typer

from refundkit.commands import complete

Case = Annotated[str, typer.Argument(help="The case's id, or the beginning of it.", autocompletion=complete.case_ids)]
Cases = Annotated[
    list[str], typer.Argument(help="Case ids, or the beginnings of them.", autocompletion=complete.case_ids)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")]
