"""The seal: where it lies, what it covers, and that anybody can recompute it."""

import json
import re
from base64 import urlsafe_b64decode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from refundkit.errors import IntegrityError
from refundkit.exporters.documents.audit_pdf import seal
from refundkit.exporters.documents.seal import placeholder, read_seal

SHELL = b"%%PDF\nstream\n%s\nendstream\n%%%%EOF\n"


def test_the_seal_can_be_checked_without_refundkit(sealed_shop):
    shop, pdf = sealed_shop
    text = re.search(rb'\{"digest":"[^"]{43}","sig":"[^"]{86}","writer":"[^"]{22}"\}', pdf)
    stated = {k: urlsafe_b64decode(v + "=" * (-len(v) % 4)) for k, v in json.loads(text[0]).items()}
    digest = sha256(pdf[: text.start()] + b"\0" * len(text[0]) + pdf[text.end() :]).digest()
    assert stated["digest"] == digest
    assert stated["writer"] == shop.ana.writer
    Ed25519PublicKey.from_public_bytes(shop.ana.public).verify(stated["sig"], b"refundkit/document/v1\0" + digest)


def test_sealing_changes_nothing_but_the_seal(shop):
    blank = SHELL % placeholder()
    sealed = seal(blank, shop.ana.writer, shop.ana.sign)
    assert len(sealed) == len(blank)
    at = blank.index(placeholder())
    assert sealed[:at] == blank[:at]
    assert sealed[at + len(placeholder()) :] == blank[at + len(placeholder()) :]


def test_a_sealed_document_is_not_sealed_again(shop):
    sealed = seal(SHELL % placeholder(), shop.ana.writer, shop.ana.sign)
    with pytest.raises(IntegrityError, match="sealed already"):
        seal(sealed, shop.ana.writer, shop.ana.sign)


@pytest.mark.parametrize(
    ("pdf", "message"),
    [
        (b"", "has no seal"),
        (SHELL % b"{}", "has no seal"),
        (SHELL % placeholder(), "never sealed"),
        ((SHELL % placeholder()) * 2, "more than one seal"),
    ],
)
def test_a_document_without_one_seal_is_refused(pdf, message):
    with pytest.raises(IntegrityError, match=message):
        read_seal(pdf)


def test_a_text_that_looks_like_a_seal_is_not_one(shop):
    """Inside JSON quotes are escaped and lines never break, so a customer's words cannot imitate a seal."""
    words = "stream\n" + placeholder().decode() + "\nendstream"
    pdf = shop.sealed(words=words)
    assert read_seal(pdf).writer
