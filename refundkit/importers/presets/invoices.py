"""Invoices of an export as rows of the records: header figures from where they stand, one row a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from refundkit.importers.presets.cells import Cells
from refundkit.importers.presets.layout import Document
from refundkit.importers.presets.lines import Line, Whole, kind_of, rate_in, settled, unit_price
from refundkit.importers.presets.parties import Parties
from refundkit.importers.presets.preset import Invoices, Value
from refundkit.model.money import DIGITS, half_up, to_minor
from refundkit.model.records import RowError

_NO: tuple[str, ...] = ("false", "no", "n", "0", "nein", "non")


def invoice_rows(
    block: Invoices, found: Document, cells: Cells, parties: Parties
) -> list[tuple[int, list[str]]]:  # fmt: skip
    """(line, native cells) of every line of an invoice; raise RowError with the reason why it cannot be taken."""
    head = found.cells
    number = cells.text(head, block.invoice)
    if not number:
        raise RowError(cells.called(block.invoice), "the row names no invoice")
    customer, issued_on = parties.customer(block, head), cells.day(head, block.issued_on)
    orders = [o.strip() for o in cells.text(head, block.service_order).split(",") if o.strip()]
    code = _currency(block, head, cells)
    rows = [(line, row) for line, row in found.rows if _is_line(block, row, head, cells)]
    taxes = _taxes(block, head, cells)
    lines = [_line(block, row, cells, code, taxes) for _, row in rows]
    places = [line for line, _ in rows]
    for more in block.also:
        amount = cells.number(head, more.net, code)[0] if cells.text(head, more.net) else Decimal(0)
        if amount:
            lines.append(Line(_minor(amount, code), Decimal(1), amount, "", more.description, more.kind, beside=True))
            places.append(found.line)
    if not lines:
        raise RowError("", f"the invoice '{number[:40]}' has no lines")
    whole = Whole(
        code, _whole(block.total, head, cells, code), _whole(block.tax, head, cells, code), block.amounts == "net"
    )
    made = settled(lines, whole)
    return [
        (place, [number, orders[0] if len(orders) == 1 else "", customer, issued_on, code, str(at), line.kind, line.sku,
                 line.text, format(line.quantity, "f"), unit_price(line, code), _rate(line)])
        for at, (place, line) in enumerate(zip(places, made, strict=True), start=1)
    ]  # fmt: skip


def _currency(block: Invoices, head: Sequence[str], cells: Cells) -> str:
    code = cells.currency(head, block.currency)
    for value in (block.total, block.net, block.unit_price):
        if not code and value is not None and cells.text(head, value):
            code = cells.money(head, value, None)[1]
    return code or cells.unit or cells.base()


def _is_line(block: Invoices, row: Sequence[str], head: Sequence[str], cells: Cells) -> bool:
    """Whether a row of the document is a line of it, and not a refund of one under the same number."""
    whole = [own or first for own, first in zip(row, head, strict=True)]
    return any(cells.text(row, value) for value in (block.net, block.unit_price)) and cells.fits(whole, block.when)


def _taxes(block: Invoices, head: Sequence[str], cells: Cells) -> str:
    """What the invoice as a whole says of its rates: the words of all columns that are to be added up."""
    value = block.tax_rate
    if value is None or not value.add:
        return ""
    return " ".join(head[place] for heading in value.heading for place in cells.met.all(heading) if head[place])


def _line(block: Invoices, row: Sequence[str], cells: Cells, code: str, taxes: str) -> Line:
    quantity = _number(block.quantity, row, cells, code)
    price = _number(block.unit_price, row, cells, code)
    net = _number(block.net, row, cells, code)
    if net is None:
        net = _net(block, row, cells, code, quantity, price)
    amount = _minor(net, code)
    tax = _number(block.line_tax, row, cells, code)
    line_tax = None if tax is None else _minor(tax, code)
    texts = [cells.text(row, block.sku), cells.text(row, block.description)]
    taxed = cells.text(row, block.taxed).casefold() not in _NO
    said = taxes or cells.text(row, block.tax_rate)
    return Line(
        amount, quantity or Decimal(1), price, texts[0], texts[1], kind_of(" ".join(texts)), line_tax,
        rate_in(said, line_tax, amount) if taxed or not taxes else None, taxed,
    )  # fmt: skip


def _net(
    block: Invoices, row: Sequence[str], cells: Cells, code: str, quantity: Decimal | None, price: Decimal | None
) -> Decimal:
    """Quantity times price less the discount, rounded to the currency's smallest unit."""
    whole = (price or Decimal(0)) * (quantity if quantity is not None else Decimal(1))
    whole -= abs(_number(block.discount, row, cells, code) or Decimal(0))
    whole *= 1 - (_number(block.percent, row, cells, code) or Decimal(0)) / 100
    top, bottom = whole.as_integer_ratio()
    return Decimal(half_up(top * 10 ** DIGITS[code], bottom)).scaleb(-DIGITS[code])


def _number(value: Value | None, row: Sequence[str], cells: Cells, code: str) -> Decimal | None:
    return cells.number(row, value, code)[0] if value is not None and cells.text(row, value) else None


def _whole(value: Value | None, head: Sequence[str], cells: Cells, code: str) -> int | None:
    amount = _number(value, head, cells, code)
    return None if amount is None else _minor(amount, code)


def _minor(amount: Decimal, code: str) -> int:
    try:
        return to_minor(amount, code)
    except ValueError as err:
        raise RowError("", str(err)) from err


def _rate(line: Line) -> str:
    return format((line.rate or Decimal(0)).normalize(), "f")
