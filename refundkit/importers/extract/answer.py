"""What reading a message gives: the requests in it, or what it is instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from refundkit.importers.extract.chosen import EVEN, FIRM, Chosen
from refundkit.importers.extract.reasons import OTHER, Reason
from refundkit.model.requests import NoRequest

KINDS: Final = {"customer": "customer_id", "order": "service_order", "invoice": "invoice"}
"""The kinds of id and the field each is for."""
STATED: Final = 98
"""How sure a value is that stands in a field of its own."""
BARE: Final = 80
"""The same for a number by which no currency stands."""
PRESSES: Final = "It presses for a request made earlier; what that asks is read from what is quoted."
INSTEAD: Final = {
    "thanks": (NoRequest.THANKS, "It says thanks and asks for no refund."),
    "status": (NoRequest.STATUS, "It asks where a refund is; it asks for no new one."),
    "withdrawal": (NoRequest.WITHDRAWAL, "It takes a request back."),
    "chaser": (NoRequest.CHASER, "It presses for a request made earlier."),
    "talk": (NoRequest.TALK, "It talks about refunds or invoices, or says that none is wanted."),
    "vendor": (NoRequest.VENDOR, "It is a supplier's or a payment service's notice."),
    "offer": (NoRequest.BULK, "It is an advertisement or a fraud."),
    "staff": (NoRequest.TALK, "It is about a colleague's own expenses."),
    "none": (NoRequest.NONE, "It asks for no refund."),
}


@dataclass(slots=True)
class Asked:
    """One request. Empty text: not said. `amount` only when single and definite.

    `evidence`: field -> words; `confidence`: field -> how sure, 0 to 100. `unclear`: the doubt about the amount.
    """

    customer_id: str = ""
    service_order: str = ""
    invoice: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reason: str = OTHER
    evidence: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, int] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    unclear: str = ""

    def say(self, name: str, value: str, evidence: str, sure: int) -> None:
        """Set a field with the words it was read from and how sure it is."""
        setattr(self, name, value)
        self.evidence[name], self.confidence[name] = evidence, sure

    def because(self, found: Reason) -> None:
        """Set the reason."""
        self.reason, self.confidence["reason"] = found.code, found.sure
        if found.text:
            self.evidence["reason"] = found.text

    def of(self, chosen: Chosen) -> None:
        """Set the amount, or why there is none; what was doubtful of one before is forgotten."""
        self.doubts = [doubt for doubt in self.doubts if doubt != self.unclear]
        self.amount, self.currency, self.unclear = chosen.amount, chosen.currency, chosen.doubt
        if chosen.amount is not None:
            self.evidence["amount"], self.confidence["amount"] = chosen.evidence, chosen.sure
            self.unclear = ""
            if chosen.sure < EVEN:
                self.unclear = "It may be this amount that is asked back; the words do not make it clear."
            elif chosen.sure < (FIRM if chosen.currency else BARE):
                self.unclear = "It is likely, and not certain, that this amount is asked back."
        if self.unclear:
            self.doubts.append(self.unclear)


@dataclass(slots=True)
class Answer:
    """The requests of a message, or what it is instead and why; what a form says of its sender besides.

    `named`: the ids of a message without a request. `chases`: it presses for a request made earlier. `presses`: of
    one without a request, how likely it presses for an earlier one or asks where its money is, in per cent.
    """

    requests: list[Asked] = field(default_factory=list)
    why: str = ""
    kind: NoRequest = NoRequest.NONE
    named: Asked = field(default_factory=Asked)
    chases: bool = False
    presses: int = 0
    email: str = ""
    name: str = ""
    reference: str = ""
    form: bool = False

    @property
    def names_amount(self) -> bool:
        """Whether any of its requests has an amount."""
        return any(asked.amount is not None for asked in self.requests)
