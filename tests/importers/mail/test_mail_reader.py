"""One mail in, what it is out: requester, channel, ids, amount; or why it is ignored or rejected. Nothing raises."""

from base64 import b64encode
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import mailboxes, reader
from refundkit.model.requests import Draft, Ignored, Reject

SHARED = Path(__file__).parents[3] / ".." / "shared"
SHOP = ShopWords("USD", ZoneInfo("America/Chicago"), ("shop.test",))


def mail(body: str, **headers: str) -> bytes:
    given = {
        "From": "Ann Lee <ann@customer.test>",
        "To": "refunds@shop.test",
        "Date": "Mon, 05 Jan 2026 10:00:00 +0100",
        "Message-ID": "<1@customer.test>",
        "Subject": "visit",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{k}: {v}\n" for k, v in given.items() if v) + "\n" + body).encode()


def read(data: bytes, shop: ShopWords = SHOP):
    return list(reader.read_mail("a.eml", data, "eml", shop))


def draft(data: bytes, shop: ShopWords = SHOP) -> Draft:
    (found,) = read(data, shop)
    assert isinstance(found, Draft), found
    return found


def ignored(data: bytes) -> str:
    (found,) = read(data)
    assert isinstance(found, Ignored), found
    return found.why


ASK = "Please refund $45.00 for INV-20001, nobody came.\n"


def test_a_plain_request_is_read_with_its_sender_time_and_original():
    found = draft(mail(ASK))
    assert (found.invoice, found.amount, found.currency, found.reason) == (
        "INV-20001",
        Decimal("45.00"),
        "USD",
        "cancelled-visit",
    )
    assert (found.customer_email, found.requested_by, found.channel) == ("ann@customer.test", "Ann Lee", "email")
    assert found.received_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert found.message_id == "1@customer.test"
    assert found.index is None
    assert found.doubts == ()
    assert found.evidence["reason"] == "Please refund $45.00 for INV-20001, nobody came."
    assert found.original is not None
    assert found.original.content == mail(ASK)
    assert found.original.media_type == "message/rfc822"


def test_kind_is_known_by_content():
    assert reader.identify(mail(ASK)) == "eml"
    assert reader.identify(b"From a@b.test Mon Jan  5 10:00:00 2026\n" + mail(ASK)) == "mbox"
    assert reader.identify(b"812\n" + mail(ASK)) == "eml"
    assert reader.identify(b"date,amount\n2026-01-01,5\n") is None
    assert reader.identify(b"From Russia with love\nYear: 1963\n") is None
    assert reader.identify(b"\xd0\xcf\x11\xe0" + bytes(600)) is None


def test_only_the_new_text_of_a_reply_counts():
    quoted = "Please send the $75 back.\n\nOn Mon, Jan 5, 2026 at 9:00 AM Shop <r@shop.test> wrote:\n> we will refund you $300\n"
    assert draft(mail(quoted, Subject="Re: INV-20002")).amount == Decimal(75)
    assert draft(mail(quoted, Subject="Re: INV-20002")).invoice == "INV-20002"
    outlook = "Thanks, that settles it.\n\n________________________________\nFrom: Shop <r@shop.test>\nSent: Monday, January 5, 2026\nTo: Ann\nSubject: x\n\nplease refund $300\n"
    assert "thanks" in ignored(mail(outlook, Subject="Re: x"))


def test_the_requester_is_inside_a_forward_by_staff():
    inner = (
        "---------- Forwarded message ---------\nFrom: Bob Ray <bob@else.test>\nDate: Mon, Jan 5, 2026\nSubject: x\nTo: r@shop.test\n\n"
        + ASK
    )
    found = draft(mail("Please log.\n\n" + inner, From="Kim <kim@shop.test>", Subject="Fwd: x"))
    assert (found.customer_email, found.requested_by, found.channel) == ("bob@else.test", "Bob Ray", "email")
    assert found.evidence["entered_by"] == "kim@shop.test"


def test_the_requester_is_inside_an_enclosed_message():
    body = f"--b\nContent-Type: text/plain\n\nsee attached\n--b\nContent-Type: message/rfc822\n\n{mail(ASK).decode()}\n--b--\n"
    found = draft(mail(body, From="Kim <kim@shop.test>", Content_Type="multipart/mixed; boundary=b"))
    assert (found.customer_email, found.amount) == ("ann@customer.test", Decimal("45.00"))


def test_the_signature_of_an_attached_mail_tells_whose_it_is():
    inner = mail(f"{ASK}\n\nAnn Lee\nLee Opticians, C-2256").decode()
    body = f"--b\nContent-Type: text/plain\n\nsee attached\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    found = draft(mail(body, From="Kim <kim@shop.test>", Content_Type='multipart/mixed; boundary="b"'))
    assert (found.customer_email, found.customer_id) == ("ann@customer.test", "C-2256")


@pytest.mark.parametrize("attached", [True, False])
def test_a_message_passed_from_hand_to_hand_among_staff_is_its_first_writers(attached):
    if attached:
        inner = mail(ASK, From="Dana <dana@customer.test>", Subject="printer").decode()
        middle = mail(inner, From="Kim <kim@shop.test>", Subject="FW: printer", Content_Type="message/rfc822").decode()
        data = mail(middle, From="Omar <omar@shop.test>", Subject="FW: FW: printer", Content_Type="message/rfc822")
    else:
        block = "From: {}\nSent: Monday, 5 January 2026 09:00\nTo: {}\nSubject: printer\n\n"
        body = (
            "One for you.\n\n" + block.format("Kim <kim@shop.test>", "Omar <omar@shop.test>") + "Is this yours?\n\n"
            "-----Original Message-----\n" + block.format("Dana <dana@customer.test>", "Kim <kim@shop.test>") + ASK
        )
        data = mail(body, From="Omar <omar@shop.test>", Subject="FW: printer")
    found = draft(data)
    assert (found.customer_email, found.amount, found.invoice) == ("dana@customer.test", Decimal("45.00"), "INV-20001")


def test_a_note_by_staff_is_the_technicians_and_names_the_customer_by_id_or_address():
    note = draft(mail("C-1066 gave me back the switch. Pls credit her $89.90", From="Sun <sun@shop.test>"))
    assert (note.channel, note.customer_id, note.customer_email, note.reason) == (
        "technician",
        "C-1066",
        "",
        "equipment-return",
    )
    note = draft(mail("Please credit Ms Okafor (okafor@else.test) $89.90", From="Sun <sun@shop.test>"))
    assert note.customer_email == "okafor@else.test"


def test_without_a_staff_list_a_colleague_is_known_by_the_shared_domain():
    shop = ShopWords()
    assert shop.is_staff("kim@shop.test", "refunds@shop.test")
    assert shop.is_staff("robot@web.shop.test", "refunds@shop.test")
    assert not shop.is_staff("ann@gmail.com", "refunds@gmail.com")
    assert not ShopWords(staff=("kim@shop.test",)).is_staff("ann@customer.test", "bob@customer.test")


def test_a_form_sent_by_the_shops_own_machine_is_read_by_its_labels():
    form = (
        "Request: PR-0871\nCustomer number: C-1150\nService order: SO-2026-00518\nInvoice: -\nAmount requested: 164.25\n"
        "Currency: CAD\nReason: Work was not completed\nComments: two were never\n   enrolled\n"
    )
    robot = {"From": "portal@shop.test", "Auto_Submitted": "auto-generated", "Reply_To": "Nat <nat@feed.test>"}
    found = draft(mail(form, **robot))
    assert (found.customer_id, found.service_order, found.invoice) == ("C-1150", "SO-2026-00518", "")
    assert (found.amount, found.currency, found.reason) == (Decimal("164.25"), "CAD", "incomplete-service")
    assert (found.customer_email, found.external_ref) == ("nat@feed.test", "PR-0871")
    assert draft(mail(form.replace("164.25", "ca. 160"), **robot)).amount is None


def test_what_another_firms_machine_passes_on_is_read_as_the_word_of_whom_it_names():
    robot = {"From": "transcripts@chatter.test", "Auto_Submitted": "auto-generated"}
    text = (
        "Transcript of your chat\nVisitor: Nat (nat@feed.test)\n\n"
        "Nat: nobody came on Tuesday. Please refund the call-out fee of $80.00.\n"
    )
    found = draft(mail(text, **robot))
    assert (found.customer_email, found.amount) == ("nat@feed.test", Decimal("80.00"))
    assert found.evidence["entered_by"] == "transcripts@chatter.test"
    nobody = draft(mail(text.replace("nat@feed.test", "no address"), **robot))
    assert (nobody.customer_email, nobody.amount) == ("", Decimal("80.00"))
    assert "It does not say who asks." in nobody.doubts


def test_a_ticket_of_the_shops_own_desk_is_the_word_of_the_only_customer_it_names():
    body = f"A new ticket.\n\n  Requester  Dana Low (dana@customer.test)\n\nDana Low wrote:\n\n{ASK}"
    found = draft(mail(body, From="Desk <noreply@shop.test>", Subject="[Desk #48812] New ticket"))
    assert (found.customer_email, found.amount) == ("dana@customer.test", Decimal("45.00"))


def test_a_chat_passed_on_by_another_firm_names_who_chatted():
    body = f"Visitor name: Moira\nVisitor email: moira@customer.test\n\n[12:51] Moira: {ASK}"
    found = draft(mail(body, From="Live <transcripts@livedesk.test>", Subject="Chat transcript"))
    assert (found.customer_email, found.amount) == ("moira@customer.test", Decimal("45.00"))


def test_an_amount_that_a_colleague_names_above_what_is_passed_on_counts():
    body = """Please pay $50.00 goodwill to Mrs Low, agreed with Ros.

-----Original Message-----
From: Dana Low <dana@customer.test>
Sent: Wednesday, 14 October 2026 18:37
To: Kim <kim@shop.test>
Subject: printer

The printer works, thank you. But three weeks without it were no fun. Perhaps you could meet us halfway with a small refund?
"""
    found = draft(mail(body, From="Kim <kim@shop.test>", Subject="FW: printer"))
    assert (found.customer_email, found.amount) == ("dana@customer.test", Decimal("50.00"))


def test_html_is_read_as_a_person_sees_it():
    html = (
        "<html><head><style>p {refund: $900}</style></head><body><p>Please refund</p><div style='display:none'>$800.00</div>"
        "<!-- $700 --><table><tr><td>$50.00</td><td>INV-20001</td></tr></table><blockquote>refund $600</blockquote></body></html>"
    )
    found = draft(mail(html, Content_Type="text/html"))
    assert found.description == "Please refund\n\n$50.00\tINV-20001"
    assert (found.amount, found.invoice) == (Decimal("50.00"), "INV-20001")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic reply"),
        ({"X_Autoreply": "yes"}, "automatic reply"),
        ({"List_Unsubscribe": "<https://x.test>"}, "newsletter"),
        ({"Precedence": "bulk"}, "bulk"),
        ({"From": "mailer-daemon@x.test"}, "delivered"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"}, "read receipt"),
        ({"Content_Type": "text/calendar"}, "calendar"),
    ],
)
def test_mails_of_machines_are_ignored_with_the_reason(headers, why):
    assert why in ignored(mail(ASK, **headers))


