"""The pages under docs/ are what the program does: generated ones are current, every command in them runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from refundkit import errors
from refundkit.model.records import kinds

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
SHIM = """#!/usr/bin/env bash
# Runs the program of this checkout and keeps the id of the first case of the last list, for CASE.
{python} -m refundkit "$@"
status=$?
if [[ $1 == list ]]; then {python} -m refundkit "$@" 2>/dev/null | awk 'NR == 2 {{print $1}}' > "$CASE_FILE"; fi
exit $status
"""


def script(page: Path) -> str:
    """All shell blocks of a page, in order, those of a numbered step too; CASE becomes the case kept by the shim."""
    text = page.read_text(encoding="utf-8")
    blocks = [textwrap.dedent(b) for b in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)]
    assert blocks, f"{page.name} has no commands"
    return re.sub(r"\bCASE\b(?!_)", '"$(cat "$CASE_FILE")"', "".join(blocks))


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    shim = folder / "bin" / "refundkit"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(SHIM.format(python=sys.executable), encoding="utf-8")
    shim.chmod(0o755)
    passphrase = 'export REFUNDKIT_KEYRING_PASSPHRASE="${REFUNDKIT_KEYRING_PASSPHRASE:-test}"\n'
    text = re.sub(r"(^unset .*\n)", rf"\1{passphrase}", text, flags=re.MULTILINE)
    environment = os.environ | {
        "PATH": f"{shim.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "CASE_FILE": str(folder / "case"),
        "XDG_DATA_HOME": str(folder / "data"), "HOME": str(folder),
    }  # fmt: skip
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", text],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def needs_pdf() -> None:
    try:
        import weasyprint  # noqa: F401
    except OSError as err:  # pragma: no cover - depends on the machine
        pytest.skip(f"audit documents need Pango: {err}")


@pytest.mark.slow
def test_every_command_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    needs_pdf()
    got = run(script(DOCS / "tutorial.md"), tmp_path)
    assert got.returncode == 0, got.stderr
    assert "approved 666.82 USD" in got.stdout
    assert "batch 1-0001: 1 case booked" in got.stdout
    assert got.stdout.count("intact") == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "import-a-list",
        "log-a-request",
        "decide-cases",
        "remind",
        "close-a-week",
        "pay",
        "give-an-auditor-a-case",
        "change-the-policy",
        "look-after-people",
    ],
)
def test_every_command_of_a_how_to_runs_on_the_demo(tmp_path: Path, name: str) -> None:
    needs_pdf()
    made = run("refundkit demo shop", tmp_path)
    assert made.returncode == 0, made.stderr
    got = run(f". shop/shop.env\n{script(DOCS / 'how-to' / f'{name}.md')}", tmp_path)
    assert got.returncode == 0, got.stderr


def test_a_signature_can_be_verified_by_hand(cli) -> None:
    for tool in ("sqlite3", "openssl"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    cli.done("init", "--company", "X", "--base", "USD", "--user", "ada", user="")
    got = run(script(DOCS / "reference" / "files.md"), cli.folder)
    assert "Verified Successfully" in got.stdout, got.stderr


def test_the_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write-reference", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_link_between_pages_leads_somewhere() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_page_of_files_names_every_native_file_with_its_columns() -> None:
    from zoneinfo import ZoneInfo

    text = (DOCS / "reference" / "files.md").read_text(encoding="utf-8").replace("**", "")
    for kind in kinds(ZoneInfo("UTC")).values():
        assert f"| `{kind.file}` | {', '.join(kind.columns)} |" in text


def test_the_page_of_statuses_names_every_code_with_its_status() -> None:
    text = (DOCS / "reference" / "exit-status.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \| (\d) \|", text, re.MULTILINE))
    told = {code: int(status) for codes, status in rows.items() for code in re.findall(r"`([\w-]+)`", codes)}
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.RefundkitError)]
    assert told == {c.code: c.exit_status for c in classes if c is not errors.RefundkitError}
