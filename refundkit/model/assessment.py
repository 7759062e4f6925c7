"""An assessment: findings, the eligible amount line by line, and the route, for one revision under one policy."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check that does not hold. `text` names what was compared, with figures and record ids."""

    code: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one invoice line gives back, in minor units, with the calculation as people read it.

    `net`, `tax`: what the formula gives, never more than the cells have left. `payable_net`, `payable_tax`: the part
    of it that is payable after a lower request or a lower refundable (largest remainder). `restocking`: what was kept
    back from the net for restocking, on the payable part. `tax_rate`: the line's fraction as the invoice has it.
    """

    line_no: int
    kind: str
    net: int
    tax: int
    payable_net: int
    payable_tax: int
    restocking: int
    tax_rate: str
    text: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say of one revision of a case. Amounts: minor units of `currency` ('' without an invoice).

    `customer_id`, `service_order`, `invoice`: the resolved and known ones, '' otherwise.
    `requested` is None when no amount was asked or it is in another currency (then it counts as missing).
    `state` is what follows: approved (level auto), awaiting (level lead or manager), review, duplicate.
    `decide_level` is who must say yes or no at least, also in review. `dual`: two different managers.
    `base_amount` is payable in the currency of the books, None without a rate; `added_up` what was added before the
    comparison with `auto_below`. `first` is the case this one repeats (state duplicate). `technician` is the order's,
    who never decides it. `steps` explain the sum in order; `route_text` the route. `near` are the cases of the finding
    possible-duplicate; it is not kept.
    """

    policy: str
    customer_id: str
    service_order: str
    invoice: str
    currency: str
    requested: int | None
    paid: int
    refunded: int
    refundable: int
    formula: int
    eligible: int
    payable: int
    findings: tuple[Finding, ...]
    cells: tuple[Cell, ...]
    steps: tuple[str, ...]
    state: str
    level: str
    decide_level: str
    dual: bool
    base_amount: int | None
    added_up: int
    rate: str
    rate_on: str
    route_text: tuple[str, ...]
    first: str = ""
    technician: str = ""
    near: tuple[str, ...] = field(default=(), compare=False)

    def as_data(self) -> dict[str, Any]:
        """The canonical document that is stored, hashed and shown; the inverse of `from_data`."""
        return {
            "policy": self.policy,
            "customer_id": self.customer_id,
            "service_order": self.service_order,
            "invoice": self.invoice,
            "currency": self.currency,
            "requested": self.requested,
            "paid": self.paid,
            "refunded": self.refunded,
            "refundable": self.refundable,
            "formula": self.formula,
            "eligible": self.eligible,
            "payable": self.payable,
            "findings": [[f.code, f.severity, f.text] for f in self.findings],
            "cells": [
                [c.line_no, c.kind, c.net, c.tax, c.payable_net, c.payable_tax, c.restocking, c.tax_rate, c.text]
                for c in self.cells
            ],
            "steps": list(self.steps),
            "state": self.state,
            "level": self.level,
            "decide_level": self.decide_level,
            "dual": self.dual,
            "base_amount": self.base_amount,
            "added_up": self.added_up,
            "rate": self.rate,
            "rate_on": self.rate_on,
            "route_text": list(self.route_text),
            "first": self.first,
            "technician": self.technician,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Assessment:
        """Read back what `as_data` wrote."""
        values = dict(data)
        values["findings"] = tuple(Finding(*f) for f in data["findings"])
        values["cells"] = tuple(Cell(*c) for c in data["cells"])
        values["steps"] = tuple(data["steps"])
        values["route_text"] = tuple(data["route_text"])
        return cls(**values)


def payable_cells(assessment: dict[str, Any]) -> list[list[Any]]:
    """The cells of an assessment at its payable amount, as approvals keep them."""
    return [[c[0], c[1], c[4], c[5], c[6], c[7]] for c in assessment["cells"]]


_SHOWN: Final = ("base_amount", "rate", "rate_on", "added_up", "route_text")
"""What moves with the day of the assessment and is not part of what was agreed to."""


def assessment_text(assessment: dict[str, Any]) -> bytes:
    """The bytes whose SHA-256 names what an approver saw: all of the assessment that does not move with the day."""
    kept = {k: v for k, v in assessment.items() if k not in _SHOWN}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
