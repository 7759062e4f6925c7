"""Verifying a document without a store: the true one passes, and every change is found and named."""

import random
import re
import shutil
import subprocess
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from refundkit.errors import IntegrityError
from refundkit.exporters.documents.attachments import events_json
from refundkit.exporters.documents.audit_pdf import render_audit, seal
from refundkit.exporters.documents.audit_verify import FILE_LIMIT, ed25519, verify_audit
from refundkit.exporters.documents.ledger_check import Book
from refundkit.model.canonical import b64
from refundkit.model.case_id import case_id
from refundkit.model.events import Event, body_digest, event_id, signed_message

ISSUED = datetime(2026, 10, 3, tzinfo=UTC)


def book(shop, **changes) -> Book:
    """Check the shop's attachments, some of them changed."""
    attached = {
        "writers.json": events_json(changes.get("enrolments", shop.enrolments)),
        "events.json": events_json(changes.get("events", shop.events)),
        "content.json": changes.get("content", shop.content()).as_json(),
    }
    made = Book(ed25519)
    made.read({**attached, **changes.get("raw", {})})
    return made


def refusal(shop, **changes) -> str:
    with pytest.raises(IntegrityError) as caught:
        book(shop, **changes)
    return caught.value.message


def flipped(pdf: bytes, at: int, mask: int = 1) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ mask]) + pdf[at + 1 :]


def problem(pdf: bytes) -> str:
    with pytest.raises(IntegrityError) as caught:
        verify_audit(pdf)
    return caught.value.message


def test_a_true_document_says_whose_it_is(sealed_shop):
    shop, pdf = sealed_shop
    proved = verify_audit(pdf)
    assert proved.case_id == case_id(shop.key)
    assert proved.ledger == shop.org
    assert proved.company == "Northwind Field Service"
    assert proved.events == 6
    assert [(w.user, w.device) for w in proved.writers] == [("ana", "office"), ("ana", "recovery"), ("ben", "desk")]
    assert proved.sealed_by.writer == b64(shop.ana.writer)
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", proved.sealed_by.fingerprint)
    assert proved.warnings == ()


def test_a_changed_byte_is_found(sealed_shop):
    _, pdf = sealed_shop
    for at in range(0, len(pdf), 997):
        problem(flipped(pdf, at))


@pytest.mark.slow
def test_any_changed_byte_is_found(sealed_shop):
    _, pdf = sealed_shop
    chance = random.Random(7)
    places = [*range(0, len(pdf), 97), *(chance.randrange(len(pdf)) for _ in range(200)), len(pdf) - 1]
    for at in places:
        problem(flipped(pdf, at, 1 << chance.randrange(8)))


@pytest.mark.slow
def test_any_changed_byte_of_the_attachments_and_the_seal_is_found(sealed_shop):
    _, pdf = sealed_shop
    start, end = pdf.index(b"/EmbeddedFile"), pdf.index(b"endstream", pdf.rindex(b"/EmbeddedFile"))
    for at in range(start, end, 5):
        problem(flipped(pdf, at, 1 << at % 8))


def test_every_byte_of_the_seal_counts(sealed_shop):
    _, pdf = sealed_shop
    at = pdf.index(b'{"digest"')
    for offset in range(191):
        problem(flipped(pdf, at + offset, 1 << offset % 8))


