"""A folder under tests/golden/importers/statements is a test: a file as a bank gives it, and every line read from it."""

from pathlib import Path

import pytest

from refundkit.importers.statements.contract import FileFacts
from refundkit.importers.statements.preset import builtin
from refundkit.importers.statements.registry import reader_of, readers

GOLDEN = Path(__file__).parents[2] / "golden" / "importers" / "statements"
INPUTS = sorted(GOLDEN.glob("*/input.*"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.parent.name)
def test_every_line_of_a_file_is_read_as_the_folder_says(path, golden, as_json):
    facts = FileFacts(path.name, currency="USD")
    golden(f"importers/statements/{path.parent.name}/expected.jsonl", as_json(reader_of(path, facts).read(path, facts)))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.parent.name)
def test_a_file_is_of_exactly_one_format_under_any_name(path, tmp_path):
    facts = FileFacts("statement.pdf")
    head = path.read_bytes()[: 64 * 1024]
    assert len([reader.name for reader in readers() if reader.identify(head, facts)]) == 1


def test_every_preset_has_its_folder():
    assert {preset.name for preset in builtin()} <= {path.parent.name for path in INPUTS}


def test_no_account_of_a_payee_comes_through(as_json):
    for path in INPUTS:
        facts = FileFacts(path.name, currency="USD")
        lines = [line for line in reader_of(path, facts).read(path, facts) if not getattr(line, "corrected", "")]
        text = as_json(lines).replace(" ", "")
        for secret in ("DE89370400440532013000", "NL91ABNA0417164300", "1710010002002", "7555000111", "999999999"):
            assert secret not in text, path.parent.name


def test_the_page_on_statements_names_every_preset():
    page = (Path(__file__).parents[3] / "docs" / "reference" / "statements.md").read_text(encoding="utf-8")
    for preset in builtin():
        assert f"| {preset.system} | {preset.export} | `{preset.name}` |" in page
