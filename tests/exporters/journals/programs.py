"""The three programs that judge plain text journals, each in its strictest mode; a test that needs a missing one is skipped."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

ENDS = {"hledger": ".journal", "ledger": ".ledger", "beancount": ".beancount"}
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


EACH = pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in ENDS])


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
    return *judged(name, path), path


def judged(name, path):
    """What a program says of its file in its strictest mode: (status, what it said)."""
    words = {
        "hledger": ["-f", path, "check", "-s", "ordereddates", "payees"],
        "ledger": ["--args-only", "--pedantic", "--explicit", "--check-payees", "-f", path, "balance"],
        "beancount": [path],
    }[name]
    done = run(name, *words)
    return done.returncode, done.stderr if name == "ledger" else done.stdout + done.stderr


def books(name, folder, files):
    """Put the files of all batches, (name, content), into books of a main file, as their READ-ME-FIRST tells it."""
    lines, opened = [], set()
    if name == "beancount":
        lines = ['option "operating_currency" "USD"', 'plugin "beancount.plugins.noduplicates"']
    for file, content in files:
        (folder / file).write_bytes(content)
        if not file.endswith("-alone.beancount"):
            lines.append(f'include "{file}"' if name == "beancount" else f"include {file}")
            continue
        for line in content.decode().splitlines():
            if (found := re.match(r"\S+ open (\S+)", line)) and found[1] not in opened:
                opened.add(found[1])
                lines.append(line)
    path = folder / f"main.{name}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def amounts_in(content):
    """Where a journal in dollars has amounts."""
    return list(re.finditer(rb"  (-?\d+\.\d\d) USD(?=\n|  ;)", content))


def one_cent_more(content, place):
    """The same journal with one cent more in a place."""
    cent = format(Decimal(place[1].decode()) + Decimal("0.01"), "f").encode()
    return content[: place.start(1)] + cent + content[place.end(1) :]


def balances(name, path, account, wanted):
    """An account at the end of each day of `wanted`, as the program works it out.

    Beancount is asked whether `wanted` is true.
    """
    if name == "beancount":
        return _asserted(path, account, wanted)
    if name == "hledger":
        said = run(name, "-f", path, "register", f"acct:^{account}$", "-O", "csv").stdout
        rows = [(row["date"], row["total"].split()[0]) for row in csv.DictReader(io.StringIO(said))]
    else:
        form = "%(format_date(date, '%Y-%m-%d')) %(quantity(scrub(display_total)))\n"
        said = run(
            name, "--args-only", "-f", path, "register", f"^{account}$", "--sort", "date", "--format", form
        ).stdout
        rows = [line.split() for line in said.splitlines()]
    totals = {date.fromisoformat(day): Decimal(total) for day, total in rows}
    return {day: next((total for on, total in reversed(totals.items()) if on <= day), Decimal(0)) for day in wanted}


def _asserted(path, account, wanted):
    asked = path.with_name("asked.beancount")
    lines = [f'include "{path.name}"'] + [  # a balance counts from the beginning of its day
        f"{day.fromordinal(day.toordinal() + 1)} balance {account}  {total} ~ 0.0001 USD"
        for day, total in wanted.items()
    ]
    asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run("beancount", asked)
    return wanted if done.returncode == 0 else dict.fromkeys(wanted, done.stderr)
