"""Reads the files of every format back, by code that shares nothing with the writers: (date, number, case, account, amount).

Amounts are in the books' currency, debit positive. `taxes` and `receivable` are the accounts that a system posts to by itself.
"""

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple


class Row(NamedTuple):
    day: date
    number: str
    case: str
    account: str
    amount: Decimal


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def day_of(text, form):
    return datetime.strptime(text, form).replace(tzinfo=UTC).date()


def sides(debit, credit):
    assert (debit == "") != (credit == "")
    assert Decimal(debit or credit) > 0
    return Decimal(debit) if debit else -Decimal(credit)


def text_journal(files, context):
    _, content = files[0]
    day = number = case = None
    for line in content.decode("utf-8").split("\n"):
        if head := re.match(r"(\d{4}-\d\d-\d\d) \* \(([^)]+)\) .", line):
            day, number = date.fromisoformat(head[1]), head[2]
        elif tag := re.match(r"    ; case: (\S+)$", line):
            case = tag[1]
        elif post := re.match(r"    ([^;\s].*?)  +(-?[\d.]+) ([A-Z]{3})(  ; .*)?$", line):
            yield Row(day, number, case, post[1], Decimal(post[2]))


def beancount(files, context):
    _, content = files[0]
    day = number = case = None
    for line in content.decode("utf-8").split("\n"):
        if head := re.match(r'(\d{4}-\d\d-\d\d) \* ".*" "(\S+) [^"]*(?:\\.[^"]*)*"(?: \^\S+)*$', line):
            day, number = date.fromisoformat(head[1]), head[2]
        elif field := re.match(r'  case: "(\S+)"$', line):
            case = field[1]
        elif post := re.match(r"  ([A-Z][\w:-]+) +(-?[\d.]+) [A-Z]{3}$", line):
            yield Row(day, number, case, post[1], Decimal(post[2]))


def quickbooks_online(files, context):
    for row in rows_of(files[0][1]):
        day = day_of(row["Journal Date"], "%m/%d/%Y")
        amount = sides(row["Debits"], row["Credits"])
        yield Row(day, row["Journal No"], row["Description"].split()[0], row["Account Name"], amount)


def quickbooks_desktop(files, context):
    lines = files[0][1].decode("ascii").split("\r\n")
    heads = {line.split("\t")[0][1:]: line.split("\t") for line in lines[:3]}
    for line in lines[3:]:
        cells = line.split("\t")
        if cells[0] in ("TRNS", "SPL"):
            row = dict(zip(heads[cells[0]], cells, strict=True))
            case, number, *_ = row["MEMO"].split()
            yield Row(day_of(row["DATE"], "%m/%d/%Y"), number, case, row["ACCNT"], Decimal(row["AMOUNT"]))


def xero(files, context):
    for _, content in files:
        for row in rows_of(content):
            case, number, *_ = row["*Narration"].split()
            yield Row(day_of(row["*Date"], "%d %b %Y"), number, case, row["*AccountCode"], Decimal(row["*Amount"]))


def netsuite(files, context):
    """Journals, and credit memos item by item with what they take off the customer's account."""
    named = {end: rows_of(content) for end, content in files}
    for row in named.get("-journal.csv", []):
        amount, case = sides(row["Debit"], row["Credit"]), row["Memo"].split()[0]
        yield Row(day_of(row["Date"], "%m/%d/%Y"), row["External ID"], case, row["Account"], amount)
    accounts = {v: context.accounts[k.removeprefix("item_")] for k, v in context.settings.items() if "item_" in k}
    heads = {row["External ID"]: row for row in named.get("-CreditMemo.csv", [])}
    assert len(heads) == len(named.get("-CreditMemo.csv", []))
    totals = defaultdict(Decimal)
    for row in named.get("-CreditMemoItems.csv", []):
        head = heads[row["External ID"]]
        amount = Decimal(row["Amount"]) * Decimal(head["Exchange Rate"])
        amount = amount.quantize(Decimal("0.01"))
        assert Decimal(row["Quantity"]) * Decimal(row["Rate"]) == Decimal(row["Amount"])
        totals[row["External ID"]] += amount
        day, case = day_of(head["Date"], "%m/%d/%Y"), head["Memo"].split()[0]
        yield Row(day, row["External ID"], case, accounts[row["Item"]], amount)
    for row in named.get("-CreditMemoApply.csv", []):
        head = heads[row["External ID"]]
        day, case = day_of(head["Date"], "%m/%d/%Y"), head["Memo"].split()[0]
        amount = (Decimal(row["Payment"]) * Decimal(head["Exchange Rate"])).quantize(Decimal("0.01"))
        yield Row(day, row["External ID"], case, context.accounts["receivable"], -amount)


