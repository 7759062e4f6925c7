"""The importer of mails: a single message or a mailbox in, drafts, rejects and ignored messages out. Never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import mbox
from refundkit.importers.mail.drafts import Place, readings
from refundkit.importers.mail.message import MAX_MESSAGE, UnreadableError, read_message
from refundkit.model.requests import Original, Reading, Reject

_HEADER: Final = re.compile(rb"(?P<name>[!-9;-~]{1,60})[ \t]*:")
_MAIL_HEADERS: Final = (
    b"from to cc bcc subject date received message-id return-path reply-to sender mime-version content-type"
    b" delivered-to x-original-to dkim-signature references in-reply-to x-mailer content-transfer-encoding"
    b" arc-seal x-gm-thrid authentication-results received-spf envelope-to x-received auto-submitted list-id"
)
_KNOWN: Final = frozenset(_MAIL_HEADERS.split())
_BYTE_COUNT: Final = re.compile(rb"\A\d{1,12}[ \t]*\r?\n")
_LINES: Final = 60
HEAD: Final = 64 * 1024
"""Bytes by which the kind of a file is known."""

_WORDS: Final = 500


def identify(head: bytes) -> str | None:
    """'mbox', 'eml' or None, by the first 64 KiB of a file's content (never by its name)."""
    if mbox.looks_like_mbox(head):
        return "mbox"
    lines = _BYTE_COUNT.sub(b"", head.removeprefix(mbox.BOM).lstrip(b"\r\n"), count=1).split(b"\n", _LINES)[:_LINES]
    names: list[bytes] = []
    for line in lines:
        match = _HEADER.match(line)
        if match:
            names.append(match["name"].lower())
        elif line[:1] not in (b" ", b"\t") and not (names and line.strip()) and not _stray(line, lines):
            break
    known = {name for name in names if name in _KNOWN}
    alone = bool(known) and bool(names) and names[0] in _KNOWN and _ends_block(lines, cut=len(head) >= HEAD)
    return "eml" if len(known) >= 2 or (known and len(names) >= 3) or alone else None


def _ends_block(lines: list[bytes], *, cut: bool) -> bool:
    """Whether nothing but headers stands before the first blank line, or before the place where the head was cut."""
    end = len(lines) if cut and len(lines) < _LINES else 0
    blank = next((number for number, line in enumerate(lines) if not line.strip()), end)
    return blank > 0 and all(_HEADER.match(line) or line[:1] in (b" ", b"\t") for line in lines[:blank])


def _stray(line: bytes, lines: list[bytes]) -> bool:
    """A decorative first line before the headers ('---- Original email message ----')."""
    return line is lines[0] and line.startswith(b"-") and len(lines) > 1 and _HEADER.match(lines[1]) is not None


def read_mail(path_or_name: str, data: bytes, kind: str, shop: ShopWords) -> Iterator[Reading]:
    """Read a single message (kind 'eml', index None) or a mailbox (kind 'mbox', index from 1) from its bytes."""
    if kind == "mbox":
        yield from _read_buffer(path_or_name, data, shop)
    else:
        yield from read_one(Place(path_or_name, None, ""), data, shop)


def _read_buffer(name: str, buffer: mbox.Buffer, shop: ShopWords) -> Iterator[Reading]:
    before, escaped = preamble(name, buffer), mbox.is_mboxrd(buffer)
    yield from before
    number = 0
    for piece in mbox.split(buffer):
        number = piece.index
        yield from read_piece(name, buffer, piece, shop, escaped=escaped)
    if not before and not number:
        yield Reject(name, None, "The file is empty.", "")


def preamble(name: str, buffer: mbox.Buffer) -> list[Reading]:
    """What stands before the first message of a mailbox, if anything does."""
    before = mbox.preamble(buffer)
    problem = "Text stands before the first message of the mailbox."
    return [Reject(name, None, problem, before.decode("utf-8", "replace"))] if before else []


def read_piece(name: str, buffer: mbox.Buffer, piece: mbox.Piece, shop: ShopWords, *, escaped: bool) -> list[Reading]:
    """Read one message of a mailbox. `escaped`: its dialect is mboxrd."""
    if piece.end - piece.start > MAX_MESSAGE:
        problem = f"The message has {piece.end - piece.start} bytes; at most {MAX_MESSAGE} are read."
        return [Reject(name, piece.index, problem, _words(buffer[piece.start : piece.start + _WORDS]))]
    data = buffer[piece.start : piece.end]
    place = Place(name, piece.index, piece.from_line, last=piece.last)
    return read_one(place, mbox.unescape(data) if escaped else data, shop)


def read_one(place: Place, data: bytes, shop: ShopWords) -> list[Reading]:
    """Read one message; whatever is wrong with it becomes a Reject with the reason."""
    try:
        mail = read_message(data)
        cut = mail.cut or (place.last and not data.endswith((b"\n", b"\r")) and "multipart/" not in "".join(mail.kinds))
        found = readings(mail, place, Original(place.name, "message/rfc822", data), shop, cut=cut)
    except UnreadableError as err:
        return [Reject(place.file, place.index, f"{str(err)[:1].upper()}{str(err)[1:]}.", _words(data))]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as err:
        # Mails are hostile: a fault found by one of them must not stop the other thousand.
        problem = f"The message cannot be read ({type(err).__name__})."
        return [Reject(place.file, place.index, problem, _words(data))]
    return found


def _words(data: bytes) -> str:
    return data[:_WORDS].decode("utf-8", "replace")
