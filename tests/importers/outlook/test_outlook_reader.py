"""Outlook messages end as the same mail would; whatever cannot be read is one sentence with the way out."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.registry import ShopFacts, read_file
from refundkit.model.requests import Draft, Ignored, Reject

SHARED = Path(__file__).parents[3] / ".." / "shared"
FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC), ("shop.test",))


@pytest.fixture
def read(tmp_path):
    def reading(data: bytes, name: str = "message.msg"):
        path = tmp_path / name
        path.write_bytes(data)
        return list(read_file(path, name, FACTS))

    return reading


def test_a_message_is_read_as_the_mail_it_was(msg, read):
    built = msg().text(x1035="<7@customer.test>").recipient("refunds@shop.test")
    built.attach("receipt.pdf", b"%PDF-", "application/pdf")
    data = built.bytes()
    (draft,) = read(data)
    assert isinstance(draft, Draft)
    assert (draft.file, draft.index, draft.channel) == ("message.msg", None, "email")
    assert (draft.customer_email, draft.requested_by) == ("ann@customer.test", "Ann Lee")
    assert (draft.invoice, draft.amount, draft.currency) == ("INV-20988", Decimal("84.50"), "USD")
    assert draft.received_at == datetime(2026, 8, 19, 15, 12, tzinfo=UTC)
    assert draft.message_id == "7@customer.test"
    assert draft.original is not None
    assert (draft.original.content, draft.original.media_type) == (data, "application/vnd.ms-outlook")


def test_it_is_found_by_content_under_any_name(msg, read):
    (draft,) = read(msg().text().bytes(), "no-ending")
    assert isinstance(draft, Draft)


def test_a_mail_of_text_named_msg_is_read_as_a_mail(read):
    (draft,) = read(b"From: ann@customer.test\nSubject: refund\n\nPlease refund $20.00 for INV-20988.\n")
    assert isinstance(draft, Draft)
    assert draft.amount == Decimal("20.00")


@pytest.mark.parametrize("tag", ["x5D01", "x39FE"])
def test_the_address_behind_an_exchange_entry_is_taken(msg, read, tag):
    (draft,) = read(msg().text(x0C1F="/O=EXCHANGE/OU=GROUP/CN=RECIPIENTS/CN=ANN", **{tag: "ann@customer.test"}).bytes())
    assert draft.customer_email == "ann@customer.test"


def test_the_address_is_taken_from_the_headers_it_came_with(msg, read):
    headers = "Microsoft Mail Internet Headers Version 2.0\r\nFrom: Bea <bea@customer.test>\r\nSubject: other\r\n\r\n"
    (draft,) = read(msg().text(x0C1F="/O=X/CN=ANN", x007D=headers).bytes())
    assert draft.customer_email == "bea@customer.test"


def test_without_any_address_the_name_is_kept_and_a_person_must_look(msg, read):
    (draft,) = read(msg().text(x0C1F="/O=EXCHANGE/CN=ANN").bytes())
    assert (draft.customer_email, draft.requested_by) == ("", "Ann Lee")
    assert "It does not say who sent it." in draft.doubts


def test_what_the_headers_say_of_machines_counts(msg, read):
    (found,) = read(msg().text(x007D="From: a@b.test\r\nAuto-Submitted: auto-replied\r\n\r\n").bytes())
    assert isinstance(found, Ignored)
    assert found.why == "It is an automatic reply."


def test_a_body_of_html_only_is_read_in_its_code_page(msg, read):
    page = "<p>Bitte erstatten Sie 84,50 € für INV-20988, gewünscht: Überweisung</p>".encode("cp1252")
    (draft,) = read(msg().text(codepage=1252, x1000=None, x1013=page).bytes())
    assert draft.amount == Decimal("84.50")
    assert "Überweisung" in draft.description


def test_an_enclosed_message_is_looked_into(msg, read):
    built = msg().text(x0C1F="deb@shop.test", x0C1A="Deb", x1000="please log this\r\n", x0037="FW: visit")
    built.recipient("refunds@shop.test")
    inside = built.attach() + "__substg1.0_3701000D/"
    built.text(prefix=inside, header=24)
    (draft,) = read(built.bytes())
    assert draft.customer_email == "ann@customer.test"
    assert draft.amount == Decimal("84.50")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("IPM.Appointment", "It is no mail but an appointment."),
        ("IPM.Schedule.Meeting.Request", "It is a meeting request or an answer to one."),
        ("IPM.Contact", "It is no mail but a contact."),
        ("IPM.Task", "It is no mail but a task."),
        ("IPM.StickyNote", "It is no mail but a note."),
        ("REPORT.IPM.Note.NDR", "It is a delivery report or a read receipt."),
        ("IPM.Something", "It is no mail but an item of Outlook (ipm.something)."),
    ],
)
def test_what_is_no_mail_is_ignored_with_the_reason(msg, read, kind, why):
    (found,) = read(msg().text(x001A=kind).bytes())
    assert isinstance(found, Ignored)
    assert found.why == why
    assert "INV-20988" in found.words


def test_a_draft_that_was_never_sent_is_ignored(msg, read):
    (found,) = read(msg().text(flags=8, sent=None).bytes())
    assert isinstance(found, Ignored)
    assert found.why == "It is a draft that was never sent."


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"x001A": "IPM.Note.SMIME", "x1000": None}, "encrypted"),
        ({"x001A": "IPM.Note.EnterpriseVault.Shortcut"}, "only a link to an archive"),
        ({"x1000": None, "x1009": b"compressed"}, "only as Rich Text"),
    ],
)
def test_a_message_whose_text_cannot_be_read_names_the_way_out(msg, read, changed, says):
    (found,) = read(msg().text(**changed).bytes())
    assert isinstance(found, Reject)
    assert says in found.problem
    assert "import that" in found.problem


def test_a_clear_signed_message_is_read_from_what_was_signed(msg, read):
    built = msg().text(x001A="IPM.Note.SMIME.MultipartSigned", x1000=None)
    built.attach(
        data=b'Content-Type: multipart/signed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        b"Please refund $20.00 for INV-20988.\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n"
    )
    (draft,) = read(built.bytes())
    assert draft.amount == Decimal("20.00")


def test_a_header_cannot_be_smuggled_in_by_a_subject_or_name(msg, read):
    built = msg().text(x0037="visit\r\nAuto-Submitted: auto-replied\r\nX: y", x0C1A='Ann"\r\nList-Id: <x>')
    (draft,) = read(built.bytes())
    assert isinstance(draft, Draft)
    assert draft.customer_email == "ann@customer.test"


def test_a_damaged_message_is_one_reject(msg, read):
    data = bytearray(msg().text().bytes())
    for cut in (600, len(data) // 2):
        (found,) = read(bytes(data[:cut]))
        assert isinstance(found, Reject), cut
    data[48:52] = b"\xf0\0\0\0"  # the folder of its streams lies beyond its end
    (found,) = read(bytes(data))
    assert isinstance(found, Reject)


def test_a_container_that_asks_for_huge_sectors_is_one_reject(msg, read):
    data = bytearray(msg().text().bytes())
    data[30:32] = b"\x3c\x00"
    (found,) = read(bytes(data))
    assert isinstance(found, Reject)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"!BDN", ".pst"),
        (b"\x78\x9f\x3e\x22", "winmail.dat"),
        (b"0\x80\x06\t*\x86H\x86\xf7\r\x01\x07\x03", "encrypted"),
    ],
)
def test_what_only_outlook_opens_names_the_way_out(read, head, says):
    (found,) = read(head + b"\0" * 600, "data")
    assert isinstance(found, Reject)
    assert says in found.problem


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["MSGReader", "outlook-message-parser"])
def test_messages_of_other_people_never_end_in_a_traceback(folder):
    files = sorted((SHARED / "data/real/msg" / folder).glob("*.msg"))
    if not files:
        pytest.skip("the collection of messages is not there")
    for path in files:
        (found,) = read_file(path, path.name, FACTS)
        assert isinstance(found, Draft | Ignored) or "S_MIME" in path.name, (path.name, found)
