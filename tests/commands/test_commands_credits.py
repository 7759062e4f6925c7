"""A credit that a customer keeps, used on an open invoice, as an accountant meets it: never more than there is, once."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal

import pytest

INVOICES = (
    "invoice,service_order,customer_id,issued_on,currency,line_no,kind,sku,description,quantity,unit_price,tax_rate\n"
    "INV-9001,,C-1002,2026-10-20,USD,1,labour,,Visit,1.00,200.00,0.00\n"
    "INV-9002,,C-1002,2026-10-21,USD,1,labour,,Visit,1.00,1000.00,0.00\n"
    "INV-9003,,C-1002,2026-10-21,EUR,1,labour,,Visit,1.00,50.00,0.00\n"
    "INV-9004,,C-1003,2026-10-21,USD,1,labour,,Visit,1.00,50.00,0.00\n"
)


@pytest.fixture
def shop(sample):
    """The sample shop, whose customer C-1002 keeps all refunds as a credit and has open invoices."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    sample.done("records", sample.write("invoices.csv", INVOICES))
    for case in mine(sample):
        sample.done("pay", "account", case, "--instead", "off the next bill", user="carl")
    return sample


def mine(shop) -> list[str]:
    plan = shop.done("pay", "--plan", "--json", user="carl").json
    cases = dict.fromkeys(w["case"] for w in plan)
    return [c for c in cases if shop.done("show", c, "--json").json["customer_id"] == "C-1002"]


def credit(shop) -> Decimal:
    found = shop.done("customer", "show", "C-1002", "--json").json["credit"]
    return Decimal(found[0]["amount"]) if found else Decimal(0)


def figures(shop, invoice: str) -> tuple[Decimal, Decimal]:
    """What credits paid of an invoice, and what is open."""
    said = shop.done("invoice", "show", invoice, "--json").json
    return Decimal(said["credit_used"]["amount"]), Decimal(said["open"]["amount"])


def use(shop, invoice: str, amount: object, *more: str, user: str = "carl"):
    return shop("customer", "apply", "C-1002", invoice, amount, *more, user=user)


def test_a_credit_pays_a_part_of_an_invoice_and_both_pages_say_so(shop):
    before = credit(shop)
    said = use(shop, "INV-9001", "50.00", "--json").json
    assert [p["number"] for p in said["parts"]] == ["RA-1-000001"]
    assert (credit(shop), figures(shop, "INV-9001")) == (before - 50, (Decimal(50), Decimal(150)))
    assert said["credit"]["amount"] == f"{before - 50}"
    assert "open" in shop.done("invoice", "show", "INV-9001").out
    case = said["parts"][0]["case"]
    (one,) = shop.done("show", case, "--json").json["payments"]
    assert [(u["number"], u["invoice"], u["counts"]) for u in one["uses"]] == [("RA-1-000001", "INV-9001", True)]
    assert "50.00 USD used on INV-9001" in shop.done("show", case).out
    told = [e["text"] for e in shop.done("history", case, "--json").json["events"]]
    assert "50.00 USD of the credit used on INV-9001 as RA-1-000001 on 2026-11-01" in told
    assert shop.state(case) == "paid"
    shop.done("doctor", "--rebuild")
    assert (credit(shop), figures(shop, "INV-9001")) == (before - 50, (Decimal(50), Decimal(150)))
    shop.done("audit", "verify")


def test_a_large_use_takes_the_oldest_credits_first_and_leaves_nothing_behind(shop):
    whole = credit(shop)
    said = use(shop, "INV-9002", f"{whole}", "--json").json
    assert len(said["parts"]) == 2
    assert sum(Decimal(p["amount"]["amount"]) for p in said["parts"]) == whole
    assert (credit(shop), figures(shop, "INV-9002")) == (0, (whole, 1000 - whole))
    again = use(shop, "INV-9002", "0.01")
    assert (again.status, "has a credit of 0.00 USD" in again.err) == (3, True)


