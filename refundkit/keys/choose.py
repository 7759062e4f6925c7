"""Chooses where this machine keeps its keys: the system's keyring when there is a real one, else the key file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from refundkit.keys.file import FileVault
from refundkit.keys.folder import data_folder
from refundkit.keys.system import SystemVault, real_backend
from refundkit.keys.vault import Vault

FOLDER_VARIABLE: Final = "REFUNDKIT_KEYS"


def open_vault(*, interactive: bool) -> Vault:
    """The vault of this machine; its `name` says which it is. `interactive`: a passphrase may be asked for.

    REFUNDKIT_KEYS names a folder for a key file of its own: for demos, tests and machines that run by themselves.
    A machine that began with the key file (no desktop was there) keeps it until its keyring holds something of ours.
    Raise OutsideError when the system's keyring does not answer.
    """
    named = os.environ.get(FOLDER_VARIABLE, "")
    if named:
        return FileVault(Path(named), interactive=interactive)
    folder = data_folder()
    file = FileVault(folder, interactive=interactive)
    backend = real_backend()
    if backend is None:
        return file
    system = SystemVault(backend, folder)
    if file.path.exists() and not system.entries(""):
        return file
    return system
