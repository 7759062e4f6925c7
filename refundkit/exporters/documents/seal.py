r"""The seal of a document: a signature over every byte of the file, kept in the file itself.

The file holds one uncompressed attachment `seal.json` of a fixed length:

    {"digest":"...","sig":"...","writer":"..."}        43, 86 and 22 characters of base64url

    digest = SHA-256 of the whole file with the bytes of seal.json (braces included) set to zero
    sig    = Ed25519(writer's key, "refundkit/document/v1\0" || digest)

So any changed, added or missing byte breaks the digest or the signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Final

from refundkit.errors import IntegrityError
from refundkit.model.canonical import NotCanonicalError, b64, canonical, unb64

NAME: Final = "seal.json"
_DOMAIN: Final = b"refundkit/document/v1\0"
# A line feed before and after, as a stream of a PDF has them: no text inside JSON can imitate that.
_PATTERN: Final = re.compile(
    rb'(?<=stream\n)\{"digest":"([\w-]{43})","sig":"([\w-]{86})","writer":"([\w-]{22})"\}(?=\nendstream)', re.ASCII
)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as read from a file. `digest`: what the file's bytes give now; `stated`: what the seal says."""

    digest: bytes
    stated: bytes
    sig: bytes
    writer: str


def placeholder() -> bytes:
    """What stands in the place of the seal until `seal` writes it."""
    return _text(bytes(32), bytes(64), bytes(16))


def seal(pdf: bytes, writer: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """The document with its seal. `writer`: 16 bytes, the issuing writer; `sign`: signs with that writer's key."""
    found = _find(pdf)
    if found[0] != placeholder():
        raise IntegrityError("the document is sealed already", hint="render it anew to issue it again")
    digest = _digest(pdf, found)
    return pdf[: found.start()] + _text(digest, sign(sealed_message(digest)), writer) + pdf[found.end() :]


def read_seal(pdf: bytes) -> Seal:
    """Find and read the seal; raise IntegrityError when there is not exactly one. Nothing is proved yet."""
    found = _find(pdf)
    if found[0] == placeholder():
        raise IntegrityError("the document was never sealed", hint="ask the shop for a sealed copy")
    stated, sig, writer = (part.decode("ascii") for part in found.groups())
    try:
        unb64(writer)
        return Seal(_digest(pdf, found), unb64(stated), unb64(sig), writer)
    except NotCanonicalError as err:
        raise IntegrityError(f"the seal is damaged: {err}", hint="ask the shop for a fresh copy") from err


def sealed_message(digest: bytes) -> bytes:
    """What the issuing writer's key signs for a file with this digest."""
    return _DOMAIN + digest


def _text(digest: bytes, sig: bytes, writer: bytes) -> bytes:
    return canonical({"digest": b64(digest), "sig": b64(sig), "writer": b64(writer)})


def _find(pdf: bytes) -> re.Match[bytes]:
    found = list(islice(_PATTERN.finditer(pdf), 2))
    if len(found) != 1:
        problem = "the document has more than one seal" if found else "the document has no seal, or a damaged one"
        raise IntegrityError(problem, hint="ask the shop for a fresh copy")
    return found[0]


def _digest(pdf: bytes, found: re.Match[bytes]) -> bytes:
    return sha256(pdf[: found.start()] + bytes(len(found[0])) + pdf[found.end() :]).digest()
