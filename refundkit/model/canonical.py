"""The one byte form of a document: RFC 8785 with a stricter profile, so that a hash means one thing.

Profile: keys match [a-z][a-z0-9_]*; values are null, booleans, whole numbers below 2^53, strings without lone
surrogates, lists and objects. No floats: money is whole minor units. `parse` refuses anything whose canonical form
is not the very bytes given, duplicate keys included.
"""

from __future__ import annotations

import base64
import json
import re
from binascii import b2a_base64
from typing import Any, Final, NoReturn

import orjson

LIMIT: Final = 2**53 - 1
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


class NotCanonicalError(ValueError):
    """A document outside the profile, or bytes that are not its canonical form."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of a document inside the profile; raise NotCanonicalError for anything else."""
    _check(value)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError as err:
        raise NotCanonicalError("a string holds half of a surrogate pair") from err


def canonical_unchecked(value: Any) -> bytes:
    """Like `canonical` for documents this program has just built from checked parts: ten times as fast.

    Lone surrogates still raise.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as err:
        raise NotCanonicalError(f"no canonical form: {err}") from err


def parse(data: bytes) -> Any:
    """Read canonical bytes back; raise NotCanonicalError unless they are exactly what `canonical` writes."""
    try:
        value = json.loads(data, object_pairs_hook=_object, parse_float=_no_float, parse_constant=_no_float)
        same = canonical(value) == data
    except (ValueError, RecursionError) as err:
        raise NotCanonicalError(f"not a canonical document: {err}") from err
    if not same:
        raise NotCanonicalError("the bytes are not the canonical form of their document")
    return value


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > LIMIT:
                raise NotCanonicalError(f"{value} is beyond 2^53")
        case dict():
            for key, item in value.items():
                if not (isinstance(key, str) and _KEY.match(key)):
                    raise NotCanonicalError(f"{key!r} is not a key")
                _check(item)
        case list():
            for item in value:
                _check(item)
        case _:
            raise NotCanonicalError(f"{type(value).__name__} has no canonical form")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise NotCanonicalError("a key stands twice")
    return document


def _no_float(text: str) -> NoReturn:
    raise NotCanonicalError(f"{text} is not a whole number")


def b64(raw: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """Read base64url without padding; raise NotCanonicalError unless it is the one way to write these bytes."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as err:
        raise NotCanonicalError(f"'{text[:60]}' is not base64url") from err
    if b64(raw) != text:
        raise NotCanonicalError(f"'{text[:60]}' is not the shortest base64url")
    return raw
