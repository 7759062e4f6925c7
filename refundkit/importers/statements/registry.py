"""Finds the format of what a bank or processor says, by its content and never by its name, and reads it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.statements.contract import FileFacts, Line, StatementReader

HEAD: Final = 64 * 1024

# Class by module, asked in this order: what says its own name before what is known by its headings.
_READERS: Final = (
    ("camt", "Camt"),
    ("pain002", "Pain002"),
    ("nacha", "NachaReturns"),
    ("ofx", "Ofx"),
    ("rows", "BankLists"),
)


def readers() -> Iterator[StatementReader]:
    """Every reader, loaded when it is asked for."""
    for module, name in _READERS:
        reader: StatementReader = getattr(import_module(f"refundkit.importers.statements.{module}"), name)()
        yield reader


def reader_of(path: Path, facts: FileFacts) -> StatementReader:
    """The reader of a file. Raise InputError for one that cannot be opened or is of no known format, naming those."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as err:
        why = "does not exist" if isinstance(err, FileNotFoundError) else f"cannot be read: {err.strerror}"
        raise InputError(why, hint="check the name and the rights of the file", where=facts.name) from err
    if not head.strip():
        raise InputError("is empty", hint="download the statement again; nothing was taken", where=facts.name)
    found = next((reader for reader in readers() if reader.identify(head, facts)), None)
    if found is None:
        raise _unknown(head, facts)
    return found


def read_statement(path: Path, facts: FileFacts) -> Iterator[Line]:
    """Every line of a file of any known format; InputError with the place when it cannot be read, also after lines."""
    yield from reader_of(path, facts).read(path, facts)


def _unknown(head: bytes, facts: FileFacts) -> InputError:
    from refundkit.importers.statements.preset import builtin
    from refundkit.importers.tabular.dialect import looks_like

    kinds = "; ".join(reader.name for reader in readers())
    what = f"is {said}, not a statement" if (said := looks_like(head)) else "is a statement of no format that is known"
    systems = sorted({preset.system for preset in builtin() if not preset.last})
    hint = (
        f"known are: {kinds} of {', '.join(systems)}, and any with a date, an amount and a text in its headings. "
        "Ask the bank for camt.053, OFX or CSV"
    )
    return InputError(what, hint=hint, where=facts.name)
