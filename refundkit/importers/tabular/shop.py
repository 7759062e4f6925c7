"""What a reader of lists must know of the shop: its currency, its time zone, and when the list came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from refundkit.importers.extract.forms import IdForm
from refundkit.importers.tabular.choices import Choices


@dataclass(frozen=True, slots=True)
class TableShop:
    """The shop a list belongs to.

    `base`: ISO code of its books; it decides what a bare '$' or 'kr' means. `zone`: of times written without one.
    `received_at`: aware UTC, when the list came in. It is the yardstick for times too far ahead, and what the caller
    takes for a Draft whose `received_at` is None. `forms`: how the numbers in its records look, () without records.
    """

    base: str
    zone: ZoneInfo
    received_at: datetime
    choices: Choices = field(default_factory=Choices)
    forms: tuple[IdForm, ...] = ()
