"""Folders of mail are read in the order of their messages' names; what is no message in them is left alone."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.registry import ShopFacts, files_in, read_file
from refundkit.model.requests import Draft, Reject

FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC))
MAIL = b"From: ann@customer.test\nSubject: refund\nDate: Mon, 03 Aug 2026 10:00:00 +0000\n\nPlease refund $20.00 for INV-%d.\n"


@pytest.fixture
def tree(tmp_path):
    """Files under a folder of the test, each with its own name as its content unless one is given."""

    def made(*names: str, **contents: bytes) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.get(name, name.encode()))
        return tmp_path

    return made


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files_in([folder])]


def test_the_messages_of_a_maildir_come_in_order_of_name_from_both_of_its_folders(tree):
    folder = tree(
        "box/new/1700000003.M1.host", "box/cur/1700000002.M1.host:2,S", "box/cur/1700000004.M1.host:2,",
        "box/tmp/1700000001.M1.host", "box/dovecot-uidlist", "box/maildirfolder", "box/.Sent/cur/1700000000.M1.host",
    )  # fmt: skip
    assert [Path(name).name[:10] for name in names(folder)] == ["1700000002", "1700000003", "1700000004"]


@pytest.mark.parametrize("only", ["cur", "new"])
def test_a_maildir_may_have_only_one_of_its_folders(tree, only):
    folder = tree(f"box/{only}/1700000002.M1.host", "box/subscriptions")
    assert names(folder) == [f"box/{only}/1700000002.M1.host"]


def test_a_folder_that_is_only_called_new_is_a_folder_like_any_other(tree):
    folder = tree("requests/new/august.csv", "requests/subscriptions.csv")
    assert names(folder) == ["requests/new/august.csv", "requests/subscriptions.csv"]


def test_a_message_in_a_maildir_is_a_mail_whatever_it_begins_with(tree):
    folder = tree("box/cur/1700000002.M1.host", "box/new/1700000003.M1.host")
    found = [reading for path in files_in([folder]) for reading in read_file(path, path.name, FACTS)]
    assert all(isinstance(reading, Reject) and "mail" in reading.problem for reading in found)
    assert len(found) == 2


def test_an_apple_mail_folder_is_its_mailbox_or_its_messages_in_order_of_number(tree):
    folder = tree(
        "Refunds.mbox/mbox", "Refunds.mbox/table_of_contents", "Old.mbox/Messages/10.emlx", "Old.mbox/Messages/9.emlx",
        "Old.mbox/Info.plist", "Old.mbox/Attachments/9/2/receipt.pdf",
    )  # fmt: skip
    assert names(folder) == ["Old.mbox/Messages/9.emlx", "Old.mbox/Messages/10.emlx", "Refunds.mbox/mbox"]
    assert files_in([folder / "Refunds.mbox"]) == [folder / "Refunds.mbox/mbox"]


def test_a_folder_below_a_hidden_one_can_be_named(tree):
    folder = tree(".work/requests/a.csv", ".work/requests/.b.csv")
    assert names(folder) == []
    assert files_in([folder / ".work" / "requests"]) == [folder / ".work/requests/a.csv"]


@pytest.mark.parametrize("behind", [b'<?xml version="1.0"?><plist>refund $99.00</plist>', b""])
def test_an_emlx_file_is_the_message_without_its_property_list(tmp_path, behind):
    message = MAIL % 1
    path = tmp_path / "7.emlx"
    path.write_bytes(b"%-10d\n" % len(message) + message + behind)
    (draft,) = read_file(path, path.name, FACTS)
    assert isinstance(draft, Draft)
    assert str(draft.amount) == "20.00"
    assert draft.original is not None
    assert draft.original.content.endswith(message)
