"""The journal formats by name, each loaded when it is used; other packages join by the entry point group below."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from refundkit.errors import UsageError
from refundkit.exporters.journals.contract import JournalExporter

GROUP: Final = "refundkit.journals"
"""Entry points of other packages: name -> an object that keeps the contract of JournalExporter."""

FORMATS: Final[dict[str, str]] = {
    "beancount": "refundkit.exporters.journals.beancount",
    "generic": "refundkit.exporters.journals.generic",
    "hledger": "refundkit.exporters.journals.hledger",
    "ledger": "refundkit.exporters.journals.ledger",
    "netsuite": "refundkit.exporters.journals.netsuite",
    "quickbooks-desktop": "refundkit.exporters.journals.quickbooks_desktop",
    "quickbooks-online": "refundkit.exporters.journals.quickbooks_online",
    "sage-50": "refundkit.exporters.journals.sage_50",
    "sage-accounting": "refundkit.exporters.journals.sage_accounting",
    "xero": "refundkit.exporters.journals.xero",
}
"""Our own formats: name -> module, whose EXPORTER is the object."""


def names() -> list[str]:
    """Every format that can be written here, sorted."""
    return sorted({*FORMATS, *_others()})


def load(name: str) -> JournalExporter:
    """The exporter of that name; raise UsageError naming those there are. Nobody can replace one of ours."""
    if name in FORMATS:
        return cast("JournalExporter", import_module(FORMATS[name]).EXPORTER)
    found = _others().get(name)
    if found is None:
        raise UsageError(f"there is no journal format '{name[:40]}'", hint=f"choose one of: {', '.join(names())}")
    return cast("JournalExporter", found.load())


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
