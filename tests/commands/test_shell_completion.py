"""What the shell offers after a Tab: customers, visits and invoices by any part of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def offered(folder: Path, line: str, shell: str = "bash") -> list[str]:
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "REFUNDKIT_STORE": str(folder / "shop.db"), "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1), "_REFUNDKIT_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-m", "refundkit"], env=environment, capture_output=True, text=True, check=False, cwd=folder
    )
    assert ended.stderr == ""
    return ended.stdout.split("\n")[: -1 if ended.stdout.endswith("\n") else None]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("refundkit log --customer tide", ["C-1003"]),
        ("refundkit log --customer C-100", [f"C-100{n}" for n in range(1, 10)]),
        ("refundkit log --order 0702", ["SO-2026-00702"]),
        ("refundkit log --invoice 2410", [f"INV-2410{n}" for n in range(1, 10)]),
        ("refundkit log --for du", ["duplicate-payment"]),
        ("refundkit log --channel te", ["technician"]),
        ("refundkit log --customer nobody", []),
        ("refundkit lo", ["log"]),
        ("refundkit policy sh", ["show"]),
        ("refundkit policy show --at 1", ["1"]),
        ("refundkit policy show --at zz", []),
        ("refundkit user show le", ["lena", "leo"]),
        ("refundkit user role lena --give ma", ["manager"]),
        ("refundkit approve X --for ma", ["max"]),
    ],
)
def test_any_part_is_enough(shop, line, words) -> None:
    assert sorted(w for w in offered(shop.folder, line) if w) == words


def test_shells_that_show_more_get_the_name(shop) -> None:
    assert "Tidewater Title" in "\n".join(offered(shop.folder, "refundkit log --customer tide", "fish"))


def test_without_a_store_nothing_is_offered_and_nothing_is_said(cli) -> None:
    assert [w for w in offered(cli.folder, "refundkit log --customer tide") if w] == []
