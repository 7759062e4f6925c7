"""The system's keyring: only real backends, names found again, and a daemon that hangs stops nobody for long."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from refundkit.errors import IntegrityError, OutsideError
from refundkit.keys.choose import open_vault
from refundkit.keys.file import FileVault
from refundkit.keys.system import SystemVault, _real

LEDGER = "0f" * 16
KEY, MARK = f"key/{LEDGER}/ada/{'a1' * 16}", f"mark/{LEDGER}/{'a1' * 16}"
SEED = bytes(range(224, 256))


class Memory(KeyringBackend):
    """A keyring that remembers, and notes the longest text it was given."""

    priority = 1

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class Hanging(Memory):
    """A locked daemon with nobody to unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(30)
        return None


class Broken(Memory):
    """A keyring whose person closed the window that asked for the password."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("the prompt was dismissed")


def named(module: str, **members: object) -> KeyringBackend:
    return type("Keyring", (Memory,), {"__module__": module, **members})()


def test_every_secret_is_one_item_of_the_service_and_is_listed(tmp_path: Path) -> None:
    memory = Memory()
    vault = SystemVault(memory, tmp_path)
    vault.put(KEY, SEED)
    vault.put(MARK, b"3 x")
    assert vault.get(KEY) == SEED
    assert vault.entries("") == [KEY, MARK]
    assert {service for service, _ in memory.held} == {"refundkit"}
    vault.delete(KEY)
    vault.delete(KEY)
    assert vault.get(KEY) is None
    assert vault.entries("") == [MARK]


def test_the_list_never_outgrows_what_windows_keeps_in_one_item(tmp_path: Path) -> None:
    memory = Memory()
    vault = SystemVault(memory, tmp_path)
    names = [f"key/{LEDGER}/{'ü' * 40}{n:02}/{n:032x}" for n in range(30)]
    for name in names:
        vault.put(name, SEED)
    vault.delete(names[3])
    vault.put(MARK, b"1 x")
    assert vault.entries("") == sorted({*names, MARK} - {names[3]})
    assert max(len(text) for text in memory.held.values()) <= 2560 // 2


def test_a_mark_never_goes_down(tmp_path: Path) -> None:
    vault = SystemVault(Memory(), tmp_path)
    for written, kept in ((b"9 nine", b"9 nine"), (b"10 ten", b"10 ten"), (b"9 nine", b"10 ten")):
        vault.put(MARK, written)
        assert vault.get(MARK) == kept


def test_a_daemon_that_hangs_is_given_up_and_the_way_out_is_said(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(OutsideError) as told:
        SystemVault(Hanging(), tmp_path, seconds=1).get(KEY)
    assert time.monotonic() - begun < 5
    assert "did not answer within 1 seconds" in told.value.message
    assert "unlock it" in told.value.hint
    assert "PYTHON_KEYRING_BACKEND" in told.value.hint


def test_what_a_backend_raises_is_told_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="the prompt was dismissed"):
        SystemVault(Broken(), tmp_path).get(KEY)


@pytest.mark.parametrize("text", ["{", "[1]", "[" * 100_000])
def test_a_list_that_somebody_changed_is_said(tmp_path: Path, text: str) -> None:
    memory = Memory()
    memory.set_password("refundkit", "index/0", text)
    with pytest.raises(IntegrityError, match="index/0"):
        SystemVault(memory, tmp_path).entries("")


@pytest.mark.parametrize(
    "module",
    ["keyring.backends.fail", "keyring.backends.null", "keyrings.alt.file", "keyrings.cryptfile.cryptfile", "my.own"],
)
def test_a_backend_that_is_not_the_systems_own_is_refused(module: str) -> None:
    assert _real(named(module)) is None


def test_a_chain_is_opened_and_its_plaintext_links_are_passed_over() -> None:
    system, plain = named("keyring.backends.SecretService"), named("keyrings.alt.file")
    assert _real(named("keyring.backends.chainer", backends=[plain, system])) is system
    assert _real(named("keyring.backends.chainer", backends=[plain])) is None
    assert _real(system) is system


def test_a_machine_that_began_with_the_key_file_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    monkeypatch.setattr("refundkit.keys.choose.data_folder", lambda: tmp_path)
    monkeypatch.setattr("refundkit.keys.choose.real_backend", lambda: memory)
    assert isinstance(open_vault(interactive=False), SystemVault)
    (tmp_path / "keys").write_bytes(b"")
    assert isinstance(open_vault(interactive=False), FileVault)
    SystemVault(memory, tmp_path).put(KEY, SEED)
    assert isinstance(open_vault(interactive=False), SystemVault)


BUS = """<busconfig><type>session</type><listen>unix:path={folder}/bus</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