def test_added_or_missing_bytes_are_found(sealed_shop):
    _, pdf = sealed_shop
    for changed in (
        pdf + b"\n",
        pdf[:-1],
        b"\n" + pdf,
        pdf + pdf,
        pdf[: len(pdf) // 2],
        pdf.replace(b"168", b"861", 1),
    ):
        problem(changed)


def test_a_changed_event_is_named_although_the_seal_is_broken(sealed_shop):
    shop, pdf = sealed_shop
    event = shop.events[2]
    message = problem(pdf.replace(b"as calculated", b"as calculateD"))
    assert "changed after it was sealed" in message
    assert f"event {b64(event.id)} (decision.approved, number 1 of writer {b64(shop.ben.writer)})" in message
    assert "payload" in message


def test_damage_to_the_list_of_events_names_the_event_it_lies_in(sealed_shop):
    shop, pdf = sealed_shop
    at = pdf.index(b64(shop.events[3].id).encode() + b'","payload"')
    message = problem(flipped(pdf, at + 43))  # the quote after the id
    assert "events.json is damaged in event number 4" in message
    assert "note.added" in message


def test_a_changed_page_is_told_from_a_changed_event(sealed_shop):
    _, pdf = sealed_shop
    at = pdf.index(b"/FlateDecode", pdf.index(b"/ICCBased")) + 60
    assert "every event in it verifies" in problem(flipped(pdf, at))


def test_a_rewritten_file_is_refused(sealed_shop, tmp_path):
    _, pdf = sealed_shop
    qpdf = shutil.which("qpdf") or pytest.skip("qpdf is not installed")
    before, after = tmp_path / "a.pdf", tmp_path / "b.pdf"
    before.write_bytes(pdf)
    subprocess.run([qpdf, "--object-streams=generate", before, after], check=True)
    assert "no seal" in problem(after.read_bytes())


def test_a_seal_by_somebody_who_is_not_enrolled_is_refused(shop):
    blank = render_audit(shop.content(), shop.events, shop.enrolments, ISSUED)
    stranger = seal(blank, shop.stranger.writer, shop.stranger.sign)
    assert "does not enrol" in problem(stranger)
    impostor = seal(blank, shop.ana.writer, shop.stranger.sign)
    assert f"not by writer {b64(shop.ana.writer)} (ana)" in problem(impostor)
    assert verify_audit(seal(blank, shop.ben.writer, shop.ben.sign)).sealed_by.user == "ben"
    assert "never sealed" in problem(blank)


def test_another_check_of_signatures_can_be_handed_in(sealed_shop):
    _, pdf = sealed_shop
    asked = []
    verify_audit(pdf, lambda public, signature, message: asked.append(message) or ed25519(public, signature, message))
    assert len(asked) == 9  # 2 enrolments, 6 events, the seal
    with pytest.raises(IntegrityError, match="signature"):
        verify_audit(pdf, lambda *_: False)


def test_a_signature_by_another_key_names_the_event(shop):
    bad = shop.events[1]
    forged = replace(bad, sig=shop.stranger.sign(signed_message(bad.id)))
    message = refusal(shop, events=[shop.events[0], forged, *shop.events[2:]])
    assert b64(bad.id) in message
    assert "case.assessed" in message
    assert "signature" in message


def test_a_payload_that_was_exchanged_names_the_event(shop):
    other = shop.events[2].payload.replace(b"16800", b"99999")
    message = refusal(shop, events=[*shop.events[:2], replace(shop.events[2], payload=other), *shop.events[3:]])
    assert b64(shop.events[2].id) in message


def test_an_event_rewritten_with_all_its_hashes_still_lacks_the_signature(shop):
    old = shop.events[2]
    payload = old.payload.replace(b"16800", b"99999")
    core = old.core.replace(b64(body_digest(old.payload)).encode(), b64(body_digest(payload)).encode())
    forged = Event(event_id(core), core, payload, old.sig)
    assert "signature" in refusal(shop, events=[*shop.events[:2], forged, *shop.events[3:]])


def test_an_event_of_another_case_is_refused(shop):
    stray = shop.write(shop.ana, "note.added", {"text": "x"}, b64(bytes(16)))
    assert "another case" in refusal(shop, events=[*shop.events, stray])


def test_an_event_of_another_ledger_is_refused(shop):
    shop.chains[shop.ana.writer].org = b64(bytes(16))
    stray = shop.write(shop.ana, "note.added", {"text": "x"}, shop.key)
    assert "of ledger" in refusal(shop, events=[*shop.events, stray])


def test_an_event_by_somebody_who_is_not_enrolled_is_refused(shop):
    stray = shop.write(shop.stranger, "note.added", {"text": "x"}, shop.key)
    message = refusal(shop, events=[*shop.events, stray])
    assert b64(stray.id) in message
    assert "not enrolled" in message


def test_an_event_that_stands_twice_is_refused(shop):
    assert "stands twice" in refusal(shop, events=[*shop.events, shop.events[1]])


def test_neighbours_in_a_chain_must_be_linked(shop):
    chain = shop.chains[shop.ana.writer]
    chain.head = bytes(32)
    loose = shop.write(shop.ana, "note.added", {"text": "x"}, shop.key)
    message = refusal(shop, events=[*shop.events, loose])
    assert b64(loose.id) in message
    assert "does not follow number 5" in message


def test_a_case_without_its_request_or_with_two_is_refused(shop):
    assert "0 events request.logged" in refusal(shop, events=shop.events[1:])
    second = shop.write(shop.ana, "request.logged", {"words": "y"})
    assert "2 events request.logged" in refusal(shop, events=[*shop.events, second])


def test_the_page_must_be_about_the_same_case_and_ledger(shop):
    assert "another case" in refusal(shop, content=shop.content(case_id="RF-2222-2222-2222"))
    assert "another case" in refusal(shop, content=shop.content(ledger=b64(bytes(16))))


def test_an_enrolment_counts_only_when_an_enrolled_writer_signed_it(shop):
    own = shop.enrol(shop.stranger, shop.stranger, "mallory")
    assert "not enrolled" in refusal(shop, enrolments=[*shop.enrolments, own])
    third = shop.enrol(shop.ben, shop.stranger, "cleo")
    assert [w.user for w in book(shop, enrolments=[*shop.enrolments, third]).writers.values()][-1] == "cleo"
    assert "not enrolled" in refusal(shop, enrolments=[shop.enrolments[0], third, shop.enrolments[1]])


def test_the_recovery_key_is_enrolled_by_the_first_event(shop):
    rescue = shop.enrol(shop.recovery, shop.stranger, "ana")
    assert "mT6ej8pr" in {w[:8] for w in book(shop, enrolments=[*shop.enrolments, rescue]).writers}


def test_writers_must_begin_with_the_ledgers_first_event(shop):
    assert "empty" in refusal(shop, enrolments=[])
    assert "begin a ledger" in refusal(shop, enrolments=shop.enrolments[1:])
    assert "not enrolled" in refusal(shop, enrolments=shop.enrolments[:1])


def test_a_first_event_that_somebody_else_signed_is_refused(shop):
    genesis = shop.enrolments[0]
    forged = replace(genesis, sig=shop.stranger.sign(signed_message(genesis.id)))
    message = refusal(shop, enrolments=[forged, shop.enrolments[1]])
    assert b64(genesis.id) in message
    assert "signature" in message


def test_a_first_event_that_names_another_owner_is_refused(shop):
    data = {**shop.genesis_data(), "owner": {"user": "x", "name": "X", "public": b64(shop.stranger.public)}}
    shop.chains.clear()
    assert "did not write it" in refusal(shop, enrolments=[shop.write(shop.ana, "org.genesis", data)])


@pytest.mark.parametrize("field", ["owner", "recovery", "device", "company", "simulated"])
def test_a_first_event_that_lacks_a_part_is_refused(shop, field):
    data = {k: v for k, v in shop.genesis_data().items() if k != field}
    shop.chains.clear()
    assert "does not begin a ledger" in refusal(shop, enrolments=[shop.write(shop.ana, "org.genesis", data)])


def test_an_enrolment_whose_writer_is_not_its_keys_is_refused(shop):
    data = {"writer": b64(shop.ana.writer), "public": b64(shop.stranger.public), "user": "m", "device": "d"}
    assert "not the one of its key" in refusal(
        shop, enrolments=[*shop.enrolments, shop.write(shop.ana, "key.enrolled", data)]
    )
    data["public"] = b64(b"short")
    shop.chains[shop.ana.writer].seq += 1
    assert "32 bytes" in refusal(shop, enrolments=[*shop.enrolments, shop.write(shop.ana, "key.enrolled", data)])


def test_an_erased_payload_is_a_warning_that_names_the_event(shop):
    made = book(shop, events=[*shop.events[:3], replace(shop.events[3], payload=None), *shop.events[4:]])
    (warning,) = made.warnings()
    assert b64(shop.events[3].id) in warning
    assert "erased" in warning


def test_an_erased_enrolment_cannot_be_verified(shop):
    erased = [shop.enrolments[0], replace(shop.enrolments[1], payload=None)]
    assert "the key with it" in refusal(shop, enrolments=erased)


def test_a_forked_writer_is_a_warning(shop):
    chain = shop.chains[shop.ana.writer]
    seq, head = chain.seq, chain.head
    one = shop.write(shop.ana, "note.added", {"text": "one"}, shop.key)
    chain.seq, chain.head = seq, head
    two = shop.write(shop.ana, "note.added", {"text": "two"}, shop.key)
    (warning,) = book(shop, events=[*shop.events, one, two]).warnings()
    assert "2 events with number 6" in warning


def test_a_simulated_ledger_is_a_warning(make_shop):
    shop = make_shop(simulated=True)
    assert any("simulated clock" in w for w in book(shop).warnings())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"{}",
        b"[null]",
        b"[[]]",
        b'[{"core":"","id":"","payload":"","sig":""}]',
        b'[{"core":1,"id":"","payload":2,"sig":3}]',
        b'[{"core":"{}","id":"","payload":null,"sig":"","x":1}]',
        b'[{"core":"{}","core":"{}","id":"","payload":null,"sig":""}]',
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
        b"[1e5]",
        b"[" + b"9" * 5000 + b"]",
        b"\xff\xfe",
        b'["\\ud800"]',
    ],
)
def test_lists_that_are_no_lists_of_events_are_refused(shop, raw):
    assert "writers.json" in refusal(shop, raw={"writers.json": raw}) or b"core" in raw
    assert refusal(shop, raw={"events.json": raw})
    assert refusal(shop, raw={"content.json": raw})


