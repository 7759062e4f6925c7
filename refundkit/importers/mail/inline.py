"""Answers written between the lines of what they answer: each is told together with the question above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_LEAST: Final = 2
"""So many answers between quoted lines show that the text is written so."""
_LINES: Final = 6
"""A question takes no more."""
_LONGEST: Final = 90
_NUMBERED: Final = re.compile(r"^\s*(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")
_LAST: Final = re.compile(r"(?:.*[.!:]\s)?(.+)", re.DOTALL)


def question(quoted: Sequence[str]) -> str:
    """What the last of some quoted lines ask: '2. Which invoice is it?' is 'Which invoice is it'; '' when nothing.

    Lines with figures are none: a sum in them is not what the answer says.
    """
    lines: list[str] = []
    for line in reversed(quoted[-_LINES:]):
        if not line.strip():
            if lines:
                break
            continue
        lines.insert(0, line.strip())
        if _NUMBERED.match(line):
            break
    text = " ".join(lines)
    numbered = _NUMBERED.match(text) is not None
    asked = _NUMBERED.sub("", text)
    if "?" in asked:
        asked = asked[: asked.rindex("?")]
        found = _LAST.fullmatch(asked.replace("? ", "! "))
        asked = found[1] if found else asked
    elif not (numbered or asked.endswith(":")):
        return ""
    asked = asked.strip(" ?:.")
    return "" if len(asked) > _LONGEST or any(c.isdigit() for c in asked) else asked


def answered(new: Sequence[str], questions: Sequence[tuple[int, str]]) -> list[str]:
    """The new lines, those that answer a question with it before them. `questions`: (number of the line, question)."""
    out = list(new)
    if len(questions) >= _LEAST:
        for at, asked in questions:
            out[at] = f"{asked}: {out[at].strip()}"
    return out
