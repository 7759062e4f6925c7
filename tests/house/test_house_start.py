"""Starting refundkit is quick and leaves nothing behind."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("weasyprint", "openpyxl", "keyring", "textual", "sqlite_utils", "pypdf", "fontTools", "jinja2", "cryptography")


def test_importing_the_command_line_loads_nothing_heavy(house) -> None:
    code = "import json, sys, refundkit.cli; print(json.dumps(sorted(sys.modules)))"
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=house.root)
    loaded = set(json.loads(got.stdout))
    assert loaded & set(HEAVY) == set()
    # Building the models of these takes longer than showing the help.
    with_models = {
        module.where.removesuffix(".py").replace("/", ".")
        for module in house.modules()
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "pydantic"
    }
    assert with_models, "some module of ours uses pydantic"
    assert loaded & with_models == set()


def test_help_is_shown_and_no_file_is_made(house, tmp_path: Path) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(house.root), "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }  # fmt: skip
    for arguments in (["--help"], ["approve", "--help"], []):
        got = subprocess.run(
            [sys.executable, "-m", "refundkit", *arguments],
            capture_output=True, text=True, check=False, cwd=here, env=environment,
        )  # fmt: skip
        assert got.returncode == 0, got.stderr
        assert "refundkit" in got.stdout
        assert got.stderr == ""
    assert list(tmp_path.rglob("*")) in ([home, here], [here, home])
