"""The checks of a request, in the order a person reads them; each says with figures and ids why it does not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from refundkit.model.assessment import Finding
from refundkit.model.dossier import Other
from refundkit.model.words import FINDINGS
from refundkit.rules import duplicates
from refundkit.rules.exchange import usable_rate
from refundkit.rules.facts import Facts, Worked
from refundkit.rules.wording import days, money_text, number

# A check gives the sentence of its finding, or '' when it holds or cannot be asked because an input is unknown.
# No sentence names the day of the assessment: findings are part of what an approver has seen, and must not age.
Check = Callable[[Facts, Worked], str]


def findings(facts: Facts, worked: Worked) -> list[Finding]:
    """Every check that does not hold, in the table's order. An overridden finding stays in the list."""
    return [Finding(code, severity, text) for code, severity, check in CHECKS if (text := check(facts, worked))]


def _customer_unknown(facts: Facts, _: Worked) -> str:
    if facts.customer is not None:
        return ""
    asked, count = facts.asked, facts.dossier.customers_with_address
    if asked.customer_id:
        return f"Customer {asked.customer_id} is not in the records."
    if not asked.customer_email:
        return "The request names no customer and has no sender's address."
    known = f"{count} customers have" if count else "No customer has"
    return f"{known} the address {asked.customer_email}, and the request names no customer id."


def _order_unknown(facts: Facts, _: Worked) -> str:
    if facts.order is not None:
        return ""
    if facts.asked.service_order:
        return f"Service order {facts.asked.service_order} is not in the records."
    if facts.invoice is None:
        return "The request names no service order and no known invoice."
    if not facts.invoice.service_order:
        return f"The request names no service order, and {facts.invoice.invoice} has none."
    return (
        f"The request names no service order, and {facts.invoice.service_order} of {facts.invoice.invoice} is not in"
        " the records."
    )


def _order_mismatch(facts: Facts, _: Worked) -> str:
    order, customer = facts.order, facts.customer
    if order is None or customer is None or order.customer_id == customer.customer_id:
        return ""
    return f"{order.service_order} belongs to customer {order.customer_id}, not to {customer.customer_id}."


def _invoice_unknown(facts: Facts, _: Worked) -> str:
    if facts.invoice is not None:
        return ""
    if facts.asked.invoice:
        return f"Invoice {facts.asked.invoice} is not in the records."
    if facts.order is None:
        return "The request names no invoice and no known service order."
    count = facts.dossier.order_invoices
    return f"The request names no invoice, and {facts.order.service_order} has {count or 'none'}."


def _invoice_mismatch(facts: Facts, _: Worked) -> str:
    """The invoice's customer where the customer is known; its order where one was given and is known."""
    invoice, customer, order = facts.invoice, facts.customer, facts.order
    if invoice is None:
        return ""
    wrong = []
    if customer is not None and invoice.customer_id != customer.customer_id:
        wrong.append(f"customer {invoice.customer_id}, not to {customer.customer_id}")
    if facts.asked.service_order and order is not None and invoice.service_order != order.service_order:
        wrong.append(f"{invoice.service_order or 'no service order'}, not to {order.service_order}")
    return f"{invoice.invoice} belongs to {', and to '.join(wrong)}." if wrong else ""


def _service_open(facts: Facts, _: Worked) -> str:
    order = facts.order
    if order is None or order.status != "open" or facts.asked.reason in ("duplicate-payment", "goodwill"):
        return ""
    return f"{order.service_order} is still open."


def _nothing_paid(facts: Facts, worked: Worked) -> str:
    invoice = facts.invoice
    if invoice is None or worked.paid > 0:
        return ""
    ids = f" ({', '.join(invoice.payment_ids)})" if invoice.payment_ids else ""
    return f"Payments on {invoice.invoice}{ids} come to {money_text(worked.paid, facts.currency)} {facts.currency}."


def _already_refunded(facts: Facts, worked: Worked) -> str:
    invoice, currency = facts.invoice, facts.currency
    if invoice is None or worked.refundable > 0:
        return ""
    ids = f" ({', '.join(invoice.refund_ids)})" if invoice.refund_ids else ""
    return (
        f"Nothing of {invoice.invoice} is left to refund: {money_text(worked.paid, currency)} {currency} paid,"
        f" {money_text(invoice.refunded_before, currency)} refunded before{ids},"
        f" {money_text(invoice.refunded_here, currency)} by other cases."
    )


def _window_passed(facts: Facts, _: Worked) -> str:
    invoice = facts.invoice
    if invoice is None:
        return ""
    came = facts.asked.received_at.astimezone(facts.policy.shop.zone).date()
    later, window = (came - invoice.issued_on).days, facts.policy.eligibility.window_days
    if later <= window:
        return ""
    issued = f"{invoice.invoice} was issued {invoice.issued_on}"
    return f"{issued}; the request came {days(later)} later; the window is {days(window)}."


