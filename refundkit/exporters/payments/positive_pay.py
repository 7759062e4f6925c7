"""The list of cheques that a bank checks against (positive pay): issues and voids in the layout of a data file.

Every bank wants another layout, so a layout is a file of refundkit/data/positive_pay and a bank more is a file more.
What does not fit its place is refused, never cut.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from refundkit.errors import PolicyError
from refundkit.exporters.payments.characters import ascii_text, unwritable
from refundkit.exporters.payments.contract import PaymentFile, Void, in_order
from refundkit.exporters.refusing import refuse
from refundkit.exporters.text import runs_as_formula
from refundkit.model.money import plain
from refundkit.model.payments import Payment
from refundkit.model.policy_parts import Part, as_tuple

FOLDER: Final = files("refundkit.data") / "positive_pay"
DATES: Final = {"MMDDYY": "%m%d%y", "MMDDYYYY": "%m%d%Y", "YYYYMMDD": "%Y%m%d", "MM/DD/YYYY": "%m/%d/%Y"}


class Place(Part):
    """One column, or the positions from `at` on, of every line.

    `take`: what stands there. `width`: positions, or the most characters of a column. `fill` and `align`: how fixed
    positions are filled up. `form`: how a date or an amount ("cents", "point") is written. `issue` and `void`: the
    words for `kind`; `voided` is blank on issues. `text`: what `text` stands for.
    """

    take: Literal["kind", "account", "number", "issued", "voided", "amount", "payee", "text"]
    width: Annotated[int, Field(ge=1, le=200)]
    at: Annotated[int, Field(ge=0)] = 0
    fill: Literal["", "0", " "] = ""
    align: Literal["left", "right"] = "left"
    form: Literal["", "MMDDYY", "MMDDYYYY", "YYYYMMDD", "MM/DD/YYYY", "cents", "point"] = ""
    issue: str = ""
    void: str = ""
    text: str = ""


class Layout(Part):
    """What one bank wants. `width`: characters of a line of fixed positions, 0 where `separator` parts columns."""

    bank: str
    source: str
    seen: date
    suffix: str
    currency: str = "USD"
    width: Annotated[int, Field(ge=0, le=1000)] = 0
    separator: Literal["", ",", ";", "|", "\t"] = ""
    heading: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    line_ends: Literal["lf", "crlf"] = "crlf"
    places: Annotated[tuple[Place, ...], BeforeValidator(as_tuple)]

    @model_validator(mode="after")
    def _holds_together(self) -> Layout:
        taken = [place.take for place in self.places]
        if missing := {"kind", "account", "number", "issued", "amount"}.difference(taken):
            raise ValueError(f"takes no {', '.join(sorted(missing))}")
        if bool(self.width) == bool(self.separator):
            raise ValueError("has either a width or a separator")
        for place in self.places:
            forms = (
                DATES if place.take in {"issued", "voided"} else ("cents", "point") if place.take == "amount" else ""
            )
            if place.form not in (forms or ("",)):
                raise ValueError(f"{place.take} cannot have the form '{place.form}'")
        if self.width:
            ends = [(place.at, place.at + place.width - 1) for place in self.places]
            if any(at < 1 or end > self.width for at, end in ends) or any(a[1] >= b[0] for a, b in pairwise(ends)):
                raise ValueError("places stand one after the other within the line")
        return self


def names() -> list[str]:
    """The layouts there are, as `payments.cheque.positive_pay` names them."""
    return sorted(entry.name.removesuffix(".toml") for entry in FOLDER.iterdir() if entry.name.endswith(".toml"))


def load(name: str) -> Layout:
    """The layout of that name; raise PolicyError naming those there are."""
    if name not in names():
        raise PolicyError(
            f"payments.cheque.positive_pay is '{name[:40]}', and there is no such layout",
            hint=f"write one of {', '.join(names())}, or '' for no list",
        )
    return parse((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Layout:
    """A layout from its file; raise ValueError for one that does not hold together."""
    return Layout.model_validate(tomllib.loads(text))


def check(issues: Sequence[Payment], voids: Sequence[Void], layout: Layout, account: str) -> list[str]:
    """What the list cannot say, each sentence naming case (or 'payments.cheque') and field; empty when all fits."""
    return list(_problems(issues, voids, layout, account))


def write(issues: Sequence[Payment], voids: Sequence[Void], layout: Layout, account: str) -> PaymentFile:
    """The list, issues before voids by number; raise RefusedError when `check` finds anything."""
    refuse(check(issues, voids, layout, account))
    rows = [_cells(payment, voided, layout, account) for payment, voided in _lines(issues, voids)]
    end = "\r\n" if layout.line_ends == "crlf" else "\n"
    if layout.width:
        return layout.suffix, "".join(_fixed(row, layout) + end for row in rows).encode("ascii")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=layout.separator, lineterminator=end)
    writer.writerows([layout.heading, *rows] if layout.heading else rows)
    return layout.suffix, out.getvalue().encode("ascii")


def _lines(issues: Sequence[Payment], voids: Sequence[Void]) -> Iterator[tuple[Payment, date | None]]:
    yield from ((payment, None) for payment in in_order(issues))
    since = {void.payment.number: void.on for void in voids}
    yield from ((payment, since[payment.number]) for payment in in_order([void.payment for void in voids]))


def _problems(issues: Sequence[Payment], voids: Sequence[Void], layout: Layout, account: str) -> Iterator[str]:
    if not issues and not voids:
        yield "the batch: payments: there is none"
    if not (account.isascii() and account.isdigit()):
        yield "payments.cheque: account: the number of the account, digits only"
    for group in (list(issues), [void.payment for void in voids]):
        seen: set[int] = set()
        for payment in group:
            if payment.cheque in seen:
                yield f"{payment.case}: cheque: number {payment.cheque} stands in the list twice"
            seen.add(payment.cheque)
    for void in voids:
        if void.on < void.payment.on:
            yield f"{void.payment.case}: voided: {void.on} is before the cheque's own day, {void.payment.on}"
    for payment, voided in _lines(issues, voids):
        yield from _cheque(payment, voided, layout, account)


def _cheque(payment: Payment, voided: date | None, layout: Layout, account: str) -> Iterator[str]:
    case, payee = payment.case, ascii_text(payment.customer_name)
    if payment.cheque <= 0:
        yield f"{case}: cheque: it has no number"
    if payment.amount <= 0:
        yield f"{case}: amount: a payment is above 0"
    if payment.currency != layout.currency:
        yield f"{case}: currency: this list is in {layout.currency}, and the refund is in {payment.currency}"
        return
    if letter := unwritable(payment.customer_name):
        yield f"{case}: customer_name: banks have no '{letter}'; write the name in Latin letters"
    elif not any(c.isalnum() for c in payee) or (layout.separator and runs_as_formula(payee)):
        yield f"{case}: customer_name: '{payee[:40]}' is no name to write a cheque to"
    for place, cell in zip(layout.places, _cells(payment, voided, layout, account), strict=True):
        if len(cell) > place.width:
            where = "payments.cheque: account" if place.take == "account" else f"{case}: {_FIELDS[place.take]}"
            yield f"{where}: '{cell[:60]}' has {len(cell)} characters; {layout.bank} takes {place.width}"


_FIELDS: Final = {
    "kind": "kind", "number": "cheque", "issued": "on", "voided": "voided", "amount": "amount",
    "payee": "customer_name", "text": "text",
}  # fmt: skip


def _cells(payment: Payment, voided: date | None, layout: Layout, account: str) -> list[str]:
    """What stands at each place of a cheque's line, not yet filled up."""

    def cell(place: Place) -> str:
        match place.take:
            case "kind":
                return place.void if voided else place.issue
            case "account":
                return account
            case "number":
                return str(payment.cheque)
            case "issued":
                return payment.on.strftime(DATES[place.form])
            case "voided":
                return voided.strftime(DATES[place.form]) if voided else ""
            case "amount":
                return str(payment.amount) if place.form == "cents" else plain(payment.amount, payment.currency)
            case "payee":
                return ascii_text(payment.customer_name)
            case _:
                return place.text

    return [cell(place) for place in layout.places]


def _fixed(cells: Sequence[str], layout: Layout) -> str:
    line = ""
    for place, cell in zip(layout.places, cells, strict=True):
        fill = (place.fill or " ") if cell else " "
        filled = cell.rjust(place.width, fill) if place.align == "right" else cell.ljust(place.width, fill)
        line = line.ljust(place.at - 1) + filled
    return line.ljust(layout.width)
