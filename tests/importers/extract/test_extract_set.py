"""The reading is held against mails that were written and labelled before it learned anything: tests/.../set."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail.reader import read_mail
from refundkit.model.requests import Draft

SET = Path(__file__).parent / "set"
FIELDS = ("customer_id", "customer_email", "service_order", "invoice", "amount", "currency", "reason")


def is_good(field, draft, wanted):
    label = "reason_code" if field == "reason" else field
    fair = [wanted[label], *wanted.get("also", {}).get(label, [])]
    got = getattr(draft, field)
    if field == "amount":
        return got in [None if value is None else Decimal(value) for value in fair]
    return (got or None) in fair


def best(draft, wanted):
    return sum(is_good(field, draft, wanted) for field in FIELDS)


@pytest.fixture(scope="module")
def score():
    found = Counter()
    for line in (SET / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        readings = list(read_mail(truth["file"], (SET / truth["file"]).read_bytes(), "eml", ShopWords()))
        drafts = [r for r in readings if isinstance(r, Draft)]
        cases = [d for d in drafts if not d.doubts and d.amount is not None]
        became = "ignore" if not drafts else "case" if len(cases) == len(drafts) else "review"
        found["mails"] += 1
        found["right disposition"] += became in (truth["expect"], *truth.get("accept", []))
        fair = became in truth.get("accept", [])
        found["hits"] += bool(drafts) and truth["is_request"]
        found["false"] += bool(drafts) and not truth["is_request"] and not fair
        found["missed"] += not drafts and truth["is_request"]
        sums = {Decimal(v) for r in truth["requests"] for v in (r["amount"], *r.get("also", {}).get("amount", [])) if v}
        found["wrong amount"] += any(draft.amount not in sums for draft in cases)
        for wanted in truth["requests"]:
            found["requests"] += 1
            draft = max(drafts, key=lambda d, wanted=wanted: best(d, wanted), default=None)
            for field in FIELDS:
                found[field] += draft is not None and is_good(field, draft, wanted)
    return found


def test_requests_are_told_from_other_mails(score):
    assert 2 * score["hits"] / (2 * score["hits"] + score["false"] + score["missed"]) >= 0.95


@pytest.mark.parametrize("field", FIELDS)
def test_what_a_request_says_is_read(score, field):
    assert score[field] / score["requests"] >= 0.94


def test_what_is_doubtful_goes_to_a_person_and_nothing_else_does(score):
    assert score["right disposition"] / score["mails"] >= 0.94


def test_no_wrong_amount_is_taken_for_complete(score):
    assert score["wrong amount"] == 0
