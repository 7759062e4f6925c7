r"""The event: a hashed core, an erasable salted payload, one signature; chained to its writer's previous event.

    body = SHA-256("refundkit/body/v1\0" || payload)
    id   = SHA-256("refundkit/event/v1\0" || core)
    sig  = Ed25519(writer's key, "refundkit/sig/v1\0" || id)

`core` and `payload` are canonical documents (canonical.py). Old versions stay readable for ever; a new envelope
version gets new domain strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from refundkit.model.canonical import NotCanonicalError, b64, canonical, canonical_unchecked, parse, unb64

VERSION: Final = 1
ZERO_ID: Final = bytes(32)
MAX_DEPS: Final = 32
_BODY: Final = b"refundkit/body/v1\0"
_EVENT: Final = b"refundkit/event/v1\0"
_SIG: Final = b"refundkit/sig/v1\0"
_KEY: Final = b"refundkit/key/v1\0"
_HLC: Final = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}\Z")
_CORE_KEYS: Final = frozenset({"v", "org", "w", "seq", "prev", "case", "type", "tv", "hlc", "deps", "body"})


class BadEventError(ValueError):
    """An event whose parts do not belong together; the message says which."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as stored and exchanged. `payload` is None when it was erased; the core still commits to it."""

    id: bytes
    core: bytes
    payload: bytes | None
    sig: bytes


@dataclass(frozen=True, slots=True)
class Core:
    """The hashed part, read. `case` is b64url of 16 bytes, '' for the shop's own events and for `request.logged`."""

    org: str
    writer: str
    seq: int
    prev: bytes
    case: str
    type: str
    tv: int
    hlc: str
    deps: tuple[str, ...]
    body: bytes


def writer_id(public: bytes) -> bytes:
    """The 16 bytes that name a writer: from its public key, so nobody can claim another's."""
    return sha256(_KEY + public).digest()[:16]


def event_id(core: bytes) -> bytes:
    """The id of the event with this core."""
    return sha256(_EVENT + core).digest()


def body_digest(payload: bytes) -> bytes:
    """What the core commits to."""
    return sha256(_BODY + payload).digest()


def signed_message(identity: bytes) -> bytes:
    """What the writer's key signs for the event with this id."""
    return _SIG + identity


def case_key(logged: bytes) -> str:
    """The case's key in cores and tables: the first 16 bytes of its `request.logged` event's id."""
    return b64(logged[:16])


@dataclass(slots=True)
class Chain:
    """The end of one writer's chain, and everything else that is the same for all events it writes now."""

    org: str
    writer: str
    sign: Callable[[bytes], bytes]
    seq: int
    head: bytes

    def seal(
        self, *, type_: str, tv: int, case: str, hlc: str, deps: Sequence[str], data: Any, salt: bytes
    ) -> tuple[bytes, bytes, bytes]:
        """(id, core, payload) of the next event, still to be signed; the end of the chain moves.

        `deps`: b64url ids, any order; `salt`: 16 random bytes.
        """
        payload = canonical_unchecked({"data": data, "salt": b64(salt)})
        if len(deps) > MAX_DEPS:
            raise BadEventError(f"{len(deps)} dependencies; at most {MAX_DEPS} fit")
        listed = ",".join([f'"{d}"' for d in sorted(set(deps))])
        # The canonical form by hand: every part is known to need no escaping. A test holds it against `canonical`.
        core = (
            f'{{"body":"{b64(body_digest(payload))}","case":"{case}","deps":[{listed}],"hlc":"{hlc}","org":"{self.org}",'
            f'"prev":"{b64(self.head)}","seq":{self.seq + 1},"tv":{tv},"type":"{type_}","v":1,"w":"{self.writer}"}}'
        ).encode("ascii")
        identity = event_id(core)
        self.seq, self.head = self.seq + 1, identity
        return identity, core, payload

    def append(self, *, type_: str, tv: int, case: str, hlc: str, deps: Sequence[str], data: Any, salt: bytes) -> Event:
        """Seal and sign the next event."""
        identity, core, payload = self.seal(type_=type_, tv=tv, case=case, hlc=hlc, deps=deps, data=data, salt=salt)
        return Event(identity, core, payload, self.sign(signed_message(identity)))