def test_auto_submitted_no_is_a_normal_mail():
    assert draft(mail(ASK, Auto_Submitted="no")).amount == Decimal("45.00")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Date": "Mon, 05 Jan 2026 10:00:00"}, datetime(2026, 1, 5, 16, 0, tzinfo=UTC)),
        ({"Date": "Mon, 05 Jan 2026 10:00:00 -0000"}, datetime(2026, 1, 5, 10, 0, tzinfo=UTC)),
        (
            {"Date": "yesterday", "Received": "from a by b; Mon, 05 Jan 2026 11:00:00 +0100"},
            datetime(2026, 1, 5, 10, 0, tzinfo=UTC),
        ),
        ({"Date": "Mon, 05 Jan 1902 10:00:00 +0000"}, None),
    ],
)
def test_the_time_is_aware_utc_and_estimates_are_said(headers, expected):
    found = draft(mail(ASK, **headers))
    assert found.received_at == expected
    assert bool(found.doubts) == (headers["Date"][:3] != "Mon" or "1902" in headers["Date"])


def test_the_separator_of_a_mailbox_gives_the_time_as_a_last_resort():
    box = b"From x@y Tue Sep 18 20:08:47 +0000 2018\n" + mail(ASK, Date="")
    (found,) = reader.read_mail("box", box, "mbox", SHOP)
    assert isinstance(found, Draft)
    assert found.received_at == datetime(2018, 9, 18, 20, 8, 47, tzinfo=UTC)


