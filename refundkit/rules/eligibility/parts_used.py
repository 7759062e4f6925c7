"""Parts charged above what the records say was used: shared by billing errors and incomplete service."""

from __future__ import annotations

from decimal import Decimal

from refundkit.model.dossier import InvoiceLine, Part
from refundkit.rules.facts import Share
from refundkit.rules.wording import number


class Stock:
    """A quantity per sku that is used up line by line, in line order. Exact: whole numbers over a denominator."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[int, int]] = {}

    def take(self, sku: str, available: Decimal, quantity: Decimal) -> tuple[int, int]:
        """Take up to `quantity` of what is left of `available`; the amount taken as a fraction. Quantity above 0."""
        left, left_of = self._left.get(sku) or available.as_integer_ratio()
        want, want_of = quantity.as_integer_ratio()
        common, left, want = left_of * want_of, left * want_of, want * left_of
        taken = min(left, want)
        self._left[sku] = (left - taken, common)
        return taken, common


def parts_above_used(lines: tuple[InvoiceLine, ...], parts: tuple[Part, ...]) -> tuple[list[str], list[Share]]:
    """For each part line, the quantity above `quantity_used` as a share; a sku without a record gives nothing."""
    rows = {part.sku: part for part in parts}
    stock, notes, shares = Stock(), [], []
    for line in lines:
        if line.kind != "part":
            continue
        row = rows.get(line.sku)
        charged = number(line.quantity)
        if row is None or row.quantity_used is None:
            notes.append(f"part {line.sku}: {charged} charged, no quantity used is on record")
            continue
        used = number(row.quantity_used)
        if line.quantity <= 0:
            notes.append(f"part {line.sku}: {charged} charged, {used} used")
            continue
        covered, common = stock.take(line.sku, row.quantity_used, line.quantity)
        quantity, of = line.quantity.as_integer_ratio()
        # 1 - covered / quantity, over one denominator.
        whole = quantity * common
        above = whole - covered * of
        if above > 0:
            back = fraction_text(above, common * of)
            words = "all back" if above == whole else f"{back} of {charged} back"
            shares.append(Share(line, above, whole, f"{used} used of this sku; {words}"))
        else:
            notes.append(f"part {line.sku}: {charged} charged, {used} used")
    return notes, shares


def fraction_text(numerator: int, denominator: int) -> str:
    """A quantity that came out of decimals, written as one."""
    return number(Decimal(numerator) / Decimal(denominator))
