"""Each folder of tests/golden/importers/mail is a message of one class and what becomes of it."""

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail.reader import read_mail

GOLDEN = Path(__file__).parents[2] / "golden" / "importers" / "mail"
SHOP = ShopWords(staff=("shop.test",))
SAID = (
    "channel", "kind", "why", "received_at", "customer_id", "customer_email", "service_order", "invoice", "amount", "currency",
    "reason", "requested_by", "chases", "doubts", "evidence",
)  # fmt: skip


def plain(value):
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value


@pytest.fixture(params=sorted(p.name for p in GOLDEN.iterdir()))
def case(request):
    return GOLDEN / request.param


def test_a_message_of_this_class_becomes_what_is_written_beside_it(case, golden):
    found = []
    for reading in read_mail("message.eml", (case / "message.eml").read_bytes(), "eml", SHOP):
        fields = asdict(reading)
        said = {name: plain(fields[name]) for name in SAID if fields.get(name) not in ("", None, (), {}, False)}
        found.append({"is": type(reading).__name__, **said})
    golden(f"importers/mail/{case.name}/expected.json", json.dumps(found, ensure_ascii=False, indent=1) + "\n")
