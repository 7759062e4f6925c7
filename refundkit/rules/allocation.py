"""Cells: what each line gives back in net and tax, never more than it has left, and parts of a sum to the last cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from refundkit.model.assessment import Cell
from refundkit.model.money import half_up
from refundkit.rules.facts import Share
from refundkit.rules.wording import line_text, money_text, percent


class Back(NamedTuple):
    """What one line gives back before a lower request counts: minor units, the net kept back, and the calculation.

    `before_limit` is the net that the formula gave before what the line has left was looked at.
    """

    share: Share
    net: int
    tax: int
    before_limit: int
    kept: int
    text: str


def give_back(share: Share, currency: str) -> Back:
    """Net and tax of a share of a line (domain page, section 4).

    The net is rounded half-up. The tax is the line's whole tax when the share is exactly 1, otherwise it is worked out
    from the returned net. Then neither may exceed what other cases left of it.
    """
    line, numerator, denominator, words, before = share
    given = half_up(line.net * numerator, denominator)
    if numerator == denominator:
        tax_given = line.tax
    else:
        top, bottom = line.tax_rate.as_integer_ratio()
        tax_given = half_up(given * top, bottom)
    text = f"{line_text(line, currency)}; {words} = {money_text(given, currency)}"
    if tax_given:
        text = f"{text}; tax {percent(line.tax_rate)} = {money_text(tax_given, currency)}"
    net = _left(given, line.net, line.net_taken)
    tax = _left(tax_given, line.tax, line.tax_taken)
    if net != given or tax != tax_given:
        taken = f"{money_text(line.net_taken, currency)} net and {money_text(line.tax_taken, currency)} tax"
        left = f"{money_text(net, currency)} and {money_text(tax, currency)}"
        text = f"{text}; other cases took {taken} of it, so {left} are left to give"
    kept = half_up(line.net * before[0], before[1]) - given if before else 0
    return Back(share, net, tax, given, kept, text)


def _left(given: int, whole: int, taken: int) -> int:
    """At most what is left of a cell; a line below 0 (a discount) is its mirror image."""
    left = whole - taken
    if whole < 0:
        return max(given, min(0, left))
    return min(given, max(0, left))


def cells(backs: Iterable[Back], payable: int) -> tuple[Cell, ...]:
    """The cells of an assessment of which `payable` minor units are paid, scaled down together where that is less."""
    listed = list(backs)
    amounts = [amount for back in listed for amount in (back.net, back.tax)]
    paid = amounts if sum(amounts) == payable else scale_down(amounts, payable)
    made = []
    for place, back in enumerate(listed):
        line, payable_net = back.share.line, paid[2 * place]
        # What was kept back goes with the net that is paid: less net, proportionally less restocking.
        kept = half_up(back.kept * payable_net, back.before_limit) if back.kept and back.before_limit > 0 else 0
        made.append(
            Cell(
                line.line_no,
                line.kind,
                back.net,
                back.tax,
                payable_net,
                paid[2 * place + 1],
                kept,
                str(line.tax_rate),
                back.text,
            )
        )
    return tuple(made)


def scale_down(cells: Sequence[int], payable: int) -> list[int]:
    """Scale amounts to a smaller sum by the largest-remainder method: the parts add up to `payable` exactly.

    Each is floored; the units left over go to the largest remainders, ties to the earlier. Raise ValueError when
    `payable` is below 0 or above the sum.
    """
    total = sum(cells)
    if payable == 0:
        return [0] * len(cells)
    if not 0 < payable <= total:
        raise ValueError(f"{payable} is not between 0 and the sum {total}")
    parts, remainders = [], []
    for cell in cells:
        part, remainder = divmod(cell * payable, total)
        parts.append(part)
        remainders.append(remainder)
    left_over = payable - sum(parts)
    if left_over:
        for place in sorted(range(len(cells)), key=lambda n: (-remainders[n], n))[:left_over]:
            parts[place] += 1
    return parts


def cells_at(assessment_cells: Sequence[Cell], amount: int) -> tuple[list[Cell], int]:
    """The cells as they are when `amount` minor units are approved, and the part beyond what the lines give.

    A lower amount scales the cells down as a lower request would; a higher one takes them whole. `payable_net`,
    `payable_tax` and `restocking` of each cell are those at that amount. Raise ValueError for an amount below 0.
    """
    amounts = [value for cell in assessment_cells for value in (cell.net, cell.tax)]
    covered = min(amount, max(0, sum(amounts)))
    paid = scale_down(amounts, covered)
    changed = []
    for place, cell in enumerate(assessment_cells):
        net = paid[2 * place]
        kept = half_up(cell.restocking * net, cell.payable_net) if cell.payable_net > 0 else 0
        changed.append(
            Cell(cell.line_no, cell.kind, cell.net, cell.tax, net, paid[2 * place + 1], kept, cell.tax_rate, cell.text)
        )
    return changed, amount - covered