@pytest.mark.parametrize(
    ("invoice", "amount", "status", "text"),
    [("INV-9001", "200.01", 3, "200.00 USD of INV-9001 is open"), ("INV-9002", "999.00", 3, "has a credit of"),
     ("INV-9004", "5.00", 3, "is an invoice of C-1003"), ("INV-9003", "5.00", 3, "has a credit of 0.00 EUR"),
     ("INV-9001", "5.00 EUR", 3, "is in USD, not in EUR"), ("INV-9001", "0", 2, "above 0"),
     ("INV-9001", "-5", 2, ""), ("INV-9001", "5.001", 2, "decimals"), ("INV-9001", "x", 2, ""),
     ("INV-9999", "5.00", 3, "there is no invoice"), ("INV-9001", "", 2, "how much")],
)  # fmt: skip
def test_what_the_credit_or_the_invoice_does_not_reach_is_refused_and_nothing_written(
    shop, invoice, amount, status, text
):
    before = shop.events()
    said = use(shop, invoice, amount)
    assert (said.status, text in said.err, shop.events()) == (status, True, before), said


def test_only_who_may_pay_uses_a_credit_and_a_dry_run_uses_nothing(shop):
    before = shop.events()
    assert use(shop, "INV-9001", "5.00", user="lena").status == 3
    assert use(shop, "INV-9001", "5.00", "--on", "2026-12-24").status == 2
    assert "would be used" in use(shop, "INV-9001", "5.00", "--dry-run").out
    assert shop.events() == before


def test_a_credit_of_which_something_was_used_does_not_come_back(shop):
    case = use(shop, "INV-9001", "5.00", "--json").json["parts"][0]["case"]
    said = shop("payment", "returned", case, "--evidence", "wants the money", user="carl")
    assert (said.status, "5.00 USD of the credit" in said.err) == (3, True)


def test_a_held_credit_is_not_used_until_the_hold_is_lifted(shop):
    first = shop.done("payment", "list", "--json").json[0]
    shop.done("hold", first["case"], "--kind", "fraud", "--reason", "odd", user="lena")
    whole = credit(shop)
    said = use(shop, "INV-9002", f"{whole}")
    assert (said.status, first["case"] in said.err, "held (fraud)" in said.err) == (3, True, True)
    rest = whole - Decimal(first["amount"]["amount"])
    assert use(shop, "INV-9002", f"{rest}").status == 0
    assert shop.done("list", "--unsettled", "--json").json == []


def test_the_books_have_each_use_once_and_the_credit_comes_to_nothing(shop):
    owed = shop.done("report", "liability", "--json").json["total"]
    use(shop, "INV-9001", "33.33")
    whole = credit(shop)
    use(shop, "INV-9002", f"{whole}")
    waiting = [u["what"].partition(" ")[0] for u in shop.done("report", "unbooked", "--json").json]
    assert waiting.count("credit-used") == 3
    shop.done("export", "hledger", "-o", "books", user="carl")
    assert shop.done("report", "unbooked", "--json").json == []
    assert shop.done("export", "hledger", "-o", "books", user="carl").out.startswith("nothing")
    documents = shop.done("invoice", "show", "INV-9002", "--json").json["documents"]
    assert {d["document"] for d in documents} == {"credit-used"}
    assert all(d["refunds_payable"]["amount"] == "0.00" for d in documents)
    after = shop.done("report", "liability", "--json").json["total"]
    assert Decimal(owed["amount"]) - Decimal(after["amount"]) == whole + Decimal("33.33")
    if shutil.which("hledger"):
        files = sorted(str(f) for f in (shop.folder / "books").glob("*.journal"))
        assert len(files) == 2
        assert balance(*files) == balance(files[0])  # an overpayment given back, which never was a kept credit


def balance(*files: str) -> str:
    named = [word for file in files for word in ("-f", file)]
    command = ["hledger", *named, "bal", "-N", "--format", "%(total)", "liabilities:customer credits"]
    return subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}, check=True).stdout


def test_a_use_is_dated_the_first_open_day_where_its_month_is_closed(shop):
    shop.now = "2026-12-03T09:00:00Z"
    shop.done("export", "hledger", "-o", "books", user="carl")
    for user in ("carl", "max"):
        shop.done("books", "close", "2026-11", "--yes", user=user)
    use(shop, "INV-9001", "5.00", "--on", "2026-11-20")
    shop.done("export", "hledger", "-o", "books", user="carl")
    (document,) = shop.done("invoice", "show", "INV-9001", "--json").json["documents"]
    assert document["posted_on"] == "2026-12-01"
