"""Tickets, mails and forms of other systems as requests: by their columns, without an amount by their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from refundkit.errors import InputError
from refundkit.importers.extract.answer import Answer, Asked
from refundkit.importers.extract.asked import read_request
from refundkit.importers.mail.newtext import take_apart
from refundkit.importers.presets.catalog import Met
from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.layout import Document, documents
from refundkit.importers.presets.preset import Requests, Value
from refundkit.importers.tabular.cell_ids import named_elsewhere, named_in_words
from refundkit.importers.tabular.headings import Columns, asks, assign, unit_in
from refundkit.importers.tabular.lists import CONTROL
from refundkit.importers.tabular.native import MAX_DESCRIPTION
from refundkit.importers.tabular.plan import Plan, Proof, chosen, opened_as, prove, proven, quoted, shown, unit_of
from refundkit.importers.tabular.reasons import reason_of, words_of
from refundkit.importers.tabular.row_cells import RowCells
from refundkit.importers.tabular.rows import Sheet
from refundkit.importers.tabular.shop import TableShop
from refundkit.importers.tabular.states import OVER, State, doubt_of, is_test, state_of
from refundkit.importers.tabular.told import currency_told
from refundkit.model.records import RowError
from refundkit.model.requests import Draft, Ignored, NoRequest, Reading, Reject

_FIELDS: Final = (
    "channel", "customer_id", "customer_email", "service_order", "invoice", "amount", "currency", "reason",
    "description", "received_at", "requested_by", "external_ref", "status", "subject", "customer_name",
)  # fmt: skip
_READ: Final = 50_000
"""Characters of a ticket that are read."""

_TELLING: Final = ("subject", "description", "amount")


def read_tickets(sheet: Sheet, met: Met, shop: TableShop) -> Iterator[Reading]:
    """Every document of the list as its requests, or Ignored with the reason; rows that are broken as Rejects.

    Raise InputError for an export of which no column says what is asked.
    """
    tickets = _Tickets(sheet, met, shop)
    for note in tickets.notes():
        shop.choices.say(note)
    for found in documents(sheet, met, tickets.cells):
        if isinstance(found, Document):
            yield from tickets.read(found)
        elif found.broken:
            yield Reject(sheet.name, found.line, found.why, found.words)
        else:
            yield Ignored(sheet.name, found.line, found.why, found.words)


def proof_of(sheet: Sheet, met: Met, shop: TableShop) -> Proof:
    """What the cells of the list prove of its amounts and dates."""
    return _Tickets(sheet, met, shop).proof


class _Tickets:
    """Reads the documents of one list of tickets.

    The cells of a document are first brought into a row of the fields of a request, which the reader of lists reads.
    """

    def __init__(self, sheet: Sheet, met: Met, shop: TableShop) -> None:
        assert met.preset.requests is not None
        self.sheet, self.met, self.shop = sheet, met, shop
        self.rule: Requests = met.preset.requests
        self.closed = {words_of(word) for word in self.rule.closed}
        self.sources = self._sources()
        if not self.rule.answers and not any(field in self.sources for field in _TELLING):
            self._refuse()
        layout = met.preset.layout
        hint = Proof(layout.decimal, layout.dates)
        self.proof = prove(sheet, self._places("amount"), self._places("received_at"), shop.choices, hint)
        unit = unit_of(sheet)
        self.cells = Cells(met, sheet.headings, self.proof, shop, unit)
        headings = [self._called(field) for field in _FIELDS]
        places = {field: place for place, field in enumerate(_FIELDS) if field in self.sources}
        plan = Plan(Columns(places, (), "", ()), self.proof, unit_in(headings[_FIELDS.index("amount")]) or unit)
        there = replace(shop, zone=ZoneInfo("UTC")) if layout.zone else shop
        self.reader = RowCells(_Row(sheet, headings), there, plan)

    def _sources(self) -> dict[str, Value | int]:
        """Where each field comes from: the column a person named, what the preset says, else a column of its own name.

        The last are columns the preset does not know, such as custom fields.
        """
        values = {f: v for f in _FIELDS if isinstance(v := getattr(self.rule, f, None), Value)}
        mapped: dict[str, Value | int] = {
            f: v for f, v in values.items() if v.always or any(map(self.met.all, v.heading))
        }
        headings = [h for value in values.values() for h in value.heading]
        known = {place for heading in (*headings, *self._comment_headings()) for place in self.met.all(heading)}
        others = ["" if place in known else heading for place, heading in enumerate(self.sheet.headings)]
        return {**assign(others).places, **mapped, **chosen(self.sheet, self.shop.choices.columns)}

    def _comment_headings(self) -> tuple[str, ...]:
        rule = self.rule.comments
        return (*rule.text, *filter(None, [rule.by])) if rule else ()

    def _places(self, field: str) -> list[int]:
        """The columns from which a field is read."""
        source = self.sources.get(field)
        if isinstance(source, int):
            return [source]
        return [place for heading in (source.heading if source else ()) for place in self.met.all(heading)]

    def _called(self, field: str) -> str:
        places = self._places(field)
        return shown(self.sheet.headings[places[0]]) if places else field

    def _refuse(self) -> None:
        wanted = [h for f in _TELLING if isinstance(v := getattr(self.rule, f, None), Value) for h in v.heading]
        what = f"is {self.met.preset.title}, and no column of it says what is asked"
        hint = f"export it with one of {quoted(wanted or ['Description'])}, or say which column does: --map"
        raise InputError(what, hint=hint, where=f"{self.sheet.name}, line {self.sheet.header_line}")

    def notes(self) -> list[str]:
        """What the list was taken for and what was taken from which column, one sentence each."""
        preset = self.met.preset
        said = [f"read as {preset.title} (preset {preset.name})", *opened_as(self.sheet)]
        took = {place: field for field in self.sources for place in self._places(field)}
        took |= {place: "comments" for h in self._comment_headings() for place in self.met.all(h)}
        names = [f'took "{shown(self.sheet.headings[place])}" for {took[place]}' for place in sorted(took)]
        said += dict.fromkeys(names)
        rest = [self.sheet.headings[p] for p in self._questions()] if self.rule.answers else []
        rest = rest or [h for place, h in enumerate(self.sheet.headings) if h and place not in took]
        if rest:
            said.append(
                f"{'took as questions with their answers' if self.rule.answers else 'did not use'} {quoted(rest)}"
            )
        return [*said, *proven(self.proof), *([preset.note] if preset.note else [])]

    def read(self, found: Document) -> list[Reading]:
        """What one document asks."""
        row = [self._text(found, field) for field in _FIELDS]
        try:
            return self._readings(found, row)
        except RowError as err:
            problem = str(err) if err.column else err.problem
            cells = self.reader.as_fields(row)
            return [Reject(self.sheet.name, found.line, problem, found.words, err.column, cells)]

    def _text(self, found: Document, field: str) -> str:
        source = self.sources.get(field)
        return found.cells[source] if isinstance(source, int) else self.cells.text(found.cells, source)

    def _readings(self, found: Document, row: list[str]) -> list[Reading]:
        reader, said = self.reader, dict(zip(_FIELDS, row, strict=True))
        doubts = [self.rule.doubt] if self.rule.doubt else []
        text, context = self._words(found, said)
        told = "\n".join(CONTROL.sub(" ", t) for t in (said["subject"], text, context) if t)[:MAX_DESCRIPTION]
        state = self._state(said["status"])
        if is_test((said["subject"], text)):
            return [Ignored(self.sheet.name, found.line, "somebody only tried the form out", found.words)]
        if state in OVER:
            return [self._ignored(found, row, said, Answer(why=state.value, kind=state.kind))]
        if said["amount"]:
            figure, currency = reader.amount(row, doubts)
            reason = reason_of(said["reason"]) or reason_of(told) or "other"
            if figure.amount is not None and not currency:
                currency = currency_told(told, self.shop.base)
            asked = [Asked(amount=figure.amount, currency=currency, reason=reason, evidence={"amount": said["amount"]})]
        else:
            answer = read_request(said["subject"], text, context, self.shop.base)
            if not answer.requests and answer.kind is NoRequest.NONE and self._filed(said["reason"]):
                answer = read_request(said["subject"], text, context, self.shop.base, forced=True)
            if not answer.requests:
                return [self._ignored(found, row, said, answer)]
            said["customer_email"] = said["customer_email"] or answer.email
            asked = answer.requests
        if state is State.CLOSED:
            doubts.append(f"It is {said['status'].strip('> ')} in {self.met.preset.system}: it may be settled already.")
        doubts += filter(None, [doubt_of(told)])
        return [self._draft(found, row, said, told, one, doubts, number) for number, one in enumerate(asked, start=1)]

    def _state(self, said: str) -> State:
        """What became of a ticket: closed also in the system's own word for it."""
        state = state_of(said)
        return State.CLOSED if state is State.OPEN and words_of(said) in self.closed else state

    def _filed(self, reason: str) -> bool:
        """Whether somebody filed a ticket as one that asks for money: by a refund's own field, or a type 'Refund'."""
        return bool(reason) and (asks(self.reader.sheet.headings[_FIELDS.index("reason")]) or asks(reason))

    def _draft(
        self,
        found: Document,
        row: list[str],
        said: dict[str, str],
        told: str,
        asked: Asked,
        common: list[str],
        number: int,
    ) -> Draft:
        reader, doubts = self.reader, [*asked.doubts, *common]
        named = {field: reader.ident(row, field) for field in ("customer_id", "service_order", "invoice")}
        if not (asked.service_order or asked.invoice):
            named_in_words(named, told)
        named_elsewhere(named, found.cells)
        row[_FIELDS.index("customer_email")] = said["customer_email"]
        email = reader.email(row, doubts)
        name = said["customer_name"]
        customer = named["customer_id"] or asked.customer_id or (self.shop.choices.customer(name) if name else "")
        invoice, order = named["invoice"] or asked.invoice, named["service_order"] or asked.service_order
        if not (email or customer or invoice or order):
            doubts.append(f"No customer of the records is called '{name}'." if name else "It does not say who asks.")
        when = reader.when(row, doubts)
        reason = asked.reason if asked.reason != "other" else reason_of(said["reason"]) or "other"
        reference = reader.ident(row, "external_ref")
        return Draft(
            self.sheet.name, found.line, said["channel"] or "csv", when, customer, email.lower(), order, invoice,
            asked.amount, asked.currency, reason, told, (said["requested_by"] or name)[:200],
            reference if number == 1 or not reference else f"{reference} ({number})", "", found.words,
            {k: v[:200] for k, v in asked.evidence.items()}, tuple(dict.fromkeys(doubts)), confidence=asked.confidence,
        )  # fmt: skip

    def _ignored(self, found: Document, row: list[str], said: dict[str, str], answer: Answer) -> Ignored:
        """A ticket that asks for no refund, with what tells which case it may be about."""
        named, name = answer.named, said["customer_name"]
        return Ignored(
            self.sheet.name,
            found.line,
            answer.why,
            found.words,
            kind=answer.kind,
            customer_id=said["customer_id"] or named.customer_id or (self.shop.choices.customer(name) if name else ""),
            customer_email=self.reader.email(row, []).lower(),
            service_order=said["service_order"] or named.service_order,
            invoice=said["invoice"] or named.invoice,
            received_at=self.reader.when(row, []),
        )

    def _words(self, found: Document, said: dict[str, str]) -> tuple[str, str]:
        """What the requester newly says, and what stands around it: older turns, signatures, what others wrote."""
        turn = take_apart(_told(said["description"]))
        mine, theirs = [turn.new], [turn.signature, turn.quoted]
        for author, comment in self._comments(found):
            own = author and author.casefold() in {
                said[name].casefold() for name in ("customer_name", "customer_email", "requested_by")
            }
            part = take_apart(_told(comment))
            (mine if own else theirs).append(part.new)
        if self.rule.answers:
            mine += self._answers(found)
        return "\n\n".join(filter(None, mine))[:_READ], "\n\n".join(filter(None, theirs))[:_READ]

    def _comments(self, found: Document) -> Iterator[tuple[str, str]]:
        """(author, text) of every comment, in order, each once."""
        rule = self.rule.comments
        if rule is None:
            return
        seen: set[tuple[str, str]] = set()
        for _, cells in found.rows:
            author = next((cells[p] for p in self.met.all(rule.by) if cells[p]), "") if rule.by else ""
            for heading in rule.text:
                for place in self.met.all(heading):
                    pair = (author, cells[place])
                    if rule.parts and cells[place].count(rule.parts) > 1:
                        _, by, text = cells[place].split(rule.parts, 2)
                        pair = (by.strip(), text.strip())
                    if pair[1] and pair not in seen:
                        seen.add(pair)
                        yield pair

    def _answers(self, found: Document) -> list[str]:
        """The further columns as 'Question: answer' lines, the form in which web forms write them."""
        asked = [(self.sheet.headings[place], found.cells[place]) for place in self._questions()]
        return ["\n".join(f"{shown(question).rstrip(' :?')}: {answer}" for question, answer in asked if answer)]

    def _questions(self) -> list[int]:
        """The columns that are questions of a form: neither taken for a field nor the system's own."""
        taken = {place for field in self.sources for place in self._places(field)}
        taken |= {place for heading in self.met.preset.key for place in self.met.all(heading)}
        return [place for place, heading in enumerate(self.sheet.headings) if heading and place not in taken]


def _told(text: str) -> str:
    return text[:_READ].replace("\r\n", "\n")


class _Row:
    """The fields of a request as a list of their own (the protocol `Sheet`), headed as the export heads them."""

    def __init__(self, sheet: Sheet, headings: list[str]) -> None:
        self.name, self.headings, self.header_line = sheet.name, headings, sheet.header_line
        self.titles, self.delimiter = sheet.titles, sheet.delimiter

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """None: documents are handed over one by one."""
        return iter(())
