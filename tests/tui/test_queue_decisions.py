"""Deciding by keyboard, mouse and palette: the same use cases as the commands, bound to what was seen."""

from __future__ import annotations

import pytest

from refundkit.workflow import decisions, pausing, reading


def states(shop) -> dict[str, int]:
    found: dict[str, int] = {}
    for case in shop.cases().values():
        found[case["state"]] = found.get(case["state"], 0) + 1
    return found


def current(desk) -> str:
    return desk.queue.cases.current.id


def test_ten_cases_are_decided_by_keyboard(at_desk, shop) -> None:
    decided = []

    async def play(desk) -> None:
        await desk.keys("down", "down")
        for _ in range(5):
            decided.append(current(desk))
            await desk.keys("a", "enter")
            assert desk.said.startswith(f"{decided[-1]}: approved, ")
        for reason in ("not ours", "too late"):
            decided.append(current(desk))
            await desk.keys("d")
            await desk.type(reason)
            await desk.keys("enter")
        decided.append(current(desk))
        await desk.keys("l")
        await desk.type("5.50")
        await desk.keys("enter")
        await desk.type("as agreed")
        await desk.keys("enter")
        decided.append(current(desk))
        await desk.keys("q")
        await desk.type("which hour")
        await desk.keys("enter")
        decided.append(current(desk))
        await desk.keys("h", "down", "enter")
        await desk.type("their bank")
        await desk.keys("enter")

    at_desk(play)
    assert len(set(decided)) == 10
    cases = shop.cases()
    assert [cases[case]["state"] for case in decided] == ["approved"] * 5 + ["denied"] * 2 + ["approved"] + [
        "awaiting"
    ] * 2
    with shop.open() as opened:
        shown = [reading.shown(opened, case) for case in decided]
    approval = shown[7]["approvals"][0]
    assert [approval[name] for name in ("by", "amount", "note")] == [
        "max", {"amount": "5.50", "currency": "USD"}, "as agreed",
    ]  # fmt: skip
    assert shown[8]["questions"][0]["question"] == "which hour"
    assert (shown[9]["holds"][0]["kind"], shown[9]["holds"][0]["reason"]) == ("chargeback", "their bank")


@pytest.mark.parametrize("opens", [("o",), ("o", "enter")])
def test_a_finding_is_overridden_and_the_case_stays_under_the_cursor(at_desk, shop, opens) -> None:
    """Where there is one finding, the reason is asked at once; who presses Enter to choose it is asked again."""

    async def play(desk) -> None:
        await desk.keys("slash")
        await desk.type("other")
        await desk.keys("enter", *opens)
        await desk.type("they called")
        case = current(desk)
        await desk.keys("enter")
        assert desk.said.startswith(f"{case}: overridden; it is awaiting now")
        assert "[overridden by max: they called]" in " ".join(desk.screen().split())
        await desk.keys("a", "enter")
        assert shop.cases()[case]["state"] == "approved"

    at_desk(play, size=(120, 40))


@pytest.mark.parametrize("by", ["ann", "max"])
def test_who_only_reads_decides_nothing(at_desk, shop, by: str) -> None:
    async def play(desk) -> None:
        await desk.keys("a", "enter", "escape", "d", "enter", "space", "A", "enter", "h", "enter", "u", "enter")
        assert "READ ONLY" in desk.screen()
        assert "Approve" not in desk.screen()

    before = shop.cases()
    at_desk(play, by=by, read_only=by == "max")
    assert shop.cases() == before


def test_somebody_was_faster_before_the_key(at_desk, shop) -> None:
    """The screen still shows the case; the yes is refused with a sentence, and the line goes."""

    async def play(desk) -> None:
        await desk.keys("down")
        case = current(desk)
        await desk.keys("a")
        shop.approve(case, by="mona")
        await desk.keys("enter")
        assert desk.said == f"Somebody was faster: {case} is approved now. Nothing was written."
        assert current(desk) != case

    at_desk(play)


