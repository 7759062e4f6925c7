"""What every check and formula looks at, and what a formula hands back. Plain tuples: they are made for every case."""

from __future__ import annotations

from typing import NamedTuple

from refundkit.model.dossier import Asked, Customer, Dossier, Invoice, InvoiceLine, Other, ServiceOrder
from refundkit.model.policy import Policy


class Facts(NamedTuple):
    """A dossier with the parts that are asked for most. `currency` is the invoice's, '' without one.

    `requested`: minor units of `currency`; None when no amount was asked or it is in another currency.
    """

    dossier: Dossier
    policy: Policy
    asked: Asked
    customer: Customer | None
    order: ServiceOrder | None
    invoice: Invoice | None
    currency: str
    requested: int | None


class Share(NamedTuple):
    """The share of a line that a formula gives back, as a fraction, with its reason in words.

    `before_restocking`: the share before something was kept back for restocking, None where nothing is.
    """

    line: InvoiceLine
    numerator: int
    denominator: int
    words: str
    before_restocking: tuple[int, int] | None = None


class Given(NamedTuple):
    """What a formula gives: shares of lines, or an amount in minor units that is taken from no line.

    `notes` are what was measured, in order, with every figure; they say why when nothing is given.
    """

    notes: list[str]
    shares: list[Share]
    amount: int | None = None


class Worked(NamedTuple):
    """The sums of an assessment (minor units of the invoice's currency) and the cases it was compared with.

    `why` are the sentences that say why the formula gives nothing, where it does. `first`: the case this one repeats.
    """

    paid: int
    refunded: int
    refundable: int
    formula: int
    eligible: int
    payable: int
    why: list[str]
    first: Other | None
    near: list[Other]
