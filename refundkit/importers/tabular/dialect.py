"""What a file of rows is made of: its encoding, its delimiter, its header row; and refusal of what is no text."""

from __future__ import annotations

import codecs
import csv
import io
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.tabular.headings import is_known

LIMIT: Final = 1 << 20
"""Bytes (characters in UTF-16) of one line, and characters of one cell."""

SAMPLE: Final = 1 << 16
MAX_COLUMNS: Final = 1_000
_CHUNK: Final = 1 << 18
_LOOK: Final = 60
_UNDEFINED: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SAVE: Final = "save the list as CSV (UTF-8) in the program it comes from, and import that"
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"), (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"), (b"MM\x00*", "a TIFF picture"), (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or a workbook (.xlsx, .ods)"), (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls), a locked workbook or an Outlook file"),
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"), (b"SQLite format 3\x00", "an SQLite database"), (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a Windows program"),
)  # fmt: skip
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype\s+html|html|table|head|body|meta|\?xml)", re.IGNORECASE)


Fits = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Header:
    """How rows are cut, and the row that names the columns.

    `skip`: rows of the csv module up to and with the header row. `line`: the physical line on which it begins.
    `titles`: the text of the rows above it. `surety`: 0 to 1, how much of the first rows has as many cells as it.
    """

    delimiter: str
    headings: tuple[str, ...]
    line: int
    skip: int
    titles: tuple[str, ...]
    known: int
    surety: Fraction


def looks_like(head: bytes) -> str:
    """What the first bytes say a file is when it is no text ('a PNG picture'); '' when it may be text."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return "a web page or XML"
    return ""


def bom_encoding(head: bytes) -> str:
    """The encoding that a byte order mark announces, '' without one."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else ""


