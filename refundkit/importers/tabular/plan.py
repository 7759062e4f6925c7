"""How one list is read: which column says what, and what all its rows together prove of amounts and dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Final

from refundkit.errors import UsageError
from refundkit.importers.tabular.amounts import currency_in, mark_of, undecided
from refundkit.importers.tabular.choices import Choices
from refundkit.importers.tabular.dates import months_in, order_by_month, order_of, slashed
from refundkit.importers.tabular.headings import Columns, aliases_by_field, assign, field_called, plain
from refundkit.importers.tabular.inferred import complete, forms, numbered
from refundkit.importers.tabular.legends import Legend, read_legend
from refundkit.importers.tabular.rows import BrokenRowError, Sheet, Table
from refundkit.model.words import Reason

_MARKS: Final = {".": "a decimal point", ",": "a decimal comma"}
_ORDERS: Final = {"dmy": "day first", "mdy": "month first"}


@dataclass(frozen=True, slots=True)
class Proof:
    """What the cells of a list prove: the decimal mark of its amounts, the order of day and month of its dates.

    Each is '' where nothing proves it or rows disagree. `amount`, `date`: a cell that could then be read in two ways,
    '' when there is none. `month`: the one that the titles above the list name, of days that stand there without.
    """

    mark: str = ""
    order: str = ""
    amount: str = ""
    date: str = ""
    month: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How one list is read. `currency`: the one that the amount's heading or a title names for all rows.

    `forms`: field -> how its ids begin, where the list shows it and bare numbers stand beside them. `legend`: what
    the list says of its short words for reasons. `reason`: of every row that names none. `numbered`: whether
    customers are told by numbers.
    """

    columns: Columns
    proof: Proof
    currency: str
    forms: Mapping[str, str] = attribute(default_factory=dict)
    legend: Legend = attribute(default_factory=Legend)
    reason: str = ""
    numbered: bool = False


def make_plan(sheet: Sheet, choices: Choices, columns: Columns | None = None, hint: Proof | None = None) -> Plan:
    """Look through the whole list once where amounts or dates need it.

    `columns` and `hint`: what a preset says of it. A person's choice counts before what the rows prove, and that
    before the hint.
    """
    if columns is None:
        named = chosen(sheet, choices.columns)
        columns = complete(sheet, assign(sheet.headings, named), tuple(named))
    columns, explained = read_legend(sheet, columns)
    amounts = [columns.places[f] for f in ("amount",) if f in columns.places]
    dates = [columns.places[f] for f in ("received_at",) if f in columns.places]
    found = prove(sheet, amounts, dates, choices, hint or Proof()) if amounts or dates else Proof()
    reason = Reason.EQUIPMENT_RETURN if any(plain(heading).startswith("rma") for heading in sheet.headings) else ""
    unit = columns.unit or unit_of(sheet)
    return Plan(columns, found, unit, forms(sheet, columns), explained, reason, numbered(sheet, columns))


def unit_of(sheet: Sheet) -> str:
    """The one currency that the titles above a list name, '' when none or several."""
    return _only({code for title in sheet.titles if (code := currency_in(title))})


def prove(sheet: Sheet, amounts: Sequence[int], dates: Sequence[int], choices: Choices, hint: Proof) -> Proof:
    """What the cells of these columns prove, in one pass; a cell that repeats is looked at once."""
    marks, orders = _Cells(amounts), _Cells(dates)
    try:
        for _, row in sheet.rows():
            marks.take(row)
            orders.take(row)
    except BrokenRowError:
        pass  # the reading proper comes to the same row and reports it
    proven = {m for cell in marks.seen if (m := mark_of(cell))}
    mark = choices.mark or (_only(proven) if proven else hint.mark)
    said = {o for cell in orders.seen if (o := order_of(cell))}
    months = months_in(sheet.titles)
    named = months | months_in((sheet.name,))
    order = choices.order or (_only(said) if said else hint.order or order_by_month(orders.seen, named))
    if mark == "," and not (order or said) and any(map(slashed, orders.seen)):
        order = "dmy"  # nobody who writes a decimal comma begins with the month
    amount = "" if mark else next((c for c in marks.seen if undecided(c)), "")
    date = "" if order else next((c for c in orders.seen if slashed(c) and not order_of(c)), "")
    return Proof(mark, order, amount.strip()[:40], date.strip()[:40], min(months) if len(months) == 1 else 0)


