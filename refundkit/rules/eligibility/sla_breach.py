"""Late response or completion: surcharges back in full, labour by the worse overrun (`sla.credit`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from refundkit.model.dossier import InvoiceLine
from refundkit.model.policy import Policy
from refundkit.rules.facts import Facts, Given, Share
from refundkit.rules.wording import duration, number, over, seconds


def give(facts: Facts) -> Given:
    """Count late time on the clock, to the second, and give by the worse ratio of late to allowed time."""
    order, customer, invoice, terms = facts.order, facts.customer, facts.invoice, facts.dossier.terms
    if order is None or customer is None or invoice is None:
        return Given(["the customer, the service order or the invoice is unknown"], [])
    if terms is None:
        return Given([f"there are no terms on record for tier {customer.tier}, priority {order.priority}"], [])
    name = order.service_order
    worst, notes = (0, 1), []
    for word, reached, minutes in (
        ("response", order.responded_at, terms[0]),
        ("completion", order.completed_at, terms[1]),
    ):
        late, note = _late(name, word, order.opened_at, reached, minutes)
        notes.append(note)
        # The worse of two ratios late / allowed, compared crosswise; an allowance of 0 is beyond any ratio.
        if late and late * worst[1] > worst[0] * minutes * 60:
            worst = (late, minutes * 60)
    if not worst[0]:
        return Given(notes, [])
    pct = credit(facts.policy, *worst)
    ratio = f"overrun {over(*worst)}" if worst[1] else "overrun without limit"
    shares = [share for line in invoice.lines if (share := _share(line, pct, ratio))]
    return Given(notes, shares)


def _late(order: str, word: str, opened: datetime | None, reached: datetime | None, minutes: int) -> tuple[int, str]:
    """Seconds above the allowance, 0 when in time or not on record, and the sentence."""
    if opened is None or reached is None:
        missing = "opening" if opened is None else word
        return 0, f"{word} of {order}: no time of {missing} is on record"
    took = seconds(reached - opened)
    late = max(0, took - minutes * 60)
    verdict = f"{duration(late)} late" if late else "in time"
    return late, f"{word} of {order}: {minutes} min allowed, {duration(max(0, took))} taken, {verdict}"


def credit(policy: Policy, late: int, allowed: int) -> Decimal:
    """The percentage of labour for a ratio late / allowed; `late` is above 0."""
    pct = Decimal(0)
    for step in policy.sla.credit:
        top, bottom = step.ratio
        if late * bottom < top * allowed:
            break
        pct = step.pct
    return pct


def _share(line: InvoiceLine, pct: Decimal, ratio: str) -> Share | None:
    if line.kind == "surcharge":
        return Share(line, 1, 1, "all back")
    if line.kind != "labour" or not pct:
        return None
    top, bottom = pct.as_integer_ratio()
    return Share(line, top, bottom * 100, f"{ratio}: {number(pct)} % back")
