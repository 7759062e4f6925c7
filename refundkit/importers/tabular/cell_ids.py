"""Numbers that stand where they do not belong: a customer's beside the name, an order's among invoices or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from refundkit.importers.extract.forms import IdForm
from refundkit.importers.extract.ids import normalised, take_ids

_ORDERS: Final = re.compile(r"so[-\s]{0,2}20\d\d[-/\s]\d", re.IGNORECASE)
_INVOICES: Final = re.compile(r"inv[-\s.]{0,2}\d{4}", re.IGNORECASE)
_WITH_ID: Final = re.compile(r"(?<![\w-])[Cc][-\s]?(\d{3,6})(?![\w-])")
_NUMBER: Final = re.compile(r"\d{3}")
_KINDS: Final = {"customer_id": "customer", "service_order": "order", "invoice": "invoice"}
_DIGITS: Final = re.compile(r"\d{3,6}")
_BESIDE_NAME: Final = re.compile(
    r"[^\W\d].*[(\[]\s*#?(?P<behind>\d{3,6})\s*[)\]]|#?(?P<before>\d{4,6})[\s:-]+[^\W\d].*", re.DOTALL
)
"""'Ashdown Dental (1207)', '5133 Harrow & Finch'."""
_WELL_FORMED: Final = re.compile(r"(?:C-\d{3,6}|INV-\d{4,7}|SO-20\d\d-\d{5})")
_FORMS: Final = {
    "service_order": re.compile(r"(?<![\w-])SO-20\d\d-\d{5}(?![\w-])"),
    "invoice": re.compile(r"(?<![\w-])INV-\d{4,7}(?![\w-])"),
}
_BEGINNINGS: Final = {"service_order": "SO-20", "invoice": "INV-"}
_SHORT: Final = 80
USUAL: Final = {"customer_id": "C-", "invoice": "INV-"}
"""How numbers begin where neither records nor the list show it."""


def beginning(field: str, shown: str, forms: tuple[IdForm, ...]) -> str:
    """How a list shows the numbers of a field to begin; '' where the records show that they begin otherwise."""
    known = [form.around[0] for form in forms if form.kind == _KINDS.get(field)]
    return shown if not known or any(own and shown.startswith(own) for own in known) else ""


def is_usual(text: str) -> bool:
    """Whether an id is of the usual form, to the letter: 'C-1404', 'SO-2026-01401', 'INV-25011'."""
    return _WELL_FORMED.fullmatch(text) is not None


def in_our_form(field: str, text: str, forms: tuple[IdForm, ...]) -> str:
    """An id of a column that is for it, in the form of the shop's own numbers: 'c1404', 'so 2026/1401', 'bill 25011'.

    `forms`: how those look; without records (none are known) digits alone are one of the usual form.
    """
    return text if not forms and is_usual(text) else _brought(field, text, forms)


@lru_cache(maxsize=10_000)
def _brought(field: str, text: str, forms: tuple[IdForm, ...]) -> str:
    kind = _KINDS[field]
    others = take_ids(text, forms)[0]
    if any(getattr(others, other) for other in _KINDS.values() if other != kind):
        return text  # it is put right with the other columns
    if not forms:
        return normalised(kind, text) or text
    known = [form for form in forms if form.kind == kind]
    if text.isdigit() and len(known) == 1 and len(known[0].lengths) == 1:
        least, most = known[0].lengths[0]
        return f"{known[0].around[0]}{text}{known[0].around[1]}" if least <= len(text) <= most else text
    found: list[str] = getattr(others, kind)
    return found[0] if len(found) == 1 else text


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
        if begins and (beside := _BESIDE_NAME.fullmatch(text)):
            return begins + (beside["behind"] or beside["before"])
    return said


def put_right(ids: dict[str, str]) -> None:
    """Put an order's number that stands among the invoices where it belongs, and the other way round."""
    invoice, order = ids["invoice"], ids["service_order"]
    if not (_ORDERS.search(invoice) or _INVOICES.search(order)):
        return
    found = take_ids(f"{invoice} ; {order}")[0]
    if len(found.invoice) <= 1 and len(found.order) <= 1:
        ids["invoice"], ids["service_order"] = "".join(found.invoice), "".join(found.order)


def named_elsewhere(ids: dict[str, str], cells: Iterable[str]) -> None:
    """Take an order's or invoice's number out of any cell of a row when its own holds none: out of a tag, say."""
    missing = [field for field in _FORMS if not ids[field]]
    text = " ; ".join(cell for cell in cells if len(cell) < _SHORT).upper() if missing else ""
    for field in missing:
        found = set(_FORMS[field].findall(text)) if _BEGINNINGS[field] in text else set()
        ids[field] = found.pop() if len(found) == 1 else ""


def named_in_words(ids: dict[str, str], said: str) -> None:
    """Take an id out of the words of a row where no cell holds it: the one they name, none of several."""
    wanted = [name for name, value in ids.items() if not value]
    if not wanted or not _NUMBER.search(said):
        return
    found = take_ids(said)[0]
    for name in wanted:
        one: list[str] = getattr(found, _KINDS[name])
        ids[name] = one[0] if len(one) == 1 else ""
