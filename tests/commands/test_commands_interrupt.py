"""Ctrl-C leaves with 130 wherever it lands, also while a module with dataclasses is being loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LANDS_IN_EXEC = """
import refundkit.cli

def run(arguments):
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        return 130

refundkit.cli.run = run
"""


def test_an_interrupt_inside_exec_leaves_with_130_and_not_by_the_signal(tmp_path) -> None:
    (tmp_path / "sitecustomize.py").write_text(LANDS_IN_EXEC, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    ended = subprocess.run([sys.executable, "-m", "refundkit"], env=environment, cwd=tmp_path, check=False)
    assert ended.returncode == 130
