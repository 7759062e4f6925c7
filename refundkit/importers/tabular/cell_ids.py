"""Numbers that stand where they do not belong: a customer's beside the name, an order's among invoices or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from refundkit.importers.extract.ids import take_ids

_ORDERS: Final = re.compile(r"so[-\s]{0,2}20\d\d[-/\s]\d", re.IGNORECASE)
_INVOICES: Final = re.compile(r"inv[-\s.]{0,2}\d{4}", re.IGNORECASE)
_WITH_ID: Final = re.compile(r"(?<![\w-])[Cc][-\s]?(\d{3,6})(?![\w-])")
_NUMBER: Final = re.compile(r"\d{3}")
_KINDS: Final = {"customer_id": "customer", "service_order": "order", "invoice": "invoice"}
_DIGITS: Final = re.compile(r"\d{3,6}")


def customer_beside(said: str, whose: Iterable[str], begins: str) -> str:
    """A customer's number out of the cells that say who asks: 'Blackthorn Garage C-2019', 'c2077 (Lido)'.

    `said`: the cell of the customer's number, taken as it is when it is one. `begins`: how the list shows customers
    to be numbered; then a bare number counts too.
    """
    if said and not ("@" not in said and " " in said):
        return said
    for text in (said, *whose):
        found = _WITH_ID.findall(text)
        if len(found) == 1:
            return f"C-{found[0]}"
        if begins and _DIGITS.fullmatch(text):
            return begins + text
    return said


def put_right(ids: dict[str, str]) -> None:
    """Put an order's number that stands among the invoices where it belongs, and the other way round."""
    invoice, order = ids["invoice"], ids["service_order"]
    if not (_ORDERS.search(invoice) or _INVOICES.search(order)):
        return
    found = take_ids(f"{invoice} ; {order}")[0]
    if len(found.invoice) <= 1 and len(found.order) <= 1:
        ids["invoice"], ids["service_order"] = "".join(found.invoice), "".join(found.order)


def named_in_words(ids: dict[str, str], said: str, without: Iterable[str]) -> None:
    """Take an id out of the words of a row where the list has no column for it: the one they name, none of several."""
    wanted = [name for name in without if not ids[name]]
    if not wanted or not _NUMBER.search(said):
        return
    found = take_ids(said)[0]
    for name in wanted:
        one: list[str] = getattr(found, _KINDS[name])
        ids[name] = one[0] if len(one) == 1 else ""
