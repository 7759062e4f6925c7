"""The key file: signing keys under a passphrase where there is no system keyring, and high-water marks beside it.

`keys` is JSON: version, scrypt parameters, salt, a check value that tells a wrong passphrase from damage, and for each
entry 12 bytes of nonce and the ChaCha20-Poly1305 ciphertext (RFC 8439), bound to the version and the entry's name.
`marks` is JSON that anyone who may read the folder can read: a mark is no secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from refundkit.errors import IntegrityError, RefusedError
from refundkit.keys import folder as place
from refundkit.keys import passphrase as words
from refundkit.keys.vault import is_mark, raises

VERSION: Final = "refundkit/keys/v1"
MARKS_VERSION: Final = "refundkit/marks/v1"
_CHECK: Final = ("check", b"the passphrase is right")
_KDF: Final = {"name": "scrypt", "n": words.SCRYPT_N, "r": words.SCRYPT_R, "p": words.SCRYPT_P}


@dataclass
class _Keys:
    """What the key file holds."""

    salt: bytes
    check: bytes
    entries: dict[str, bytes] = field(default_factory=dict)


class FileVault:
    """The two files in one folder. Only getting or putting a signing key needs the passphrase."""

    def __init__(self, folder: Path, *, interactive: bool) -> None:
        self._folder, self._interactive = folder, interactive
        self._passphrase = ""
        self.path, self.marks_path = folder / "keys", folder / "marks"
        self.name = f"the encrypted key file {self.path}"

    @property
    def asks(self) -> bool:
        """Whether the passphrase is still to be asked for."""
        return self._interactive and not (self._passphrase or os.environ.get(words.VARIABLE))

    def get(self, entry: str) -> bytes | None:
        """The bytes of an entry. Raise RefusedError without the right passphrase, IntegrityError on damage."""
        if is_mark(entry):
            mark = self._marks().get(entry)
            return None if mark is None else mark.encode("ascii")
        keys = self._keys()
        if keys is None or entry not in keys.entries:
            return None
        return self._open(self._key(keys), entry, keys.entries[entry])

    def put(self, entry: str, secret: bytes) -> None:
        """Keep an entry; a mark is kept only when it stands higher than the one there."""
        if is_mark(entry):
            with place.locked(self._folder):
                self._put_mark(entry, secret)
            return
        self._ask()  # before the lock: a person may take a while to answer
        with place.locked(self._folder):
            keys = self._keys() or self._fresh()
            keys.entries[entry] = _seal(self._key(keys), entry, secret)
            place.write_file(self.path, _keys_text(keys))

    def delete(self, entry: str) -> None:
        """Forget an entry; nothing happens when there is none."""
        mark = is_mark(entry)
        with place.locked(self._folder):
            if mark:
                marks = self._marks()
                if marks.pop(entry, None) is not None:
                    place.write_file(self.marks_path, _marks_text(marks))
                return
            keys = self._keys()
            if keys and keys.entries.pop(entry, None) is not None:
                place.write_file(self.path, _keys_text(keys))

    def entries(self, prefix: str) -> list[str]:
        """The names of all entries that begin with `prefix`, sorted; no passphrase is needed."""
        keys = self._keys()
        return sorted(e for e in [*(keys.entries if keys else ()), *self._marks()] if e.startswith(prefix))

    def _put_mark(self, entry: str, mark: bytes) -> None:
        marks = self._marks()
        old = marks.get(entry)
        if raises(mark, None if old is None else old.encode("ascii"), str(self.marks_path)):
            marks[entry] = mark.decode("ascii")
            place.write_file(self.marks_path, _marks_text(marks))

    def _ask(self) -> str:
        if not self._passphrase:
            new = not self.path.exists()
            self._passphrase = words.obtain(str(self.path), new=new, interactive=self._interactive)
        return self._passphrase

    def _fresh(self) -> _Keys:
        salt = words.fresh_salt()
        return _Keys(salt, _seal(words.derive(self._ask(), salt), *_CHECK))

    def _key(self, keys: _Keys) -> bytes:
        """The file's key; raise RefusedError when the passphrase is not the file's."""
        from cryptography.exceptions import InvalidTag

        key = words.derive(self._ask(), keys.salt)
        try:
            _unseal(key, _CHECK[0], keys.check)
        except InvalidTag as err:
            self._passphrase = ""
            raise RefusedError(
                "the passphrase is not the one of this key file",
                hint=f"try again; if {words.VARIABLE} is set, that is the one that was tried",
                where=str(self.path),
            ) from err
        return key

    def _open(self, key: bytes, entry: str, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return _unseal(key, entry, sealed)
        except InvalidTag as err:
            raise _damaged(self.path, f"the entry {entry} was changed") from err

    def _keys(self) -> _Keys | None:
        document = _read(self.path, VERSION)
        if document is None:
            return None
        if document.get("kdf") != _KDF:
            # A weaker setting would make guessing cheap, a huge one would eat the machine's memory.
            raise _damaged(self.path, "it does not ask for the scrypt work this program uses")
        try:
            sealed = {e: _unb64(text) for e, text in document["entries"].items() if not is_mark(e)}
            return _Keys(_unb64(document["salt"]), _unb64(document["check"]), sealed)
        except (KeyError, ValueError, AttributeError, TypeError) as err:
            raise _damaged(self.path, f"a field cannot be read ({err})") from err

    def _marks(self) -> dict[str, str]:
        document = _read(self.marks_path, MARKS_VERSION) or {"marks": {}}
        marks = document.get("marks")
        if not isinstance(marks, dict) or not all(isinstance(m, str) and m.isascii() for m in marks.values()):
            raise _damaged(self.marks_path, "the list of marks cannot be read")
        return marks


def _seal(key: bytes, entry: str, secret: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, secret, _bound(entry))


def _unseal(key: bytes, entry: str, sealed: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    if len(sealed) < 12 + 16:
        raise InvalidTag
    return ChaCha20Poly1305(key).decrypt(sealed[:12], sealed[12:], _bound(entry))


def _bound(entry: str) -> bytes:
    return f"{VERSION}\0{entry}".encode()


def _keys_text(keys: _Keys) -> bytes:
    entries = {entry: _b64(sealed) for entry, sealed in keys.entries.items()}
    return _text(
        {"version": VERSION, "kdf": _KDF, "salt": _b64(keys.salt), "check": _b64(keys.check), "entries": entries}
    )


def _marks_text(marks: dict[str, str]) -> bytes:
    return _text({"version": MARKS_VERSION, "marks": marks})


def _text(document: dict[str, Any]) -> bytes:
    """The file's bytes. The sum finds accidents before a person is told that the passphrase is wrong."""
    return json.dumps({**document, "sum": _sum(document)}, indent=1, sort_keys=True).encode() + b"\n"


def _sum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _read(path: Path, version: str) -> dict[str, Any] | None:
    """A file of ours, whole; None when there is none. Raise IntegrityError on damage, RefusedError when it is newer."""
    data = place.read_file(path)
    if data is None:
        return None
    try:
        document = json.loads(data)
        found, kept = document["version"], document.pop("sum")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as err:
        raise _damaged(path, "it is not the JSON that was written") from err
    if kept != _sum(document):
        raise _damaged(path, "its sum does not match")
    if found != version:
        raise RefusedError(
            f"this file was written by another version of refundkit ({str(found)[:60]}; known: {version})",
            hint="install the newer refundkit on this machine; nothing was changed",
            where=str(path),
        )
    return dict(document)


def _damaged(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"this file is damaged: {why}",
        hint="bring it back from a backup of this machine. Where there is none, move it away: an admin can enrol new"
        " keys for the people here, and what they signed stays valid",
        where=str(path),
    )


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
