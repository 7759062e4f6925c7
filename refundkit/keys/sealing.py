"""Seals bytes under a key of the vault: ChaCha20-Poly1305 (RFC 8439), bound to what they are called."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from refundkit.errors import IntegrityError


def seal(key: bytes, name: str, content: bytes) -> bytes:
    """Nonce and ciphertext; only `unseal` with the same key (32 bytes) and name gives the content back."""
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, content, name.encode())


def unseal(key: bytes, name: str, sealed: bytes) -> bytes:
    """What was sealed under this name; raise IntegrityError when key, name or bytes are others."""
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:12], sealed[12:], name.encode())
    except (InvalidTag, ValueError) as err:
        raise IntegrityError(
            "what is sealed here cannot be opened with this machine's key",
            hint="bring back the place where this machine keeps its keys from a backup; bank data can be entered anew",
            where=name,
        ) from err


def digest(key: bytes, content: bytes) -> str:
    """A name for the content that says nothing of it to whoever lacks the key (HMAC-SHA-256, hexadecimal)."""
    return hmac.new(key, content, sha256).hexdigest()
