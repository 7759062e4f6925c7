"""The three programs that judge plain text journals, each in its strictest mode; a test that needs a missing one is skipped."""

import csv
import io
import os
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

FILES = {"hledger": "o.journal", "ledger": "o.ledger", "beancount": "o.beancount"}
WHERE = {
    "hledger": shutil.which("hledger"),
    "ledger": shutil.which("ledger"),
    "beancount": shutil.which(
        "bean-check", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    ),
}
INSTALL = {
    "hledger": "apt-get install hledger",
    "ledger": "apt-get install ledger",
    "beancount": "pip install beancount",
}


def needs(name):
    reason = f"{name} is not installed ({INSTALL[name]})"
    return pytest.mark.skipif(WHERE[name] is None, reason=reason)


EACH = pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in FILES])


def run(name, *words):
    return subprocess.run(
        [WHERE[name], *map(str, words)], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def check(name, folder, files):
    """Write the files of a format and let its program judge them: (status, what it said)."""
    for end, content in files:
        (folder / f"J-{name}-B-0007{end}").write_bytes(content)
    path = folder / f"J-{name}-B-0007{files[-1][0]}"
    words = {
        "hledger": ["-f", path, "check", "-s", "ordereddates", "payees"],
        "ledger": ["--args-only", "--pedantic", "--explicit", "--check-payees", "-f", path, "balance"],
        "beancount": [path],
    }[name]
    done = run(name, *words)
    said = done.stderr if name == "ledger" else done.stdout + done.stderr
    return done.returncode, said, path


def balances(name, path, account, wanted):
    """An account at the end of each day, as the program works it out. Beancount is asked whether `wanted` is true."""
    if name == "hledger":
        rows = csv.DictReader(io.StringIO(run(name, "-f", path, "register", account, "-O", "csv").stdout))
        return {date.fromisoformat(row["date"]): Decimal(row["total"].split()[0]) for row in rows}
    if name == "ledger":
        form = "%(format_date(date, '%Y-%m-%d')) %(quantity(scrub(display_total)))\n"
        said = run(name, "--args-only", "-f", path, "register", f"^{account}$", "--format", form).stdout
        return {date.fromisoformat(line.split()[0]): Decimal(line.split()[1]) for line in said.splitlines()}
    asked = path.with_name("asked.beancount")
    days = list(wanted)
    lines = [f'include "{path.name}"'] + [  # a balance counts from the beginning of its day
        f"{day.fromordinal(day.toordinal() + 1)} balance {account}  {total} ~ 0.0001 USD"
        for day, total in wanted.items()
    ]
    asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run(name, asked)
    return wanted if done.returncode == 0 else dict.fromkeys(days, done.stderr)
