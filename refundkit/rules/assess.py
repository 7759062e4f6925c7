"""One case under one policy: findings, the eligible amount line by line, and the route."""

from __future__ import annotations

from typing import Final

from refundkit.model.assessment import Assessment, Cell
from refundkit.model.canonical import LIMIT
from refundkit.model.dossier import Asked, Dossier
from refundkit.model.money import DIGITS
from refundkit.model.policy import Policy
from refundkit.rules import allocation, checks, duplicates, eligibility, routing
from refundkit.rules.facts import Facts, Given, Worked
from refundkit.rules.wording import money_text

_NOTHING: Final = Given(["no invoice is known, so nothing can be worked out"], [])


def assess(dossier: Dossier, policy: Policy, policy_hash: str) -> Assessment:
    """Judge a request by the records: pure, so the same dossier and policy always give the same assessment.

    Amounts are minor units of the invoice's currency. The domain page's sections 3 to 6 are followed to the letter.
    """
    asked, customer, order, invoice = dossier.asked, dossier.customer, dossier.order, dossier.invoice
    currency = invoice.currency if invoice is not None else ""
    facts = Facts(dossier, policy, asked, customer, order, invoice, currency, requested_minor(asked, currency))
    worked, cells, steps = _work_out(facts)
    findings = checks.findings(facts, worked)
    way = routing.route(facts, worked, findings)
    return Assessment(
        policy=policy_hash,
        customer_id=customer.customer_id if customer is not None else "",
        service_order=order.service_order if order is not None else "",
        invoice=invoice.invoice if invoice is not None else "",
        currency=currency,
        requested=facts.requested,
        paid=worked.paid,
        refunded=worked.refunded,
        refundable=worked.refundable,
        formula=worked.formula,
        eligible=worked.eligible,
        payable=worked.payable,
        findings=tuple(findings),
        cells=cells,
        steps=tuple(steps),
        state=way.state,
        level=way.level,
        decide_level=way.decide_level,
        dual=way.dual,
        base_amount=way.base_amount,
        added_up=way.added_up,
        rate=way.rate,
        rate_on=way.rate_on,
        route_text=tuple(way.text),
        technician=order.technician if order is not None else "",
        first=worked.first.case if worked.first is not None and way.state == "duplicate" else "",
        near=tuple([other.case for other in worked.near]),
    )


def requested_minor(asked: Asked, currency: str) -> int | None:
    """The requested amount in minor units of the invoice's currency; None when it is missing or in another currency.

    A missing currency is taken as the invoice's. Decimals beyond the currency's are cut down. An amount beyond what a
    stored document can hold is cut to that: no invoice reaches it.
    """
    amount = asked.amount
    if amount is None or not currency or (asked.currency and asked.currency != currency):
        return None
    if amount and amount.adjusted() > 15:
        return LIMIT if amount > 0 else -LIMIT
    top, bottom = amount.as_integer_ratio()
    minor: int = top * 10 ** DIGITS[currency] // bottom
    return max(-LIMIT, min(LIMIT, minor))


def _work_out(facts: Facts) -> tuple[Worked, tuple[Cell, ...], list[str]]:
    """Refundable, what the formula gives, eligible, payable, the cells at payable, and every step in words."""
    invoice, currency, requested = facts.invoice, facts.currency, facts.requested
    paid = invoice.paid if invoice is not None else 0
    refunded = invoice.refunded if invoice is not None else 0
    refundable = invoice.refundable if invoice is not None else 0
    given = eligibility.give(facts) if invoice is not None else _NOTHING
    backs = [allocation.give_back(share, currency) for share in given.shares]
    formula = given.amount if given.amount is not None else sum([back.net + back.tax for back in backs])
    eligible = max(0, min(refundable, formula))
    payable = eligible if requested is None else max(0, min(requested, eligible))
    cells = allocation.cells(backs, payable) if backs else ()
    calculation = given.notes + [back.text for back in backs]
    worked = Worked(
        paid,
        refunded,
        refundable,
        formula,
        eligible,
        payable,
        calculation,
        duplicates.same_request(facts) if facts.dossier.others else None,
        duplicates.near_requests(facts),
    )
    return worked, cells, _steps(facts, worked, [back.net + back.tax for back in backs])


def _steps(facts: Facts, worked: Worked, given: list[int]) -> list[str]:
    """The calculation from what was paid to what is payable, one step a line."""
    invoice, currency = facts.invoice, facts.currency
    if invoice is None:
        return list(worked.why)
    paid, formula = money_text(worked.paid, currency), money_text(worked.formula, currency)
    before, here = money_text(invoice.refunded_before, currency), money_text(invoice.refunded_here, currency)
    refundable, eligible = money_text(worked.refundable, currency), money_text(worked.eligible, currency)
    total = " + ".join([money_text(amount, currency) for amount in given]) if len(given) > 1 else ""
    return [
        f"paid on {invoice.invoice}{_ids(invoice.payment_ids)}: {paid} {currency}",
        f"refunded before{_ids(invoice.refund_ids)}: {before} {currency}",
        f"refunded by other cases: {here} {currency}",
        f"refundable: {paid} - {before} - {here} = {refundable} {currency}",
        *worked.why,
        f"the formula gives: {total} = {formula} {currency}" if total else f"the formula gives: {formula} {currency}",
        f"eligible: the lesser of {refundable} and {formula} = {eligible} {currency}",
        f"requested: {_requested_words(facts)}",
        f"payable: {money_text(worked.payable, currency)} {currency}",
    ]


def _ids(ids: tuple[str, ...]) -> str:
    return f" ({', '.join(ids)})" if ids else ""


def _requested_words(facts: Facts) -> str:
    asked, requested = facts.asked, facts.requested
    if requested is not None:
        return f"{money_text(requested, facts.currency)} {facts.currency}"
    if asked.amount is None:
        return "no amount"
    return f"{asked.amount:f} {asked.currency}, which is not compared with {facts.currency}"
