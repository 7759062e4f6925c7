"""An Outlook message as the bytes of a mail (RFC 5322, headers in UTF-8), for the reader of mails alone."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Final

from refundkit.importers.mail.charset import decode
from refundkit.importers.mail.headers import read_headers
from refundkit.importers.outlook.properties import Properties, charset

MAX_DEPTH: Final = 5
MAX_FILES: Final = 20_000_000
_MAX_TEXT: Final = 2_000_000
_ADDRESS: Final = re.compile(r"[^\s<>()\",;:@/]{1,120}@[^\s<>()\",;:@/]{1,200}")
_SPACES: Final = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]+")
_MEDIA: Final = re.compile(r"(?:application|image|audio|video|text)/[A-Za-z0-9.+-]{1,80}")
_OURS: Final = re.compile(r"(?:content-.*|mime-version|subject)")
_TO: Final = 1


@dataclass(slots=True)
class _Room:
    """Bytes of attachments that are still taken, in the message and those enclosed in it together."""

    left: int = MAX_FILES


def as_mail(message: Properties) -> bytes:
    """The message with its texts, its attachments, and the messages enclosed in it (five deep).

    Attachments beyond 20 MB in all keep only their names.
    """
    return _as_mail(message, 0, _Room())


def _as_mail(message: Properties, depth: int, room: _Room) -> bytes:
    head = b"\n".join(_headers(message)) + b"\n"
    attached = message.items("attach")
    if signed := _signed(message, attached):
        return head + signed
    parts = [_body(message, f"=_text_{depth}")]
    for item in attached:
        inner = item.enclosed() if depth < MAX_DEPTH and room.left > 0 else None
        content = _as_mail(inner, depth + 1, room) if inner else item.data(0x3701)
        room.left -= len(content)
        kept = content if room.left >= 0 else b""
        parts.append(_part("message/rfc822", kept) if inner else _file(item, kept))
    if len(parts) == 1:
        return head + parts[0]
    return head + _multipart("mixed", f"=_parts_{depth}", parts)


def sender(message: Properties) -> tuple[str, str]:
    """(name, address) of who wrote it; the address is '' where there is only a directory entry of Exchange (X.500)."""
    name = message.text(0x0C1A, 0x0042)
    tried = (message.text(tag) for tag in (0x5D01, 0x5D02, 0x39FE, 0x0C1F, 0x0065, 0x0C1A, 0x0042))
    return _clean(name), next((text.strip() for text in tried if _ADDRESS.fullmatch(text.strip())), "")


def has_text(message: Properties) -> bool:
    """Whether any text of it can be read: plain, HTML, or that of a signed message."""
    return bool(message.text(0x1000, 0x1013) or message.data(0x1013).strip())


def _headers(message: Properties) -> list[bytes]:
    """The headers it came with; what they do not say is taken from its properties."""
    came = read_headers(_bytes(message.text(0x007D)))[0].lines
    lines = [
        (name, b" ".join(value.split())) for name, value in came if not _OURS.fullmatch(name) and name.isprintable()
    ]
    present = {name for name, value in lines if value}
    when = message.time(0x0039) or message.time(0x0E06)
    own = {
        "from": _mailbox(*sender(message)),
        "to": ", ".join(_recipients(message)) if "to" not in present else "",
        "date": format_datetime(when) if when else "",
        "message-id": _clean(message.text(0x1035)),
        "in-reply-to": _clean(message.text(0x1042)),
        "references": _clean(message.text(0x1039)),
    }
    lines += [(name, _bytes(value)) for name, value in own.items() if value and name not in present]
    lines.append(("subject", _bytes(_clean(message.text(0x0037, 0x0E1D)))))
    return [name.encode("ascii", "replace") + b": " + value for name, value in lines]


def _recipients(message: Properties) -> list[str]:
    found = []
    for item in message.items("recip"):
        texts = (item.text(tag).strip() for tag in (0x39FE, 0x3003, 0x3001))
        address = next((text for text in texts if _ADDRESS.fullmatch(text)), "")
        if address and item.number(0x0C15) in (0, _TO):
            found.append(_mailbox(_clean(item.text(0x3001)), address))
    return found


def _mailbox(name: str, address: str) -> str:
    quoted = name.replace("\\", " ").replace('"', "'")[:200]
    return f'"{quoted}" <{address}>' if address else ""


def _body(message: Properties, boundary: str) -> bytes:
    """The texts there are, as alternatives; a text that is there only as HTML stays HTML."""
    plain = message.text(0x1000)[:_MAX_TEXT]
    raw = message.data(0x1013)[:_MAX_TEXT]
    page = decode(raw, charset(message.number(0x3FDE)))[0] if raw else message.text(0x1013)[:_MAX_TEXT]
    texts = [
        _part(f"text/{kind}; charset=utf-8", _bytes(text))
        for kind, text in (("plain", plain), ("html", page))
        if text.strip()
    ]
    if len(texts) == 1:
        return texts[0]
    return _multipart("alternative", boundary, texts) if texts else _part("text/plain; charset=utf-8", b"")


def _signed(message: Properties, attached: list[Properties]) -> bytes:
    """The whole MIME text of a clear-signed message, which Outlook keeps as its only attachment."""
    if len(attached) != 1 or "multipartsigned" not in message.text(0x001A).casefold():
        return b""
    content = attached[0].data(0x3701)
    headers = read_headers(content[:65_536])[0]
    return content if headers.get("content-type").lower().startswith("multipart/signed") else b""


def _file(item: Properties, content: bytes) -> bytes:
    """An attachment with its name and type."""
    name = _clean(item.text(0x3707, 0x3704, 0x3001))[:200].replace("\\", " ").replace('"', "'") or "attachment"
    media = item.text(0x370E).strip()
    kind = media if _MEDIA.fullmatch(media) else "application/octet-stream"
    return _part(kind, content, f'Content-Disposition: attachment; filename="{name}"')


def _part(kind: str, content: bytes, more: str = "") -> bytes:
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n{more}{chr(10) if more else ''}\n"
    return _bytes(head) + base64.encodebytes(content)


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    line = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    return head + b"".join(line + b"\n" + part + b"\n" for part in parts) + line + b"--\n"


def _clean(text: str) -> str:
    return _SPACES.sub(" ", text[:4_000]).strip()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
