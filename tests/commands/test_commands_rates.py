"""The ECB's file of rates as a shop loads it."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest

HIST = (
    "Date,USD,JPY,GBP,CYP,\n2026-10-30,1.1172,175.68,0.8338,N/A,\n2026-10-29,1.1100,175.00,0.8300,N/A,\n"
    "1999-01-04,1.1789,133.73,0.7111,0.58231,\n"
)


def zipped(text: str, name: str = "eurofxref-hist.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


def kept(shop) -> dict[tuple[str, str], Decimal]:
    from refundkit.store.database import open_store

    with open_store(shop.store) as store:
        return {(r[0], r[1]): Decimal(r[2]) for r in store.rows("SELECT date, currency, rate FROM rec_rates")}


def test_the_ecbs_archive_becomes_units_for_one_of_the_books(shop):
    path = shop.write("eurofxref-hist.zip", zipped(HIST))
    said = shop.done("rates", "import", path, "--json").json
    assert (said["rows"], said["new"] + said["changed"]) == (6, 6)
    rates = kept(shop)
    assert rates["2026-10-30", "EUR"] == Decimal("0.8950948801")
    assert rates["2026-10-30", "GBP"] == Decimal("0.7463301110")
    assert ("1999-01-04", "EUR") not in rates
    assert shop.done("rates", "import", path, "--json").json["unchanged"] == 6


def test_days_and_currencies_can_be_chosen_and_the_daily_file_is_read_too(shop):
    path = shop.write("eurofxref.csv", "Date, USD, JPY, \n30 October 2026, 1.1172, 175.68, \n")
    assert shop.done("rates", "import", path, "--currency", "eur", "--json").json["rows"] == 1
    path = shop.write("hist.csv", HIST)
    assert shop.done("rates", "import", path, "--since", "1999-01-01", "--json").json["rows"] == 9


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"Date,USD,\n2026-10-30,x,\n", b"Date,USD,\nyesterday,1.1,\n", b"Date,USD,\n2026-10-30,-1,\n",
     zipped("x", "readme.txt"), b"PK\x03\x04nothing"],
)  # fmt: skip
def test_what_is_no_file_of_rates_is_refused_with_the_place(shop, content):
    before = shop.events()
    said = shop("rates", "import", shop.write("r.csv", content))
    assert said.status == 1, said
    assert "r.csv" in said.err
    assert "unexpectedly" not in said.err
    assert shop.events() == before
