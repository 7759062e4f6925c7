"""A document has one byte form, the one RFC 8785 names, and anything outside the profile has none."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from refundkit.model.canonical import LIMIT, NotCanonicalError, b64, canonical, canonical_unchecked, parse, unb64

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers(-LIMIT, LIMIT) | TEXT
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(DOCUMENTS)
def test_the_canonical_form_is_the_one_of_rfc_8785(document):
    assert canonical(document) == rfc8785.dumps(document)


@given(DOCUMENTS)
def test_canonical_bytes_read_back_to_the_same_document_and_nothing_else(document):
    assert parse(canonical(document)) == document


@given(DOCUMENTS)
def test_the_fast_path_writes_the_same_bytes_as_the_checked_one(document):
    assert canonical_unchecked(document) == canonical(document)


@given(DOCUMENTS, st.data())
def test_the_same_document_written_in_another_way_is_refused(document, data):
    whole = canonical(document)
    others = {
        json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode(),
        json.dumps(document, ensure_ascii=False, sort_keys=True).encode(),
        json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode(),
        whole + data.draw(st.sampled_from([b" ", b"\n", b"\0"])),
        b"\xef\xbb\xbf" + whole,
        whole.decode().encode("utf-16"),
    }
    for other in others - {whole}:
        with pytest.raises(NotCanonicalError):
            parse(other)


@pytest.mark.parametrize(
    "text",
    [
        '{"amount":1,"amount":999}',
        '{"a":{"b":1,"b":1}}',
        '{"b":1,"a":2}',
        "1.0",
        "1e2",
        "-0",
        "NaN",
        "Infinity",
        "-Infinity",
        "9007199254740992",
        "-9007199254740992",
        "1" * 5_000,
        '"\\ud800"',
        '"\\u0041"',
        '"\\/"',
        '{"Amount":1}',
        '{"":1}',
        '{"a b":1}',
        '{"1a":1}',
        '{"ä":1}',
        '{"a\\n":1}',
        "[1,]",
        "[1",
        "",
        "{}{}",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
    ],
    ids=lambda text: text[:24],
)
def test_bytes_outside_the_profile_are_refused(text):
    with pytest.raises(NotCanonicalError):
        parse(text.encode())


@pytest.mark.parametrize("data", [b'"\xed\xa0\x80"', b'"\xff"', b'"\xc0\x80"', b"\xff\xfe"])
def test_bytes_that_are_no_text_are_refused(data):
    with pytest.raises(NotCanonicalError):
        parse(data)


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), float("inf"), Decimal(1), (1,), {1}, b"a", 2**53, -(2**53), {1: 2}, {"A": 1}, {"a-b": 1},
     {"a\n": 1}, "\ud800", ["\udfff"], {"a": [{"b": 0.5}]}],
    ids=repr,
)  # fmt: skip
def test_values_outside_the_profile_have_no_form(value):
    with pytest.raises(NotCanonicalError):
        canonical(value)


def test_half_a_surrogate_is_refused_on_the_fast_path_too():
    with pytest.raises(NotCanonicalError):
        canonical_unchecked({"a": "x\ud83d"})


def test_the_largest_whole_numbers_are_kept_exactly():
    assert canonical([LIMIT, -LIMIT]) == b"[9007199254740991,-9007199254740991]"


@given(st.binary(max_size=80))
def test_base64url_reads_back_and_has_no_padding(raw):
    text = b64(raw)
    assert unb64(text) == raw
    assert not set(text) & set("+/=")


@pytest.mark.parametrize("text", ["AB", "AAB", "AA==", "A", "+/+/", "A A", "AAAA\n", "AAAé", "AAA!", "=", "AAAA="])
def test_a_second_way_to_write_the_same_bytes_is_refused(text):
    with pytest.raises(NotCanonicalError):
        unb64(text)


@given(st.text("ABCDEFabcdef0123456789+/-_=\n ", max_size=12))
def test_no_two_texts_are_the_same_bytes(text):
    try:
        raw = unb64(text)
    except NotCanonicalError:
        return
    assert b64(raw) == text
