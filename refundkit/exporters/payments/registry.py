"""The ways to pay that write files, by name, each loaded when it is used; other packages join by an entry point."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from refundkit.errors import UsageError
from refundkit.exporters.payments.contract import PaymentExporter

GROUP: Final = "refundkit.payments"
"""Entry points of other packages: name -> an object that keeps the contract of PaymentExporter."""

METHODS: Final[dict[str, str]] = {}
"""Our own: name -> module, whose EXPORTER is the object."""


def names() -> list[str]:
    """Every way to pay that writes files here, sorted."""
    return sorted({*METHODS, *_others()})


def load(name: str) -> PaymentExporter:
    """The exporter of that name; raise UsageError naming those there are. Nobody can replace one of ours."""
    if name in METHODS:
        return cast("PaymentExporter", import_module(METHODS[name]).EXPORTER)
    found = _others().get(name)
    if found is None:
        raise UsageError(f"no file pays by '{name[:40]}'", hint=f"choose one of: {', '.join(names())}")
    return cast("PaymentExporter", found.load())


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
