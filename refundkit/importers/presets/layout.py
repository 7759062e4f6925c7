"""The rows of an export as its documents: what is no row left out, several rows of one ticket or invoice made one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from refundkit.importers.presets.catalog import Met
from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.preset import Value
from refundkit.importers.tabular.amounts import unwrap
from refundkit.importers.tabular.headings import plain
from refundkit.importers.tabular.idle_rows import no_row
from refundkit.importers.tabular.native import WORDS, ragged
from refundkit.importers.tabular.rows import Sheet, as_written

_IDS: Final = (
    "external_ref", "invoice", "payment_id", "refund_id", "service_order", "payment", "customer_email", "received_at",
    "issued_on", "paid_on", "refunded_on",
)  # fmt: skip


@dataclass(slots=True)
class Document:
    """One ticket, payment or invoice: the line on which it begins, its cells, its rows, all as written.

    `cells` holds for each column the cell that counts; `rows` every row with its line.
    """

    line: int
    cells: list[str]
    words: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is nothing of ours, with the sentence why; `broken`: it cannot be read as a row at all."""

    line: int
    why: str
    words: str
    broken: bool = False


def documents(sheet: Sheet, met: Met, cells: Cells) -> Iterator[Document | LeftOut]:
    """Every document of the list in the order in which they begin, and every row that belongs to none."""
    rows = _Rows(sheet, met, cells)
    if met.preset.layout.group:
        yield from rows.grouped()
    else:
        yield from rows.single()


class _Rows:
    """Goes through the rows of a list once."""

    def __init__(self, sheet: Sheet, met: Met, cells: Cells) -> None:
        self.sheet, self.met, self.cells = sheet, met, cells
        self.layout = met.preset.layout
        self.width = len(sheet.headings)
        self.head = [plain(h) for h in sheet.headings]
        self.empty = frozenset(self.layout.empty)
        self.ids = columns_of(met, _IDS)  # a total has none of them

    def single(self) -> Iterator[Document | LeftOut]:
        """Every row by itself."""
        for found in self._rows():
            yield found if isinstance(found, LeftOut) else self._judged(found)

    def grouped(self) -> Iterator[Document | LeftOut]:
        """Rows of one number together, wherever they stand."""
        places = self.met.all(self.layout.group)
        groups: dict[str, Document] = {}
        order: list[Document | LeftOut] = []
        last = None
        for found in self._rows():
            if isinstance(found, LeftOut):
                order.append(found)
                continue
            number = next((found.cells[p] for p in places if found.cells[p]), "")
            group = groups.get(number) if number else last
            if group is None:
                group = found
                order.append(found)
                if number:
                    groups[number] = found
            else:
                self._join(group, found)
            last = group
        for item in order:
            yield item if isinstance(item, LeftOut) else self._judged(item)

    def _join(self, group: Document, more: Document) -> None:
        group.rows += more.rows
        if len(group.words) < WORDS:
            group.words = f"{group.words}\n{more.words}"[:WORDS]
        for place, cell in enumerate(more.cells):
            if cell and (self.layout.take == "last" or not group.cells[place]):
                group.cells[place] = cell

    def _judged(self, found: Document) -> Document | LeftOut:
        for skip in self.layout.skip:
            if self.cells.fits(found.cells, skip.when):
                return LeftOut(found.line, skip.why, found.words, broken=skip.reject)
        return found

    def _rows(self) -> Iterator[Document | LeftOut]:
        for line, row in self.sheet.rows():
            cells = [unwrap(cell) for cell in row]
            if not any(cells):
                continue
            words = as_written(row, self.sheet.delimiter)[:WORDS]
            while len(cells) > self.width and not cells[-1]:
                cells.pop()
            filled = [cell for cell in cells if cell]
            first = cells.index(filled[0])  # 'Total' may stand in the column of an id
            named = [cells[p] for p in self.ids if first != p < len(cells) and cells[p]]
            why = no_row(cells, filled, self.head, named or [""])
            if not why and len(filled) == 1 and self.width > 2 and not (named or self.layout.group):
                why = "the row is a heading of a section"
            if why:
                yield LeftOut(line, why.removesuffix(", not a request"), words)
            elif len(cells) != self.width:
                yield LeftOut(line, ragged(len(cells), self.width), words, broken=True)
            else:
                kept = ["" if cell in self.empty else cell for cell in cells] if self.empty else cells
                yield Document(line, list(kept), words, [(line, kept)])


def columns_of(met: Met, names: Sequence[str]) -> list[int]:
    """The columns that hold these fields of a preset."""
    preset = met.preset
    found: set[int] = set()
    for part in (*([preset.requests] if preset.requests else []), *preset.blocks):
        for name in names:
            if isinstance(value := getattr(part, name, None), Value):
                found |= {place for heading in value.heading for place in met.all(heading)}
    return sorted(found)
