"""What is held against what: each contest's contestants, made ready anew for every run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import PROJECT, Command, Contestant

HERE = Path(__file__).resolve().parent
MAKE_SHOP = PROJECT.parent / "shared" / "tools" / "make_shop.py"
NOW = "2026-11-01T09:00:00Z"
RECORDS = ("customers", "service_orders", "sla_terms", "invoices", "payments", "refunds", "parts", "rates")


@dataclass(frozen=True)
class Ground:
    """A folder to work in, and one made-up shop in it."""

    work: Path
    requests: int

    @property
    def shop(self) -> Path:
        """The folder of the shop's CSV files; made once and kept."""
        return self.work / f"shop-{self.requests}"

    @property
    def records(self) -> list[Path]:
        """The record files, in the order in which they are loaded."""
        return [self.shop / f"{name}.csv" for name in RECORDS]

    @property
    def asked(self) -> Path:
        """The file of requests."""
        return self.shop / "requests.csv"

    def make(self) -> None:
        """Make the shop unless it is there."""
        done = self.shop / "made"
        if done.exists():
            return
        subprocess.run([sys.executable, str(MAKE_SHOP), str(self.shop), "--requests", str(self.requests)], check=True)
        done.touch()

    def rows(self, files: Sequence[Path]) -> int:
        """Rows of files below their headings. No cell of a made-up shop spans lines."""
        return sum(file.read_bytes().count(b"\n") - 1 for file in files)


class Program:
    """refundkit on a store of its own. Before each run the store and the keys are as some earlier step left them."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.live = ground.work / "live"
        self.environment = {"REFUNDKIT_KEYRING_PASSPHRASE": "benchmark", "REFUNDKIT_KEYS": str(self.live / "keys")}

    def command(self, *arguments: str) -> Command:
        """A command line of refundkit on the live store."""
        root = [sys.executable, "-m", "refundkit", "--store", str(self.live / "shop.db"), "--now", NOW]
        return [*root, *arguments]

    def begin(self) -> None:
        """An empty store."""
        shutil.rmtree(self.live, ignore_errors=True)
        self.live.mkdir(parents=True)
        self._run("init", "--company", "Benchmark", "--base", "USD", "--user", "ada")
        self.keep("begun")

    def keep(self, name: str) -> None:
        """Remember the store and the keys as they are now."""
        kept = self.ground.work / name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.live, kept)

    def back_to(self, name: str) -> None:
        """Put the store and the keys back as they were."""
        shutil.rmtree(self.live, ignore_errors=True)
        shutil.copytree(self.ground.work / name, self.live)

    def _run(self, *arguments: str) -> None:
        environment = {**os.environ, **self.environment}
        subprocess.run(self.command(*arguments), env=environment, cwd=PROJECT, check=True, capture_output=True)

    def after(self, name: str, *arguments: str) -> Contestant:
        """A command of refundkit, run on the store as it was kept under a name."""

        def prepare() -> list[Command]:
            self.back_to(name)
            return [self.command(*arguments)]

        return Contestant(f"refundkit {arguments[0]}", prepare, self.environment)

    def here(self, *arguments: str) -> Contestant:
        """A command of refundkit that changes nothing, on the live store."""
        return Contestant(f"refundkit {arguments[0]}", lambda: [self.command(*arguments)], self.environment)


def sqlite_utils(ground: Ground, files: Sequence[Path]) -> Contestant:
    """`sqlite-utils insert` with its own defaults: one process a file, all into one new database."""
    database = ground.work / "sqlite-utils.db"

    def prepare() -> list[Command]:
        _forget(database)
        start = [sys.executable, "-m", "sqlite_utils", "insert", str(database)]
        return [[*start, file.stem, str(file), "--csv"] for file in files]

    return Contestant("sqlite-utils insert", prepare)


def bare_loop(ground: Ground, files: Sequence[Path]) -> Contestant:
    """csv and executemany, nothing checked."""
    database = ground.work / "bare.db"

    def prepare() -> list[Command]:
        _forget(database)
        return [[sys.executable, str(HERE / "bare_loop.py"), str(database), *map(str, files)]]

    return Contestant("bare csv + executemany", prepare)


def plain(name: str, *arguments: str) -> Contestant:
    """A command of this Python that needs nothing made ready."""
    return Contestant(name, lambda: [[sys.executable, *arguments]])


def _forget(database: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + end).unlink(missing_ok=True)
