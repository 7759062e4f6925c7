"""What the cells of a list show of its columns: fields that no heading names, and names that stand under 'customer'.

Only what most cells of a column prove counts. Headings come first; a column that two fields could claim is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from refundkit.importers.tabular.amounts import currency_of, mark_of, tidy
from refundkit.importers.tabular.dates import order_of
from refundkit.importers.tabular.headings import (
    Columns,
    asks,
    is_of_done,
    is_of_staff,
    is_of_state,
    is_of_types,
    meaning,
    unit_in,
)  # fmt: skip
from refundkit.importers.tabular.reasons import names_reason
from refundkit.importers.tabular.rows import BrokenRowError, Sheet
from refundkit.model.money import DIGITS

SAMPLE: Final = 300
_MOST: Final = 60
_SOME: Final = 20
_NEARLY_ALL: Final = 80
_LONGEST_CODE: Final = 24
_SHORT: Final = 100
_WORDY: Final = 3
_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,}", re.IGNORECASE)
_INVOICE: Final = re.compile(r"(?:inv|bill|re|rg|fact|fra)[-\s.#:]{0,2}\d{3,8}", re.IGNORECASE)
_ORDER: Final = re.compile(r"so[-\s]{0,2}20\d\d[-/\s]\d{1,6}|20\d\d[-/]\d{3,6}", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"(?:inv[-\s.]{0,2}\d{3,8}|so[-\s]{0,2}20\d\d[-/\s]\d{1,6})", re.IGNORECASE)
_THEIRS: Final = re.compile(r"([a-z]{1,6})[-_/#]\d{1,9}", re.IGNORECASE)
"""A number of another system: 'WEB-5001'."""
_CUSTOMER: Final = re.compile(r"c[-\s]?\d{3,6}", re.IGNORECASE)
_BESIDE: Final = re.compile(r"(?<![\w-])c-\d{3,6}(?![\w-])", re.IGNORECASE)
_DAY: Final = re.compile(
    r"\d{4}-\d\d-\d\d\b.*|\d{1,2}\.\s?\d{1,2}\.(?:\d{2,4})?\b.*|\d{1,2}/\d{1,2}(?:/\d{2,4})?\b.*"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?\s[^\W\d]{3,10}\.?(?:\s\d{2,4})?",
    re.IGNORECASE,
)
_SUM: Final = re.compile(r"(?P<before>[^\d]{0,6})(?P<number>\d[\d.,' ]*)(?P<after>[^\d]{0,8})")
_FORMS: Final = {
    "customer_id": re.compile(r"(c-)\d{3,6}", re.IGNORECASE),
    "invoice": re.compile(r"(inv-)\d{4,7}", re.IGNORECASE),
    "service_order": re.compile(r"(so-20\d\d-)\d{5}", re.IGNORECASE),
}
_KINDS: Final = ("currency", "customer_email", "invoice", "service_order", "customer_id", "amount", "received_at")


def complete(sheet: Sheet, columns: Columns, fixed: Sequence[str] = ()) -> Columns:
    """The columns with what the cells show besides. `fixed`: fields that a person named, which stay as they are."""
    shares = _shares(sheet)
    if not shares:
        return columns
    everywhere = range(len(sheet.headings))
    places, words = _without_mistaken(columns.places, shares, fixed)
    _called_too(sheet, places, [f for f in columns.places if f not in places], {*columns.subjects, *words})
    _moved(places, shares, everywhere, fixed)
    titled = _no_sums(places, shares, fixed)
    taken = {*places.values(), *columns.subjects, *words}
    for field in _KINDS:
        if field not in places and field not in fixed:
            free = [p for p in everywhere if p not in taken and shares[p][field] > _MOST]
            if field == "customer_email":
                within = [p for p in everywhere if p not in taken and shares[p]["address"] > _MOST]
                free = [p for p in free or within if not is_of_staff(sheet.headings[p])]
            if field == "amount":
                free = _sums(sheet, free, [p for p in everywhere if p not in taken], shares)
            if len(free) == 1:
                places[field] = free[0]
                taken.add(free[0])
    if titled is not None:
        places.setdefault("amount", titled)
    if not {"invoice", "service_order"} & set(places):
        both = [p for p in everywhere if p not in taken and shares[p]["reference"] > _MOST]
        if len(both) == 1:
            places["invoice"] = both[0]
            taken.add(both[0])
    wordy = [p for p in everywhere if p not in taken and shares[p]["words"] > _MOST]
    subjects = (*columns.subjects, *words)
    subjects = subjects if "description" in places else (*subjects, *wordy)
    if "reason" not in {*places, *fixed}:
        _reasons(sheet, places, [p for p in everywhere if p not in taken], shares, alone=not subjects)
    used = {*places.values(), *subjects}
    unused = tuple(p for p, heading in enumerate(sheet.headings) if heading.strip() and p not in used)
    unit = columns.unit if places.get("amount") == columns.places.get("amount") else ""
    unit = unit or (unit_in(sheet.headings[places["amount"]]) if "amount" in places else "")
    return replace(columns, places=places, subjects=subjects, unused=unused, unit=unit)


def _reasons(
    sheet: Sheet, places: dict[str, int], free: list[int], shares: list[dict[str, int]], *, alone: bool
) -> None:
    """Find the column of reasons: short words where there are no others (`alone`), or hardly anything but codes.

    It is none that says what became of the row, or of the visit.
    """
    known = [p for p in free if shares[p]["reason"] > _MOST]
    known = [p for p in known if not any(said(sheet.headings[p]) for said in (is_of_staff, is_of_state, is_of_done))]
    words = alone and "description" not in places
    telling = [p for p in known if words and not is_of_types(sheet.headings[p])]
    telling = telling or [p for p in known if shares[p]["code"] >= _NEARLY_ALL]
    if len(telling) == 1:
        places["reason"] = telling[0]


def _without_mistaken(
    named: dict[str, int], shares: list[dict[str, int]], fixed: Sequence[str]
) -> tuple[dict[str, int], list[int]]:
    """The places without fields of which the cells show something else than the headings say; columns of words."""
    places, words = dict(named), list[int]()

    def shows(field: str, kind: str) -> bool:
        return field in places and field not in fixed and shares[places[field]][kind] > _MOST

    if shows("customer_id", "names"):
        at = places.pop("customer_id")
        places.setdefault("name", at)
    if shows("received_at", "letters"):
        del places["received_at"]  # initials of who noted it, under a heading that may mean a day
    if shows("status", "number"):
        del places["status"]  # what was paid, under a heading that may say whether it was
    if shows("amount", "words"):
        words.append(places.pop("amount"))  # 'What they want', and a story below it
    return places, words


def _called_too(sheet: Sheet, places: dict[str, int], lost: Sequence[str], taken: set[int]) -> None:
    """Give a field whose column shows something else the next column that is called so: 'Cust #' beside 'Customer'."""
    for field in lost:
        free = [p for p in range(len(sheet.headings)) if p not in taken and p not in places.values()]
        named = [(meaning(sheet.headings[p])[1], p) for p in free if meaning(sheet.headings[p])[0] == field]
        if named:
            places[field] = min(named)[1]


def _moved(
    places: dict[str, int], shares: list[dict[str, int]], everywhere: Sequence[int], fixed: Sequence[str]
) -> None:
    """Put a field where the cells show it, when nothing like it stands under its own heading."""
    at = places.get("received_at", -1)
    dated = [p for p in everywhere if p not in places.values() and shares[p]["received_at"] > _MOST]
    if at >= 0 and "received_at" not in fixed and not shares[at]["received_at"] and len(dated) == 1:
        places["received_at"] = dated[0]
    by_name = next((field for field in ("requested_by", "name") if field in places), "")
    if by_name and "customer_email" not in places and shares[places[by_name]]["customer_email"] > _MOST:
        places["customer_email"] = places.pop(by_name)
    for field in ("service_order", "invoice"):
        at = places.get(field, -1)
        well_formed = [p for p in everywhere if p not in places.values() and shares[p][field] > _MOST]
        if at >= 0 and field not in fixed and not shares[at][field] and len(well_formed) == 1:
            places[field] = well_formed[0]  # the other is a number of the system the list comes from
        ref = places.get("external_ref", -1)
        if field not in places and ref >= 0 and "external_ref" not in fixed and shares[ref][field] > _MOST:
            places[field] = places.pop("external_ref")


def _no_sums(places: dict[str, int], shares: list[dict[str, int]], fixed: Sequence[str]) -> int | None:
    """Take the amount away from a column that has no sums ('Claim', and 'WEB-5001' below it), if it is under one."""
    at = places.get("amount", -1)
    if at < 0 or "amount" in fixed or shares[at]["names"] >= _SOME:
        return None
    if shares[at]["number"] - shares[at]["reference of theirs"] >= _SOME:
        return None
    return places.pop("amount")


def _sums(sheet: Sheet, proven: list[int], free: list[int], shares: list[dict[str, int]]) -> list[int]:
    """The columns that may hold what is asked: of several the one whose heading says so.

    Where too few cells prove sums, numbers will do: under a heading that says so, or in the only column that has any.
    """
    if proven:
        return proven if len(proven) == 1 else [p for p in proven if asks(sheet.headings[p])]
    numbers = [p for p in free if shares[p]["number"] > _MOST]
    asking = [p for p in numbers if asks(sheet.headings[p])]
    return asking or [p for p in numbers if len(numbers) == 1 and shares[p]["amount"] >= _SOME]


def _shares(sheet: Sheet) -> list[dict[str, int]]:
    """For every column, the share in per cent of its filled cells that look like each kind of thing."""
    width = len(sheet.headings)
    found = [Counter[str]() for _ in range(width)]
    try:
        for _, row in islice(sheet.rows(), SAMPLE):
            if len(row) == width:
                for place, cell in enumerate(row):
                    if text := cell.strip():
                        found[place].update(("filled", *looks(text)))
    except BrokenRowError:
        pass  # the reading proper comes to the same row and reports it
    kinds = (*_KINDS, "address", "reference", "names", "words", "number", "letters", "reason", "code",
             "reference of theirs")  # fmt: skip
    return [{kind: 100 * count[kind] // max(1, count["filled"]) for kind in kinds} for count in found]


def forms(sheet: Sheet, columns: Columns) -> dict[str, str]:
    """How ids begin in the columns of ids, where the list shows it: there a bare number is one of them cut short.

    A list that shows any of the three shows that its house numbers customers and invoices so. An order's beginning
    has the year, and there is none where several years occur.
    """
    found: dict[str, set[str]] = {}
    wanted = [(field, columns.places[field], pattern) for field, pattern in _FORMS.items() if field in columns.places]
    try:
        for _, row in islice(sheet.rows(), SAMPLE) if wanted else ():
            for field, place, pattern in wanted:
                if place < len(row) and (match := pattern.fullmatch(row[place].strip())):
                    found.setdefault(field, set()).add(match[1].upper())
    except BrokenRowError:
        pass
    if "customer_id" not in found and _shows_ids(sheet, columns):
        found["customer_id"] = {"C-"}
    usual = {"customer_id": {"C-"}, "invoice": {"INV-"}} if found else {}
    return {field: min(begins) for field, begins in (usual | found).items() if len(begins) == 1}


def _shows_ids(sheet: Sheet, columns: Columns) -> bool:
    """Whether a column of names shows customers' numbers beside them."""
    at = [columns.places[field] for field in ("name", "requested_by") if field in columns.places]
    try:
        return any(
            place < len(row) and _BESIDE.search(row[place]) for _, row in islice(sheet.rows(), SAMPLE) for place in at
        )
    except BrokenRowError:
        return False


