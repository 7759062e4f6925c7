"""Where a living store must not lie: network file systems and synced folders tear SQLite files apart."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from refundkit.errors import RefusedError

# https://www.sqlite.org/howtocorrupt.html section 2.1: locks that do not lock.
_NETWORK: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "davfs")
_SYNCED: Final = ("dropbox", "onedrive", "google drive", "googledrive", "icloud drive", "mobile documents", "nextcloud")


def refuse_shared_places(path: Path) -> None:
    """Raise RefusedError when the store would lie on a network file system or in a synced folder."""
    resolved = path.resolve()
    synced = [p.name for p in resolved.parents if p.name.lower().startswith(_SYNCED)]
    kind = f"the synced folder '{synced[0]}'" if synced else _network_kind(resolved)
    if kind:
        raise RefusedError(
            f"a store cannot live in {kind}: two machines writing one file destroy it",
            hint="keep the store on this machine's own disk, e.g. --store ~/refundkit.db",
            where=str(path),
        )


def _network_kind(path: Path) -> str:
    best, kind = 0, ""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.split(" ")
            mount = fields[1].replace("\\040", " ")
            inside = str(path).startswith(mount.rstrip("/") + "/") or mount == os.sep
            if len(fields) > 2 and inside and len(mount) >= best:
                best, kind = len(mount), fields[2]
    return f"a network file system ({kind})" if kind in _NETWORK else ""
