"""Everything one assessment may look at: the request, the records and the other cases. Plain values only.

Not frozen: an import makes a hundred thousand of these, and a frozen dataclass takes three times as long to make. The
rules only read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(slots=True)
class Customer:
    """A row of customers.csv."""

    customer_id: str
    name: str
    email: str
    tier: str
    currency: str
    locale: str = ""


@dataclass(slots=True)
class ServiceOrder:
    """A row of service_orders.csv. Times are aware UTC, None where the row is blank; `completion_pct` 0 to 100."""

    service_order: str
    customer_id: str
    service_code: str
    technician: str
    equipment: str
    priority: str
    status: str
    completion_pct: Decimal | None
    onsite_minutes: Decimal | None
    opened_at: datetime | None
    responded_at: datetime | None
    completed_at: datetime | None
    scheduled_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str


@dataclass(slots=True)
class InvoiceLine:
    """A line of an invoice. `net` and `tax` are minor units of the invoice's currency, rounded half-up per line.

    `net_taken` and `tax_taken`: what other cases of this store that count as refunded took from the two cells.
    """

    line_no: int
    kind: str
    sku: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net: int
    tax: int
    net_taken: int = 0
    tax_taken: int = 0


@dataclass(slots=True)
class Invoice:
    """An invoice with its lines in line order, its payments and refunds (minor units of its own currency).

    `paid`: sum of payments in its currency. `refunded_before`: rows of refunds.csv in its currency.
    `refunded_here`: payable amounts of this store's other cases on it that count as refunded.
    """

    invoice: str
    service_order: str
    customer_id: str
    issued_on: date
    currency: str
    lines: tuple[InvoiceLine, ...]
    paid: int
    refunded_before: int
    refunded_here: int
    payment_ids: tuple[str, ...] = ()
    refund_ids: tuple[str, ...] = ()

    @property
    def refunded(self) -> int:
        """What is gone already, outside or by other cases."""
        return self.refunded_before + self.refunded_here

    @property
    def refundable(self) -> int:
        """What can still be given back: the one place where this is worked out."""
        return max(0, self.paid - self.refunded)

    def take(self, line_no: int, net: int, tax: int) -> None:
        """Note that a case took from the two cells of a line."""
        for line in self.lines:
            if line.line_no == line_no:
                line.net_taken += net
                line.tax_taken += tax


@dataclass(slots=True)
class Part:
    """A row of parts.csv for the order."""

    sku: str
    quantity_used: Decimal | None
    quantity_returned: Decimal | None
    returned_on: date | None
    condition: str


@dataclass(slots=True)
class Other:
    """Another case of this store that may be the same request or a near one.

    `case` is its id as shown. `amount` is the requested amount (None: none was requested, or in another
    currency than its invoice's).
    `customer_id`, `service_order`, `invoice` are resolved and known ones, '' otherwise. `dismissed`: a person said that
    the two are different. `earlier`: it came in before this one; only an earlier case can be repeated.
    """

    case: str
    state: str
    channel: str
    external_ref: str
    message_id: str
    customer_id: str
    service_order: str
    invoice: str
    reason: str
    amount: Decimal | None
    received_at: datetime
    dismissed: bool = False
    earlier: bool = True


@dataclass(slots=True)
class Asked:
    """The request as the case's current revision has it. Amount in units of `currency`; '' where not said."""

    received_at: datetime
    channel: str
    customer_id: str
    customer_email: str
    service_order: str
    invoice: str
    amount: Decimal | None
    currency: str
    reason: str
    external_ref: str = ""
    message_id: str = ""


@dataclass(slots=True)
class Rate:
    """The last rate of a currency on or before a day: `rate` units of it for 1 unit of the base currency."""

    on: date
    rate: Decimal


@dataclass(slots=True)
class Dossier:
    """What one assessment sees. References are resolved: None where the reference is missing or unknown.

    `customers_with_address`: how many customers have the sender's address (when no id is given).
    `order_invoices`: how many invoices the order has (asked when no invoice is given).
    `terms`: (response, resolution) minutes for the customer's tier and the order's priority, None when there are none.
    `later_orders`: orders of the same customer for the same equipment, other than this one.
    `others`: other cases that share the channel's reference or Message-ID, or the customer and the order or invoice,
    in the order they came in; `auto_approved`: (case id, received, amount in minor units of base) of that customer's
    other cases that the policy approved by itself.
    `rate`: last rate of the invoice's currency on or before `today`, whatever its age; None when there is none.
    """

    asked: Asked
    today: date
    base: str
    customer: Customer | None
    order: ServiceOrder | None
    invoice: Invoice | None
    customers_with_address: int = 0
    order_invoices: int = 0
    terms: tuple[int, int] | None = None
    later_orders: tuple[ServiceOrder, ...] = ()
    parts: tuple[Part, ...] = ()
    others: tuple[Other, ...] = ()
    auto_approved: tuple[tuple[str, datetime, int], ...] = ()
    rate: Rate | None = None
    overridden: frozenset[str] = field(default_factory=frozenset)
