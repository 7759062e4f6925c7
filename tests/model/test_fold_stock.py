"""A part that came back with a refund is what the set of the events says: once, corrected, in any order, past every gate."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from stories import ORG, Story

from refundkit.model.case import CaseView
from refundkit.model.fold import fold
from refundkit.rules.stock_booking import due

PART, LABOUR = [2, "part", 4_000, 330, 0, "0.0825"], [1, "labour", 30_000, 0, 0, "0"]


class Stocking(Story):
    def __init__(self, *cells: list[Any]) -> None:
        super().__init__()
        self.approve("lena", cells=list(cells or (PART,)))
        self.write("carl", "export.line", line_key="K", slot="refund-1", amount=30_000, cells=list(cells or (PART,)),
                   batch="1-0001", currency="USD", memo="CM-1")  # fmt: skip
        self.said = 0

    def stock(self, cost: int = 26_000, *replaces: str, by: str = "carl", **other: Any) -> str:
        self.said += 1
        data = {"number": f"RS-1-{self.said:06d}", "cost": cost, "goal": "inventory", "on": "2026-09-10",
                "replaces": list(replaces), "evidence": {}, **other}  # fmt: skip
        return self.write(by, "stock.returned", **data)

    @property
    def anyhow(self) -> CaseView:
        """The case, when every order of its events makes the same of it."""
        head, tail = self.events[:1], self.events[1:]
        views = [fold(self.key, [*head, *order], ORG) for order in itertools.permutations(tail)]
        assert all(view == views[0] for view in views)
        return views[0]


def waits(view: CaseView) -> list[str]:
    return [what.slot for what in due(view.stock, view.booked)]


def test_a_part_that_came_back_waits_for_the_books():
    story = Stocking()
    story.stock()
    assert waits(story.anyhow) == ["stock-returned/RS-1-000001"]


def test_a_correction_takes_the_place_of_what_it_names_and_what_is_booked_is_turned_round():
    story = Stocking()
    first = story.stock()
    second = story.stock(25_000, first)
    view = story.anyhow
    assert [s.event for s in view.stock if s.counts] == [second]
    assert (waits(view), view.anomalies) == (["stock-returned/RS-1-000002"], [])
    story.book("carl", slot="stock-returned/RS-1-000001")
    assert waits(story.anyhow) == ["stock-corrected/RS-1-000001", "stock-returned/RS-1-000002"]
    story.stock(0, second)
    assert waits(story.view()) == ["stock-corrected/RS-1-000001"]


def test_two_that_were_said_apart_are_one_and_an_anomaly():
    story = Stocking()
    both = [story.stock(), story.stock(25_000, by="ada")]
    view = story.anyhow
    assert [s.event for s in view.stock if s.counts] == [min(both)]
    assert (len(waits(view)), view.evidence) == (1, {"stocked-twice": sorted(both)})
    last = next(s for s in view.stock if not s.counts)
    story.book("carl", slot=f"stock-returned/{last.number}")
    assert waits(story.anyhow) == []


@pytest.mark.parametrize(
    ("by", "other"),
    [("lena", {}), ("max", {}), ("ann", {}), ("nobody", {}), ("carl", {"cost": 0}), ("carl", {"cost": -1}),
     ("carl", {"goal": "bank"}), ("carl", {"on": "soon"})],
)  # fmt: skip
def test_what_is_said_past_the_gate_and_cannot_be_is_nothing(by, other):
    story = Stocking()
    story.stock(**{"by": by, **other})
    assert story.view().stock == []


def test_where_the_refund_gives_back_no_part_none_comes_back():
    story = Stocking(LABOUR)
    story.stock()
    assert story.view().stock == []
