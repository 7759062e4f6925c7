"""Writes how a list was read as a preset file, to be read, changed and used again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from refundkit.importers.presets.catalog import find
from refundkit.importers.presets.preset import Layout, Preset, Requests, Value
from refundkit.importers.tabular.headings import field_called
from refundkit.importers.tabular.plan import chosen
from refundkit.importers.tabular.requests import plan_of
from refundkit.importers.tabular.rows import Sheet
from refundkit.importers.tabular.shop import TableShop

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_LEAST: Final = 2


def preset_of(sheet: Sheet, shop: TableShop, name: str) -> Preset:
    """How a list is read, with the columns a person chose, as a preset.

    Raise InputError for a list without requests, UsageError for a column that is not there.
    """
    met, _ = find(sheet.headings, shop.choices.own)
    named = {field_called(field): heading for field, heading in shop.choices.columns.items()}
    chosen(sheet, shop.choices.columns)
    if met is not None and met.preset.requests is not None and not met.preset.requests.asks:
        values = {field: Value(heading=(heading,)) for field, heading in named.items()}
        rule = met.preset.requests.model_copy(update=values)
        layout = _layout(shop, met.preset.layout)
        return met.preset.model_copy(update={"requests": rule, "layout": layout, "export": name, "name": name})
    plan = plan_of(sheet, shop)
    places = plan.columns.places
    taken: dict[str, Any] = {field: Value(heading=(sheet.headings[place],)) for field, place in sorted(places.items())}
    key = [sheet.headings[place] for place in sorted(set(places.values()))]
    key += [h for h in sheet.headings if h and h not in key][: max(0, _LEAST - len(key))]
    return Preset.model_validate(
        {"name": name, "system": "own list", "export": name, "key": key, "list": _layout(shop, Layout()),
         "requests": Requests(asks=True, **taken)}
    )  # fmt: skip


def _layout(shop: TableShop, layout: Layout) -> Layout:
    choices = shop.choices
    return layout.model_copy(update={"dates": choices.order or layout.dates, "decimal": choices.mark or layout.decimal})


def as_toml(preset: Preset) -> str:
    """The text of a preset file."""
    table = preset.model_dump(by_alias=True, exclude_defaults=True, exclude={"name", "own"})
    return "\n".join(_table(table, ())) + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """The lines of a table: its values first, then the tables in it."""
    inner = {k: v for k, v in table.items() if isinstance(v, Mapping) and not _is_value(v)}
    lists = {k: v for k, v in table.items() if not path and isinstance(v, Sequence) and v and isinstance(v[0], Mapping)}
    lines = [f"{_key(k)} = {_inline(v)}" for k, v in table.items() if k not in inner and k not in lists]
    for key, value in inner.items():
        lines += ["", f"[{'.'.join(map(_key, (*path, key)))}]", *_table(value, (*path, key))]
    for key, values in lists.items():
        for value in values:
            lines += ["", f"[[{_key(key)}]]", *(f"{_key(k)} = {_inline(v)}" for k, v in value.items())]
    return lines


def _is_value(found: Mapping[str, Any]) -> bool:
    return bool({"heading", "always", "made_of"} & set(found))


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"heading"}:
            return _inline(value["heading"])
        return "{ " + ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return (
            _inline(value[0])
            if len(value) == 1 and isinstance(value[0], str)
            else f"[{', '.join(map(_inline, value))}]"
        )
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _inline(key)