def _currency_differs(facts: Facts, _: Worked) -> str:
    asked, invoice = facts.asked, facts.invoice
    if invoice is None or not asked.currency or asked.currency == invoice.currency:
        return ""
    return f"The request is in {asked.currency}; {invoice.invoice} is in {invoice.currency}."


def _amount_invalid(facts: Facts, _: Worked) -> str:
    """Judges the amount as written, whatever its currency."""
    amount = facts.asked.amount
    if amount is None or amount > 0:
        return ""
    currency = facts.asked.currency or facts.currency
    return f"The requested amount is {f'{number(amount, 2)} {currency}'.strip()}; it must be above 0."


def _duplicate(facts: Facts, worked: Worked) -> str:
    first = worked.first
    if first is None:
        return ""
    if duplicates.by_reference(facts, first):
        asked = facts.asked
        same = asked.external_ref and asked.external_ref == first.external_ref
        what = f"reference {asked.external_ref}" if same else f"message {asked.message_id}"
        return f"{first.case}, received {first.received_at.date()} by {first.channel}, has the same {what}."
    return (
        f"{first.case}, received {first.received_at.date()}, is the same request: customer {first.customer_id},"
        f" {' and '.join(duplicates.shared(facts, first))}, {first.reason or 'no reason'},"
        f" {_amount_words(first)}, {_apart(facts, first)}."
    )


def _possible_duplicate(facts: Facts, worked: Worked) -> str:
    if not worked.near:
        return ""
    named = [
        f"{o.case} of {o.customer_id} on {' and '.join(duplicates.shared(facts, o))} ({o.reason or 'no reason'},"
        f" {_amount_words(o)}, received {o.received_at.date()})"
        for o in worked.near
    ]
    window = facts.policy.duplicates.window_days
    return f"Within {days(window)} there is also {'; '.join(named)}."


def _amount_words(other: Other) -> str:
    return "no amount" if other.amount is None else f"amount {number(other.amount, 2)}"


def _apart(facts: Facts, other: Other) -> str:
    apart = abs(facts.asked.received_at - other.received_at).days
    return f"{days(apart)} apart; the window is {days(facts.policy.duplicates.window_days)}"


def _reason_unproven(facts: Facts, worked: Worked) -> str:
    reason = facts.asked.reason
    if worked.formula > 0 or reason in ("goodwill", "other") or facts.invoice is None:
        return ""
    if reason != "duplicate-payment":  # which needs the invoice alone
        if facts.order is None:
            return ""
        if facts.customer is None and reason in ("sla-breach", "faulty-work"):
            return ""
    return f"The records do not bear out {reason or 'the request'}: {'; '.join(worked.why)}."


def _reduced(facts: Facts, worked: Worked) -> str:
    requested = facts.requested
    if requested is None or not 0 < worked.eligible < requested:
        return ""
    currency = facts.currency
    asked = f"{money_text(requested, currency)} {currency}"
    return f"{asked} was requested; {money_text(worked.eligible, currency)} is eligible."


def _rate_missing(facts: Facts, _: Worked) -> str:
    currency, dossier = facts.currency, facts.dossier
    if not currency or currency == dossier.base or usable_rate(dossier, facts.policy) is not None:
        return ""
    if dossier.rate is None:
        return f"There is no rate of {currency} to {dossier.base} on record."
    age = facts.policy.rates.max_age_days
    return f"The last rate of {currency} to {dossier.base} is of {dossier.rate.on}; it may be at most {days(age)} old."


def _reason_manual(facts: Facts, _: Worked) -> str:
    if facts.asked.reason != "other":
        return ""
    return f"The reason is other, which has no formula; a person decides what {_subject(facts)} gives back."


def _subject(facts: Facts) -> str:
    if facts.invoice is not None:
        return facts.invoice.invoice
    return facts.order.service_order if facts.order is not None else "the shop"


_ASKED: Final[dict[str, Check]] = {
    "customer-unknown": _customer_unknown,
    "order-unknown": _order_unknown,
    "order-mismatch": _order_mismatch,
    "invoice-unknown": _invoice_unknown,
    "invoice-mismatch": _invoice_mismatch,
    "service-open": _service_open,
    "nothing-paid": _nothing_paid,
    "already-refunded": _already_refunded,
    "window-passed": _window_passed,
    "currency-differs": _currency_differs,
    "amount-invalid": _amount_invalid,
    "duplicate": _duplicate,
    "possible-duplicate": _possible_duplicate,
    "reason-unproven": _reason_unproven,
    "reduced": _reduced,
    "rate-missing": _rate_missing,
    "reason-manual": _reason_manual,
}
CHECKS: Final = tuple((code, str(severity), _ASKED[code]) for code, severity in FINDINGS.items())
