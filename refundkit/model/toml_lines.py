"""On which line of a TOML text each table, key and list entry stands. For texts that tomllib has read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Final

Path = tuple[str | int, ...]

# One piece of TOML at a time: strings that may span lines first, then short ones, comments, line ends, brackets.
_PIECE: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'"
    r"|#[^\n]*|\n|[\[\]{},=]|[^\s\"'#\[\]{},=]+",
    re.DOTALL,
)  # fmt: skip


def lines(text: str) -> dict[Path, int]:
    """Line (from 1) of every path, as ('routing', 'overrides', 0, 'tier'); tables have the line of their header."""
    return _Reader(text).read()


def line_of(known: dict[Path, int], path: Path) -> int:
    """The line of a path or of the nearest thing around it that stands in the text; 1 when there is none."""
    while path:
        if path in known:
            return known[path]
        path = path[:-1]
    return 1


class _Reader:
    """Walks the pieces once, keeping the table it is in."""

    def __init__(self, text: str) -> None:
        self.pieces = _pieces(text.replace("\r\n", "\n"))
        self.known: dict[Path, int] = {}
        self.table: Path = ()
        self.counts: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        for piece, line in self.pieces:
            if piece == "[":
                self._header(line)
            elif piece != "\n":
                self._pair(self.table, piece, line)
        return self.known

    def _header(self, line: int) -> None:
        """[a.b] or [[a.b]]: the second form begins the next entry of a list."""
        words, listed = [], False
        for piece, _ in self.pieces:
            if piece == "[":
                listed = True
            elif piece == "]":
                break
            else:
                words.append(piece)
        if listed:
            next(self.pieces, None)
        path = self._inside(_key("".join(words)))
        if listed:
            self.known.setdefault(path, line)
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.table = path
        for length in range(1, len(path) + 1):
            self.known.setdefault(path[:length], line)

    def _inside(self, key: Path) -> Path:
        """A header's path with the numbers of the list entries it goes through."""
        path: Path = ()
        for number, word in enumerate(key):
            path = (*path, word)
            if path in self.counts and number < len(key) - 1:
                path = (*path, self.counts[path])
        return path

    def _pair(self, table: Path, piece: str, line: int) -> str:
        """Read `key = value` inside a table; give back the piece that ended the value."""
        words = [piece]
        for word, _ in self.pieces:
            if word == "=":
                break
            words.append(word)
        path = (*table, *_key("".join(words)))
        for length in range(len(table) + 1, len(path) + 1):
            self.known.setdefault(path[:length], line)
        return self._value(path)

    def _value(self, path: Path) -> str:
        """Read one value; give back the piece after it."""
        end = "\n"
        for piece, _ in self.pieces:
            if piece == "[":
                self._list(path)
            elif piece == "{":
                self._inline(path)
            elif piece in ("\n", ",", "]", "}"):
                end = piece
                break
        return end

    def _list(self, path: Path) -> None:
        number = 0
        for piece, line in self.pieces:
            if piece == "]":
                return
            if piece == ",":
                number += 1
            elif piece != "\n":
                self.known.setdefault((*path, number), line)
                if piece == "[":
                    self._list((*path, number))
                elif piece == "{":
                    self._inline((*path, number))

    def _inline(self, path: Path) -> None:
        for piece, line in self.pieces:
            if piece == "}":
                return
            if piece not in (",", "\n") and self._pair(path, piece, line) == "}":
                return


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _PIECE.finditer(text):
        piece = match.group()
        if not piece.startswith("#"):
            yield piece, line
        line += piece.count("\n")


def _key(written: str) -> Path:
    """The words of a key as written: bare, quoted or dotted."""
    path: Path = ()
    table = tomllib.loads(f"{written} = 0")
    while isinstance(table, dict):
        word, table = next(iter(table.items()))
        path = (*path, word)
    return path
