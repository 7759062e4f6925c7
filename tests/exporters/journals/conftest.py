"""One set of awkward bookings (every reason, currencies, names that bite), the shop's scenarios, and the policy's accounts."""

import json
import sys
from pathlib import Path

import pytest

from refundkit.exporters.journals import registry
from refundkit.exporters.journals.contract import JournalContext
from refundkit.model.booking import Booking
from refundkit.model.policy import ACCOUNT_KEYS, default_policy_text, parse_policy

sys.path.insert(0, str(Path(__file__).parent))  # samples

import samples

GOLDEN = Path(__file__).parents[2] / "golden" / "journals"
CODES = {
    "sage-50": {"0.0825": "T1", "0.19": "T2", "0.2": "T3", "0.0357": "T4"},
    "sage-accounting": {"0.0825": "CA 8.25%", "0.19": "VAT 19%", "0.2": "VAT 20%", "0.0357": "City 3.57%"},
}


@pytest.fixture(scope="session")
def bookings():
    return [Booking.from_data(data) for data in json.loads((GOLDEN / "bookings.json").read_text("utf-8"))]


@pytest.fixture(scope="session")
def scenarios():
    return samples.scenarios()


@pytest.fixture(scope="session")
def contexts():
    policy = parse_policy(default_policy_text("Acme", "USD", "UTC").encode(), "policy.toml")
    made = {}
    for name in registry.FORMATS:
        names = policy.accounts.of(name)
        codes = {f"tax_code {rate}": code for rate, code in CODES.get(name, {}).items()}
        accounts = {key: names.name(key) for key in ACCOUNT_KEYS}
        made[name] = JournalContext("B-0007", accounts, {**policy.settings_of(name), **codes})
    return made


@pytest.fixture
def write(contexts):
    """Write those of the bookings that a format can say; one file is expected unless `several`."""

    def written(name, bookings, several=False):
        files = registry.load(name).write(samples.sayable(name, bookings), contexts[name])
        return files if several else files[0][1]

    return written
