"""One message, read safely: who wrote it, its text, what is enclosed. Nothing in it is trusted, run or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from refundkit.importers.mail import htmltext
from refundkit.importers.mail.charset import known
from refundkit.importers.mail.files import files_of
from refundkit.importers.mail.headers import Headers, read_headers
from refundkit.importers.mail.mime import Part, read_part, transfer_decoded
from refundkit.importers.mail.thread import answered, own_id
from refundkit.model.requests import Original

MAX_MESSAGE: Final = 32 * 1024 * 1024
MAX_JOINED: Final = 400_000

_FROM_LINE: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:>?From [^\n]{0,1000}\r?\n|\d{1,12}[ \t]*\r?\n(?=[!-9;-~]+:))")
_SEE_HTML: Final = re.compile(
    r"(?:view|read|see|display)\b.{0,60}\bhtml|html[- ](?:capable|compatible|enabled|f[aä]hig)|does not support html"
    r"|unterst(?:ü|ue)tzt kein(?:e)? html|version html",
    re.IGNORECASE | re.DOTALL,
)
_ENCRYPTED: Final = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_BROKEN: Final = "its MIME structure is broken; the text was taken as it stands"
_ARMOUR: Final = "-----BEGIN PGP MESSAGE-----"


class UnreadableError(ValueError):
    """These bytes are no mail that can be read; the message is a sentence that says why."""


INVITES: Final = "text/calendar; request"
"""Among the kinds of a message: its calendar invites; without it, it answers, declines or calls off."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it says itself. `notes` are sentences about what was guessed or is missing in it."""

    headers: Headers
    subject: str
    text: str
    enclosed: tuple[Mail, ...]
    files: tuple[Original, ...]
    kinds: frozenset[str]
    cut: bool
    notes: tuple[str, ...]
    returned: str
    """The Message-ID of a message of which this one brings back only the headers."""

    @property
    def message_id(self) -> str:
        """The Message-ID without its angle brackets, '' without one."""
        return own_id(self.headers)

    @property
    def thread(self) -> tuple[str, ...]:
        """Message-IDs of what it answers, then of what it returns or passes on."""
        inside = [mail.message_id for mail in self.enclosed]
        return tuple(dict.fromkeys(filter(None, [*answered(self.headers), self.returned, *inside])))

    def sender(self) -> tuple[str, str]:
        """(name, address) of From; without it Reply-To, Sender, Return-Path or X-Original-From; ('', '') of nobody."""
        for name in ("from", "reply-to", "sender", "return-path", "x-original-from"):
            found = self.headers.addresses(name)
            if found:
                return found[0]
        return "", ""


def read_message(data: bytes) -> Mail:
    """Read one message (with or without a From_ line). Raise UnreadableError with the reason in a sentence."""
    if len(data) > MAX_MESSAGE:
        raise UnreadableError(f"the message has {len(data)} bytes; at most {MAX_MESSAGE} are read")
    data = _FROM_LINE.sub(b"", data, count=1).lstrip(b"\r\n") if data else b""
    if not data.strip():
        raise UnreadableError("the file or message is empty")
    if b"\x00" in data[:4096] and not read_headers(data[:4096])[0].lines:
        raise UnreadableError("this is binary data, not a mail")
    part = read_part(data)
    names = {name for name, _ in part.headers.lines}
    if not names:
        raise UnreadableError("there are no mail headers")
    if not part.headers.complete and not part.body.strip() and not names & {"subject"}:
        raise UnreadableError("the message is cut off in its headers")
    return _mail(part, _Room())


