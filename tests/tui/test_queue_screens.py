"""Every screen of the queue as it is seen, on a small and on a usual terminal."""

from __future__ import annotations

import pytest

SIZES = [(80, 24), (120, 40)]
LOOKING: list[tuple[str, tuple[str, ...]]] = [
    ("list", ()),
    ("case", ("down", "enter")),
    ("case-below", ("pagedown", "pagedown")),
    ("approve", ("escape", "a")),
    ("deny", ("escape", "d")),
    ("deny-no-reason", ("enter",)),
    ("less", ("escape", "l")),
    ("question", ("escape", "q")),
    ("hold", ("escape", "h")),
    ("help", ("escape", "question_mark")),
    ("filter", ("escape", "slash", "i", "n", "c")),  # no id has an i in it
    ("nothing-found", ("x", "y", "z")),
    ("strange-words", ("enter", "escape", "end", "up", "enter")),
    ("override", ("escape", "o")),
]
DECIDING: list[tuple[str, tuple[str, ...]]] = [
    ("marked", ("space", "space", "down", "space", "A")),
    ("results", ("enter",)),
    ("after-results", ("escape",)),
    ("undo", ("u",)),
]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("steps", [LOOKING, DECIDING], ids=["looking", "deciding"])
def test_the_screens_are_as_they_were_read(at_desk, shop, golden, steps, size: tuple[int, int]) -> None:
    """And nothing is decided by what Escape ended."""

    async def play(desk) -> None:
        for name, keys in steps:
            await desk.keys(*keys)
            golden(f"tui/{name}-{size[0]}x{size[1]}.txt", desk.screen())

    before = shop.cases()
    at_desk(play, size=size)
    assert (shop.cases() == before) == (steps is LOOKING)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_who_only_reads_sees_no_keys_that_decide(at_desk, golden, size: tuple[int, int]) -> None:
    async def play(desk) -> None:
        golden(f"tui/read-only-{size[0]}x{size[1]}.txt", desk.screen())

    at_desk(play, by="ann", size=size)


def test_a_wide_terminal_shows_whole_ids(at_desk, golden) -> None:
    async def play(desk) -> None:
        golden("tui/list-200x60.txt", desk.screen())

    at_desk(play, size=(200, 60))


def test_a_terminal_that_is_too_small_says_so_and_the_queue_goes_on_when_it_grows(at_desk, golden) -> None:
    async def play(desk) -> None:
        await desk.keys("down", "down")
        before, cases = desk.screen(), desk.shop.cases()
        await desk.pilot.resize_terminal(50, 12)
        await desk.pilot.pause(0.1)
        golden("tui/too-small-50x12.txt", desk.screen())
        await desk.keys("a", "enter")
        await desk.pilot.resize_terminal(80, 24)
        await desk.pilot.pause(0.1)
        await desk.settle()
        assert desk.screen() == before
        assert desk.shop.cases() == cases

    at_desk(play, size=(80, 24))
