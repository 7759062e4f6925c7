"""The guards of tests/conftest.py hold."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("example.org", 80)])
def test_a_test_cannot_leave_the_machine(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as way_out:
        for connect in (way_out.connect, way_out.connect_ex):
            with pytest.raises(pytest.fail.Exception, match="tried to reach"):
                connect(address)


def test_a_test_may_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_keys_go_to_a_key_file_of_this_run() -> None:
    from refundkit.keys.choose import open_vault

    assert Path(os.environ["XDG_DATA_HOME"]) != Path.home() / ".local" / "share"
    assert "key file" in open_vault(interactive=False).name


def test_golden_tells_a_difference_and_a_missing_file(golden, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        pytest.skip("golden files are being written")
    with pytest.raises(AssertionError, match="is missing"):
        golden("house/never-written.txt", "x")
    name = next(p for p in (Path(__file__).parents[1] / "golden").rglob("*.csv"))
    relative = name.relative_to(Path(__file__).parents[1] / "golden").as_posix()
    golden(relative, name.read_bytes().decode())
    with pytest.raises(AssertionError, match="not what"):
        golden(relative, "x")
