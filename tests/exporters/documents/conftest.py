"""A small real ledger: a shop with two writers, a case of six events, and the page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from refundkit.exporters.documents.audit_content import (
    AuditContent,
    Decision,
    FindingLine,
    Happening,
    KeptDocument,
    Table,
)
from refundkit.exporters.documents.audit_pdf import render_audit, seal
from refundkit.model.canonical import b64
from refundkit.model.case_id import case_id
from refundkit.model.events import Chain, Event, case_key, writer_id

ISSUED = datetime(2026, 10, 3, 15, 4, 5, tzinfo=UTC)
HLC = "019a00000000-0000"


class Key:
    """A writer's key made from a seed, so that every run signs the same bytes."""

    def __init__(self, seed: int) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.writer = writer_id(self.public)
        self.sign = self._private.sign


@dataclass
class Shop:
    """Two enrolled writers (ana, the owner; ben), a stranger, and chains that can go on."""

    ana: Key = field(default_factory=lambda: Key(1))
    ben: Key = field(default_factory=lambda: Key(2))
    recovery: Key = field(default_factory=lambda: Key(3))
    stranger: Key = field(default_factory=lambda: Key(9))
    simulated: bool = False
    chains: dict[bytes, Chain] = field(default_factory=dict)
    enrolments: list[Event] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        genesis = self.write(self.ana, "org.genesis", self.genesis_data(), org=b64(bytes(16)))
        self.org = b64(genesis.id[:16])
        self.chains[self.ana.writer].org = self.org
        self.enrolments += [genesis, self.enrol(self.ana, self.ben, "ben")]

    def genesis_data(self) -> dict:
        owner = {"user": "ana", "name": "Ana Pérez", "public": b64(self.ana.public)}
        return {
            "company": "Northwind Field Service",
            "base": "USD",
            "shop": "main",
            "device": "office",
            "simulated": self.simulated,
            "owner": owner,
            "recovery": b64(self.recovery.public),
        }

    def write(self, key: Key, type_: str, data: dict, case: str = "", org: str = "") -> Event:
        if key.writer not in self.chains:
            self.chains[key.writer] = Chain(org or self.org, b64(key.writer), key.sign, 0, bytes(32))
        return self.chains[key.writer].append(
            type_=type_, tv=1, case=case, hlc=HLC, deps=(), data=data, salt=bytes(range(16))
        )

    def enrol(self, by: Key, new: Key, user: str) -> Event:
        data = {"writer": b64(new.writer), "public": b64(new.public), "user": user, "device": "desk"}
        return self.write(by, "key.enrolled", data)

    def case(self) -> list[Event]:
        """A case from request to booking; ben's chain has a gap between his two events here."""
        logged = self.write(self.ana, "request.logged", {"words": "李雷 wants 168.00 back", "amount": 16800})
        key = case_key(logged.id)
        events = [
            logged,
            self.write(self.ana, "case.assessed", {"eligible": 16800}, key),
            self.write(self.ben, "decision.approved", {"amount": 16800, "note": "as calculated"}, key),
        ]
        self.write(self.ben, "request.logged", {"words": "another case"})
        events += [
            self.write(self.ben, "note.added", {"text": "called the customer"}, key),
            self.write(self.ben, "note.added", {"text": "letter sent"}, key),
            self.write(self.ana, "export.line", {"batch": "B-7"}, key),
        ]
        self.events = events
        return events

    @property
    def key(self) -> str:
        return case_key(self.events[0].id)

    def content(self, **changes: object) -> AuditContent:
        """A page like a real one for the case of this shop."""
        return page(self, **changes)

    def sealed(self, **changes: object) -> bytes:
        """The document as the workflow issues it."""
        return seal(
            render_audit(self.content(**changes), self.events, self.enrolments, ISSUED), self.ana.writer, self.ana.sign
        )


