"""Turns a passphrase into the key of the key file: from the environment, else asked on the terminal, else refused."""

from __future__ import annotations

import hashlib
import os
import sys
from typing import Final

from refundkit.errors import RefusedError

VARIABLE: Final = "REFUNDKIT_KEYRING_PASSPHRASE"
# RFC 7914; 128 MiB and about half a second for every guess.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1

# One derivation per process: the same passphrase and salt give the same key.
_derived: dict[tuple[bytes, bytes], bytes] = {}


def obtain(where: str, *, new: bool, interactive: bool) -> str:
    """The passphrase of the key file at `where`; asked twice when the file is `new`.

    Raise RefusedError when there is neither the variable nor a terminal, or when the two answers differ.
    """
    given = os.environ.get(VARIABLE, "")
    if given:
        return given
    if not (interactive and sys.stdin and sys.stdin.isatty()):
        raise RefusedError(
            "the signing keys of this machine lie in an encrypted key file, and its passphrase is not known",
            hint=f"set {VARIABLE}, or run the command in a terminal, where it is asked for",
            where=where,
        )
    import getpass

    try:
        answer = getpass.getpass(f"{'New passphrase' if new else 'Passphrase'} for the key file {where}: ")
        if new and answer and getpass.getpass("Once more: ") != answer:
            raise RefusedError("the two passphrases differ", hint="run the same command again; nothing was written")
    except EOFError:
        answer = ""
    if not answer:
        raise RefusedError("no passphrase was given", hint=f"type one, or set {VARIABLE}", where=where)
    return answer


def fresh_salt() -> bytes:
    """What makes two key files with one passphrase differ."""
    return os.urandom(16)


def derive(passphrase: str, salt: bytes) -> bytes:
    """The 32 bytes that scrypt makes of a passphrase; remembered until the process ends."""
    words = passphrase.encode("utf-8", "surrogateescape")
    at = (salt, hashlib.sha256(words).digest())
    if at not in _derived:
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        _derived[at] = Scrypt(salt=salt, length=32, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(words)
    return _derived[at]
