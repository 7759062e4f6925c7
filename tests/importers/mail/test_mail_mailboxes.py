"""A long mailbox is read by several processes, and nobody can tell from what comes out."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.extract.forms import IdForm
from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import crew, mailboxes

SHOP = ShopWords(
    "EUR", ZoneInfo("Europe/Berlin"), ("desk@fix.test",), forms=(IdForm("invoice", ("RE-", ""), ((4, 4),)),)
)
MANY = 700


def message(number: int) -> bytes:
    asks = (
        f"Please refund $ {number}.00 of RE-{number:04}.",
        "thanks, all is well",
        "Bitte erstatten Sie uns die Hälfte der 380 EUR.",
    )
    return (
        b"From a@b.test Mon Jan  5 10:00:00 2026\n"
        b"From: Ann <ann@customer.test>\nTo: desk@fix.test\nSubject: our invoice\n"
        + f"Message-ID: <{number}@customer.test>\nContent-Type: text/plain; charset=utf-8\n".encode()
        + f"Date: Mon, 5 Jan 2026 10:00:00\n\n{asks[number % 3]}\n\n".encode()
    )


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mail") / "long.mbox"
    path.write_bytes(b"".join(map(message, range(1, MANY + 1))))
    return path


@pytest.fixture(scope="module")
def alone(box: Path) -> list:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crew, "spare_cores", lambda: 0)
        found = list(mailboxes.read_mbox(box, "long.mbox", SHOP))
    assert len(found) == MANY and found[2].invoice == "RE-0003"
    return found


class Watched(crew.Helper):
    """A helper of which the test can tell what it did, and what became of it."""

    all: ClassVar[list[Watched]] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.process, self.took, self.dies_after = self._process, 0, None
        self.all.append(self)

    def take(self):
        if self.dies_after is not None and self.took >= self.dies_after and self.process is not None:
            self.process.kill()
            self.process.wait()
        found = super().take()
        self.took += found is not None
        return found


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> list[Watched]:
    monkeypatch.setattr(Watched, "all", [])
    monkeypatch.setattr(crew, "Helper", Watched)
    monkeypatch.setattr(crew, "spare_cores", lambda: 2)
    return Watched.all


def ended(helpers: list[Watched]) -> bool:
    return all(helper.process is None or helper.process.poll() is not None for helper in helpers)


def test_all_that_several_processes_read_is_what_one_reads_in_its_order(box, alone, helpers) -> None:
    assert list(mailboxes.read_mbox(box, "long.mbox", SHOP)) == alone
    assert len(helpers) == 2 and sum(helper.took for helper in helpers) > 0
    assert ended(helpers)


@pytest.mark.parametrize("answers", [0, 1])
def test_a_helper_that_dies_is_done_without(box, alone, helpers, monkeypatch, answers) -> None:
    plain = Watched.__init__

    def mortal(self, *args, **kwargs) -> None:
        plain(self, *args, **kwargs)
        self.dies_after = answers

    monkeypatch.setattr(Watched, "__init__", mortal)
    assert list(mailboxes.read_mbox(box, "long.mbox", SHOP)) == alone
    assert ended(helpers)


def test_a_helper_that_cannot_be_started_is_done_without(box, alone, helpers, monkeypatch) -> None:
    def refuse(*args, **kwargs):
        raise PermissionError(13, "no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert list(mailboxes.read_mbox(box, "long.mbox", SHOP)) == alone


def test_a_helper_that_ends_before_it_is_told_what_to_read_is_done_without(box, alone, helpers, monkeypatch) -> None:
    def gone(pipe, what):
        raise BrokenPipeError(32, "it has ended")

    monkeypatch.setattr(crew, "_send", gone)
    monkeypatch.setattr(crew, "_CODE", "import sys")
    assert list(mailboxes.read_mbox(box, "long.mbox", SHOP)) == alone
    assert ended(helpers)


def test_the_helpers_end_with_who_asked(box, helpers) -> None:
    readings = mailboxes.read_mbox(box, "long.mbox", SHOP)
    next(readings)
    assert len(helpers) == 2 and not ended(helpers)
    readings.close()
    assert ended(helpers)


def test_a_short_mailbox_needs_none(box, helpers) -> None:
    short = box.with_name("short.mbox")
    short.write_bytes(b"".join(map(message, range(1, mailboxes.LONG))))
    assert len(list(mailboxes.read_mbox(short, "short.mbox", SHOP))) == mailboxes.LONG - 1
    assert not helpers


def test_messages_of_every_size_are_read_alike(tmp_path, helpers, monkeypatch) -> None:
    """Large ones fill a block alone; one that is too large is rejected wherever it is read."""
    heavy = b"x" * 70 + b"\n"
    path = tmp_path / "mixed.mbox"
    mails = [message(n) + (heavy * 9_000 if n % 97 == 0 else b"") for n in range(1, 401)]
    path.write_bytes(b"".join(mails))
    found = list(mailboxes.read_mbox(path, "mixed.mbox", SHOP))
    monkeypatch.setattr(crew, "spare_cores", lambda: 0)
    assert found == list(mailboxes.read_mbox(path, "mixed.mbox", SHOP)) and len(found) == 400
