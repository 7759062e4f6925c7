"""The files of one request: named safely, told by their content, and no more of them than a case may hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from refundkit.importers.attached.contents import media_type
from refundkit.importers.attached.names import safe_name
from refundkit.model.requests import Original

MAX_FILE: Final = 25 * 1024 * 1024
MAX_CASE: Final = 100 * 1024 * 1024
MAX_FILES: Final = 200
_MAX_ORIGINAL: Final = 255


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is kept. `name` is safe on every system; `original` is what it was called, for people only."""

    name: str
    original: str
    media_type: str
    content: bytes


def take(files: Iterable[Original]) -> tuple[list[Attachment], list[str]]:
    """The files that can be kept, in their order, and a sentence for each that is too large or one too many."""
    kept: list[Attachment] = []
    left: list[str] = []
    names: set[str] = set()
    total = 0
    for file in files:
        size = len(file.content)
        original = shown_name(file.name)
        if len(kept) == MAX_FILES:
            left.append(f"'{original}' is one file too many; at most {MAX_FILES} are kept of one request")
        elif size > MAX_FILE:
            left.append(f"'{original}' is larger than the {told_size(MAX_FILE)} that are kept of one file")
        elif total + size > MAX_CASE:
            left.append(f"'{original}' makes more than the {told_size(MAX_CASE)} that are kept of one request")
        else:
            name = safe_name(file.name, names)
            names.add(name.lower())
            total += size
            kept.append(Attachment(name, original, media_type(file.content), file.content))
    return kept, left


def shown_name(name: str) -> str:
    """What a file was called, as it is kept: text that can be written as UTF-8, at most 255 characters."""
    return name.encode("utf-8", "replace").decode()[:_MAX_ORIGINAL]


def told_size(size: int) -> str:
    """A size as people read it: 940 bytes, 12 KB, 2.5 MB."""
    if size < 1_000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{(size + 512) // 1024} KB"
    tenths = (size * 10 + 524_288) // 1_048_576
    return f"{tenths // 10}.{tenths % 10} MB" if tenths % 10 else f"{tenths // 10} MB"
