"""What a preset file says: which export it knows, and what is taken from which column. Checked key by key.

Headings are written as the system writes them; letter case, spaces, accents, '*' and punctuation do not count. Cells
are compared without letter case; '*' in a pattern stands for any text.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

SIGNS: Final = ("above 0", "below 0", "filled", "blank")
"""Patterns that look at what a cell holds, not at its words."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
When = dict[str, Words]


class Value(_Model):
    """Where a value stands: in the first filled cell of these headings, unless something else is said.

    `always`: it is this text. `words`: what cells say -> our word; `otherwise`: for all other words and for none.
    `pattern`: a regular expression whose first group is the value. `made_of`: an id of our own, made of other fields of
    the same row; rows that are equal in them are counted. `behind`: text put behind an id. `sign`: 'turn' makes minus
    plus, 'drop' takes it off. `clock`: the column with the time of day. `add`: the cells of all rows of a group are
    added up.
    """

    heading: Words = ()
    always: str = ""
    words: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    pattern: str = ""
    made_of: Words = ()
    behind: str = ""
    sign: Literal["keep", "turn", "drop"] = "keep"
    clock: Words = ()
    add: bool = False

    @field_validator("pattern")
    @classmethod
    def _one_group(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as err:
            raise ValueError(f"is no regular expression: {err}") from err
        if pattern and groups != 1:
            raise ValueError("must have exactly one group")
        return pattern

    @model_validator(mode="after")
    def _from_somewhere(self) -> Value:
        if [bool(self.heading), bool(self.always), bool(self.made_of)].count(True) != 1:
            raise ValueError("needs one of 'heading', 'always' and 'made_of'")
        return self


def _value(value: object) -> object:
    return {"heading": value} if isinstance(value, str | list) else value


From = Annotated[Value, BeforeValidator(_value)]


class Skip(_Model):
    """Rows that are nothing of ours, and why; with `reject` they are, and cannot be read."""

    why: str
    when: When
    reject: bool = False


class Layout(_Model):
    """How the rows lie.

    `group`: the column whose equal cells make several rows one; a row without it belongs to the one above. `take`:
    which filled cell of a column counts then. `skip`: rows to leave out. `rest`: why rows that nothing fits are left
    out. `empty`: what is written for nothing. `dates`, `decimal`: fixed by the system where no row says otherwise.
    `zone`: of times, when not the shop's.
    """

    group: str = ""
    take: Literal["first", "last"] = "first"
    skip: tuple[Skip, ...] = ()
    rest: str = "it is nothing that is loaded"
    empty: Words = ()
    dates: Literal["", "dmy", "mdy"] = ""
    decimal: Literal["", ".", ","] = ""
    zone: Literal["", "UTC"] = ""

    @field_validator("skip", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Comments(_Model):
    """Further turns of a ticket. `parts`: what separates date, author and text within one cell ('date;author;text').

    `by`: the column that names the author of a row; without one the second part does. Only what the requester wrote is
    read for a request.
    """

    text: Words
    by: str = ""
    parts: str = ""


class Requests(_Model):
    """A list of tickets, mails or answers of a form: one request each, or none.

    `asks`: every row asks for money, so none is read for whether it does. `closed`: words of `status` for tickets that
    are settled. `answers`: every further column is a question, its cell
    the answer. `doubt`: what a person must look at in each.
    """

    external_ref: From | None = None
    received_at: From | None = None
    channel: From | None = None
    customer_id: From | None = None
    customer_email: From | None = None
    customer_name: From | None = None
    requested_by: From | None = None
    service_order: From | None = None
    invoice: From | None = None
    amount: From | None = None
    currency: From | None = None
    reason: From | None = None
    subject: From | None = None
    description: From | None = None
    status: From | None = None
    asks: bool = False
    closed: Words = ()
    comments: Comments | None = None
    answers: bool = False
    doubt: str = ""


class _Block(_Model):
    """Rows of the shop's records, made of the rows for which `when` holds."""

    when: When = Field(default_factory=dict)


class Customers(_Block):
    """Customers that are not in the records yet."""

    customer_id: From | None = None
    name: From
    email: From | None = None
    phone: From | None = None
    currency: From | None = None


class Orders(_Block):
    """Service orders. `update`: only figures of orders that are in the records already."""

    update: bool = False
    service_order: From
    customer_id: From | None = None
    customer_name: From | None = None
    customer_email: From | None = None
    service_code: From | None = None
    technician: From | None = None
    equipment: From | None = None
    priority: From | None = None
    status: From | None = None
    onsite_minutes: From | None = None
    opened_at: From | None = None
    completed_at: From | None = None
    scheduled_at: From | None = None
    cancelled_at: From | None = None


class Line(_Model):
    """A line that stands in columns of its own, as shipping does."""

    description: str
    net: From
    kind: str = "fee"


class Invoices(_Block):
    """Invoices with their lines: one row a line, the invoice's own figures repeated or on the first.

    `total`, `tax`: of the whole invoice. `net`: of the line, else quantity times unit_price less `discount` (an amount)
    or `percent`. `tax_rate`: a rate, or words that name one ('20% VAT'). `taxed`: whether the line is. `amounts`:
    'net' when the system always writes amounts without tax; else the total must prove it. `also`: further lines.
    """

    invoice: From
    service_order: From | None = None
    customer_id: From | None = None
    customer_name: From | None = None
    customer_email: From | None = None
    issued_on: From
    currency: From | None = None
    total: From | None = None
    tax: From | None = None
    sku: From | None = None
    description: From | None = None
    quantity: From | None = None
    unit_price: From | None = None
    net: From | None = None
    discount: From | None = None
    percent: From | None = None
    line_tax: From | None = None
    tax_rate: From | None = None
    taxed: From | None = None
    amounts: Literal["", "net"] = ""
    also: Annotated[tuple[Line, ...], BeforeValidator(_listed)] = ()


class Payments(_Block):
    """Money that came in for an invoice."""

    payment_id: From
    invoice: From
    paid_on: From
    amount: From
    currency: From | None = None
    method: From
    reference: From | None = None


class Refunds(_Block):
    """Money that went back. `payment`: of which payment, where the row does not name the invoice."""

    refund_id: From
    invoice: From | None = None
    payment: From | None = None
    refunded_on: From
    amount: From
    currency: From | None = None
    reference: From | None = None


Block = Customers | Orders | Invoices | Payments | Refunds


class Preset(_Model):
    """One export of one system. `name` and `own` are not in the file: its name, and whether it is the person's own.

    `key`: the headings it is known by, of which four in five must be there. `without`: headings it never has. `also`:
    other names of a heading, translations of it. `nothing`: why nothing is taken from
    it. `note`: what a person should know when it is read.
    """

    name: str = ""
    own: bool = False
    system: str
    export: str
    key: tuple[str, ...] = Field(min_length=2)
    without: Words = ()
    also: dict[str, Words] = Field(default_factory=dict)
    nothing: str = ""
    note: str = ""
    layout: Layout = Field(default_factory=Layout, alias="list")
    requests: Requests | None = None
    customers: tuple[Customers, ...] = ()
    service_orders: tuple[Orders, ...] = ()
    invoices: tuple[Invoices, ...] = ()
    payments: tuple[Payments, ...] = ()
    refunds: tuple[Refunds, ...] = ()

    @field_validator("key", "customers", "service_orders", "invoices", "payments", "refunds", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _something(self) -> Preset:
        if bool(self.requests or self.blocks) == bool(self.nothing):
            raise ValueError("needs [requests], a list of records such as [[payments]], or 'nothing' with the reason")
        return self

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What it gives for the records, in the order they are loaded."""
        return (*self.customers, *self.service_orders, *self.invoices, *self.payments, *self.refunds)

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.system} - {self.export}"
