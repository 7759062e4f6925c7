"""The parts of a message: a lenient MIME reader with limits on depth and number; broken structure is read as text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice
from typing import Final

from refundkit.importers.mail.charset import decode
from refundkit.importers.mail.headers import Headers, content_type, header_text, read_headers

MAX_DEPTH: Final = 20
MAX_PARTS: Final = 100
MAX_TEXT: Final = 2_000_000
MAX_NAME: Final = 255

_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(sorted(set(range(256)) - set(_BASE64)))
_MARK: Final = re.compile(rb"(--)?[ \t]*\r?(?:\n|\Z)")
_FILLED: Final = re.compile(rb"\S")
_UUENCODED: Final = re.compile(r"^begin [0-7]{3} [^\n]{1,200}\n(?:[ -`]{1,62}\n){2,}`?\s*\n?end[ \t]*$", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """One part: its type, its own body bytes, the parts inside it. `cut`: its end is missing."""

    headers: Headers
    kind: str
    holder: Message
    body: bytes
    parts: list[Part] = field(default_factory=list)
    cut: bool = False
    broken: bool = False

    @property
    def attached(self) -> bool:
        """Whether it is meant to be saved rather than read."""
        return self.holder.get_content_disposition() == "attachment" or (bool(self.file_name) and self.kind != "")

    @property
    def file_name(self) -> str:
        """The file name the sender gave it, '' without one: printable, bounded. Never a path to be used as it is."""
        try:
            name = header_text((self.holder.get_filename() or "").encode("utf-8", "replace"))
        except (ValueError, LookupError, TypeError, AttributeError):
            return ""
        return "".join(c for c in name if c.isprintable())[:MAX_NAME]

    @property
    def invites(self) -> bool:
        """Whether it is a calendar's invitation, and no answer to one (RFC 6047: the method beside the type)."""
        return self.kind == "text/calendar" and self._param("method").lower() == "request"

    def text(self) -> tuple[str, bool]:
        """The decoded text and whether its charset was guessed."""
        raw, cut = transfer_decoded(self.body, self.headers.get("content-transfer-encoding").lower())
        self.cut = self.cut or cut
        text, guessed = decode(raw[:MAX_TEXT], self.charset)
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").removeprefix("\ufeff")
        return _UUENCODED.sub("", text) if "\nbegin " in f"\n{text[:MAX_TEXT]}" else text, guessed

    @property
    def charset(self) -> str:
        """The charset it declares, '' without one."""
        return self._param("charset", "unknown")

    def _param(self, name: str, broken: str = "") -> str:
        """A parameter of its type, '' without one."""
        try:
            return str(self.holder.get_param(name, "") or "") if self.holder.get("content-type") else ""
        except (ValueError, LookupError, TypeError, AttributeError):
            return broken


@dataclass(slots=True)
class _Budget:
    left: int = MAX_PARTS


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a line that sets parts apart begins and ends; `last`: it says that none follows."""

    start: int
    end: int
    last: bool


def read_part(data: bytes, depth: int = 0, budget: _Budget | None = None, default: str = "text/plain") -> Part:
    """Read a message or a part. Beyond 20 levels or 100 parts the rest is left unread and marked as broken."""
    budget = budget or _Budget()
    budget.left -= 1
    headers, at = read_headers(data)
    if depth and not headers.lines:
        at = 0 if data[:1] not in b"\r\n" else at
    holder = content_type(headers)
    kind = holder.get_content_type() if headers.has("content-type") else default
    part = Part(headers, kind, holder, data[at:])
    del data  # of parts in parts, each would be held twice
    inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    if kind.startswith("multipart/"):
        _split(part, depth, budget, inner)
    elif kind in ("message/rfc822", "message/global"):
        if depth >= MAX_DEPTH or budget.left <= 0:
            part.broken = True
            return part
        raw, _ = transfer_decoded(part.body, headers.get("content-transfer-encoding").lower())
        part.parts = [read_part(raw.lstrip(b"\r\n"), depth + 1, budget)]
    return part


def _split(part: Part, depth: int, budget: _Budget, default: str) -> None:
    boundary = _boundary(part.holder)
    marks = list(islice(_marks(part.body, boundary), MAX_PARTS + 1)) if boundary else []
    if not marks or marks[0].last:
        part.broken, part.kind = True, "text/plain"
        return
    part.cut = True
    ends = [*marks[1:], None]
    if len(marks) > MAX_PARTS:
        part.broken, part.cut = True, False
        ends.pop()
    for here, following in zip(marks, ends, strict=False):
        if here.last:
            part.cut = False
            break
        if budget.left <= 0 or depth >= MAX_DEPTH:
            part.broken = True
            part.cut = False
            break
        end = following.start if following else len(part.body)
        if following and part.body[end - 1 : end] == b"\n":
            end -= 1 + (part.body[end - 2 : end] == b"\r\n")
        if _FILLED.search(part.body, here.end, end):
            part.parts.append(read_part(part.body[here.end : end], depth + 1, budget, default))


def _marks(body: bytes, boundary: bytes) -> Iterator[_Mark]:
    """The lines that set parts apart."""
    line = b"--" + boundary
    at = body.find(line)
    while at >= 0:
        rest = _MARK.match(body, at + len(line))
        if rest and body[at - 1 : at] in (b"", b"\n"):
            yield _Mark(at, rest.end(), last=bool(rest[1]))
        at = body.find(line, rest.end() if rest else at + 1)


def _boundary(holder: Message) -> bytes:
    try:
        text = str(holder.get_boundary() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""
    return text.rstrip().encode("latin-1", "replace")[:200]


def transfer_decoded(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """Undo base64 or quoted-printable. The second value says that the end is missing."""
    encoding = encoding.strip().strip("\"';")
    if encoding == "base64":
        letters = body.translate(None, _NOT_BASE64)
        cut = len(letters) % 4 == 1 or (len(letters) % 4 != 0 and b"=" not in body)
        usable = letters[: len(letters) - (len(letters) % 4 == 1)]
        return base64.b64decode(usable + b"=" * (-len(usable) % 4)), cut
    if encoding == "quoted-printable":
        cut = body.rstrip(b"\r\n").endswith(b"=") and not body.rstrip(b"\r\n").endswith(b"==")
        try:
            return binascii.a2b_qp(body), cut
        except (ValueError, binascii.Error):
            return body, True
    return body, False
