"""How the shop pays back: the order of methods, and what its bank wants in files and on cheques."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from refundkit.model.policy_parts import Name, OwnCurrency, Part, as_tuple

Optional = Annotated[str, Field(max_length=150)]
"""A text that may be ''."""
Months = Annotated[int, Field(ge=0, le=600)]


class Ach(Part):
    """The shop at its American bank (NACHA files), as the bank's own guide gives it."""

    destination: Optional = ""
    destination_name: Optional = ""
    origin: Optional = ""
    origin_name: Optional = ""
    odfi: Optional = ""
    company_id: Optional = ""
    company_name: Optional = ""
    description: Annotated[str, Field(max_length=10)] = "REFUND"
    same_day: bool = False
    line_ends: Literal["lf", "crlf"] = "lf"


class Sepa(Part):
    """The shop's account at its European bank (pain.001)."""

    name: Optional = ""
    iban: Optional = ""
    bic: Optional = ""
    town: Optional = ""
    country: Annotated[str, Field(max_length=2)] = ""


class Cheque(Part):
    """Cheques on pre-printed stock, and the list of them that the bank checks against (positive pay).

    `currency`: that of the account they are drawn on, '' for the books' own.
    `labels`: whether the words and lines of a cheque are printed too, for stock that has the bank's line alone.
    `stale_months`: from when on a bank need not pay an uncashed cheque; `unclaimed_months`: from when on its money is
    the state's, and `letter_months` before that the customer must be written to.
    """

    account: Optional = ""
    currency: OwnCurrency = ""
    bank: Annotated[tuple[Name, ...], BeforeValidator(as_tuple), Field(max_length=4)] = ()
    payer: Annotated[tuple[Name, ...], BeforeValidator(as_tuple), Field(max_length=5)] = ()
    position: Literal["top", "middle", "bottom"] = "top"
    paper: Literal["letter", "a4"] = "letter"
    labels: bool = True
    positive_pay: Optional = ""
    stale_months: Months = 6
    letter_months: Months = 4
    unclaimed_months: Months = 36


class Payments(Part):
    """Which way the money goes back.

    `method`: "force" takes the original payment's method and no other, "prefer" takes it where it can be had and
    `otherwise` where not, "free" leaves it to the person. `journal`: payments are entries of the journals too; false
    where the accounting system gets them from the bank's own feed.
    """

    method: Literal["force", "prefer", "free"] = "prefer"
    otherwise: Literal["cheque", "ach", "sepa", "transfer", "cash", "account"] = "cheque"
    journal: bool = True
    ach: Ach = Ach()
    sepa: Sepa = Sepa()
    cheque: Cheque = Cheque()