def test_wrong_and_unknown_charsets_lose_no_text():
    body = mail("Bitte erstatten Sie 5,00 € für ", Content_Type="text/plain; charset=x-unknown") + "Größe".encode(
        "cp1252"
    )
    assert "Größe" in draft(body.replace("€".encode(), b"EUR").replace("ü".encode(), b"\xfc")).description
    assert draft(mail(ASK, From="=?invalid-charset?q?Ann_L=C3=A9e?= <ann@customer.test>")).requested_by == "Ann Lée"


@pytest.mark.parametrize(
    ("raw", "declared"),
    [
        ("é, 5,00 €".encode(), "iso-8859-1"),
        ("é, 5,00 €".encode().decode("cp1252").encode(), "utf-8"),
        ("é, 5,00 €".encode("cp1252"), "windows-1252"),
    ],
)
def test_letters_in_utf_8_that_are_called_latin_or_were_once_read_so_are_put_right(raw, declared):
    found = draft(mail(ASK, Content_Type=f"text/plain; charset={declared}") + raw)
    assert found.description.endswith("é, 5,00 €")


LISTED = {
    "From": "Ann Lee via Tenants <tenants@lists.house.test>",
    "To": "tenants@lists.house.test, refunds@shop.test",
    "List_Id": "Tenants <tenants.lists.house.test>",
    "Precedence": "list",
}


