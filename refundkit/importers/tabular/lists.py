"""Other people's lists of requests: columns by their headings, figures and dates as people write them.

Nothing is guessed. What is no amount at all rejects the row; what can be read in two ways, or stands open, becomes a
doubt that a person settles. Decimal mark and order of day and month are those the whole column proves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from refundkit.importers.extract.asked import read_request
from refundkit.importers.tabular.amounts import Figure, check, currency_of, read_amount, unwrap
from refundkit.importers.tabular.cell_ids import (
    USUAL,
    beginning,
    customer_beside,
    in_our_form,
    named_in_words,
    put_right,
)
from refundkit.importers.tabular.dates import in_reach, read_time, with_year
from refundkit.importers.tabular.headings import NATIVE, aliases_by_field, plain
from refundkit.importers.tabular.idle_rows import CLOSED, WITHDRAWN, no_row
from refundkit.importers.tabular.native import MAX_DESCRIPTION, WORDS, ragged
from refundkit.importers.tabular.plan import Plan
from refundkit.importers.tabular.reasons import reason_of, words_of
from refundkit.importers.tabular.rows import Sheet, as_written
from refundkit.importers.tabular.shop import TableShop
from refundkit.model.records import RowError, maybe_ident
from refundkit.model.requests import Draft, Ignored, NoRequest, Reading, Reject
from refundkit.model.words import CHANNELS

_ADDRESS: Final = re.compile(r"[^\s<>@,;:\"()\[\]]{1,64}@[^\s<>@,;:\"()\[\]]{1,190}")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BARE: Final = re.compile(r"(?:[a-z]{1,3}[\s.-]?)?#?\s?(\d{3,7})", re.IGNORECASE)
_YEARLY: Final = re.compile(r"(?:so[\s.-]?)?(?:(20\d\d)\s?[-/ ]\s?(\d{1,6})|(\d{3,6})\s?/\s?(20\d\d))", re.IGNORECASE)
_GROUP: Final = re.compile(r"\d{3}(?:\.\d{1,2})?")
_IDS: Final = ("customer_id", "service_order", "invoice")
_NAMED: Final = ("customer_email", "service_order", "invoice")
_REMEMBERED: Final = 20_000
_FEW: Final = 2
_NO_ID: Final = frozenset({"-", "--", "?", "n/a", "none", "—", "–"})


def read_list(sheet: Sheet, shop: TableShop, plan: Plan) -> Iterator[Reading]:
    """Every row as a Draft, a Reject, or Ignored where it is a total, a footer, or asks for nothing."""
    reader = ListReader(sheet, shop, plan)
    for line, row in sheet.rows():
        if any(cell.strip() for cell in row):
            yield reader.read(line, row)


class ListReader:
    """Reads the rows of one list by its plan. Times that repeat are read once."""

    def __init__(self, sheet: Sheet, shop: TableShop, plan: Plan) -> None:
        self.sheet, self.shop, self.plan = sheet, shop, plan
        self.begins = {field: beginning(field, shown, shop.forms) for field, shown in plan.forms.items()}
        self.places = plan.columns.places
        self.at = {field: self.places.get(field, -1) for field in aliases_by_field()}
        self.times: dict[str, datetime] = {}
        self.width = len(sheet.headings)
        told = {*plan.columns.subjects, self.places.get("description", -1)}
        self.told = sorted(place for place in told if place >= 0)
        self.head = [plain(h) for h in sheet.headings]
        self.without = [field for field in _IDS if self.at[field] < 0]

    def read(self, line: int, row: list[str]) -> Reading:
        """One row; `line` is where it begins."""
        words = as_written(row, self.sheet.delimiter)[:WORDS]
        cells = [unwrap(cell) for cell in row]
        if len(cells) > self.width and (cut := self._cut_amount(cells)):
            return Reject(self.sheet.name, line, cut, words)
        while len(cells) > self.width and not cells[-1]:
            cells.pop()
        whole = len(cells) == self.width
        known = [self.cell(cells, field) for field in _NAMED] if whole else [""]
        if why := no_row(cells, self.head, known) or (self._is_sum(cells) if whole else ""):
            return Ignored(self.sheet.name, line, why, words)
        if not whole:
            return Reject(self.sheet.name, line, ragged(len(cells), self.width), words)
        try:
            return self._draft(line, cells, words)
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
        label, *rest = [place for place, cell in enumerate(cells) if cell]
        if rest != [self.at["amount"]] or label in (self.at["name"], self.at["requested_by"], *self.told):
            return ""
        lettered = cells[label].replace(" ", "").isalpha()
        return "the row is a sum of others, not a request" if lettered else ""

    def as_fields(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells that were taken for a field of a request, to be mended under that field's name."""
        told = "\n".join(cells[place] for place in self.told if cells[place])
        found = {field: self.cell(cells, field) for field in NATIVE} | {"description": told}
        if self.plan.currency and not found["currency"]:
            found["currency"] = self.plan.currency
        return {field: text for field, text in found.items() if text}

    def cell(self, cells: Sequence[str], field: str) -> str:
        """What a row of the list's width says for a field, '' when nothing."""
        place = self.at[field]
        return cells[place] if place >= 0 else ""

    def _draft(self, line: int, cells: Sequence[str], words: str) -> Reading:
        doubts: list[str] = []
        reason, said = self._words(cells)
        ids = {field: self.ident(cells, field) for field in _IDS}
        put_right(ids)
        named_in_words(ids, said, self.without)
        email = self.email(cells, doubts)
        if not email and _ADDRESS.fullmatch(ids["customer_id"]):
            email, ids["customer_id"] = ids["customer_id"], ""
        name = self.ident(cells, "name")
        whose = (self.cell(cells, "name"), self.cell(cells, "requested_by"))
        begins = self.plan.forms.get("customer_id", "" if self.shop.forms else USUAL["customer_id"])
        ids["customer_id"] = customer_beside(ids["customer_id"], whose, begins)
        if not email and _ADDRESS.fullmatch(name):
            email, name = name, ""
        email = email or self._beside(whose)
        if name and not ids["customer_id"]:
            ids["customer_id"] = self.shop.choices.customer(name)
        if not (email or any(ids.values())):
            if not any(c.isalpha() for c in name):
                raise RowError("", "the row names no customer, e-mail, service order or invoice")
            doubts.append(f"{self._heading('name')}: nothing but the name '{name[:60]}' says who asks")
        figure, currency = self.amount(cells, doubts)
        empty = not self.cell(cells, "amount") or figure.amount == 0
        unsaid = reason_of(self.cell(cells, "reason")) in ("", "other")
        hinted = reason if ids["service_order"] or ids["invoice"] else ""
        if empty and unsaid and (why := self._asks_nothing(said, hinted)):
            return Ignored(self.sheet.name, line, why, words)
        if figure.amount == 0:
            doubts.append(f"{self._heading('amount')}: '{self.cell(cells, 'amount')[:40]}' is nothing to pay back")
            figure = Figure(None, figure.currency)
        status = words_of(told) if (told := self.cell(cells, "status")) else ""
        if WITHDRAWN.fullmatch(status):
            return Ignored(self.sheet.name, line, "the request was withdrawn", words, kind=NoRequest.WITHDRAWAL)
        if figure.amount is None and CLOSED.fullmatch(status):
            return Ignored(self.sheet.name, line, "the row is closed and asks for no amount", words)
        if len(said) > MAX_DESCRIPTION:
            said = said[:MAX_DESCRIPTION]
            doubts.append(f"the description is longer than {MAX_DESCRIPTION} characters; its end is not kept")
        evidence = {field: self.cell(cells, field) for field in ("amount", "currency", "reason", "received_at")}
        return Draft(
            self.sheet.name, line, self._channel(cells, doubts), self.when(cells, doubts), ids["customer_id"],
            email, ids["service_order"],
            ids["invoice"], figure.amount, currency, reason or "other", said, self.ident(cells, "requested_by") or name,
            self.ident(cells, "external_ref"), "", words, {k: v[:200] for k, v in evidence.items() if v}, tuple(doubts),
        )  # fmt: skip

    def _asks_nothing(self, said: str, reason: str) -> str:
        """Why the words of a row without an amount ask for no money, read as a mail's are; '' when they may.

        A row that names a visit or bill and tells a `reason` is left out only when it says thanks, asks where its money
        is, or the like.
        """
        if said.count(" ") < _FEW:
            return ""
        subject, _, text = said.partition("\n")
        answer = read_request(subject, text, "", self.shop.base)
        speaks = answer.requests or (reason and answer.kind is NoRequest.NONE)
        return "" if speaks else answer.why

    def _heading(self, field: str) -> str:
        return self.sheet.headings[self.places[field]]

    def ident(self, cells: Sequence[str], field: str) -> str:
        """An id or a name; raise RowError for one that cannot be kept."""
        text = self.cell(cells, field)
        if not text or text in _NO_ID:
            return ""
        begins = self.begins.get(field, "")
        if begins and (bare := _BARE.fullmatch(text)):
            number = bare[1]
            text = begins + (number.zfill(5) if field == "service_order" else number)
        elif field == "service_order" and self.plan.forms and (yearly := _YEARLY.fullmatch(text)):
            text = f"SO-{yearly[1] or yearly[4]}-{(yearly[2] or yearly[3]).zfill(5)}"
        elif field in _IDS:
            text = in_our_form(field, text, self.shop.forms)
        try:
            return maybe_ident(text)
        except ValueError as err:
            raise RowError(self._heading(field), str(err)) from err

    def email(self, cells: Sequence[str], doubts: list[str]) -> str:
        """The customer's address; what is none becomes a doubt."""
        text = self.cell(cells, "customer_email")
        if not text or text in _NO_ID:
            return ""
        found = _ADDRESS.findall(text[:1_000])
        if len(found) == 1 and found[0].isprintable():
            return str(found[0])
        doubts.append(f"{self._heading('customer_email')}: '{text[:60]}' is not one e-mail address")
        return ""

    def _beside(self, whose: Sequence[str]) -> str:
        """The address that stands beside a name: 'Greta Finch <greta@finch.test>'."""
        found = {address for text in whose for address in _ADDRESS.findall(text[:1_000]) if "<" in text}
        return found.pop() if len(found) == 1 else ""

    def _channel(self, cells: Sequence[str], doubts: list[str]) -> str:
        """The channel the row names in our own words, else `csv`: a list from another system."""
        text = self.cell(cells, "channel").casefold()
        if not text or text in CHANNELS:
            return text or "csv"
        doubts.append(f"{self._heading('channel')}: '{text[:40]}' is none of {', '.join(sorted(CHANNELS))}")
        return "csv"

    def _words(self, cells: Sequence[str]) -> tuple[str, str]:
        """The reason ('' when no words tell one) and the description: what the reason's own code does not say."""
        why = self.cell(cells, "reason")
        told = [cells[place] for place in self.told]
        text = "\n".join(CONTROL.sub(" ", t.replace("\r\n", "\n")) for t in told if t)
        reason = reason_of(why) if why else ""
        if why and (not reason or not text):
            text = "\n".join(t for t in (CONTROL.sub(" ", why), text) if t)
        return reason or reason_of(text), text

    def amount(self, cells: Sequence[str], doubts: list[str]) -> tuple[Figure, str]:
        """The figure and its currency; raise RowError for what is no amount at all."""
        column = self._currency(cells) or self.plan.currency
        if "amount" not in self.places:
            doubts.append("the list has no column for the amount")
            return Figure(), column
        heading = self._heading("amount")
        try:
            figure = read_amount(self.cell(cells, "amount"), self.plan.proof.mark, self.shop.base, column)
            currency = figure.currency or column
            if figure.amount is not None:
                check(figure.amount, currency)
        except ValueError as err:
            raise RowError(heading, str(err)) from err
        if figure.currency and (own := self._currency(cells)) and figure.currency != own:
            doubts.append(f"{heading}: the amount says {figure.currency}, the list {own}")
            return Figure(), ""
        if figure.doubt:
            doubts.append(f"{heading}: {figure.doubt}")
        return figure, currency

    def _currency(self, cells: Sequence[str]) -> str:
        text = self.cell(cells, "currency")
        if not text or text in _NO_ID:
            return ""
        if code := currency_of(text, self.shop.base):
            return code
        raise RowError(self._heading("currency"), f"'{text[:20]}' is no currency code like USD")

    def when(self, cells: Sequence[str], doubts: list[str]) -> datetime | None:
        """When the request came; what cannot be read becomes a doubt."""
        text = self.cell(cells, "received_at")
        if not text or text in _NO_ID:
            return None
        if text in self.times:
            return self.times[text]
        try:
            order = self.plan.proof.order
            dated = with_year(text, order, self.shop.received_at)
            read = in_reach(read_time(dated, order, self.shop.zone), self.shop.received_at)
        except ValueError as err:
            doubts.append(f"{self._heading('received_at')}: {err}")
            return None
        if len(self.times) > _REMEMBERED:
            self.times.clear()
        self.times[text] = read
        return read
