"""Lists that name a customer once, in a row of its own above those that are about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from refundkit.importers.tabular.row_cells import ADDRESS

_CUSTOMER = re.compile(r"(?<![\w-])C-?\s?(\d{3,6})(?![\w-])", re.IGNORECASE)
_REST = re.compile(r"[\s()<>,;:#-]+")


@dataclass(frozen=True, slots=True)
class Group:
    """The customer of the rows that follow; all empty where none was named."""

    customer_id: str = ""
    email: str = ""
    name: str = ""


def group_of(cells: Sequence[str]) -> Group | None:
    """The customer whom a row names that holds nothing else: 'C-4901  Harbor Marina  (ap@harbor.example)'."""
    filled = [cell for cell in cells if cell]
    if len(filled) != 1:
        return None
    text = filled[0]
    ids, addresses = _CUSTOMER.findall(text), ADDRESS.findall(text)
    if len(ids) > 1 or len(addresses) > 1 or not (ids or addresses):
        return None
    bare = _CUSTOMER.sub(" ", ADDRESS.sub(" ", re.sub(r"\([^)@]*\)", " ", text)))
    name = _REST.sub(" ", bare).strip()[:200]
    return Group(f"C-{ids[0]}" if ids else "", addresses[0] if addresses else "", name)
