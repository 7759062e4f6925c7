"""Each folder of tests/golden/importers/tabular is a list and what becomes of each of its rows."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.tabular.choices import Choices
from refundkit.importers.tabular.requests import read_requests
from refundkit.importers.tabular.shop import TableShop

GOLDEN = Path(__file__).parents[2] / "golden" / "importers" / "tabular"
DEFAULTS = {"part": 1, "kind": "none", "chases": False}  # what only messages say
SHOP = TableShop("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 15, tzinfo=UTC))


def plain(value):
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.fixture(params=sorted(p.name for p in GOLDEN.iterdir()))
def case(request):
    return GOLDEN / request.param


def test_every_row_of_a_list_becomes_what_is_written_beside_it(case, golden):
    path = case / "input.csv"
    took = []
    shop = replace(SHOP, choices=Choices(say=took.append))
    lines = [{"took": took}]
    for reading in read_requests(path, path.name, shop):
        said = {key: plain(value) for key, value in asdict(reading).items() if value not in ("", None, (), {})}
        said = {key: value for key, value in said.items() if DEFAULTS.get(key, ...) != value}
        lines.append({"is": type(reading).__name__, **said})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    golden(f"importers/tabular/{case.name}/expected.jsonl", text)
