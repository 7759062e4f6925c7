"""What goes wrong around the queue is said on the screen, and the queue stays."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from command_line import inside

from refundkit.errors import RefusedError
from refundkit.tui.office import Office
from refundkit.workflow.shop import Settings


@pytest.fixture
def with_file(shop, tmp_path):
    """A case with a file each of a kind that is shown and of one that is not."""
    note, program = tmp_path / "note.txt", tmp_path / "tool.exe"
    note.write_text("the machine was cold", encoding="utf-8")
    program.write_bytes(b"MZ" + bytes(200))
    ended = inside(
        shop, "log", "--customer", "C-18", "--for", "goodwill", "--amount", "60.00", "--description", "see the files",
        "--file", note, "--file", program, by="carl",
    )  # fmt: skip
    assert ended.status in (0, 1), ended.said
    return shop


@pytest.fixture
def viewer(tmp_path, monkeypatch):
    """A system opener that notes what it was asked to open."""
    folder, seen = tmp_path / "bin", tmp_path / "seen"
    folder.mkdir()
    (folder / "xdg-open").write_text(
        f'#!/bin/sh\ncat "$1" > {seen}.part; echo "$1" >> {seen}.part; mv {seen}.part {seen}\n'
    )
    (folder / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return seen


async def find_it(desk) -> None:
    await desk.keys("slash")
    await desk.type("see files")
    await desk.keys("enter")


def test_a_document_is_handed_to_the_systems_viewer_and_goes_with_the_queue(at_desk, with_file, viewer) -> None:
    modes, kept = [], []

    async def play(desk) -> None:
        await find_it(desk)
        await desk.keys("f", "enter")
        assert desk.said.startswith("note.txt is opened outside, from ")
        for _ in range(200):
            if viewer.exists():
                break
            await desk.pilot.pause(0.02)
        content, path = viewer.read_text(encoding="utf-8").rsplit("\n", 1)[0].split("cold")
        assert content == "the machine was "
        modes.append(Path(path).stat().st_mode & 0o777)  # noqa: ASYNC240
        kept.append(Path(path))

    at_desk(play)
    assert modes == [0o400]
    assert not kept[0].exists()


def test_what_may_run_is_not_opened(at_desk, with_file, viewer) -> None:
    async def play(desk) -> None:
        await find_it(desk)
        await desk.keys("f", "down", "enter")
        assert desk.said.startswith("tool.exe may be able to run, so it is not opened; it lies in ")
        await desk.pilot.pause(0.1)
        assert not viewer.exists()

    at_desk(play)


def test_a_document_that_is_gone_is_said_and_the_queue_stays(at_desk, with_file) -> None:
    with sqlite3.connect(with_file.store) as store:
        store.execute("DROP TRIGGER document_delete")
        store.execute("DELETE FROM document")
    store.close()

    async def play(desk) -> None:
        await find_it(desk)
        await desk.keys("f", "enter")
        assert "is missing. restore it from a backup." in desk.said
        await desk.keys("escape")
        assert desk.queue.lines.count == 19

    at_desk(play)


def test_a_store_that_another_keeps_is_waited_for_and_said(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("down")
        handle = desk.keep_the_store()
        await desk.keys("a")
        desk.app.simulate_key("enter")
        for _ in range(400):
            await desk.pilot.pause(0.02)
            if desk.said:
                break
        assert desk.said == "Another program keeps the store; waiting for it. Nothing is lost."
        os.close(handle)
        await desk.settle()
        assert ": approved, " in desk.said

    at_desk(play)


def test_a_store_that_stays_locked_is_given_up_and_the_queue_stays(at_desk, shop, monkeypatch) -> None:
    monkeypatch.setattr("refundkit.store.database.LOCK_SECONDS", 0)

    async def play(desk) -> None:
        await desk.keys("down")
        here = desk.queue.cases.current.id
        handle = desk.keep_the_store()
        await desk.keys("a", "enter")
        assert desk.said.startswith("Not approved: another process has kept the store locked")
        assert desk.queue.cases.current.id == here
        os.close(handle)
        await desk.keys("a", "enter")
        assert desk.said.startswith(f"{here}: approved, ")

    at_desk(play)


def test_who_has_no_key_here_may_look_and_not_decide(shop) -> None:
    (shop.home / "data" / "refundkit" / "keys").unlink()
    with shop.keys():
        with pytest.raises(RefusedError, match="no signing key"):
            Office(Settings(shop.store, "max", shop.now), read_only=False)
        looking = Office(Settings(shop.store, "max", shop.now), read_only=True)
        assert looking.rights == frozenset()
        looking.close()


def test_an_empty_queue_says_so(at_desk, shop, golden) -> None:
    waits = [case for case, row in shop.cases().items() if row["state"] in ("awaiting", "review")]
    assert inside(shop, "withdraw", *waits, by="carl").status == 0

    async def play(desk) -> None:
        await desk.keys("a", "d", "space", "A", "u", "o", "f", "r", "enter", "escape")
        golden("tui/empty-80x24.txt", desk.screen())

    at_desk(play, size=(80, 24))
