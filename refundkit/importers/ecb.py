"""Reads the European Central Bank's reference rates (eurofxref-hist.zip, its CSV, the daily file): units for 1 EUR.

Format: ecb.europa.eu, "Euro foreign exchange reference rates": newest first, lines end with a comma, gaps are N/A,
no rows on weekends and holidays; the daily file writes its day in words and blanks after commas.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from refundkit.errors import InputError
from refundkit.model.money import DIGITS

MAX_BYTES: Final = 64 * 1024 * 1024
SCALE: Final = Decimal("1e-10")
"""Cross rates are kept to ten decimals: on a million that is exact to the cent."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The rates of one day, each as units for 1 EUR. `line`: where it stands."""

    line: int
    on: date
    units: dict[str, Decimal]


def read_rates(path: Path) -> Iterator[Quoted]:
    """Every day of the file, in its order; raise InputError, with the place, when it is no such file."""
    rows = csv.reader(io.StringIO(_text(path), newline=""), skipinitialspace=True)
    head = [cell.strip() for cell in next(rows, [])]
    codes = head[1:]
    if not head or head[0] != "Date" or not any(code in DIGITS for code in codes):
        raise InputError(
            "is no file of ECB reference rates: its first heading is 'Date', the others are currencies",
            hint="get eurofxref-hist.zip from the ECB; other rates go into rates.csv", where=f"{path}:1",
        )  # fmt: skip
    for row in rows:
        if any(cell.strip() for cell in row):
            yield _day(path, rows.line_num, codes, row)


def against(quoted: Quoted, base: str) -> Iterator[tuple[str, Decimal]]:
    """(currency, units of it for 1 of `base`) of a day; nothing when the day has no rate of `base` itself."""
    units = {**quoted.units, "EUR": Decimal(1)}
    if base not in units:
        return
    for currency, rate in units.items():
        if currency != base:
            crossed = rate if base == "EUR" else (rate / units[base]).quantize(SCALE, ROUND_HALF_UP)
            yield currency, crossed.normalize()


def _text(path: Path) -> str:
    try:
        if not zipfile.is_zipfile(path):
            data = path.read_bytes()[: MAX_BYTES + 1]
        else:
            with zipfile.ZipFile(path) as archive:
                inside = [i for i in archive.infolist() if i.filename.endswith(".csv")]
                if len(inside) != 1:
                    raise InputError("holds no single CSV file", hint="get eurofxref-hist.zip anew", where=str(path))
                with archive.open(inside[0]) as file:
                    data = file.read(MAX_BYTES + 1)
    except (OSError, zipfile.BadZipFile, RuntimeError) as err:
        raise InputError(f"cannot be read: {err}", hint="get the file anew", where=str(path)) from err
    if len(data) > MAX_BYTES:
        raise InputError("is larger than any file of ECB rates", hint="get the file anew", where=str(path))
    return data.decode("utf-8-sig", errors="replace")


def _day(path: Path, line: int, codes: Sequence[str], row: Sequence[str]) -> Quoted:
    units = {}
    for code, cell in zip(codes, row[1:], strict=False):
        text = cell.strip()
        if not code or text in ("", "N/A") or code not in DIGITS:
            continue
        try:
            rate = Decimal(text)
        except InvalidOperation as err:
            raise InputError(f"'{text[:20]}' is no rate", hint="get the file anew", where=f"{path}:{line}") from err
        if not rate.is_finite() or rate <= 0:
            raise InputError(f"'{text[:20]}' is no rate", hint="get the file anew", where=f"{path}:{line}")
        units[code] = rate
    return Quoted(line, _date(path, line, row[0].strip()), units)


def _date(path: Path, line: int, text: str) -> date:
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise InputError(f"'{text[:30]}' is no day", hint="get the file anew", where=f"{path}:{line}")
