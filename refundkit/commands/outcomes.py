"""What commands that decide share: the amount as it is typed, and one result a case as it is told."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from refundkit.commands import show
from refundkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refundkit.workflow.outcomes import Outcome


def amount_of(text: str, option: str) -> tuple[Decimal | None, str]:
    """The amount somebody typed, and its currency when it is said: '120.00', '120.00 EUR'. (None, '') for nothing."""
    from refundkit.model.money import DIGITS, parse_decimal

    figure, _, currency = text.strip().partition(" ")
    if not figure:
        return None, ""
    code, hint = currency.strip().upper(), "digits and a point, e.g. 120.00 or '120.00 EUR'"
    if code and code not in DIGITS:
        raise UsageError(f"'{currency.strip()[:10]}' is no currency", hint=hint, where=option)
    try:
        return parse_decimal(figure), code
    except ValueError as err:
        raise UsageError(str(err), hint=hint, where=option) from err


def tell(done: Sequence[Outcome], *, dry_run: bool, jsonl: bool) -> None:
    """Show each case's outcome; leave with 3 when one was refused."""
    for outcome in done:
        refused = outcome.refused
        if jsonl:
            amount = outcome.amount.as_json() if outcome.amount else None
            problem = {"code": refused.code, "message": refused.message, "hint": refused.hint} if refused else None
            show.as_jsonl([{"case": outcome.case, "state": outcome.state, "amount": amount, "refused": problem}])
        elif refused is not None:
            show.note(f"error: {refused}")
        else:
            amount_text = f" {outcome.amount}" if outcome.amount else ""
            would = "would be " if dry_run else ""
            more = f" ({outcome.more})" if outcome.more else ""
            typer.echo(f"{outcome.case}  {would}{outcome.state}{amount_text}{more}")
    if any(outcome.refused for outcome in done):
        raise typer.Exit(3)
