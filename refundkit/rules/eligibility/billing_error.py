"""Charged above what was worked or used: hours above the time on site, parts above those used."""

from __future__ import annotations

from decimal import Decimal
from math import lcm

from refundkit.model.dossier import InvoiceLine, ServiceOrder
from refundkit.model.money import half_up
from refundkit.rules.eligibility.parts_used import parts_above_used
from refundkit.rules.facts import Facts, Given, Share
from refundkit.rules.wording import number


def give(facts: Facts) -> Given:
    """Labour above the time on site, then parts above those used; shares in line order."""
    order, invoice = facts.order, facts.invoice
    if order is None or invoice is None:
        return Given(["the service order or the invoice is unknown"], [])
    labour = [line for line in invoice.lines if line.kind == "labour"]
    notes, shares = _labour(order, labour, facts.policy.billing.increment_minutes) if labour else ([], [])
    part_notes, part_shares = parts_above_used(invoice.lines, facts.dossier.parts)
    notes += part_notes
    shares += part_shares
    shares.sort(key=lambda share: share.line.line_no)
    if not notes and not shares:
        notes.append(f"{invoice.invoice} charges neither labour nor parts")
    return Given(notes, shares)


def _labour(order: ServiceOrder, lines: list[InvoiceLine], increment: int) -> tuple[list[str], list[Share]]:
    """The hours above the time on site, taken from the last labour line backwards."""
    if order.onsite_minutes is None:
        return [f"{order.service_order} has no minutes on site on record"], []
    top, bottom = order.onsite_minutes.as_integer_ratio()
    minutes = -(-top // (bottom * increment)) * increment
    # Everything in units of 1/scale hours, so that no quantity is rounded.
    ratios = [line.quantity.as_integer_ratio() for line in lines]
    scale = lcm(60, *(of for _, of in ratios))
    quantities = [quantity * (scale // of) for quantity, of in ratios]
    charged, allowed = sum(quantities), minutes * (scale // 60)
    excess = max(0, charged - allowed)
    on_site = f"{order.service_order}: {number(order.onsite_minutes)} min on site, billed as {_hours(allowed, scale)} h"
    notes = [f"{on_site}; {_hours(charged, scale)} h charged, {_hours(excess, scale)} h too many"]
    shares = []
    for line, quantity in zip(reversed(lines), reversed(quantities), strict=True):
        taken = min(excess, quantity)
        if taken > 0:
            excess -= taken
            words = "all back" if taken == quantity else f"{_hours(taken, scale)} h back"
            shares.append(Share(line, taken, quantity, words))
    return notes, shares


def _hours(units: int, scale: int) -> str:
    """Hours with two decimals, up to four where they are not whole hundredths."""
    return number(Decimal(half_up(units * 10_000, scale)).scaleb(-4), 2)
