"""What accounting systems want besides account names: items, tax codes, date formats."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, field_validator

from refundkit.model.money import parse_decimal
from refundkit.model.policy_parts import Name, Part

Optional = Annotated[str, Field(max_length=150)]
"""A name that may be ''."""
Codes = Annotated[dict[str, Name], Field(max_length=40)]
"""A tax rate as a fraction ("0.2"): what the system calls it."""


class Items(Part):
    """The items that lines of a credit memo name, one for each account."""

    item_refunds: Name = "Service Refund"
    item_goodwill: Name = "Goodwill"
    item_customer_credits: Name = "Customer Credit"
    item_restocking_fees: Name = "Restocking Fee"


class QuickBooksDesktop(Items):
    """How credits on unpaid invoices reach QuickBooks Desktop: as general journals, or as credit memos with items."""

    receivables: Literal["journal", "credit-memo"] = "journal"
    tax_agency: Optional = ""
    tax_item: Optional = ""


class NetSuite(Items):
    """The items of credit memos, and the importing user's own preferences."""

    item_sales_tax: Name = "Sales Tax Refund"
    subsidiary: Optional = ""
    date_format: Literal["MM/DD/YYYY", "DD/MM/YYYY", "YYYY-MM-DD"] = "MM/DD/YYYY"


class _WithCodes(Part):
    tax_codes: Codes

    @field_validator("tax_codes")
    @classmethod
    def _fractions(cls, value: dict[str, str]) -> dict[str, str]:
        for rate in value:
            if not 0 <= parse_decimal(rate) <= 1:
                raise ValueError(f"'{rate}' is no tax rate as a fraction, like 0.2 for 20 %")
        return value


class Sage50(_WithCodes):
    """Tax codes of credits on unpaid invoices."""

    tax_codes: Codes = Field(default_factory=lambda: {"0.2": "T1", "0.05": "T5", "0": "T0"})


class SageAccounting(_WithCodes):
    """Tax rates by the names they have in Sage Accounting."""

    tax_codes: Codes = Field(default_factory=dict)


class Xero(Part):
    """What Xero wants besides account codes."""

    tax_rate_name: Name = "Tax Exempt"


TAX_CODE: Final = "tax_code "
"""Before a rate, in the settings of a system: the key of its code."""


def settings(part: Part) -> dict[str, str]:
    """A system's section as plain keys and texts; tax codes as 'tax_code 0.2'."""
    found: dict[str, str] = {}
    for key, value in part:
        if isinstance(value, dict):
            found |= {f"{TAX_CODE}{rate}": code for rate, code in value.items()}
        else:
            found[key] = str(value)
    return found
