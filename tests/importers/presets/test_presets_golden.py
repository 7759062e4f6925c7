"""Each folder of tests/golden/importers/presets is an export of another system and what becomes of every row of it.

Requests come out as an import reads them, records as rows of the native files, checked by their own rules.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.presets.catalog import builtin, find
from refundkit.importers.presets.records import Known, Passed, Row, read_records
from refundkit.importers.registry import ShopFacts, opened, read_file
from refundkit.importers.tabular.choices import Choices
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.records import RowError, kinds

GOLDEN = Path(__file__).parents[2] / "golden" / "importers" / "presets"
ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
DEFAULTS = {"part": 1, "chases": False, "kind": "none"}
CUSTOMERS = {"marlow dental": "C-1003", "dana@marlow.example": "C-1003"}
ORDER = ["1042", "C-1003", "AC", "Kim", "", "standard", "completed", "", "", "", "", "", "", "", ""]
KNOWN = Known(
    customer=lambda name, email: CUSTOMERS.get(email.casefold()) or CUSTOMERS.get(name.casefold(), ""),
    invoice_of={"pay-old": "INV-OLD"}.get,
    order={"1042": ORDER}.get,
)


def plain(value):
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def requests(path, said):
    choices = Choices(say=said.append, customer=lambda name: CUSTOMERS.get(name.casefold(), ""))
    for reading in read_file(path, path.name, ShopFacts("USD", ZONE, NOW, lists=choices)):
        found = {k: plain(v) for k, v in asdict(reading).items() if v not in ("", None, (), {})}
        found.pop("confidence", None)  # the business of whoever reads the words
        yield {"is": type(reading).__name__, **{k: v for k, v in found.items() if DEFAULTS.get(k, ...) != v}}


def records(path, sheet, met, said):
    known = kinds(ZONE)
    for found in read_records(sheet, met, TableShop("USD", ZONE, NOW, Choices(say=said.append)), KNOWN):
        if isinstance(found, Passed):
            yield {"left out": found.line, "why": found.why}
        elif not isinstance(found, Row):
            yield {"rejected": found.line, "record": found.kind, "column": found.column, "problem": found.problem}
        else:
            kind = known[found.kind]
            try:
                kept = dict(zip(kind.columns, kind.read(found.cells)[0], strict=True))
            except RowError as err:
                yield {"rejected": found.line, "record": found.kind, "column": err.column, "problem": err.problem}
                continue
            yield {"line": found.line, "record": found.kind, **{k: v for k, v in kept.items() if v}}


@pytest.mark.parametrize("folder", sorted(p.name for p in GOLDEN.iterdir()))
def test_every_row_of_an_export_becomes_what_is_written_beside_it(folder, golden):
    path = next((GOLDEN / folder).glob("input.*"))
    sheet = opened(path, path.name, None)[0]
    met, _ = find(sheet.headings, None)
    assert met is not None
    assert folder == met.preset.name or folder.startswith(f"{met.preset.name}--")
    said = []
    lines = list(records(path, sheet, met, said) if met.preset.blocks else requests(path, said))
    lines.insert(0, {"said": [note.removeprefix(f"{path.name}: ") for note in said]})
    golden(
        f"importers/presets/{folder}/expected.jsonl",
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines),
    )


def test_every_preset_has_a_folder():
    assert {p.name for p in builtin()} <= {p.name for p in GOLDEN.iterdir()}
