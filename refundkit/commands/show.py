"""Puts results on the screen: aligned columns for people, JSON for scripts, progress only on a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import typer

from refundkit.model.inert import printable

__all__ = ["as_json", "as_jsonl", "bold", "columns", "note", "printable", "progress"]


def as_json(document: Any) -> None:
    """One document on stdout and nothing else."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def as_jsonl(objects: Iterable[Any]) -> None:
    """One object a line."""
    for item in objects:
        sys.stdout.write(json.dumps(item, ensure_ascii=False, separators=(", ", ": ")) + "\n")


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A plain table; columns whose number is in `right` stand right."""
    cells = [headings, *rows]
    widths = [max(len(printable(row[i])) for row in cells) for i in range(len(headings))]
    for row in cells:
        parts = [
            printable(cell).rjust(widths[i]) if i in right else printable(cell).ljust(widths[i])
            for i, cell in enumerate(row)
        ]
        typer.echo("  ".join(parts).rstrip())


def note(text: str) -> None:
    """Talk, on stderr."""
    typer.echo(text, err=True)


def bold(text: str) -> str:
    """Bold on a terminal, plain elsewhere and with NO_COLOR."""
    return typer.style(text, bold=True) if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int], None] | None]:
    """A callback (file, rows so far) that draws a running line after a second, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} rows"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        tasks: dict[str, Any] = {}

        def tell(name: str, done: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(printable(name), total=None)
            bar.update(tasks[name], completed=done)

        yield tell
