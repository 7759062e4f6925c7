"""Signs in a second process while the first goes on: an import of many thousand events has one core to spare.

The helper gets the key through a pipe of ours, answers in order, and ends when the pipe is closed, also when this
process is killed.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import IO, Final

from refundkit.keys.signing import Signer

AT_ONCE: Final = 1_000
"""So many signatures (64 bytes each) fit into a pipe, so neither side ever waits for the other to read."""
_HOME: Final = str(Path(__file__).resolve().parents[2])
_CODE: Final = "import sys; sys.path.insert(0, sys.argv[1]); from refundkit.keys.background import serve; serve()"


class BackgroundSigner:
    """Takes one batch of messages of equal length at a time: `submit`, go on with other work, `collect`."""

    def __init__(self, seed: bytes) -> None:
        self._signer = Signer(seed)
        self._asked: list[bytes] = []
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            # -P: no module of the current folder may get near the key. A session of its own: Ctrl-C is ours to answer.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _CODE, _HOME],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a helper that fails is done without
                start_new_session=True,
            )
            self._send(seed)

    def submit(self, messages: list[bytes]) -> None:
        """Begin to sign at most AT_ONCE messages; the batch before must have been collected."""
        self._asked = messages
        if self._process is not None and messages:
            head = len(messages).to_bytes(4, "big") + len(messages[0]).to_bytes(4, "big")
            with contextlib.suppress(OSError):
                self._send(head + b"".join(messages))

    def collect(self) -> list[bytes]:
        """The signatures of the batch, in order. A helper that has died is done without."""
        asked, self._asked = self._asked, []
        answer = self._receive(64 * len(asked)) if asked else b""
        if len(answer) != 64 * len(asked):
            self.close()
            return [self._signer.sign(message) for message in asked]
        return [answer[i : i + 64] for i in range(0, len(answer), 64)]

    def close(self) -> None:
        """Let the helper end."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()

    def _send(self, data: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def _receive(self, size: int) -> bytes:
        if self._process is None or self._process.stdout is None:
            return b""
        return self._process.stdout.read(size)


def serve() -> None:
    """The helper: reads the seed, then batches (count, length, messages), and writes signatures until the end."""
    asking, answering = sys.stdin.buffer, sys.stdout.buffer
    signer = Signer(asking.read(32))
    while len(head := asking.read(8)) == 8:
        count, length = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
        _answer(signer, asking.read(count * length), length, answering)


def _answer(signer: Signer, messages: bytes, length: int, answering: IO[bytes]) -> None:
    answering.write(b"".join(signer.sign(messages[i : i + length]) for i in range(0, len(messages), length)))
    answering.flush()
