"""The words of attached texts, lists and PDFs, for a message that says little itself. No other file is opened."""

from __future__ import annotations

import codecs
import csv
import subprocess
import sys
from collections.abc import Iterable
from io import StringIO
from itertools import islice
from typing import Final

from refundkit.importers.mail.charset import decode
from refundkit.importers.mail.htmltext import to_text
from refundkit.model.requests import Original

MAX_TEXT: Final = 100_000
SECONDS: Final = 3
_MAX_PDF: Final = 10_000_000
_MOST: Final = 3
_PDF: Final = b"%PDF-"
_MOST_ROWS: Final = 300
_MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LISTS: Final = ("text/csv", "text/tab-separated-values")
_TEXTS: Final = ("text/plain", "text/csv", "text/markdown", "text/tab-separated-values")


def words_in(files: Iterable[Original]) -> str:
    """What the first three readable attachments say, one after the other; '' when none can be read."""
    said = (_words(file).strip() for file in islice(filter(_readable, files), _MOST))
    return "\n\n".join(filter(None, said))[:MAX_TEXT]


def _readable(file: Original) -> bool:
    return _is_pdf(file) or file.media_type in (*_TEXTS, "text/html")


def _is_pdf(file: Original) -> bool:
    return file.content[:1024].lstrip().startswith(_PDF)


def _words(file: Original) -> str:
    if _is_pdf(file):
        return _pdf(file.content) if len(file.content) <= _MAX_PDF else ""
    text = _decoded(file.content[: MAX_TEXT * 2])
    if file.media_type == "text/html":
        return to_text(text)
    return _rows(text) if file.media_type in _LISTS or file.name.lower().endswith((".csv", ".tsv")) else text


def _decoded(content: bytes) -> str:
    """The text of a file, in UTF-16 too when it begins with the mark of it; '' of what is no text."""
    mark = next((name for marks, name in _MARKS if content.startswith(marks)), "")
    if not mark and b"\0" in content[:4096]:
        return ""
    text = content.decode(mark, "replace") if mark else decode(content, "")[0]
    return text.replace("\r\n", "\n").replace("\x00", "").removeprefix("\ufeff")[:MAX_TEXT]


def _rows(text: str) -> str:
    """A list with its cells set apart by tabs, as the tables in mails are."""
    first = text.split("\n", 1)[0]
    between = max(",;\t|", key=first.count)
    try:
        rows = list(islice(csv.reader(StringIO(text), delimiter=between), _MOST_ROWS))
    except csv.Error:
        return text
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)


def _pdf(content: bytes) -> str:
    """The text of a PDF, read in another process with limits on time and memory; '' when it cannot be had."""
    command = [sys.executable, "-P", "-m", "refundkit.importers.mail.pdf_apart", str(SECONDS)]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