def page(shop: Shop, **changes: object) -> AuditContent:
    approval = shop.events[2]
    values: dict = {
        "case_id": case_id(shop.key),
        "company": "Northwind Field Service",
        "state": "booked",
        "level": "lead",
        "issued_at": "2026-10-03 15:04:05 UTC",
        "issued_by": "Ana Pérez (ana), manager",
        "ledger": shop.org,
        "request": (
            ("Channel", "email"),
            ("Customer", "C-1042 李雷"),
            ("Service order", "SO-55120"),
            ("Invoice", "INV-20931"),
            ("Reason", "incomplete-service"),
            ("Requested", "168.00 USD"),
        ),
        "words": "Hello,\n\nthe technician left after half the work. Please send back 168.00.\nمرحبا، أريد استرداد المبلغ\n\nThanks 🎉\n",
        "source": (("File", "inbox/2026-09-30.mbox"), ("Message", "17"), ("Message-ID", "<a1b2c3@example.com>")),
        "records": (
            Table(
                "Invoice INV-20931, issued 2026-08-30, USD",
                ("Line", "Kind", "Item", "Quantity", "Unit price", "Tax rate", "Net", "Tax", "Gross"),
                (
                    ("1", "labour", "Fit compressor", "3.50", "120.00", "8.25 %", "420.00", "34.65", "454.65"),
                    ("2", "part", "Compressor R32 sealed unit", "1", "310.00", "8.25 %", "310.00", "25.58", "335.58"),
                    ("3", "travel", "Travel, zone 2", "1", "45.00", "0 %", "45.00", "0.00", "45.00"),
                ),
                right=(0, 3, 4, 5, 6, 7, 8),
            ),
            Table(
                "Payments",
                ("Payment", "Paid on", "Method", "Amount"),
                (("P-88120", "2026-09-03", "card", "835.23"),),
                (3,),
            ),
            Table("Refunds before this one", ("Refund", "Refunded on", "Amount"), (), (2,)),
        ),
        "findings": (
            FindingLine(
                "window-passed",
                "review",
                "INV-20931 was issued 2026-05-02; the request came 112 days later; the window is 90 days.",
                "ben, 2026-10-01: the work was done on 2026-09-02",
            ),
            FindingLine("reduced", "info", "168.00 was requested; 181.86 is eligible."),
        ),
        "calculation": (
            "labour 3.50 h × 120.00 = 420.00; completed 60 %; 40 % back = 168.00; tax 8.25 % = 13.86",
            "requested 168.00 is less than eligible 181.86: payable 168.00",
        ),
        "cells": Table(
            "What each line gives back",
            ("Line", "Kind", "Net", "Tax", "Payable net", "Payable tax"),
            (("1", "labour", "168.00", "13.86", "155.20", "12.80"),),
            (0, 2, 3, 4, 5),
        ),
        "route": ("168.00 USD is below 500.00, but a finding was overridden: at least a lead decides.",),
        "decisions": (
            Decision(
                "2026-10-01 09:12 UTC",
                "Ben Okafor (ben), lead",
                "Approved",
                "Half the visit was not done; the customer is right.",
                "168.00 USD",
                b64(approval.id),
                b64(approval.sig),
                b64(shop.ben.writer),
            ),
        ),
        "booking": Table(
            "Batch B-7 (journal.csv)",
            ("Account", "Debit", "Credit"),
            (
                ("Refunds & allowances", "155.20", ""),
                ("Sales tax payable 8.25 %", "12.80", ""),
                ("Refunds payable", "", "168.00"),
            ),
            (1, 2),
        ),
        "booking_lines": ("Batch B-7, 2026-10-02, manifest SHA-256 " + "0a" * 32,),
        "history": tuple(
            Happening("2026-10-01 09:12 UTC", "ben", f"event {n}", b64(e.id)) for n, e in enumerate(shop.events, 1)
        ),
        "documents": (KeptDocument("2026-09-30.eml", "4,218 bytes", "9f" * 32),),
        "warnings": ("The payment of 2026-09-03 is disputed.",),
    }
    return AuditContent(**{**values, **changes})


@pytest.fixture
def make_shop() -> Callable[..., Shop]:
    def make(**values: object) -> Shop:
        made = Shop(**values)
        made.case()
        return made

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()


@pytest.fixture(scope="session")
def sealed_shop() -> tuple[Shop, bytes]:
    """A shop and its sealed document, rendered once for all tests that only read it."""
    made = Shop()
    made.case()
    return made, made.sealed()
