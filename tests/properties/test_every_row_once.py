"""Whatever a list, a mailbox or JSON holds: each row, message or object ends as exactly one reading, the same each time."""

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refundkit.importers.registry import ShopFacts, read_file
from refundkit.importers.tabular.headings import NATIVE
from refundkit.workflow.fingerprints import Fingerprints

FACTS = ShopFacts("USD", ZoneInfo("America/Chicago"), datetime(2026, 9, 1, tzinfo=UTC))
HEADS = {"native": list(NATIVE), "foreign": ["Customer No", "Invoice", "Refund amount", "Date", "Reason", "Notes"]}
CELL = st.sampled_from(
    ["", "C-1001", "INV-20001", "a@b.test", "12.50", "1.234,50", "1,234", "USD", "billing-error", "03/04/2026", '"', "'",
     "a,b", "a;b", "two\nlines", "Total", "=1+1", " ", "2026-08-19T15:12:00Z", "n/a", "ß€"]
) | st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)  # fmt: skip
WORDS = st.text(st.sampled_from("refund me 5$ INV-20001 \n>:From-é"), max_size=80)
SOME = settings(max_examples=80, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def read(tmp_path):
    def reading(data: bytes, name: str = "file"):
        (tmp_path / name).write_bytes(data)
        return list(read_file(tmp_path / name, name, FACTS))

    return reading


def marks(readings, name: str = "file") -> list[str]:
    prints = Fingerprints(name)
    return [prints.of(reading) for reading in readings]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@SOME
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=13), max_size=8))
def test_every_row_of_a_list_is_one_reading(read, head, delimiter, rows):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(HEADS[head])
    writer.writerows(rows)
    found = read(out.getvalue().encode())
    blank = (lambda row: not any(row)) if head == "native" else (lambda row: not any(c.strip() for c in row))
    wanted = [row for row in rows if not blank(row)]
    if not wanted:
        assert [(type(r).__name__, r.index) for r in found] == [("Ignored", None)]
        return
    assert len(found) == len(wanted)
    assert sorted({r.index for r in found}) == [r.index for r in found]
    assert marks(found) == marks(read(out.getvalue().encode()))
    assert len(set(marks(found))) == len(found)


@SOME
@given(bodies=st.lists(WORDS, min_size=1, max_size=6))
def test_every_message_of_a_mailbox_is_told_of(read, bodies):
    box = "".join(
        f"From a@b.test Mon Jan  5 10:00:00 2026\nFrom: a{n}@b.test\nMessage-ID: <{n}@b.test>\nSubject: x\n\n"
        + "".join(f"{'>' * line.startswith('From ')}{line}\n" for line in body.split("\n"))
        for n, body in enumerate(bodies)
    ).encode()
    found = read(box)
    assert sorted({r.index for r in found}) == list(range(1, len(bodies) + 1))
    twin = read(box.replace(b"\n", b"\r\n"), "twin")
    assert marks(found) == marks(read(box))
    assert [r.words for r in found] == [r.words for r in twin]


@SOME
@given(objects=st.lists(st.dictionaries(st.sampled_from(NATIVE) | st.text(max_size=3), CELL | st.none()), max_size=6))
def test_every_object_of_a_json_list_is_one_reading(read, objects):
    found = read(json.dumps(objects).encode())
    if objects:
        assert [r.index for r in found] == list(range(1, len(objects) + 1))
        assert len(set(marks(found))) == len(found)
    else:
        assert [type(r).__name__ for r in found] == ["Ignored"]
