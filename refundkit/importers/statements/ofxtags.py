"""Cuts OFX, both the SGML of version 1 and the XML of version 2, into tags with their values, in bounded memory.

Written here and not taken from a library: ofxtools is under the GPL, and ofxparse, last released in 2021, takes
eighteen times the time for ten times the lines, reads NaN as an amount, and gives no line and no error for a file that
is cut. OFX has no attributes, no entities of its own and no document type, so little is left of XML to do harm.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Final, TextIO

from refundkit.errors import InputError

MAX_VALUE: Final = 1 << 20
"""Characters of one value."""

_CHUNK: Final = 1 << 16
_AGAIN: Final = "download the file again from the bank, as OFX, QFX or CSV; nothing of it was taken"
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})\s{0,9}/?>")
_ASIDE: Final = (("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", ">"))
_LONGEST_TAG: Final = 60
_OUTER: Final = frozenset({"OFX", "BANKTRANLIST"})


def encoding_of(path: Path, name: str) -> str:
    """UTF-16 where its mark says so, UTF-8 where all bytes are, else Windows-1252, whatever the file declares.

    Raise InputError, with the line, for NUL bytes.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, first, utf8 = 1, True, True
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            first = False
            if (nul := chunk.find(b"\0")) >= 0:
                line += chunk.count(b"\n", 0, nul)
                raise InputError("holds NUL bytes, as no OFX file does", hint=_AGAIN, where=f"{name}, line {line}")
            line += chunk.count(b"\n")
            try:
                utf8 = utf8 and decoder.decode(chunk) is not None
            except UnicodeDecodeError:
                utf8 = False
    return "utf-8-sig" if utf8 else "cp1252"


def tags(path: Path, name: str) -> Iterator[tuple[str, str, int]]:
    """(name, value, line) of every tag in order; the name of an end begins with '/', both in capitals.

    Raise InputError, with the line, for what is no OFX, is cut, or is made to do harm.
    """
    try:
        encoding = encoding_of(path, name)
        with path.open(encoding=encoding, errors="strict" if encoding == "utf-16" else "replace", newline="") as file:
            yield from _Cutter(file, name).tags()
    except UnicodeError as err:
        raise InputError("is damaged: not all of it is UTF-16", hint=_AGAIN, where=name) from err
    except OSError as err:
        raise InputError(f"cannot be read: {err.strerror}", hint="check the file and its rights", where=name) from err


class _Cutter:
    """Goes through the text once. A value is complete when the next tag begins."""

    def __init__(self, file: TextIO, name: str) -> None:
        self.file, self.name = file, name
        self.text, self.at, self.line = "", 0, 1
        self.outer = ""
        self.closed = False
        self.tag, self.where, self.value, self.size = "", 1, list[str](), 0

    def tags(self) -> Iterator[tuple[str, str, int]]:
        """Every tag from <OFX> on."""
        while True:
            begin = self.text.find("<", self.at)
            self._take(begin if begin >= 0 else len(self.text))
            if begin < 0:
                if not self._more():
                    break
            elif match := _TAG.match(self.text, begin):
                if self.tag:
                    yield self._complete()
                self._begin(match)
            else:
                self._aside()
        if self.tag:
            yield self._complete()
        if not self.outer:
            raise self._refusal("holds no OFX")
        if not self.closed:
            raise self._refusal(f"is cut: </{self.outer}> is missing")

    def _begin(self, match: re.Match[str]) -> None:
        name = match[2].upper()
        if not self.outer and not match[1] and name in _OUTER:
            self.outer = name
        self.closed = self.closed or bool(match[1] and name == self.outer)
        self.tag = match[1] + name if self.outer else ""
        self.where = self.line
        self.value, self.size = [], 0
        self.line += match[0].count("\n")
        self.at = match.end()

    def _take(self, end: int) -> None:
        """What stands up to `end` belongs to the value of the tag before."""
        piece = self.text[self.at : end]
        if piece:
            self.line += piece.count("\n")
            if self.tag:
                self.size += len(piece)
                if self.size > MAX_VALUE:
                    raise self._refusal("holds a value of more than 1 MB")
                self.value.append(piece)
        self.at = end

    def _aside(self) -> None:
        """What begins with '<' and is no tag: CDATA, a comment, a declaration, or a '<' that nobody escaped."""
        for mark, close in _ASIDE:
            if self.text.startswith(mark, self.at):
                while (end := self.text.find(close, self.at)) < 0:
                    if len(self.text) - self.at > MAX_VALUE:
                        raise self._refusal("holds a value of more than 1 MB")
                    if not self._more():
                        raise self._refusal(f"is cut within {mark}")
                if mark == "<![CDATA[" and self.tag:
                    self.value.append(self.text[self.at + len(mark) : end].replace("&", "&amp;"))
                self.line += self.text.count("\n", self.at, end)
                self.at = end + len(close)
                return
        if self.text[self.at : self.at + 9].upper().startswith(("<!DOCTYPE", "<!ENTITY")):
            raise self._refusal("declares a document type or entities, as no bank's file does")
        if len(self.text) - self.at >= _LONGEST_TAG or not self._more():
            self._take(self.at + 1)

    def _more(self) -> bool:
        """Read on; False at the end of the file. What was taken is let go."""
        chunk = self.file.read(_CHUNK)
        self.text = self.text[self.at :] + chunk
        self.at = 0
        return bool(chunk)

    def _complete(self) -> tuple[str, str, int]:
        words = "".join(self.value).strip()
        return self.tag, unescape(words) if "&" in words else words, self.where

    def _refusal(self, what: str) -> InputError:
        return InputError(what, hint=_AGAIN, where=f"{self.name}, line {self.line}")
