"""Signatures made in a second process are those of the key, whatever becomes of the helper."""

from __future__ import annotations

from refundkit.keys.background import AT_ONCE, BackgroundSigner
from refundkit.keys.signing import Signer
from refundkit.workflow import pen

SEED = bytes(range(32))


def messages(count: int) -> list[bytes]:
    return [number.to_bytes(40, "big") for number in range(count)]


def test_batches_come_back_in_order_and_are_the_keys_own() -> None:
    helper, signer = BackgroundSigner(SEED), Signer(SEED)
    for count in (1, AT_ONCE, 7):
        helper.submit(messages(count))
        assert helper.collect() == [signer.sign(m) for m in messages(count)]
    assert helper._process is not None and helper._process.poll() is None, "the helper has not answered"
    helper.close()


def test_a_helper_that_dies_is_done_without() -> None:
    helper, signer = BackgroundSigner(SEED), Signer(SEED)
    helper.submit(messages(3))
    helper.collect()
    helper._process.kill()
    helper._process.wait()
    helper.submit(messages(5))
    assert helper.collect() == [signer.sign(m) for m in messages(5)]
    helper.close()


def test_nothing_asked_is_nothing_answered() -> None:
    helper = BackgroundSigner(SEED)
    helper.submit([])
    assert helper.collect() == []
    helper.close()


def test_what_is_handed_over_at_once_fits() -> None:
    assert pen.AT_ONCE <= AT_ONCE
