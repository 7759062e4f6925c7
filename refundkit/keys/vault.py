"""What every place for keys promises: secrets and high-water marks by name, outside the store."""

from __future__ import annotations

import re
from typing import Final, Protocol

from refundkit.errors import IntegrityError

# key/<ledger hex>/<user>/<writer hex>, mark/<ledger hex>/<writer hex> and payees/<ledger hex>
_ENTRY: Final = re.compile(
    r"key/[0-9a-f]+/[^/\x00-\x1f\x7f]{1,100}/[0-9a-f]+\Z|mark/[0-9a-f]+/[0-9a-f]+\Z|payees/[0-9a-f]+\Z"
)
_MARK: Final = re.compile(rb"([0-9]{1,16}) [\x21-\x7e]{1,100}\Z")


class Vault(Protocol):
    """A place on this machine that keeps small secrets.

    Entries are named `key/<ledger hex>/<user>/<writer hex>` (a secret signing key), `payees/<ledger hex>` (what seals
    bank data) and `mark/<ledger hex>/<writer hex>` (a writer's high-water mark, "<seq> <event id>", no secret).
    """

    name: str
    """What this place is, for people."""

    @property
    def asks(self) -> bool:
        """Whether getting a key asks a person for a passphrase on this terminal."""

    def get(self, entry: str) -> bytes | None:
        """The bytes of an entry; None when there is none."""

    def put(self, entry: str, secret: bytes) -> None:
        """Keep an entry, on the disk when this returns. A mark replaces only a mark with a smaller seq."""

    def delete(self, entry: str) -> None:
        """Forget an entry; nothing happens when there is none."""

    def entries(self, prefix: str) -> list[str]:
        """The names of all entries that begin with `prefix`, sorted."""


def is_mark(entry: str) -> bool:
    """Whether an entry is a high-water mark. Raise ValueError for what is no entry name at all."""
    if not _ENTRY.match(entry):
        raise ValueError(f"{entry!r} names no entry")
    return entry.startswith("mark/")


def mark_seq(mark: bytes, where: str) -> int:
    """The position that a mark "<seq> <event id>" names; raise IntegrityError when it cannot be read."""
    found = _MARK.match(mark)
    if not found:
        raise IntegrityError(
            "a high-water mark cannot be read",
            hint="bring back the place where this machine keeps its keys from a backup of this machine",
            where=where,
        )
    return int(found[1])


def raises(new: bytes, old: bytes | None, where: str) -> bool:
    """Whether mark `new` stands above `old`: what was once written is never forgotten by an older copy of the store."""
    seq = mark_seq(new, where)
    return old is None or seq > mark_seq(old, where)
