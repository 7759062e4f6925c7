"""One set of awkward bookings (every reason, currencies, names that bite) and the accounts of each format."""

import json
import tomllib
from pathlib import Path

import pytest

from refundkit.exporters.journals import registry
from refundkit.exporters.journals.contract import JournalContext
from refundkit.model.booking import Booking

GOLDEN = Path(__file__).parents[2] / "golden" / "journals"


@pytest.fixture(scope="session")
def golden():
    return GOLDEN


@pytest.fixture(scope="session")
def bookings():
    return [Booking.from_data(data) for data in json.loads((GOLDEN / "bookings.json").read_text("utf-8"))]


@pytest.fixture(scope="session")
def contexts():
    accounts = tomllib.loads((GOLDEN / "accounts.toml").read_text("utf-8"))["accounts"]
    return {name: JournalContext("B-0007", accounts[name]) for name in registry.FORMATS}


@pytest.fixture
def write(contexts):
    """Write bookings in a format; one file is expected unless `several`."""

    def written(name, bookings, several=False):
        files = registry.load(name).write(bookings, contexts[name])
        return files if several else files[0][1]

    return written
