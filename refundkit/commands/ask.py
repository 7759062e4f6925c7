"""Questions on a terminal: one line each, Enter takes what stands in brackets, Ctrl-C leaves with nothing written."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import typer

from refundkit.commands import show
from refundkit.errors import UsageError

Read = TypeVar("Read")


def may_ask(*, yes: bool) -> bool:
    """Whether there is a person at a terminal who can be asked; --yes asks nothing."""
    return not yes and sys.stdin.isatty() and sys.stdout.isatty()


def line(question: str, default: str = "") -> str:
    """What was typed, the default for Enter alone. The end of input is an interrupt."""
    with contextlib.suppress(ImportError):  # arrow keys and backspace; not everywhere
        import readline  # noqa: F401
    shown = f"{question} [{show.printable(default)}] " if default else f"{question} "
    try:
        typed = input(shown)
    except (EOFError, KeyboardInterrupt):
        typer.echo("", err=True)
        raise KeyboardInterrupt from None
    return typed.strip() or default


def secret(question: str) -> str:
    """What was typed unseen on a terminal; without one, a line of standard input. The end of input is an interrupt."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    import getpass

    try:
        return getpass.getpass(question).strip()
    except (EOFError, KeyboardInterrupt):
        typer.echo("", err=True)
        raise KeyboardInterrupt from None


def yes_or_no(question: str) -> bool:
    """Enter is yes."""
    while True:
        typed = line(f"{question} [Y/n]").casefold()
        if typed in ("", "y", "yes"):
            return True
        if typed in ("n", "no"):
            return False


def until_read(question: str, default: str, read: Callable[[str], Read]) -> tuple[str, Read]:
    """Ask until what was typed can be read; what is wrong with it is said before it is asked again."""
    while True:
        typed = line(question, default)
        try:
            return typed, read(typed)
        except UsageError as err:
            show.note(f"  {show.printable(err.message)}; {err.hint}")


def listed(lines: Sequence[str]) -> None:
    """A numbered choice."""
    for number, text in enumerate(lines, 1):
        typer.echo(f"  {number}  {show.printable(text)}")


def chosen(typed: str, count: int) -> int | None:
    """The place that a typed number means, from 0; None when it is none of them."""
    return (
        int(typed) - 1 if typed.isascii() and typed.isdigit() and len(typed) < 4 and 0 < int(typed) <= count else None
    )
