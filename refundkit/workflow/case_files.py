"""Files of a case: read when it is logged, kept once by content, listed, and saved into a folder; never opened."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refundkit.errors import InputError, UsageError
from refundkit.importers.attached.files import MAX_FILE, Attachment, take, told_size
from refundkit.importers.attached.names import safe_name
from refundkit.model.case import CaseView
from refundkit.model.requests import Original
from refundkit.store import documents
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Listed:
    """A file of a case. `name`: the one it is saved under; `original`: what it was called, which is no path of ours."""

    name: str
    original: str
    sha256: str
    size: int
    media_type: str

    @property
    def told(self) -> str:
        """The size as people read it."""
        return told_size(self.size)


def read(paths: Sequence[Path]) -> tuple[Original, ...]:
    """The files somebody names, in memory. Raise UsageError or InputError for one that cannot be kept."""
    found = tuple(_read(path) for path in paths)
    left = take(found)[1]
    if left:
        raise InputError(left[0], hint="nothing was written; name fewer or smaller files")
    return found


def check(paths: Sequence[Path]) -> None:
    """Raise for a file that is not there or too large, without reading any."""
    for path in paths:
        _judge(path)


def _judge(path: Path) -> None:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError("this is no file", hint="name a photo or a document, not a folder", where=str(path))
        if found.st_size > MAX_FILE:
            raise InputError(
                f"is larger than the {told_size(MAX_FILE)} that are kept of one file",
                hint="nothing was written; send a smaller copy of it", where=str(path),
            )  # fmt: skip
    except FileNotFoundError as err:
        raise UsageError("there is no such file", hint="check the path; nothing was written", where=str(path)) from err
    except OSError as err:
        raise InputError(
            f"cannot be read: {err.strerror}", hint="nothing was written; check the path", where=str(path)
        ) from err


def _read(path: Path) -> Original:
    _judge(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as err:
        raise InputError(
            f"cannot be read: {err.strerror}", hint="nothing was written; check the path", where=str(path)
        ) from err
    if not content:
        raise InputError("is empty", hint="nothing was written; take the photo again", where=str(path))
    return Original(path.name, "", content)


def taken(files: Sequence[Original]) -> list[Attachment]:
    """What is kept of files that `read` has let through."""
    return take(files)[0]


def keep(connection: Any, files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Keep files as documents; what the event that logs a request says of them (`source["files"]`)."""
    return [
        {
            "name": file.name, "original": file.original, "sha256": documents.keep(connection, file.content),
            "size": len(file.content), "media_type": file.media_type,
        }
        for file in files
    ]  # fmt: skip


def of(view: CaseView) -> list[Listed]:
    """The files of a case; cases logged by older programs have none. A name is made safe again, whoever wrote it."""
    found: list[Listed] = []
    names: set[str] = set()
    for file in view.source.get("files", ()):
        name = safe_name(str(file["name"]), names)
        names.add(name.lower())
        found.append(Listed(name, file["original"], file["sha256"], file["size"], file["media_type"]))
    return found


def listed(shop: Shop, typed: str) -> tuple[str, list[Listed]]:
    """The id of a case and its files."""
    view = shop.find(typed)
    return view.id, of(view)


def save(shop: Shop, typed: str, folder: Path, *, dry_run: bool = False) -> list[Path]:
    """Write the files of a case into a folder and return their paths; other content is never overwritten."""
    from refundkit.exporters.files import check_places, safe_write

    wanted = [(file.name, documents.read(shop.store, file.sha256)) for file in listed(shop, typed)[1]]
    if dry_run:
        check_places(folder, wanted)
        return [folder / name for name, _ in wanted]
    return safe_write(folder, wanted) if wanted else []
