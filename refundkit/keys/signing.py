"""Ed25519 (RFC 8032): makes keys from given randomness, signs, verifies, and refuses keys that fit every message."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
# The y of the points of order 8: the roots of d y^4 + 2 y^2 - 1 that lie on the curve, one of them and its negative.
_Y8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
# y of the points of order 1, 2, 4 and 8. With such a key one signature verifies for any message.
_SMALL_ORDER: Final = frozenset({1, _P - 1, 0, _Y8, _P - _Y8})


class Signer:
    """Signs with one secret key; `public` is the key that verifies it (32 bytes)."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: bytes = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature; the same message always gives the same ones."""
        return self._private.sign(message)


def new_signing_key(fresh: bytes) -> tuple[bytes, bytes]:
    """A key from 32 fresh random bytes: (seed, public). The seed is the secret to keep."""
    return fresh, Signer(fresh).public


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is this key's for this message; never true for a key that is not sound."""
    key = _loaded(public)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def sound_public_key(public: bytes) -> bool:
    """Whether 32 bytes may be enrolled as a key: a point of the curve, in its one encoding, not of small order."""
    if len(public) != 32:
        return False
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER:
        return False
    # On the curve when x^2 = (y^2 - 1) / (d y^2 + 1) has a root (Euler's criterion on numerator times denominator).
    square = (y * y - 1) * (_D * y * y + 1) % _P
    return pow(square, (_P - 1) // 2, _P) == 1


@lru_cache(maxsize=256)
def _loaded(public: bytes) -> Ed25519PublicKey | None:
    return Ed25519PublicKey.from_public_bytes(public) if sound_public_key(public) else None
