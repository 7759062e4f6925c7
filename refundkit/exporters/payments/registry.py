"""The kinds of payment files by name, each loaded when it is used; other packages join by an entry point."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from refundkit.errors import UsageError
from refundkit.exporters.payments.contract import PaymentExporter

GROUP: Final = "refundkit.payments"
"""Entry points of other packages: name -> an object that keeps the contract of PaymentExporter."""

KINDS: Final[dict[str, str]] = {
    "ach": "refundkit.exporters.payments.nacha",
    "card": "refundkit.exporters.payments.card",
    "cash": "refundkit.exporters.payments.cash",
    "cheque": "refundkit.exporters.payments.cheque",
    "sepa": "refundkit.exporters.payments.sepa",
    "transfer": "refundkit.exporters.payments.transfer",
}
"""Our own kinds: name -> module, whose EXPORTER is the object."""


def names() -> list[str]:
    """Every kind that can be written here, sorted."""
    return sorted({*KINDS, *_others()})


def load(name: str) -> PaymentExporter:
    """The exporter of that name; raise UsageError naming those there are. Nobody can replace one of ours."""
    if name in KINDS:
        return cast("PaymentExporter", import_module(KINDS[name]).EXPORTER)
    found = _others().get(name)
    if found is None:
        raise UsageError(f"there is no payment file '{name[:40]}'", hint=f"choose one of: {', '.join(names())}")
    return cast("PaymentExporter", found.load())


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
