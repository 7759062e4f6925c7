"""A payment to a customer and where it goes: what files, cheques and worklists are made of. Bank data never shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Method(StrEnum):
    """How money goes back. `account`: it does not, the customer keeps it as a credit with the shop."""

    CARD = "card"
    ACH = "ach"
    SEPA = "sepa"
    CHEQUE = "cheque"
    CASH = "cash"
    TRANSFER = "transfer"
    ACCOUNT = "account"


TO_A_BANK: Final = frozenset({Method.ACH, Method.SEPA, Method.TRANSFER})
"""Methods that need to know the customer's bank account."""

PAYS_ONLY: Final[dict[str, str]] = {Method.ACH: "USD", Method.SEPA: "EUR"}
"""Methods whose files are of one currency, and that currency."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Where a customer's money goes. Secret: it lives in the vault and in payment files, and no repr shows it.

    `holder`: the account's holder as the bank knows them. For `ach`: `routing`, `account`, `savings`, and `business`
    (a company's account). For `sepa` and `transfer`: `iban`, and `bic` where it is known. `town` and `country`
    (ISO 3166, two letters) as banks want addresses.
    """

    holder: str = field(repr=False)
    routing: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    savings: bool = False
    business: bool = False
    iban: str = field(default="", repr=False)
    bic: str = field(default="", repr=False)
    town: str = field(default="", repr=False)
    country: str = field(default="", repr=False)

    @property
    def tail(self) -> str:
        """What may be shown of it: the last four characters of the account, as '...4321'."""
        return f"...{(self.iban or self.account)[-4:]}"


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of the credit memo as the customer reads it, in minor units of the payment's currency."""

    text: str
    net: int
    tax: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment on one case. `amount`: minor units of `currency`, above 0.

    `key`: its permanent name, 32 letters and digits, the same in every file it stands in. `number`: as people say it
    (RP-1-000001). `settles`: the number of the credit memo. `original`: what the processor or bank called the payment
    that is given back, '' where it is none. `cheque`: the cheque's number, 0 for other methods. `lines`: the credit
    memo line by line, which a refund that is paid in parts exceeds.
    """

    key: str
    number: str
    case: str
    settles: str
    customer_id: str
    customer_name: str
    invoice: str
    reason: str
    method: str
    amount: int
    currency: str
    on: date
    original: str = ""
    cheque: int = 0
    lines: tuple[PaidLine, ...] = ()
    payee: Payee | None = None
