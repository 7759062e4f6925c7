"""A whole made-up shop through the program, held against an independent reckoning of the same rules."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "reckoning"))

from reckon import reckon

MAKE_SHOP = Path(__file__).parents[2] / ".." / "shared" / "tools" / "make_shop.py"
NOW = "2026-11-01T09:00:00Z"
REQUESTS = 2000
SHOWN_DIFFERENCES = 10


@pytest.fixture
def program(tmp_path):
    """Runs refundkit on a store of its own, away from the home folder and its keyring; gives what it printed."""
    home = tmp_path / "home"
    home.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("REFUNDKIT_")}
    environment = inherited | {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home),
        "REFUNDKIT_KEYRING_PASSPHRASE": "test",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    command = [sys.executable, "-m", "refundkit", "--store", str(tmp_path / "shop.refundkit"), "--now", NOW]

    def run(*arguments, allowed=(0,)):
        done = subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, encoding="utf-8", timeout=1200, check=False
        )
        said = f"refundkit {' '.join(arguments)}: exit status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        assert done.returncode in allowed, said
        return done.stdout

    return run


def money(amount, currency):
    """An amount in one form whoever wrote it: exact, with its digits."""
    return None if amount is None else f"{Decimal(amount):f} {currency}"


def by_reckoning(row):
    return {
        "state": row["state"],
        "level": row["level"],
        "payable": money(row["payable"], row["currency"]),
        "eligible": money(row["eligible"], row["currency"]),
        "findings": row["findings"],
    }


def by_program(case):
    def shown(value):
        return None if value is None else money(value["amount"], value["currency"])

    return {
        "state": case["state"],
        "level": case["level"],
        "payable": shown(case["payable"]),
        "eligible": shown(case["eligible"]),
        "findings": sorted(case["findings"]),
    }


def difference(line, request, expected, case, told):
    """A readable account of how one row came out otherwise than reckoned; None when it did not."""
    if case is None:
        return f"line {line}: no case; import said {told.get('disposition')!r}: {told.get('problem')}\n    {request}"
    found = by_program(case)
    if found == expected:
        return None
    wrong = [
        f"    {name}: reckoned {expected[name]}, program says {found[name]}"
        for name in expected
        if expected[name] != found[name]
    ]
    return "\n".join([f"line {line}, case {case['id']}:", f"    {request}", *wrong])


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "base"), [(1, "USD"), (2, "USD"), (3, "USD"), (7, "USD"), (5, "EUR")])
def test_every_request_of_a_made_up_shop_comes_out_as_reckoned(tmp_path, program, seed, base):
    if not MAKE_SHOP.exists():
        pytest.skip("shared/tools/make_shop.py is not here")
    folder = tmp_path / "shop"
    options = ["--requests", str(REQUESTS), "--seed", str(seed), "--base", base]
    subprocess.run([sys.executable, str(MAKE_SHOP), str(folder), *options], check=True, timeout=120)
    requests = folder / "requests.csv"

    program("init", "--company", "Test", "--base", base, "--user", "ada")
    program("records", str(folder))
    imported = program("import", str(requests), "--jsonl", allowed=(0, 1))  # 1: something is left for a person
    listed = json.loads(program("list", "--json"))

    expected = {row["row"]: by_reckoning(row) for row in reckon(folder, datetime(2026, 11, 1, 9, tzinfo=UTC), base)}
    told = {row["index"]: row for row in map(json.loads, imported.splitlines())}
    listed = listed["cases"] if isinstance(listed, dict) else listed
    cases = {case["source"]["index"]: case for case in listed}
    assert len(cases) == len(listed), "two cases name the same row as their source"
    assert not cases.keys() - expected.keys(), "a case names a row that does not exist"

    text = dict(enumerate(requests.read_text(encoding="utf-8").splitlines(), 1))
    every = (difference(line, text[line], row, cases.get(line), told.get(line, {})) for line, row in expected.items())
    differences = [found for found in every if found]
    first = "\n".join(differences[:SHOWN_DIFFERENCES])
    assert not differences, f"{len(differences)} of {len(expected)} rows differ; the first:\n{first}"
