"""Keys that fit every message are refused, and signatures are those of RFC 8032."""

from __future__ import annotations

import pytest

from refundkit.keys.signing import Signer, new_signing_key, sound_public_key, verify

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def encoded(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def order_divides_eight(y: int) -> bool:
    """Double the point three times by the affine law of RFC 8032, section 5.1.4, and look for (0, 1)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square, "not a point of the curve"
    for _ in range(3):
        t = D * x * x * y * y % P
        x, y = 2 * x * y * pow(1 + t, -1, P) % P, (y * y + x * x) * pow(1 - t, -1, P) % P
    return (x, y) == (0, 1)


# y of the points of order 1, 2, 4 and 8; the last two as in the literature, proved below.
SMALL = [
    1,
    P - 1,
    0,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
]


def test_the_first_vector_of_rfc_8032_comes_out() -> None:
    seed, public = new_signing_key(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    signature = Signer(seed).sign(b"")
    assert public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signature.hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert verify(public, signature, b"")


def test_a_signature_is_of_one_message_and_one_key() -> None:
    one, other = Signer(bytes(32)), Signer(bytes([7]) * 32)
    signature = one.sign(b"approve")
    assert verify(one.public, signature, b"approve")
    assert not verify(one.public, signature, b"deny")
    assert not verify(other.public, signature, b"approve")
    assert not verify(one.public, signature[:-1], b"approve")
    assert not verify(one.public[:-1], signature, b"approve")


@pytest.mark.parametrize("y", SMALL, ids=["one", "two", "four", "eight", "eight-negative"])
@pytest.mark.parametrize("sign", [0, 1])
def test_a_point_of_small_order_is_no_key(y: int, sign: int) -> None:
    assert order_divides_eight(y)
    assert not sound_public_key(encoded(y, sign))


def test_the_signature_that_fits_every_message_is_refused() -> None:
    identity = encoded(1)
    fits_all = encoded(1) + bytes(32)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    Ed25519PublicKey.from_public_bytes(identity).verify(fits_all, b"pay me")  # the library itself takes it
    assert not verify(identity, fits_all, b"pay me")


@pytest.mark.parametrize("y", range(P, 2**255))
def test_an_encoding_with_y_at_or_above_p_is_no_key(y: int) -> None:
    assert not sound_public_key(encoded(y))
    assert not sound_public_key(encoded(y, 1))


def test_real_keys_are_sound_and_bytes_off_the_curve_are_not() -> None:
    assert all(sound_public_key(Signer(bytes([n]) * 32).public) for n in range(50))
    off = [y for y in range(2, 40) if not sound_public_key(encoded(y))]
    assert off, "about half of all numbers are no y of the curve"
    assert not sound_public_key(b"")
    assert not sound_public_key(bytes(33))
