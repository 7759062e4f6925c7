"""The queue's order comes off an index, page by page, and is the order that model/urgency.py defines."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundkit.model.urgency import DOUBLING_MS, urgent_ms
from refundkit.store import waiting
from refundkit.workflow import mine, overview, parties, pausing, queue, reading, standing
from refundkit.workflow.shop import Shop

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

import small_shop


@given(st.integers(0, 2**45), st.integers(1, 2**50), st.integers(1, 2**50))
def test_more_money_and_longer_waiting_come_first(since: int, minor: int, more: int) -> None:
    assert urgent_ms(since, minor) >= urgent_ms(since, minor + more)
    assert urgent_ms(since, minor) < urgent_ms(since + more, minor)
    assert urgent_ms(since, 2 * minor) == urgent_ms(since - DOUBLING_MS, minor)
    assert urgent_ms(since, None) == urgent_ms(since, 0) == urgent_ms(since, 1) == since


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Many waiting cases; some held, asked about, approved by one of two, of somebody's own."""
    shop = small_shop.make(tmp_path_factory.mktemp("waiting") / "shop", customers=40)
    draw = random.Random(5)
    ids = []
    for _ in range(3):
        ids += shop.take_in(*small_shop.rows(draw, 60, 40))
        shop.later(days=2)
    waits = [case for case, row in shop.cases().items() if row["state"] in ("review", "awaiting")]
    with shop.open("tess") as opened:
        pausing.hold(opened, waits[::7], "legal", "wait")
    with shop.open("lena") as opened:
        pausing.ask(opened, waits[3::11], "why?")
    shop.approve(*waits[::3], by="mona")
    with shop.open("max") as opened:
        standing.name(opened, "carl", "", "2026-12-31")
    with shop.open("tom") as opened:
        standing.name(opened, "lena", "", "2026-12-31")
    return shop


@pytest.mark.parametrize("user", ["ada", "lena", "max", "mona", "tom", "tess", "carl", "ann"])
def test_the_index_says_of_each_case_whose_it_is_as_the_rules_do(busy, user: str) -> None:
    with busy.open(user) as shop:
        person = shop.org.people[user]
        eyes = queue.eyes_of(shop, person)
        mine_count, others = waiting.sizes(shop.store, eyes, 999)
        parts = {
            mine: waiting.page(shop.store, eyes, mine=mine, after=None, skip=0, limit=999) for mine in (True, False)
        }
        assert [len(parts[True]), len(parts[False])] == [mine_count, others]
        for mine_part, places in parts.items():
            assert places == sorted(places)
            for line in waiting.lines(shop.store, eyes, [p.key for p in places]):
                view = shop.case(line.key)
                free = not (view.holds or view.questions)
                why = queue.why_not(shop, person, view, parties.technician(shop.store.connection, view))
                assert line.mine == mine_part == (free and not why), (line.id, why)
        keys = {place.key for places in parts.values() for place in places}
        assert len(keys) == mine_count + others > 50
        if user == "max":
            assert mine_count > 20 < others
        assert set(mine.waiting_for(shop)) == {place.key for place in parts[True]}


def test_pages_reached_by_place_and_by_number_are_pieces_of_one_list(busy) -> None:
    with busy.open("max") as shop:
        eyes = queue.eyes_of(shop, shop.org.people["max"])
        for part in (True, False):
            whole = waiting.page(shop.store, eyes, mine=part, after=None, skip=0, limit=999)
            for start in range(0, len(whole), 7):
                after = whole[start - 1] if start else None
                assert (
                    waiting.page(shop.store, eyes, mine=part, after=after, skip=0, limit=7) == whole[start : start + 7]
                )
                assert (
                    waiting.page(shop.store, eyes, mine=part, after=None, skip=start, limit=7)
                    == whole[start : start + 7]
                )
                assert (
                    waiting.page(shop.store, eyes, mine=part, after=after, skip=3, limit=2)
                    == whole[start + 3 : start + 5]
                )


def test_a_page_is_read_off_the_index_alone(busy) -> None:
    """Nothing is sorted and no row of the table is touched, or a large store would open slowly."""
    with busy.open("max") as shop:
        eyes = queue.eyes_of(shop, shop.org.people["max"])
        for part in (True, False):
            sql, values = waiting._lanes(eyes, mine=part, after=waiting.Place(0, ""))
            plan = [
                row[3] for row in shop.store.rows(f"EXPLAIN QUERY PLAN {sql} ORDER BY urgent_ms, key LIMIT 9", values)
            ]
            steps = [step for step in plan if step.startswith(("SEARCH", "SCAN", "USE"))]
            assert steps
            assert all(step.startswith("SEARCH cases USING COVERING INDEX cases_waiting") for step in steps), steps


def test_the_queue_the_list_and_the_overview_count_the_same(busy) -> None:
    """Each command that the overview names lists as many cases as it says, whoever waits for whom."""
    with busy.open("max") as shop:
        waits = {"refundkit list --ready --state review": {"ready": 1, "state": "review"}}
        for level in ("lead", "manager"):
            waits[f"refundkit list --ready --level {level}"] = {"ready": 1, "level": level}
        counts = {todo.command: todo.count for todo in overview.now(shop)}
        listed = {command: reading.listed(shop, filters) for command, filters in waits.items()}
        assert {command: len(rows) for command, rows in listed.items()} == {c: counts[c] for c in waits}
        ready = [row["id"] for rows in listed.values() for row in rows]
        assert len(ready) == len(set(ready)) == reading.counted(shop, {"ready": 1})
        assert counts["refundkit list --held"] > 5 < counts["refundkit list --asked"]
        for user in ("ada", "lena", "mona", "carl", "ann"):
            eyes = queue.eyes_of(shop, shop.org.people[user])
            assert waiting.sizes(shop.store, eyes, 999)[0] <= len(ready)


@pytest.mark.parametrize("user", ["ada", "lena", "max", "carl", "ann"])
def test_the_list_of_mine_is_what_the_queue_shows_as_mine(busy, monkeypatch, user: str) -> None:
    monkeypatch.setattr(Shop, "case", None)  # no case is added up from its events for it
    with busy.open(user) as shop:
        page = queue.page(shop, mine=True, limit=999)
        rows = reading.listed(shop, {"mine": 1})
        assert sorted(row["id"] for row in rows) == sorted(line.id for line in page.lines)
        assert reading.counted(shop, {"mine": 1, "state": "review"}) == sum(
            line.state == "review" for line in page.lines
        )