def test_who_writes_to_us_through_a_mailing_list_is_the_requester():
    found = draft(mail(ASK, **LISTED, Reply_To="Ann Lee <ann@customer.test>"), ShopWords())
    assert (found.customer_email, found.requested_by, found.channel) == ("ann@customer.test", "Ann Lee", "email")
    assert "mailing list" in ignored(mail(ASK, **LISTED))
    alone = {**LISTED, "To": "tenants@lists.house.test"}
    assert "mailing list" in ignored(mail(ASK, **alone, Reply_To="Ann Lee <ann@customer.test>"))


def with_file(words: str, content: bytes, kind: str, name: str) -> bytes:
    attached = f"--b\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename={name}\n\n"
    body = f"--b\nContent-Type: text/plain\n\n{words}\n{attached}{b64encode(content).decode()}\n--b--\n"
    return mail(body, Content_Type="multipart/mixed; boundary=b")


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_list_that_is_attached_is_read_row_by_row(between):
    rows = (
        ["Store", "Cust no", "Invoice", "Back to us (EUR)", "What happened"],
        ["3", "C-1201", "INV-20851", "96.50", "paid twice by card"],
        ["9", "C-1202", "INV-20852", "144.00", "the wifi failed again a day after the repair"],
    )
    content = "\r\n".join(between.join(row) for row in rows).encode()
    found = read(with_file("Hi, please refund what is in the sheet. Ann", content, "text/csv", "refunds.csv"))
    assert [(d.customer_id, d.invoice, d.amount, d.currency) for d in found] == [
        ("C-1201", "INV-20851", Decimal("96.50"), "EUR"),
        ("C-1202", "INV-20852", Decimal("144.00"), "EUR"),
    ]