class Desktop:
    """A session bus of our own; keyring daemons are started on it and ended with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        (folder / "bus.conf").write_text(BUS.format(folder=folder))
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in ("PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY")},
            "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
        }  # fmt: skip
        self._start(["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork"], None)
        self._wait((folder / "bus").exists)

    def keyring(self, password: bytes | None) -> None:
        """Start the daemon, unlocked with a password, or locked."""
        unlock = ["--unlock"] if password else []
        self._start(["gnome-keyring-daemon", "--foreground", "--components=secrets", *unlock], password)
        self._wait(
            lambda: self.run("import keyring; print(keyring.get_keyring())").stdout.startswith("keyring.backend")
        )

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run Python in this session."""
        return subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def stop(self) -> None:
        """End what was started, the daemon before the bus."""
        while self.running:
            self.stop_keyring()

    def stop_keyring(self) -> None:
        """End what was started last."""
        process = self.running.pop()
        process.terminate()
        process.wait(timeout=10)

    def _start(self, command: list[str], given: bytes | None) -> None:
        process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.running.append(process)
        assert process.stdin
        process.stdin.write(given or b"")
        process.stdin.close()

    def _wait(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + 15
        while not ready():
            assert time.monotonic() < end, "the session did not come up"
            time.sleep(1 / 20)


@pytest.fixture
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    missing = [p for p in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(p) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} (packages dbus-daemon, gnome-keyring)")
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/rkbus.XXXXXX"], text=True).strip())  # short: a socket
    session = Desktop(folder)
    try:
        yield session
    finally:
        session.stop()
        shutil.rmtree(folder)


OPEN = """
from refundkit.keys.choose import open_vault
vault = open_vault(interactive=False)
"""


@pytest.mark.slow
def test_a_real_secret_service_keeps_keys_across_processes_and_restarts(desktop: Desktop) -> None:
    desktop.keyring(b"pw")
    put = desktop.run(OPEN + f"vault.put({KEY!r}, {SEED!r}); vault.put({MARK!r}, b'7 x'); vault.put({MARK!r}, b'6 x')")
    assert put.returncode == 0, put.stderr
    desktop.stop_keyring()
    desktop.keyring(b"pw")
    shown = f"import json; print(json.dumps([vault.name, vault.get({KEY!r}).hex(), vault.get({MARK!r}).decode(), vault.entries('')]))"
    got = desktop.run(OPEN + shown)
    assert got.returncode == 0, got.stderr
    assert json.loads(got.stdout) == ["the keyring of this system (SecretService)", SEED.hex(), "7 x", [KEY, MARK]]
    assert not (desktop.folder / "data" / "refundkit" / "keys").exists(), "no key file beside a real keyring"


@pytest.mark.slow
def test_a_real_daemon_that_is_locked_stops_nobody_for_longer_than_the_limit(desktop: Desktop) -> None:
    desktop.keyring(b"pw")
    assert desktop.run(OPEN + f"vault.put({KEY!r}, {SEED!r})").returncode == 0
    desktop.stop_keyring()
    desktop.keyring(None)
    begun = time.monotonic()
    got = desktop.run(OPEN + f"vault.get({KEY!r})")
    assert time.monotonic() - begun < 20
    assert got.returncode == 1
    assert "refundkit.errors.OutsideError" in got.stderr
    assert "unlock it" in got.stderr
