"""Parts that come back with a refund, as an accountant meets them: into stock or to scrap, once, and corrected."""

from __future__ import annotations

from decimal import Decimal

import pytest
from paid_ways import balances


@pytest.fixture
def shop(sample):
    """The sample shop with what was approved booked."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    return sample


def case_with(shop, *, part: bool) -> str:
    wanted = {"equipment-return"} if part else {"sla-breach", "duplicate-payment", "goodwill"}
    rows = shop.done("list", "--state", "booked", "--json").json
    return next(str(row["id"]) for row in rows if row["reason"] in wanted)


def stock(shop, case: str, *words: str, user: str = "carl"):
    return shop("case", "stock", case, "--evidence", "on the shelf", *words, user=user)


def stocks(shop) -> dict[str, Decimal]:
    """What the accounts of parts hold after an export."""
    kinds = ("inventory", "cost of goods", "scrap")
    return {name: amount for name, amount in balances(shop).items() if name in kinds}


def test_a_part_goes_back_into_stock_at_its_cost_and_into_the_books_once(shop):
    case = case_with(shop, part=True)
    owed = shop.done("report", "liability", "--json").json["total"]
    said = stock(shop, case, "--cost", "260.00", "--json").json
    assert (said["number"], said["cost"]) == ("RS-1-000001", {"amount": "260.00", "currency": "USD"})
    assert [u["what"] for u in shop.done("report", "unbooked", "--json").json] == ["stock-returned RS-1-000001"]
    assert "returned parts that are not in the books" in shop.done().out
    assert stocks(shop) == {"inventory": 260, "cost of goods": -260}
    assert stocks(shop) == {"inventory": 260, "cost of goods": -260}
    assert shop.done("report", "liability", "--json").json["total"] == owed
    (one,) = shop.done("show", case, "--json").json["stock"]
    assert (one["booked"], one["counts"]) == (["RS-1-000001"], True)
    assert "RS-1-000001  260.00 USD into stock on 2026-11-01; booked as RS-1-000001" in shop.done("show", case).out
    told = [e["text"] for e in shop.done("history", case, "--json").json["events"]]
    assert "a part went back into stock as RS-1-000001 on 2026-11-01: on the shelf" in told
    shop.done("doctor", "--rebuild")
    assert stocks(shop) == {"inventory": 260, "cost of goods": -260}
    shop.done("audit", "verify")


def test_a_second_time_is_refused_and_a_correction_takes_the_place_of_the_first(shop):
    case = case_with(shop, part=True)
    stock(shop, case, "--cost", "260.00")
    twice = stock(shop, case, "--cost", "260.00")
    assert (twice.status, "--corrects" in twice.err) == (3, True)
    assert stocks(shop)["inventory"] == 260
    assert stock(shop, case, "--cost", "250.00", "--scrap", "--corrects").status == 0
    assert stocks(shop) == {"scrap": 250, "cost of goods": -250}
    assert stock(shop, case, "--cost", "0", "--corrects").status == 0
    assert stocks(shop) == {}
    assert stock(shop, case, "--cost", "240.00", "--corrects").status == 0
    assert stocks(shop) == {"inventory": 240, "cost of goods": -240}
    shown = shop.done("show", case, "--json").json
    assert ([s["counts"] for s in shown["stock"]], shown["anomalies"]) == ([False, False, False, True], [])


def test_a_correction_before_the_export_leaves_no_trace_in_the_books(shop):
    case = case_with(shop, part=True)
    stock(shop, case, "--cost", "260.00")
    stock(shop, case, "--cost", "250.00", "--corrects")
    assert [u["what"] for u in shop.done("report", "unbooked", "--json").json] == ["stock-returned RS-1-000002"]
    assert stocks(shop) == {"inventory": 250, "cost of goods": -250}


def test_where_no_part_comes_back_or_nobody_may_say_so_nothing_is_written(shop):
    case, without = case_with(shop, part=True), case_with(shop, part=False)
    waiting = shop.done("list", "--state", "awaiting", "--json").json[0]["id"]
    before = shop.events()
    assert "no part comes back" in stock(shop, without, "--cost", "5.00").err
    assert "approve the refund first" in stock(shop, waiting, "--cost", "5.00").err
    for words, status in (
        (("--cost", "0"), 2), (("--cost", "-1"), 2), (("--cost", "x"), 2), (("--cost", "5.001"), 2),
        (("--cost", "5.00 EUR"), 2), (("--cost", "5.00", "--on", "2027-01-01"), 2),
        (("--cost", "5.00", "--corrects"), 3),
    ):  # fmt: skip
        assert stock(shop, case, *words).status == status, words
    assert shop("case", "stock", case, "--cost", "5.00", "--evidence", " ", user="carl").status == 2
    assert stock(shop, case, "--cost", "5.00", user="lena").status == 3
    assert stock(shop, case, "--cost", "5.00", "--dry-run").status == 0
    assert shop.events() == before
