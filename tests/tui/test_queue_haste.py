"""Keys that come faster than the queue can follow, and others who write meanwhile: nothing is done to another case."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from refundkit.model.money import Money
from refundkit.tui.lines import Lines, Wish
from refundkit.workflow import queue, standing
from refundkit.workflow.queue import Page, Sizes


async def until(desk, holds) -> None:
    for _ in range(400):
        await asyncio.sleep(0.01)
        if holds():
            return
    raise AssertionError("it does not come to that")


@pytest.mark.parametrize("keys", [["enter", "enter", "enter"], ["escape", "enter", "y"]])
def test_a_question_is_answered_once_however_often_the_key_is_hit(at_desk, shop, keys: list[str]) -> None:
    async def play(desk) -> None:
        await desk.keys("down")
        case = desk.queue.cases.current.id
        await desk.keys("a")
        for key in keys:
            desk.app.simulate_key(key)
        await desk.settle()
        assert desk.app.screen is desk.queue
        assert shop.cases()[case]["state"] == ("approved" if keys[0] == "enter" else "awaiting")

    at_desk(play)


def test_a_form_is_sent_once(at_desk, shop) -> None:
    async def play(desk) -> None:
        case = desk.queue.cases.current.id
        await desk.keys("d")
        await desk.type("no")
        for key in ("enter", "enter", "enter"):
            desk.app.simulate_key(key)
        await desk.settle()
        assert desk.said == f"{case}: denied."
        assert [row["state"] for row in shop.cases().values()].count("denied") == 1

    at_desk(play)


@pytest.mark.parametrize("turns", [3, 6, 9])
def test_quitting_while_a_question_opens_is_quitting(at_desk, turns: int) -> None:
    """However far it has come; what goes wrong in it would be raised here."""

    async def play(desk) -> None:
        desk.app.simulate_key("d")
        for _ in range(turns):
            await asyncio.sleep(0)
        desk.app.exit()

    at_desk(play)


@pytest.mark.parametrize(
    "keys", [["question_mark", "escape", "down"], ["d", "n", "enter", "escape"], ["slash", "escape"], ["enter", "a"]]
)
@pytest.mark.parametrize("leaves", [False, True])
def test_keys_find_no_screen_half_built_or_half_gone(at_desk, keys: list[str], leaves: bool) -> None:
    """At every turn of the loop, while it opens and while it is taken away."""

    async def play(desk) -> None:
        for turns in (0, 2, 7):
            for key in (*keys, *(["ctrl+q"] if leaves and turns == 7 else []), *keys):
                desk.app.simulate_key(key)
                for _ in range(turns):
                    await asyncio.sleep(0)
            if not leaves:
                await desk.keys("escape", "escape")

    at_desk(play)


def test_a_key_that_is_told_to_a_screen_that_has_gone_does_nothing(at_desk) -> None:
    async def play(desk) -> None:
        await desk.keys("question_mark")
        told = desk.app.screen
        told.action_scroll(1)
        await desk.keys("escape")
        assert desk.app.screen is desk.queue
        told.action_scroll(1)

    at_desk(play)


def test_what_is_being_decided_cannot_be_marked_and_what_comes_after_it_can(at_desk, shop) -> None:
    async def play(desk) -> None:
        cases = desk.queue.cases
        await desk.keys("down")
        handle = desk.keep_the_store()
        here, following = (desk.queue.lines.at(i).id for i in (1, 2))
        desk.app.simulate_key("a")
        await until(desk, lambda: desk.app.screen is not desk.queue)
        desk.app.simulate_key("enter")
        await until(desk, lambda: cases.busy)
        desk.app.simulate_key("space")
        await until(desk, lambda: desk.said)
        assert (desk.said, cases.current.id) == (f"{here} is being decided; mark another.", here)
        for key in ("down", "space", "up", "down"):
            desk.app.simulate_key(key)
        await until(desk, lambda: cases.marked)
        assert list(cases.marked.values()) == [following]
        os.close(handle)
        await desk.settle()
        assert shop.cases()[here]["state"] == "approved"
        assert (list(cases.marked.values()), cases.busy) == ([following], set())

    at_desk(play)


def test_the_cursor_stays_where_it_was_put_while_everything_is_read_anew(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("down")
        reading, go_on = threading.Event(), threading.Event()

        def renewed(opened):
            reading.set()
            assert go_on.wait(10)
            return queue_renewed(opened)

        queue_renewed, queue.renewed = queue.renewed, renewed
        try:
            desk.queue.renew()
            await until(desk, reading.is_set)
            wanted = desk.queue.lines.at(3).id
            desk.queue.cases.cursor = 3
        finally:
            queue.renewed = queue_renewed
            go_on.set()
        await desk.settle()
        assert desk.queue.cases.current.id == wanted

    at_desk(play)


def test_a_filter_that_was_cleared_while_it_was_read_anew_stays_cleared(at_desk, monkeypatch) -> None:
    async def play(desk) -> None:
        await desk.keys("slash")
        await desk.type("forty")
        assert desk.queue.lines.count == 1
        reading, go_on, found = threading.Event(), threading.Event(), queue.found

        def slowly(opened, typed):
            reading.set()
            assert go_on.wait(10)
            return found(opened, typed)

        monkeypatch.setattr(queue, "found", slowly)
        desk.queue.renew()
        await until(desk, reading.is_set)
        desk.app.focused.value = ""
        await until(desk, lambda: not desk.queue.lines.is_filtered)
        go_on.set()
        await desk.settle()
        assert (desk.queue.lines.is_filtered, desk.queue.lines.count) == (False, 18)

    at_desk(play)


def test_a_page_that_was_wished_for_before_all_was_read_anew_is_not_put_among_the_new_ones(at_desk) -> None:
    lines, fresh = Lines(), Lines()
    for each in (lines, fresh):
        each.resize(Sizes(150, 0))
    (late,) = lines.wishes(120, 130)
    lines.take(fresh, found_too=True)
    lines.put(late, Page((), None))
    (again,) = lines.wishes(120, 130)
    assert (late.number, again.number) == (1, 1)
    assert again == Wish(mine=True, number=1, skip=100, reading=late.reading + 1)


def test_quitting_while_the_store_is_kept_waits_for_the_decision(at_desk, shop) -> None:
    """The screen waits for what is being written, and what is being written does not wait for the screen."""
    decided = []

    async def play(desk) -> None:
        await desk.keys("down")
        decided.append(desk.queue.cases.current.id)
        handle = desk.keep_the_store()
        threading.Timer(2.6, os.close, [handle]).start()  # after two seconds it says that it waits
        desk.app.simulate_key("a")
        await until(desk, lambda: desk.app.screen is not desk.queue)
        desk.app.simulate_key("enter")
        await until(desk, lambda: desk.queue.cases.busy)
        desk.app.simulate_key("ctrl+q")
        await until(desk, lambda: desk.app._exit)

    at_desk(play)
    assert shop.cases()[decided[0]]["state"] == "approved"


def test_a_stand_in_decides_for_somebody_and_it_says_so(at_desk, shop) -> None:
    with shop.open("max") as opened:
        standing.name(opened, "lena", "", "2026-12-31")

    async def play(desk) -> None:
        await desk.keys("down")  # the first takes two managers
        line = desk.queue.cases.current
        assert (line.level, line.mine) == ("manager", True)
        shown = " ".join(str(desk.queue.pane.query_one("#sheet-text").content).split())
        assert "You may." in shown
        await desk.keys("a", "enter")
        assert desk.said == f"{line.id}: approved, {Money(line.payable, line.currency)} (by lena for max)."

    at_desk(play, by="lena")
    (approved,) = [
        case for case, row in shop.cases().items() if row["state"] == "approved" and row["level"] == "manager"
    ]
    with shop.open() as opened:
        (approval,) = queue.sheet(opened, approved).case["approvals"]
    assert (approval["by"], approval["for"]) == ("lena", "max")


def test_a_queue_that_is_open_over_night_knows_who_stands_in_today(at_desk, shop) -> None:
    with shop.open("max") as opened:
        standing.name(opened, "lena", "2026-09-03", "2026-09-03")

    async def play(desk) -> None:
        mine = [desk.queue.lines.sizes.mine]
        for _ in range(2):
            office = desk.app.office
            office.settings = replace(office.settings, now=office.now() + timedelta(days=1))
            desk.queue.renew()
            await desk.settle()
            mine.append(desk.queue.lines.sizes.mine)
        assert mine[0] < mine[1] > mine[2] == mine[0]

    at_desk(play, by="lena")