def test_a_note_in_utf_16_that_is_attached_is_read():
    found = draft(with_file("Hello, my note is attached.", ASK.encode("utf-16"), "text/plain", "note.txt"))
    assert (found.amount, found.invoice) == (Decimal("45.00"), "INV-20001")


def test_an_attachment_of_outlooks_own_is_named_as_a_doubt():
    found = draft(with_file(ASK, b"x" * 99, "application/ms-tnef", "winmail.dat"))
    assert found.amount == Decimal("45.00")
    assert any("winmail.dat" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("charset", "subject"),
    [("gb2312", "退款申请"), ("shift_jis", "返金のお願い"), ("big5", "申請退款"), ("koi8-r", "возврат")],
)
@pytest.mark.parametrize("nested", [False, True])
def test_raw_bytes_in_headers_are_in_the_charset_the_text_is_in(charset, subject, nested):
    kind = f"Content-Type: text/plain; charset={charset}\n\n"
    if nested:
        kind = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{kind}"
    data = f"From: {subject} <ann@customer.test>\nSubject: {subject}\n{kind}".encode(charset)
    (found,) = read(data + ASK.encode() + b"--b--\n" * nested)
    assert (found.requested_by, found.words.partition("\n")[0]) == (subject, subject)


def test_utf_8_in_headers_stays_what_it_is_whatever_the_text_is_in():
    found = draft(mail(ASK, Subject="Größe", Content_Type="text/plain; charset=iso-8859-1"))
    assert found.words.startswith("Größe\n")


def test_text_in_utf_8_that_is_damaged_further_on_keeps_its_beginning():
    found = draft(mail(f"Größe. {ASK}", Content_Type="text/plain; charset=utf-8") + b"\xff\xfe\xff")
    assert found.description.startswith("Größe.")


@pytest.mark.parametrize("body", ["+2AA-", "+2AA- refund"])
def test_half_a_character_is_never_kept(body):
    (found,) = read(mail(body, Content_Type="text/plain; charset=utf-7"))
    assert found.words.encode()


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        ("From: <>\nReply-To: ann@customer.test", "ann@customer.test"),
        ("Reply-To: ann@customer.test", "ann@customer.test"),
        ("From: Ann Lee (((((\nReturn-Path: <ann@customer.test>", "ann@customer.test"),
        (f"From: {'(' * 3000}ann@customer.test", "ann@customer.test"),
        ("---- Original email message ----\nFrom: ann@customer.test", "ann@customer.test"),
        ("X-Long: =?utf-8?b?\nAAAAAAAA?=\nFrom: ann@customer.test", "ann@customer.test"),
    ],
)
def test_the_sender_is_found_where_the_headers_are_odd(lines, sender):
    (found,) = read(f"{lines}\nSubject: visit\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n\n{ASK}".encode())
    assert found.customer_email == sender


def test_a_mail_without_text_says_where_to_look():
    body = "--b\nContent-Type: application/x-scan; name=scan.bin\nContent-Disposition: attachment\n\nx\n--b--\n"
    kind = "multipart/mixed; boundary=b"
    assert ignored(mail(body, Content_Type=kind)).endswith("it has no text; see its attachments.")
    assert (
        "It has no text; see its attachments." in draft(mail(body, Content_Type=kind, Subject="please refund")).doubts
    )


def test_what_was_not_read_is_said_of_an_ignored_message_too():
    assert "part 2 of a message" in ignored(mail("hello", Content_Type="message/partial; id=x; number=2; total=3"))
    assert "MIME structure is broken" in ignored(mail("hello", Content_Type="multipart/mixed"))


