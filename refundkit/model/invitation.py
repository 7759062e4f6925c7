"""The two files by which a person on another machine gets a key: an invitation, and the answer to it.

Both are one canonical document with a signature over its body. Neither holds a secret: who has an invitation can answer
it, and so two people compare the key's fingerprint before it is enrolled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from refundkit.model.canonical import NotCanonicalError, b64, canonical, parse, unb64
from refundkit.model.events import writer_id

INVITATION: Final = "refundkit/invitation/v1"
ANSWER: Final = "refundkit/answer/v1"

Verify = Callable[[bytes, bytes, bytes], bool]
"""verify(public key, signature, message)."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to which shop by whom. `roles`: '' for a person who is there already; `expires`: ISO 8601, UTC."""

    ledger: str
    company: str
    id: str
    user: str
    name: str
    email: str
    technician: str
    roles: str
    expires: str
    by: str
    public: str

    @property
    def writer(self) -> str:
        """The key it is signed with."""
        return b64(writer_id(unb64(self.public)))


@dataclass(frozen=True, slots=True)
class Answer:
    """A fresh key of the invited person, made on another machine. `signed`: the invitation as it was signed."""

    invitation: Invitation
    signed: str
    public: str
    device: str
    device_name: str

    @property
    def writer(self) -> str:
        """The key it offers, with which it is signed."""
        return b64(writer_id(unb64(self.public)))


def write_invitation(invitation: Invitation, sign: Callable[[bytes], bytes]) -> bytes:
    """The file of an invitation."""
    return _sealed(INVITATION, asdict(invitation), sign)


def write_answer(answer: Answer, sign: Callable[[bytes], bytes]) -> bytes:
    """The file of an answer, signed with the key that it offers."""
    return _sealed(ANSWER, asdict(answer), sign)


def read_invitation(data: bytes, verify: Verify) -> tuple[Invitation, str]:
    """An invitation and its signature. NotCanonicalError: it is another file; ValueError: it was changed."""
    body, sig = _opened(INVITATION, data)
    return _invitation(body, sig, verify), sig


def read_answer(data: bytes, verify: Verify) -> Answer:
    """An answer whose signatures are those of the keys it names. Raises as `read_invitation` does."""
    body, sig = _opened(ANSWER, data)
    inner = body.pop("invitation", None)
    if not isinstance(inner, dict):
        raise NotCanonicalError("it answers no invitation")
    texts = _texts(body, [f.name for f in fields(Answer) if f.name != "invitation"])
    answer = Answer(_invitation(inner, texts["signed"], verify), **texts)
    _prove(ANSWER, asdict(answer), answer.public, sig, verify)
    return answer


def _invitation(body: dict[str, Any], sig: str, verify: Verify) -> Invitation:
    invitation = Invitation(**_texts(body, [f.name for f in fields(Invitation)]))
    if [len(unb64(text)) for text in (invitation.ledger, invitation.id, invitation.public)] != [16, 16, 32]:
        raise NotCanonicalError("it names no ledger or no key")
    _prove(INVITATION, asdict(invitation), invitation.public, sig, verify)
    return invitation


def _sealed(kind: str, body: dict[str, Any], sign: Callable[[bytes], bytes]) -> bytes:
    return canonical({"kind": kind, "body": body, "sig": b64(sign(_message(kind, body)))}) + b"\n"


def _message(kind: str, body: dict[str, Any]) -> bytes:
    return kind.encode() + b"\0" + canonical(body)


def _opened(kind: str, data: bytes) -> tuple[dict[str, Any], str]:
    document = parse(data.strip())
    if not isinstance(document, dict) or document.keys() != {"kind", "body", "sig"} or document["kind"] != kind:
        raise NotCanonicalError(f"it is no {kind}")
    if not isinstance(document["body"], dict) or not isinstance(document["sig"], str):
        raise NotCanonicalError(f"it is no {kind}")
    return document["body"], document["sig"]


def _texts(body: dict[str, Any], names: list[str]) -> dict[str, str]:
    if sorted(body) != sorted(names) or not all(isinstance(text, str) for text in body.values()):
        raise NotCanonicalError("it does not have exactly the fields of such a file")
    return body


def _prove(kind: str, body: dict[str, Any], public: str, sig: str, verify: Verify) -> None:
    if not verify(unb64(public), unb64(sig), _message(kind, body)):
        raise ValueError("its signature is not that of its key")
