"""Looks after a store: says how it is, rebuilds the tables beside the ledger, finds where they differ from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from refundkit.store import ledger, projections
from refundkit.store.database import SQLITE_VERSION
from refundkit.store.schema import PROJECTION_TABLES, SCHEMA_VERSION
from refundkit.workflow.shop import Shop


@dataclass(frozen=True)
class Health:
    """What `doctor` tells."""

    store: str
    size: int
    events: int
    schema: int
    sqlite: str
    keys: str
    pdf: str


def health(shop: Shop) -> Health:
    """How the store and this machine are."""
    return Health(
        store=str(shop.store.path),
        size=shop.store.path.stat().st_size,
        events=ledger.count(shop.store),
        schema=SCHEMA_VERSION,
        sqlite=SQLITE_VERSION,
        keys=_keys(shop),
        pdf=_pdf(),
    )


def _keys(shop: Shop) -> str:
    from refundkit.errors import RefundkitError

    try:
        return shop.vault.name
    except RefundkitError as err:
        return f"not to be had: {err.message}"


def _pdf() -> str:
    try:
        import weasyprint
    except OSError:
        return "not to be had: Pango is missing (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0)"
    return f"WeasyPrint {weasyprint.__version__}"


def rebuild(shop: Shop, progress: Callable[[int], None] | None = None) -> int:
    """Make every table beside the ledger anew from it, in one transaction. Return the number of cases."""
    with shop.store.write(shop.settings.waiting) as connection:
        return projections.rebuild(shop.store, connection, progress)


def differences(shop: Shop) -> list[str]:
    """Tables whose rows are not what the ledger says: rebuilt aside and compared row for row, nothing is changed."""
    before: dict[str, list[Any]] = {t: projections.snapshot(shop.store, t) for t in PROJECTION_TABLES}
    with shop.store.write(shop.settings.waiting, keep=False) as connection:
        projections.rebuild(shop.store, connection)
        return [t for t in PROJECTION_TABLES if projections.snapshot(shop.store, t) != before[t]]
