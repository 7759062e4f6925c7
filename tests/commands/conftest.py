"""The command line as a person meets it: run in this process, in a folder of the test's own, with a clock that stands still."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from refundkit import cli as command_line

sys.path.insert(0, str(Path(__file__).parent))  # own_terminal

NOW = "2026-11-01T09:00:00Z"
PEOPLE = (
    ("lena", "lead", "Lena Ortiz", ""), ("leo", "lead", "Leo Brandt", ""), ("max", "manager", "Max Feld", ""),
    ("mona", "manager", "Mona Reyes", ""), ("carl", "accountant", "Carl Nwosu", ""),
    ("okello", "technician", "D. Okello", "T-03 Okello"), ("ann", "auditor", "Ann Pell", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a command left behind: its exit status, stdout and stderr."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def jsonl(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Cli:
    """Runs command lines in `folder` on its shop.db; `user` acts unless a call says otherwise."""

    folder: Path
    user: str = "ada"
    now: str = NOW
    _places: dict[str, str] = field(default_factory=dict)
    _edited: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def __call__(self, *arguments: object, user: str | None = None, now: str | None = None) -> Said:
        front = ["--store", "shop.db"]
        who, when = (self.user if user is None else user), (self.now if now is None else now)
        front += ["--as", who] if who else []
        front += ["--now", when] if when else []
        return self.bare(*front, *arguments)

    def bare(self, *arguments: object) -> Said:
        """Exactly these arguments."""
        out, err = io.StringIO(), io.StringIO()
        with _in(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = command_line.run([str(a) for a in arguments])
        return Said(status, out.getvalue(), err.getvalue())

    def done(self, *arguments: object, user: str | None = None, now: str | None = None) -> Said:
        """Run what must succeed."""
        said = self(*arguments, user=user, now=now)
        assert said.status == 0, said
        return said

    def write(self, name: str, text: str | bytes) -> Path:
        """A file in the folder; its relative path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Path(name)

    @property
    def store(self) -> Path:
        return self.folder / "shop.db"

    def events(self) -> int:
        """How many events the ledger holds."""
        return int(self.done("doctor", "--json").json["events"])

    def cases(self) -> dict[str, dict[str, Any]]:
        """Every case, named by its place: requests.csv:2."""
        rows = self.done("list", "--json").json
        return {f"{Path(r['source']['file']).name}:{r['source']['index']}": r for r in rows}

    def id(self, place: str) -> str:
        """The id of the case that came from this place."""
        if place not in self._places:
            self._places = {name: row["id"] for name, row in self.cases().items()}
        return self._places[place]

    def state(self, case: str) -> str:
        return str(self.done("show", case, "--json").json["state"])

    def tear(self, case: str, **edits: dict[str, str]) -> None:
        """Amend a case apart: each person's edit as a machine that has not met the other would write it."""
        from refundkit.model.case import AMENDED
        from refundkit.workflow.shop import Settings, open_shop

        with _in(self.folder):
            for user, changes in edits.items():
                shop = open_shop(Settings(self.store, user, datetime.fromisoformat(self.now)))
                with shop.write() as pen:
                    view = shop.find(case)
                    first = self._edited.setdefault(case, (view.rev, view.request))
                    request = {**first[1], **changes}
                    data = {"bases": [first[0]], "request": request, "why": "", "assessment": None}
                    pen.append(AMENDED, data, case=view.key, deps=[first[0]])
                    pen.project(shop.store, view.key, shop.org)
                shop.close()

    def plain(self, text: str) -> str:
        """The text without what differs from run to run: ids of cases and events, hashes, keys, this folder."""
        if self.store.is_file() and self("list", "--json").status == 0:
            for place, row in self.cases().items():
                text = text.replace(row["id"], f"<{place}>").replace(f"CM-{row['id'][3:]}", f"CM-<{place}>")
        text = text.replace(str(self.folder), "<folder>")
        text = re.sub(r"\bRF-\w{4}-\w{4}-\w{4}\b", "<case>", text)
        text = re.sub(r"(?<![\w-])[\w-]{43}(?![\w-])", "<event>", text)
        return re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text)


@contextlib.contextmanager
def _in(folder: Path) -> Iterator[None]:
    """Inside, commands run in this folder and use the keys that lie in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        if "REFUNDKIT_KEYS" not in os.environ:
            patch.setenv("REFUNDKIT_KEYS", str(folder / "keys"))
        yield


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An empty machine."""
    folder = tmp_path / "machine"
    folder.mkdir()
    return Cli(folder)


@pytest.fixture(scope="session")
def _begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with people and the sample shop's records, and no request; copied, never written to."""
    cli = Cli(tmp_path_factory.mktemp("begun"))
    with as_file(files("refundkit.data") / "sample_shop") as sample:
        for path in sample.glob("*.*"):
            if path.suffix in (".csv", ".mbox"):
                room = "requests" if path.stem == "requests" else "records"
                cli.write(f"{room}/{path.name}", path.read_bytes())
    cli.done(
        "init", "--company", "Brightwater Field IT", "--base", "USD", "--user", "ada", "--name", "Ada Marsh", user=""
    )
    for user, role, name, technician in PEOPLE:
        extra = ("--technician", technician) if technician else ()
        cli.done("user", "add", user, "--role", role, "--name", name, *extra)
    cli.done("records", "records")
    return cli.folder


@pytest.fixture(scope="session")
def _filled(_begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the sample shop's requests imported by carl."""
    folder = tmp_path_factory.mktemp("filled") / "shop"
    shutil.copytree(_begun, folder)
    said = Cli(folder)("import", "requests/requests.csv", "requests/requests.mbox", user="carl")
    assert said.status in (0, 1), said
    return folder


@pytest.fixture
def shop(_begun: Path, tmp_path: Path) -> Cli:
    """A shop with people and records and no request."""
    return Cli(Path(shutil.copytree(_begun, tmp_path / "shop")))


@pytest.fixture
def sample(_filled: Path, tmp_path: Path) -> Cli:
    """The sample shop with all of its requests."""
    return Cli(Path(shutil.copytree(_filled, tmp_path / "sample")))


@pytest.fixture
def told(golden: Callable[[str, str], None]) -> Callable[[str, Cli, Said], None]:
    """`told(name, cli, said)`: status, stdout and stderr are what tests/golden/<name> holds."""

    def compare(name: str, cli: Cli, said: Said) -> None:
        text = f"exit status {said.status}\n"
        for title, part in (("stdout", said.out), ("stderr", said.err)):
            if part:
                text += f"---- {title}\n{part}"
        golden(name, cli.plain(text))

    return compare
