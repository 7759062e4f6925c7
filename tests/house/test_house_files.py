"""The files around the package say what is true: locks, make, the machine that tests every change."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOST_OR_PATH = re.compile(r"://|--(extra-)?index-url|--find-links|\s@\s|^-[ief]|/home/|/tmp/|/root/", re.MULTILINE)


def locked(house, name: str) -> dict[str, str]:
    text = (house.root / name).read_text(encoding="utf-8")
    return {canonicalize_name(n): v for n, v in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)}


def wanted(house, *groups: str) -> list[Requirement]:
    project = tomllib.loads((house.root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    for group in groups:
        lines += [line for line in project["dependency-groups"][group] if isinstance(line, str)]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_a_lock_file_holds_what_pyproject_asks_for_and_is_whole(house, name: str, groups: list[str]) -> None:
    held = locked(house, name)
    missing = [
        str(w) for w in wanted(house, *groups) if not w.specifier.contains(held.get(canonicalize_name(w.name), "0"))
    ]
    assert missing == [], "run make lock"
    text = (house.root / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.partition("==")[2])
    assert all("--hash=sha256:" in entry for entry in entries)
    assert HOST_OR_PATH.findall(text) == [], "a lock file names no machine"


def test_what_people_run_is_what_was_tested(house) -> None:
    shipped, tested = locked(house, "requirements.lock"), locked(house, "requirements-dev.lock")
    assert shipped.items() <= tested.items()


def test_the_machine_runs_what_people_are_told_to_run(house) -> None:
    run = house.root / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert run.read_text(encoding="utf-8").rstrip().endswith("\nmake test")
    assert "set -euo pipefail" in run.read_text(encoding="utf-8")
    told = (house.root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", told, re.MULTILINE):
        dry = subprocess.run(["make", "-n", target], cwd=house.root, capture_output=True, text=True, check=False)
        assert dry.returncode == 0, dry.stderr


def test_every_room_has_its_place_in_the_picture(house) -> None:
    rooms = {p.stem for p in house.package.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    told = (house.root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = re.search(r"```\n(__main__.*?)```", told, re.DOTALL)
    assert picture
    named = {w for line in picture[1].splitlines() for w in re.findall(r"\w+", line[:43])}
    assert rooms - {"__init__"} == named
