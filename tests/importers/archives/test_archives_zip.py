"""A zip archive is read file by file under its own name; nothing in it can choose a place, a size or a depth."""

import struct
import tempfile
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.archives import guard, zips
from refundkit.importers.registry import ShopFacts, read_file
from refundkit.model.requests import Draft, Ignored, Reject

FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC))
LIST = b"invoice,refund amount,currency\nINV-1,5.00,USD\n"
MAIL = b"From: ann@customer.test\nSubject: refund\nDate: Mon, 03 Aug 2026 10:00:00 +0000\n\nPlease refund $20.00 for INV-1.\n"


def packed(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def read(tmp_path):
    def reading(data: bytes, name: str = "archive.zip"):
        path = tmp_path / name
        path.write_bytes(data)
        return list(read_file(path, name, FACTS))

    return reading


def rejected(found) -> str:
    (reject,) = found
    assert isinstance(reject, Reject), reject
    return reject.problem


def test_mails_mailboxes_and_lists_are_read_under_the_archives_name(read):
    box = b"".join(b"From a@b.test Mon Aug  3 10:00:00 2026\n" + MAIL + b"\n" for _ in range(2))
    found = read(packed({"b/2.eml": MAIL, "b/1.eml": MAIL, "c.mbox": box, "a.csv": LIST}), "no-ending")
    assert [(r.file, r.index) for r in found] == [
        ("no-ending!a.csv", 2), ("no-ending!b/1.eml", None), ("no-ending!b/2.eml", None),
        ("no-ending!c.mbox", 1), ("no-ending!c.mbox", 2),
    ]  # fmt: skip
    assert all(isinstance(reading, Draft) for reading in found)
    assert found[1].original.name == "1.eml"


def test_a_maildir_in_an_archive_is_read_in_order_of_name(read):
    found = read(packed({"box/new/1700000003.h": MAIL, "box/cur/1700000004.h:2,S": MAIL, "box/maildirfolder": b"x"}))
    assert [reading.file for reading in found] == [
        "archive.zip!box/new/1700000003.h", "archive.zip!box/cur/1700000004.h:2,S",
    ]  # fmt: skip


def test_a_file_may_lie_beside_a_maildir_that_is_the_archive_itself(read):
    found = read(packed({"cur/1.h:2,S": MAIL, "new/2.h": MAIL, "dovecot-uidlist": b"x", "list.csv": LIST}))
    assert [reading.file for reading in found] == [f"archive.zip!{n}" for n in ("cur/1.h:2,S", "new/2.h", "list.csv")]


def test_what_systems_add_to_archives_is_left_out(read):
    found = read(packed({"__MACOSX/._a.eml": b"x", ".DS_Store": b"x", "a.eml": MAIL, "folder/": b""}))
    assert [reading.file for reading in found] == ["archive.zip!a.eml"]
    assert "without any file" in rejected(read(packed({"folder/": b""})))


def test_an_entrys_name_is_shown_and_never_used(read, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    names = ["../../outside.csv", "/etc/outside.csv", "C:\\outside.csv", "a\x1b[31m\nb.csv", "x" * 5_000]
    found = read(packed(dict.fromkeys(names, LIST)))
    assert len(found) == len(names)
    assert all(reading.file.isprintable() and len(reading.file) < 250 for reading in found)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.zip", "temporary"]
    assert list(temporary.iterdir()) == []


def test_an_entry_without_a_name_is_read_all_the_same(read):
    (found,) = read(packed({"~": LIST}).replace(b"~", b"\0"))
    assert isinstance(found, Draft)
    assert found.file == "archive.zip!?"


def test_an_archive_in_an_archive_is_not_opened(read):
    inner, good = read(packed({"a.zip": packed({"x.csv": LIST}), "b.csv": LIST}))
    assert "archive inside an archive" in inner.problem
    assert isinstance(good, Draft)


def test_one_damaged_file_does_not_stop_the_others(read):
    data = packed({"a.csv": LIST, "b.csv": LIST + b"INV-2,6.00,USD\n"}, zipfile.ZIP_STORED)
    bad, *good = read(data.replace(b"INV-1", b"INV-9", 1))
    assert isinstance(bad, Reject)
    assert bad.file == "archive.zip!a.csv"
    assert "damaged" in bad.problem
    assert len(good) == 2


def test_a_file_locked_by_a_password_is_one_reject(read):
    data = bytearray(packed({"a.csv": LIST}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    assert "locked by a password" in rejected(read(bytes(data)))


def test_a_bomb_is_refused_before_anything_is_unpacked(read):
    before = monotonic()
    assert "100 times its size" in rejected(read(packed({"a": b"0" * 30_000_000})))
    assert monotonic() - before < 2


def test_an_archive_is_refused_by_the_sum_of_its_files(read, monkeypatch):
    monkeypatch.setattr("refundkit.importers.archives.zips.MAX_ARCHIVE", 2 * len(LIST))
    assert len(read(packed({"a": LIST, "b": LIST}))) == 2
    assert "unpacks to more than" in rejected(read(packed({"a": LIST, "b": LIST, "c": b"x"})))


def test_more_files_than_allowed_are_refused_before_they_are_listed(read, monkeypatch):
    monkeypatch.setattr(guard, "MAX_ENTRIES", 50)
    assert "more than 50 files" in rejected(read(packed({f"{number}": b"" for number in range(60)})))


def test_the_files_of_an_archive_inside_do_not_count(read, monkeypatch):
    monkeypatch.setattr(guard, "MAX_ENTRIES", 50)
    inner = packed({f"{number}": b"" for number in range(40)})
    found = read(packed({"a.zip": inner, "b.zip": inner}, zipfile.ZIP_STORED))
    assert ["archive inside an archive" in reject.problem for reject in found] == [True, True]


def test_a_size_that_is_a_lie_is_one_reject(read):
    data = bytearray(packed({"a.csv": LIST * 1000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(signature) + at, 10)
    assert "damaged" in rejected(read(bytes(data)))


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_cannot_be_bounded_are_refused(read, how):
    assert "packed in a way" in rejected(read(packed({"a.csv": LIST}, how)))


@pytest.mark.parametrize("cut", [30, 100, -5])
def test_a_cut_archive_is_one_reject(read, cut):
    assert "damaged or cut" in rejected(read(packed({"a.csv": LIST, "b.csv": LIST})[:cut]))


def test_documents_are_called_by_their_kind(read):
    assert "a Word document" in rejected(read(packed({"[Content_Types].xml": b"", "word/document.xml": b""})))


def test_a_reading_that_is_left_half_way_leaves_nothing_behind(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"a.csv": LIST + b"INV-2,6.00,USD\n", "b.csv": LIST}))
    readings = read_file(path, "a.zip", FACTS)
    assert isinstance(next(readings), Draft | Ignored)
    readings.close()
    assert list(temporary.iterdir()) == []


def test_an_archive_of_many_slow_files_is_not_read_for_ever(read, monkeypatch):
    clock = iter(range(0, 1_000_000, 100))
    monkeypatch.setattr(zips, "monotonic", lambda: next(clock))
    *found, left = read(packed({f"{number}.csv": LIST for number in range(9)}))
    assert [reading.file for reading in found] == ["archive.zip!0.csv", "archive.zip!1.csv"]
    assert (left.file, left.index) == ("archive.zip", None)
    assert left.problem == (
        "is an archive that takes more than 5 minutes to read, so its last 7 files were not read (unpack it, and import"
        " what is in it from '2.csv' on, in parts)"
    )


def test_only_reading_counts_as_time_of_an_archive(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(zips, "monotonic", lambda: clock[0])
    path = tmp_path / "archive.zip"
    path.write_bytes(packed({f"{number}.csv": LIST for number in range(9)}))
    found = []
    for reading in read_file(path, "archive.zip", FACTS):
        found.append(reading)
        clock[0] += 1_000
    assert all(isinstance(reading, Draft) for reading in found)
    assert len(found) == 9