def test_somebody_was_faster_while_the_screen_stood(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("down")
        case = current(desk)
        shop.approve(case, by="mona")
        await desk.pilot.pause(1.2)
        await desk.settle()
        assert desk.said == f"Somebody was faster: {case} is approved now."
        assert desk.queue.cases.cursor == 1
        assert current(desk) != case

    at_desk(play)


def test_a_case_that_changed_since_it_was_seen_is_not_approved(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("slash")
        await desk.type("other")
        await desk.keys("enter")
        case = current(desk)
        await desk.keys("d")
        with shop.open("leo") as opened:
            decisions.override(opened, case, "reason-manual", "all is well")
        await desk.type("no")
        await desk.keys("enter")
        assert desk.said == (
            f"Not denied: {case} has changed since it was shown: what was shown is not its assessment any more."
            " r assesses it anew; then look again."
        )
        assert "[overridden by leo: all is well]" in " ".join(desk.screen().split())

    at_desk(play, size=(120, 40))


def test_marked_cases_are_approved_with_one_question_and_one_result_each(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("down", "space", "space", "space")
        marked = list(desk.queue.cases.marked.values())
        with shop.open("tess") as opened:
            pausing.hold(opened, marked[1:2], "fraud", "odd")
        await desk.keys("A")
        asked = " ".join(desk.screen().split())
        assert "Approve 2 cases: 4317.80 USD?" in asked
        assert "not now: is held" in asked
        shop.approve(marked[2], by="mona")
        await desk.keys("enter")
        assert "1 of 3 approved" in desk.screen()
        assert "Somebody was faster" in desk.screen()
        await desk.keys("escape")
        cases = shop.cases()
        assert [cases[case]["state"] for case in marked] == ["approved", "awaiting", "approved"]
        assert list(desk.queue.cases.marked.values()) == marked[1:2]

    at_desk(play)


def test_a_manager_takes_an_approval_back_and_a_hold(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("down")
        case = current(desk)
        await desk.keys("a", "enter", "h", "enter")
        await desk.type("odd")
        await desk.keys("enter", "u")
        await desk.type("not odd")
        await desk.keys("enter", "u")
        await desk.type("wrong one")
        await desk.keys("enter")
        assert desk.said == f"{case}: taken back; it is review now."
        await desk.keys("u")
        assert desk.said == "Nothing was decided here yet."
        assert shop.cases()[case]["state"] == "review"

    at_desk(play)
    assert states(shop) == {"awaiting": 15, "review": 3, "approved": 1}


def test_what_may_not_be_taken_back_says_who_could(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("a", "enter", "u")
        await desk.type("oh")
        await desk.keys("enter")
        assert desk.said.startswith("Not taken back: lena (lead) may not revoke an approval.")
        await desk.keys("d")
        await desk.type("no")
        await desk.keys("enter", "u")
        await desk.type("oh")
        await desk.keys("enter")
        assert "has stopped" in desk.said
        assert "another" in desk.said

    at_desk(play, by="lena")


def test_first_what_is_mine_then_the_rest_with_why_not(at_desk) -> None:
    async def play(desk) -> None:
        sizes = desk.queue.lines.sizes
        mine = [desk.queue.lines.at(i).mine for i in range(sizes.total)]
        assert mine == [True] * sizes.mine + [False] * sizes.others
        await desk.keys("end")
        said = {}
        for _ in range(sizes.others):
            said[desk.queue.cases.current.customer] = " ".join(
                str(desk.queue.pane.query_one("#sheet-text").content).split()
            )
            await desk.keys("up")
        assert "Not you: lena is named as its requester." in said["C-16"]
        assert "Not you: lena is lead; it takes a manager." in said["C-13"]

    at_desk(play, by="lena", size=(200, 60))


def test_the_technician_of_the_visit_and_who_logged_it_are_not_asked(at_desk) -> None:
    async def play(desk) -> None:
        others = [desk.queue.lines.at(i).customer for i in range(desk.queue.lines.sizes.mine, desk.queue.lines.count)]
        assert {"C-1", "C-4", "C-7", "C-10", "C-13"} <= set(others)  # visits of T-01, who is tom

    at_desk(play, by="tom")


def test_the_filter_finds_words_and_customers(at_desk) -> None:
    async def play(desk) -> None:
        await desk.keys("slash")
        await desk.type("@customer sorry")
        assert desk.queue.lines.count == 12
        await desk.clear()
        await desk.type("@c-12")
        assert [desk.queue.lines.at(0).customer, desk.queue.lines.count] == ["C-12", 1]
        await desk.clear()
        await desk.type("FORTY cent")
        assert [desk.queue.lines.at(0).customer, desk.queue.lines.count] == ["C-12", 1]
        await desk.keys("enter", "escape")
        assert desk.queue.lines.count == 18

    at_desk(play)


def test_the_palette_has_what_this_person_may_do(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.keys("down")
        case = current(desk)
        await desk.pilot.press("ctrl+p")
        await desk.pilot.pause(0.2)
        await desk.pilot.press(*"Approve")
        await desk.pilot.pause(0.4)
        await desk.pilot.press("enter")
        await desk.pilot.pause(0.2)
        await desk.keys("enter")
        assert shop.cases()[case]["state"] == "approved"

    at_desk(play)


def test_the_mouse_chooses_marks_and_decides(at_desk, shop) -> None:
    async def play(desk) -> None:
        await desk.pilot.click("#cases", offset=(20, 4))
        await desk.settle()
        case = current(desk)
        assert desk.queue.cases.cursor == 3
        await desk.pilot.click("#cases", offset=(1, 6))
        await desk.settle()
        assert len(desk.queue.cases.marked) == 1
        await desk.pilot.click("#cases", offset=(20, 4))
        await desk.settle()
        keys = [key for key in desk.queue.query("FooterKey") if key.description == "Approve"]
        await desk.pilot.click(keys[0])
        await desk.settle()
        await desk.pilot.click("#yes")
        await desk.settle()
        assert shop.cases()[case]["state"] == "approved"

    at_desk(play)
