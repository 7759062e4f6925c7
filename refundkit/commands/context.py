"""What every command begins with: which store, who acts, when; and the shop opened from it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from refundkit.errors import UsageError

if TYPE_CHECKING:
    from refundkit.workflow.shop import Settings, Shop


@dataclass(frozen=True)
class Call:
    """The root options as they were given; '' where they were not."""

    store: str
    user: str
    now: str

    @property
    def path(self) -> Path:
        """The store's path: the one named, a folder's refundkit.db, or the platform's place for applications."""
        if not self.store:
            from platformdirs import user_data_path

            return user_data_path("refundkit", appauthor=False) / "refundkit.db"
        path = Path(self.store)
        return path / "refundkit.db" if path.is_dir() else path

    def settings(self) -> Settings:
        """What the use cases need to know of this call."""
        from refundkit.workflow.shop import Settings

        return Settings(self.path, self.user, self._now(), sys.stdin.isatty(), waiting, warn)

    def _now(self) -> datetime | None:
        if not self.now:
            return None
        try:
            read = datetime.fromisoformat(self.now)
        except ValueError:
            raise UsageError(
                f"'{self.now}' is not a time", hint="write it like 2026-11-01T09:00:00Z", where="--now"
            ) from None
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def warn(text: str) -> None:
    """Say what went wrong beside a thing that was done."""
    typer.echo(f"warning: {text}\nhint: what was asked is done; the next command that writes sets it", err=True)


def waiting() -> None:
    """Say that another process has the store."""
    typer.echo("waiting for another refundkit to finish with the store ...", err=True)


def call(ctx: typer.Context) -> Call:
    """The root options of this command line."""
    found = ctx.find_object(Call)
    return found if found is not None else Call(os.environ.get("REFUNDKIT_STORE", ""), "", "")


@contextlib.contextmanager
def shop(ctx: typer.Context, *, damaged: bool = False) -> Iterator[Shop]:
    """The shop this command works on, closed at the end. `damaged`: it is opened to be verified, whatever it holds."""
    from refundkit.workflow.shop import open_damaged, open_shop

    opened = (open_damaged if damaged else open_shop)(call(ctx).settings())
    try:
        yield opened
    finally:
        opened.close()


def can_ask() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str, *, yes: bool) -> bool:
    """Ask on a terminal; without one, or with --yes, do not ask: --yes answers, nothing else does."""
    if yes or not can_ask():
        return True
    return typer.confirm(question, default=False)
