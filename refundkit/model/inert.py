"""Texts of others made safe to show: nothing in them can move a cursor, hide what follows, or turn its direction."""

from __future__ import annotations


def printable(text: str) -> str:
    """The same text on one line, with control and direction characters shown instead of sent."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def printable_lines(text: str) -> list[str]:
    """The lines of a text, each made safe; tabs become blanks, and blank lines at the ends go."""
    return [printable(line.expandtabs(4).rstrip()) for line in text.strip().splitlines()]