def read_core(core: bytes) -> Core:
    """Read and check a core; raise BadEventError when it is not one."""
    try:
        document = parse(core)
        if not isinstance(document, dict) or document.keys() != _CORE_KEYS:
            raise BadEventError("the core does not have exactly the fields of an event")
        if document["v"] != VERSION:
            raise BadEventError(f"envelope version {document['v']}; this program reads {VERSION}")
        deps = document["deps"]
        read = Core(
            org=document["org"],
            writer=document["w"],
            seq=document["seq"],
            prev=unb64(document["prev"]),
            case=document["case"],
            type=document["type"],
            tv=document["tv"],
            hlc=document["hlc"],
            deps=tuple(deps),
            body=unb64(document["body"]),
        )
        sizes = (len(unb64(read.org)), len(unb64(read.writer)), len(read.prev), len(read.body), len(unb64(read.case)))
        whole = all(type(n) is int for n in (document["v"], read.seq, read.tv)) and read.seq >= 1
        words = isinstance(read.type, str) and _HLC.match(read.hlc) and all(len(unb64(d)) == 32 for d in deps)
        sorted_deps = isinstance(deps, list) and deps == sorted(set(deps)) and len(deps) <= MAX_DEPS
    except (NotCanonicalError, TypeError, AttributeError) as err:
        raise BadEventError(f"the core cannot be read: {err}") from err
    if sizes[:4] != (16, 16, 32, 32) or sizes[4] not in (0, 16) or not (whole and words and sorted_deps):
        raise BadEventError("a field of the core has the wrong size or order")
    return read


def known_core(core: bytes) -> Core:
    """Read a core that this store checked when it took it in; `audit verify` checks it again."""
    document = json.loads(core)
    return Core(
        document["org"], document["w"], document["seq"], unb64(document["prev"]), document["case"], document["type"],
        document["tv"], document["hlc"], tuple(document["deps"]), b"",
    )  # fmt: skip


def known_deps(core: bytes) -> tuple[str, ...]:
    """Only what such a core depends on: several times as fast, for the many events of a shop."""
    return tuple(orjson.loads(core)["deps"])


def known_data(payload: bytes) -> Any:
    """The data of a payload that this store checked when it took it in."""
    return json.loads(payload)["data"]


def read_payload(payload: bytes) -> Any:
    """The `data` of a payload; raise BadEventError when it is not canonical or has no salt."""
    try:
        document = parse(payload)
        if document.keys() != {"data", "salt"} or len(unb64(document["salt"])) != 16:
            raise BadEventError("the payload has no salt of 16 bytes")
    except (NotCanonicalError, AttributeError, TypeError) as err:
        raise BadEventError(f"the payload cannot be read: {err}") from err
    return document["data"]


def check_event(event: Event, verify: Callable[[bytes, bytes], bool]) -> Core:
    """Prove that the parts belong together: id, digest of the payload, signature. Return the core, read.

    `verify(signature, message)` uses the public key of the core's writer.
    """
    if event_id(event.core) != event.id:
        raise BadEventError("the id is not the hash of the core")
    core = read_core(event.core)
    if event.payload is not None:
        if body_digest(event.payload) != core.body:
            raise BadEventError("the payload is not the one the core commits to")
        read_payload(event.payload)
    if not verify(event.sig, signed_message(event.id)):
        raise BadEventError("the signature is not the writer's")
    return core


def hlc_text(stamp: int) -> str:
    """The hybrid time as cores write it: 48 bits of milliseconds since 1970 UTC, 16 bits of counter."""
    return f"{stamp >> 16:012x}-{stamp & 0xFFFF:04x}"


def hlc_milliseconds(text: str) -> int:
    """Milliseconds since 1970 UTC of a hybrid time. For display and reminders: no decision about money looks at it."""
    return int(text[:12], 16)


def hlc_stamp(text: str) -> int:
    """The whole stamp as a number, to go on counting from."""
    return int(text[:12], 16) << 16 | int(text[13:], 16)


__all__ = [
    "BadEventError",
    "Chain",
    "Core",
    "Event",
    "body_digest",
    "canonical",
    "case_key",
    "check_event",
    "event_id",
    "hlc_milliseconds",
    "hlc_stamp",
    "hlc_text",
    "known_core",
    "known_data",
    "known_deps",
    "read_core",
    "read_payload",
    "signed_message",
    "writer_id",
]
