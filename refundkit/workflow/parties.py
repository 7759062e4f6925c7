"""Who stands in a case besides the customer: the technician of the visit, who therefore does not decide it."""

from __future__ import annotations

from typing import Any

from refundkit.model.case import CaseView
from refundkit.store import records


def technician(connection: Any, view: CaseView) -> str:
    """The technician of the case's order as the records name them, '' when the order is unknown."""
    order = (view.assessment or {}).get("service_order") or view.request["service_order"]
    columns, rows = records.shown(connection, "service_orders", "service_order", order)
    return rows[0][columns.index("technician")] if rows else ""
