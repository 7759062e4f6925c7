"""Hands a document to the system's own viewer; only kinds that cannot run, in a folder of ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

from refundkit.errors import OutsideError

ENDINGS: Final = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/tiff": ".tif",
    "image/bmp": ".bmp", "image/heic": ".heic", "image/heif": ".heif", "image/avif": ".avif",
    "application/pdf": ".pdf", "text/plain": ".txt",
}  # fmt: skip
"""What a viewer is asked to show, by what the bytes are; the ending is by that too, whatever the file was called."""


class Opener:
    """Writes documents into a private folder that goes when the queue is closed, and has them shown."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def show(self, name: str, media_type: str, content: bytes) -> str:
        """Have it shown; say where it lies. Raise OutsideError where there is nothing to show it with."""
        ending = ENDINGS.get(media_type)
        path = self._write(Path(name).stem + ending if ending else f"{name}.not-opened", content)
        if ending is None:
            return f"{name} may be able to run, so it is not opened; it lies in {path}"
        viewer = _viewer()
        if not viewer:
            raise OutsideError("this system has no opener (xdg-open)", hint=f"open it yourself: {path}")
        viewing = subprocess.Popen(
            [*viewer, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=viewing.wait, daemon=True).start()  # it may stay open for as long as it likes
        return f"{name} is opened outside, from {path}"

    def _write(self, name: str, content: bytes) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="refundkit-"))
        path = self._folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(0o400)
        return path

    def close(self) -> None:
        """Take the folder away."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _viewer() -> list[str]:
    if sys.platform == "darwin":
        return ["open"]
    if sys.platform == "win32":
        return ["explorer"]
    found = shutil.which("xdg-open")
    return [found] if found else []
