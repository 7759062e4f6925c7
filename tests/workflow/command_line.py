"""Runs the command line of a small shop: in this process, or as a program of its own."""

from __future__ import annotations

import contextlib
import io
import signal
import subprocess
import sys
from dataclasses import dataclass

import small_shop


@dataclass
class Ended:
    """How a command line ended."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def arguments(shop: small_shop.SmallShop, *words: object, by: str = "ada") -> list[str]:
    looks_only = words[:1] in {("audit",), ("doctor",)}  # takes the real clock: a damaged store may not allow another
    clock = [] if looks_only else ["--now", shop.now.isoformat()]
    return ["--store", str(shop.store), "--as", by, *clock, *map(str, words)]


def inside(shop: small_shop.SmallShop, *words: object, by: str = "ada") -> Ended:
    """Run in this process, as `refundkit` would."""
    from refundkit.cli import run

    out, err = io.StringIO(), io.StringIO()
    with shop.keys(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(arguments(shop, *words, by=by))
    return Ended(status, out.getvalue(), err.getvalue())


def _hears_ctrl_c() -> None:
    """A shell that runs the tests in the background has them, and all they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(shop: small_shop.SmallShop, *words: object, by: str = "ada", **options) -> subprocess.Popen[str]:
    """Start `python -m refundkit` and do not wait for it."""
    command = [sys.executable, "-P", "-m", "refundkit", *arguments(shop, *words, by=by)]
    options.setdefault("preexec_fn", _hears_ctrl_c)
    return subprocess.Popen(
        command, env=shop.environment() | options.pop("env", {}), cwd=shop.folder, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def program(shop: small_shop.SmallShop, *words: object, by: str = "ada", **options) -> Ended:
    """Run `python -m refundkit` to its end."""
    process = start(shop, *words, by=by, **options)
    out, err = process.communicate(timeout=120)
    return Ended(process.returncode, out, err)
