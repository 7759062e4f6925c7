"""A name for a file of somebody else's that is safe on every system; what it was called is kept beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

MAX_NAME: Final = 100
_MAX_ENDING: Final = 12
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9._]+")
# Names that are devices on Windows, with or without an ending.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin|conout|clock)(?:\..*)?", re.IGNORECASE)
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)


def safe_name(original: str, taken: Container[str] = ()) -> str:
    """Letters, digits, '-', '_' and '.', at most 100 of them, no path, no hidden file, no device; its ending is kept.

    `taken`: names in small letters that are given away; the second 'photo.jpg' becomes 'photo-2.jpg'.
    """
    last = re.split(r"[/\\]", original.translate(_LETTERS).rstrip(" ."))[-1]
    spread = unicodedata.normalize("NFKD", last[: 4 * MAX_NAME] if len(last) <= 4 * MAX_NAME else last[-4 * MAX_NAME :])
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    stem, dot, ending = bare.rpartition(".")
    if not dot:
        stem, ending = bare, ""
    ending = _plain(_plain(ending)[:_MAX_ENDING])
    ending = f".{ending}" if ending else ""
    stem = _plain(stem)
    if not stem or _DEVICE.fullmatch(stem + ending):
        stem = f"file-{stem}" if stem else "file"
    name, number = stem[: MAX_NAME - len(ending)].rstrip("-.") + ending, 1
    while name.lower() in taken:
        number += 1
        count = f"-{number}"
        name = stem[: MAX_NAME - len(ending) - len(count)].rstrip("-.") + count + ending
    return name


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("-", text).strip("-._ ")
