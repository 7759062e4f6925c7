"""An event's bytes are fixed for ever: golden vectors, the openssl program as a judge, and every damaged part refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.keys.signing import Signer, verify
from refundkit.model.canonical import b64, canonical, parse, unb64
from refundkit.model.events import (
    MAX_DEPS,
    ZERO_ID,
    BadEventError,
    Chain,
    Event,
    body_digest,
    case_key,
    check_event,
    event_id,
    hlc_milliseconds,
    hlc_stamp,
    hlc_text,
    read_core,
    read_payload,
    signed_message,
    writer_id,
)

SEED = bytes(range(32))
SALT = bytes(range(100, 116))
LEDGER = bytes(range(200, 216))
SIGNER = Signer(SEED)
STAMP = 1_788_253_200_000 << 16
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = st.from_regex(r"[a-z]{1,10}\.[a-z]{1,10}", fullmatch=True)


def chain(seq: int = 0, head: bytes = ZERO_ID) -> Chain:
    return Chain(b64(LEDGER), b64(writer_id(SIGNER.public)), SIGNER.sign, seq, head)


def checks(signature: bytes, message: bytes) -> bool:
    return verify(SIGNER.public, signature, message)


def small_history() -> list[Event]:
    """Four events of one writer: a shop's own, a case, a decision about it, and one with every kind of value."""
    writing = chain()
    shop = writing.append(
        type_="user.set", tv=1, case="", hlc=hlc_text(STAMP), deps=[], salt=SALT,
        data={"user": "lena", "name": "Léna Ø. 木", "email": "", "technician": "", "roles": ["lead"]},
    )  # fmt: skip
    logged = writing.append(
        type_="request.logged", tv=1, case="", hlc=hlc_text(STAMP + 1), deps=[b64(shop.id)], salt=SALT,
        data={"request": {"amount": "120.00", "currency": "USD"}, "by_hand": True, "epoch": 1},
    )  # fmt: skip
    case = case_key(logged.id)
    approved = writing.append(
        type_="decision.approved", tv=1, case=case, hlc=hlc_text(STAMP + 65_537), salt=SALT,
        deps=[b64(logged.id), b64(shop.id)], data={"rev": b64(logged.id), "amount": 12_000, "note": 'a "note"\n\t\\'},
    )  # fmt: skip
    odd = writing.append(
        type_="note.added", tv=7, case=case, hlc=hlc_text(STAMP + 65_538), salt=bytes(16), deps=[b64(approved.id)],
        data={"none": None, "yes": True, "no": False, "most": 2**53 - 1, "least": -(2**53) + 1,
              "text": "\u0000\u001f\u007f\u2028€😀\ufb33", "list": [[], {}, ""]},
    )  # fmt: skip
    return [shop, logged, approved, odd]


def described(event: Event) -> dict[str, str]:
    return {
        "core": event.core.decode("ascii"),
        "payload": (event.payload or b"").decode("utf-8"),
        "id": event.id.hex(),
        "signature": event.sig.hex(),
    }


def test_the_bytes_of_events_are_those_of_the_golden_file(golden):
    document = {
        "seed": SEED.hex(),
        "public": SIGNER.public.hex(),
        "writer": writer_id(SIGNER.public).hex(),
        "events": [described(e) for e in small_history()],
    }
    golden("events/envelope-v1.json", json.dumps(document, indent=1, ensure_ascii=True) + "\n")


def test_the_golden_events_verify(request):
    path = request.path.parents[1] / "golden" / "events" / "envelope-v1.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    public = bytes.fromhex(document["public"])
    before = (0, ZERO_ID)
    for kept in document["events"]:
        event = Event(
            bytes.fromhex(kept["id"]), kept["core"].encode(), kept["payload"].encode(), bytes.fromhex(kept["signature"])
        )
        core = check_event(event, lambda signature, message: verify(public, signature, message))
        assert (core.seq, core.prev) == (before[0] + 1, before[1])
        before = (core.seq, event.id)


