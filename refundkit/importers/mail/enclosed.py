"""The words of attached texts, lists and PDFs, for a message that says little itself. No other file is opened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
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
    if file.media_type in _TEXTS and b"\0" not in file.content[:4096]:
        return decode(file.content[:MAX_TEXT], "")[0].replace("\r\n", "\n")
    return to_text(decode(file.content[:MAX_TEXT], "")[0]) if file.media_type == "text/html" else ""


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
