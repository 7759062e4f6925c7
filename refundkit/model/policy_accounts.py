"""The accounts of the books: one name or code for each kind of entry, in each accounting system."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from refundkit.model.policy_parts import Name, Part

SYSTEMS: Final = (
    "hledger", "ledger", "beancount", "quickbooks-online", "quickbooks-desktop", "xero", "netsuite", "sage-50",
    "sage-accounting", "generic",
)  # fmt: skip
"""Accounting systems a policy names accounts for, each as the format that writes for it."""
ACCOUNT_KEYS: Final = (
    "refunds",
    "sales_tax",
    "refunds_payable",
    "goodwill",
    "customer_credits",
    "restocking_fees",
    "processor_clearing",
    "bank",
    "cash",
    "cheques_outstanding",
    "receivable",
    "realised_fx",
    "bank_fees",
    "unclaimed_property",
    "inventory",
    "cost_of_goods",
    "scrap",
)
"""The kinds of entries, as journals and the policy name them."""
ADDED: Final = ("bank_fees", "unclaimed_property", "inventory", "cost_of_goods", "scrap")
"""Kinds that a file may leave out: files of earlier versions do."""


class AccountNames(Part):
    """What each account is called in one system: a path (hledger, QuickBooks) or a code (Xero, Sage 50).

    One of ADDED may be '': nothing that needs it can be booked before the file names it.
    """

    refunds: Name
    sales_tax: Name
    refunds_payable: Name
    goodwill: Name
    customer_credits: Name
    restocking_fees: Name
    processor_clearing: Name
    bank: Name
    cash: Name
    cheques_outstanding: Name
    receivable: Name
    realised_fx: Name
    bank_fees: Name | Literal[""] = ""
    unclaimed_property: Name | Literal[""] = ""
    inventory: Name | Literal[""] = ""
    cost_of_goods: Name | Literal[""] = ""
    scrap: Name | Literal[""] = ""

    @field_validator("*")
    @classmethod
    def _no_comment(cls, value: str) -> str:
        if ";" in value or '"' in value:
            raise ValueError("must hold no semicolon and no quotation mark")
        return value

    def name(self, key: str) -> str:
        """The name or code of one of ACCOUNT_KEYS; raise KeyError for any other word."""
        if key not in ACCOUNT_KEYS:
            raise KeyError(key)
        return str(getattr(self, key))


def _names(*names: str) -> AccountNames:
    return AccountNames(**dict(zip(ACCOUNT_KEYS, names, strict=True)))


_HLEDGER: Final = _names(
    "revenues:refunds and allowances",
    "liabilities:sales tax payable",
    "liabilities:refunds payable",
    "expenses:goodwill allowances",
    "liabilities:customer credits",
    "revenues:restocking fees",
    "assets:processor clearing",
    "assets:bank",
    "assets:cash",
    "liabilities:cheques outstanding",
    "assets:accounts receivable",
    "revenues:realised fx",
    "expenses:bank fees",
    "liabilities:unclaimed property",
    "assets:inventory",
    "expenses:cost of goods",
    "expenses:scrap",
)
_QUICKBOOKS: Final = _names(
    "Sales:Refunds and Allowances",
    "Sales Tax Payable",
    "Refunds Payable",
    "Goodwill Allowances",
    "Customer Credits",
    "Restocking Fees",
    "Processor Clearing",
    "Checking",
    "Cash on hand",
    "Cheques Outstanding",
    "Accounts Receivable (A/R)",
    "Exchange Gain or Loss",
    "Bank Service Charges",
    "Unclaimed Property",
    "Inventory Asset",
    "Cost of Goods Sold",
    "Scrap and Spoilage",
)
_XERO: Final = _names(
    "270", "821", "805", "471", "806", "271", "621", "622", "623", "807", "624", "472", "404", "808", "630", "310",
    "311",
)  # fmt: skip
_BEANCOUNT: Final = _names(
    "Income:RefundsAndAllowances",
    "Liabilities:SalesTaxPayable",
    "Liabilities:RefundsPayable",
    "Expenses:GoodwillAllowances",
    "Liabilities:CustomerCredits",
    "Income:RestockingFees",
    "Assets:ProcessorClearing",
    "Assets:Bank",
    "Assets:Cash",
    "Liabilities:ChequesOutstanding",
    "Assets:AccountsReceivable",
    "Income:RealisedFX",
    "Expenses:BankFees",
    "Liabilities:UnclaimedProperty",
    "Assets:Inventory",
    "Expenses:CostOfGoods",
    "Expenses:Scrap",
)
_QUICKBOOKS_DESKTOP: Final = _QUICKBOOKS.model_copy(update={"receivable": "Accounts Receivable"})
_NETSUITE: Final = _names(
    "4090 Refunds and Allowances",
    "2100 Sales Tax Payable",
    "2200 Refunds Payable",
    "4095 Goodwill Allowances",
    "2300 Customer Credits",
    "4100 Restocking Fees",
    "1020 Processor Clearing",
    "1000 Checking",
    "1005 Cash",
    "1090 Cheques Outstanding",
    "1100 Accounts Receivable",
    "7100 Realized Gain/Loss",
    "6510 Bank Fees",
    "2400 Unclaimed Property",
    "1200 Inventory",
    "5000 Cost of Goods Sold",
    "5050 Scrap",
)
_SAGE_50: Final = _names(
    "4010", "2200", "2110", "4015", "2120", "4905", "1255", "1200", "1230", "1210", "1100", "7906", "7901", "2130",
    "1001", "5000", "5009",
)  # fmt: skip
_PLAIN: Final = _names(
    "Refunds and allowances",
    "Sales tax payable",
    "Refunds payable",
    "Goodwill allowances",
    "Customer credits",
    "Restocking fees",
    "Processor clearing",
    "Bank",
    "Cash",
    "Cheques outstanding",
    "Accounts receivable",
    "Realised exchange differences",
    "Bank fees",
    "Unclaimed property",
    "Inventory",
    "Cost of goods",
    "Scrap",
)


def _completed(names: Any, usual: AccountNames | None) -> Any:
    """The accounts of one system with those of ADDED that it leaves out."""
    if not isinstance(names, dict) or usual is None:
        return names
    added = {key: usual.name(key) for key in ADDED if key not in names}
    return names | {key: name for key, name in added.items() if name not in names.values()}


class Accounts(Part):
    """The accounts in every system. A system that the file leaves out has the names of this module.

    So has one of ADDED that a system leaves out, unless the file calls another account so: money would go to the wrong
    one, and the file must name both.
    """

    hledger: AccountNames = _HLEDGER
    ledger: AccountNames = _HLEDGER
    beancount: AccountNames = _BEANCOUNT
    quickbooks_online: AccountNames = Field(default=_QUICKBOOKS, alias="quickbooks-online")
    quickbooks_desktop: AccountNames = Field(default=_QUICKBOOKS_DESKTOP, alias="quickbooks-desktop")
    xero: AccountNames = _XERO
    netsuite: AccountNames = _NETSUITE
    sage_50: AccountNames = Field(default=_SAGE_50, alias="sage-50")
    sage_accounting: AccountNames = Field(default=_PLAIN, alias="sage-accounting")
    generic: AccountNames = _PLAIN

    @model_validator(mode="before")
    @classmethod
    def _names_what_was_added(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        usual = {field.alias or name: field.default for name, field in cls.model_fields.items()}
        return {system: _completed(names, usual.get(system)) for system, names in value.items()}

    @field_validator("*")
    @classmethod
    def _payable_stands_alone(cls, value: AccountNames) -> AccountNames:
        """The balance of Refunds payable is what is booked and unpaid, so nothing else may be posted there."""
        shared = [k for k in ACCOUNT_KEYS if k != "refunds_payable" and value.name(k) == value.refunds_payable]
        if shared:
            raise ValueError(f"refunds_payable must be an account of its own; {', '.join(shared)} is the same")
        return value

    def of(self, system: str) -> AccountNames:
        """The accounts of one of SYSTEMS; raise KeyError for any other word."""
        if system not in SYSTEMS:
            raise KeyError(system)
        names: AccountNames = getattr(self, system.replace("-", "_"))
        return names
