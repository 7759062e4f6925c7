"""A case and its events, as plain values: what `fold` reads and what it makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from refundkit.model.events import Core
from refundkit.model.words import COUNTS_AS_REFUNDED, Severity, State

LOGGED: Final = "request.logged"
AMENDED: Final = "request.amended"
ASSESSED: Final = "case.assessed"
OVERRIDDEN: Final = "finding.overridden"
APPROVED: Final = "decision.approved"
DENIED: Final = "decision.denied"
WITHDRAWN: Final = "request.withdrawn"
REOPENED: Final = "case.reopened"
REVOKED: Final = "approval.revoked"
LINE: Final = "export.line"
CASE_TYPES: Final = frozenset(
    {LOGGED, AMENDED, ASSESSED, OVERRIDDEN, APPROVED, DENIED, WITHDRAWN, REOPENED, REVOKED, LINE}
)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event of a case, read. `data` is None when its payload was erased."""

    id: str
    core: Core
    data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes that counts. `amount` in minor units; `cells` as [line_no, kind, net, tax, restocking, tax_rate].

    `beyond`: the part of the amount above the cells. `needs`: how many different people this amount takes.
    """

    event: str
    user: str
    amount: int
    note: str
    cells: list[list[Any]]
    beyond: int
    needs: int = 1


@dataclass(slots=True)
class CaseView:
    """A case as its events add up to. Amounts are minor units of `assessment["currency"]`."""

    key: str
    id: str
    state: str = State.RECEIVED
    level: str = ""
    decide_level: str = "lead"
    dual: bool = False
    rev: str = ""
    revs: list[str] = field(default_factory=list)
    request: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    logged_by: str = ""
    epoch: int = 0
    arrived: str = ""
    assessment: dict[str, Any] | None = None
    basis: str = ""
    overridden: dict[str, tuple[str, str]] = field(default_factory=dict)
    approvals: list[Approval] = field(default_factory=list)
    approved: Approval | None = None
    denials: list[str] = field(default_factory=list)
    withdrawals: list[str] = field(default_factory=list)
    apart: frozenset[str] = frozenset()
    line: dict[str, Any] | None = None
    line_event: str = ""
    waiting_since_ms: int = 0
    anomalies: list[str] = field(default_factory=list)
    barred: frozenset[str] = frozenset()

    @property
    def payable(self) -> int | None:
        """What would be, or was, given back: the approved amount when there is one; None before an assessment."""
        if self.line is not None:
            return int(self.line["amount"])
        if self.approved is not None:
            return self.approved.amount
        return int(self.assessment["payable"]) if self.assessment else None

    @property
    def counts(self) -> bool:
        """Whether its amount is gone from what the invoice can still give back."""
        return self.state in COUNTS_AS_REFUNDED

    def open_findings(self) -> list[list[str]]:
        """Findings that keep the case from being approved: review or block, and nobody has overridden them."""
        found = self.assessment["findings"] if self.assessment else []
        return [f for f in found if f[1] != Severity.INFO and f[0] not in self.overridden]
