"""Lists of refund requests, the shop's own and other people's: every row ends as Draft, Reject or Ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.importers.tabular.dialect import SAMPLE, bom_encoding, find_header, looks_like
from refundkit.importers.tabular.headings import WHO, assign, is_native, record_kind
from refundkit.importers.tabular.lists import make_plan, read_list
from refundkit.importers.tabular.native import WORDS, read_native
from refundkit.importers.tabular.rows import BrokenRowError, Sheet, Table, open_table
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Reading, Reject

_MAIL: Final = re.compile(r"(?:From |[A-Za-z][A-Za-z-]{1,40}:\s)")
_NEEDED: Final = (
    "a list of requests needs a column for the customer (customer_id or customer_email), the service_order or the"
    " invoice, and should have amount, currency, reason and description"
)
_MARKS: Final = {".": "a decimal point", ",": "a decimal comma"}
_ORDERS: Final = {"dmy": "day first", "mdy": "month first"}


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
        return Fraction(1, 10) if header.surety else Fraction(0)
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
    _refuse(sheet)
    try:
        yield from read_native(sheet, shop) if is_native(sheet.headings) else read_list(sheet, shop)
    except BrokenRowError as err:
        yield Reject(sheet.name, err.line, err.message, err.words[:WORDS])


def _refuse(sheet: Sheet) -> None:
    """Raise InputError for a list in which no row could be somebody's request."""
    where = f"{sheet.name}, line {sheet.header_line}"
    if is_native(sheet.headings):
        return
    if kind := record_kind(sheet.headings):
        hint = f"load it with: refundkit records {sheet.name}"
        raise InputError(f"holds the shop's own {kind}, not requests", hint=hint, where=where)
    columns = assign(sheet.headings)
    places = columns.places
    found = _quoted([h for h in sheet.headings if h][:40]) or "none"
    if not places:
        raise InputError(f"has no heading that is known; found {found}", hint=_NEEDED, where=where)
    if not any(field in places for field in WHO):
        what = f"has no column that names a customer, order or invoice; found {found}"
        raise InputError(what, hint=_NEEDED, where=where)
    if columns.ledger:
        what = f"looks like a list of invoices or payments, in which nothing is asked back; found {found}"
        hint = "if its rows are requests, name the column of the amounts 'refund amount', or add a column 'reason'"
        raise InputError(what, hint=hint, where=where)


def describe(sheet: Sheet) -> list[str]:
    """What was taken from which column, what was not used, and what was assumed; one sentence each."""
    if is_native(sheet.headings):
        return ["read as requests.csv: all columns by their own names"]
    plan = make_plan(sheet)
    columns = plan.columns
    said = [f"took the headings from line {sheet.header_line}"] if sheet.titles else []
    if isinstance(sheet, Table) and sheet.encoding not in {"utf-8", "utf-8-sig"}:
        said.append(f"read the file as {'Windows-1252' if sheet.encoding == 'cp1252' else 'UTF-16'}")
    in_order = sorted([*columns.places.items(), *(("description", s) for s in columns.subjects)], key=lambda p: p[1])
    said += [f'took "{sheet.headings[place]}" for {field}' for field, place in in_order]
    if columns.unused:
        said.append(f"did not use {_quoted([sheet.headings[i] for i in columns.unused])}")
    if plan.currency:
        said.append(f"took {plan.currency} for amounts without a currency")
    said += [f"read amounts with {_MARKS[plan.mark]}"] if plan.mark else []
    said += [f"read dates {_ORDERS[plan.order]}"] if plan.order else []
    return said


def _quoted(headings: Sequence[str]) -> str:
    return ", ".join(f'"{" ".join(h.split())[:60]}"' for h in headings)