def survey(path: Path, name: str) -> str:
    """Read the whole file once, 256 KiB at a time, and return its encoding.

    Raise InputError for a file that is missing, empty, no text, or has a line over 1 MB, with the place.
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            what = "is a folder" if stat.S_ISDIR(info.st_mode) else "is not a file that can be read twice"
            raise InputError(what, hint="name a CSV file", where=name)
        with path.open("rb") as file:
            return _survey(file, name)
    except OSError as err:
        why = "does not exist" if isinstance(err, FileNotFoundError) else f"cannot be read: {err.strerror}"
        raise InputError(why, hint="check the name and the rights of the file", where=name) from err


def _survey(file: io.BufferedReader, name: str) -> str:
    head = file.read(_CHUNK)
    if not head:
        raise InputError("is empty", hint="export the list again; nothing was imported", where=name)
    if what := looks_like(head):
        raise InputError(f"is no list: it looks like {what}", hint=_SAVE, where=name)
    encoding = bom_encoding(head)
    scan = _Scan(name, encoding)
    chunk = head
    while chunk:
        scan.take(chunk)
        chunk = file.read(_CHUNK)
    return scan.verdict()


class _Scan:
    """What one pass over the bytes finds out: is it UTF-8, is it Windows-1252, how long do lines get."""

    def __init__(self, name: str, encoding: str) -> None:
        self.name, self.encoding = name, encoding
        self.wide = encoding == "utf-16"
        self.decoder = codecs.getincrementaldecoder("utf-16" if self.wide else "utf-8")()
        self.utf8, self.beyond_ascii, self.undefined = True, False, 0
        self.line, self.length = 1, 0

    def take(self, chunk: bytes) -> None:
        """Look at the next bytes; raise InputError for a NUL or a line that is too long."""
        text = self._wide(chunk, final=False).encode() if self.wide else self._narrow(chunk)
        if (nul := text.find(b"\0")) >= 0:
            what = "holds NUL bytes: it is a binary file, or UTF-16 without its byte order mark"
            raise InputError(what, hint=_SAVE, where=f"{self.name}, line {self.line + _breaks(text[:nul])}")
        firsts = [at for at in (text.find(b"\n"), text.find(b"\r")) if at >= 0]
        if self.length + min(firsts, default=len(text)) > LIMIT:
            what = "has a line longer than 1 MB"
            raise InputError(what, hint="is this a list? " + _SAVE, where=f"{self.name}, line {self.line}")
        self.line += _breaks(text)
        last = max(text.rfind(b"\n"), text.rfind(b"\r"))
        self.length = len(text) - 1 - last if firsts else self.length + len(text)

    def _narrow(self, chunk: bytes) -> bytes:
        if self.utf8 and (self.beyond_ascii or not chunk.isascii()):
            self.beyond_ascii = True
            try:
                self.decoder.decode(chunk)
            except UnicodeDecodeError:
                self.utf8 = False
        if not self.undefined and not chunk.isascii() and (found := _UNDEFINED.search(chunk)):
            self.undefined = self.line + _breaks(chunk[: found.start()])
        return chunk

    def _wide(self, chunk: bytes, *, final: bool) -> str:
        try:
            return self.decoder.decode(chunk, final)
        except UnicodeDecodeError as err:
            what = "is damaged or cut: not all of it is UTF-16"
            raise InputError(what, hint="export the list again", where=f"{self.name}, line {self.line}") from err

    def verdict(self) -> str:
        """The encoding of it all: strict UTF-8 first, else Windows-1252; raise InputError when it is neither."""
        if self.wide:
            self._wide(b"", final=True)
            return "utf-16"
        if self.utf8:
            try:
                self.decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.utf8 = False
        if self.utf8:
            return self.encoding or "utf-8"
        if self.encoding or self.undefined:
            what = (
                "is neither UTF-8 nor Windows-1252 text" if not self.encoding else "is damaged: not all of it is UTF-8"
            )
            raise InputError(
                what, hint=_SAVE, where=f"{self.name}, line {self.undefined}" if self.undefined else self.name
            )
        return "cp1252"


def _breaks(text: bytes) -> int:
    """How many line ends there are (a file with only CR counts those)."""
    return text.count(b"\n") or text.count(b"\r")


def find_header(sample: str, *, complete: bool, fits: Fits | None = None) -> Header:
    """The delimiter and the header row of the first rows. `complete`: the sample is the whole file.

    `fits`: a row it knows is the header row.
    """
    if mark := re.match(r'\s*"?sep=([,;\t])"?[ \t;,]*(?=[\r\n])', sample):
        return _candidate(sample, mark[1], fits, complete=complete)
    found = [_candidate(sample, delimiter, fits, complete=complete) for delimiter in ",;\t|"]
    return max(found, key=lambda h: (min(h.known, 2), len(h.headings) > 1, h.known, h.surety, len(h.headings)))


def _candidate(sample: str, delimiter: str, fits: Fits | None, *, complete: bool) -> Header:
    rows = list(_first_rows(sample, delimiter))
    if not complete and len(rows) > 1:
        rows.pop()
    filled = [(i, sum(1 for c in row if c.strip()), sum(1 for c in row if is_known(c))) for i, _, row in rows]
    met = next((k for k, (_, _, row) in enumerate(rows) if fits(row)), None) if fits else None
    at = next((k for k, (_, _, known) in enumerate(filled) if known >= 2), None) if met is None else met
    if at is None:
        at = next((k for k, (_, cells, _) in enumerate(filled) if cells >= 2), 0)
    if not rows:
        return Header(delimiter, (), 1, 0, (), 0, Fraction(0))
    number, line, row = rows[at]
    rest = [len(r) for _, _, r in rows[at + 1 :]]
    known = filled[at][2] if met is None else MAX_COLUMNS
    same = Fraction(rest.count(len(row)), len(rest)) if rest else Fraction(0)
    titles = tuple(
        " ".join(c.strip() for c in r if c.strip())[:500] for _, _, r in rows[:at] if not r[0].startswith("sep=")
    )
    return Header(delimiter, tuple(c.strip() for c in row), line, number + 1, titles, known, same)


def _first_rows(sample: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """(number, line, cells) of the first rows that hold anything; `number` counts every row of the csv module."""
    csv.field_size_limit(LIMIT)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    begin, found = 1, 0
    try:
        for number, row in enumerate(reader):
            line, begin = begin, reader.line_num + 1
            if any(c.strip() for c in row):
                yield number, line, row[: MAX_COLUMNS + 1]
                found += 1
            if found == _LOOK:
                return
    except csv.Error:
        return


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The file as text with its line ends untouched, as the csv module wants it."""
    return path.open(encoding=encoding, newline="")
