"""The importer of lists: requests.csv by its columns, exports of other systems by presets, all others by headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from refundkit.errors import InputError
from refundkit.importers.presets import records
from refundkit.importers.presets.catalog import Met, find, fits
from refundkit.importers.presets.preset import Value
from refundkit.importers.presets.requests import proof_of, read_tickets
from refundkit.importers.tabular import requests
from refundkit.importers.tabular.headings import is_native, record_kind
from refundkit.importers.tabular.native import WORDS
from refundkit.importers.tabular.plan import Proof
from refundkit.importers.tabular.rows import BrokenRowError, Sheet, open_table
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Reading, Reject


def read_requests(path: Path, name: str, shop: TableShop) -> Iterator[Reading]:
    """Every row of a list as Draft, Reject or Ignored, in file order. `name`: what people call the file.

    Raise InputError, when the first row is asked for, for a file that is no list of requests.
    """
    yield from read_sheet(open_table(path, name, lambda row: fits(row, shop.choices.own)), shop)


def read_sheet(sheet: Sheet, shop: TableShop) -> Iterator[Reading]:
    """The same for any list whose header row is known, a workbook's sheet too."""
    if is_native(sheet.headings) or record_kind(sheet.headings):
        yield from requests.read_sheet(sheet, shop)
        return
    met, equal = find(sheet.headings, shop.choices.own)
    if met is None:
        if equal:
            shop.choices.say(f"fits several presets equally well, so none is used: {', '.join(equal)}")
        yield from requests.read_sheet(sheet, shop)
        return
    if met.preset.requests is not None and met.preset.requests.asks:
        shop.choices.say(f"read as {met.preset.title} (preset {met.preset.name})")
        yield from requests.read_sheet(sheet, by_columns(met, shop))
        return
    if met.preset.requests is None:
        where = f"{sheet.name}, line {sheet.header_line}"
        what = f"is {met.preset.title}, and there are no requests in it"
        if met.preset.nothing:
            raise InputError(f"{what}: {met.preset.nothing}", hint="nothing is read from it", where=where)
        raise InputError(what, hint=f"load it with: refundkit records {sheet.name}", where=where)
    try:
        yield from read_tickets(sheet, met, shop)
    except BrokenRowError as err:
        yield Reject(sheet.name, err.line, err.message, err.words[:WORDS])


def proof(sheet: Sheet, shop: TableShop) -> Proof:
    """What the cells of a list or export prove of its amounts and dates. Raise InputError when it is neither."""
    if is_native(sheet.headings) or record_kind(sheet.headings):
        return Proof()
    met, _ = find(sheet.headings, shop.choices.own)
    if met is not None and met.preset.blocks:
        return records.proof_of(sheet, met, shop)
    if met is None or met.preset.requests is None:
        return requests.plan_of(sheet, shop).proof
    if met.preset.requests.asks:
        return requests.plan_of(sheet, by_columns(met, shop)).proof
    return proof_of(sheet, met, shop)


def by_columns(met: Met, shop: TableShop) -> TableShop:
    """The shop with a preset's columns chosen, where the list has them and a person has not chosen others."""
    choices, layout = shop.choices, met.preset.layout
    named = {}
    for field, value in met.preset.requests or ():
        if isinstance(value, Value) and (heading := next((h for h in value.heading if met.all(h)), "")):
            named[field] = heading
    order, mark = choices.order or layout.dates, choices.mark or layout.decimal
    return replace(shop, choices=replace(choices, columns={**named, **choices.columns}, order=order, mark=mark))
