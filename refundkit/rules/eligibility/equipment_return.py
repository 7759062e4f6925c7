"""Returned parts, less restocking when they came back in good condition (`returns.*`)."""

from __future__ import annotations

from refundkit.model.dossier import Invoice, InvoiceLine, Part
from refundkit.model.policy import Policy
from refundkit.rules.eligibility.parts_used import Stock, fraction_text
from refundkit.rules.facts import Facts, Given, Share
from refundkit.rules.wording import days, number


def give(facts: Facts) -> Given:
    """Returned quantity over quantity for each part line, used up line by line for each sku."""
    invoice = facts.invoice
    if invoice is None or facts.order is None:
        return Given(["the service order or the invoice is unknown"], [])
    rows = {part.sku: part for part in facts.dossier.parts}
    stock, notes, shares = Stock(), [], []
    for line in invoice.lines:
        if line.kind == "part":
            given = _line(line, rows.get(line.sku), invoice, facts.policy, stock)
            if isinstance(given, str):
                notes.append(given)
            else:
                shares.append(given)
    if not notes and not shares:
        notes.append(f"{invoice.invoice} charges no parts")
    return Given(notes, shares)


def _line(line: InvoiceLine, row: Part | None, invoice: Invoice, policy: Policy, stock: Stock) -> Share | str:
    """The share of a line, or the sentence why it gives nothing."""
    if row is None or not row.quantity_returned:
        return f"part {line.sku}: no returned quantity is on record"
    returned = f"{number(row.quantity_returned)} returned"
    if row.returned_on is None or not row.condition:
        missing = "day of return" if row.returned_on is None else "condition"
        return f"part {line.sku}: {returned}, no {missing} is on record"
    after, window = (row.returned_on - invoice.issued_on).days, policy.returns.window_days
    when = f"{returned} {row.returned_on}, {days(after)} after {invoice.invoice} was issued"
    if after > window:
        return f"part {line.sku}: {when}; the window is {days(window)}"
    if line.quantity <= 0:
        return f"part {line.sku}: {when}, {number(line.quantity)} charged"
    taken, common = stock.take(line.sku, row.quantity_returned, line.quantity)
    if not taken:
        return f"part {line.sku}: {when}; all of it is counted on lines above"
    quantity, of = line.quantity.as_integer_ratio()
    top, bottom = taken * of, quantity * common
    words = f"{when}, {row.condition}; {fraction_text(taken, common)} of {number(line.quantity)} back"
    pct = policy.returns.restocking_pct
    if row.condition != "good" or not pct:
        return Share(line, top, bottom, words)
    kept, kept_of = pct.as_integer_ratio()
    words = f"{words} less {number(pct)} % restocking"
    return Share(line, top * (kept_of * 100 - kept), bottom * kept_of * 100, words, (top, bottom))