def sage_50(files, context):
    signs = {"JD": 1, "JC": -1, "SC": 1, "SI": -1}
    for row in rows_of(files[0][1]):
        net, tax, sign = Decimal(row["Net"]), Decimal(row["Tax Amount"]), signs[row["Type"]]
        assert net > 0
        assert tax >= 0
        day = day_of(row["Date"], "%d/%m/%Y")
        head = (day, row["Reference"], row["Details"].split(",")[0])
        yield Row(*head, row["Nominal A/C"], sign * net)
        if row["Type"] in ("SC", "SI"):
            assert row["Account Ref"]
            yield Row(*head, context.accounts["receivable"], -sign * (net + tax))
            if tax:
                yield Row(*head, context.accounts["sales_tax"], sign * tax)


def sage_accounting(files, context):
    for _, content in files:
        for row in rows_of(content):
            sign = {"Cr Note": 1, "Bill": -1}[row["Type"]]
            net, tax, total = (Decimal(row[name]) for name in ("Net", "Tax", "Total"))
            assert net + tax == total > 0
            head = (day_of(row["Date"], "%m-%d-%Y"), row["Reference"], row["Details"])
            yield Row(*head, row["Ledger Account"], sign * net)
            yield Row(*head, "the customer", -sign * total)
            if tax:
                yield Row(*head, context.accounts["sales_tax"], sign * tax)


def generic(files, context):
    for row in rows_of(files[0][1]):
        amount = sides(row["debit"], row["credit"])
        yield Row(date.fromisoformat(row["date"]), row["number"], row["case"], row["account"], amount)


READERS = {
    "beancount": beancount,
    "generic": generic,
    "hledger": text_journal,
    "ledger": text_journal,
    "netsuite": netsuite,
    "quickbooks-desktop": quickbooks_desktop,
    "quickbooks-online": quickbooks_online,
    "sage-50": sage_50,
    "sage-accounting": sage_accounting,
    "xero": xero,
}


def sheet(content):
    """The cells of a workbook's only sheet: (value, type, number format)."""
    from openpyxl import load_workbook

    (page,) = load_workbook(io.BytesIO(content)).worksheets
    return [[(cell.value, cell.data_type, cell.number_format) for cell in row] for row in page.iter_rows()]


def page(name, rows):
    """The rows as a page for an accountant's eyes: every document, then every account."""
    shown = [f"# {name}: the documents of a shop, as they are read back from the files", ""]
    shown += ["| date | number | account | debit | credit |", "|---|---|---|---:|---:|"]
    sums = defaultdict(Decimal)
    before = None
    for row in rows:
        head = f"{row.day} | {row.number}" if row.number != before else " | "
        before = row.number
        debit, credit = (f"{row.amount}", "") if row.amount > 0 else ("", f"{-row.amount}")
        shown.append(f"| {head} | {row.account} | {debit} | {credit} |")
        sums[row.account] += row.amount
    shown += ["", "| account | balance |", "|---|---:|"]
    shown += [f"| {account} | {total} |" for account, total in sorted(sums.items())]
    shown += ["", f"Together: {sum(sums.values())}", ""]
    return "\n".join(shown)
