"""How tests read a statement and write down what it said."""

import json

import pytest

from refundkit.importers.statements.contract import FileFacts
from refundkit.importers.statements.registry import read_statement
from refundkit.model.statements import UnreadLine


def shown(line) -> dict[str, object]:
    """A line as the golden files have it: what is not said is left out."""
    if isinstance(line, UnreadLine):
        return {"index": line.index, "problem": line.problem, "text": line.text}
    said = {"index": line.index, "on": line.on.isoformat(), "amount": line.amount, "currency": line.currency}
    said |= {"said": line.said.value, "references": list(line.references)}
    more = {
        name: getattr(line, name)
        for name in ("text", "name", "code", "identity", "account", "charges", "cheque", "corrected")
    }
    if line.ordered:
        more["ordered"] = list(line.ordered)
    return said | {name: value for name, value in more.items() if value}


@pytest.fixture
def as_json():
    return lambda lines: "".join(json.dumps(shown(line), ensure_ascii=False) + "\n" for line in lines)


@pytest.fixture
def read(tmp_path):
    """`read(bytes, currency=, order=, own=)`: the lines of a file that holds these bytes; what was assumed is in `.notes`."""

    def reading(data: bytes, **facts):
        path = tmp_path / "statement"
        path.write_bytes(data)
        reading.notes = []
        return list(read_statement(path, FileFacts("statement", say=reading.notes.append, **facts)))

    return reading
