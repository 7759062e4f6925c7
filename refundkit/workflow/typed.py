"""The fields of a request as a person types them: exact values, or an error that names the option and the way out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from refundkit.errors import UsageError
from refundkit.importers.tabular.amounts import check, currency_of, read_amount
from refundkit.importers.tabular.dates import in_reach, read_time
from refundkit.importers.tabular.native import description
from refundkit.importers.tabular.reasons import reason_of
from refundkit.model.records import MAX_ID, RowError, maybe_ident
from refundkit.model.words import Reason
from refundkit.workflow.shop import Shop


def amount_of(shop: Shop, typed: str, currency: str = "") -> tuple[Decimal | None, str]:
    """The amount somebody typed and the currency written with it; (None, '') for nothing typed."""
    if not typed.strip():
        return None, ""
    hint = "write it like 120.00 or 120.00 EUR"
    try:
        figure = read_amount(typed, "", shop.org.base, currency)
    except ValueError as err:
        raise UsageError(str(err), hint=hint, where="--amount") from err
    if figure.amount is None:
        raise UsageError(figure.doubt.partition(": nothing")[0], hint=hint, where="--amount")
    if figure.amount == 0:
        raise UsageError("an amount is above 0", hint="leave it out when none was named", where="--amount")
    if currency and figure.currency and currency != figure.currency:
        raise UsageError(
            f"the amount is in {figure.currency}, the currency given is {currency}",
            hint="give one of them", where="--currency",
        )  # fmt: skip
    return figure.amount, figure.currency


def currency_named(shop: Shop, typed: str) -> str:
    """The code of a currency's code, symbol or name; '' for nothing typed."""
    code = currency_of(typed, shop.org.base) if typed.strip() else ""
    if typed.strip() and not code:
        raise UsageError(f"'{typed[:10]}' is no currency", hint="a code or a sign: USD, EUR, £", where="--currency")
    return code


def reason_named(typed: str) -> str:
    """The reason somebody means, by its code or in words; '' for nothing typed."""
    if not typed.strip():
        return ""
    reason = reason_of(typed)
    if not reason:
        raise UsageError(
            f"no reason is found in '{typed[:40]}'", hint=f"one of {', '.join(Reason)}, or other words", where="--for"
        )
    return reason


def fitting(amount: Decimal, currency: str) -> str:
    """The currency, when the amount has no more decimals than it and is not too large."""
    try:
        check(amount, currency)
    except ValueError as err:
        raise UsageError(str(err), hint="write it like 120.00", where="--amount") from err
    return currency


def received(shop: Shop, typed: str) -> datetime | None:
    """The time somebody typed, in the shop's time zone; None for nothing typed."""
    if not typed.strip():
        return None
    try:
        return in_reach(read_time(typed.strip(), "", shop.zone), shop.now)
    except ValueError as err:
        raise UsageError(str(err), hint="write it like 2026-10-31 14:30", where="--received") from err


def text_of(typed: str) -> str:
    """What happened, in a person's words."""
    text = typed.strip()
    try:
        description(text)
    except RowError as err:
        hint = "write it as plain text, in at most 8000 characters"
        raise UsageError(f"the description {err.problem}", hint=hint, where="--description") from err
    return text


def ident_of(typed: str, option: str) -> str:
    """A name, an address or a number on one line; '' for nothing typed."""
    try:
        return maybe_ident(typed.strip())
    except ValueError as err:
        raise UsageError(
            f"'{typed.strip()[:40]}' is longer than {MAX_ID} characters, or holds some that cannot be printed",
            hint="write it shorter, on one line", where=option,
        ) from err  # fmt: skip
