"""Makes and amends the request document that a revision holds; every field is checked as an import checks it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from refundkit.errors import UsageError
from refundkit.model.money import parse_decimal, plain, to_minor
from refundkit.model.records import RowError, choice, currency, maybe_ident, moment, words
from refundkit.model.requests import Draft
from refundkit.model.words import Channel, Reason

FIELDS: Final = (
    "received_at", "channel", "customer_id", "customer_email", "service_order", "invoice", "amount", "currency",
    "reason", "description", "requested_by", "external_ref",
)  # fmt: skip
_OPTIONS: Final = {
    "reason": "--for", "customer_id": "--customer", "customer_email": "--email", "service_order": "--order",
    "received_at": "--received",
}  # fmt: skip


def request_of(draft: Draft, now: datetime) -> dict[str, Any]:
    """The request document of a draft: all fields, text, '' where the source does not say. Times in UTC."""
    received = draft.received_at or now
    return {
        "received_at": received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "channel": draft.channel,
        "customer_id": draft.customer_id,
        "customer_email": draft.customer_email,
        "service_order": draft.service_order,
        "invoice": draft.invoice,
        "amount": "" if draft.amount is None else format(draft.amount, "f"),
        "currency": draft.currency,
        "reason": draft.reason or Reason.OTHER.value,
        "description": draft.description,
        "requested_by": draft.requested_by,
        "external_ref": draft.external_ref,
        # What one message asks besides is no repeat of what it asks first.
        "message_id": draft.message_id
        if draft.part == 1 or not draft.message_id
        else f"{draft.message_id}#{draft.part}",
        "evidence": dict(draft.evidence),
        "confidence": dict(draft.confidence),
        "doubts": list(draft.doubts),
    }


def amended_request(request: dict[str, Any], changes: dict[str, str], zone: tzinfo) -> dict[str, Any]:
    """A copy of a request with some fields changed. A person has looked at it, so its doubts are settled.

    Raise UsageError naming the option that is wrong, or when nothing would change.
    """
    cells = {
        "received_at": moment(zone), "channel": choice(*Channel), "reason": choice(*Reason),
        "currency": _maybe_currency, "amount": _maybe_amount, "description": words, "requested_by": words,
    }  # fmt: skip
    new = dict(request)
    for field, text in changes.items():
        try:
            new[field] = cells.get(field, maybe_ident)(text.strip())
        except ValueError as err:
            problem = err.problem if isinstance(err, RowError) else str(err)
            raise UsageError(f"{field} {problem}", hint="nothing was written", where=_option(field)) from err
    if new["amount"] and new["currency"]:
        try:
            minor = to_minor(parse_decimal(new["amount"]), new["currency"])
        except ValueError as err:
            raise UsageError(f"amount {err}", hint="nothing was written", where="--amount") from err
        new["amount"] = plain(minor, new["currency"])
    if new == request:
        raise UsageError(
            "nothing would change", hint="name at least one field with another value, e.g. --invoice INV-1"
        )
    new["doubts"] = []
    return new


def _option(field: str) -> str:
    return _OPTIONS.get(field, "--" + field)


def _maybe_currency(text: str) -> str:
    return currency(text.upper()) if text else ""


def _maybe_amount(text: str) -> str:
    if text:
        parse_decimal(text)
    return text