def numbered(sheet: Sheet, columns: Columns) -> bool:
    """Whether customers are told by numbers: most filled cells of their column have a figure in it."""
    at = columns.places.get("customer_id", -1)
    filled = figures = 0
    try:
        for _, row in islice(sheet.rows(), SAMPLE if at >= 0 else 0):
            if at < len(row) and (text := row[at].strip()):
                filled += 1
                figures += any(map(str.isdigit, text))
    except BrokenRowError:
        pass
    return 100 * figures > _MOST * filled > 0


def looks(text: str) -> Iterator[str]:
    """What one cell looks like."""
    if len(text) < 60:
        for kind, pattern in (("invoice", _INVOICE), ("service_order", _ORDER), ("customer_id", _CUSTOMER)):
            if pattern.fullmatch(text):
                yield kind
        if (number := _REFERENCE.match(text)) and text.count(" ", number.end()) < _WORDY:
            yield "reference"
        if _EMAIL.fullmatch(text):
            yield "customer_email"
        if text in DIGITS:
            yield "currency"
        if order_of(text) or _DAY.fullmatch(text):
            yield "received_at"
        else:
            if _is_sum(text):
                yield "amount"
            if _SUM.fullmatch(tidy(text)):
                yield "number"
                if (theirs := _THEIRS.fullmatch(text)) and not currency_of(theirs[1], "USD"):
                    yield "reference of theirs"
    if len(text) < _SHORT and text.count("@") == 1:
        yield "address"
    if not any(c.isdigit() for c in text) and not _EMAIL.fullmatch(text):
        yield "names"
    if text.replace(" ", "").isalpha():
        yield "letters"
    if text.count(" ") >= _WORDY:
        yield "words"
    if names_reason(text):
        yield "reason"
        if len(text) <= _LONGEST_CODE and text.count(" ") < _WORDY - 1:
            yield "code"


def _is_sum(text: str) -> bool:
    """Whether a cell is an amount beyond doubt: with a currency beside it, or with decimals."""
    match = _SUM.fullmatch(tidy(text))
    if not match:
        return False
    beside = [side for side in (match["before"].strip(" -("), match["after"].strip(" -)")) if side]
    return all(currency_of(side, "USD") for side in beside) and bool(beside or mark_of(text))