class _Cells:
    """The different cells of some columns, in the order they came; no more are kept than tell anything."""

    def __init__(self, places: Sequence[int]) -> None:
        self.places = places
        self.seen: dict[str, None] = {}

    def take(self, row: Sequence[str]) -> None:
        for place in self.places:
            if place < len(row):
                self.seen[row[place]] = None


def _only(found: Iterable[str]) -> str:
    said = {f for f in found if f}
    return said.pop() if len(said) == 1 else ""


def chosen(sheet: Sheet, named: Mapping[str, str]) -> dict[str, int]:
    """The columns that a person named, as field -> place. Raise UsageError for a field or heading there is not."""
    places: dict[str, int] = {}
    for field, heading in named.items():
        own = field_called(field)
        if not own:
            known = ", ".join(f for f in aliases_by_field() if f not in {"ledger", "subject"})
            raise UsageError(f"'{field[:40]}' is no field of a request", hint=f"fields: {known}", where="--map")
        places[own] = column_called(sheet, heading)
    return places


def column_called(sheet: Sheet, heading: str) -> int:
    """The place of a heading; raise UsageError naming the headings there are when it is not among them."""
    at = next((i for i, h in enumerate(sheet.headings) if h == heading.strip()), -1)
    if at < 0:
        at = next((i for i, h in enumerate(sheet.headings) if h and plain(h) == plain(heading)), -1)
    if at < 0:
        there = quoted([h for h in sheet.headings if h][:60])
        what = f"{sheet.name} has no heading '{' '.join(heading.split())[:60]}'"
        raise UsageError(what, hint=f"its headings: {there}", where="--map")
    return at


def renamed(sheet: Sheet, named: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """The headings of a list with those a person named (field -> heading) called as the field.

    Raise UsageError for a field that is not known or a heading that is not there.
    """
    headings = list(sheet.headings)
    for field, heading in named.items():
        if field not in known:
            hint = f"fields: {', '.join(sorted(set(known)))}"
            raise UsageError(f"'{field[:40]}' is no column of a record", hint=hint, where="--map")
        headings[column_called(sheet, heading)] = field
    return headings


def described(sheet: Sheet, plan: Plan) -> list[str]:
    """What was taken from which column, what was not used, and what was assumed; one sentence each."""
    columns = plan.columns
    said = opened_as(sheet)
    in_order = sorted([*columns.places.items(), *(("description", s) for s in columns.subjects)], key=lambda p: p[1])
    said += [f'took "{shown(sheet.headings[place])}" for {field}' for field, place in in_order]
    if columns.unused:
        said.append(f"did not use {quoted([sheet.headings[i] for i in columns.unused])}")
    if plan.currency:
        said.append(f"took {plan.currency} for amounts without a currency")
    return said + proven(plan.proof)


def opened_as(sheet: Sheet) -> list[str]:
    """How the file itself was read, where that is not plain: the line of the headings, the encoding, repeated ones."""
    said = [f"took the headings from line {sheet.header_line}"] if sheet.titles else []
    if isinstance(sheet, Table) and sheet.encoding not in {"utf-8", "utf-8-sig"}:
        said.append(f"read the file as {'Windows-1252' if sheet.encoding == 'cp1252' else 'UTF-16'}")
    filled = [h for h in sheet.headings if h]
    if again := sorted({h for h in filled if filled.count(h) > 1}):
        said.append(f"stands more than once: {quoted(again)}")
    return said


def proven(proof: Proof) -> list[str]:
    """How amounts and dates are read, and what nothing in the list decides."""
    said = [f"read amounts with {_MARKS[proof.mark]}"] if proof.mark else []
    said += [f"read dates {_ORDERS[proof.order]}"] if proof.order else []
    if proof.amount:
        said.append(f"nothing decides the decimal mark of '{proof.amount}': say --decimal point or --decimal comma")
    if proof.date:
        said.append(f"nothing decides whether '{proof.date}' is day first: say --date-order dmy or --date-order mdy")
    return said


def shown(heading: str) -> str:
    """A heading on one line."""
    return " ".join(heading.split())[:60]


def quoted(headings: Iterable[str]) -> str:
    """Headings as a list for people."""
    return ", ".join(dict.fromkeys(f'"{shown(h)}"' for h in headings))
