"""What is attached to an audit document: names, and events as JSON and back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from refundkit.errors import IntegrityError
from refundkit.exporters.documents.page_text import printable
from refundkit.model.canonical import NotCanonicalError, b64, canonical, parse, unb64
from refundkit.model.events import BadEventError, Event, read_core

CONTENT: Final = "content.json"
EVENTS: Final = "events.json"
WRITERS: Final = "writers.json"
_TYPE: Final = "[a-z._-]{1,60}"
HINT: Final = "ask the shop for a fresh copy, and compare it with this one"
_KEYS: Final = frozenset({"id", "core", "payload", "sig"})


def events_json(events: Sequence[Event]) -> bytes:
    """The canonical list of events: core and payload as the texts that were hashed, id and signature in base64url."""
    return canonical(
        [
            {
                "core": e.core.decode(),
                "id": b64(e.id),
                "payload": None if e.payload is None else e.payload.decode(),
                "sig": b64(e.sig),
            }
            for e in events
        ]
    )


def read_events(name: str, raw: bytes) -> list[Event]:
    """Read such a list back; raise IntegrityError that names the event it is damaged in. No hash is checked yet."""
    try:
        items = parse(raw)
    except (NotCanonicalError, RecursionError) as err:
        raise IntegrityError(_damage(name, raw), hint=HINT) from err
    if not isinstance(items, list):
        raise IntegrityError(f"{name} is not a list of events", hint=HINT)
    return [_event(name, number, item) for number, item in enumerate(items, 1)]


def label(event: Event) -> str:
    """How messages name an event: its id, type and number. Works for a damaged core as far as it can be read."""
    try:
        core = read_core(event.core)
    except (BadEventError, TypeError, RecursionError):
        return _label(b64(event.id), event.core.decode(errors="replace"))
    type_ = core.type if re.fullmatch(_TYPE, str(core.type)) else "type unreadable"
    return f"event {b64(event.id)} ({type_}, number {core.seq} of writer {core.writer})"


def _event(name: str, number: int, item: Any) -> Event:
    if not isinstance(item, dict):
        raise IntegrityError(f"{name}: item number {number} is not an event", hint=HINT)
    what = _label(str(item.get("id", "")), str(item.get("core", "")))
    if item.keys() != _KEYS:
        raise IntegrityError(f"{name}: {what} does not have exactly the fields of an event", hint=HINT)
    try:
        payload = None if item["payload"] is None else item["payload"].encode()
        return Event(unb64(item["id"]), item["core"].encode(), payload, unb64(item["sig"]))
    except (AttributeError, TypeError, ValueError) as err:
        raise IntegrityError(f"{name}: {what} cannot be read: {printable(str(err), 160)}", hint=HINT) from err


def _damage(name: str, raw: bytes) -> str:
    """Where a list that is not canonical JSON is damaged: read item by item as far as it goes."""
    text, number, at = raw.decode(errors="replace"), 1, 1
    decoder = json.JSONDecoder()
    while text[:1] == "[":
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if text[end : end + 2] != ",{":
            break
        number, at = number + 1, end + 1
    following = text.find(',{"core":', at)
    piece = text[at : following if following > 0 else len(text)][:20_000]
    own = re.search(r'"id":"([\w-]{43})"', piece)
    return f"{name} is damaged in event number {number}: {_label(own[1] if own else '', piece.replace(chr(92), ''))}"


def _label(identity: str, core: str) -> str:
    type_ = re.search(f'"type":"({_TYPE})"', core)
    seq = re.search(r'"seq":(\d{1,16})\b', core)
    named = f"event {printable(identity, 43)}" if identity else "an event without an id"
    return f"{named} ({type_[1] if type_ else 'type unreadable'}, number {seq[1] if seq else 'unreadable'})"
