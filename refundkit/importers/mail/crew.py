"""Reads messages of a mailbox in a second process, block by block; what comes out is what this process would read.

The helper opens the mailbox itself and is sent only where the messages lie. It ends when its pipe is closed, also when
this process is killed; one that dies or cannot be started is done without.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, Final

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import mbox
from refundkit.importers.mail.reader import read_piece
from refundkit.model.requests import Reading

_HOME: Final = str(Path(__file__).resolve().parents[3])
_CODE: Final = "import sys; sys.path.insert(0, sys.argv[1]); from refundkit.importers.mail.crew import serve; serve()"
_LENGTH: Final = 8
_MOST: Final = 3
"""More helpers than these would wait for what is stored here."""


def spare_cores() -> int:
    """How many helpers this machine has cores for, beside the one that is used here."""
    usable = getattr(os, "sched_getaffinity", None)
    return min(_MOST, (len(usable(0)) if usable else os.cpu_count() or 1) - 1)


class Helper:
    """Reads blocks of messages in the order they are asked for: `ask`, go on with other work, `take`."""

    def __init__(self, path: Path, name: str, shop: ShopWords, *, escaped: bool) -> None:
        self._answers: SimpleQueue[bytes] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self.asked = 0
        """Blocks asked for and not yet taken."""
        with contextlib.suppress(OSError):
            # -P: no module of the current folder is loaded. A session of its own: Ctrl-C is for this process to answer.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _CODE, _HOME],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
            _send(self._process.stdin, (str(path.absolute()), name, shop, escaped))

    def ask(self, pieces: list[mbox.Piece]) -> None:
        """Have these messages read."""
        self.asked += 1
        if self._process is not None:
            with contextlib.suppress(OSError):
                _send(self._process.stdin, pieces)

    @property
    def alive(self) -> bool:
        """Whether it was begun and has not died, as far as is known."""
        return self._process is not None

    @property
    def ready(self) -> bool:
        """Whether `take` has not to wait."""
        return self._process is None or not self._answers.empty()

    def take(self) -> list[Reading] | None:
        """What the messages asked for first are; None when the helper has died, which then answers nothing more."""
        self.asked -= 1
        frame = self._answers.get() if self._process is not None else b""
        if not frame:
            self.close()
            return None
        found: list[Reading] = pickle.loads(frame)  # noqa: S301 - our own process wrote it
        return found

    def close(self) -> None:
        """End the helper, whatever it is at."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()

    def _listen(self, answering: IO[bytes] | None) -> None:
        """Take in what the helper writes, so that it never waits for this process; nothing at its end."""
        with contextlib.suppress(OSError, ValueError):
            while answering is not None and len(frame := _receive(answering)):
                self._answers.put(frame)
        self._answers.put(b"")
        if answering is not None:
            answering.close()


def _send(pipe: IO[bytes] | None, what: Any) -> None:
    if pipe is not None:
        frame = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        pipe.write(len(frame).to_bytes(_LENGTH, "big") + frame)
        pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """The next frame; b"" at the end, also when it is cut."""
    head = pipe.read(_LENGTH)
    size = int.from_bytes(head, "big") if len(head) == _LENGTH else 0
    frame = pipe.read(size)
    return frame if len(frame) == size else b""


def serve() -> None:
    """The helper: reads which mailbox it is, then lists of its messages, and writes what they are, until the end."""
    asking, answering = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing that a library prints may get among the answers
    path, name, shop, escaped = pickle.loads(_receive(asking))  # noqa: S301 - the process that started this one wrote it
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
        while frame := _receive(asking):
            pieces: list[mbox.Piece] = pickle.loads(frame)  # noqa: S301 - as above
            _send(answering, [r for piece in pieces for r in read_piece(name, buffer, piece, shop, escaped=escaped)])
