"""Mailboxes are split by the rule that was right on every box with a known count."""

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import mailboxes, mbox, reader
from refundkit.model.requests import Draft, Ignored, Reject

LINE = b"From a@b.test Mon Jan  5 10:00:00 2026\n"
MAIL = b"From: Ann <ann@customer.test>\nTo: r@shop.test\nDate: Mon, 5 Jan 2026 10:00:00 +0000\nSubject: x\n\n"


def count(data: bytes) -> int:
    return len(list(mbox.split(data)))


def test_separators_with_a_date_split_and_sentences_that_begin_with_from_do_not():
    body = b"From Russia with love\nYear: 1963\n\nFrom my window at 10:30 I see\nnothing\n\n"
    assert count((LINE + MAIL + body) * 2) == 2


def test_a_bare_dash_or_an_address_without_a_date_separates_before_a_header():
    assert count(b"\xef\xbb\xbfFrom -\n" + MAIL + b"hello\nFrom -\n" + MAIL) == 2
    assert count((b"From 1844347792267117879@xxx\r\n" + MAIL.replace(b"\n", b"\r\n") + b"hi\r\n\r\n") * 4) == 4


def test_the_zone_may_stand_before_the_year():
    assert count((b"From 16120@xxx Tue Sep 18 20:08:47 +0000 2018\n" + MAIL + b"hi\n") * 3) == 3


def test_lf_and_crlf_twins_have_the_same_messages():
    box = (LINE + MAIL + b"please refund $5.00 for INV-20001\n\n") * 3
    crlf = box.replace(b"\n", b"\r\n")
    lf_drafts = list(reader.read_mail("a", box, "mbox", ShopWords()))
    crlf_drafts = list(reader.read_mail("a", crlf, "mbox", ShopWords()))
    assert [(d.index, d.amount, d.words) for d in lf_drafts] == [(d.index, d.amount, d.words) for d in crlf_drafts]
    assert [d.index for d in lf_drafts] == [1, 2, 3]


def test_a_content_length_is_believed_only_when_a_separator_follows_there():
    inner = LINE + b"Subject: inner\n\nnot a message of its own\n"
    honest = b"From: a@b.test\nContent-Length: %d\n\n" % len(inner)
    lying = b"From: a@b.test\nContent-Length: 999999\n\n"
    assert count(LINE + honest + inner + LINE + MAIL) == 2
    assert count(LINE + lying + inner + LINE + MAIL) == 3


def test_one_level_of_escaping_is_taken_off_in_an_mboxrd_box():
    box = LINE + MAIL + b"please refund $5.00\n>From my window\n>>From here\n"
    (draft,) = reader.read_mail("a", box, "mbox", ShopWords())
    assert isinstance(draft, Draft)
    assert draft.original is not None
    assert b"\nFrom my window\n>From here\n" in draft.original.content


def test_messages_before_a_cut_are_read_and_the_broken_one_is_doubtful_or_rejected():
    good = LINE + MAIL + b"please refund $5.00 for INV-20001\n\n"
    first, second = reader.read_mail("a", good + LINE + MAIL + b"please refund $7.00 for INV-2000", "mbox", ShopWords())
    assert isinstance(first, Draft)
    assert not first.doubts
    assert isinstance(second, Draft)
    assert "cut off" in " ".join(second.doubts)
    _, rejected = reader.read_mail("a", good + LINE + b"From: Ann <ann@custo", "mbox", ShopWords())
    assert isinstance(rejected, Reject)
    assert rejected.index == 2


def test_a_message_of_more_than_32_mb_is_rejected_and_the_others_are_read(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(LINE + MAIL + b"x" * 40_000_000 + b"\n\n" + LINE + MAIL + b"thanks\n")
    big, small = mailboxes.read_mbox(path, "big", ShopWords())
    assert isinstance(big, Reject)
    assert "33554432" in big.problem
    assert len(big.words) <= 500
    assert isinstance(small, Ignored)


def test_text_before_the_first_message_is_reported(tmp_path):
    path = tmp_path / "box"
    path.write_bytes(b"stray words\n\n" + LINE + MAIL + b"hi\n")
    stray, mail = mailboxes.read_mbox(path, "box", ShopWords())
    assert isinstance(stray, Reject)
    assert stray.words == "stray words"
    assert mail.index == 1
