"""What a file is, by the bytes it begins with (kinds.toml); never by its name, and nothing in it is opened."""

from __future__ import annotations

import codecs
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

_HEAD: Final = 4096
UNKNOWN: Final = "application/octet-stream"


@cache
def _kinds() -> list[tuple[str, list[tuple[int, bytes]]]]:
    text = files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8")
    return [
        (kind["type"], [(at, bytes.fromhex(mark)) for at, mark in kind["marks"]])
        for kind in tomllib.loads(text)["kinds"]
    ]


def media_type(content: bytes) -> str:
    """The media type that a file's first bytes prove; 'application/octet-stream' when they prove none."""
    for name, marks in _kinds():
        if all(content.startswith(mark, at) for at, mark in marks):
            return name
    head = content[:_HEAD]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(content) <= _HEAD)
    except UnicodeDecodeError:
        return UNKNOWN
    return "text/plain" if head and all(c >= " " or c in "\t\n\r\f" for c in text) else UNKNOWN
