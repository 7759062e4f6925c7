"""What the codes of banks mean: statuses as `Said`, reasons as a few words, codes of money that comes back."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Any

from refundkit.model.statements import Said


@lru_cache(maxsize=1)
def _codes() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("codes.toml").read_text(encoding="utf-8"))


def order_status(code: str) -> Said | None:
    """What a pain.002 status says of a payment; None for PART and for codes that are not known."""
    found = _codes()["status"].get(code)
    return Said(found) if found else None


def entry_status(code: str) -> Said | None:
    """What a camt entry's status says; None for a code that is not known."""
    found = _codes()["entry"].get(code)
    return Said(found) if found else None


def comes_back(family: str, own: str) -> bool:
    """Whether bank transaction codes (ISO sub-family, the bank's own) say that a payment of ours came back."""
    returned = _codes()["returned"]
    return family in returned["family"] or any(fnmatchcase(own, pattern) for pattern in returned["own"])


def meaning(code: str) -> str:
    """A reason code in a few words ('R03': 'there is no such account, ...'); '' for one that is not known."""
    found: str = _codes()["meaning"].get(code, "")
    return found
