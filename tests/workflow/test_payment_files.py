"""Payment files as a bank counts them: so many of one kind on a day, whichever machine made them."""

from __future__ import annotations

import pytest
import small_shop

from refundkit.errors import RefusedError
from refundkit.model.org import PAYMENT_BATCH
from refundkit.store import payments
from refundkit.workflow import paying


def made_before(shop, count: int, epoch: int) -> None:
    """Files of the day that another machine made while it held the right to pay."""
    with shop.open("carl") as opened, opened.write() as pen:
        for number in range(count):
            pen.append(PAYMENT_BATCH, {"batch": f"P{epoch}-{number + 1:04d}", "method": "ach", "who": "carl", "payments": 1,
                                       "totals": [], "files": [], "layout": "", "voids": []})  # fmt: skip


def pay(shop):
    with shop.open("carl") as opened:
        return paying.pay(opened, "ach", shop.folder / "out", paying.Wanted())


@pytest.fixture
def booked(shop):
    shop.pays_by_bank()
    (case,) = shop.take_in(small_shop.request(2))
    shop.approve(case)
    shop.export()
    shop.payee(2)
    return shop


def test_the_last_file_of_a_day_is_made(booked):
    made_before(booked, 35, epoch=7)
    (path,) = [p for p in pay(booked).files if p.suffix == ".ach"]
    assert path.read_text(encoding="ascii")[33] == "9"


def test_one_more_file_than_a_day_can_have_is_refused_before_anything_is_written(booked):
    made_before(booked, 36, epoch=7)
    with pytest.raises(RefusedError, match=r"all 36 of .* are used: put what is left into one file tomorrow"):
        pay(booked)
    with booked.open() as opened:
        assert len(payments.batches(opened.store)) == 36
        assert payments.listed(opened.store, "all") == []
    assert not (booked.folder / "out").exists()
    booked.later(days=1)
    assert pay(booked).batch == "P1-0037"