def test_the_openssl_program_verifies_a_signature_without_refundkit(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("the openssl program is not installed")
    event = small_history()[1]
    key = bytes.fromhex("302a300506032b6570032100") + SIGNER.public  # SubjectPublicKeyInfo of RFC 8410
    (tmp_path / "key.der").write_bytes(key)
    (tmp_path / "signature").write_bytes(event.sig)
    (tmp_path / "message").write_bytes(b"refundkit/sig/v1\0" + event.id)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin",
               "-in", "message", "-sigfile", "signature"]  # fmt: skip
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    (tmp_path / "message").write_bytes(b"refundkit/sig/v1\0" + bytes(32))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


@given(
    type_=PLAIN, tv=st.integers(1, 9), seq=st.integers(0, 2**40), head=st.binary(min_size=32, max_size=32),
    case=st.binary(min_size=16, max_size=16) | st.just(b""), stamp=st.integers(0, 2**64 - 1),
    deps=st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_DEPS),
    data=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), TEXT | st.integers(-9, 9), max_size=3),
    salt=st.binary(min_size=16, max_size=16),
)  # fmt: skip
def test_a_core_written_by_hand_is_the_canonical_form_of_its_document(
    type_, tv, seq, head, case, stamp, deps, data, salt
):
    writing = chain(seq, head)
    named = [b64(d) for d in deps]
    event = writing.append(type_=type_, tv=tv, case=b64(case), hlc=hlc_text(stamp), deps=named, data=data, salt=salt)
    payload = canonical({"salt": b64(salt), "data": data})
    assert event.payload == payload
    assert event.core == canonical(
        {
            "v": 1, "org": b64(LEDGER), "w": b64(writer_id(SIGNER.public)), "seq": seq + 1, "prev": b64(head),
            "case": b64(case), "type": type_, "tv": tv, "hlc": hlc_text(stamp), "deps": sorted(set(named)),
            "body": b64(body_digest(payload)),
        }
    )  # fmt: skip
    assert (writing.seq, writing.head) == (seq + 1, event.id)
    assert check_event(event, checks).deps == tuple(sorted(set(named)))


def test_more_dependencies_than_fit_are_refused_and_the_chain_stands_still():
    writing = chain()
    with pytest.raises(BadEventError):
        writing.append(
            type_="a.b", tv=1, case="", hlc=hlc_text(0), salt=SALT, data={},
            deps=[b64(bytes([n]) * 32) for n in range(MAX_DEPS + 1)],
        )  # fmt: skip
    assert (writing.seq, writing.head) == (0, ZERO_ID)


def test_every_single_byte_of_an_event_is_covered():
    """Any byte of any part changed in any bit: refused."""
    event = small_history()[1]
    parts = {"id": event.id, "core": event.core, "payload": event.payload or b"", "sig": event.sig}
    for name, whole in parts.items():
        for at in range(len(whole)):
            for bit in (1, 128):
                flipped = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
                with pytest.raises(BadEventError):
                    check_event(replace(event, **{name: flipped}), checks)


def test_an_event_whose_payload_was_erased_still_verifies():
    event = small_history()[1]
    assert check_event(replace(event, payload=None), checks).type == "request.logged"


def test_the_salt_keeps_equal_contents_from_looking_equal():
    same = {"type_": "a.b", "tv": 1, "case": "", "hlc": hlc_text(0), "deps": [], "data": {"amount": 1}}
    one, two = chain().append(**same, salt=SALT), chain().append(**same, salt=bytes(16))
    assert read_core(one.core).body != read_core(two.core).body


def test_hashes_of_different_things_never_meet():
    """The same bytes as core, as payload and as key have different names (domain separation)."""
    assert len({event_id(b"x"), body_digest(b"x"), writer_id(b"x")}) == 3
    assert not event_id(b"x").startswith(writer_id(b"x"))
    assert signed_message(bytes(32)) == b"refundkit/sig/v1\0" + bytes(32)


GOOD = {
    "v": 1, "org": b64(LEDGER), "w": b64(bytes(16)), "seq": 1, "prev": b64(ZERO_ID), "case": "", "type": "a.b",
    "tv": 1, "hlc": "0123456789ab-0000", "deps": [], "body": b64(bytes(32)),
}  # fmt: skip
IDS = [b64(bytes([n]) * 32) for n in range(MAX_DEPS + 1)]


