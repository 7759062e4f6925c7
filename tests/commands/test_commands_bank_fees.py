"""What the bank takes for a payment that comes back, as an accountant meets it: said once, booked once, nobody's refund."""

from __future__ import annotations

from decimal import Decimal

import pytest
from paid_ways import ACH, adopt


@pytest.fixture
def paid(sample):
    """The sample shop with one refund paid by ACH, and its case."""
    sample.done("export", "hledger", "-o", "books", user="carl")
    adopt(sample, ACH)
    plan = sample.done("pay", "--plan", "--json", user="carl").json
    cases = {sample.done("show", w["case"], "--json").json["customer_id"]: w["case"] for w in plan}
    sample.done("payee", "set", "C-1002", "--holder", "H", "--routing", "021000021", "--account", "12345", user="carl")
    sample.done("pay", "ach", cases["C-1002"], "-o", "bank", user="carl")
    return sample, cases["C-1002"]


def books(shop) -> str:
    shop.done("export", "hledger", "-o", "books", user="carl")
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted((shop.folder / "books").glob("*.journal")))


def owed(shop) -> Decimal:
    return Decimal(shop.done("report", "liability", "--json").json["total"]["amount"])


def owed_to_customer(shop) -> Decimal:
    return sum(Decimal(m["amount"]) for m in shop.done("customer", "show", "C-1002", "--json").json["owed"])


def test_the_fee_of_a_return_is_booked_once_and_changes_nothing_that_is_owed(paid):
    shop, case = paid
    shop.done("export", "hledger", "-o", "books", user="carl")
    before, customer = owed(shop), owed_to_customer(shop)
    amount = Decimal(shop.done("payment", "list", "--json").json[0]["amount"]["amount"])
    said = shop.done("payment", "returned", case, "--evidence", "R03", "--code", "R03", "--fee", "4.00", "--json",
                     user="carl").json  # fmt: skip
    assert (said["state"], said["fee"]) == ("returned", {"amount": "4.00", "currency": "USD"})
    assert [u["what"] for u in shop.done("report", "unbooked", "--json").json] == [
        "payment-returned RP-1-000001", "bank-fee RP-1-000001",
    ]  # fmt: skip
    text = books(shop)
    assert text.count("(RB-1-000001)") == 1
    assert "expenses:bank fees" in text
    assert owed(shop) == before + amount
    assert owed_to_customer(shop) == customer + amount
    assert books(shop) == text
    shop.done("doctor", "--rebuild")
    assert owed(shop) == before + amount
    (one,) = shop.done("show", case, "--json").json["payments"]
    assert [(s["what"], s["fee"]) for s in one["said"]] == [
        ("returned", None), ("fee", {"amount": "4.00", "currency": "USD"}),
    ]  # fmt: skip
    assert [b["document"] for b in one["booked"]] == ["payment", "payment-returned", "bank-fee"]
    assert "fee 4.00 USD on 2026-11-01: R03" in shop.done("show", case).out
    assert any("the bank took 4.00 USD" in e["text"] for e in shop.done("history", case, "--json").json["events"])


def test_a_fee_that_is_learnt_later_is_said_alone_and_only_once(paid):
    shop, case = paid
    early = shop("payment", "fee", case, "4.00", "--evidence", "x", user="carl")
    assert (early.status, "is issued" in early.err) == (3, True)
    shop.done("payment", "refused", case, "--evidence", "R03", user="carl")
    before = shop.events()
    assert shop("payment", "fee", case, "0", "--evidence", "x", user="carl").status == 2
    assert shop("payment", "fee", case, "1.005", "--evidence", "x", user="carl").status == 2
    assert shop("payment", "fee", case, "4.00 XXZ", "--evidence", "x", user="carl").status == 2
    assert shop("payment", "fee", case, "4.00", "--evidence", " ", user="carl").status == 2
    assert shop("payment", "fee", case, "4.00", "--evidence", "x", user="lena").status == 3
    shop.done("payment", "fee", case, "4.00", "--evidence", "x", "--dry-run", user="carl")
    assert shop.events() == before
    shop.done("payment", "fee", "RP-1-000001", "3.50 EUR", "--evidence", "statement", user="carl")
    twice = shop("payment", "fee", "RP-1-000001", "4.00", "--evidence", "statement", user="carl")
    assert (twice.status, "already" in twice.err) == (3, True)
    assert "3.50 EUR" in books(shop)


def test_what_the_customer_keeps_has_no_bank_that_takes_a_fee(paid):
    shop, _ = paid
    case = next(w["case"] for w in shop.done("pay", "--plan", "--json", user="carl").json)
    shop.done("pay", "account", case, "--instead", "asked", user="carl")
    said = shop("payment", "returned", case, "--evidence", "changed mind", "--fee", "4.00", user="carl")
    assert (said.status, "no bank has taken a fee" in said.err) == (3, True)
    assert shop.state(case) == "paid"


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId>
<CreDtTm>2026-11-05T08:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><Acct><Id><Othr><Id>123</Id></Othr></Id>
<Ccy>USD</Ccy></Acct><Ntry><Amt Ccy="USD">{booked}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-04</Dt></BookgDt><BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs>
<AmtDtls><TxAmt><Amt Ccy="USD">{amount}</Amt></TxAmt></AmtDtls><Chrgs><Rcrd><Amt Ccy="USD">4.00</Amt>
<CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs><RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


def test_a_statement_says_the_fee_only_where_its_sums_prove_it(paid):
    shop, case = paid
    shop.now = "2026-11-06T09:00:00Z"
    (payment,) = shop.done("payment", "list", "--json").json
    amount = Decimal(payment["amount"]["amount"])
    text = CAMT.format(booked=amount - 4, amount=amount, key=payment["key"])
    (told,) = shop.done("reconcile", shop.write("s.xml", text), "--jsonl", user="carl").jsonl
    assert (told["found"], told["state"]) == ("matched", "returned")
    (one,) = shop.done("show", case, "--json").json["payments"]
    assert [s["fee"] for s in one["said"]] == [None, {"amount": "4.00", "currency": "USD"}]


def test_a_statement_that_leaves_the_fee_in_doubt_says_none(paid):
    shop, case = paid
    shop.now = "2026-11-06T09:00:00Z"
    (payment,) = shop.done("payment", "list", "--json").json
    amount = Decimal(payment["amount"]["amount"])
    text = CAMT.format(booked=amount, amount=amount, key=payment["key"])
    shop.done("reconcile", shop.write("s.xml", text), "--jsonl", user="carl")
    (one,) = shop.done("show", case, "--json").json["payments"]
    assert [s["fee"] for s in one["said"]] == [None]
