"""The headers of one message, read leniently: capped, unfolded, RFC 2047 decoded; no header can raise."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses
from functools import lru_cache
from typing import Final

from refundkit.importers.mail.charset import decode

MAX_HEADER: Final = 65_536
MAX_HEADERS: Final = 1000
_MAX_JUNK: Final = 20
_MAX_ADDRESSES: Final = 4096

_NAME: Final = re.compile(rb"[!-9;-~]{1,120}[ \t]*:")
_WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_GLUE: Final = re.compile(r"(\?=)\s+(=\?[^?\s]{1,60}\?[bBqQ]\?)")
_ADDRESS: Final = re.compile(r"[^\s<>()\",;:@]{1,120}@[^\s<>()\",;:@]{1,200}")
_SPACES: Final = re.compile(r"[\s\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header lines in order: lower-case name and raw value."""

    lines: tuple[tuple[str, bytes], ...]
    complete: bool
    """Whether a blank line ended them: a message cut off in its headers has none."""
    charset: str = ""
    """What bytes beyond ASCII are taken for when they are no UTF-8: the charset the message declares for its text."""

    def raw(self, name: str) -> bytes:
        """The first value of a header as it came, b'' without it."""
        return next((value for key, value in self.lines if key == name), b"")

    def get(self, name: str) -> str:
        """The first value of a header as text on one line, '' without it."""
        return header_text(self.raw(name), self.charset)

    def has(self, *names: str) -> bool:
        """Whether any of these headers is there."""
        return any(key in names for key, _ in self.lines)

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """(display name, address) pairs of a header; unreadable ones are left out."""
        return list(_addresses(self.get(name)[:_MAX_ADDRESSES]))


def read_headers(data: bytes) -> tuple[Headers, int]:
    """The header block at the beginning of these bytes, and the offset where the body begins."""
    found: list[tuple[str, bytearray]] = []
    at, junk, complete = 0, 0, False
    while at < len(data):
        line, after = _next_line(data, at)
        if not line.strip(b"\r\n"):
            if found:
                complete, at = True, after
                break
        elif line[:1] in b" \t" and found:
            _append(found[-1][1], line)
        elif _NAME.match(line):
            name, _, value = line.partition(b":")
            if len(found) < MAX_HEADERS:
                found.append((name.strip().lower().decode("ascii", "replace"), bytearray(value[:MAX_HEADER])))
        elif _header_follows(data, after) and junk < _MAX_JUNK:
            # A stray line, or the rest of a folded header that lost its indent: the scan goes on.
            junk += 1
            if found:
                _append(found[-1][1], b" " + line)
        else:
            break
        at = after
    return Headers(tuple((name, bytes(value)) for name, value in found), complete), at


def header_text(raw: bytes, charset: str = "") -> str:
    """One header value as text: encoded words decoded, white space single. `charset`: of bytes that are no UTF-8."""
    text, guessed = decode(raw, "utf-8")
    if guessed and charset:
        text, _ = decode(raw, charset)
    text = _GLUE.sub(r"\1\2", text) if "=?" in text else text
    return _SPACES.sub(" ", _decode_words(text) if "=?" in text else text).strip()


def addresses(text: str) -> list[tuple[str, str]]:
    """(display name, address) pairs in a text. Spaces inside an address are taken out; nonsense is left out."""
    return list(_addresses(text[:_MAX_ADDRESSES]))


@lru_cache(maxsize=64)
def _addresses(text: str) -> tuple[tuple[str, str], ...]:
    """The same, remembered: what is read of a message looks at its sender again and again."""
    try:
        pairs = getaddresses([text])
    except (ValueError, IndexError, AttributeError, TypeError, RecursionError):  # brackets in brackets recurse
        pairs = []
    good = [(name.strip(), address.replace(" ", "")) for name, address in pairs]
    good = [(name, address) for name, address in good if _ADDRESS.fullmatch(address)]
    if good:
        return tuple(good)
    match = _ADDRESS.search(text)
    return ((text[: match.start()].strip(" <\"'"), match[0]),) if match else ()


def content_type(headers: Headers) -> Message:
    """Content-Type and Content-Disposition in the library's holder, which knows RFC 2231 parameters."""
    holder = Message()
    for name in ("content-type", "content-disposition"):
        value = _SPACES.sub(" ", headers.raw(name)[:4096].decode("latin-1")).strip()
        if value:
            holder[name] = value
    return holder


def _decode_words(text: str) -> str:
    out: list[str] = []
    at, run, charset = 0, b"", ""
    for match in _WORD.finditer(text):
        raw, name = _word_bytes(match[2], match[3]), match[1].partition("*")[0].lower()
        if run and (match.start() != at or name != charset):
            out.append(decode(run, charset)[0])
            run = b""
        out.append(text[at : match.start()])
        run, charset, at = run + raw, name, match.end()
    if run:
        out.append(decode(run, charset)[0])
    out.append(text[at:])
    return "".join(out)


def _word_bytes(kind: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    try:
        if kind in "bB":
            return base64.b64decode(raw + b"=" * (-len(raw) % 4))
        return binascii.a2b_qp(raw.replace(b"_", b" "))
    except (ValueError, binascii.Error):
        return raw


def _next_line(data: bytes, at: int) -> tuple[bytes, int]:
    newline = data.find(b"\n", at)
    end = len(data) if newline < 0 else newline + 1
    return data[at : min(end, at + MAX_HEADER)], end


def _header_follows(data: bytes, at: int) -> bool:
    """Whether one of the next three lines is a header line, with no blank line before it."""
    for _ in range(3):
        line, at = _next_line(data, at)
        if not line.strip():
            return False
        if _NAME.match(line):
            return True
    return False


def _append(value: bytearray, line: bytes) -> None:
    room = MAX_HEADER - len(value)
    if room > 0:
        value += line[:room]
