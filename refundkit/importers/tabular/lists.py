"""Other people's lists of requests: columns by their headings, figures and dates as people write them.

Nothing is guessed. What is no amount at all rejects the row; what can be read in two ways, or stands open, becomes a
doubt that a person settles. Decimal mark and order of day and month are those the whole column proves. What a row
tells in words is read as a mail's are: for the amount that no cell holds, and for numbers that stand nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from refundkit.importers.extract.answer import Asked
from refundkit.importers.tabular.amounts import unwrap
from refundkit.importers.tabular.fates import Fates
from refundkit.importers.tabular.groups import Group, group_of
from refundkit.importers.tabular.headings import plain
from refundkit.importers.tabular.idle_rows import no_row
from refundkit.importers.tabular.native import MAX_DESCRIPTION, WORDS, ragged
from refundkit.importers.tabular.plan import Plan
from refundkit.importers.tabular.reasons import is_vague, reason_of, words_of
from refundkit.importers.tabular.row_cells import RowCells
from refundkit.importers.tabular.rows import Sheet, as_written
from refundkit.importers.tabular.shop import TableShop
from refundkit.importers.tabular.states import State, asks_for_paper, doubt_of, is_test
from refundkit.importers.tabular.told import Told, currency_told, read_words
from refundkit.importers.tabular.who import unknown, who_asks
from refundkit.model.records import RowError
from refundkit.model.requests import Draft, Ignored, Reading, Reject

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_GROUP: Final = re.compile(r"\d{3}(?:\.\d{1,2})?")
_EVIDENT: Final = ("amount", "currency", "reason", "received_at")
_SUM: Final = 2
"""A row that adds others up has an amount and at most a word beside it."""
_NAMED: Final = ("customer_email", "service_order", "invoice")


def read_list(sheet: Sheet, shop: TableShop, plan: Plan) -> Iterator[Reading]:
    """Every row as a Draft, a Reject, or Ignored where it is a total, a footer, or asks for nothing."""
    reader = ListReader(sheet, shop, plan)
    for line, row in sheet.rows():
        if any(cell.strip() for cell in row):
            yield reader.read(line, row)


class _Sum(NamedTuple):
    """The amount a row asks back and its currency. `why` it asks for none; `told`: what was read from its words."""

    amount: Decimal | None = None
    currency: str = ""
    doubts: tuple[str, ...] = ()
    why: str = ""
    told: Asked = Asked()


class ListReader(RowCells):
    """Reads the rows of one list by its plan."""

    def __init__(self, sheet: Sheet, shop: TableShop, plan: Plan) -> None:
        super().__init__(sheet, shop, plan)
        self.width = len(sheet.headings)
        self.head = [plain(h) for h in sheet.headings]
        self.fates = Fates(sheet, plan.columns)
        self.nameless = not {"customer_id", "customer_email", "name", "requested_by"} & set(self.places)
        self.group = Group()
        self.shown = [(field, self.places[field]) for field in _EVIDENT if field in self.places]
        self.explaining = plan.legend.lines

    def read(self, line: int, row: list[str]) -> Reading:
        """One row; `line` is where it begins."""
        text = as_written(row, self.sheet.delimiter)
        cells = [unwrap(c) for c in row] if "'" in text or '="' in text else [c.strip() for c in row]
        words = text[:WORDS]
        if len(cells) > self.width and (cut := self._cut_amount(cells)):
            return Reject(self.sheet.name, line, cut, words)
        while len(cells) > self.width and not cells[-1]:
            cells.pop()
        whole = len(cells) == self.width
        if self.nameless and (group := group_of(cells)):
            self.group = group
            return Ignored(self.sheet.name, line, "the row names the customer of those below it", words)
        if line in self.explaining:
            return Ignored(self.sheet.name, line, "the row explains the short words of the list", words)
        known = [self.cell(cells, field) for field in _NAMED] if whole else [""]
        filled = [cell for cell in cells if cell]
        may_add = whole and len(filled) <= _SUM
        if why := no_row(cells, filled, self.head, known) or (self._is_sum(cells) if may_add else ""):
            self.group = Group()
            return Ignored(self.sheet.name, line, why, words)
        if not whole:
            return Reject(self.sheet.name, line, ragged(len(cells), self.width), words)
        try:
            return self._reading(line, cells, words)
        except RowError as err:
            problem = str(err) if err.column else err.problem
            return Reject(self.sheet.name, line, problem, words, err.column, self.as_fields(cells))

    def _cut_amount(self, cells: Sequence[str]) -> str:
        """Why a row with a cell too many cannot be read: its amount was cut in two at a comma; '' when it was not."""
        at = self.at["amount"]
        if at < 0 or not (re.fullmatch(r"\D{0,4}\d{1,3}", cells[at]) and _GROUP.fullmatch(cells[at + 1])):
            return ""
        return f"the amount is cut in two at a comma: '{cells[at]}' and '{cells[at + 1]}'; it must stand in quotes"

    def _is_sum(self, cells: Sequence[str]) -> str:
        """Why a row is no request: nothing stands in it but an amount and a word where no name belongs; else ''."""
        *labels, last = [place for place, cell in enumerate(cells) if cell]
        if last != self.at["amount"] or len(labels) > 1:
            return ""
        if any(label in (self.at["name"], self.at["requested_by"], *self.told) for label in labels):
            return ""
        lettered = all(cells[label].replace(" ", "").isalpha() for label in labels)
        return "the row is a sum of others, not a request" if lettered else ""

    def _reading(self, line: int, cells: Sequence[str], words: str) -> Reading:
        reason, said = self._words(cells)
        fate = self.fates.of(cells)
        if fate.why:
            return Ignored(self.sheet.name, line, fate.why, words, kind=fate.state.kind)
        doubts = list(fate.doubts)
        who = who_asks(self, cells, said, self.group, doubts)
        if who.known and is_test((*said.split("\n"), self.cell(cells, "reason"), self.cell(cells, "name"))):
            return Ignored(self.sheet.name, line, "somebody only tried the form out", words)
        sum_asked = self._sum_asked(cells, said, about=bool(reason and (who.service_order or who.invoice)))
        if sum_asked.why:
            return Ignored(self.sheet.name, line, sum_asked.why, words)
        if not who.known:
            doubts.append(unknown(self, cells, who))
        doubts += sum_asked.doubts
        if fate.state is State.CLOSED and sum_asked.amount is None:
            return Ignored(self.sheet.name, line, "the row is closed and asks for no amount", words)
        over = doubt_of(said)
        if fate.state is State.CLOSED and over:
            return Ignored(self.sheet.name, line, f"the row is closed. {over}", words)
        if fate.state is State.CLOSED:
            doubts.append(f"{self.heading('status')}: it is closed, and may have been paid back already")
        if over:
            doubts.append(over)
        if len(said) > MAX_DESCRIPTION:
            said = said[:MAX_DESCRIPTION]
            doubts.append(f"the description is longer than {MAX_DESCRIPTION} characters; its end is not kept")
        told = sum_asked.told
        evidence: dict[str, str] = {field: cells[at][:200] for field, at in self.shown if cells[at]}
        if told.evidence:
            evidence = {field: text[:200] for field, text in told.evidence.items() if text} | evidence
        return Draft(
            self.sheet.name, line, self.channel(cells, doubts), self.when(cells, doubts), who.customer_id, who.email,
            who.service_order, who.invoice, sum_asked.amount, sum_asked.currency, reason or told.reason, said,
            self.ident(cells, "requested_by") or who.name, self.ident(cells, "external_ref"), "", words,
            evidence, tuple(doubts), confidence=told.confidence,
        )  # fmt: skip

    def _sum_asked(self, cells: Sequence[str], said: str, *, about: bool) -> _Sum:
        """What a row asks: by its cell, else by its words. `about`: it names a visit or bill, and tells a reason."""
        doubts: list[str] = []
        figure, currency = self.amount(cells, doubts)
        cell, told = self.cell(cells, "amount"), Told()
        unsaid = reason_of(self.cell(cells, "reason")) in ("", "other")
        if (not cell or figure.amount == 0) and (unsaid or any(map(str.isdigit, said))):
            told = read_words(said, self.dollar(currency), about=about or not unsaid)
        if told.why and unsaid:
            return _Sum(why=told.why)
        if figure.amount == 0 and (over := doubt_of(said)):
            return _Sum(why=f"it asks for nothing. {over}")
        if told.asked and not cell:
            asked = told.asked
            return _Sum(asked.amount, asked.currency or currency, tuple(asked.doubts), told=asked)
        if not cell and asks_for_paper(said):
            return _Sum(why="it asks for a paper, not for money")
        if figure.amount == 0:
            doubts.append(f"{self.heading('amount')}: '{cell[:40]}' is nothing to pay back")
            return _Sum(None, currency, tuple(doubts))
        if figure.amount is not None and not currency:
            currency = currency_told(said, self.shop.base)
        return _Sum(figure.amount, currency, tuple(doubts))

    def _words(self, cells: Sequence[str]) -> tuple[str, str]:
        """The reason ('' when no words tell one) and the description: what the reason's own code does not say."""
        why = self.cell(cells, "reason")
        told = [cells[place] for place in self.told]
        text = "\n".join(CONTROL.sub(" ", t.replace("\r\n", "\n")) for t in told if t)
        reason = self.plan.legend.codes.get(words_of(why)) or reason_of(why) if why else ""
        if why and (not reason or not text):
            text = "\n".join(t for t in (CONTROL.sub(" ", why), text) if t)
        if reason == "other" or (reason and is_vague(why)):
            return reason_of(text) or reason, text
        return reason or reason_of(text) or self.plan.reason, text