def _mail(part: Part, room: _Room) -> Mail:
    parts = list(_walk(part))
    part.headers = replace(part.headers, charset=_charset(parts))
    texts = list(_texts(part, room))
    whole = "\n\n".join(text for text, _ in texts if text.strip())
    body = whole[:MAX_JOINED]
    inside = [p.parts[0] for p in parts if p.kind.startswith("message/") and p.parts]
    enclosed = tuple(_mail(p, room) for p in inside)
    broken = any(p.broken for p in parts) or any(_BROKEN in mail.notes for mail in enclosed)
    kinds = frozenset(p.kind for p in parts) | ({INVITES} if any(p.invites for p in parts) else set())
    return Mail(
        headers=part.headers,
        subject=part.headers.get("subject")[:1000],
        text=body,
        enclosed=enclosed,
        files=files_of(parts),
        kinds=kinds,
        cut=not part.headers.complete or any(p.cut for p in parts),
        notes=tuple(_notes(part, parts, whole, guessed=any(g for _, g in texts), cut=room.left < 0, broken=broken)),
        returned=next((own_id(_returned(p)) for p in parts if p.kind == "text/rfc822-headers"), ""),
    )


def _returned(part: Part) -> Headers:
    raw, _ = transfer_decoded(part.body, part.headers.get("content-transfer-encoding").lower())
    return read_headers(raw.lstrip(b"\r\n"))[0]


def _walk(part: Part) -> Iterator[Part]:
    """The part and the parts inside it, not those of an enclosed message."""
    yield part
    if not part.kind.startswith("message/"):
        for inner in part.parts:
            yield from _walk(inner)


def _charset(parts: list[Part]) -> str:
    """The charset that the message declares for a text of its own, where it says more than ASCII or UTF-8."""
    declared = (known(part.charset) for part in parts if part.kind.startswith("text/"))
    return next((name for name in declared if name not in ("", "ascii", "utf-8")), "")


@dataclass(slots=True)
class _Room:
    """How much HTML of a message is still read: it is slow to read, and a message may hold a hundred pages of it."""

    left: int = htmltext.MAX_HTML


def _texts(part: Part, room: _Room) -> Iterator[tuple[str, bool]]:
    """The readable texts in order; of alternatives the plain one unless it is empty or points to the other."""
    if part.kind == "multipart/alternative":
        yield from _best(part, room)
    elif part.parts and not part.kind.startswith("message/"):
        readable = part.parts[:1] if part.kind in ("multipart/signed", "multipart/report") else part.parts
        for inner in readable:
            yield from _texts(inner, room)
    elif part.kind == "text/html" and not part.attached:
        source, guessed = part.text()
        yield htmltext.to_text(source[: max(0, room.left)]), guessed
        room.left -= len(source)
    elif part.kind in ("text/plain", "text/enriched", "text/markdown", "text/flowed", "text") and not part.attached:
        yield part.text()


def _best(part: Part, room: _Room) -> Iterator[tuple[str, bool]]:
    plain = [found for p in part.parts if p.kind == "text/plain" for found in _texts(p, room)]
    words = " ".join(text for text, _ in plain).strip()
    if words and not (len(words) < 400 and _SEE_HTML.search(words)):
        yield from plain
        return
    rich = [found for p in part.parts if p.kind != "text/plain" for found in _texts(p, room)]
    yield from rich if any(text.strip() for text, _ in rich) else plain


def _notes(part: Part, parts: list[Part], text: str, *, guessed: bool, cut: bool, broken: bool) -> Iterator[str]:
    kinds = {p.kind for p in parts}
    if kinds & _ENCRYPTED or _ARMOUR in text:
        yield "the message is encrypted and cannot be read here"
    elif not text.strip() and any(p.attached for p in parts):
        yield "it has no text; see its attachments"
    if cut or len(text) > MAX_JOINED:
        yield "it is so long that only its beginning was read"
    if "application/ms-tnef" in kinds:
        yield "it has an Outlook-only attachment (winmail.dat) that cannot be read"
    if "message/partial" in kinds:
        number = part.holder.get_param("number", "?")
        yield f"it is part {str(number)[:9]} of a message that was sent in several"
    if broken:
        yield _BROKEN
    if guessed:
        yield "its character set is wrong or unknown; the text was decoded by guess"