def test_a_good_core_is_read():
    core = read_core(canonical(GOOD))
    assert (core.seq, core.type, core.case, core.prev, core.deps) == (1, "a.b", "", ZERO_ID, ())


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2}, {"v": "1"}, {"v": True}, {"org": ""}, {"org": b64(bytes(15))}, {"org": 5}, {"w": b64(bytes(17))},
        {"w": None}, {"seq": 0}, {"seq": -1}, {"seq": "1"}, {"seq": True}, {"prev": b64(bytes(31))}, {"prev": ""},
        {"prev": []}, {"case": b64(bytes(8))}, {"case": None}, {"type": 1}, {"type": ["a"]}, {"tv": "1"}, {"tv": None},
        {"tv": True}, {"hlc": 0}, {"hlc": ""}, {"hlc": "yesterday"}, {"hlc": "0123456789AB-0000"},
        {"hlc": "0123456789ab-00000"}, {"deps": None}, {"deps": [1]}, {"deps": [""]}, {"deps": "abc"},
        {"deps": [b64(bytes(31))]}, {"deps": [IDS[1], IDS[0]]}, {"deps": [IDS[0], IDS[0]]}, {"deps": IDS},
        {"deps": {"a" * 42 + "k": None}}, {"deps": [[]]}, {"body": b64(bytes(33))}, {"body": "AB"}, {"body": {}},
        {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_core_with_a_field_of_the_wrong_shape_is_refused(change):
    with pytest.raises(BadEventError):
        read_core(canonical({**GOOD, **change}))


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_core_that_lacks_a_field_is_refused(name):
    with pytest.raises(BadEventError):
        read_core(canonical({k: v for k, v in GOOD.items() if k != name}))


@pytest.mark.parametrize(
    "core", [b"", b"[]", b"null", b"1", b'{"v":1}', json.dumps(GOOD).encode(), b"\xff", b'{"v":1,"v":1}']
)
def test_bytes_that_are_no_core_are_refused(core):
    with pytest.raises(BadEventError):
        read_core(core)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[]", b"null", b"7", b'{"data":{}}', canonical({"data": {}, "salt": ""}),
        canonical({"data": {}, "salt": b64(bytes(15))}), canonical({"data": {}, "salt": 1}),
        canonical({"data": {}, "salt": b64(SALT), "more": 1}), b'{"data":{"a":1,"a":2},"salt":"AAAAAAAAAAAAAAAAAAAAAA"}',
        b'{"data":1.5,"salt":"AAAAAAAAAAAAAAAAAAAAAA"}', b'{"salt":"AAAAAAAAAAAAAAAAAAAAAA","data":{}}',
    ],
)  # fmt: skip
def test_bytes_that_are_no_payload_are_refused(payload):
    with pytest.raises(BadEventError):
        read_payload(payload)


def test_a_payload_that_is_no_document_is_refused_even_when_the_core_commits_to_it():
    payload = b'{"data":{"a":1,"a":2},"salt":"AAAAAAAAAAAAAAAAAAAAAA"}'
    core = canonical({**GOOD, "w": b64(writer_id(SIGNER.public)), "body": b64(body_digest(payload))})
    identity = event_id(core)
    with pytest.raises(BadEventError):
        check_event(Event(identity, core, payload, SIGNER.sign(signed_message(identity))), checks)


def test_anothers_signature_is_refused():
    event = small_history()[0]
    other = Signer(bytes(32)).sign(signed_message(event.id))
    with pytest.raises(BadEventError, match="signature"):
        check_event(replace(event, sig=other), checks)


@given(st.integers(0, 2**64 - 1))
def test_a_hybrid_time_reads_back(stamp):
    text = hlc_text(stamp)
    assert (hlc_stamp(text), hlc_milliseconds(text)) == (stamp, stamp >> 16)


def test_a_case_is_named_by_the_event_that_logged_it():
    event = small_history()[1]
    assert unb64(case_key(event.id)) == event.id[:16]
    assert parse(event.core)["case"] == ""
