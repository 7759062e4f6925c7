"""The importer of JSON: a list of request objects with the names of requests.csv, each object read as its rows are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import Any, Final

from refundkit.errors import InputError
from refundkit.importers.tabular.headings import NATIVE
from refundkit.importers.tabular.native import WORDS, read_native
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.requests import Reading, Reject

MAX_BYTES: Final = 64 * 1024 * 1024
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_FORM: Final = 'write a list of objects such as [{"customer_id": "C-1001", "amount": "25.00", "currency": "USD"}]'


@dataclass(frozen=True, slots=True)
class _Object:
    """One object as a list of one row (the protocol `Sheet`)."""

    name: str
    number: int
    cells: list[str]
    header_line: int = 0
    titles: tuple[str, ...] = ()
    delimiter: str = ";"

    @property
    def headings(self) -> list[str]:
        return list(NATIVE)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        yield self.number, self.cells


def read_objects(path: Path, name: str, shop: TableShop) -> Iterator[Reading]:
    """Every object of a JSON list, or of objects one after the other (JSON Lines); `index` counts them from 1.

    A field that is absent or null says nothing. An object that is no request is a Reject. Raise InputError for a file
    that is no JSON, or over 64 MB.
    """
    for number, found in enumerate(_objects(path), start=1):
        cells = _cells(found)
        if isinstance(cells, str):
            yield Reject(name, number, cells, _words(found))
        else:
            yield from read_native(_Object(name, number, cells), shop)


class _Pairs(list[tuple[str, Any]]):
    """An object's fields in order, repeated ones too."""


def _objects(path: Path) -> list[Any]:
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"is JSON of more than {MAX_BYTES >> 20} MB", hint="split it, or save it as CSV")
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        return _parsed(text)
    except UnicodeDecodeError as err:
        raise InputError("is no JSON: it is not UTF-8 text", hint="save it as UTF-8") from err
    except JSONDecodeError as err:
        what = f"is no complete JSON: {err.msg} in line {err.lineno}, column {err.colno}"
        raise InputError(what, hint="nothing of it was read; write the file again") from err
    except RecursionError as err:
        raise InputError("is JSON of lists in lists without end", hint=_FORM) from err


def _parsed(text: str) -> list[Any]:
    # Numbers stay as they are written: 168.10 is not rounded.
    decoder = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
    found: list[Any] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        found += [value] if isinstance(value, _Pairs) or not isinstance(value, list) else value
    return found


def _cells(found: Any) -> list[str] | str:
    """The cells of an object in the order of requests.csv, or why it is no request."""
    if not isinstance(found, _Pairs):
        return f"is no object with the fields of a request ({_FORM})"
    fields: dict[str, str] = {}
    for name, value in found:
        if name not in NATIVE:
            return f"has a field '{_NO_TEXT.sub('?', name[:40])}', which is none of {', '.join(NATIVE)}"
        if name in fields:
            return f"has the field '{name}' twice"
        if not isinstance(value, str | None):
            return f"{name}: is neither text nor a number"
        if value and _NO_TEXT.search(value):
            return f"{name}: holds control characters or half a character"
        fields[name] = value or ""
    return [fields.get(name, "") for name in NATIVE]


def _words(found: Any) -> str:
    """An object as it is written, within bounds."""
    try:
        written = json.dumps(_plain(found), ensure_ascii=False)
    except RecursionError:
        return ""
    return written[:WORDS].encode("utf-8", "replace").decode()


def _plain(found: Any) -> Any:
    if isinstance(found, _Pairs):
        return {name: _plain(value) for name, value in found}
    return [_plain(value) for value in found] if isinstance(found, list) else found
