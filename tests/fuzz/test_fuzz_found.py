"""What a fuzzer once found stays found, and any bytes end as readings with their reasons, or as a sentence."""

from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FAST = ("any", "archive", "list", "mail", "mbox", "msg", "native", "objects", "statement", "text", "workbook")
PIECES = (
    b"From a@b Mon Jan  5 10:00:00 2026\n", b"From: a@b.test\n", b"Subject: =?utf-8?q?", b"--b\n",
    b"Content-Type: multipart/mixed; boundary=b\n", b"--b--\n", b"\n\n", b">From ", b"Content-Transfer-Encoding: base64\n", b"charset=utf-7",
    b"customer_id,amount\n", b"Invoice;Betrag\n", b'"', b",", b";", b"\t", b"\r", b"\r\n", b"\xff\xfe", b"\xef\xbb\xbf",
    b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"[{", b"}]", b'"amount": 5', b"\0",
    b"<OFX><STMTTRN><TRNAMT>-1<DTPOSTED>20260101", b"</OFX>", b"<Ntry><Amt Ccy='EUR'>", b"<BkToCstmrStmt>", b"<![CDATA[", b"<!--",
    b"refund $5 for INV-20001 ", "Rückerstattung 1.234,50 €".encode(), b"<html><p>", b"> ", b"-- \n", b"\x80\x81",
)  # fmt: skip
BYTES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=30).map(b"".join)
ANYTHING = settings(max_examples=60, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_known_file_is_read_within_seconds(known, targets):
    target, data = known
    began = monotonic()
    targets.TARGETS[target](data)
    assert monotonic() - began < 5


@pytest.mark.parametrize("target", FAST)
@ANYTHING
@given(data=BYTES)
def test_any_bytes_end_as_readings_or_as_a_sentence(targets, target, data):
    targets.TARGETS[target](data)


@pytest.mark.parametrize("target", ["mail", "mbox", "native", "list", "objects", "msg", "archive", "statement"])
@ANYTHING
@given(data=st.data())
def test_a_file_that_was_damaged_on_its_way_ends_so_too(targets, target, data):
    whole = data.draw(st.sampled_from(targets.seeds(target)))
    at = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 40))
    targets.TARGETS[target](whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + length :])
