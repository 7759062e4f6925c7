"""Documents beside the ledger: kept once by content, named by their SHA-256, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from refundkit.errors import IntegrityError
from refundkit.store.database import Store


def keep(connection: Any, content: bytes) -> str:
    """Keep a document and return its SHA-256 in hex; the same content is kept once."""
    digest = sha256(content).hexdigest()
    if connection.execute("SELECT 1 FROM document WHERE sha256 = ?", (digest,)).fetchone() is None:
        connection.execute(
            "INSERT INTO document (sha256, size, content) VALUES (?, ?, ?)",
            (digest, len(content), content),
        )
    return digest


def read(store: Store, digest: str) -> bytes:
    """The content of a document; raise IntegrityError when it is missing or not what its name says."""
    row = store.one("SELECT content FROM document WHERE sha256 = ?", (digest,))
    if row is None:
        raise IntegrityError(f"document {digest} is missing", hint="restore it from a backup", where=str(store.path))
    content = bytes(row[0])
    if sha256(content).hexdigest() != digest:
        raise IntegrityError(
            f"document {digest} is not what was kept", hint="restore it from a backup", where=str(store.path)
        )
    return content


def damaged(store: Store) -> Iterator[str]:
    """SHA-256 names of documents whose content is not what was kept."""
    for digest, size, content in store.connection.execute("SELECT sha256, size, content FROM document"):
        if len(content) != size or sha256(content).hexdigest() != digest:
            yield digest


def names(store: Store) -> set[str]:
    """SHA-256 names of all documents kept."""
    return {row[0] for row in store.rows("SELECT sha256 FROM document")}
