"""Which files of a folder or archive are meant to be read, and in what order; Maildir and Apple Mail are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

Parts = tuple[str, ...]

_MESSAGES: Final = ("cur", "new")
_UNIQUE: Final = re.compile(r"\d{6,}[._]")
_NUMBER: Final = re.compile(r"\d+")
_SYSTEM: Final = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
# What mail programs keep beside the messages, in the folder of a Maildir and in an Apple Mail folder.
_INDEX: Final = re.compile(
    r"(?:dovecot|courier|maildirfolder|maildirsize|maildirshared|subscriptions|uidvalidity|uidlist|table_of_contents"
    r"|content_index|info\.plist|\.)",
    re.IGNORECASE,
)
_BYTE_COUNT: Final = re.compile(rb"\A(\d{1,10})[ \t]*\r?\n")


def files_under(folder: Path) -> list[Path]:
    """The files of a folder that are not hidden, in a fixed order; messages of a Maildir or Apple folder by name."""
    root = folder.resolve().name
    found = {path.relative_to(folder).parts: path for path in folder.rglob("*") if path.is_file()}
    return [found[parts[1:]] for parts in wanted([(root, *parts) for parts in found], top=1)]


def wanted(files: Iterable[Parts], *, top: int = 0) -> list[Parts]:
    """Those of these paths, given in their parts, that are to be read, in order. The first `top` parts may be hidden.

    Left out are hidden files and the indexes of mail folders. The `cur` and `new` of a Maildir are one sequence.
    """
    seen = [parts for parts in files if not any(_hidden(part) for part in parts[top:])]
    maildirs = _maildirs(seen)
    return sorted((parts for parts in seen if not _index(parts, maildirs)), key=lambda parts: _key(parts, maildirs))


def in_maildir(path: Path) -> bool:
    """Whether a file lies where a Maildir keeps messages, which have no names that say what they are."""
    folder = path.parent
    if folder.name not in _MESSAGES:
        return False
    return bool(_UNIQUE.match(path.name)) or all((folder.parent / name).is_dir() for name in _MESSAGES)


def without_plist(data: bytes) -> bytes:
    """The message of an Apple Mail file (.emlx), which has a count of bytes before and a property list behind it."""
    match = _BYTE_COUNT.match(data)
    end = match.end() + int(match[1]) if match else 0
    return data[match.end() : end] if match and data[end : end + 200].lstrip().startswith(b"<?xml") else data


def _hidden(part: str) -> bool:
    return part.startswith(".") or part.casefold() in _SYSTEM


def _maildirs(files: list[Parts]) -> set[Parts]:
    """The folders that are Maildirs: with both `cur` and `new` (or `tmp`), or with messages named as there is usual."""
    inside: dict[Parts, set[str]] = {}
    for parts in files:
        if len(parts) > 1 and parts[-2] in (*_MESSAGES, "tmp"):
            inside.setdefault(parts[:-2], set()).add(parts[-2])
            if parts[-2] in _MESSAGES and _UNIQUE.match(parts[-1]):
                inside[parts[:-2]].add("named")
    return {root for root, signs in inside.items() if len(signs) > 1}


def _index(parts: Parts, maildirs: set[Parts]) -> bool:
    """Whether a file in a mail folder is none of its messages: an index, a copy of what is enclosed, half delivered."""
    if len(parts) > 1 and parts[:-2] in maildirs and parts[-2] == "tmp":
        return True
    apple = any(part.casefold().endswith(".mbox") for part in parts[:-1])
    beside = "Attachments" in parts[:-1] or bool(_INDEX.match(parts[-1]))
    return beside and (apple or parts[:-1] in maildirs)


def _key(parts: Parts, maildirs: set[Parts]) -> tuple[str, ...]:
    """What a path is sorted by; numbers in names of messages count as numbers (9.emlx comes before 10.emlx)."""
    if len(parts) > 1 and parts[:-2] in maildirs and parts[-2] in _MESSAGES:
        return (*parts[:-2], parts[-1])
    if parts[-1].casefold().endswith(".emlx"):
        return (*parts[:-1], _NUMBER.sub(lambda m: m[0][:40].zfill(40), parts[-1]))
    return parts
