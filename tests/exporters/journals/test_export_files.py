"""Files of an export on disk: whole or not at all, never over other bytes."""

import errno
import os
from pathlib import Path

import pytest

from refundkit.errors import RefusedError, StorageError
from refundkit.exporters import files as export_files
from refundkit.exporters.files import file_name, safe_write

FILES = [("J-xero-B-1.csv", b"one\r\n"), ("J-xero-B-1-manifest.json", b"{}\n")]


def test_a_file_is_named_by_format_and_batch():
    assert file_name("hledger", "B-0007", ".journal") == "J-hledger-B-0007.journal"


def test_files_are_written_into_a_folder_that_is_made(tmp_path):
    paths = safe_write(tmp_path / "a" / "b", FILES)
    assert [(p.name, p.read_bytes()) for p in paths] == FILES
    assert sorted(p.name for p in (tmp_path / "a" / "b").iterdir()) == sorted(name for name, _ in FILES)


def test_the_same_bytes_are_left_as_they_are(tmp_path):
    first = safe_write(tmp_path, FILES)
    before = [(p.stat().st_ino, p.stat().st_mtime_ns) for p in first]
    assert safe_write(tmp_path, FILES) == first
    assert [(p.stat().st_ino, p.stat().st_mtime_ns) for p in first] == before


def test_other_bytes_are_never_replaced_and_then_nothing_is_written(tmp_path):
    there = tmp_path / FILES[1][0]
    there.write_bytes(b"{ }")
    with pytest.raises(RefusedError, match="exists with other content"):
        safe_write(tmp_path, FILES)
    assert there.read_bytes() == b"{ }"
    assert [p.name for p in tmp_path.iterdir()] == [there.name]


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_what_is_no_file_is_not_replaced_either(kind, tmp_path):
    place = tmp_path / FILES[0][0]
    if kind == "folder":
        place.mkdir()
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(RefusedError):
        safe_write(tmp_path, FILES)


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x", "a/b", "", ".hidden", "a\nb", "x" * 201])
def test_only_plain_names_are_written(name, tmp_path):
    with pytest.raises(RefusedError, match="plain file name"):
        safe_write(tmp_path / "in", [(name, b"x")])
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_file_and_the_next_run_completes(tmp_path, monkeypatch):
    real, calls = os.fsync, []

    def full(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(export_files.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device") as caught:
        safe_write(tmp_path, FILES)
    assert caught.value.exit_status == 5
    assert [p.name for p in tmp_path.iterdir()] == [FILES[0][0]]
    monkeypatch.setattr(export_files.os, "fsync", real)
    assert [p.read_bytes() for p in safe_write(tmp_path, FILES)] == [content for _, content in FILES]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        safe_write(tmp_path / "file" / "in", FILES)
    assert str(tmp_path / "file") in caught.value.where


def test_a_folder_that_is_read_only_is_named(tmp_path, monkeypatch):
    def read_only(self, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "open", read_only)
    with pytest.raises(StorageError, match="Permission denied"):
        safe_write(tmp_path, FILES)


def test_what_an_interrupted_run_left_is_in_nobodys_way(tmp_path):
    (tmp_path / f".{FILES[0][0]}.{os.getpid()}.part").write_bytes(b"half")
    safe_write(tmp_path, FILES)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(name for name, _ in FILES)
