"""Reads the lists that banks and processors export, by presets: which column says what is a data file, not code."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from refundkit.errors import InputError
from refundkit.importers.presets.catalog import Met
from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.layout import Document, LeftOut, documents
from refundkit.importers.presets.preset import Value
from refundkit.importers.statements.contract import FileFacts, Line
from refundkit.importers.statements.preset import BankPreset, find, fits, without_headings
from refundkit.importers.statements.values import cheque, given, references, tidy, unread
from refundkit.importers.tabular.choices import Choices
from refundkit.importers.tabular.dates import read_time
from refundkit.importers.tabular.dialect import SAMPLE, bom_encoding, find_header, looks_like, open_text, survey
from refundkit.importers.tabular.plan import Proof, prove, unit_of
from refundkit.importers.tabular.rows import BrokenRowError, Table, open_table
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.money import to_minor
from refundkit.model.records import RowError
from refundkit.model.statements import Said, StatementLine, UnreadLine

_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FIRST: Final = 20
"""Rows that must look alike where a list has no headings."""


class BankLists:
    """The reader of lists (CSV, TSV) of which a preset knows the headings, or the shape of the rows."""

    name = "a bank's or processor's list (CSV)"

    def identify(self, head: bytes, facts: FileFacts) -> bool:
        """Whether a preset knows the headings in the first rows, or the look of rows without headings."""
        if looks_like(head):
            return False
        encoding = bom_encoding(head) or ("utf-8" if _is_utf8(head) else "cp1252")
        sample = head.decode(encoding, "replace")[:SAMPLE]
        header = find_header(sample, complete=len(head) < SAMPLE, fits=lambda row: fits(row, facts.own))
        return fits(header.headings, facts.own) or _bare(sample, facts, complete=len(head) < SAMPLE) is not None

    def read(self, path: Path, facts: FileFacts) -> Iterator[Line]:
        """Every row that is a line of the account; totals, balances and what the preset leaves out are none."""
        table, preset, met = _opened(path, facts)
        yield from _Reading(table, preset, met, facts).lines()


def _is_utf8(head: bytes) -> bool:
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bare(sample: str, facts: FileFacts, *, complete: bool) -> tuple[BankPreset, str] | None:
    """The preset of a list without headings, and its delimiter."""
    for delimiter in ",;\t":
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if any(row)]
        except csv.Error:
            continue
        whole = rows if complete or len(rows) < 2 else rows[:-1]
        if (preset := without_headings(whole[:_FIRST], facts.own)) is not None:
            return preset, delimiter
    return None


def _opened(path: Path, facts: FileFacts) -> tuple[Table, BankPreset, Met]:
    table = open_table(path, facts.name, lambda row: fits(row, facts.own))
    try:
        found = find(table.headings, facts.own)
    except InputError as err:
        raise InputError(err.message, hint=err.hint, where=facts.name) from err
    if found is not None:
        return table, *found
    encoding = survey(path, facts.name)
    with open_text(path, encoding) as file:
        sample = file.read(SAMPLE)
        bare = _bare(sample, facts, complete=not file.read(1))
    if bare is None:
        hint = "docs/reference/statements.md says how a bank's list is made known"
        raise InputError(
            "has headings that no preset knows", hint=hint, where=f"{facts.name}, line {table.header_line}"
        )
    preset, delimiter = bare
    names = list(preset.columns)
    met = find(names, facts.own)
    assert met is not None
    return Table(path, facts.name, encoding, delimiter, names, 0, (), 0), preset, met[1]


class _Reading:
    """Reads one list by its preset."""

    def __init__(self, table: Table, preset: BankPreset, met: Met, facts: FileFacts) -> None:
        self.table, self.preset, self.facts, self.by = table, preset, facts, preset.statement
        base = facts.currency
        choices = Choices(order=facts.order)
        shop = TableShop(base=base, zone=ZoneInfo("UTC"), received_at=datetime(2000, 1, 1, tzinfo=UTC), choices=choices)
        hint = Proof(preset.layout.decimal, preset.layout.dates)
        money = [v for v in (self.by.amount, self.by.debit, self.by.credit) if v is not None]
        self.proof = prove(table, _places(met, money), _places(met, [self.by.on]), choices, hint)
        self.cells = Cells(met, table.headings, self.proof, shop, unit_of(table))
        self.met = met
        above = [re.search(preset.account_above, title) for title in table.titles] if preset.account_above else []
        self.account = next((_compact(match[1] or "") for match in above if match), "")
        self.hidden = frozenset(place for heading in preset.secret for place in met.all(heading))

    def lines(self) -> Iterator[Line]:
        """Every line, and every row that should be one and cannot be read."""
        if self.proof.date:
            hint = "say which it is with --date-order dmy or --date-order mdy"
            raise InputError(
                f"has dates that can be read day first or month first, as '{self.proof.date}'",
                hint=hint,
                where=self.facts.name,
            )
        try:
            for found in documents(self.table, self.met, self.cells):
                line = self._left(found) if isinstance(found, LeftOut) else self._line(found)
                if line is not None:
                    yield line
        except BrokenRowError as err:
            raise InputError(err.message, hint=err.hint, where=err.where) from err
        for note in self.cells.assumed:
            self.facts.say(note)

    def _left(self, row: LeftOut) -> UnreadLine | None:
        """A row of another width, unless it is a line below the list."""
        words = row.words.lstrip('"').casefold()
        if not row.broken or any(words.startswith(start.casefold()) for start in self.preset.footer):
            return None
        return unread(row.line, row.why, row.words)

    def _line(self, row: Document) -> Line | None:
        if not self.cells.fits(row.cells, self.by.when):
            return None
        try:
            return self._read(row)
        except RowError as err:
            shown = [cell for place, cell in enumerate(row.cells) if cell and place not in self.hidden]
            return unread(row.line, str(err), " ".join(shown))

    def _read(self, row: Document) -> StatementLine:
        cells, by, read = row.cells, self.by, self.cells
        amount, currency = self._amount(cells)
        text = tidy(" ".join(cells[place] for heading in by.text for place in self.met.all(heading) if cells[place]))
        name = tidy(read.text(cells, by.name))
        ids = tuple(read.text(cells, value) for value in by.references)
        return StatementLine(
            index=row.line, on=self._day(cells), amount=amount, currency=currency, said=self._said(cells),
            references=references(ids, text, name), text=text or name, name=name,
            code=tidy(read.text(cells, by.code))[:35], identity=given(read.text(cells, by.identity)),
            account=_compact(read.text(cells, by.account)) or self.account,
            cheque=cheque(read.text(cells, by.cheque)),
        )  # fmt: skip

    def _said(self, cells: Sequence[str]) -> Said:
        return next((rule.said for rule in self.by.says if self.cells.fits(cells, rule.when)), Said.BOOKED)

    def _day(self, cells: Sequence[str]) -> date:
        text = self.cells.text(cells, self.by.on)
        heading = self.cells.called(self.by.on, cells)
        if not text:
            raise RowError(heading, "no date is given")
        try:
            return _date(text, self.proof.order)
        except ValueError as err:
            raise RowError(heading, str(err)) from err

    def _amount(self, cells: Sequence[str]) -> tuple[int, str]:
        """Minor units, negative when money left, and the currency."""
        by, read = self.by, self.cells
        if by.amount is not None and (by.debit is None or self.cells.place(cells, by.amount.heading) >= 0):
            amount, code = read.money(cells, by.amount, by.currency)
            if by.direction is not None:
                way = read.text(cells, by.direction)
                if way not in {"out", "in"}:
                    raise RowError(
                        read.called(by.direction, cells), f"'{tidy(way)[:20]}' does not say whether money came or went"
                    )
                amount = -abs(amount) if way == "out" else abs(amount)
            return self._minor(amount, code, by.amount, cells)
        assert by.debit is not None
        assert by.credit is not None
        filled = [(v, sign) for v, sign in ((by.debit, -1), (by.credit, 1)) if read.text(cells, v)]
        if not filled:
            raise RowError(read.called(by.debit, cells), "no amount is given")
        parts = [(*read.money(cells, value, by.currency), value, sign) for value, sign in filled]
        if len([part for part, *_ in parts if part]) > 1:
            raise RowError(read.called(by.credit, cells), "money went out and came in on one row")
        part, code, value, sign = next((found for found in parts if found[0]), parts[0])
        return self._minor(sign * part, code, value, cells)

    def _minor(self, amount: Decimal, code: str, value: Value, cells: Sequence[str]) -> tuple[int, str]:
        heading = self.cells.called(value, cells)
        if not code:
            raise RowError(heading, "in no currency: neither the list nor the account names one")
        try:
            return to_minor(amount, code), code
        except ValueError as err:
            raise RowError(heading, str(err)) from err


@lru_cache(maxsize=4096)
def _date(text: str, order: str) -> date:
    """The day as it is written, whatever hour stands beside it."""
    compact = _COMPACT.fullmatch(text)
    found = read_time("-".join(compact.groups()) if compact else text, order, UTC).date()
    if not 1990 <= found.year < 2100:
        raise ValueError(f"'{text[:40]}' is not a date of this century")
    return found


def _compact(account: str) -> str:
    return re.sub(r"\s", "", account)[:40]


def _places(met: Met, values: Sequence[Value]) -> list[int]:
    return sorted({place for value in values for heading in value.heading for place in met.all(heading)})
