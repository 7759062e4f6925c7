"""Numbers that are no sums, and prices of one of several."""

from decimal import Decimal

import pytest

from refundkit.importers.extract.asked import read_request


def test_of_several_equal_ones_the_price_of_one_is_asked_when_one_is():
    (found,) = read_request("", "you ran my card 2x 64.20 for inv 31555, can i get one back please", "", "USD").requests
    assert found.amount == Decimal("64.20")


@pytest.mark.parametrize(
    "words", ["we waited 40 min", "room 200 stayed dark", "60 people waited", "40 minutos", "Halle 12 war dunkel"]
)
def test_minutes_rooms_and_people_are_no_sums(words):
    found = read_request("", f"{words}. Please give us some money back for that.", "", "USD").requests
    assert [r.amount for r in found] == [None]
