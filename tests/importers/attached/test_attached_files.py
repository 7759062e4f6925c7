"""Files that come with a request: safe names, kinds by content, limits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.importers.attached import files
from refundkit.importers.attached.contents import media_type
from refundkit.importers.attached.names import safe_name
from refundkit.model.requests import Original

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def original(name: str, content: bytes = b"x") -> Original:
    return Original(name, "image/png", content)


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\Windows\\win.ini", "win.ini"),
        ("C:\\Users\\Peg\\till 4.JPG", "till-4.JPG"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        (".bashrc", "file.bashrc"),
        ("-rf", "rf"),
        ("CON", "file-CON"),
        ("nul.txt", "file-nul.txt"),
        ("Com1.tar.gz", "file-Com1.tar.gz"),
        ("photo.jpg:evil.exe", "photo.jpg-evil.exe"),
        ("photo\u202egpj.exe", "photo-gpj.exe"),
        ("a\x00b\x1b[2Jc.png", "a-b-2Jc.png"),
        ("name. . .", "name"),
        ("Zählerstand Straße.jpeg", "Zahlerstand-Strasse.jpeg"),
        ("日本.jpg", "file.jpg"),
        ("a\ud800.png", "a.png"),
        ("$(reboot);`id`|x.sh", "reboot-id-x.sh"),
        ("a" * 400 + ".jpg", "a" * 96 + ".jpg"),
        (".000000000Æ:0", "file.000000000Ae"),
    ],
)
def test_a_name_is_made_safe_and_keeps_what_it_can(hostile, safe) -> None:
    assert safe_name(hostile) == safe


@given(st.text(st.characters(), max_size=300), st.lists(st.text(max_size=12), max_size=3))
def test_whatever_a_file_is_called_its_name_is_plain_and_stays_so(name, more) -> None:
    safe = safe_name(name)
    assert PLAIN.fullmatch(safe)
    assert not DEVICES.fullmatch(safe)
    assert not safe.endswith(".")
    assert safe_name(safe) == safe
    taken: set[str] = set()
    for each in [name, *more, name]:
        found = safe_name(each, taken)
        assert PLAIN.fullmatch(found)
        assert found.lower() not in taken
        taken.add(found.lower())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\x00\x00\x00\x18ftypheicmore", "image/heic"),
        (b"\x00\x00\x00\x18ftypisommore", "video/mp4"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04more", "application/zip"),
        (b"MZ\x90", "application/vnd.microsoft.portable-executable"),
        ("Zähler 4711\n".encode(), "text/plain"),
        (("x" * 4095 + "é").encode(), "text/plain"),
        ("Zähler".encode("latin-1"), "application/octet-stream"),
        (b"a\x00b", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_kind_is_told_by_content(content, kind) -> None:
    assert media_type(content) == kind


def test_a_program_called_photo_is_told_as_a_program() -> None:
    (kept,), left = files.take([original("photo.jpg", b"MZ\x90\x00")])
    assert (kept.name, kept.media_type, left) == ("photo.jpg", "application/vnd.microsoft.portable-executable", [])


def test_two_files_of_one_name_are_kept_apart() -> None:
    kept, _ = files.take([original("Photo.jpg"), original("a/photo.jpg"), original("b\\photo.JPG")])
    assert [k.name for k in kept] == ["Photo.jpg", "photo-2.jpg", "photo-3.JPG"]
    assert [k.original for k in kept] == ["Photo.jpg", "a/photo.jpg", "b\\photo.JPG"]


def test_what_is_too_large_is_left_with_a_sentence_and_the_rest_is_kept() -> None:
    large = original("film.mp4", bytes(files.MAX_FILE + 1))
    kept, left = files.take([large, original("photo.jpg")])
    assert [k.name for k in kept] == ["photo.jpg"]
    assert left == ["'film.mp4' is larger than the 25 MB that are kept of one file"]


def test_a_request_holds_at_most_a_hundred_megabytes_and_two_hundred_files() -> None:
    content = bytes(files.MAX_FILE)
    kept, left = files.take([original(f"{n}.bin", content) for n in range(5)])
    assert len(kept) == 4
    assert left == ["'4.bin' makes more than the 100 MB that are kept of one request"]
    kept, left = files.take([original("a") for _ in range(201)])
    assert (len(kept), len(left)) == (200, 1)


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "0 bytes"), (999, "999 bytes"), (2048, "2 KB"), (2_621_440, "2.5 MB"), (26_214_400, "25 MB")],
)
def test_sizes_as_people_read_them(size, told) -> None:
    assert files.told_size(size) == told


def test_what_it_was_called_can_always_be_written() -> None:
    (kept,), _ = files.take([original("a\ud800" + "b" * 400)])
    assert kept.original == "a?" + "b" * 253
