"""The closed lists of words the shop and refundkit share: channels, reasons, tiers, states, levels, roles."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """How a request reached the shop; `csv` is a list from another system."""

    PORTAL = "portal"
    TECHNICIAN = "technician"
    EMAIL = "email"
    PHONE = "phone"
    CSV = "csv"


class Reason(StrEnum):
    """Why money is asked back."""

    SLA_BREACH = "sla-breach"
    BILLING_ERROR = "billing-error"
    DUPLICATE_PAYMENT = "duplicate-payment"
    EQUIPMENT_RETURN = "equipment-return"
    INCOMPLETE_SERVICE = "incomplete-service"
    FAULTY_WORK = "faulty-work"
    CANCELLED_VISIT = "cancelled-visit"
    GOODWILL = "goodwill"
    OTHER = "other"


class State(StrEnum):
    """Where a case stands (domain page, section 7)."""

    RECEIVED = "received"
    REVIEW = "review"
    AWAITING = "awaiting"
    APPROVED = "approved"
    BOOKED = "booked"
    PAYING = "paying"
    PAID = "paid"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class Level(StrEnum):
    """Who must say yes."""

    AUTO = "auto"
    LEAD = "lead"
    MANAGER = "manager"


class Role(StrEnum):
    """What a person is in the shop; `auditor` reads everything and writes nothing."""

    TECHNICIAN = "technician"
    LEAD = "lead"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"
    ADMIN = "admin"
    AUDITOR = "auditor"


class HoldKind(StrEnum):
    """Why a case is held: no money moves on it until a manager lifts the hold."""

    DISPUTE = "dispute"
    CHARGEBACK = "chargeback"
    FRAUD = "fraud"
    LEGAL = "legal"


class Severity(StrEnum):
    """How a finding weighs: `info` tells, `review` asks a person, `block` proposes a denial."""

    INFO = "info"
    REVIEW = "review"
    BLOCK = "block"


LEVEL_RANK: Final[dict[str, int]] = {"auto": 0, "lead": 1, "manager": 2}
TIERS: Final = ("standard", "silver", "gold", "platinum")
PRIORITIES: Final = ("standard", "urgent", "emergency")
LINE_KINDS: Final = ("labour", "part", "travel", "surcharge", "fee")
ORDER_STATUSES: Final = ("open", "completed", "partial", "cancelled", "no-show")
METHODS: Final = ("card", "ach", "sepa", "cheque", "cash", "transfer")
FINDINGS: Final[dict[str, Severity]] = {
    "customer-unknown": Severity.REVIEW,
    "order-unknown": Severity.REVIEW,
    "order-mismatch": Severity.BLOCK,
    "invoice-unknown": Severity.REVIEW,
    "invoice-mismatch": Severity.BLOCK,
    "service-open": Severity.REVIEW,
    "nothing-paid": Severity.BLOCK,
    "already-refunded": Severity.BLOCK,
    "window-passed": Severity.REVIEW,
    "currency-differs": Severity.REVIEW,
    "amount-invalid": Severity.BLOCK,
    "duplicate": Severity.BLOCK,
    "possible-duplicate": Severity.REVIEW,
    "reason-unproven": Severity.REVIEW,
    "reduced": Severity.INFO,
    "rate-missing": Severity.REVIEW,
    "reason-manual": Severity.REVIEW,
}
"""What a check may find and how it weighs, in the order of the checks (domain page, section 3)."""
CHANNELS: Final = frozenset(c.value for c in Channel)
REASONS: Final = frozenset(r.value for r in Reason)

COUNTS_AS_REFUNDED: Final = frozenset({State.APPROVED, State.BOOKED, State.PAYING, State.PAID})
"""States in which a case's payable amount is gone from what its invoice can still give back."""

WAITING: Final = frozenset({State.REVIEW, State.AWAITING})
"""States in which a case waits for a person's decision. What was never assessed waits for records."""

DISPUTED: Final = frozenset({HoldKind.DISPUTE, HoldKind.CHARGEBACK})
"""Holds under which the customer may have the money back already: a case so held counts as refunded."""

WAITS: Final = frozenset({State.AWAITING, State.REVIEW})
"""States in which a case waits for somebody's yes or no."""

NOT_LIVE: Final = frozenset({State.DENIED, State.WITHDRAWN, State.DUPLICATE})
"""States in which a case does not stand beside another as a possible duplicate."""
