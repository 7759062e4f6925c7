"""Lists of refund requests, the shop's own and other people's: every row ends as Draft, Reject or Ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.extract.ids import take_ids
from refundkit.importers.tabular.amounts import currency_of
from refundkit.importers.tabular.dialect import SAMPLE, bom_encoding, find_header, looks_like
from refundkit.importers.tabular.headings import WHO, Columns, asks, assign, is_native, record_kind
from refundkit.importers.tabular.lists import read_list
from refundkit.importers.tabular.native import WORDS, read_native
from refundkit.importers.tabular.plan import Plan, described, make_plan, quoted
from refundkit.importers.tabular.rows import BrokenRowError, Sheet, Table, open_table
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Reading, Reject

_MAIL: Final = re.compile(r"(?:From |[A-Za-z][A-Za-z-]{1,40}:\s)")
_FIRST, _LONGEST = 50, 2_000
_NEEDED: Final = (
    "a list of requests needs a column for the customer (customer_id or customer_email), the service_order or the"
    " invoice, and should have amount, currency, reason and description"
)
_LETTER: Final = "a mail needs its headers: save it as .eml"


def identify(head: bytes) -> Fraction:
    """How sure it is, 0 to 1, that a file beginning with these bytes (the first 64 KiB) is a list of requests."""
    if not head or looks_like(head):
        return Fraction(0)
    text = _decoded(head)
    if "\0" in text or _MAIL.match(text) or text.lstrip()[:1] in {"{", "["}:
        return Fraction(0)
    header = find_header(text, complete=len(head) < SAMPLE)
    if is_native(header.headings):
        return Fraction(1)
    if len(header.headings) < 2 or record_kind(header.headings):
        return Fraction(0)
    columns = assign(header.headings)
    places = columns.places
    if columns.ledger or not any(field in places for field in WHO):
        return Fraction(1, 3 if _tells(columns) else 10) if header.surety else Fraction(0)
    if "amount" in places or "reason" in places:
        return Fraction(9, 10)
    return Fraction(1, 2)


def _decoded(head: bytes) -> str:
    """The text of a file's beginning, which may end inside a character."""
    encoding = bom_encoding(head) or "utf-8"
    try:
        return head.decode(encoding)
    except UnicodeDecodeError as err:
        cut = err.start > len(head) - 4 and len(head) >= SAMPLE
    return head.decode(encoding if cut or encoding != "utf-8" else "cp1252", errors="replace")


def read_requests(path: Path, name: str, shop: TableShop) -> Iterator[Reading]:
    """Every row of a list as Draft, Reject or Ignored, in file order. `name`: what people call the file.

    Raise InputError, when the first row is asked for, for a file that is no list of requests.
    """
    yield from read_sheet(open_table(path, name), shop)


def read_sheet(sheet: Sheet, shop: TableShop) -> Iterator[Reading]:
    """The same for any list whose header row is known, a workbook's sheet too."""
    try:
        if is_native(sheet.headings) and not shop.choices.columns:
            yield from read_native(sheet, shop)
        else:
            plan = plan_of(sheet, shop)
            for note in described(sheet, plan):
                shop.choices.say(note)
            yield from read_list(sheet, shop, plan)
    except BrokenRowError as err:
        yield Reject(sheet.name, err.line, err.message, err.words[:WORDS])


def plan_of(sheet: Sheet, shop: TableShop) -> Plan:
    """How a list with headings of its own is read; raise InputError when no row of it could be a request."""
    plan = make_plan(sheet, shop.choices)
    _refuse(sheet, plan.columns)
    at = plan.columns.places.get("amount", -1)
    bare = at >= 0 and "$" in sheet.headings[at] and not plan.currency
    return replace(plan, currency=currency_of("$", shop.base)) if bare else plan


def _tells(columns: Columns) -> bool:
    """Whether it is a log of what people said: a name or an amount, and words in which all the rest may stand."""
    places = columns.places
    return bool({"name", "requested_by", "amount"} & set(places) and (columns.subjects or "description" in places))


def _owes(sheet: Sheet, columns: Columns) -> bool:
    """Whether a log of names says by a heading what each is to get back."""
    at = columns.places.get("amount", -1)
    return "name" in columns.places and at >= 0 and asks(sheet.headings[at])


def _names(sheet: Sheet) -> bool:
    """Whether a log names whom or what it is about: of its first rows one in five an address or a number."""
    try:
        rows = [" ; ".join(cell for cell in row if cell)[:_LONGEST] for _, row in islice(sheet.rows(), _FIRST)]
    except BrokenRowError:
        return True  # the reading proper comes to the same row and reports it
    found = [take_ids(row)[0] for row in rows]
    named = [
        ids for ids, row in zip(found, rows, strict=True) if "@" in row or ids.customer or ids.order or ids.invoice
    ]
    return 5 * len(named) >= len(rows) > 0


def _refuse(sheet: Sheet, columns: Columns) -> None:
    """Raise InputError for a list in which no row could be somebody's request."""
    where = f"{sheet.name}, line {sheet.header_line}"
    if kind := record_kind(sheet.headings):
        hint = f"load it with: refundkit records {sheet.name}"
        raise InputError(f"holds the shop's own {kind}, not requests", hint=hint, where=where)
    places = columns.places
    found = quoted([h for h in sheet.headings if h][:40]) or "none"
    if not places:
        hint = f"{_NEEDED}; {_LETTER}" if isinstance(sheet, Table) else _NEEDED
        raise InputError(f"has no heading that is known; found {found}", hint=hint, where=where)
    named = any(field in places for field in WHO)
    if not (named or (_tells(columns) and (_owes(sheet, columns) or _names(sheet)))):
        what = f"has no column that names a customer, order or invoice; found {found}"
        raise InputError(what, hint=_NEEDED, where=where)
    if columns.ledger:
        what = f"looks like a list of invoices or payments, in which nothing is asked back; found {found}"
        hint = "if its rows are requests, name the column of the amounts 'refund amount', or add a column 'reason'"
        raise InputError(what, hint=hint, where=where)
