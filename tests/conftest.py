"""What holds for every test: no network, no keyring or home of the developer, and golden files."""

from __future__ import annotations

import ipaddress
import os
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the files under tests/golden/ anew")
    parser.addoption("--seed", type=int, help="what random tests draw from; without it another number in every run")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What a random test draws from, printed with its failure."""
    said = request.config.getoption("--seed")
    chosen = random.SystemRandom().randrange(2**32) if said is None else int(said)
    print(f"the same again: pytest --seed {chosen} {request.node.nodeid}")
    return chosen


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys go to a key file of this run. One folder for the whole run: a passphrase is derived once, not per test."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("REFUNDKIT_")]:
            patch.delenv(name)
        patch.setenv("REFUNDKIT_KEYRING_PASSPHRASE", "test")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.setenv("NO_COLOR", "1")
        patch.delenv("FORCE_COLOR", raising=False)
        salt = os.urandom(16)  # one for all key files of a run: scrypt takes its third of a second once
        patch.setattr("refundkit.keys.passphrase.fresh_salt", lambda: salt)
        yield


def _stays_here(family: int, address: Any) -> bool:
    if family == getattr(socket, "AF_UNIX", None):
        return True
    host = str(address[0]) if isinstance(address, tuple) else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that would leave this machine fails the test that opened it."""

    def guarded(real: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if not _stays_here(self.family, address):
                pytest.fail(f"a test tried to reach {address!r}")
            return real(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: text is what the file tests/golden/<name> holds, or becomes it with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        assert path.is_file(), f"tests/golden/{name} is missing; read the output, then write it with --update-golden"
        with path.open(encoding="utf-8", newline="") as stream:
            assert text == stream.read(), f"not what tests/golden/{name} holds; --update-golden writes it anew"

    return compare