def test_a_message_that_is_nothing_but_another_message_is_looked_into():
    found = draft(mail(f"From: bob@else.test\nSubject: inside\n\n{ASK}", From="", Content_Type="message/rfc822"))
    assert found.amount == Decimal("45.00")


@pytest.mark.parametrize("first", ["To: " + "x <a@b.test>, " * 8_000, "Subject: " + "a" * 100_000])
def test_a_mail_is_known_by_a_first_header_longer_than_what_is_looked_at(first):
    assert reader.identify(f"{first}\nFrom: a@b.test\n\nhi".encode()[: 64 * 1024]) == "eml"
    assert reader.identify(("notes: " + "x" * 100_000).encode()[: 64 * 1024]) is None


def test_a_multipart_without_a_boundary_is_read_as_it_stands_with_a_doubt():
    found = draft(mail(ASK, Content_Type="multipart/mixed"))
    assert found.amount == Decimal("45.00")
    assert "MIME structure" in found.doubts[0]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", bytes(3000), b"just words\nand more\n", b"\xff\xd8\xff\xe0" + bytes(range(256))]
)
def test_what_is_no_mail_is_rejected_with_a_sentence(data):
    (found,) = read(data)
    assert isinstance(found, Reject)
    assert found.problem.endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@b.test\nTo: " + b"x <a@b.c>, " * 20_000 + b"\nSubject: hi\n\nrefund\n",
        b"From: a@b.test\nTo: unlisted-recipients:; (no To-header on input)\nSubject: hi\n\nrefund\n",
        b"".join(b"X-%d: a\n" % i for i in range(50_000)) + b"\nhello",
        b"From: a@b.test\nSubject: x\nContent-Type: text/html\n\n" + b"<a " * 200_000,
        b"From: a@b.test\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhi\n" * 50_000,
        b"From: a@b.test\nSubject: x\n" + b"Content-Type: message/rfc822\n\n" * 3000,
        b"From: a@b.test\nSubject: x\n\n" + b"one hundred " * 100_000 + b"dollars",
        b"From: a@b.test\nSubject: x\n\n" + b"1,000" * 400_000,
    ],
)
def test_hostile_mails_are_read_within_seconds(data):
    began = monotonic()
    assert len(read(data)) == 1
    assert monotonic() - began < 5


def test_two_requests_in_one_message_are_two_drafts():
    first, second = read(
        mail(
            "1. INV-20971 went through twice. That is $98.00 too much.\n\n2. SO-2026-00533 was cancelled by you. Please refund the $55.\n"
        )
    )
    assert (first.invoice, first.amount, first.reason) == ("INV-20971", Decimal("98.00"), "duplicate-payment")
    assert (second.service_order, second.amount, second.reason) == ("SO-2026-00533", Decimal(55), "cancelled-visit")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared sample mailbox is not here")
def test_the_sample_shops_mailbox_is_read_perfectly():
    path = SHARED / "data/sample-shop/requests.mbox"
    rows = [
        (r.customer_id, r.service_order, r.invoice, str(r.amount), r.currency, r.reason, r.channel)
        if isinstance(r, Draft)
        else "ignored"
        for r in mailboxes.read_mbox(path, "requests.mbox", ShopWords())
    ]
    assert rows == [
        ("", "", "INV-24107", "212.17", "USD", "duplicate-payment", "email"),
        ("C-1007", "SO-2026-00712", "INV-24113", "200.00", "CAD", "sla-breach", "email"),
        ("C-1002", "SO-2026-00716", "INV-24116", "238.15", "USD", "incomplete-service", "technician"),
        "ignored",
        ("", "SO-2026-00720", "INV-24120", "211.09", "USD", "cancelled-visit", "email"),
        ("", "", "INV-24118", "74.69", "USD", "billing-error", "email"),
        ("", "SO-2026-00717", "INV-24117", "115.00", "USD", "faulty-work", "email"),
        ("", "SO-2026-00911", "", "65.00", "USD", "cancelled-visit", "email"),
    ]
