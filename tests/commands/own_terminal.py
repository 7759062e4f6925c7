"""A command on a terminal of its own: what a person types when a question stands there, and what the screen shows."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals")
ROOT = Path(__file__).parents[2]
# The new process takes the terminal as its own, so that a typed Ctrl-C interrupts it, also where who runs the tests
# ignores interrupts (a job in the background).
START = (
    "import fcntl, signal, sys, termios; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " fcntl.ioctl(0, termios.TIOCSCTTY, 0); from refundkit.__main__ import main; sys.exit(main())"
)
PATIENCE = 60
CTRL_C, CTRL_D = "\x03", "\x04"


def talk(folder: Path, arguments: Sequence[object], typed: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Run a command in a folder; `typed`: (what the screen asks, what is typed then). Exit status and the screen."""
    ours, theirs = pty.openpty()
    environment = {
        **os.environ, "REFUNDKIT_KEYS": str(folder / "keys"), "PYTHONPATH": str(ROOT), "TERM": "dumb", "NO_COLOR": "1",
        "COLUMNS": "120", "LINES": "40",
    }  # fmt: skip
    command = [sys.executable, "-c", START, *map(str, arguments)]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment, start_new_session=True
    )
    os.close(theirs)
    try:
        screen, seen = "", 0
        for question, answer in typed:
            while question not in screen[seen:]:
                more = _more(ours)
                assert more, f"'{question}' was never asked:\n{screen}"
                screen += more
            seen = len(screen)
            time.sleep(0.2 if answer in (CTRL_C, CTRL_D) else 0)  # no hand is faster than readline's own set-up
            os.write(ours, answer.encode())
        while more := _more(ours):
            screen += more
        return process.wait(PATIENCE), screen.replace("\r\n", "\n").replace("\r", "")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _more(terminal: int) -> str:
    """What comes next; '' at the end."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 1)
        if ready:
            with contextlib.suppress(OSError):  # Linux says so when the other side is closed
                return os.read(terminal, 65_536).decode(errors="replace")
            return ""
    raise AssertionError("nothing more came")
