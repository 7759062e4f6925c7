"""What the two Sage formats share: a credit memo as amounts of net with their tax, for systems that join the two."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from refundkit.model.booking import CUSTOMER_CREDITS, GOODWILL, OWED, REFUNDS, RESTOCKING_FEES, SALES_TAX, Booking
from refundkit.model.policy_systems import TAX_CODE

_GIVEN: Final = frozenset({REFUNDS, GOODWILL, CUSTOMER_CREDITS, RESTOCKING_FEES})


class TaxedPart(NamedTuple):
    """What a credit note gives back on one account, in minor units; below 0 is kept back. `rate`: '' without tax."""

    account: str
    net: int
    tax: int
    rate: str


def taxed_parts(booking: Booking) -> list[TaxedPart]:
    """The credit memo account by account, its tax with the refunds. Raise ValueError saying what keeps it from that."""
    nets: dict[str, int] = {}
    tax, rate, rates = 0, "", 0
    for entry in booking.entries:
        account = entry.account
        if account in _GIVEN:
            nets[account] = nets.get(account, 0) + entry.amount
        elif account == SALES_TAX:
            rates += not rates or entry.tax_rate != rate
            tax, rate = tax + entry.amount, entry.tax_rate
        elif account not in OWED:
            raise ValueError(f"{account}: a credit note has no line for it")
    if rates > 1:
        rates = len({entry.tax_rate for entry in booking.entries if entry.account == SALES_TAX})
        raise ValueError(f"sales_tax: {rates} tax rates cannot be told apart in it; enter this one by hand")
    if tax and not rate:
        raise ValueError("tax_rate: the rate of its tax is not known; enter this one by hand")
    if tax and not nets.get(REFUNDS):
        raise ValueError("sales_tax: there is tax and no net amount; enter this one by hand")
    return [
        TaxedPart(key, net, tax, rate) if key == REFUNDS else TaxedPart(key, net, 0, "")
        for key, net in nets.items()
        if net
    ]


def code_of(rate: str, settings: Mapping[str, str]) -> str:
    """The system's own code or name for a tax rate, '' when the policy names none."""
    wanted = Decimal(rate)
    for key, code in settings.items():
        if key.startswith(TAX_CODE) and Decimal(key.removeprefix(TAX_CODE)) == wanted:
            return code
    return ""