@pytest.mark.parametrize(
    ("field", "value"),
    [('"seq":4', '"seq":"4"'), ('"deps":[]', '"deps":[[],{}]')],
)
def test_a_core_of_wrong_types_is_refused_in_words(shop, field, value):
    core = shop.events[1].core.replace(field.encode(), value.encode())
    assert core != shop.events[1].core
    identity = event_id(core)
    forged = Event(identity, core, shop.events[1].payload, shop.ana.sign(signed_message(identity)))
    message = refusal(shop, events=[shop.events[0], forged])
    assert b64(identity) in message
    assert message.isprintable()


def test_names_from_a_document_cannot_steer_a_terminal(make_shop):
    shop = make_shop()
    third = shop.enrol(shop.ana, shop.stranger, "\x1b[2Jroot\u202e" + "x" * 5000)
    user = list(book(shop, enrolments=[*shop.enrolments, third]).writers.values())[-1].user
    assert user.isprintable()
    assert len(user) < 300


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A minimal PDF with these objects; the first is its catalog."""
    out, offsets = b"%PDF-1.7\n", []
    for number, thing in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, trailer, len(out))
    )


def attached(data: bytes, filters: bytes = b"") -> bytes:
    names = b"".join(
        b"(%s) %d 0 R " % (n, 3 + 2 * i) for i, n in enumerate((b"content.json", b"events.json", b"writers.json"))
    )
    objects = [b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[%s]>>>>>>" % names, b"<<>>"]
    for number, name in enumerate((b"content.json", b"events.json", b"writers.json")):
        objects += [
            b"<</UF(%s)/EF<</F %d 0 R>>>>" % (name, 4 + 2 * number),
            b"<<%s/Length %d>>\nstream\n%s\nendstream" % (filters, len(data), data),
        ]
    return pdf_of(objects)


def bombs() -> dict[str, bytes]:
    """Files made to take memory or time, or to break a parser."""
    flat = zlib.compress(bytes(200_000_000), 9)
    xref = (
        b"%%PDF-1.7\n1 0 obj\n<</Type/XRef/W[1 1 1]/Size 99999999/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n%s"
    )
    return {
        "empty": b"",
        "a web page": b"<html>",
        "noise": random.Random(1).randbytes(5_000_000),
        "zeros": bytes(5_000_000),
        "huge": bytes(FILE_LIMIT + 1),
        "inflates": attached(flat, b"/Filter/FlateDecode"),
        "inflates twice": attached(zlib.compress(flat, 9), b"/Filter[/FlateDecode/FlateDecode]"),
        "nested JSON": attached(b"[" * 100_000),
        "a million items": attached(b"[" + b"{}," * 1_000_000 + b"{}]"),
        "nested arrays": pdf_of([b"[" * 200_000 + b"]" * 200_000]),
        "nested dictionaries": pdf_of([b"<</A" * 200_000 + b">>" * 200_000]),
        "refers to itself": pdf_of([b"1 0 R"]),
        "runs in a circle": pdf_of([b"<</Names 2 0 R>>", b"<</EmbeddedFiles 3 0 R>>", b"2 0 R"]),
        "circle of tables": pdf_of([b"<<>>"], b"/Prev 31"),
        "encrypted": pdf_of([b"<<>>"], b"/Encrypt<</Filter/Standard/V 5/R 6/O(x)/U(y)/P 1>>/ID[(a)(b)]"),
        "no table": b"%PDF-1.7\n" + b"1 0 obj\n<</Type/Catalog>>\nendobj\n" * 200_000 + b"startxref\n0\n%%EOF",
        "ends for ever": b"%PDF-1.7\n" + b"startxref\n%%EOF\n" * 300_000,
        "inflating table": xref % (len(flat), flat) + b"\nendstream\nendobj\nstartxref\n9\n%%EOF",
        "half seals": b"%PDF-1.7\n" + (b'stream\n{"digest":"' + b"A" * 43) * 100_000,
        "lying table": b"%PDF-1.7\nxref\n0 999999999\n0000000000 65535 f \ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", bombs())
def test_a_hostile_file_is_refused_in_bounded_time(name):
    pdf = bombs()[name]
    started = time.process_time()
    assert problem(pdf)
    assert time.process_time() - started < 5
